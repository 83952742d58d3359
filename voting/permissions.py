"""What keeps a person from a ballot, and staff from a roll: with the reason and the next step."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from proceedings.refusals import Refusal, mark
from residents.permissions import refuse_unless_role
from residents.roles import RoleKind
from voting.models import ContestState
from voting.selectors import CLOSED, NO_RESIDENCY, refuse_unless_open

if TYPE_CHECKING:
    from datetime import datetime

    from django.contrib.auth.models import AnonymousUser

    from residents.models import User
    from voting.models import Contest
    from voting.selectors import VoterStanding

NO_WEB = Refusal(
    "no_web",
    mark("This vote is held on paper only."),
    mark("You get a ballot paper at the centres named on its page."),
)
BLANK_UNSURE = Refusal(
    "blank_unsure",
    mark("Nothing is marked on this ballot."),
    mark("Go back and choose, or tick below that you want to send a blank ballot."),
)


def in_grace(contest: Contest, served_at: datetime | None, now: datetime) -> bool:
    """Whether a page served before the close may still send its ballot at `now`."""
    return (
        contest.state == ContestState.OPEN
        and contest.closes_at is not None
        and served_at is not None
        and served_at < contest.closes_at
        and now < contest.closes_at + timedelta(seconds=contest.grace_seconds)
    )


def refuse_ballot(
    contest: Contest, standing: VoterStanding | None, now: datetime, served_at: datetime | None
) -> Refusal | None:
    """None if the person may vote on the web at `now`; else why not.

    `standing` is None for somebody who is not logged in; `served_at` says when the ballot at hand
    was served, for the grace at the close.
    """
    if not contest.web:
        return NO_WEB
    refusal = refuse_unless_open(contest, now)
    if refusal is not None and not in_grace(contest, served_at, now):
        return refusal
    if standing is None or standing.refusal is CLOSED:
        return None
    return standing.refusal


def refuse_choosing(
    contest: Contest, standing: VoterStanding | None, now: datetime, served_at: datetime | None
) -> Refusal | None:
    """The same for marking a ballot: who is not confirmed yet may choose first, confirm later."""
    refusal = refuse_ballot(contest, standing, now, served_at)
    return None if refusal is NO_RESIDENCY else refusal


def refuse_roll_keeper(user: User | AnonymousUser, contest: Contest) -> Refusal | None:
    """None for those who keep the roll of a vote and type what bodies gave: administrators, and
    coordinators of a centre where its paper is handed out.
    """
    refusal = refuse_unless_role(user, RoleKind.ADMINISTRATOR)
    if refusal is None:
        return None
    for centre in contest.centres.all():
        refusal = refuse_unless_role(user, RoleKind.COORDINATOR, centre=centre)
        if refusal is None:
            return None
    return refusal
