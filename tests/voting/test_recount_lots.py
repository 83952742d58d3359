"""Two drawings of lots, written apart, must draw the same people; the verifier names what was altered."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.bundle import verifier_file
from voting.log import canonical
from voting.lots import clean_entropy, commitment, drawn_order, list_digest, seed_of
from voting.recount_lots import digest_of, drawn_lots, filled_seats, lot_seed
from voting.sortition import Demand, Person, caps_of, fill_panel, in_list_order, list_lines
from voting.verifier import DrawCheck

if TYPE_CHECKING:
    from pathlib import Path

people_lists = st.lists(
    st.builds(
        lambda number, sex, age: Person(str(number), {"성별": sex, "연령대": age}),
        st.integers(1, 999),
        st.sampled_from(["여", "남"]),
        st.sampled_from(["청년", "중년", "노년"]),
    ),
    min_size=2,
    max_size=25,
    unique_by=lambda person: person.number,
)
demands = st.lists(
    st.builds(
        Demand,
        st.sampled_from(["성별", "연령대"]),
        st.lists(st.sampled_from(["여", "남", "청년", "노년"]), min_size=1, max_size=2).map(tuple),
        st.booleans(),
        st.integers(0, 100),
    ),
    max_size=3,
)


def drawn(
    people: list[Person],
    asked: list[Demand],
    seats: int,
    reserves: int = 3,
    entropy: str = "3 1 6",
) -> dict[str, Any]:
    """The document of a draw, as its page offers it, made by the site's own drawing."""
    people = in_list_order(people)
    lines = list_lines(people)
    secret = "5" * 64
    caps = caps_of(asked, people, seats)
    order = drawn_order(seed_of(secret, entropy, list_digest(lines)), len(people))
    panel = fill_panel(people, order, seats, caps, reserves)
    return {
        "format": "madang-draw/1",
        "draw": "k",
        "title": "위원 추첨",
        "seats": seats,
        "reserves": reserves,
        "caps": [cap.to_json() for cap in caps],
        "people": [{"number": one.number, "groups": dict(one.groups)} for one in people],
        "list_digest": list_digest(lines),
        "commitment": commitment(secret),
        "entropy_source": "주사위",
        "secret": secret,
        "entropy": clean_entropy(entropy),
        "outcome": {"order": [people[place].number for place in order], **panel.to_json()},
    }


@given(
    people_lists,
    demands,
    st.integers(1, 12),
    st.integers(0, 9),
    st.from_regex(r"[1-6 ]*[1-6]", fullmatch=True),
)
def test_both_drawings_give_the_same(
    people: list[Person], asked: list[Demand], seats: int, reserves: int, entropy: str
) -> None:
    told = drawn(people, asked, seats, reserves, entropy)
    lines = [canonical(one).decode() for one in told["people"]]
    assert digest_of(lines) == told["list_digest"]
    order = drawn_lots(lot_seed(told["secret"], told["entropy"], lines), len(lines))
    numbers = [told["people"][place]["number"] for place in order]
    assert filled_seats(told, numbers) == told["outcome"]
    assert DrawCheck(canonical(told)).wrong is None


def test_long_lists_are_drawn_alike() -> None:
    assert tuple(drawn_lots("a seed/", 3000)) == drawn_order("a seed/", 3000)


TWENTY = [Person(str(n), {"성별": "여" if n % 3 else "남"}) for n in range(1, 21)]
WOMEN = Demand("성별", ("여",), least=False, percent=50)


def altered(change: Any) -> Any:
    told = drawn(TWENTY, [WOMEN], 6)
    change(told)
    return DrawCheck(canonical(told)).wrong


FRAUDS: dict[str, tuple[Any, str]] = {
    "somebody is added": (lambda d: d["people"].append({"number": "21", "groups": {}}), "people"),
    "somebody is taken out": (lambda d: d["people"].pop(3), "people"),
    "a group is changed": (lambda d: d["people"][0]["groups"].update({"성별": "남"}), "people"),
    "another secret": (lambda d: d.update(secret="6" * 64), "secret"),
    "no secret": (lambda d: d.update(secret=None), "secret"),
    "another commitment": (lambda d: d.update(commitment="0" * 64), "secret"),
    "another number of a die": (lambda d: d.update(entropy="3 1 5"), "outcome.order"),
    "another order": (lambda d: d["outcome"]["order"].reverse(), "outcome.order"),
    "a seat for a friend": (
        lambda d: d["outcome"]["seated"].__setitem__(0, d["outcome"]["reserves"][0]),
        "outcome.seated",
    ),
    "a wider cap": (lambda d: d["caps"][0].update(most=4), "outcome"),
    "one seat more": (lambda d: d.update(seats=7), "outcome"),
    "other reserves": (lambda d: d["outcome"]["reserves"].reverse(), "outcome.reserves"),
    "somebody passed over left out": (lambda d: d["outcome"]["passed"].clear(), "outcome.passed"),
}


@pytest.mark.parametrize("name", FRAUDS)
def test_alteration_is_named(name: str) -> None:
    change, place = FRAUDS[name]
    wrong = altered(change)
    assert wrong is not None
    assert place in wrong[0]


def test_draw_of_another_format_and_no_json_are_told() -> None:
    assert altered(lambda d: d.update(format="else"))[0] == "draw.json"
    assert DrawCheck(b"not json").wrong[0] == "draw.json"


def test_published_program_checks_a_draw_alone(tmp_path: Path) -> None:
    program, file = tmp_path / "verify.py", tmp_path / "madang-draw-1.json"
    program.write_bytes(verifier_file())
    file.write_bytes(canonical(drawn(TWENTY, [WOMEN], 6)))
    command = [sys.executable, "-I", str(program), str(file), "--json"]
    good = subprocess.run(  # noqa: S603 - our own program
        command, capture_output=True, check=False, cwd=tmp_path
    )
    assert good.returncode == 0, good.stderr
    assert json.loads(good.stdout)["en"].startswith("GREEN")
    file.write_bytes(canonical(drawn(TWENTY, [WOMEN], 6)).replace(b'"seats":6', b'"seats":5'))
    bad = subprocess.run(  # noqa: S603 - our own program
        command, capture_output=True, check=False, cwd=tmp_path
    )
    assert bad.returncode == 1
    assert json.loads(bad.stdout)["where"].startswith("draw.json outcome")
