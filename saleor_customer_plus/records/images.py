"""The picture of a record: made anew from what was sent, so that nothing is kept but what can be seen."""

from __future__ import annotations

import io
import secrets
import threading
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from typing import Any

from django.core.files import File
from django.core.files.base import ContentFile
from PIL import Image

from ..activity.models import ActivityType
from ..activity.services import Actor, Entry, append
from ..core import private_files
from ..errors import CustomerPlusError, ErrorCode
from .former import images_kept
from .models import CustomerRecord, record_image_storage
from .writing import Row, lock_rows, write_rows

MIB = 1024 * 1024
MAX_BYTES = 10 * MIB
MAX_PIXELS = 40_000_000
MAX_SIDE = 32_768
# What the decoder may hold of one picture: 24 megapixels of a PNG in colour, or 40 of a JPEG as cameras write it, of
# which only a part is decoded. The whole work on a picture takes at most half as much again.
MAX_DECODED = 96 * MIB
# How many pictures one process decodes at the same time, and how many seconds a further one waits for its turn.
AT_ONCE = 2
WAIT = 3.0
# Of each side, of what is kept.
SIZE = 1024
FOLDER = "customer-plus/images"

_turns = threading.BoundedSemaphore(AT_ONCE)

# What a browser shows, and no format beyond: each is a decoder that strangers' bytes are given to.
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP")


def prepare(file: File[Any], *, field: str = "image") -> tuple[bytes, str]:
    """The picture as it is kept, and the ending of its name. Raise `CustomerPlusError` if it is none, or too large.

    It is decoded, turned upright and scaled down to fit, and encoded anew: as PNG if it is transparent, as JPEG else.
    """
    if (file.size or 0) > MAX_BYTES:  # before a byte of it is read
        raise _too_many_bytes(field)
    with _turn(field):
        data = file.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise _too_many_bytes(field)
        try:
            with Image.open(io.BytesIO(data), formats=_FORMATS) as image:
                _check_size(image, data, field)
                return _encoded(_fitted(image))
        except CustomerPlusError:
            raise
        except Exception as error:  # a decoder may fail in any way at what is broken, or made to break it
            raise _unsupported(
                "This is not a picture in a supported format: JPEG, PNG, WebP, GIF or BMP.", field
            ) from error


@contextmanager
def _turn(field: str) -> Iterator[None]:
    """Wait shortly for one of the few turns that a process has. Raise RATE_LIMITED if none becomes free."""
    if not _turns.acquire(timeout=WAIT):
        raise CustomerPlusError(
            "Too many pictures are being processed at this moment. Send the picture again in a few seconds.",
            code=ErrorCode.RATE_LIMITED,
            field=field,
        )
    try:
        yield
    finally:
        _turns.release()


def set_image(record_id: int, picture: tuple[bytes, str], *, actor: Actor) -> str:
    """Give a record this picture, as `prepare` made it, and return its name. Call it in a transaction.

    The picture before is removed once that is committed. When it fails, the new one is.
    """
    content, ending = picture
    storage = record_image_storage()
    name = f"{FOLDER}/{secrets.token_hex(16)}.{ending}"
    private_files.store(storage, name, ContentFile(content), field="image")
    try:
        _write(record_id, name, actor)
    except BaseException:
        private_files.remove(storage, [name])
        raise
    return name


def remove_images(record_ids: Collection[int], *, actor: Actor) -> set[int]:
    """Take the pictures away from these records, and return which had one. Call it in a transaction."""
    return _apply(lock_rows(record_ids), "", actor)


def remove_unused(names: Collection[str]) -> None:
    """Remove those of these files that no record has by now, once the transaction is committed."""
    private_files.remove_after_commit(record_image_storage(), sorted({*names} - _known(names)))


def remove_orphans() -> int:
    """Remove the files that no record has, left by a process that died. Return how many."""
    storage = record_image_storage()
    return private_files.remove_orphans(storage, private_files.stored(storage, FOLDER), _known)


def _known(names: Collection[str]) -> set[str]:
    """Those of these files that a record has, or that an undo of a merge gives back to one."""
    known = set(CustomerRecord.objects.filter(image__in=names).values_list("image", flat=True))
    return known | images_kept(names)


