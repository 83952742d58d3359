"""Filling a council by lot: caps hold, nobody is lost, reserves follow the order."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.lots import drawn_order
from voting.sortition import Cap, Person, at_least, at_most, fill_panel

SEATS = 30
SEX = [
    Cap("women", "sex", frozenset({"f"}), at_most(SEATS, Fraction(6, 10))),
    Cap("men", "sex", frozenset({"m"}), at_most(SEATS, Fraction(6, 10))),
]
OLD = Cap("50 and over", "age", frozenset({"50+"}), at_least(SEATS, Fraction(15, 100)))


def crowd(number: int, chance: random.Random) -> list[Person]:
    """People of whom two in three are men and nine in ten are 50 or older."""
    return [
        Person(
            str(n + 1),
            {
                "sex": "m" if chance.random() < 2 / 3 else "f",
                "age": "50+" if chance.random() < 0.9 else "19-49",
            },
        )
        for n in range(number)
    ]


def test_shares_become_caps_exactly() -> None:
    assert at_most(30, Fraction(6, 10)) == 18
    assert at_most(31, Fraction(6, 10)) == 18
    assert at_least(30, Fraction(15, 100)) == 25  # 4.5 of 30 are five seats
    assert at_least(20, Fraction(15, 100)) == 17


def test_caps_and_reserves_hold_in_ten_thousand_draws() -> None:
    chance = random.Random(20261128)  # noqa: S311 - made-up people
    for draw in range(10_000):
        people = crowd(60, chance)
        panel = fill_panel(people, drawn_order(f"draw {draw}", 60), SEATS, [*SEX, OLD], 10)
        groups = {person.number: person.groups for person in people}
        sexes = [groups[number]["sex"] for number in panel.seated]
        assert max(sexes.count("f"), sexes.count("m")) <= 18
        assert sum(groups[number]["age"] == "50+" for number in panel.seated) <= 25
        assert len(panel.seated) + panel.missing == SEATS
        assert len(panel.reserves) == 10
        assert not {*panel.seated} & {*panel.reserves}


def test_passed_over_stay_first_among_the_reserves() -> None:
    people = [Person("1", {"sex": "m"}), Person("2", {"sex": "m"}), Person("3", {"sex": "f"})]
    cap = Cap("men", "sex", frozenset({"m"}), 1)
    panel = fill_panel(people, (0, 1, 2), 2, [cap], 5)
    assert panel.seated == ("1", "3")
    assert panel.reserves == ("2",)
    assert [(step.seat, step.broke) for step in panel.steps] == [
        (1, None),
        (None, "men"),
        (2, None),
    ]
    assert panel.to_json() == {
        "seated": ["1", "3"],
        "reserves": ["2"],
        "missing": 0,
        "passed": [{"place": 2, "number": "2", "cap": "men"}],
    }


def test_seats_that_caps_leave_empty_are_told() -> None:
    people = [Person(str(n), {"sex": "m"}) for n in range(5)]
    panel = fill_panel(people, (4, 3, 2, 1, 0), 4, [Cap("men", "sex", frozenset({"m"}), 3)], 5)
    assert panel.seated == ("4", "3", "2")
    assert panel.missing == 1
    assert panel.reserves == ("1", "0")


@given(st.permutations(range(12)), st.integers(1, 12), st.integers(0, 12))
def test_without_caps_the_first_drawn_are_seated(
    order: list[int], seats: int, reserves: int
) -> None:
    people = [Person(str(n), {}) for n in range(12)]
    panel = fill_panel(people, order, seats, [], reserves)
    assert panel.seated == tuple(str(n) for n in order[:seats])
    assert panel.reserves == tuple(str(n) for n in order[seats:])[:reserves]


@given(
    st.permutations(range(12)), st.lists(st.sampled_from(["a", "b", "c"]), min_size=12, max_size=12)
)
def test_nobody_is_passed_over_without_a_full_cap(order: list[int], groups: list[str]) -> None:
    people = [Person(str(n), {"g": group}) for n, group in enumerate(groups)]
    caps = [Cap(name, "g", frozenset({name}), 2) for name in "abc"]
    panel = fill_panel(people, order, 6, caps, 12)
    seated = [groups[int(number)] for number in panel.seated]
    assert {name: seated.count(name) for name in "abc"} == {
        name: min(2, groups.count(name)) for name in "abc"
    }


@pytest.mark.parametrize(("order", "seats"), [((0, 0), 1), ((0,), 1), ((0, 1), 0)])
def test_order_that_is_no_order_is_refused(order: tuple[int, ...], seats: int) -> None:
    with pytest.raises(ValueError, match="name everybody once"):
        fill_panel([Person("1", {}), Person("2", {})], order, seats, [], 1)
