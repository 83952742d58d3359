"""Pictures on their way in."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image

from proceedings.refusals import Refused
from proposals.pictures import CARD_SIDE, LONGEST_SIDE, MOST_BYTES, rewritten, thumbnail_of

GPS_INFO, ORIENTATION, LATITUDE_REF = 0x8825, 0x0112, 1


def picture(kind: str = "JPEG", size: tuple[int, int] = (60, 40), mode: str = "RGB") -> BytesIO:
    """A picture that carries a place and lies on its side."""
    image = Image.new(mode, size, "red")
    exif = Image.Exif()
    exif[ORIENTATION] = 6
    exif.get_ifd(GPS_INFO)[LATITUDE_REF] = "N"
    file = BytesIO()
    image.save(file, kind, exif=exif)
    file.seek(0)
    return file


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_place_and_camera_do_not_survive_and_the_picture_stands_upright(kind: str) -> None:
    original = picture(kind)
    assert Image.open(BytesIO(original.getvalue())).getexif()[ORIENTATION] == 6
    written = Image.open(rewritten(original, 1000))
    assert written.format == "JPEG"
    assert dict(written.getexif()) == {}
    assert written.size == (40, 60)


def test_a_large_picture_is_made_smaller() -> None:
    written = Image.open(rewritten(picture(size=(2400, 1200)), 1000))
    assert max(written.size) == LONGEST_SIDE


def test_a_card_gets_a_small_square_of_the_middle() -> None:
    image = Image.new("RGB", (90, 30), "blue")
    image.paste("red", (30, 0, 60, 30))
    file = BytesIO()
    image.save(file, "PNG")
    file.seek(0)
    whole = rewritten(file, 100)
    small = Image.open(thumbnail_of(whole))
    assert small.size == (CARD_SIDE, CARD_SIDE)
    red, _green, blue = small.getpixel((CARD_SIDE // 2, 5))  # type: ignore[misc] # a colour
    assert red > 200 > blue
    assert whole.read(2) == b"\xff\xd8"


def test_what_shone_through_stands_on_white() -> None:
    file = BytesIO()
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(file, "PNG")
    file.seek(0)
    pixel = Image.open(rewritten(file, 100)).getpixel((5, 5))
    assert pixel == (255, 255, 255)


def refused(file: BytesIO, size: int = 100) -> str:
    with pytest.raises(Refused) as caught:
        rewritten(file, size)
    return caught.value.refusal.code


def test_a_file_above_five_megabytes_is_refused() -> None:
    assert refused(picture(), MOST_BYTES + 1) == "picture_too_large"


def test_text_and_other_kinds_are_refused() -> None:
    assert refused(BytesIO(b"<svg onload=alert(1)>")) == "picture_unreadable"
    gif = BytesIO()
    Image.new("RGB", (4, 4)).save(gif, "GIF")
    gif.seek(0)
    assert refused(gif) == "picture_unreadable"


def test_a_cut_off_picture_is_refused() -> None:
    whole = picture(size=(300, 300)).getvalue()
    assert refused(BytesIO(whole[: len(whole) // 2])) == "picture_unreadable"


def test_a_picture_of_absurd_size_is_refused() -> None:
    file = BytesIO()
    Image.new("1", (7000, 7000)).save(file, "PNG")
    file.seek(0)
    assert refused(file) == "picture_unreadable"
