"""Why something is not possible, in words a resident understands, and what to do next."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def mark(message: str) -> str:
    """Mark an English message for translation, which pure code leaves to the page."""
    return message


LIMIT_REACHED = "limit_reached"
"""The code of a refusal for now only: too often in a short time."""
ROLE_CODES = frozenset({"role_needed", "other_centre", "other_area"})
"""The codes of refusals for whose work it is. All others are for how things stand."""


@dataclass(frozen=True)
class Refusal:
    """The answer "no" of an eligibility, phase or counting check.

    `message` and `next_step` are English msgids (wrapped in `mark`) with `%(name)s` places that
    `params` fills; page and API translate and show them as they are. `code` is stable and short,
    such as `already_voted`. `form_field` names the form field that is meant, if one is.
    """

    code: str
    message: str
    next_step: str = ""
    params: Mapping[str, object] = field(default_factory=dict)
    form_field: str = ""


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """Raised by services; carries the refusal to the page or the API."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code)
        self.refusal = refusal
