"""The sections of the set-up: what each asks of which contest, and what it hands on."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from tests.factories.places import make_centre, make_district
from tests.factories.voting import make_contest
from voting.ballots import FIELDS_OF_KIND, BallotKind
from voting.forms.rules import OPTION_FIELDS, RULE_FIELDS
from voting.forms.sections import (
    BALLOT_FIELDS,
    OPTIONS,
    SECTIONS,
    BallotForm,
    EndsForm,
    RuleForm,
    TimesForm,
    VotersForm,
    WordsForm,
    kinds_to_choose,
    section_of,
)
from voting.models import Contest, ContestKind
from voting.services.contests import PRESET_FIELDS
from voting.tally import RULES

pytestmark = pytest.mark.django_db


def sent(form: Any) -> dict[str, Any]:
    """What a browser would send of a form that nobody touched."""
    data: dict[str, Any] = {}
    for name, field in form.fields.items():
        value = form.get_initial_for_field(field, name)
        parts = getattr(field.widget, "widgets_names", None)
        if parts is not None:
            shown = field.widget.decompress(value)
            data |= {
                name + part: "" if v is None else v for part, v in zip(parts, shown, strict=True)
            }
        elif isinstance(value, bool):
            data |= {name: "on"} if value else {}
        elif isinstance(value, list):
            data[name] = [getattr(one, "pk", one) for one in value]
        elif value is not None:
            data[name] = field.prepare_value(value)
    return data


@pytest.mark.parametrize("section", SECTIONS, ids=lambda section: section.slug)
def test_a_section_that_nobody_touched_changes_nothing(section: Any) -> None:
    contest = make_contest(paper=True, centres=[make_centre()])
    form = section.form(sent(section.form(instance=contest)), instance=contest)
    assert form.is_valid(), form.errors
    assert form.changes() == {}


def test_every_kind_of_ballot_that_can_be_chosen_has_its_fields_and_a_rule() -> None:
    assert set(BALLOT_FIELDS) == set(ContestKind)
    chosen = dict(kinds_to_choose(budgets=True))
    assert "budget" not in dict(kinds_to_choose(budgets=False))
    assert {"single", "pick", "yes_no", "budget"} <= set(chosen)
    assert set(RULE_FIELDS) <= set(RULES)
    assert {name for rule in RULE_FIELDS.values() for name in rule.options} == set(OPTION_FIELDS)


@pytest.mark.parametrize("kind", ContestKind.values)
def test_what_only_some_ballots_have_is_asked_of_these_alone(kind: str) -> None:
    asked = set(BallotForm(instance=Contest(kind=kind)).fields)
    of_kind = {name for names in FIELDS_OF_KIND.values() for name in names}
    own = set(FIELDS_OF_KIND[BallotKind(kind)]) - ({"group_picks"} if kind == "single" else set())
    assert asked & of_kind == own


def test_every_setting_of_a_preset_stands_in_a_section() -> None:
    shown = {name for section in SECTIONS for name in section.form.base_fields}
    assert PRESET_FIELDS - shown == {"rule_options"}


@pytest.mark.parametrize(
    ("field", "slug"),
    [
        ("effect", "words"),
        ("census", "voters"),
        ("opens_at", "times"),
        ("options", OPTIONS),
        ("max_picks", "ballot"),
        ("quorum", "rule"),
        ("tie_rule", "rule"),
        ("publication", "ends"),
        ("", OPTIONS),
    ],
)
def test_what_is_missing_leads_to_its_section(field: str, slug: str) -> None:
    assert section_of(field) == slug


def test_words_without_a_title_keep_what_was_typed() -> None:
    contest = make_contest()
    form = WordsForm({"title": "", "effect": "이렇게 씁니다"}, instance=contest)
    assert form.has_error("title", "required")
    assert form["effect"].value() == "이렇게 씁니다"


def test_a_resident_number_in_a_text_is_not_kept() -> None:
    contest = make_contest()
    data = sent(WordsForm(instance=contest)) | {"summary": "문의 900101-1234568"}
    assert WordsForm(data, instance=contest).has_error("summary", "resident_number")


def test_the_form_leaves_the_contest_at_hand_as_it_is() -> None:
    contest = make_contest()
    data = sent(WordsForm(instance=contest)) | {"title": "다른 이름"}
    form = WordsForm(data, instance=contest)
    assert form.changes() == {} if not form.is_valid() else form.changes() == {"title": "다른 이름"}
    assert contest.title != "다른 이름"


def test_an_age_beyond_people_is_refused() -> None:
    contest = make_contest()
    data = sent(VotersForm(instance=contest)) | {"min_age": 2008}
    assert VotersForm(data, instance=contest).has_error("min_age", "age")


def test_a_close_before_the_opening_is_said_beside_the_close() -> None:
    contest = make_contest()
    data = {"opens_at": "2026-12-10T09:00", "closes_at": "2026-12-09T09:00", "grace_seconds": 60}
    form = TimesForm(data, instance=contest)
    assert form.has_error("closes_at")


def test_closed_centres_can_be_chosen_only_where_they_were() -> None:
    closed, other = make_centre(is_open=False), make_centre(is_open=False)
    form = TimesForm(instance=make_contest(paper=True, centres=[closed]))
    offered = list(form.fields["centres"].queryset)  # type: ignore[attr-defined]  # a model choice
    assert (closed in offered, other in offered) == (True, False)


def test_fewer_most_than_least_picks_is_said() -> None:
    contest = make_contest(kind="pick", max_picks=2)
    data = {"kind": "pick", "min_picks": 3, "max_picks": 2, "overpick": "void"}
    assert BallotForm(data, instance=contest).has_error("max_picks")
    none = {**data, "min_picks": 0, "max_picks": 0}
    assert BallotForm(none, instance=contest).has_error("max_picks")


def test_what_is_left_out_of_a_sheet_is_said_and_of_choices_nothing_can_be() -> None:
    forms = {
        kind: BallotForm(instance=make_contest(kind=kind, max_picks=4))
        for kind in ("single", "pick", "budget", "yes_no", "rank", "score", "points")
    }
    asked = {
        kind: dict(form.fields["overpick"].choices)  # type: ignore[attr-defined]  # a choice field
        for kind, form in forms.items()
        if "overpick" in form.fields
    }
    assert {kind: sorted(words) for kind, words in asked.items()} == {
        "yes_no": ["left_out", "void"],
        "rank": ["left_out", "void"],
        "score": ["left_out", "void"],
        "points": ["scale", "void"],
    }
    with translation.override("ko"):
        assert str(asked["yes_no"]["left_out"]) == "두 가지로 답한 항목은 답하지 않은 것으로 봅니다"


def test_another_kind_of_ballot_begins_with_void_sheets() -> None:
    contest = make_contest(kind="rank", max_picks=2)
    data: dict[str, Any] = {"kind": "pick", "min_picks": 1, "max_picks": 2}
    data |= {"overpick": "left_out", "allow_blank": "on"}
    form = BallotForm(data, instance=contest)
    assert form.is_valid(), form.errors
    assert form.changes() == {"kind": "pick", "overpick": "void"}


def test_a_budgets_ballot_keeps_its_kind_and_its_ties() -> None:
    contest = make_contest(
        kind="budget", costs=(1, 2, 3), outcome="allocation", tie_rule="lower_cost"
    )
    assert "kind" not in BallotForm(instance=contest).fields
    assert "tie_rule" not in RuleForm(instance=contest).fields


def test_the_rule_keeps_options_that_the_form_does_not_ask_for() -> None:
    contest = make_contest(
        kind="budget",
        costs=(1, 2, 3),
        outcome="allocation",
        rule_options={"allocation": {"name": "greedy"}},
    )
    form = RuleForm({"quorum_of": "roll", "quorum_share": "1/4"}, instance=contest)
    assert form.is_valid(), form.errors
    assert form.changes() == {
        "rule_options": {
            "allocation": {"name": "greedy"},
            "quorum": {"of": "roll", "share": "1/4"},
        }
    }


def test_lower_cost_is_no_rule_for_ties_where_nothing_costs() -> None:
    choices = RuleForm(instance=make_contest()).fields["tie_rule"].choices  # type: ignore[attr-defined]  # a choice field
    assert [value for value, _label in choices] == ["report", "lot"]


def test_a_preset_asks_nothing_that_one_contest_alone_has() -> None:
    contest = Contest(kind="yes_no", rule="yes_no", min_age=14)
    asked = {
        name
        for section in SECTIONS
        for name in section.form(instance=contest, for_preset=True).fields
    }
    assert asked - set(OPTION_FIELDS) <= PRESET_FIELDS
    assert not asked & {"title", "area", "census", "opens_at", "centres", "result_on"}


def test_settings_of_a_preset_leave_out_what_is_empty() -> None:
    contest = Contest(kind="pick", area=make_district())
    form = EndsForm(
        {"secrecy": "L1", "publication": "", "objection_days": "10"},
        instance=contest,
        for_preset=True,
    )
    assert form.is_valid(), form.errors
    assert form.settings() == {"secrecy": "L1", "objection_days": 10}
