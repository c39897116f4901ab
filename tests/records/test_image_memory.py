"""What a picture takes of a process's memory, whatever it is: measured in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator

import pytest
from django.core.files.base import ContentFile

from saleor_customer_plus.errors import CustomerPlusError, ErrorCode
from saleor_customer_plus.records import images
from tests.properties import sampled

# The largest pictures of each kind, and some that are larger. `size` is chosen so that no file exceeds the limit.
PICTURES = {
    "jpeg": 'Image.new("RGB", (8000, 5000), "red").save(b, "JPEG")',
    "jpeg, long": 'Image.new("RGB", (32000, 1000), "red").save(b, "JPEG")',
    "jpeg, progressive": 'Image.new("RGB", (8000, 5000), "red").save(b, "JPEG", progressive=True)',
    "jpeg, progressive, smaller": 'Image.new("RGB", (6000, 4000), "red").save(b, "JPEG", progressive=True)',
    "jpeg, progressive, all samples": (
        'Image.new("RGB", (4500, 3000), "red").save(b, "JPEG", progressive=True, subsampling=0)'
    ),
    "png": 'Image.new("RGB", (8000, 5000), "red").save(b, "PNG")',
    "png, smaller": 'Image.new("RGBA", (5000, 5000), "red").save(b, "PNG")',
    "png, palette": 'Image.new("P", (8000, 5000)).save(b, "PNG", transparency=0)',
    "png, 16 bits": 'Image.new("I;16", (8000, 5000)).save(b, "PNG")',
    "webp": 'Image.new("RGB", (8000, 5000), "red").save(b, "WEBP")',
    "webp, smaller": 'Image.new("RGBA", (2500, 2000), "red").save(b, "WEBP", lossless=True)',
    "webp, animated": (
        'f = [Image.new("RGB", (2500, 2000), c) for c in ("red", "blue")]; '
        'f[0].save(b, "WEBP", save_all=True, append_images=f[1:])'
    ),
    "gif": 'Image.new("P", (8000, 5000)).save(b, "GIF")',
    "gif, animated": (
        'f = [Image.new("P", (6000, 4000), c) for c in range(3)]; f[0].save(b, "GIF", save_all=True, append_images=f)'
    ),
    "bmp": 'Image.new("1", (6000, 4000)).save(b, "BMP")',
    "png, one row": 'Image.new("L", (39000000, 1)).save(b, "PNG")',
    "png with a bomb of a profile": ('Image.new("RGB", (50, 50)).save(b, "PNG", icc_profile=bytes(300 * 1024 * 1024))'),
    "png with a bomb of a text": (
        "from PIL.PngImagePlugin import PngInfo; i = PngInfo(); i.add_text('a', 'x' * 10**8, zip=True); "
        'Image.new("RGB", (50, 50)).save(b, "PNG", pnginfo=i)'
    ),
}

# One process has Django set up, and forks for each picture: one child to make it, one that is measured.
MEASURE = """
import io, os, resource, sys
import django
django.setup()
from django.core.files.base import ContentFile
from PIL import Image
from saleor_customer_plus.errors import CustomerPlusError
from saleor_customer_plus.records import images

Image.init()
tiny = io.BytesIO(); Image.new("RGB", (20, 20)).save(tiny, "PNG")
images.prepare(ContentFile(tiny.getvalue()))

def in_child(function):
    reading, writing = os.pipe()
    if os.fork() == 0:
        with open(writing, "wb") as pipe:
            pipe.write(function())
        os._exit(0)
    os.close(writing)
    with open(reading, "rb") as pipe:
        told = pipe.read()
    os.wait()
    return told

def made(code):
    Image.MAX_IMAGE_PIXELS = None
    b = io.BytesIO()
    exec(code, {"Image": Image, "b": b})
    return b.getvalue()

def measured(content):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        images.prepare(ContentFile(content)); told = "taken"
    except CustomerPlusError as error:
        told = error.code.value
    taken = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024
    return f"{told} {taken} {len(content)}".encode()

for line in sys.stdin:
    content = in_child(lambda: made(line))
    print(in_child(lambda: measured(content)).decode(), flush=True)
    del content
"""

REFUSED = {
    "jpeg, long",
    "jpeg, progressive",
    "png",
    "webp",
    "png, one row",
    "png with a bomb of a profile",
    "png with a bomb of a text",
}


@pytest.fixture(scope="module")
def measuring() -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-c", MEASURE], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    yield process
    process.communicate("")


@pytest.mark.parametrize("kind", sampled(PICTURES, one_in=6))
def test_no_picture_takes_more_memory_than_is_said(kind: str, measuring: subprocess.Popen[str]) -> None:
    assert measuring.stdin is not None
    assert measuring.stdout is not None
    measuring.stdin.write(f"{PICTURES[kind]}\n")
    measuring.stdin.flush()

    told, mebibytes, size = measuring.stdout.readline().split()

    assert int(size) <= images.MAX_BYTES
    beside = 16  # the file itself, and what is touched in the forked process
    assert int(mebibytes) < 1.5 * images.MAX_DECODED / images.MIB + beside
    assert told == ("UNSUPPORTED_FILE" if kind in REFUSED else "taken")


@pytest.fixture
def busy() -> Iterator[None]:
    for _ in range(images.AT_ONCE):
        assert images._turns.acquire(timeout=0)
    yield
    for _ in range(images.AT_ONCE):
        images._turns.release()


@pytest.mark.usefixtures("busy")
def test_further_pictures_wait_shortly_and_are_then_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "WAIT", 0.01)

    with pytest.raises(CustomerPlusError) as caught:
        images.prepare(ContentFile(b"a picture"))

    assert (caught.value.code, caught.value.field) == (ErrorCode.RATE_LIMITED, "image")


@pytest.mark.usefixtures("busy")
def test_a_picture_that_waits_has_its_turn() -> None:
    threading.Timer(0.1, images._turns.release).start()

    with pytest.raises(CustomerPlusError) as caught:
        images.prepare(ContentFile(b"no picture"))

    assert caught.value.code is ErrorCode.UNSUPPORTED_FILE
    assert images._turns.acquire(timeout=1)  # it was given back


def test_a_failure_gives_the_turn_back() -> None:
    for _ in range(images.AT_ONCE + 1):
        with pytest.raises(CustomerPlusError):
            images.prepare(ContentFile(b"no picture"))


def test_of_a_file_that_is_too_large_nothing_is_read() -> None:
    class Unread(ContentFile):  # type: ignore[type-arg]
        def read(self, *_args: object) -> bytes:
            raise AssertionError("it was read")

    file = Unread(b"")
    file.size = images.MAX_BYTES + 1

    with pytest.raises(CustomerPlusError):
        images.prepare(file)
