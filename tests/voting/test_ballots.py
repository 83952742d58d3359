"""What a ballot may say, on the web and on paper, and what is wrong with a design."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proceedings.refusals import Refusal
from tests.factories.bundles import budget_design, pick_design
from voting.ballots import (
    BallotDesign,
    BallotKind,
    Option,
    Overpick,
    SheetKind,
    SheetReading,
    answers_marks,
    answers_of,
    check_marks,
    describe,
    design_from_config,
    is_blank,
    picks_marks,
    picks_of,
    read_marks,
    read_sheet,
    unique_percent,
)
from voting.log import read_canonical

PICK = pick_design()
SINGLE = pick_design(kind=BallotKind.SINGLE, max_picks=1)
BUDGET = replace(
    budget_design({"lamp": 48_000, "bench": 62_500, "kerb": 96_000, "room": 118_000}),
    spend_limit=200_000,
)
PLAN = pick_design(("park", "bus", "market"), kind=BallotKind.YES_NO, min_picks=0, max_picks=3)
ABSTAIN = replace(PLAN, abstain_allowed=True)
RANK = pick_design(kind=BallotKind.RANK, max_picks=4)
SCORE = pick_design(kind=BallotKind.SCORE, max_picks=4, score_max=5)
POINTS = pick_design(kind=BallotKind.POINTS, max_picks=4, points=10)


def code_of(answer: object) -> str:
    assert isinstance(answer, Refusal), answer
    assert answer.message % answer.params
    assert answer.next_step % answer.params
    return answer.code


# --- On the web ---


def test_picks_are_read_in_any_order_into_one_text() -> None:
    assert read_marks(PICK, ["c", "a"]) == read_marks(PICK, ("a", "c")) == '["a","c"]'


def test_answers_are_read_and_an_empty_one_is_left_blank() -> None:
    raw = {"bus": "no", "park": "yes", "market": ""}
    assert read_marks(PLAN, raw) == '{"bus":"no","park":"yes"}'


@pytest.mark.parametrize(("design", "empty"), [(PICK, []), (PLAN, {}), (PLAN, {"bus": None})])
def test_blank_ballot_is_taken_only_where_it_is_allowed(design: BallotDesign, empty: Any) -> None:
    marks = read_marks(design, empty)
    assert isinstance(marks, str)
    assert is_blank(marks)
    assert code_of(read_marks(replace(design, allow_blank=False), empty)) == "blank"


@pytest.mark.parametrize(
    ("design", "raw", "code", "params"),
    [
        (PICK, ["a", "b", "c"], "too_many", {"chosen": 3, "most": 2, "extra": 1}),
        (SINGLE, ["a", "b"], "too_many", {"chosen": 2, "most": 1, "extra": 1}),
        (
            replace(PICK, min_picks=2),
            ["a"],
            "too_few",
            {"marked": 1, "least": 2, "more": 1},
        ),
        (PICK, ["a", "a"], "picked_twice", {"option": "보안등 세 개"}),
        (PICK, ["z"], "unknown_option", {"option": "z"}),
        (PLAN, {"z": "yes"}, "unknown_option", {"option": "z"}),
        (
            BUDGET,
            ["kerb", "room"],
            "over_limit",
            {"spent": 214_000, "limit": 200_000, "over": 14_000},
        ),
        (PLAN, {"bus": "abstain"}, "not_an_answer", {"answer": "abstain"}),
        (PLAN, {"bus": "YES"}, "not_an_answer", {"answer": "YES"}),
        (
            replace(PLAN, min_picks=2),
            {"bus": "no"},
            "too_few",
            {"marked": 1, "least": 2, "more": 1},
        ),
        (PICK, "a", "not_a_ballot", {}),
        (PICK, {"a": "yes"}, "not_a_ballot", {}),
        (PICK, [1], "not_a_ballot", {}),
        (PICK, [["a"]], "not_a_ballot", {}),
        (PICK, None, "not_a_ballot", {}),
        (PLAN, ["bus"], "not_a_ballot", {}),
        (PLAN, {"bus": ["yes"]}, "not_a_ballot", {}),
        (PLAN, {"bus": 1}, "not_a_ballot", {}),
    ],
)
def test_ballot_that_the_question_forbids_is_refused(
    design: BallotDesign, raw: object, code: str, params: dict[str, object]
) -> None:
    answer = read_marks(design, raw)
    assert code_of(answer) == code
    assert isinstance(answer, Refusal)
    assert answer.params == params


def test_refused_answer_names_its_item() -> None:
    answer = read_marks(PLAN, {"bus": "maybe"})
    assert isinstance(answer, Refusal)
    assert answer.form_field == "bus"


def test_abstaining_is_an_answer_where_it_is_offered() -> None:
    assert read_marks(ABSTAIN, {"bus": "abstain"}) == '{"bus":"abstain"}'


def test_budget_at_its_limit_is_taken() -> None:
    design = replace(BUDGET, spend_limit=Fraction(214_000))
    assert read_marks(design, ["room", "kerb"]) == '["kerb","room"]'


@settings(deadline=None)
@given(st.lists(st.sampled_from(["a", "b", "c", "d", "z"]), max_size=5))
def test_marks_that_are_taken_fit_the_box_and_others_do_not(raw: list[str]) -> None:
    answer = read_marks(PICK, raw)
    if isinstance(answer, Refusal):
        with pytest.raises(ValueError, match=r"[Mm]arks"):
            check_marks(PICK, picks_marks(raw))
    else:
        check_marks(PICK, answer)
        assert picks_of(answer) == tuple(sorted(raw))


@pytest.mark.parametrize("marks", ['["b","a"]', '["a", "b"]', '{"a":"yes"}', '["a","b","c"]'])
def test_text_that_is_not_in_canonical_form_does_not_fit_the_box(marks: str) -> None:
    with pytest.raises(ValueError, match=r"[Mm]arks"):
        check_marks(PICK, marks)


def test_blank_fits_the_box_even_where_the_web_forbids_it() -> None:
    check_marks(replace(PICK, allow_blank=False), "[]")


def test_marks_of_another_kind_are_not_read() -> None:
    assert answers_of(answers_marks({"bus": "no"})) == {"bus": "no"}
    with pytest.raises(ValueError, match="ballot of choices"):
        picks_of("{}")
    with pytest.raises(ValueError, match="yes/no ballot"):
        answers_of("[]")


# --- On paper ---


def test_empty_sheet_is_blank_whatever_the_web_allows() -> None:
    for design, empty, marks in ((PICK, [], "[]"), (PLAN, {}, "{}")):
        sheet = read_sheet(replace(design, allow_blank=False), empty)
        assert sheet == SheetReading(SheetKind.BLANK, marks)  # type: ignore[arg-type]  # a text


def test_sheet_within_the_limits_says_the_same_as_on_the_web() -> None:
    sheet = read_sheet(PICK, ["b", "a"])
    assert isinstance(sheet, SheetReading)
    assert (sheet.kind, sheet.marks) == (SheetKind.VALID, read_marks(PICK, ["a", "b"]))


@pytest.mark.parametrize(
    ("design", "raw", "why"),
    [
        (PICK, ["a", "b", "c"], "too_many"),
        (replace(PICK, min_picks=2), ["a"], "too_few"),
        (BUDGET, ["kerb", "room"], "over_limit"),
        (PLAN, {"bus": ["yes", "no"], "park": "yes"}, "two_answers"),
        (replace(PLAN, min_picks=2), {"bus": "yes"}, "too_few"),
    ],
)
def test_sheet_outside_the_limits_is_void_as_a_whole(
    design: BallotDesign, raw: object, why: str
) -> None:
    assert read_sheet(design, raw) == SheetReading(SheetKind.VOID, None, why)


@pytest.mark.parametrize(
    ("design", "raw", "marks"),
    [
        (PLAN, {"bus": ["yes", "no"], "park": "yes"}, '{"park":"yes"}'),
        (RANK, {"a": 2, "b": 1, "c": 7}, '[["b"],["a"]]'),
        (SCORE, {"a": [1, 2], "b": 3}, '{"b":3}'),
    ],
)
def test_what_cannot_count_is_left_out_where_the_contest_says_so(
    design: BallotDesign, raw: object, marks: str
) -> None:
    sheet = read_sheet(replace(design, overpick=Overpick.LEFT_OUT), raw)
    assert sheet == SheetReading(SheetKind.VALID, marks)  # type: ignore[arg-type]  # a text


def test_item_with_the_same_answer_twice_has_that_answer() -> None:
    sheet = read_sheet(PLAN, {"bus": ["yes", "yes"], "park": []})
    assert sheet == SheetReading(SheetKind.VALID, '{"bus":"yes"}')  # type: ignore[arg-type]  # a text


def test_sheet_whose_only_item_has_two_answers_is_blank_where_items_are_judged_apart() -> None:
    sheet = read_sheet(replace(PLAN, overpick=Overpick.LEFT_OUT), {"bus": ["yes", "no"]})
    assert sheet == SheetReading(SheetKind.BLANK, "{}")  # type: ignore[arg-type]  # a text


def test_void_sheet_needs_a_known_reason() -> None:
    assert code_of(read_sheet(PICK, [], declared=SheetKind.VOID)) == "why_missing"
    assert code_of(read_sheet(PICK, [], declared=SheetKind.VOID, why="x")) == "why_missing"
    sheet = read_sheet(PICK, ["a"], declared=SheetKind.VOID, why="signed")
    assert sheet == SheetReading(SheetKind.VOID, None, "signed")


def test_unreadable_sheet_has_no_marks() -> None:
    sheet = read_sheet(PICK, ["a"], declared=SheetKind.UNREADABLE)
    assert sheet == SheetReading(SheetKind.UNREADABLE, None)


def test_marks_that_contradict_what_is_said_of_the_sheet_are_refused() -> None:
    assert code_of(read_sheet(PICK, ["a"], declared=SheetKind.BLANK)) == "not_as_declared"
    assert code_of(read_sheet(PICK, [], declared=SheetKind.VALID)) == "not_as_declared"
    assert isinstance(read_sheet(PICK, [], declared=SheetKind.BLANK), SheetReading)


@pytest.mark.parametrize(
    ("design", "raw", "code"),
    [
        (PICK, ["z"], "unknown_option"),
        (PICK, ["a", "a"], "picked_twice"),
        (PICK, {"a": 1}, "not_a_ballot"),
        (PLAN, {"z": "yes"}, "unknown_option"),
        (PLAN, {"bus": "perhaps"}, "not_an_answer"),
        (PLAN, ["bus"], "not_a_ballot"),
    ],
)
def test_typing_mistake_is_refused_and_not_called_void(
    design: BallotDesign, raw: object, code: str
) -> None:
    assert code_of(read_sheet(design, raw)) == code


@settings(deadline=None)
@given(
    st.lists(st.sampled_from(sorted(BUDGET.keys)), unique=True),
    st.integers(1, 4),
    st.integers(0, 330_000),
)
def test_whatever_is_on_a_sheet_has_a_reading_that_fits_the_box(
    raw: list[str], most: int, limit: int
) -> None:
    design = replace(BUDGET, max_picks=most, spend_limit=limit)
    sheet = read_sheet(design, raw)
    assert isinstance(sheet, SheetReading)
    if sheet.marks is None:
        assert sheet.kind is SheetKind.VOID
    else:
        check_marks(design, sheet.marks)
        assert sorted(picks_of(sheet.marks)) == sorted(raw)


# --- Designs ---


@pytest.mark.parametrize(
    "design",
    [
        PICK,
        SINGLE,
        BUDGET,
        PLAN,
        ABSTAIN,
        RANK,
        replace(RANK, equal_ranks=True, min_picks=2, overpick=Overpick.LEFT_OUT),
        SCORE,
        POINTS,
        replace(POINTS, points_cap=5, spend_all=True, overpick=Overpick.SCALE),
    ],
)
def test_sound_design_has_no_problem_and_survives_the_configuration(design: BallotDesign) -> None:
    assert design.check() == []
    assert design_from_config(design.to_config()) == design


def test_fields_of_a_kind_stand_in_its_configuration_only() -> None:
    plain = set(PICK.to_config())
    assert set(SINGLE.to_config()) == set(BUDGET.to_config()) == set(PLAN.to_config()) == plain
    assert set(replace(PICK, group_picks=1).to_config()) - plain == {"group_picks"}
    assert set(RANK.to_config()) - plain == {"equal_ranks"}
    assert set(SCORE.to_config()) - plain == {"score_max"}
    assert set(POINTS.to_config()) - plain == {"points", "points_cap", "spend_all"}


def test_costs_with_fractions_survive_the_configuration() -> None:
    design = replace(budget_design({"a": 1}), spend_limit=Fraction(7, 2))
    design = replace(design, options=(Option("a", 1, "A", Fraction(5, 2)),))
    config = design.to_config()
    assert config["spend_limit"] == "7/2"
    assert design_from_config(config) == design


@pytest.mark.parametrize(
    "config",
    [{}, {**PICK.to_config(), "kind": "duel"}, {**PICK.to_config(), "options": 3}],
)
def test_configuration_that_is_no_ballot_is_refused(config: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"Not the design|not a valid"):
        design_from_config(config)


def options(*changes: dict[str, Any]) -> tuple[Option, ...]:
    return tuple(
        Option(**{"key": f"k{number}", "number": number, "title": f"안건 {number}", **change})
        for number, change in enumerate(changes, start=1)
    )


@pytest.mark.parametrize(
    ("design", "code", "form_field"),
    [
        (replace(PICK, options=()), "no_options", "options"),
        (replace(PICK, options=options({"key": "k"}, {"key": "k"})), "same_key", "options"),
        (replace(PICK, options=options({"number": 2}, {})), "same_number", "options"),
        (replace(PICK, options=options({"key": "a b"}, {})), "bad_key", "options"),
        (replace(PICK, options=options({"key": 'a"'}, {})), "bad_key", "options"),
        (replace(PICK, options=options({"key": "a;b"}, {})), "bad_key", "options"),
        (replace(PICK, options=options({"key": ""}, {})), "bad_key", "options"),
        (replace(PICK, options=options({"title": "  "}, {})), "no_title", "options"),
        (replace(PICK, options=options({"number": 0}, {})), "bad_number", "options"),
        (replace(PICK, options=options({"cost": -1}, {})), "bad_cost", "options"),
        (replace(PICK, min_picks=3), "bad_picks", "min_picks"),
        (replace(PICK, min_picks=-1), "bad_picks", "min_picks"),
        (replace(PICK, max_picks=5), "bad_most", "max_picks"),
        (replace(PICK, min_picks=0, max_picks=0), "bad_most", "max_picks"),
        (replace(SINGLE, max_picks=2), "single_most", "max_picks"),
        (replace(PLAN, max_picks=2), "answers_most", "max_picks"),
        (replace(PICK, abstain_allowed=True), "abstain_kind", "abstain_allowed"),
        (replace(PICK, spend_limit=5), "purse_kind", "spend_limit"),
        (replace(BUDGET, options=options({}, {}, {})), "cost_missing", "options"),
        (replace(BUDGET, spend_limit=47_999), "purse_small", "spend_limit"),
        (replace(RANK, group_picks=1), "group_kind", "group_picks"),
        (replace(PICK, equal_ranks=True), "equal_kind", "equal_ranks"),
        (replace(PICK, score_max=5), "score_kind", "score_max"),
        (replace(SCORE, score_max=None), "bad_score", "score_max"),
        (replace(SCORE, score_max=1001), "bad_score", "score_max"),
        (replace(SCORE, max_picks=3), "scores_most", "max_picks"),
        (replace(SCORE, points=10), "points_kind", "points"),
        (replace(PICK, spend_all=True), "points_kind", "points"),
        (replace(POINTS, points=None), "bad_points", "points"),
        (replace(POINTS, points=1001), "bad_points", "points"),
        (replace(POINTS, points_cap=11), "bad_cap", "points_cap"),
        (replace(POINTS, points_cap=0), "bad_cap", "points_cap"),
        (replace(POINTS, points=1, min_picks=2), "points_few", "points"),
        (replace(POINTS, points_cap=2, spend_all=True), "cap_small", "points_cap"),
        (replace(PICK, overpick=Overpick.SCALE), "scale_kind", "overpick"),
        (replace(SCORE, overpick=Overpick.SCALE), "scale_kind", "overpick"),
        (replace(PICK, overpick=Overpick.LEFT_OUT), "left_out_kind", "overpick"),
        (replace(SINGLE, overpick=Overpick.LEFT_OUT), "left_out_kind", "overpick"),
        (replace(BUDGET, overpick=Overpick.LEFT_OUT), "left_out_kind", "overpick"),
        (replace(POINTS, overpick=Overpick.LEFT_OUT), "left_out_kind", "overpick"),
    ],
)
def test_unsound_design_is_named_at_its_field(
    design: BallotDesign, code: str, form_field: str
) -> None:
    problems = {problem.code: problem for problem in design.check()}
    assert code in problems
    assert problems[code].form_field == form_field
    assert problems[code].message % problems[code].params


def test_options_stand_in_the_order_of_their_numbers() -> None:
    mixed = replace(PICK, options=PICK.options[::-1])
    assert mixed.keys == ("a", "b", "c", "d")
    assert mixed.to_config() == PICK.to_config()


def test_facts_tell_what_the_pages_say() -> None:
    facts = describe(BUDGET)
    assert (facts.kind, facts.options, facts.max_picks) == (BallotKind.BUDGET, 4, 3)
    assert (facts.spend_limit, facts.overpick) == (200_000, Overpick.VOID)


@pytest.mark.parametrize(
    ("design", "possible"),
    [
        (SINGLE, 5),
        (PICK, 11),
        (replace(PICK, allow_blank=False), 10),
        (replace(PICK, min_picks=2), 7),
        (PLAN, 27),
        (ABSTAIN, 64),
    ],
)
def test_possible_ballots_are_counted(design: BallotDesign, possible: int) -> None:
    assert describe(design).possible_ballots == possible


def test_share_of_unique_ballots_follows_the_formula() -> None:
    for possible, voters in ((5, 3), (11, 40), (1000, 700), (10**9, 10**6)):
        if voters < 1000:
            exact = 100 * Fraction(possible - 1, possible) ** (voters - 1)
            assert abs(unique_percent(possible, voters) - exact) <= 1
    assert unique_percent(10**9, 10**6) == 100
    assert unique_percent(7, 100_000) == 0
    assert (unique_percent(1, 1), unique_percent(1, 2)) == (100, 0)


@pytest.mark.parametrize(("possible", "voters"), [(0, 5), (5, 0)])
def test_share_of_unique_ballots_without_voters_or_options_is_refused(
    possible: int, voters: int
) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        unique_percent(possible, voters)


def test_marks_are_canonical_json() -> None:
    assert read_canonical(picks_marks(["나", "가"]).encode()) == ["가", "나"]
