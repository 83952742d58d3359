"""What the conversation under a subject needs beyond its page of opinions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template

from debates.forms import CommentForm

if TYPE_CHECKING:
    from debates.selectors import ThreadPage

register = template.Library()


@register.simple_tag
def opinion_form(page: ThreadPage) -> CommentForm:
    """The empty form for a new opinion in this conversation."""
    return CommentForm(
        asks_position=page.thread.asks_position, initial={"position": page.position or None}
    )
