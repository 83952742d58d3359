"""What the conversation under a subject needs beyond its page of opinions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django import template
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

from debates.forms import CommentForm, field_name
from debates.models import ThreadFigures
from debates.moderation import is_open
from debates.selectors import debate_author
from hangul import formats

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
def title_meta(debate: Debate) -> list[str]:
    """Who opened a debate, and when."""
    return [debate_author(debate), formats.day(debate.created_at, get_language() or "ko")]


@register.filter
def stages(debate: Debate) -> list[dict[str, str]]:
    """The line with dots: opinions are taken, then what came of it is written."""
    language, is_running = get_language() or "ko", takes_opinions(debate)
    closes = formats.day(debate.closes_at, language) if debate.closes_at else ""
    after = "done" if debate.summary else "next" if is_running else "now"
    return [
        {
            "label": gettext("Opened"),
            "state": "done",
            "date": formats.day(debate.created_at, language),
        },
        {
            "label": gettext("Opinions are taken"),
            "state": "now" if is_running else "done",
            "date": gettext("open until %(day)s") % {"day": closes} if closes else "",
        },
        {"label": gettext("What came of it is written"), "state": after, "date": ""},
    ]


@register.filter
def next_step(debate: Debate) -> str:
    """What happens next with a debate; empty when all is done."""
    if takes_opinions(debate):
        if debate.closes_at is None:
            return gettext("It stays open until the office closes it.")
        return gettext("The debate closes")
    return "" if debate.summary else gettext("The office writes what came of it.")


@register.filter
def next_date(debate: Debate) -> str:
    """When that is; empty where no hour is set."""
    if debate.closes_at is None or not takes_opinions(debate):
        return ""
    return formats.when(debate.closes_at, get_language() or "ko")


@register.filter
def takes_opinions(debate: Debate) -> bool:
    """Whether a debate is open now."""
    return is_open(debate.thread.closed_at, timezone.now())


@register.filter
def card_over(debate: Debate) -> str:
    """Field and dong, in the reader's language."""
    return f"{field_name(debate.field)} · {debate.area.local_name}"


@register.filter
def card_tone(debate: Debate) -> str:
    """The tone of a debate's badge."""
    if not takes_opinions(debate):
        return ""
    return "primary" if debate.asked_by_office else "info"


@register.filter
def card_meta(debate: Debate) -> list[tuple[str, str]]:
    """How many took part, and how long it is open."""
    counts, language = figures(debate), get_language() or "ko"
    facts = [
        ("person", formats.people(counts.people, language)),
        ("comment", opinions(counts.comments)),
    ]
    if debate.closes_at is not None and takes_opinions(debate):
        facts.append(
            (
                "clock",
                formats.dday(formats.seoul_date(debate.closes_at), timezone.localdate(), language),
            )
        )
    return facts


def opinions(count: int) -> str:
    """How many opinions and replies."""
    return ngettext("%(count)d opinion", "%(count)d opinions", count) % {"count": count}


@register.filter
def figures(debate: Debate) -> ThreadFigures:
    """Its counts, all zero until the first refresh."""
    found: ThreadFigures | None = getattr(debate.thread, "figures", None)
    return found or ThreadFigures(thread=debate.thread)
