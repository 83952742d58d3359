"""The paper of the paper channel as PDF: stub and slip, blank sheets, the report for the wall.

Plain facts in, bytes out. A sheet carries contest, centre and the contest's check letters, never
a number: with one, the stub would lead to the vote.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, cast

import segno
from django.conf import settings
from django.utils.translation import get_language, gettext
from fpdf import FPDF

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fpdf.fonts import TTFFont

FAMILY = "Site"
INK = (0, 0, 0)
SOFT = (70, 76, 83)
LINE = (140, 147, 154)
FAINT = (224, 227, 230)
A4 = (210, 297)
A5 = (148, 210)
A3 = (297, 420)
FIELDS = 6
"""So many options share a page of a board; each field has room for some hundred stickers."""
MARGIN = 18
CHECK_LETTERS = 8
"""How many signs of the configuration's digest stand on a sheet."""


@dataclass(frozen=True)
class StubPaper:
    """What stands on a stub and on the slip for its voter."""

    serial: int
    contest: str
    centre: str
    phone: str
    result: str


@dataclass(frozen=True)
class SheetOption:
    """One line of the ballot. `note` is a cost or a group."""

    number: int
    title: str
    note: str = ""


@dataclass(frozen=True)
class SheetPaper:
    """What stands on a blank sheet. `answers` are the boxes of a yes/no item, else empty.

    `numbers` are the boxes of a place or a score, with `unit` before them; without numbers a `unit`
    stands behind a box to write into. A `sample` says so across the page, so that it never passes
    for a ballot.
    """

    contest: str
    centre: str
    area: str
    check: str
    how: str
    options: tuple[SheetOption, ...]
    answers: tuple[str, ...] = ()
    numbers: tuple[str, ...] = ()
    unit: str = ""
    sample: bool = False

    @property
    def is_written(self) -> bool:
        """Whether a number is written for each option, not a box marked."""
        return bool(self.unit) and not self.numbers


@dataclass(frozen=True)
class ReportPaper:
    """What hangs on the centre's wall. `lines` are equations with whether they hold."""

    contest: str
    box: str
    version: str
    figures: tuple[tuple[str, int], ...]
    lines: tuple[tuple[str, bool], ...]
    signatures: tuple[str, ...]
    digest: str
    leaf: str
    address: str


def _document(size: tuple[int, int], title: str) -> FPDF:
    document = FPDF(format=size)
    document.set_auto_page_break(False)
    document.add_font(FAMILY, "", settings.FONT_DIR / "PretendardGOV-Regular.ttf")
    document.add_font(FAMILY, "B", settings.FONT_DIR / "PretendardGOV-Bold.ttf")
    document.set_title(title)
    document.set_lang(get_language() or "ko")
    document.set_draw_color(*LINE)
    return document


def _finished(document: FPDF) -> bytes:
    """The document's bytes; its font files are let go of."""
    content = bytes(document.output())
    _close(document)
    return content


def _close(document: FPDF) -> None:
    for font in document.fonts.values():
        cast("TTFFont", font).close()


class _Pen:
    """Writes words at a place, in points and millimetres, and tells where they ended."""

    def __init__(self, document: FPDF, left: float, width: float) -> None:
        self.document, self.left, self.width = document, left, width

    def words(
        self,
        top: float,
        size: float,
        text: str,
        *,
        bold: bool = False,
        soft: bool = False,
        align: str = "L",
        left: float | None = None,
        width: float | None = None,
    ) -> float:
        """Print `text` from `top` on; returns the millimetre below its last line."""
        self.document.set_font(FAMILY, "B" if bold else "", size)
        self.document.set_text_color(*(SOFT if soft else INK))
        self.document.set_xy(self.left if left is None else left, top)
        self.document.multi_cell(
            self.width if width is None else width, size * 0.5, text, align=align
        )
        return float(self.document.get_y())

    def height(self, size: float, text: str, width: float, *, bold: bool = False) -> float:
        """How high `text` would be."""
        self.document.set_font(FAMILY, "B" if bold else "", size)
        found = self.document.multi_cell(width, size * 0.5, text, dry_run=True, output="LINES")
        return len(cast("list[str]", found)) * size * 0.5


# --- Stub and slip ------------------------------------------------------------------------------


