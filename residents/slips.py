"""Paper codes as PDF: one slip in big type at a desk, sheets of slips for the post."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import segno
from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from fpdf import FPDF

from hangul.formats import day
from residents import codes
from residents.services.desk import CODE_DAYS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from places.models import Centre
    from residents.services.rolls import IssuedCode

FAMILY = "Site"
NAVY = (5, 43, 87)
GREY = (88, 97, 106)


def _document(unit_format: str | tuple[float, float] = "A4") -> FPDF:
    document = FPDF(format=unit_format)
    document.set_auto_page_break(False)
    document.add_font(FAMILY, "", settings.FONT_DIR / "PretendardGOV-Regular.ttf")
    document.add_font(FAMILY, "B", settings.FONT_DIR / "PretendardGOV-Bold.ttf")
    document.set_title(gettext("Paper code"))
    document.set_lang(get_language() or "ko")
    return document


def desk_slip(code: str, centre: Centre) -> bytes:
    """One slip, A6, with the code in 40 pt; `centre` stands below for questions."""
    document = _document((105, 148))
    document.add_page()
    last_day = timezone.localdate() + timedelta(days=CODE_DAYS)
    _draw_slip(document, 0, 0, 105, 148, code, last_day, f"{centre.name}  {centre.phone}")
    return bytes(document.output())


def sheets(issued: Sequence[IssuedCode], title: str) -> bytes:
    """Slips for the post, four on an A4 page with lines to cut along.

    Each names the line of the imported file, which is how staff know whose envelope it goes into.
    """
    document = _document()
    for number, each in enumerate(issued):
        place = number % 4
        if place == 0:
            document.add_page()
            document.set_draw_color(*GREY)
            document.set_dash_pattern(dash=1.5, gap=1.5)
            document.line(105, 0, 105, 297)
            document.line(0, 148.5, 210, 148.5)
            document.set_dash_pattern()
        x, y = 105 * (place % 2), 148.5 * (place // 2)
        note = gettext("%(title)s · %(area)s · line %(line)d") % {
            "title": title,
            "area": each.area_name,
            "line": each.line,
        }
        _draw_slip(document, x, y, 105, 148.5, each.code, each.expires_on, note)
    return bytes(document.output())


def _draw_slip(
    document: FPDF,
    x: float,
    y: float,
    width: float,
    height: float,
    code: str,
    last_day: date,
    note: str,
) -> None:
    left, inner = x + 9, width - 18
    address = f"{settings.SITE_URL}{reverse('residency_code')}"

    def words(top: float, size: float, text: str, *, style: str = "", tone: object = NAVY) -> None:
        document.set_font(FAMILY, style, size)
        document.set_text_color(*(tone if isinstance(tone, tuple) else NAVY))
        document.set_xy(left, y + top)
        document.multi_cell(inner, size * 0.5, text, align="L")

    words(10, 11, settings.SITE_NAME, style="B")
    words(17, 18, gettext("Code to confirm your residence"), style="B")
    document.set_fill_color(237, 241, 245)
    document.rect(left, y + 32, inner, 22, style="F")
    document.set_font(FAMILY, "B", 33)
    document.set_text_color(*NAVY)
    document.set_xy(left, y + 32)
    document.cell(inner, 22, codes.shown(code), align="C")
    words(
        59,
        11,
        gettext(
            "1. Open the address below, or scan the square.\n"
            "2. Log in or open an account.\n"
            "3. Type this code and your date of birth."
        ),
    )
    words(80, 9, address, tone=GREY)
    _draw_square(document, address, left, y + 88, 32)
    document.set_xy(left + 36, y + 90)
    document.set_font(FAMILY, "B", 11)
    document.set_text_color(*NAVY)
    until = gettext("Use it by %(day)s.") % {"day": day(last_day, get_language() or "ko")}
    document.multi_cell(inner - 36, 5.5, until, align="L")
    document.set_xy(left + 36, y + 103)
    document.set_font(FAMILY, "", 9)
    document.multi_cell(
        inner - 36,
        4.5,
        gettext("It works once and for you alone. Please give it to nobody."),
        align="L",
    )
    words(
        height - 22,
        9,
        gettext("Questions: %(phone)s (%(hours)s)")
        % {"phone": settings.SITE_PHONE, "hours": settings.SITE_HOURS},
        tone=GREY,
    )
    words(height - 15, 9, note, tone=GREY)


def _draw_square(document: FPDF, text: str, x: float, y: float, size: float) -> None:
    rows = [list(row) for row in segno.make(text, micro=False, error="m").matrix]
    step = size / len(rows)
    document.set_fill_color(0, 0, 0)
    for down, row in enumerate(rows):
        for across, dark in enumerate(row):
            if dark:
                document.rect(x + across * step, y + down * step, step, step, style="F")
