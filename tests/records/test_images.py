"""What becomes of a picture, without a database."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from saleor_customer_plus.errors import CustomerPlusError, ErrorCode
from saleor_customer_plus.records import images


def encoded(image: Image.Image, format: str, **options: Any) -> bytes:
    buffer = BytesIO()
    image.save(buffer, format, **options)
    return buffer.getvalue()


def prepared(content: bytes) -> tuple[Image.Image, str]:
    result, ending = images.prepare(ContentFile(content))
    return Image.open(BytesIO(result)), ending


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "GIF", "BMP"])
def test_formats(format: str) -> None:
    image, ending = prepared(encoded(Image.new("RGB", (30, 20), "red"), format))

    assert (image.format, ending, image.size) == ("JPEG", "jpg", (30, 20))


@pytest.mark.parametrize("format", ["TIFF", "ICO", "PPM", "EPS", "PDF"])
def test_other_formats_are_refused(format: str) -> None:
    refused(encoded(Image.new("RGB", (32, 32), "red"), format))


def refused(content: bytes) -> None:
    with pytest.raises(CustomerPlusError) as caught:
        images.prepare(ContentFile(content))
    assert (caught.value.code, caught.value.field) == (ErrorCode.UNSUPPORTED_FILE, "image")


@pytest.mark.parametrize("mode", ["1", "L", "P", "CMYK", "I;16", "LA", "RGBA", "YCbCr"])
def test_modes(mode: str) -> None:
    format = "PNG" if mode in ("1", "L", "P", "LA", "RGBA", "I;16") else "JPEG"

    image, _ = prepared(encoded(Image.new(mode, (30, 20)), format))

    assert image.mode == ("RGBA" if mode in ("LA", "RGBA") else "RGB")


def test_what_is_transparent_stays_so() -> None:
    original = Image.new("RGBA", (30, 20), (255, 0, 0, 0))

    image, ending = prepared(encoded(original, "PNG"))

    assert (image.format, ending) == ("PNG", "png")
    assert image.getpixel((5, 5))[3] == 0  # type: ignore[index]


@pytest.mark.parametrize(
    ("size", "expected"), [((3000, 1500), (1024, 512)), ((100, 4000), (26, 1024)), ((1024, 1024), (1024, 1024))]
)
@pytest.mark.parametrize("format", ["JPEG", "PNG"])
def test_it_is_scaled_down_to_fit(size: tuple[int, int], expected: tuple[int, int], format: str) -> None:
    image, _ = prepared(encoded(Image.new("RGB", size, "red"), format))

    assert image.size == expected


def test_it_is_turned_upright_and_says_nothing_of_its_origin() -> None:
    original = Image.new("RGB", (40, 20), "red")
    exif = original.getexif()
    exif[0x0112] = 6  # turned by a quarter
    exif[0x010F] = "Camera"
    exif[0x8825] = {1: "N", 2: (52.0, 31.0, 12.0)}
    content = encoded(original, "JPEG", exif=exif, comment=b"secret", icc_profile=b"profile")

    image, _ = prepared(content)

    assert image.size == (20, 40)
    assert dict(image.getexif()) == {}
    assert set(image.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}


def test_of_several_pictures_it_is_the_first() -> None:
    frames = [Image.new("RGB", (30, 20), color) for color in ("red", "blue")]
    content = encoded(frames[0], "GIF", save_all=True, append_images=frames[1:])

    image, _ = prepared(content)

    assert getattr(image, "n_frames", 1) == 1
    assert image.getpixel((5, 5))[0] > 200  # type: ignore[index]


def test_a_picture_of_a_phone_that_has_a_second_one_inside() -> None:
    frames = [Image.new("RGB", (30, 20), color) for color in ("red", "blue")]

    image, ending = prepared(encoded(frames[0], "MPO", save_all=True, append_images=frames[1:]))

    assert (image.format, ending, image.size) == ("JPEG", "jpg", (30, 20))


def test_a_bomb_is_refused_before_it_is_decoded() -> None:
    bomb = encoded(Image.new("1", (8000, 8000)), "PNG")
    assert len(bomb) < 100_000

    refused(bomb)


def test_too_many_bytes_are_refused() -> None:
    refused(encoded(Image.new("RGB", (30, 20)), "PNG") + b"\0" * images.MAX_BYTES)


@pytest.mark.parametrize("length", [10, 100, 300])
def test_what_is_cut_off_is_refused(length: int) -> None:
    content = encoded(Image.effect_noise((64, 64), 50), "JPEG")

    refused(content[:length])
