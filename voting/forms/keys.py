"""Keys of the typing page for ballots of numbers: one number for each option, in order.

`213` or `2 1 3`: place, score or points of the first option, the second, the third. `.` stands
where nothing was written, `2/3` where two numbers were. With numbers of two digits a blank or `+`
parts them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from voting.ballots import BallotKind
from voting.forms.ballots import most_of

if TYPE_CHECKING:
    from voting.ballots import BallotDesign

NUMBERED = frozenset({BallotKind.RANK, BallotKind.SCORE, BallotKind.POINTS})
NOTHING = "."
PARTED = r"[\s,+]"
ONE_DIGIT, DIGITS = r"\.|[0-9](?:/[0-9])*", r"\.|[0-9]{1,9}(?:/[0-9]{1,9})*"


def is_blank_sheet(design: BallotDesign, text: str) -> bool:
    """Whether the keys say that nothing at all stands on the sheet.

    Nought is no place and no point, but a score; alone it is a blank sheet where more is asked.
    """
    if not set(text) - {NOTHING, " "}:
        return True
    if design.kind is BallotKind.SCORE:
        return text == "0" and len(design.options) > 1
    return not set(text) - {"0", NOTHING, " ", "+"}


def numbers_typed(design: BallotDesign, text: str) -> list[list[int]] | None:
    """The numbers at each option, as many lists as were typed; None for keys that are none."""
    alone = most_of(design) < 10 and not re.search(PARTED, text.strip())
    token = ONE_DIGIT if alone else DIGITS
    if not re.fullmatch(f"(?:{PARTED}*(?:{token}))+{PARTED}*", text):
        return None
    typed = [
        [] if one == NOTHING else [int(number) for number in one.split("/")]
        for one in re.findall(token, text)
    ]
    if design.kind is BallotKind.SCORE:
        return typed
    return [[number for number in several if number] for several in typed]
