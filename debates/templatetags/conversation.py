"""What the conversation under a subject needs beyond its page of opinions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils import timezone

from debates.forms import CommentForm, field_name
from debates.models import ThreadFigures
from debates.moderation import is_open
from debates.selectors import debate_author

if TYPE_CHECKING:
    from debates.models import Debate
    from debates.selectors import ThreadPage

register = template.Library()


@register.simple_tag
def opinion_form(page: ThreadPage) -> CommentForm:
    """The empty form for a new opinion in this conversation."""
    return CommentForm(
        asks_position=page.thread.asks_position, initial={"position": page.position or None}
    )


@register.filter
def opened_by(debate: Debate) -> str:
    """Who opened a debate, as others see it."""
    return debate_author(debate)


@register.filter
def takes_opinions(debate: Debate) -> bool:
    """Whether a debate is open now."""
    return is_open(debate.thread.closed_at, timezone.now())


@register.filter
def field_label(debate: Debate) -> str:
    """Its field in the reader's language."""
    return field_name(debate.field)


@register.filter
def figures(debate: Debate) -> ThreadFigures:
    """Its counts, all zero until the first refresh."""
    found: ThreadFigures | None = getattr(debate.thread, "figures", None)
    return found or ThreadFigures(thread=debate.thread)