def _write(record_id: int, name: str, actor: Actor) -> None:
    rows = lock_rows([record_id])
    if not rows:
        raise CustomerPlusError("No record has this id.", code=ErrorCode.NOT_FOUND, field="id")
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
    superfluous = {row.before["image"] for row in rows if row.changes and row.before["image"]}
    superfluous -= images_kept(superfluous)  # an undo of a merge gives it back
    private_files.remove_after_commit(record_image_storage(), superfluous)
    return changed


def _check_size(image: Image.Image, data: bytes, field: str) -> None:
    """Refuse a picture that takes too much memory, by what its header says. Nothing is decoded yet."""
    if image.width * image.height > MAX_PIXELS:
        raise _unsupported(f"The picture may have at most {MAX_PIXELS // 10**6} megapixels.", field)
    if max(image.size) > MAX_SIDE:
        raise _unsupported(f"Each side of the picture may have at most {MAX_SIDE:,} pixels.", field)
    pixels = image.width * image.height
    buffered = _buffered(image, data) * pixels
    image.draft("RGB", (SIZE, SIZE))  # of a large JPEG, decode only what is needed
    if buffered + image.width * image.height * _STORED.get(image.mode, 4) > MAX_DECODED:
        raise _unsupported(
            "The picture is too large for its format. Scale it down, or save it as a JPEG that is not progressive.",
            field,
        )


# Bytes of a pixel in memory, by Pillow's mode. All others take four.
_STORED = {"1": 1, "L": 1, "P": 1, "I;16": 2, "I;16L": 2, "I;16B": 2}


def _buffered(image: Image.Image, data: bytes) -> float:
    """Bytes that the decoder of the format keeps of each pixel, beside the picture itself."""
    if image.format == "WEBP":
        return 16  # two canvases, the frame as it is decoded and as it is handed over
    if image.format == "BMP":
        return 2  # of a compressed one
    if image.format in ("JPEG", "MPO") and _has_several_scans(data):
        layers: list[tuple[int, int, int, int]] = image.layer  # type: ignore[attr-defined]
        samples = sum(across * down for _, across, down, _ in layers)
        return 2 * samples / max(1, max(across for _, across, *_ in layers) * max(down for *_, down, _ in layers))
    return 0


def _has_several_scans(data: bytes) -> bool:
    """Whether a JPEG is progressive, or written in several scans: its coefficients are then all kept in memory."""
    at, layers = 2, 0
    while at + 9 < len(data):
        if data[at] != 0xFF:
            return True  # not as it should be: expect the worst
        marker = data[at + 1]
        if marker == 0xFF:  # a byte that only fills
            at += 1
            continue
        if marker == 0xDA:
            return data[at + 4] < layers
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            if marker not in (0xC0, 0xC1):
                return True
            layers = data[at + 9]
        at += 2 + int.from_bytes(data[at + 2 : at + 4])
    return True


_UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
_ORIENTATION = 0x0112
# Pixels that are converted at a time.
_STRIP = 1_000_000


def _fitted(image: Image.Image) -> Image.Image:
    """The first picture of the file, upright and small enough. Whatever takes memory works on a strip of it."""
    image.load()
    is_transparent = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    small = _reduced(image, "RGBA" if is_transparent else "RGB")
    turn = _UPRIGHT.get(image.getexif().get(_ORIENTATION, 1))
    if turn is not None:
        small = small.transpose(turn)
    small.thumbnail((SIZE, SIZE), Image.Resampling.LANCZOS)
    return small


def _reduced(image: Image.Image, mode: str) -> Image.Image:
    """The picture in this mode, scaled down by a whole number to not less than twice what is kept."""
    factor = max(1, max(image.size) // (2 * SIZE))
    width, height = image.size
    small = Image.new(mode, (-(-width // factor), -(-height // factor)))
    rows = max(1, _STRIP // (width * factor)) * factor
    for top in range(0, height, rows):
        strip = image.crop((0, top, width, min(top + rows, height))).convert(mode)
        small.paste(strip.reduce(factor) if factor > 1 else strip, (0, top // factor))
    return small


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


def _too_many_bytes(field: str) -> CustomerPlusError:
    return _unsupported(f"The picture may have at most {MAX_BYTES // MIB} megabytes.", field)


def _unsupported(message: str, field: str) -> CustomerPlusError:
    return CustomerPlusError(message, code=ErrorCode.UNSUPPORTED_FILE, field=field)
