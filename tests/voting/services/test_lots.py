"""Ties that are left to the lot: they wait, are drawn once in public, and anybody repeats it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection

from proceedings.models import AuditEvent
from proceedings.refusals import Refused
from residents.roles import RoleKind
from tests.factories.residents import make_user
from tests.factories.voting import make_contest, make_open_contest, pass_the_close, vote
from voting.lots import commitment
from voting.models import ContestState, PromisedLeaf
from voting.selectors import frozen_config_of, readiness
from voting.selectors.lots import waits_for_lot
from voting.selectors.pages import bundle_bytes
from voting.services.clock import advance_contests
from voting.services.contests import lot_secret
from voting.services.counting import count_contest
from voting.services.lots import Called, draw_lot
from voting.verifier import Check

if TYPE_CHECKING:
    from voting.models import Contest

pytestmark = pytest.mark.django_db
DICE = Called("3 1 6", "3-1-6", "참관인 서지킴")


def run_on(contest: Contest) -> Contest:
    """Let the clock and the worker do what is due."""
    for _ in range(4):
        advance_contests()
        count_contest(contest_id=contest.pk)
    contest.refresh_from_db()
    return contest


def tied(*choices: str, **columns: Any) -> Contest:
    """A contest for one seat whose votes are as given, closed and counted."""
    fields = {"tie_rule": "lot", "lot_source": "참관인이 주사위 세 개를 던집니다.", **columns}
    contest = make_open_contest(**fields)
    for choice in choices:
        vote(contest, choice)
    with connection.cursor() as cursor:  # rows of the same transaction wait for their checks
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        pass_the_close(contest)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return run_on(contest)


def draw(contest: Contest, called: Called = DICE) -> Contest:
    actor = make_user(RoleKind.ADMINISTRATOR)
    return draw_lot(actor=actor, contest_id=contest.pk, called=called)


def test_tie_waits_for_the_lot_and_is_published_with_it() -> None:
    contest = tied("a", "b", "a", "b", "c")
    assert contest.state == ContestState.COUNTED
    assert waits_for_lot(contest)
    assert not contest.publications.exists()
    draw(contest)
    run_on(contest)
    assert contest.state == ContestState.PUBLISHED
    told = json.loads(contest.publications.get().result)
    order = told["tie_order"]
    assert sorted(order) == ["a", "b", "c"]
    assert told["winners"] == [min("ab", key=order.index)]
    assert told["ties"][0]["won"] == told["winners"]
    check = Check(bundle_bytes(contest, 1))
    assert check.wrong is None


def test_lot_follows_from_what_was_frozen_and_what_was_thrown() -> None:
    contest = tied("a", "b")
    draw(contest)
    leaf = json.loads(PromisedLeaf.objects.get(contest=contest, kind="seed").data)
    bound = frozen_config_of(contest)["lot"]
    assert bound == {
        "commitment": commitment(lot_secret(contest)),
        "source": "참관인이 주사위 세 개를 던집니다.",
    }
    assert leaf["secret"] == lot_secret(contest)
    assert leaf["entropy"] == "3 1 6"
    assert leaf["how"] == DICE.witnesses


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (lambda leaf: leaf["order"].reverse(), "order"),
        (lambda leaf: leaf.update(entropy="3 1 5"), "order"),
        (lambda leaf: leaf.update(secret="0" * 64), "secret"),
    ],
)
def test_verifier_names_a_lot_that_was_not_drawn_so(change: Any, place: str) -> None:
    contest = tied("a", "b", keys=tuple("abcdefgh"))  # two draws of eight are hardly ever alike
    draw(contest)
    run_on(contest)
    check = Check(bundle_bytes(contest, 1))
    leaf = next(leaf for leaf in check.leaves if leaf["kind"] == "seed")
    change(leaf)
    with pytest.raises(Exception, match=place) as caught:
        check.check_lot()
    assert caught.value.args[0].startswith(f"log.jsonl:{check.leaves.index(leaf) + 1}")


def test_count_without_a_tie_needs_no_lot() -> None:
    contest = tied("a", "a", "b")
    assert contest.state == ContestState.PUBLISHED
    with pytest.raises(Refused) as caught:
        draw(contest)
    assert caught.value.refusal.code == "no_lot_wanted"


def test_tie_that_the_body_decides_is_published_and_not_drawn() -> None:
    contest = tied("a", "b", tie_rule="report")
    assert contest.state == ContestState.PUBLISHED
    assert json.loads(contest.publications.get().result)["decided"] is False
    assert not waits_for_lot(contest)


def test_lot_is_drawn_once() -> None:
    contest = tied("a", "b")
    draw(contest)
    with pytest.raises(Refused) as caught:
        draw(contest)
    assert caught.value.refusal.code == "no_lot_wanted"
    assert PromisedLeaf.objects.filter(contest=contest, kind="seed").count() == 1
    assert AuditEvent.objects.filter(action="voting.lot.drawn").count() == 1


@pytest.mark.parametrize("again", ["3 1 5", "", "3 1"])
def test_numbers_typed_differently_are_refused(again: str) -> None:
    contest = tied("a", "b")
    with pytest.raises(Refused) as caught:
        draw(contest, Called("3 1 6", again, ""))
    assert caught.value.refusal.code == "numbers_differ"
    assert waits_for_lot(contest)


@pytest.mark.parametrize("role", [RoleKind.OBSERVER, RoleKind.COORDINATOR, RoleKind.OFFICIAL])
def test_only_administrators_draw(role: str) -> None:
    contest = tied("a", "b")
    with pytest.raises(Refused) as caught:
        draw_lot(actor=make_user(role), contest_id=contest.pk, called=DICE)
    assert caught.value.refusal.code == "role_needed"


def test_lot_rule_is_incomplete_without_its_source() -> None:
    contest = make_contest(tie_rule="lot")
    assert [refusal.code for refusal in readiness(contest)] == ["no_lot_source"]


def test_lower_cost_then_lot_needs_costs() -> None:
    contest = make_contest(tie_rule="lower_lot", lot_source="주사위")
    assert [refusal.code for refusal in readiness(contest)] == ["tie_rule_without_cost"]
