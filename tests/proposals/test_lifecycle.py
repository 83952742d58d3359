"""The table of a proposal's life: closed, without dead ends, and the days it promises."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proposals import models
from proposals.lifecycle import (
    AWAITING,
    ENDED,
    MAIN_LINE,
    STEP_OF,
    TRANSITIONS,
    AnswerKind,
    Revising,
    State,
    Step,
    Urgency,
    add_months,
    check_answer,
    check_next_date,
    check_other_dong,
    check_step,
    check_support_withdrawable,
    check_supportable,
    due_after_repair,
    kinds_for,
    next_state,
    promised_day,
    reminder,
    revising,
    stages,
    urgency,
)

days = st.dates(min_value=date(2020, 1, 1), max_value=date(2090, 12, 31))
NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


def test_states_and_kinds_are_the_words_of_the_database() -> None:
    assert [s.value for s in State] == list(models.ProposalState.values)
    assert [k.value for k in AnswerKind] == list(models.AnswerKind.values)


def test_every_state_but_draft_can_be_reached_from_publication() -> None:
    reached, waiting = {State.DRAFT}, [State.DRAFT]
    while waiting:
        state = waiting.pop()
        new = {to for (frm, _step), to in TRANSITIONS.items() if frm is state} - reached
        reached |= new
        waiting.extend(new)
    assert reached == set(State)


@given(st.lists(st.sampled_from(list(Step)), max_size=30))
def test_no_walk_ends_in_silence(steps: list[Step]) -> None:
    state = State.DRAFT
    for step in steps:
        before, state = state, next_state(state, step) or state
        assert (check_step(before, step) is None) == ((before, step) in TRANSITIONS)
    goes_on = any(frm is state for frm, _step in TRANSITIONS)
    assert goes_on or state in ENDED


def test_nothing_returns_to_a_draft_and_an_ended_one_gathers_no_support() -> None:
    assert State.DRAFT not in TRANSITIONS.values()
    for state in ENDED:
        assert check_supportable(state, NOW, None, NOW) is not None


def test_a_withdrawn_merged_or_done_proposal_moves_no_more() -> None:
    for state in (State.WITHDRAWN, State.MERGED, State.DONE):
        assert [step for step in Step if next_state(state, step)] == []


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 12, 15), 1, date(2027, 1, 15)),
        (date(2026, 11, 22), 1, date(2026, 12, 22)),
        (date(2026, 8, 31), 13, date(2027, 9, 30)),
    ],
)
def test_a_month_is_a_calendar_month(day: date, months: int, expected: date) -> None:
    assert add_months(day, months) == expected


@given(days, st.integers(0, 36))
def test_months_keep_order_and_never_skip_one(day: date, months: int) -> None:
    later = add_months(day, months)
    assert (later.year * 12 + later.month) - (day.year * 12 + day.month) == months
    assert later.day <= day.day
    assert add_months(day + timedelta(days=1), months) >= later


@given(days, st.integers(0, 60), st.integers(0, 60))
def test_a_repair_gives_back_the_days_that_were_left(due: date, before: int, pause: int) -> None:
    stopped = due - timedelta(days=before)
    today = stopped + timedelta(days=pause)
    assert due_after_repair(due, stopped, today) - today == timedelta(days=max(before, 7))


def test_support_ends_at_the_very_moment_it_closes() -> None:
    assert check_supportable(State.GATHERING, NOW, None, NOW - timedelta(seconds=1)) is None
    refusal = check_supportable(State.GATHERING, NOW, None, NOW)
    assert refusal is not None
    assert (refusal.code, refusal.params) == ("support_ended", {"until": NOW})


def test_support_goes_on_in_the_debate_and_not_in_review() -> None:
    later = NOW + timedelta(days=1)
    assert check_supportable(State.DEBATING, NOW, later, NOW) is None
    refusal = check_supportable(State.REVIEWING, NOW, later, NOW)
    assert refusal is not None
    assert refusal.code == "support_closed"


def test_a_merged_proposal_says_where_support_counts() -> None:
    refusal = check_supportable(State.MERGED, NOW, None, NOW)
    assert refusal is not None
    assert refusal.code == "support_merged"


def test_a_support_can_be_taken_back_only_while_gathering() -> None:
    assert check_support_withdrawable(State.GATHERING) is None
    for state in set(State) - {State.GATHERING}:
        refusal = check_support_withdrawable(state)
        assert refusal is not None
        assert refusal.code == "support_final"


@given(st.sampled_from(list(State)), st.integers(0, 500), st.integers(0, 500))
def test_words_that_many_support_are_never_rewritten(
    state: State, supports: int, until: int
) -> None:
    way = revising(state, supports, until)
    if state is State.GATHERING and supports >= until:
        assert way is Revising.ADDITION
    if state in ENDED:
        assert way is Revising.NOT
    if state is State.REPAIR:
        assert way is Revising.FULL


@given(state=st.sampled_from(list(State)), is_held=st.booleans())
def test_a_proposal_changes_its_dong_only_while_nobody_works_on_it(
    *, state: State, is_held: bool
) -> None:
    may = check_other_dong(state, is_held=is_held) is None
    assert may == (state is State.GATHERING and not is_held)


@given(state=st.sampled_from(list(State)), due=st.none() | st.dates())
def test_a_day_is_promised_but_while_the_clock_stands(state: State, due: date | None) -> None:
    assert promised_day(state, due) == (None if state is State.REPAIR else due)


@given(state=st.sampled_from(list(State)), has_short=st.booleans())
def test_the_form_offers_exactly_the_answers_that_are_accepted(
    *, state: State, has_short: bool
) -> None:
    offered = kinds_for(state, has_short_answer=has_short)
    for kind in AnswerKind:
        refused = check_answer(state, kind, has_short_answer=has_short)
        assert (kind in offered) == (refused is None)
        if refused is None and kind in STEP_OF and state is not State.EXPIRED:
            assert next_state(state, STEP_OF[kind]) is not None
    if state in AWAITING:
        assert AnswerKind.ADOPTED in offered
        assert AnswerKind.INTERIM in offered


def test_below_the_threshold_a_short_answer_comes_once_or_it_is_adopted_after_all() -> None:
    assert set(kinds_for(State.EXPIRED, has_short_answer=False)) == {
        AnswerKind.SHORT,
        AnswerKind.INTERIM,
        AnswerKind.ADOPTED,
        AnswerKind.PARTLY,
    }
    assert set(kinds_for(State.EXPIRED, has_short_answer=True)) == {
        AnswerKind.ADOPTED,
        AnswerKind.PARTLY,
    }


def test_an_answer_names_its_next_date_unless_it_says_no() -> None:
    today = date(2026, 11, 22)
    for kind in AnswerKind:
        refusal = check_next_date(kind, None, today)
        if kind in {AnswerKind.NOT_ADOPTED, AnswerKind.SHORT}:
            assert refusal is None
        else:
            assert refusal is not None
            assert (refusal.code, refusal.form_field) == ("date_missing", "next_date")


def test_a_promised_date_lies_ahead_and_at_most_a_month() -> None:
    today = date(2026, 11, 22)
    past = check_next_date(AnswerKind.INTERIM, today, today)
    far = check_next_date(AnswerKind.INTERIM, date(2026, 12, 23), today)
    assert past is not None
    assert far is not None
    assert (past.code, far.code) == ("date_past", "date_too_far")
    assert check_next_date(AnswerKind.INTERIM, date(2026, 12, 22), today) is None
    assert check_next_date(AnswerKind.ADOPTED, date(2027, 6, 1), today) is None


@pytest.mark.parametrize(
    ("left", "expected"),
    [(-1, Urgency.RED), (0, Urgency.AMBER), (3, Urgency.AMBER), (4, Urgency.CALM)],
)
def test_three_days_before_is_amber_and_the_day_after_is_red(left: int, expected: Urgency) -> None:
    today = date(2026, 11, 22)
    assert urgency(today + timedelta(days=left), today) is expected
    assert urgency(None, today) is Urgency.NONE


@pytest.mark.parametrize(
    ("due_in", "silent_for", "expected"),
    [
        (3, 1, "due_soon"),
        (2, 1, ""),
        (1, 1, "due_soon"),
        (-1, 1, "overdue"),
        (-2, 1, ""),
        (-8, 1, "overdue"),
        (10, 13, ""),
        (10, 14, "silent"),
        (10, 15, ""),
        (10, 28, "silent"),
    ],
)
def test_the_department_is_reminded_on_the_right_days(
    due_in: int, silent_for: int, expected: str
) -> None:
    today = date(2026, 11, 22)
    due, last = today + timedelta(days=due_in), today - timedelta(days=silent_for)
    assert reminder(due, last, today) == expected


@given(
    state=st.sampled_from([s for s in State if s is not State.DRAFT]),
    begun=st.sets(st.sampled_from(MAIN_LINE)),
    debates=st.booleans(),
    works=st.booleans(),
)
def test_the_strip_has_one_now_with_done_before_and_next_after(
    *, state: State, begun: set[State], debates: bool, works: bool
) -> None:
    line = stages(state, dict.fromkeys(begun, date(2026, 1, 1)), {}, debates=debates, works=works)
    modes = [stage.mode for stage in line]
    here = modes.index("now")
    assert modes == ["done"] * here + ["now"] + ["next"] * (len(modes) - here - 1)
    assert line[here].state is state
    if state in ENDED:
        assert here == len(line) - 1


def test_a_side_exit_stands_after_the_stages_it_passed() -> None:
    line = stages(State.EXPIRED, {State.GATHERING: date(2026, 11, 1)}, {}, debates=True, works=True)
    assert [(s.state, s.mode) for s in line] == [
        (State.GATHERING, "done"),
        (State.EXPIRED, "now"),
    ]


def test_a_refusal_of_the_office_ends_the_line_at_the_answer() -> None:
    begun = {State.GATHERING: date(2026, 1, 1), State.REVIEWING: date(2026, 2, 1)}
    line = stages(State.ANSWERED, begun, {}, debates=False, works=False)
    assert [s.state for s in line] == [State.GATHERING, State.REVIEWING, State.ANSWERED]