def stub_paper(paper: StubPaper) -> bytes:
    """A5 to cut in two: above the stub that stays and is signed, below the slip for the voter."""
    document = _document(A5, gettext("Stub %(serial)s") % {"serial": paper.serial})
    document.add_page()
    pen = _Pen(document, 12, A5[0] - 24)
    pen.words(11, 11, gettext("Stub: stays at the centre"), bold=True)
    end = pen.words(18, 14, paper.contest, bold=True)
    pen.words(end + 1, 11, paper.centre, soft=True)
    pen.words(44, 40, f"{paper.serial}", bold=True, align="C")
    pen.words(67, 11, gettext("I received one ballot paper."))
    document.line(12, 90, A5[0] - 12, 90)
    pen.words(91, 10, gettext("Signature"), soft=True)
    document.set_dash_pattern(dash=1.5, gap=1.5)
    document.line(0, 105, A5[0], 105)
    document.set_dash_pattern()
    pen.words(113, 11, gettext("Slip: for you to keep"), bold=True)
    end = pen.words(120, 14, paper.contest, bold=True)
    pen.words(end + 1, 11, paper.centre, soft=True)
    pen.words(141, 11, gettext("Receipt number"), align="C")
    pen.words(148, 30, f"{paper.serial}", bold=True, align="C")
    end = pen.words(
        167,
        11,
        gettext(
            "You took part on paper. Your number does not stand on the ballot paper, so nobody "
            "can tell which one is yours."
        ),
    )
    end = pen.words(end + 1.5, 11, paper.result)
    pen.words(
        A5[1] - 16,
        11,
        gettext("Questions: %(phone)s (%(centre)s)")
        % {"phone": paper.phone, "centre": paper.centre},
        bold=True,
    )
    return _finished(document)


# --- Blank sheets -------------------------------------------------------------------------------

BOX = 10
ROW_GAP = 5
FOOT = A4[1] - 34


def blank_sheets(paper: SheetPaper, copies: int) -> bytes:
    """`copies` ballot papers, A4, options in 18 pt; more pages where one is not enough.

    Every copy is the same to the last dot.
    """
    document = _document(A4, gettext("Ballot paper"))
    pages = _pages_of(paper)
    for place, options in enumerate(pages, start=1):
        document.add_page()
        _draw_sheet(document, paper, options, place, len(pages))
    _repeat(document, len(pages), copies)
    return _finished(document)


def _repeat(document: FPDF, pages: int, copies: int) -> None:
    """Put the first `pages` pages behind themselves until there are `copies` of them.

    What is drawn once is not laid out again: a stack of 300 takes seconds, not minutes.
    """
    for number in range(pages * (copies - 1)):
        drawn = cast("bytearray", document.pages[number % pages + 1].contents)
        document.add_page()
        for style in ("", "B"):  # a page lists the fonts that were set on it
            document.set_font(FAMILY, style, 1)
            document.cell(1, 1, " ")
        document.pages[document.page].contents = bytearray(drawn)


def _pages_of(paper: SheetPaper) -> list[Sequence[SheetOption]]:
    """The options by page, as many as fit between head and foot."""
    measure = _document(A4, "")
    measure.add_page()
    top = _head(measure, paper)
    pen = _Pen(measure, MARGIN, A4[0] - 2 * MARGIN)
    pages: list[list[SheetOption]] = [[]]
    at = top
    for option in paper.options:
        need = _row_height(pen, paper, option) + ROW_GAP
        if pages[-1] and at + need > FOOT:
            pages.append([])
            at = top
        pages[-1].append(option)
        at += need
    _close(measure)
    return [tuple(page) for page in pages]


def _head(document: FPDF, paper: SheetPaper) -> float:
    """The same head on every page; returns where the options begin."""
    pen = _Pen(document, MARGIN, A4[0] - 2 * MARGIN)
    pen.words(14, 14, gettext("Ballot paper"), bold=True, align="C")
    end = pen.words(23, 24, paper.contest, bold=True, align="C")
    end = pen.words(end + 2, 14, f"{paper.area} · {paper.centre}", align="C", soft=True)
    end = pen.words(end + 4, 16, paper.how, align="C")
    document.set_line_width(0.6)
    document.line(MARGIN, end + 4, A4[0] - MARGIN, end + 4)
    document.set_line_width(0.2)
    return end + 10


WRITTEN = (26, 14)
"""Width and height of a box to write a number into."""

UNIT = 20
"""How wide the unit of a number may be."""


