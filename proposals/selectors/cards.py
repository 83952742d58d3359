"""A proposal as a card of a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from django.core.files.storage import default_storage
from django.utils import timezone
from django.utils.translation import get_language, gettext, ngettext

from hangul.formats import day_of_year, dday
from proposals.lifecycle import State, promised_day
from proposals.models import Proposal, ProposalState
from proposals.selectors.distance import metres_text

if TYPE_CHECKING:
    from collections.abc import Mapping

TONES: Mapping[str, str] = {
    ProposalState.GATHERING: "primary",
    ProposalState.DEBATING: "info",
    ProposalState.REVIEWING: "warning",
    ProposalState.TRANSFERRED: "warning",
    ProposalState.REPAIR: "warning",
    ProposalState.ANSWERED: "success",
    ProposalState.IN_PROGRESS: "success",
    ProposalState.DONE: "solid",
}
EXCERPT = 120


class Named(Protocol):
    """Something with a Korean and perhaps an English name."""

    name: str
    english_name: str


def local_name(thing: Named) -> str:
    """The name in the page's language; the Korean one where there is no English."""
    return (get_language() == "en" and thing.english_name) or thing.name


@dataclass(frozen=True)
class Card:
    """What `components/card.html` shows of a proposal; `goal` is 0 where no support is gathered."""

    pk: int
    title: str
    url: str
    over: str
    badge: str
    tone: str
    text: str
    value: int
    goal: int
    meta: tuple[tuple[str, str], ...]
    picture: str
    picture_alt: str


def card_of(proposal: Proposal) -> Card:
    """The card of a proposal read `as_cards` (or with area, field and figures: no picture then)."""
    figures = getattr(proposal, "figures", None)
    supports = figures.supports if figures else 0
    comments = figures.comments if figures else 0
    picture = getattr(proposal, "card_picture", None)
    gathering = proposal.state == ProposalState.GATHERING
    meta = []
    if not gathering:
        meta.append(
            (
                "support",
                ngettext("%(count)s support", "%(count)s supports", supports)
                % {"count": f"{supports:,}"},
            )
        )
    meta.append(
        (
            "comment",
            ngettext("%(count)s opinion", "%(count)s opinions", comments)
            % {"count": f"{comments:,}"},
        )
    )
    meta.append(("clock", _time_word(proposal)))
    metres = getattr(proposal, "metres", None)
    if metres is not None:
        meta.append(("place", metres_text(metres)))
    return Card(
        pk=proposal.pk,
        title=proposal.title,
        url=proposal.get_absolute_url(),
        over=f"{local_name(proposal.field)} · {local_name(proposal.area)}",
        badge=str(proposal.get_state_display()),
        tone=TONES.get(proposal.state, ""),
        text=" ".join(proposal.body[:EXCERPT].split()),
        value=supports,
        goal=proposal.threshold if gathering else 0,
        meta=tuple(meta),
        picture=default_storage.url(picture) if picture else "",
        picture_alt=getattr(proposal, "card_alt", None) or "",
    )


def _time_word(proposal: Proposal) -> str:
    """The day that matters now: until when to support, to answer, or when it was published."""
    language, today = get_language() or "ko", timezone.localdate()
    if proposal.state == ProposalState.GATHERING and proposal.closes_at:
        return dday(proposal.closes_at, today, language)
    if due := promised_day(State(proposal.state), proposal.answer_due_on):
        return gettext("answer %(dday)s") % {"dday": dday(due, today, language)}
    return day_of_year(proposal.published_at or proposal.created_at, language)
