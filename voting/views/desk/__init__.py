"""The paper channel at a centre's desk, box by box; `docs/paper.md` tells it to clerks."""

from voting.views.desk.boxes import batch, batch_open, paper_home, seal
from voting.views.desk.counting import count, settle, type_sheets
from voting.views.desk.handing import hand_out, sheets_pdf, stub, stub_pdf
from voting.views.desk.provisional import provisional, provisional_decide
from voting.views.desk.signing import correction, correction_decide, reconcile, report_pdf, sign
from voting.views.desk.stickers import stickers, stickers_correct, stickers_pdf

__all__ = [
    "batch",
    "batch_open",
    "correction",
    "correction_decide",
    "count",
    "hand_out",
    "paper_home",
    "provisional",
    "provisional_decide",
    "reconcile",
    "report_pdf",
    "seal",
    "settle",
    "sheets_pdf",
    "sign",
    "stickers",
    "stickers_correct",
    "stickers_pdf",
    "stub",
    "stub_pdf",
    "type_sheets",
]
