"""The site's engine and the second one, written apart, give the same bytes for made-up contests.

`MADANG_TWINS` sets how many contests of each rule are counted twice.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories.rules import KIND_OF, ballots_of, cases
from voting import recount
from voting.ballots import check_marks, design_from_config
from voting.bundle import ballot_lines
from voting.log import canonical, read_canonical
from voting.tally import RULES, count_box
from voting.tally.result import Box

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.factories.rules import Case

TWINS = int(os.environ.get("MADANG_TWINS", "40"))
MANY = settings(
    deadline=None,
    max_examples=TWINS,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
KEYS = sorted("abcd")


def both(case: Case) -> tuple[bytes, bytes]:
    """Count a contest by both engines."""
    design = design_from_config(case.ballot)
    config = {"ballot": design.to_config(), "rule": case.rule}
    box = Box(case.box, case.roll, {"paper": case.void} if case.void else {}, case.bodies)
    ours = count_box(design, case.rule, box, case.lot).to_json()
    figures = {"roll": case.roll, "void": case.void, "bodies": case.bodies}
    theirs = recount.count(config, ballot_lines(case.box, case.rule), figures, case.lot)
    return canonical(ours), canonical(theirs)


@pytest.mark.parametrize("name", sorted(RULES))
def test_rule_is_counted_alike(name: str) -> None:
    @MANY
    @given(cases(name))
    def alike(case: Case) -> None:
        ours, theirs = both(case)
        assert ours == theirs

    alike()


def noise() -> st.SearchStrategy[Any]:
    """Marks of any kind, and what is none."""
    key = st.sampled_from([*KEYS, "z", ""])
    number = st.integers(-1, 7) | st.booleans() | st.none() | st.just("1") | st.just([1])
    answer = st.sampled_from(["yes", "no", "abstain", "maybe"])
    place = st.lists(key, max_size=3)
    return (
        st.lists(key, max_size=4)
        | st.lists(st.sampled_from(KEYS), unique=True, max_size=4).map(sorted)
        | st.dictionaries(key, number | answer, max_size=4)
        | st.dictionaries(st.sampled_from(KEYS), st.integers(0, 5), max_size=4)
        | st.lists(place | st.dictionaries(key, number, max_size=2), max_size=4)
        | st.lists(place.map(lambda keys: sorted({*keys} & {*KEYS})), max_size=4)
        | number
    )


@pytest.mark.parametrize("kind", sorted({*KIND_OF.values()}))
def test_the_same_marks_are_let_into_the_box(kind: str) -> None:
    @MANY
    @given(ballots_of(kind, KEYS), noise())
    def alike(ballot: dict[str, Any], marks: Any) -> None:
        design, text = design_from_config(ballot), canonical(marks).decode()
        fine = not _raises(lambda: check_marks(design, text))
        told = read_canonical(text.encode())
        assert recount.allowed(design.to_config(), told) == fine

    alike()


def _raises(act: Callable[[], object]) -> bool:
    try:
        act()
    except ValueError:
        return True
    return False