def _text_width(paper: SheetPaper) -> float:
    boxes: float = BOX + 6
    if paper.is_written:
        boxes = WRITTEN[0] + UNIT + 4
    elif paper.answers or paper.numbers:
        boxes = 0
    return A4[0] - 2 * MARGIN - boxes - 14


def _row_height(pen: _Pen, paper: SheetPaper, option: SheetOption) -> float:
    width = _text_width(paper)
    text = pen.height(18, option.title, width, bold=True)
    if option.note:
        text += pen.height(14, option.note, width) + 1
    if paper.answers or paper.numbers:
        return text + BOX + 6
    return max(text, WRITTEN[1] if paper.is_written else BOX)


def _draw_sheet(
    document: FPDF, paper: SheetPaper, options: Sequence[SheetOption], place: int, pages: int
) -> None:
    if paper.sample:
        _draw_sample(document)
    at = _head(document, paper)
    pen = _Pen(document, MARGIN, A4[0] - 2 * MARGIN)
    for option in options:
        _draw_option(document, pen, paper, option, at)
        at += _row_height(pen, paper, option) + ROW_GAP
    document.line(MARGIN, FOOT + 4, A4[0] - MARGIN, FOOT + 4)
    pen.words(FOOT + 6, 12, foot_words(paper))
    check = gettext("Check letters of this vote: %(check)s") % {"check": paper.check}
    pen.words(A4[1] - 14, 12, check, soft=True)
    if pages > 1:
        words = gettext("Page %(page)s of %(pages)s") % {"page": place, "pages": pages}
        pen.words(A4[1] - 14, 12, words, align="R", bold=True)


def foot_words(paper: SheetPaper) -> str:
    """What to do with the boxes, and what not to write."""
    if paper.is_written:
        return gettext(
            "Write a number into the box of each option; leave it empty for none. Please write "
            "neither your name nor anything else: the sheet would be void. It carries no number "
            "of its own; nobody can tell whose it is."
        )
    if paper.numbers:
        return gettext(
            "In each line mark the box under the number that you give, one at most. Please write "
            "neither your name nor anything else: the sheet would be void. It carries no number "
            "of its own; nobody can tell whose it is."
        )
    return gettext(
        "Mark the box. Please write neither your name nor anything else: the sheet would be "
        "void. It carries no number; nobody can tell whose it is."
    )


def _draw_sample(document: FPDF) -> None:
    """The word across the page, beneath everything else."""
    document.set_font(FAMILY, "B", 120)
    document.set_text_color(*FAINT)
    with document.rotation(35, A4[0] / 2, A4[1] / 2):
        document.set_xy(0, A4[1] / 2 - 30)
        document.cell(A4[0], 60, gettext("Sample"), align="C")


def _draw_option(
    document: FPDF, pen: _Pen, paper: SheetPaper, option: SheetOption, at: float
) -> None:
    document.set_line_width(0.5)
    document.set_draw_color(*INK)
    left = MARGIN
    if not (paper.answers or paper.unit):
        document.rect(left, at, BOX, BOX)
        left += BOX + 6
    pen.words(at + 0.6, 18, f"{option.number}", bold=True, left=left, width=13, align="C")
    text = left + 14
    end = pen.words(at + 0.6, 18, option.title, bold=True, left=text, width=_text_width(paper))
    if option.note:
        end = pen.words(end + 1, 14, option.note, left=text, width=_text_width(paper))
    if paper.is_written:
        _draw_written(document, pen, paper, at)
    elif paper.numbers:
        _draw_numbers(document, pen, paper, text, end + 3)
    step = (A4[0] - 2 * MARGIN - 14) / max(len(paper.answers), 1)
    for number, answer in enumerate(paper.answers):
        x = text + number * step
        document.rect(x, end + 3, BOX, BOX)
        pen.words(end + 4.4, 16, answer, left=x + BOX + 3, width=step - BOX - 5)
    document.set_line_width(0.2)
    document.set_draw_color(*LINE)


def _draw_written(document: FPDF, pen: _Pen, paper: SheetPaper, at: float) -> None:
    """A box to write a number into, with its unit behind."""
    x = A4[0] - MARGIN - UNIT - WRITTEN[0]
    document.rect(x, at, *WRITTEN)
    pen.words(at + 3.6, 16, paper.unit, left=x + WRITTEN[0] + 2, width=UNIT - 2)


