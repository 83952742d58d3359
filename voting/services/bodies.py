"""Type what a body with a weight gave: two people, apart, before the box is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import transaction

from proceedings.audit import Action
from proceedings.locks import lock_exclusive
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services import record_event
from voting.bundle import body_leaf
from voting.log import canonical
from voting.models import BodyEntry, Contest, ContestState
from voting.permissions import refuse_roll_keeper
from voting.selectors import ballot_design
from voting.selectors.bodies import MOST_POINTS, body_standings
from voting.services.contests import subject_of
from voting.services.leaves import add_leaf_bytes, sign_head

if TYPE_CHECKING:
    from collections.abc import Mapping

    from residents.models import User
    from voting.selectors.bodies import BodyStanding


@transaction.atomic(durable=True)
def enter_body(
    *, actor: User, contest_id: int, part: str, points: Mapping[str, int]
) -> BodyStanding:
    """Store what one person typed; the same typed by a second person enters the log.

    Two different ones begin another round; all stay in the record.
    """
    lock_exclusive(f"contest:{contest_id}")
    contest = Contest.objects.select_for_update().get(pk=contest_id)
    refusal = refuse_roll_keeper(actor, contest) or _refuse_points(contest, points)
    if refusal is not None:
        raise Refused(refusal)
    standing = _standing_of(contest, part)
    refusal = _refuse_now(contest, standing, actor.actor_ref)
    if refusal is not None:
        raise Refused(refusal)
    written = canonical(dict(points)).decode()
    typed = BodyEntry.objects.filter(contest=contest, part=part, round=standing.round)
    agrees = typed.filter(points=written).exists()
    BodyEntry.objects.create(
        contest=contest,
        part=part,
        round=standing.round,
        points=written,
        entered_by_ref=actor.actor_ref,
    )
    if agrees:
        add_leaf_bytes(contest, body_leaf(part, points))
        sign_head(contest)
    record_event(
        action=Action.BODY_AGREED if agrees else Action.BODY_ENTERED,
        actor_ref=actor.actor_ref,
        subject=subject_of(contest),
        data={"body": part, "round": standing.round},
    )
    return _standing_of(contest, part)


def _standing_of(contest: Contest, part: str) -> BodyStanding:
    for standing in body_standings(contest):
        if standing.part == part:
            return standing
    raise Refused(
        Refusal(
            "no_such_body",
            mark("“%(body)s” is no body of this vote."),
            mark("Choose one of the bodies named in its rules."),
            {"body": part},
        )
    )


def _refuse_points(contest: Contest, points: Mapping[str, int]) -> Refusal | None:
    """Every option of the ballot has a whole number, nought where the body gave nothing."""
    fit = points.keys() == ballot_design(contest).key_set and all(
        type(number) is int and 0 <= number <= MOST_POINTS for number in points.values()
    )
    if fit:
        return None
    return Refusal(
        "bad_body_points",
        mark("A body gives every option a whole number from 0 to %(most)s."),
        mark("Type 0 for an option to which it gave nothing."),
        {"most": MOST_POINTS},
    )


def _refuse_now(contest: Contest, standing: BodyStanding, who: str) -> Refusal | None:
    if standing.points:
        return Refusal(
            "body_settled",
            mark("What this body gave stands in the log; two people typed the same."),
            mark("It does not change any more."),
        )
    if contest.state != ContestState.CLOSED:
        return Refusal(
            "body_not_now",
            mark("What bodies gave is typed after the close and before the box is opened."),
            mark("Until the close nobody shall see it."),
        )
    if who in standing.entered_by:
        return Refusal(
            "typed_by_you",
            mark("You have typed what this body gave."),
            mark("Now somebody else types it, without looking at your figures."),
        )
    return None
