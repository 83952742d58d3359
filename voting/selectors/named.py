"""Open votes, in which everybody sees who voted how: names and marks, once a result stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import Q

from voting.models import Ballot, Secrecy
from voting.selectors import has_result

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from voting.models import Contest

NAMED_ROWS = 100


@dataclass(frozen=True)
class NamedPage:
    """A page of an open vote's ballots, by name; `after` begins the next one, empty at the end."""

    ballots: tuple[Ballot, ...]
    after: str


def named_ballots(contest: Contest) -> QuerySet[Ballot] | None:
    """The ballots of an open vote with the names of those who cast them; None for any other vote,
    and as long as there is no result. Ballot papers carry no name.
    """
    if contest.secrecy != Secrecy.NAMED or not has_result(contest):
        return None
    return Ballot.objects.filter(contest=contest).exclude(named="")


def named_page(ballots: QuerySet[Ballot], after: str, size: int = NAMED_ROWS) -> NamedPage:
    """A page of `ballots` by name. `after` is the id of the last one of the page before; anything
    else gives the first page.
    """
    last = _ballot(ballots, after)
    if last is not None:
        later = Q(named__gt=last.named) | Q(named=last.named, pk__gt=last.pk)
        ballots = ballots.filter(later, named__gte=last.named)
    found = list(ballots.order_by("named", "pk")[: size + 1])
    more = len(found) > size
    return NamedPage(tuple(found[:size]), str(found[size - 1].pk) if more else "")


def _ballot(ballots: QuerySet[Ballot], text: str) -> Ballot | None:
    try:
        return ballots.filter(pk=UUID(text)).first()
    except ValueError:
        return None
