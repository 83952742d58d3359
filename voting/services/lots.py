"""Decide equal votes by lot, in public: the order of all options of a contest, drawn once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db import transaction

from proceedings.audit import Action
from proceedings.locks import lock_exclusive
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services import record_event
from voting.bundle import seed_leaf
from voting.lots import clean_entropy, drawn_order, list_digest, seed_of
from voting.models import Contest, ContestState
from voting.selectors import ballot_design
from voting.selectors.lots import waits_for_lot
from voting.services.contests import lot_secret, move, refuse_unless_administrator, subject_of
from voting.services.leaves import add_leaf, add_leaf_bytes, sign_head

if TYPE_CHECKING:
    from residents.models import User


@dataclass(frozen=True)
class Called:
    """What was called out in public: the numbers, typed by two people, and who watched."""

    entropy: str
    again: str
    witnesses: str


def agreed_numbers(called: Called) -> str:
    """The numbers in one form; refused unless both people typed the same."""
    try:
        entropy, again = clean_entropy(called.entropy), clean_entropy(called.again)
    except ValueError:
        entropy = again = ""
    if not entropy or entropy != again:
        raise Refused(
            Refusal(
                "numbers_differ",
                mark("The two people did not type the same numbers."),
                mark("Look at the dice together and type them once more, in the order thrown."),
                form_field="again",
            )
        )
    return entropy


@transaction.atomic(durable=True)
def draw_lot(*, actor: User, contest_id: int, called: Called) -> Contest:
    """Put all options in an order by lot and have the contest counted again with it.

    Refused unless the count met a tie that the frozen rule leaves to the lot. The order covers all
    options, so that one draw settles every tie that comes.
    """
    refuse_unless_administrator(actor)
    lock_exclusive(f"contest:{contest_id}")
    contest = Contest.objects.select_for_update().get(pk=contest_id)
    if contest.state != ContestState.COUNTED or not waits_for_lot(contest):
        raise Refused(
            Refusal(
                "no_lot_wanted",
                mark("No tie of this contest waits for a lot."),
                mark("Lots are drawn once, where the count meets equal votes that decide."),
            )
        )
    entropy = agreed_numbers(called)
    keys = ballot_design(contest).keys
    secret = lot_secret(contest)
    places = drawn_order(seed_of(secret, entropy, list_digest(keys)), len(keys))
    order = [keys[place] for place in places]
    add_leaf_bytes(contest, seed_leaf(order, called.witnesses, secret=secret, entropy=entropy))
    move(contest, ContestState.RECOUNT)
    add_leaf(contest, {"kind": "state", "state": "recount"})
    sign_head(contest)
    record_event(
        action=Action.LOT_DRAWN,
        actor_ref=actor.actor_ref,
        subject=subject_of(contest),
        data={"options": len(keys)},
    )
    return contest
