"""A file that was damaged anywhere: named by its lines, warned of, or sound; never less in silence."""

from __future__ import annotations

import gzip
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgets.pabulib import PabulibError, read_pabulib

if TYPE_CHECKING:
    from collections.abc import Callable

    from budgets.pabulib import PabulibReading

DATA = Path(__file__).parent / "data" / "pabulib"
PLAIN = (DATA / "approval_greedy.pb").read_text(encoding="utf-8")
"""States how many ballots it has, and the votes of each project."""
FILES = sorted(DATA.glob("*.pb"))
SIGNS = st.text(st.sampled_from('ABCDv01279;,."\n\r\x00\x1a\ufeff가 -+'), max_size=4)
EXAMPLES = 300


def damages(text: str) -> st.SearchStrategy[str]:
    """`text` with one wound: cut out, put in, put over, broken off, a line lost, doubled, moved."""
    place = st.integers(0, len(text))
    lines = text.splitlines(keepends=True)
    line = st.integers(0, len(lines) - 1)

    def moved(first: int, second: int) -> str:
        changed = [*lines]
        changed[first], changed[second] = changed[second], changed[first]
        return "".join(changed)

    return st.one_of(
        st.builds(lambda at, long: text[:at] + text[at + long :], place, st.integers(1, 90)),
        st.builds(lambda at, new: text[:at] + new + text[at:], place, SIGNS),
        st.builds(lambda at, new: text[:at] + new + text[at + len(new) :], place, SIGNS),
        st.builds(lambda at: text[:at], place),
        st.builds(lambda at: "".join(lines[:at] + lines[at + 1 :]), line),
        st.builds(lambda at: "".join(lines[: at + 1] + lines[at:]), line),
        st.builds(moved, line, line),
    )


def read(source: str | bytes) -> PabulibReading | PabulibError:
    """The reading, or the errors; anything else that is raised fails the test."""
    try:
        return read_pabulib(source)
    except PabulibError as error:
        return error


def ballots_of(reading: PabulibReading) -> Counter[tuple[str, ...]]:
    return Counter(tuple(sorted(ballot.choices)) for ballot in reading.election.ballots)


WHOLE = ballots_of(read_pabulib(PLAIN))


@settings(max_examples=EXAMPLES)
@given(damages(PLAIN))
def test_a_damaged_file_is_refused_by_its_lines_or_loses_no_ballot_in_silence(text: str) -> None:
    found = read(text)
    if isinstance(found, PabulibError):
        last = text.count("\n") + text.count("\r") + 1
        assert found.problems
        assert all(0 <= problem.line <= last for problem in found.problems)
        assert all(str(problem) for problem in found.problems)
    elif ballots_of(found) != WHOLE:
        assert found.warnings, text


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
@settings(max_examples=40)
@given(data=st.data())
def test_no_damage_to_any_kind_of_file_is_more_than_an_error(
    path: Path, data: st.DataObject
) -> None:
    read(data.draw(damages(path.read_text(encoding="utf-8-sig"))))


def wound(packed: bytes, at: int, new: bytes) -> bytes:
    at %= len(packed)
    return packed[:at] + new + packed[at + len(new) :]


@settings(max_examples=EXAMPLES)
@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=8))
def test_damaged_bytes_are_an_error_or_warned_of(at: int, new: bytes) -> None:
    found = read(wound(PLAIN.encode(), at, new))
    if not isinstance(found, PabulibError) and ballots_of(found) != WHOLE:
        assert found.warnings


@settings(max_examples=EXAMPLES)
@given(st.integers(0, 10_000), st.binary(min_size=1, max_size=8))
def test_a_damaged_packed_file_never_gives_other_ballots(at: int, new: bytes) -> None:
    found = read(wound(gzip.compress(PLAIN.encode(), mtime=0), at, new))
    assert isinstance(found, PabulibError) or ballots_of(found) == WHOLE


@pytest.mark.parametrize("ending", [lambda text: text + text, lambda text: text.replace(";", "")])
def test_a_file_twice_or_without_its_signs_is_refused(ending: Callable[[str], str]) -> None:
    assert isinstance(read(ending(PLAIN)), PabulibError)
