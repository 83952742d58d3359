"""Reports of imports in the reader's language."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import get_language, gettext

from hangul.sentences import fill

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
    words = [gettext(text) for text in (refusal.message, refusal.next_step) if text]
    return " ".join(fill(text, refusal.params, get_language() or "en") for text in words)
