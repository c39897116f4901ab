"""The picture of a record: made anew from what was sent, so that nothing is kept but what can be seen."""

from __future__ import annotations

import io
import secrets
from collections.abc import Collection, Sequence
from typing import Any

from django.core.files import File
from django.core.files.base import ContentFile
from PIL import Image, ImageOps

from .. import files
from ..activity.actions import Actor, Entry, append
from ..activity.models import ActivityType
from ..errors import CustomerPlusError, ErrorCode
from .models import CustomerRecord, record_image_storage
from .writing import Row, lock_rows, write_rows

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 40_000_000
# Of each side, of what is kept.
SIZE = 1024
FOLDER = "customer-plus/images"

# What a browser shows, and no format beyond: each is a decoder that strangers' bytes are given to.
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")


def prepare(file: File[Any], *, field: str = "image") -> tuple[bytes, str]:
    """The picture as it is kept, and the ending of its name. Raise `CustomerPlusError` if it is none, or too large.

    It is decoded, turned upright and scaled down to fit, and encoded anew: as PNG if it is transparent, as JPEG else.
    """
    data = file.read(MAX_BYTES + 1)
    if len(data) > MAX_BYTES:
        raise _unsupported(f"The picture may have at most {MAX_BYTES // 1024**2} megabytes.", field)
    try:
        with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise _unsupported(f"The picture may have at most {MAX_PIXELS // 10**6} megapixels.", field)
            return _encoded(_fitted(image))
    except CustomerPlusError:
        raise
    except Exception as error:  # a decoder may fail in any way at what is broken, or made to break it
        raise _unsupported("This is no picture of a supported format: JPEG, PNG, WebP, GIF or BMP.", field) from error


def set_image(record_id: int, picture: tuple[bytes, str], *, actor: Actor) -> str:
    """Give a record this picture, as `prepare` made it, and return its name. Call it in a transaction.

    The picture before is removed once that is committed. When it fails, the new one is.
    """
    content, ending = picture
    storage = record_image_storage()
    name = storage.save(f"{FOLDER}/{secrets.token_hex(16)}.{ending}", ContentFile(content))
    try:
        _write(record_id, name, actor)
    except BaseException:
        storage.delete(name)
        raise
    return name


def remove_images(record_ids: Collection[int], *, actor: Actor) -> set[int]:
    """Take the pictures away from these records, and return which had one. Call it in a transaction."""
    return _apply(lock_rows(record_ids), "", actor)


def remove_orphans() -> int:
    """Remove the files that no record has, left by a process that died. Return how many."""
    storage = record_image_storage()
    return files.remove_orphans(storage, files.stored(storage, FOLDER), _known)


def _known(names: Sequence[str]) -> set[str]:
    return set(CustomerRecord.objects.filter(image__in=names).values_list("image", flat=True))


def _write(record_id: int, name: str, actor: Actor) -> None:
    rows = lock_rows([record_id])
    if not rows:
        raise CustomerPlusError("There is no such record.", code=ErrorCode.NOT_FOUND, field="id")
    _apply(rows, name, actor)


def _apply(rows: list[Row], name: str, actor: Actor) -> set[int]:
    for row in rows:
        row.set("image", name)
    changed = write_rows(rows)
    append(
        Entry(row.id, ActivityType.IMAGE_CHANGED, after={"has_image": bool(name)}, **actor.of_entry)
        for row in rows
        if row.changes
    )
    superfluous = [row.before["image"] for row in rows if row.changes and row.before["image"]]
    files.remove_after_commit(record_image_storage(), superfluous)
    return changed


def _fitted(image: Image.Image) -> Image.Image:
    image.draft("RGB", (SIZE, SIZE))  # of a large JPEG, decode only what is needed
    upright = ImageOps.exif_transpose(image)
    is_transparent = upright.mode in ("RGBA", "LA", "PA") or "transparency" in upright.info
    plain = upright.convert("RGBA" if is_transparent else "RGB")
    plain.thumbnail((SIZE, SIZE), Image.Resampling.LANCZOS)
    return plain


def _encoded(image: Image.Image) -> tuple[bytes, str]:
    # Onto a fresh canvas: what a file says beside its pixels (place, camera, owner) stays behind.
    bare = Image.new(image.mode, image.size)
    bare.paste(image)
    buffer = io.BytesIO()
    if bare.mode == "RGBA":
        bare.save(buffer, "PNG", optimize=True)
        return buffer.getvalue(), "png"
    bare.save(buffer, "JPEG", quality=88, optimize=True)
    return buffer.getvalue(), "jpg"


def _unsupported(message: str, field: str) -> CustomerPlusError:
    return CustomerPlusError(message, code=ErrorCode.UNSUPPORTED_FILE, field=field)
