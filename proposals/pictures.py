"""Pictures on their way in: looked at, turned upright, made small, written anew without traces."""

from __future__ import annotations

from io import BytesIO
from typing import IO

from django.core.files.base import ContentFile
from PIL import Image, ImageOps, UnidentifiedImageError

from proceedings.refusals import Refusal, Refused, mark

MOST_BYTES = 5 * 1024 * 1024
MOST_PICTURES = 3
FORMATS = ("JPEG", "PNG", "WEBP")
MOST_PIXELS = 40_000_000
LONGEST_SIDE = 1600
"""In pixels: enough for a full screen, little enough for a bus stop."""
CARD_SIDE = 288
"""In pixels, of the square on a card: three for each that it takes on the page."""


def rewritten(upload: IO[bytes], size: int) -> ContentFile[bytes]:
    """A new JPEG of `upload` (`size` in bytes), at most 1600 pixels long, without any metadata.

    Place, camera and time that a phone writes into a picture do not survive. Raises Refused for
    a file that is too large, no picture, or of another kind than JPEG, PNG and WebP.
    """
    if size > MOST_BYTES:
        raise Refused(
            Refusal(
                code="picture_too_large",
                message=mark("A picture may have at most 5 MB."),
                next_step=mark("Please choose a smaller picture or make it smaller."),
                form_field="image",
            ),
        )
    try:
        picture = Image.open(upload, formats=FORMATS)
        if picture.width * picture.height > MOST_PIXELS:
            raise Refused(_unreadable())
        upright = ImageOps.exif_transpose(picture).convert("RGBA")
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError) as error:
        raise Refused(_unreadable()) from error
    upright.thumbnail((LONGEST_SIDE, LONGEST_SIDE))
    ground = Image.new("RGB", upright.size, "white")
    ground.paste(upright, mask=upright.getchannel("A"))
    written = BytesIO()
    ground.save(written, "JPEG", quality=82, optimize=True, progressive=True)
    return ContentFile(written.getvalue(), name="picture.jpg")


def thumbnail_of(picture: ContentFile[bytes]) -> ContentFile[bytes]:
    """A small square JPEG of a picture that was written anew: its middle, for a card."""
    small = ImageOps.fit(Image.open(picture, formats=FORMATS), (CARD_SIDE, CARD_SIDE))
    picture.seek(0)
    written = BytesIO()
    small.save(written, "JPEG", quality=80, optimize=True, progressive=True)
    return ContentFile(written.getvalue(), name="picture-s.jpg")


def _unreadable() -> Refusal:
    return Refusal(
        code="picture_unreadable",
        message=mark("This file could not be read as a JPEG, PNG or WebP picture."),
        next_step=mark("Please choose another picture."),
        form_field="image",
    )
