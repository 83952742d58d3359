"""What each counting rule asks for in the office, and what is stored of it."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING, Any

import pytest
from django import forms

from tests.factories.voting import make_contest
from tests.voting.forms.test_sections import sent
from voting.forms.parts import SeatsByField, WeightsField
from voting.forms.rules import CHOICES, RULE_FIELDS, STARTS, ReadingField, is_said
from voting.forms.sections import RuleForm
from voting.models import Contest
from voting.selectors import ballot_design, rule_of
from voting.services.contests import let_follow
from voting.tally import RULES, borda, check_rule, irv, quotas, schulze, scores, shares, weights
from voting.tally.rankings import KNOWN
from voting.tally.transfers import TIES

if TYPE_CHECKING:
    from collections.abc import Mapping

BALLOTS: Mapping[str, dict[str, Any]] = {
    "single": {},
    "pick": {"max_picks": 3},
    "yes_no": {"max_picks": 3},
    "budget": {"max_picks": 3, "costs": (1, 2, 3)},
    "rank": {"max_picks": 3},
    "score": {"max_picks": 3, "score_max": 5},
    "points": {"max_picks": 3, "points": 10},
}


class WeightsForm(forms.Form):
    weights = WeightsField()


class SeatsForm(forms.Form):
    seats_by = SeatsByField()


class Reading(forms.Form):
    reading = ReadingField()


def typed(**parts: Any) -> WeightsForm:
    return WeightsForm({f"weights_{name}": value for name, value in parts.items()})


def test_named_values_are_those_that_the_engines_know() -> None:
    known = {
        "of": scores.OF,
        "completion": shares.COMPLETIONS,
        "elimination": irv.ELIMINATION,
        "stop": irv.STOP,
        "ties": TIES,
        "strength": schulze.STRENGTH,
        "unranked": borda.UNRANKED,
    }
    assert {name: tuple(words) for name, words in CHOICES.items()} == known


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("kind", "name"), [(kind, name) for name in RULE_FIELDS for kind in sorted(RULES[name].kinds)]
)
def test_every_rule_is_set_on_its_page_and_can_be_counted_with(kind: str, name: str) -> None:
    contest = make_contest(kind=kind, rule=name, paper=True, seats=2, **BALLOTS[kind])
    form = RuleForm(sent(RuleForm(instance=contest)), instance=contest)
    assert form.is_valid(), form.errors
    assert form.changes() == {}
    contest.rule_options = form.rule_options()
    assert check_rule(ballot_design(contest), rule_of(contest)) == []


@pytest.mark.django_db
def test_another_rule_keeps_what_it_knows_and_drops_the_rest() -> None:
    contest = make_contest(
        kind="rank",
        rule="irv",
        max_picks=3,
        rule_options={"stop": "two", "quorum": {"of": "fixed", "number": 30}, "ties": "lot"},
    )
    data = sent(RuleForm(instance=contest)) | {"rule": "borda"}
    form = RuleForm(data, instance=contest)
    assert form.is_valid(), form.errors
    assert form.changes() == {
        "rule": "borda",
        "rule_options": {"quorum": {"of": "fixed", "number": 30}},
    }


@pytest.mark.django_db
def test_readings_of_paper_are_asked_only_where_there_is_paper() -> None:
    web = make_contest(kind="rank", rule="irv", max_picks=3, rule_options={"reading": {"x": "y"}})
    assert "reading" not in RuleForm(instance=web).fields
    assert "reading" in RuleForm(instance=Contest(kind="rank", rule="irv"), for_preset=True).fields


@pytest.mark.django_db
def test_no_decimals_are_not_the_usual_five() -> None:
    contest = make_contest(kind="rank", rule="stv", max_picks=3, seats=2)
    assert RuleForm(instance=contest).initial["decimals"] == STARTS["decimals"] == 5
    data = sent(RuleForm(instance=contest)) | {"decimals": 0}
    form = RuleForm(data, instance=contest)
    assert form.is_valid(), form.errors
    assert form.changes()["rule_options"]["decimals"] == 0
    values: list[Any] = [0, "", None, False, {}, "one"]
    assert [is_said(value) for value in values] == [
        True, False, False, False, False, True,
    ]  # fmt: skip


def test_a_reading_holds_what_is_not_usual() -> None:
    first = {f"reading_{part}": known[0] for part, known in KNOWN.items()}
    usual = Reading(first)
    assert usual.is_valid()
    assert usual.cleaned_data["reading"] is None
    other = Reading(first | {"reading_skipped": "exhaust_two"})
    assert other.is_valid()
    assert other.cleaned_data["reading"] == {"skipped": "exhaust_two"}


@pytest.mark.parametrize(
    ("parts", "stored"),
    [
        ({"as": "ballots", "empty": "spread"}, None),
        (
            {"web": 40, "paper": 60, "as": "rank", "empty": "void"},
            {
                "parts": [{"part": "web", "weight": 40}, {"part": "paper", "weight": 60}],
                "as": "rank",
                "empty": "void",
            },
        ),
        (
            {"all": 30, "body1": "예산위원회", "weight1": 70, "as": "points", "empty": "void"},
            {
                "parts": [
                    {"part": "all", "weight": 30},
                    {"part": "예산위원회", "weight": 70, "body": True},
                ],
                "as": "points",
                "empty": "void",
            },
        ),
        (
            {"web": 30, "body1": "예산위원회", "weight1": 70, "as": "points", "empty": "spread"},
            {
                "parts": [
                    {"part": "web", "weight": 30},
                    {"part": "예산위원회", "weight": 70, "body": True},
                ],
                "as": "points",
                "empty": "spread",
            },
        ),
    ],
)
def test_weights_are_stored_as_they_are_counted_and_shown_again_as_typed(
    parts: dict[str, Any], stored: Any
) -> None:
    form = typed(**parts)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["weights"] == stored
    weights.read_weights(stored)
    again = WeightsForm(initial={"weights": stored})
    shown = again.fields["weights"].widget.decompress(stored)
    assert [one for one in shown if one not in ("", None)] == list(parts.values())


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"web": 40, "paper": 50}, "sum"),
        ({"all": 50, "web": 50}, "together"),
        ({"all": 30, "body1": "all", "weight1": 70}, "name"),
        ({"web": 40, "weight1": 60}, "body"),
        ({"web": 100, "body1": "패널"}, "body"),
        ({"web": 40, "body1": "web", "weight1": 60}, "name"),
        ({"web": 40, "body1": "paper", "weight1": 60}, "name"),
        ({"body1": "패널", "weight1": 40, "body2": "패널", "weight2": 60}, "name"),
    ],
)
def test_weights_that_do_not_fit_say_why(parts: dict[str, Any], code: str) -> None:
    assert typed(**parts).has_error("weights", code)


def seats(**parts: Any) -> SeatsForm:
    return SeatsForm({f"seats_by_{name}": value for name, value in parts.items()})


TURNS = ("web", "paper", "body1", "body2")


@pytest.mark.parametrize("order", list(permutations(TURNS)))
def test_seats_by_part_are_stored_by_their_turns_and_shown_again_as_typed(
    order: tuple[str, ...],
) -> None:
    turn = {name: order.index(name) + 1 for name in TURNS}
    typed_in = {
        "web": 5, "web_turn": turn["web"], "paper": 2, "paper_turn": turn["paper"],
        "body1": "심사단", "seats1": 3, "turn1": turn["body1"],
        "body2": "청년회", "seats2": 1, "turn2": turn["body2"],
    }  # fmt: skip
    form = seats(**typed_in)
    assert form.is_valid(), form.errors
    stored = form.cleaned_data["seats_by"]
    part = {
        "web": {"part": "web", "seats": 5},
        "paper": {"part": "paper", "seats": 2},
        "body1": {"part": "심사단", "seats": 3, "body": True},
        "body2": {"part": "청년회", "seats": 1, "body": True},
    }
    assert stored == [part[name] for name in order]
    assert len(quotas.read_quotas(stored)) == 4
    shown = SeatsForm(initial={"seats_by": stored})["seats_by"].value()
    bodies = sorted(("body1", "body2"), key=order.index)
    names = {"body1": ["심사단", 3, turn["body1"]], "body2": ["청년회", 1, turn["body2"]]}
    assert shown == [5, turn["web"], 2, turn["paper"], *(one for b in bodies for one in names[b])]
    again = {f"seats_by_{name}": value for name, value in zip(typed_in, shown, strict=True)}
    kept = SeatsForm(again, initial={"seats_by": stored})
    assert not kept.has_changed()
    assert kept.is_valid()
    assert kept.cleaned_data["seats_by"] == stored


def test_what_was_typed_stands_there_again() -> None:
    html = str(seats(web="viele", body1="심사단", seats1="3", turn1="2")["seats_by"])
    assert 'value="심사단"' in html
    assert 'value="viele"' in html


def test_parts_without_seats_are_offered_the_turns_that_are_left() -> None:
    assert SeatsByField().prepare_value([]) == [None, 1, None, 4, "", None, 2, "", None, 3]
    stored = [{"part": "paper", "seats": 2}, {"part": "심사단", "seats": 3, "body": True}]
    shown = SeatsByField().prepare_value(stored)
    assert shown == [None, 3, 2, 1, "심사단", 3, 2, "", None, 4]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "options",
    [
        {
            "seats_by": [
                {"part": "심사단", "seats": 1, "body": True},
                {"part": "web", "seats": 1},
                {"part": "청년회", "seats": 1, "body": True},
                {"part": "paper", "seats": 1},
                {"part": "주민자치회", "seats": 1, "body": True},
            ]
        },
        {
            "weights": {
                "parts": [
                    {"part": "web", "weight": 20},
                    {"part": "paper", "weight": 20},
                    {"part": "심사단", "weight": 20, "body": True},
                    {"part": "청년회", "weight": 20, "body": True},
                    {"part": "주민자치회", "weight": 20, "body": True},
                ],
                "as": "ballots",
                "empty": "spread",
            }
        },
    ],
)
def test_more_bodies_than_usual_and_any_order_survive_the_page(options: dict[str, Any]) -> None:
    contest = make_contest(
        keys="abcdef", kind="pick", max_picks=3, paper=True, seats=5, rule_options=options
    )
    form = RuleForm(sent(RuleForm(instance=contest)), instance=contest)
    assert form.is_valid(), form.errors
    assert form.changes() == {}
    assert form.rule_options() == options


def test_no_seats_are_no_setting() -> None:
    form = seats(web_turn=1, paper_turn=4, turn1=2, turn2=3)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["seats_by"] is None


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"web": 5, "web_turn": 1, "seats1": 3}, "body"),
        ({"web": 5, "web_turn": 1, "body1": "심사단"}, "body"),
        ({"web": 5, "web_turn": 1, "paper": 2, "paper_turn": 1}, "turn"),
        ({"web": 5, "web_turn": 1, "paper": 2}, "no_turn"),
        ({"web": 5, "web_turn": 9}, "max_value"),
        ({"web": 5, "body1": "web", "seats1": 3}, "name"),
        ({"body1": "심사단", "seats1": 3, "body2": "심사단", "seats2": 1}, "name"),
        ({"web": 0}, "min_value"),
    ],
)
def test_seats_that_do_not_fit_say_why(parts: dict[str, Any], code: str) -> None:
    assert seats(**parts).has_error("seats_by", code)


@pytest.mark.django_db
def test_a_ballot_of_another_kind_brings_its_first_rule() -> None:
    contest = Contest(kind="rank", rule="plurality", rule_options={"weights": {"parts": []}})
    let_follow(contest, 3)
    assert (contest.rule, contest.rule_options) == ("irv", {})
