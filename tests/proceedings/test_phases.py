"""When something is open."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from proceedings.phases import Span, Standing, check_open, check_phase, check_within

OPENS = datetime(2026, 11, 1, tzinfo=UTC)
CLOSES = datetime(2026, 11, 30, tzinfo=UTC)
SPAN = Span("vote", OPENS, CLOSES)
SECOND = timedelta(seconds=1)


def code(now: datetime, *spans: Span, kind: str = "vote") -> str | None:
    return getattr(check_open(spans, kind, now), "code", None)


def test_span_holds_from_its_first_moment_until_just_before_its_last() -> None:
    assert SPAN.standing(OPENS - SECOND) is Standing.COMING
    assert SPAN.standing(OPENS) is Standing.RUNNING
    assert SPAN.standing(CLOSES - SECOND) is Standing.RUNNING
    assert SPAN.standing(CLOSES) is Standing.OVER


def test_refusal_says_whether_it_comes_is_over_or_was_never_planned() -> None:
    assert code(OPENS, SPAN) is None
    assert code(OPENS - SECOND, SPAN) == "not_yet_open"
    assert code(CLOSES, SPAN) == "already_closed"
    assert code(OPENS, SPAN, kind="debate") == "no_such_phase"


def test_between_two_spans_the_next_opening_is_named() -> None:
    later = Span("vote", CLOSES + timedelta(days=5), CLOSES + timedelta(days=6))
    refusal = check_open([later, SPAN], "vote", CLOSES)
    assert refusal is not None
    assert refusal.params == {"when": later.opens_at}


NOON, HOUR = datetime(2026, 6, 1, 12, tzinfo=UTC), timedelta(hours=1)


def test_a_stage_that_a_process_does_not_have_holds_nobody_up() -> None:
    assert check_phase([Span("vote", NOON, NOON + HOUR)], "propose", NOON) is None


def test_a_stage_that_it_has_lets_through_from_its_hour_to_its_end() -> None:
    spans = [Span("vote", NOON, NOON + HOUR), Span("propose", NOON, NOON + HOUR)]
    assert check_phase(spans, "propose", NOON) is None
    early = check_phase(spans, "propose", NOON - HOUR)
    late = check_phase(spans, "propose", NOON + HOUR)
    assert (early and early.code, late and late.code) == ("not_yet_open", "already_closed")


@pytest.mark.parametrize(
    ("begins", "ends", "field"),
    [(0, 2, None), (1, 2, None), (-1, 2, "opens_at"), (0, 3, "closes_at"), (3, 4, "closes_at")],
)
def test_hours_lie_inside_the_stage_or_it_is_named(
    begins: int, ends: int, field: str | None
) -> None:
    spans = [Span("vote", NOON, NOON + 2 * HOUR), Span("debate", NOON - 9 * HOUR, NOON + 9 * HOUR)]
    found = check_within(spans, "vote", NOON + begins * HOUR, NOON + ends * HOUR)
    assert (found and found.form_field) == field
    if found is not None:
        assert found.code == "outside_stage"
        assert found.params == {"opens": NOON, "closes": NOON + 2 * HOUR}


def test_hours_of_two_stages_lie_in_one_of_them_not_across() -> None:
    first, second = Span("vote", NOON, NOON + HOUR), Span("vote", NOON + HOUR, NOON + 3 * HOUR)
    assert check_within([second, first], "vote", NOON + HOUR, NOON + 2 * HOUR) is None
    across = check_within([second, first], "vote", NOON, NOON + 2 * HOUR)
    assert across is not None
    assert across.params["opens"] == NOON


def test_a_process_without_the_stage_holds_no_hours() -> None:
    assert check_within([Span("debate", NOON, NOON + HOUR)], "vote", NOON, NOON + 9 * HOUR) is None
