"""Points of bodies: typed by two apart, written into the log, counted and verified."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from django.db import DatabaseError, connection, transaction

from proceedings.audit import Action
from proceedings.models import AuditEvent
from proceedings.refusals import Refused
from residents.roles import RoleKind
from tests.factories.residents import make_user
from tests.factories.voting import make_open_contest, pass_the_close, vote
from tests.voting.services.test_lots import run_on
from voting.models import BodyEntry, ContestState, PromisedLeaf
from voting.selectors.bodies import MOST_POINTS, bodies_missing, body_standings
from voting.selectors.pages import bundle_bytes
from voting.services.bodies import enter_body
from voting.verifier import Check

if TYPE_CHECKING:
    from residents.models import User
    from voting.models import Contest
    from voting.selectors.bodies import BodyStanding

pytestmark = pytest.mark.django_db
PANEL = "전문가 심사단"
GIVEN = {"a": 0, "b": 9, "c": 1}
WEIGHTS = {
    "parts": [{"part": "web", "weight": 40}, {"part": PANEL, "weight": 60, "body": True}],
    "as": "ballots",
    "empty": "spread",
}


def closed(*choices: str, is_closed: bool = True, **columns: Any) -> Contest:
    """A vote in which a panel has more than half; its votes are as given."""
    contest = make_open_contest(**{"rule_options": {"weights": WEIGHTS}, **columns})
    for choice in choices:
        vote(contest, choice)
    with connection.cursor() as cursor:  # rows of the same transaction wait for their checks
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        if is_closed:
            pass_the_close(contest)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")
    return run_on(contest)


def keeper() -> User:
    return make_user(RoleKind.ADMINISTRATOR)


def enter(contest: Contest, who: User | None = None, /, **columns: Any) -> BodyStanding:
    told: dict[str, Any] = {"part": PANEL, "points": GIVEN, **columns}
    return enter_body(actor=who or keeper(), contest_id=contest.pk, **told)


def code(contest: Contest, who: User | None = None, /, **columns: Any) -> str:
    with pytest.raises(Refused) as caught:
        enter(contest, who, **columns)
    refusal = caught.value.refusal
    assert refusal.message % refusal.params
    return refusal.code


def test_box_waits_for_the_body_and_the_result_follows_from_it() -> None:
    contest = closed("a", "a", "b")
    assert (contest.state, bodies_missing(contest)) == (ContestState.CLOSED, [PANEL])
    first = enter(contest)
    assert (len(first.entered_by), dict(first.points)) == (1, {})
    run_on(contest)
    assert contest.state == ContestState.CLOSED
    assert dict(enter(contest).points) == GIVEN
    assert bodies_missing(contest) == []
    run_on(contest)
    assert contest.state == ContestState.PUBLISHED
    told = json.loads(contest.publications.get().result)
    assert told["winners"] == ["b"]
    assert {part["part"] for part in told["parts"]} == {"web", PANEL}
    assert Check(bundle_bytes(contest, 1)).wrong is None


SEATS = [{"part": "web", "seats": 1}, {"part": PANEL, "seats": 1, "body": True}]


@pytest.mark.parametrize("publication", ["full", "patterns", "totals"])
def test_body_gives_seats_of_its_own_and_anybody_can_count_them_again(publication: str) -> None:
    columns: dict[str, Any] = {
        "rule_options": {"seats_by": SEATS},
        "seats": 2,
        "publication": publication,
    }
    contest = closed("a", "a", "b", **columns)
    assert [(one.seats, one.weight) for one in body_standings(contest)] == [(1, 0)]
    enter(contest, points={"a": 9, "b": 0, "c": 1})
    enter(contest, points={"a": 9, "b": 0, "c": 1})
    run_on(contest)
    assert contest.state == ContestState.PUBLISHED
    told = json.loads(contest.publications.get().result)
    assert told["winners"] == ["a", "c"]
    assert [part["chosen"] for part in told["seated"]] == [["a"], ["c"]]
    assert Check(bundle_bytes(contest, 1)).wrong is None


def test_two_different_readings_begin_another_round_and_stay_in_the_record() -> None:
    contest = closed("a")
    first, second = keeper(), keeper()
    enter(contest, first)
    after = enter(contest, second, points={**GIVEN, "c": 2})
    assert (after.round, after.differs, after.entered_by) == (2, True, frozenset())
    assert not PromisedLeaf.objects.filter(contest=contest, kind="body").exists()
    enter(contest, first)
    assert dict(enter(contest, second).points) == GIVEN
    assert BodyEntry.objects.filter(contest=contest).count() == 4
    events = AuditEvent.objects.filter(subject=f"voting.contest:{contest.pk}")
    assert events.filter(action=Action.BODY_ENTERED).count() == 3
    assert events.filter(action=Action.BODY_AGREED).count() == 1
    told = list(events.filter(action=Action.BODY_ENTERED).values_list("data", flat=True))
    assert all(set(one) == {"body", "round"} for one in told)


def test_nobody_types_twice_in_a_round() -> None:
    contest, who = closed("a"), keeper()
    enter(contest, who)
    assert code(contest, who) == "typed_by_you"


def test_what_two_agreed_on_stays() -> None:
    contest = closed("a")
    enter(contest)
    enter(contest)
    assert code(contest) == "body_settled"


def test_before_the_close_nothing_is_typed() -> None:
    assert code(closed("a", is_closed=False)) == "body_not_now"


def test_a_body_without_a_weight_gives_nothing() -> None:
    assert code(closed("a"), part="주민자치회") == "no_such_body"


@pytest.mark.parametrize(
    "points",
    [{"a": 1, "b": 2}, {**GIVEN, "d": 1}, {**GIVEN, "a": -1}, {**GIVEN, "a": MOST_POINTS + 1}],
)
def test_points_are_whole_numbers_for_every_option(points: dict[str, int]) -> None:
    assert code(closed("a"), points=points) == "bad_body_points"


def test_a_clerk_types_no_points() -> None:
    assert code(closed("a"), make_user(RoleKind.CLERK))


def test_noughts_are_an_answer_and_the_part_is_empty() -> None:
    contest = closed("a")
    nothing = dict.fromkeys("abc", 0)
    enter(contest, points=nothing)
    enter(contest, points=nothing)
    run_on(contest)
    assert json.loads(contest.publications.get().result)["winners"] == ["a"]


def test_a_vote_without_bodies_waits_for_none() -> None:
    assert body_standings(make_open_contest()) == []


def test_readings_are_append_only() -> None:
    contest = closed("a")
    enter(contest)
    with pytest.raises(DatabaseError), transaction.atomic():
        BodyEntry.objects.filter(contest=contest).update(points="{}")
