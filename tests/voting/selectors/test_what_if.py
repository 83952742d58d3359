"""Rules tried on the same ballots."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from tests.factories.places import make_centre
from tests.factories.voting import make_contest, make_open_contest, run_to_the_end, vote
from voting.forms.rules import RULE_FIELDS
from voting.models import Contest, ContestFigures, ContestPreset
from voting.selectors.what_if import MOST_BALLOTS, WhatIf, votes_to_try, what_if
from voting.services.contests import PRESET_FIELDS, let_follow
from voting.tally import RULES

pytestmark = pytest.mark.django_db

KINDS: dict[str, dict[str, Any]] = {
    "single": {},
    "pick": {"max_picks": 2},
    "yes_no": {"max_picks": 3},
    "rank": {"max_picks": 3, "rule": "irv"},
    "score": {"max_picks": 3, "score_max": 5, "rule": "score"},
    "points": {"max_picks": 3, "points": 10, "rule": "points"},
}


def tried(contest: Contest, earlier: Contest | None = None) -> WhatIf:
    found = what_if(contest, earlier)
    assert found is not None
    return found


@pytest.mark.parametrize("kind", KINDS)
def test_every_rule_for_the_ballot_is_counted_on_made_up_ballots(kind: str) -> None:
    contest = make_contest(kind=kind, seats=2, **KINDS[kind])
    found = tried(contest)
    fitting = [name for name in RULE_FIELDS if kind in RULES[name].kinds]
    assert {one.rule for one in found.outcomes} == set(fitting)
    assert [one.rule for one in found.outcomes if one.is_own] == [contest.rule]
    some_win = all(one.winners or one.open for one in found.outcomes)
    assert some_win or kind == "yes_no"  # every item may be turned down


def test_made_up_ballots_of_both_ways_are_weighed() -> None:
    parts = [{"part": "web", "weight": 50}, {"part": "paper", "weight": 50}]
    weights = {"weights": {"parts": parts, "as": "ballots", "empty": "void"}}
    both = make_contest(paper=True, centres=[make_centre()], rule_options=weights)
    assert tried(both).outcomes[0].winners
    parts[1]["part"] = "other"
    assert tried(make_contest(rule_options=weights)).outcomes[0].winners == ()
    parts[0]["part"] = "another"
    assert tried(make_contest(rule_options=weights)).outcomes[0].is_impossible


def test_a_quorum_of_another_vote_says_nothing_here() -> None:
    contest = make_contest(rule_options={"quorum": {"of": "fixed", "number": 99_999}})
    assert tried(contest).outcomes[0].winners


def voted(*ballots: tuple[str, ...]) -> Contest:
    """A finished vote with these ballots."""
    earlier = make_open_contest(kind="pick", max_picks=2)
    for keys in ballots:
        vote(earlier, *keys)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    run_to_the_end(earlier)
    return earlier


def test_the_chosen_rule_is_tried_with_its_quorum_and_tells_whom_that_keeps_out() -> None:
    earlier = voted(("a", "b"), ("a",), ("a", "b"))
    earlier.census = 300
    for share, winners, kept_out in (("1/100", ("의제 a",), ()), ("2/100", (), ("의제 a",))):
        bar = {"quorum": {"of": "fixed", "share": share, "number": 7}}
        own, *others = tried(
            make_contest(kind="pick", max_picks=2, rule_options=bar), earlier
        ).outcomes
        assert own.is_own
        assert (own.winners, own.kept_out) == (winners, kept_out)
        assert own.quorum is not None
        assert {(one.winners, one.quorum) for one in others} == {(("의제 a",), None)}


def test_the_chosen_rule_is_tried_with_its_least_number_of_votes() -> None:
    earlier = voted(("a", "b"), ("a",), ("a", "b"))
    bar = {"threshold": {"of": "valid", "share": "3/4"}}
    contest = make_contest(kind="pick", max_picks=2, seats=2, rule_options=bar)
    own = tried(contest, earlier).outcomes[0]
    assert (own.winners, own.kept_out) == (("의제 a",), ("의제 b",))
    made_up = tried(contest).outcomes[0]
    assert len(made_up.kept_out) + len(made_up.winners) == 2


def test_a_rule_that_cannot_count_the_ballot_says_why() -> None:
    contest = make_contest(kind="rank", rule="borda", max_picks=3, equal_ranks=True)
    problems = {one.rule: one.problem for one in tried(contest).outcomes}
    assert [name for name, problem in problems.items() if problem] == ["irv", "stv"]


def test_a_ballot_without_options_cannot_be_tried() -> None:
    assert what_if(make_contest(keys=())) is None


def test_ballots_of_an_earlier_vote_are_counted_by_every_rule() -> None:
    earlier = voted(("a", "b"), ("a",), ("c",))
    contest = make_contest(kind="pick", max_picks=3, keys=("x", "y"))
    assert votes_to_try(contest) == ([earlier], [])
    assert votes_to_try(make_contest(kind="single")) == ([], [])
    found = tried(contest, earlier)
    assert (found.ballots, {one.winners for one in found.outcomes}) == (3, {("의제 a",)})
    ContestFigures.objects.filter(contest=earlier).update(web=MOST_BALLOTS + 1)
    assert votes_to_try(contest) == ([], [earlier])


def test_too_many_different_ballots_are_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("voting.selectors.what_if.MOST_DIFFERENT", 1)
    found = tried(make_contest(kind="pick", max_picks=2))
    assert (found.ballots > 1, found.outcomes, found.presets) == (True, (), ())


# --- Presets ---


def held(**settings: Any) -> tuple[ContestPreset, Contest]:
    """A preset and a contest with its settings, neither of them stored."""
    contest = Contest(**settings)
    let_follow(contest, contest.max_picks)
    return ContestPreset(name="틀", settings=settings), contest


def test_a_preset_is_tried_on_an_earlier_vote_with_its_quorum_and_seats() -> None:
    earlier = voted(("a", "b"), ("a",), ("a", "b"))
    earlier.area.population = 300
    earlier.census = None

    def quorum(share: str) -> dict[str, Any]:
        return {"quorum": {"of": "fixed", "share": share}}

    low = held(kind="pick", max_picks=2, seats=2, rule_options=quorum("1/100"))
    high = held(kind="pick", max_picks=2, seats=2, rule_options=quorum("2/100"))
    other = held(kind="single")
    found = what_if(make_contest(kind="pick", max_picks=2), earlier, [low, high, other])
    assert found is not None
    reached, missed = found.presets
    assert (reached.preset, reached.winners) == (low[0], ("의제 a", "의제 b"))
    assert (missed.winners, missed.open) == ((), ())
    assert [one.quorum and (one.quorum.got, one.quorum.need) for one in found.presets] == [
        (3, 3),
        (3, 6),
    ]


def test_made_up_ballots_say_nothing_about_a_number_of_people() -> None:
    fixed = {"of": "fixed", "number": 99_999}
    counted = {"of": "valid", "share": "99/100"}
    free = held(kind="pick", max_picks=2, rule_options={"quorum": fixed, "threshold": fixed})
    barred = held(kind="pick", max_picks=2, rule_options={"threshold": counted})
    found = what_if(make_contest(kind="pick", max_picks=2), None, [free, barred])
    assert found is not None
    assert [bool(one.winners) for one in found.presets] == [True, False]


def test_seats_given_by_part_are_not_cut_to_the_options_there_are() -> None:
    parts = [{"part": "web", "seats": 5}, {"part": "paper", "seats": 4}]
    preset = held(kind="pick", max_picks=2, seats=9, rule_options={"seats_by": parts})
    found = what_if(make_contest(kind="pick", max_picks=2), None, [preset])
    assert found is not None
    problem = found.presets[0].problem
    assert problem is not None
    assert problem.code != "seats_by_sum"


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_tried_before_there_is_a_contest(kind: str) -> None:
    preset = held(kind=kind, seats=2, **KINDS[kind])
    found = what_if(preset[1], None, [preset])
    assert found is not None
    assert [bool(one.winners or one.open) for one in found.presets] == [True]


def test_every_preset_of_a_new_town_can_be_tried() -> None:
    for preset in ContestPreset.objects.exclude(settings__kind="budget"):
        known = {name: preset.settings[name] for name in PRESET_FIELDS & set(preset.settings)}
        found = what_if(held(**known)[1], None, [(preset, held(**known)[1])])
        assert found is not None, preset.slug
        assert found.presets[0].problem is None, preset.slug