def _draw_numbers(document: FPDF, pen: _Pen, paper: SheetPaper, left: float, at: float) -> None:
    """The unit, and a box for each number with the number faintly in it."""
    pen.words(at + 1.6, 14, paper.unit, soft=True, left=left, width=UNIT)
    left += UNIT
    step = min(16, (A4[0] - MARGIN - left) / len(paper.numbers))
    for place, number in enumerate(paper.numbers):
        x = left + place * step
        document.rect(x, at, BOX, BOX)
        pen.words(at + 1.8, 13, number, soft=True, left=x, width=BOX, align="C")


# --- The board for stickers ---------------------------------------------------------------------


@dataclass(frozen=True)
class BoardPaper:
    """What stands on a board for stickers: the vote, and a field for each option."""

    contest: str
    centre: str
    options: tuple[SheetOption, ...]


def sticker_board(paper: BoardPaper) -> bytes:
    """A3 pages to hang up: a field for each option, and that stickers are no votes."""
    document = _document(A3, gettext("Board for stickers"))
    pen = _Pen(document, MARGIN, A3[0] - 2 * MARGIN)
    for first in range(0, len(paper.options), FIELDS):
        document.add_page()
        end = pen.words(16, 32, paper.contest, bold=True)
        end = pen.words(end + 2, 18, paper.centre, soft=True)
        end = pen.words(
            end + 4,
            20,
            gettext(
                "Put a sticker where you agree. Stickers are shown for information and are not "
                "votes; please vote on the web or on paper, too."
            ),
        )
        fields = paper.options[first : first + FIELDS]
        height = (A3[1] - MARGIN - end - 8) / len(fields)
        document.set_draw_color(*INK)
        for place, option in enumerate(fields):
            top = end + 8 + place * height
            document.rect(MARGIN, top, A3[0] - 2 * MARGIN, height - 6)
            words = f"{option.number}. {option.title}"
            pen.words(top + 4, 26, words, bold=True, left=MARGIN + 6, width=A3[0] - 2 * MARGIN - 12)
        document.set_draw_color(*LINE)
    return _finished(document)


# --- The report for the wall --------------------------------------------------------------------


def box_report(paper: ReportPaper) -> bytes:
    """One A4 page: figures, equations, signatures, digest and the way to the public page."""
    document = _document(A4, gettext("Report of a ballot box"))
    document.add_page()
    pen = _Pen(document, MARGIN, A4[0] - 2 * MARGIN)
    pen.words(16, 12, gettext("Report of a ballot box"), bold=True)
    end = pen.words(24, 22, paper.contest, bold=True)
    end = pen.words(end + 1, 14, f"{paper.box} · {paper.version}", soft=True) + 6
    for name, figure in paper.figures:
        pen.words(end, 14, name)
        end = pen.words(end, 14, f"{figure:,}", bold=True, align="R") + 1.6
        document.line(MARGIN, end, A4[0] - MARGIN, end)
        end += 1.6
    end = pen.words(end + 4, 13, gettext("Does it all fit?"), bold=True) + 1
    for words, holds in paper.lines:
        sign = gettext("fits") if holds else gettext("differs, with a reason")
        end = pen.words(end, 11, f"· {words} ({sign})") + 0.8
    end = pen.words(end + 4, 13, gettext("Signed by"), bold=True) + 1
    for signature in paper.signatures:
        end = pen.words(end, 12, f"· {signature}") + 0.8
    pen.words(A4[1] - 62, 11, gettext("Digest of these figures"), bold=True)
    pen.words(A4[1] - 56, 9, paper.digest)
    pen.words(A4[1] - 49, 11, gettext("Entry in the public log"), bold=True)
    pen.words(A4[1] - 43, 9, paper.leaf)
    document.image(_square(paper.address), x=MARGIN, y=A4[1] - 36, w=24, h=24)
    pen.words(
        A4[1] - 33,
        11,
        gettext("Compare these figures with the page of the vote. They are the same there."),
        left=MARGIN + 28,
        width=A4[0] - 2 * MARGIN - 28,
    )
    pen.words(A4[1] - 21, 10, paper.address, soft=True, left=MARGIN + 28)
    return _finished(document)


def _square(address: str) -> BytesIO:
    picture = BytesIO()
    segno.make(address, micro=False, error="m").save(picture, kind="png", scale=8, border=1)
    picture.seek(0)
    return picture
