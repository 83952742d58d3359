"""Reports of imports in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import get_language, gettext

from hangul.sentences import fill
from proceedings.wording import say, say_next

if TYPE_CHECKING:
    from collections.abc import Iterable

    from proceedings.refusals import Refusal
    from proceedings.tables import Problem


def problem_lines(problems: Iterable[Problem]) -> list[str]:
    """One sentence per bad line: its number and what is wrong with it."""
    return [
        gettext("Line %(line)d: %(what)s")
        % {
            "line": each.line,
            "what": fill(gettext(each.message), each.params, get_language() or "en"),
        }
        for each in problems
    ]


def refusal_text(refusal: Refusal) -> str:
    """Why not and what to do next, in one line."""
    return " ".join(filter(None, [say(refusal), say_next(refusal)]))
