"""A refusal's words in the reader's language, for pages, forms and the API alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import get_language, gettext

from hangul.sentences import fill

if TYPE_CHECKING:
    from proceedings.refusals import Refusal


def say(refusal: Refusal) -> str:
    """Why not, with dates and particles as people write them."""
    return fill(gettext(refusal.message), refusal.params, get_language() or "ko")


def say_next(refusal: Refusal) -> str:
    """What to do next; empty if there is nothing to do."""
    if not refusal.next_step:
        return ""
    return fill(gettext(refusal.next_step), refusal.params, get_language() or "ko")


def as_plain(refusal: Refusal) -> dict[str, str]:
    """The refusal for the API: code, message, next step."""
    return {"code": refusal.code, "message": say(refusal), "next_step": say_next(refusal)}
