"""What would have been enough, what stood in the way, and the ways that stand side by side."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from budgets.selectors.ways import barring_words, enough_words, other_way_words, path_of, ways_of

TITLES = {"a": "가로등", "b": "벤치", "c": "화단", "d": "그늘막", "e": "쉼터"}
WAY: dict[str, Any] = {"cost": 200, "undecided": False, "without": 3}
WEIGHED: dict[str, Any] = {
    "counted": "weighted",
    "voters": 10,
    "ways": {
        "weighted": {**WAY, "winners": ["a", "b"]},
        "unweighted": {**WAY, "winners": ["a", "c"]},
        "equal_shares": {**WAY, "winners": ["a", "d"]},
    },
}


@pytest.mark.parametrize(
    ("others", "words"),
    [
        (None, ""),
        ([], "이 사업 하나의 비용이 한도보다 커서 표를 아무리 얻어도 선정될 수 없습니다."),
        (["a"], "“가로등”이 선정되는 한 표를 아무리 더 얻어도 선정될 수 없습니다."),
        (["a", "b"], "“가로등”, “벤치”가 모두 선정되는 한 표를 아무리 더"),
        (["a", "b", "c", "d", "e"], "“화단” 그리고 다른 사업 2개가 함께 선정되는 한"),
    ],
)
def test_what_leaves_no_room_is_named(others: list[str] | None, words: str) -> None:
    with translation.override("ko"):
        told = barring_words(others, TITLES)
    assert words in told
    assert bool(words) == bool(told)


def test_votes_that_were_missing_are_said_of_the_count_that_was_taken() -> None:
    with translation.override("ko"):
        assert enough_words(None, compared=True) == ""
        assert enough_words(4) == "4표를 더 얻었다면 선정되었을 것입니다."
        told = enough_words(4, compared=True)
    assert told == "이 예산에 쓰인 득표 순 집계에서는 4표를 더 얻었다면 선정되었을 것입니다."


def test_three_ways_stand_side_by_side_and_each_tells_what_only_it_funds() -> None:
    with translation.override("ko"):
        told = ways_of(WEIGHED, TITLES, "KRW", "weighted")
        assert told is not None
        lost, won = (other_way_words(WEIGHED, code, "weighted") for code in "db")
    assert [way.counted for way in told.ways] == [True, False, False]
    assert told.all_fund == 1
    assert [titles for _label, titles in told.only] == [("벤치",), ("화단",), ("그늘막",)]
    assert lost == "다른 방법(균등 몫)이었다면 선정되었을 사업입니다."
    assert won.count("이었다면 선정되지 않았을 사업입니다.") == 2


def test_what_was_stored_before_there_were_three_ways_is_read() -> None:
    ways = {name: way for name, way in WEIGHED["ways"].items() if name != "equal_shares"}
    with translation.override("ko"):
        told = ways_of({**WEIGHED, "ways": ways}, TITLES, "KRW", "weighted")
    assert told is not None
    assert told.title == "반영 비율을 적용한 결과와 적용하지 않은 결과"
    assert [titles for _label, titles in told.only] == [("벤치",), ("화단",)]


def test_the_picture_keeps_the_largest_payments_and_the_table_all() -> None:
    keys = [f"{number}" for number in range(1, 9)]
    left, stored = 100, [["", 100]]
    for number, key in enumerate(keys, start=1):
        left -= number
        stored.append([key, left])
    decisions = [
        {"project": key, "position": place, "price": 1} for place, key in enumerate(keys, start=1)
    ]
    path = path_of(stored, decisions, {}, "KRW", is_whole=True)
    assert path.is_long
    assert [step.round for step in path.steps] == [None, *range(1, 9)]
    assert [step.round for step in path.pictured] == [None, *range(3, 9)]
