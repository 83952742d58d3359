"""Swapping options, ballots or projects in any input changes nothing: no tie is broken silently.

Paper sheets are read alike in any printed order, too, those with too many marks included.

`tests/voting/test_tally.py` and `tests/budgets/methods/` hold the site's engines to this; here are
the second engine, the files and the commands that read them. What a result lists in the order of
the ballot is compared as a set.
"""

from __future__ import annotations

import csv
import io
import json
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from django.core.management import call_command
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from budgets.methods.rules import OPTIONS
from budgets.pabulib import PabulibReading, profile_of, read_pabulib
from tests.factories.rules import Case, ballots_of, cases
from tests.test_two_engines_money import budgets
from voting import recount, recount_money
from voting.ballots import BallotKind, design_from_config, read_sheet
from voting.ballots.files import read_file
from voting.bundle import ballot_lines
from voting.log import canonical
from voting.tally import RULES

if TYPE_CHECKING:
    from budgets.methods.profile import Profile

Plain = dict[str, Any]
SOME = settings(
    deadline=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
FEW = settings(SOME, max_examples=10)
PABULIB = sorted((Path(__file__).parent / "data" / "pabulib").glob("*.pb"))
IN_ORDER = {"rounds", "tie_order"}
"""What is told in an order of its own, whatever the ballot's."""


def unordered(told: Any, name: str = "") -> Any:
    """A result without the order of the ballot, in which it lists what has no order."""
    if isinstance(told, dict):
        return {key: unordered(one, key) for key, one in told.items()}
    if isinstance(told, list):
        inside = [unordered(one) for one in told]
        return inside if name in IN_ORDER else sorted(inside, key=canonical)
    return told


def renumbered(ballot: Plain, order: list[int]) -> Plain:
    """A ballot that prints its options in another order, told in another order, too."""
    options = ballot["options"]
    turned = [{**one, "number": number} for one, number in zip(options, order, strict=True)]
    return {**ballot, "options": sorted(turned, key=lambda one: int(-one["number"]))}


# --- Votes ----------------------------------------------------------------------------------------


def recounted(case: Case, ballot: Plain, box: dict[tuple[str, str], int]) -> Plain:
    """Count by the second engine."""
    design = design_from_config(ballot)
    config = {"ballot": design.to_config(), "rule": case.rule}
    figures = {"roll": case.roll, "void": case.void, "bodies": case.bodies}
    lines = ballot_lines(box, case.rule)
    return recount.count(config, dict(reversed(lines.items())), figures, case.lot)


@pytest.mark.parametrize("name", sorted(RULES))
@SOME
@given(data=st.data())
def test_second_engine_counts_votes_alike_in_any_order(name: str, data: st.DataObject) -> None:
    case = data.draw(cases(name))
    order = data.draw(st.permutations(range(1, len(case.keys) + 1)))
    box = dict(data.draw(st.permutations(list(case.box.items()))))
    told = recounted(case, case.ballot, case.box)
    other = recounted(case, renumbered(case.ballot, order), box)
    assert unordered(other) == unordered(told)


def typed_of(ballot: Plain) -> st.SearchStrategy[Any]:
    """Draw what may stand on a paper sheet, however many marks and wherever."""
    keys = st.sampled_from(sorted(one["key"] for one in ballot["options"]))
    if ballot["kind"] in recount.LISTS:
        return st.lists(keys, unique=True)
    said = st.sampled_from(("yes", "no")) if ballot["kind"] == "yes_no" else st.integers(0, 7)
    return st.dictionaries(keys, st.lists(said, max_size=2))


@pytest.mark.parametrize("kind", sorted(BallotKind))
@SOME
@given(data=st.data())
def test_paper_sheet_is_read_alike_in_any_printed_order(kind: str, data: st.DataObject) -> None:
    keys = "abcdef"[: data.draw(st.integers(1, 6))]
    ballot = data.draw(ballots_of(kind, list(keys)))
    order = data.draw(st.permutations(range(1, len(keys) + 1)))
    designs = [design_from_config(one) for one in (ballot, renumbered(ballot, order))]
    typed = data.draw(typed_of(ballot))
    told, turned = (read_sheet(design, typed) for design in designs)
    assert turned == told


def as_file(case: Case, order: list[int], turns: list[int]) -> Plain:
    """Write a contest as a file of ballots, with options and ballots in some order."""
    options = case.ballot["options"]
    rows = [
        {"marks": json.loads(marks), "channel": channel, "count": number}
        for (marks, channel), number in case.box.items()
    ]
    limits = {name: one for name, one in case.ballot.items() if name != "options"}
    return {
        "format": "madang-ballots/1",
        "ballot": limits,
        "options": [
            {name: one for name, one in options[place - 1].items() if name != "number"}
            for place in order
        ],
        "ballots": [rows[turn] for turn in turns],
        "roll": case.roll,
        "void": case.void,
        "bodies": case.bodies,
        "rule": case.rule,
        "lot": case.lot,
    }


@pytest.mark.parametrize("name", sorted(RULES))
@FEW
@given(data=st.data())
def test_command_counts_a_file_of_ballots_alike_in_any_order(
    name: str, data: st.DataObject
) -> None:
    case = data.draw(cases(name).filter(is_sound))
    places, rows = range(1, len(case.keys) + 1), range(len(case.box))
    files = [
        as_file(case, list(places), list(rows)),
        as_file(case, data.draw(st.permutations(places)), data.draw(st.permutations(rows))),
    ]
    one, other = (read_file(file) for file in files)
    assert (one.ballots, one.roll, one.void) == (other.ballots, other.roll, other.void)
    told, turned = (printed("count_ballots", json.dumps(file).encode()) for file in files)
    assert unordered(json.loads(turned)) == unordered(json.loads(told))


def is_sound(case: Case) -> bool:
    """Whether a file may hold this ballot."""
    return design_from_config(case.ballot).check() == []


def printed(command: str, content: bytes, *options: str) -> str:
    """What a command prints about a file as JSON, or the refusal that ends it."""
    out, err = io.StringIO(), io.StringIO()
    with TemporaryDirectory() as folder, redirect_stdout(out), redirect_stderr(err):
        path = Path(folder, "file")
        path.write_bytes(content)
        call_command(command, str(path), *options, "--json", stdout=out, stderr=err)
    return out.getvalue()


# --- Money ----------------------------------------------------------------------------------------


def respent(profile: Profile, rule: Plain, lot: list[str] | None, turn: slice) -> Plain:
    """Give out money by the second engine, with everything that has an order turned or not."""
    options = [{"key": one.key, "cost": str(one.cost)} for one in profile.candidates[turn]]
    places = {
        "areas": {one.key: one.area for one in profile.candidates[turn]},
        "categories": {one.key: list(one.categories)[turn] for one in profile.candidates[turn]},
    }
    money = {**rule, **places, "budget": str(profile.budget)}
    config = {"ballot": {"options": options}, "allocation": money}
    votes = {one.key: one.score for one in profile.candidates[turn]}
    gone = [one.key for one in profile.candidates[turn] if one.withdrawn]
    groups = profile.ballots.groups[turn] if profile.ballots else ()
    patterns = {
        json.dumps({key: int(points) for key, points in marks[turn]}): number
        for marks, number in groups
    }
    return recount_money.allocate(
        config, votes, patterns, list(lot or []), gone, profile.electorate or 0
    )


@pytest.mark.parametrize("name", sorted(OPTIONS))
def test_second_engine_spends_alike_in_any_order(name: str) -> None:
    @SOME
    @given(budgets(name))
    def alike(drawn: tuple[Profile, Plain, list[str] | None]) -> None:
        told, turned = (respent(*drawn, slice(None, None, step)) for step in (1, -1))
        assert canonical(turned) == canonical(told)

    alike()


def turned_file(content: bytes, chance: Any) -> bytes:
    """The same election with its projects and its ballots in another order."""
    text = content.decode("utf-8-sig").replace("\r\n", "\n")
    head, rest = text.split("\nPROJECTS\n")
    projects, votes = rest.split("\nVOTES\n")
    parts = [head]
    for title, part in (("PROJECTS", projects), ("VOTES", votes)):
        names, *rows = list(csv.reader(io.StringIO(part), delimiter=";"))
        chance.shuffle(rows)
        written = io.StringIO()
        csv.writer(written, delimiter=";", lineterminator="\n").writerows([names, *rows])
        parts += [title, written.getvalue().rstrip("\n")]
    return ("\n".join(parts) + "\n").encode()


@pytest.mark.parametrize("path", PABULIB, ids=lambda path: path.stem)
@settings(FEW, max_examples=4)
@given(chance=st.randoms(use_true_random=False))
def test_pabulib_file_is_read_and_counted_alike_in_any_order(path: Path, chance: Any) -> None:
    content = path.read_bytes()
    turned = turned_file(content, chance)
    one, other = read_pabulib(content), read_pabulib(turned)
    assert isinstance(one, PabulibReading)
    assert isinstance(other, PabulibReading)
    profiles = [profile_of(reading.election, with_ballots=True) for reading in (one, other)]
    assert profiles[0].ballots == profiles[1].ballots
    assert set(profiles[0].candidates) == set(profiles[1].candidates)
    for rule in ("greedy", "greedy_noskip", "equal_shares"):
        for tie in ([], ["--tie", ""]):
            told = printed("count_pabulib", content, "--rule", rule, *tie)
            assert printed("count_pabulib", turned, "--rule", rule, *tie) == told
