"""A refusal's words in the reader's language, for pages, forms and the API alike."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import get_language, gettext

from hangul.sentences import fill
from proceedings.refusals import LIMIT_REACHED, ROLE_CODES

if TYPE_CHECKING:
    from django.forms import BaseForm

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


def status_of(refusal: Refusal) -> int:
    """The status of a refusal: 429 for how often, 403 for whose work it is, else 409."""
    if refusal.code == LIMIT_REACHED:
        return 429
    return 403 if refusal.code in ROLE_CODES else 409


def seconds_to_wait(refusal: Refusal) -> int:
    """How long until a limit on how often is free again, for Retry-After."""
    again = refusal.params.get("again")
    wait = again - timezone.now() if isinstance(again, datetime) else timedelta(minutes=1)
    return max(int(wait.total_seconds()), 1)


def show_refusal(form: BaseForm, refusal: Refusal) -> None:
    """Show why not beside what was typed: at the field that is meant, or above the form."""
    words = f"{say(refusal)} {say_next(refusal)}".strip()
    field = refusal.form_field if refusal.form_field in form.fields else None
    form.add_error(field, ValidationError(words, code=refusal.code))


def form_status(form: BaseForm | None) -> int:
    """The status of a page with a form that was sent: 429 at a limit, 422 with errors, else 200."""
    if form is None or not form.errors:
        return 200
    errors = [error for listed in form.errors.as_data().values() for error in listed]
    return 429 if any(error.code == LIMIT_REACHED for error in errors) else 422
