"""Limits on how often."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
import time_machine

from proceedings.refusals import LIMIT_REACHED, Refused
from proceedings.services import spend
from proceedings.wording import say, say_next, status_of

if TYPE_CHECKING:
    from proceedings.refusals import Refusal

NOON = datetime(2026, 11, 28, 3, 10, tzinfo=UTC)  # 12:10 in the town


def refusal_of(limit: str, who: str = "user:a") -> Refusal | None:
    try:
        spend(limit, who)
    except Refused as refused:
        return refused.refusal
    return None


@pytest.fixture(autouse=True)
def _small(settings: Any) -> None:
    settings.LIMITS = {"a": "2/day", "b": "2/hour", "c": "2/minute", "d": "off"}


@pytest.mark.parametrize("limit", ["a", "b", "c"])
def test_more_than_the_limit_is_refused_for_now(limit: str) -> None:
    assert [refusal_of(limit) is None for _try in range(4)] == [True, True, False, False]


def test_each_account_and_each_act_has_its_own_count() -> None:
    for _try in range(2):
        spend("a", "user:a")
    assert refusal_of("a", "user:b") is None
    assert refusal_of("b", "user:a") is None


@pytest.mark.parametrize(
    ("limit", "again"),
    [("a", datetime(2026, 11, 28, 15, tzinfo=UTC)), ("b", datetime(2026, 11, 28, 4, tzinfo=UTC))],
)
def test_refusal_names_the_hour_from_which_it_works_again(limit: str, again: datetime) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        for _try in range(2):
            spend(limit, "user:a")
        refusal = refusal_of(limit)
        assert refusal is not None
        assert refusal.params["again"] == again
        clock.move_to(again)
        assert refusal_of(limit) is None


def test_words_are_complete_in_korean() -> None:
    with time_machine.travel(NOON, tick=False):
        for _try in range(2):
            spend("a", "user:a")
        refusal = refusal_of("a")
    assert refusal is not None
    assert say(refusal) == "하루에 2번까지 할 수 있습니다. 오늘은 모두 쓰셨습니다."
    assert say_next(refusal).endswith("2026. 11. 29.(일) 00:00부터 다시 해 주세요.")
    assert (refusal.code, status_of(refusal)) == (LIMIT_REACHED, 429)


def test_limit_can_be_off() -> None:
    assert {refusal_of("d") for _try in range(500)} == {None}


def test_without_redis_nobody_is_refused(settings: Any) -> None:
    settings.CACHES = {
        "default": {**settings.CACHES["default"], "LOCATION": "redis://127.0.0.1:1/0"}
    }
    assert {refusal_of("a") for _try in range(4)} == {None}
