"""The paper channel: hand out, seal, count, type twice, compare, reconcile, certify.

Rules of the table in `docs/paper.md`: the vote right is taken when the sheet is handed out; a
serial is only on the stub; two people open, count, type and sign; certified boxes post into the
same ballot box as the web.
"""

from voting.services.paper.boxes import (
    DESK,
    ENVELOPES_WAIT,
    MOST_PRINTED,
    locked_batch,
    open_batch,
    print_sheets,
    refuse_same,
    refuse_unless_desk,
    seal_batch,
    subject_of_batch,
)
from voting.services.paper.corrections import (
    CORRECTABLE,
    DECIDERS,
    ask_correction,
    decide_correction,
)
from voting.services.paper.counting import SheetTyping, enter_sheet, record_count
from voting.services.paper.handing import (
    ASSISTED,
    MOST_SPOILED,
    SLOT_MOVED,
    enter_at_desk,
    issue_paper,
    number_stub,
    report_missing,
    return_paper,
    spoil_paper,
    why_not_issued,
)
from voting.services.paper.signing import explain_difference, sign_batch

__all__ = [
    "ASSISTED",
    "CORRECTABLE",
    "DECIDERS",
    "DESK",
    "ENVELOPES_WAIT",
    "MOST_PRINTED",
    "MOST_SPOILED",
    "SLOT_MOVED",
    "SheetTyping",
    "ask_correction",
    "decide_correction",
    "enter_at_desk",
    "enter_sheet",
    "explain_difference",
    "issue_paper",
    "locked_batch",
    "number_stub",
    "open_batch",
    "print_sheets",
    "record_count",
    "refuse_same",
    "refuse_unless_desk",
    "report_missing",
    "return_paper",
    "seal_batch",
    "sign_batch",
    "spoil_paper",
    "subject_of_batch",
    "why_not_issued",
]
