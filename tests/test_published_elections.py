"""Elections that were held come out as they were published, by both engines.

Each file in `tests/data/ballots` holds the ballots of one, equal ones added up, with its source.
`count_ballots` reads it; the second engine has to write the same bytes.
"""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from voting import recount
from voting.ballots.files import read_file
from voting.bundle import ballot_lines
from voting.log import canonical
from voting.management.commands.count_ballots import unpacked
from voting.tally import count_box
from voting.tally.result import Box

FILES = sorted((Path(__file__).parent / "data" / "ballots").glob("*.json*"))
WINNERS = {
    "burlington_2009": ["Bob Kiss"],
    "glasgow_2022_dennistoun": ["Elaine McDougall", "Anthony Carroll", "Allan Casey"],
    "minneapolis_2017_mayor": ["Jacob Frey"],
    "minneapolis_2017_park_4": ["Jono Cowgill"],
    "minneapolis_2017_park_5": ["Steffanie Musich"],
    "minneapolis_2017_park_at_large": ["Latrisha Vetaw", "Meg Forney", "Londel French"],
    "minneapolis_2017_taxation": ["Carol Becker", "David B. Wheeler"],
    "minneapolis_2017_ward_9": ["Alondra Cano"],
    "pierce_2008": ["Pat McCarthy"],
    "san_leandro_2010": ["Stephen Cassidy"],
    "takoma_park_2007": ["Reuben Snipper"],
}


def named(name: str) -> Path:
    [path] = [path for path in FILES if path.name.split(".")[0] == name]
    return path


def counted(name: str, capsys: pytest.CaptureFixture[str]) -> tuple[Any, dict[str, str]]:
    """Count a file at the command line; give the result and the titles of its options."""
    call_command("count_ballots", str(named(name)), "--json")
    told = json.loads(capsys.readouterr().out)
    titles = {
        one["key"]: one["title"]
        for one in json.loads(unpacked(named(name).read_bytes()))["options"]
    }
    return told, titles


def votes(told: Any, titles: dict[str, str], number: int) -> dict[str, int]:
    """The votes of a round by surname, rounded to whole votes as the published tables are."""
    figures = told["rounds"][number - 1]["votes"].items()
    return {titles[key].split()[-1]: round(Fraction(vote)) for key, vote in figures}


def test_every_file_is_known() -> None:
    assert [path.name.split(".")[0] for path in FILES] == sorted(WINNERS)


@pytest.mark.parametrize("name", sorted(WINNERS))
def test_the_winners_are_those_who_took_office(
    name: str, capsys: pytest.CaptureFixture[str]
) -> None:
    told, titles = counted(name, capsys)
    assert [titles[key] for key in told["winners"]] == WINNERS[name]
    assert told["ties"] == []


@pytest.mark.parametrize("name", sorted(WINNERS))
def test_both_engines_write_the_same(name: str) -> None:
    file = read_file(json.loads(unpacked(named(name).read_bytes())))
    ours = count_box(file.design, file.rule, Box(file.ballots, file.roll)).to_json()
    config = {"ballot": file.design.to_config(), "rule": file.rule}
    figures = {"roll": file.roll, "void": 0, "bodies": {}}
    lines = ballot_lines(file.ballots, file.rule)
    assert canonical(recount.count(config, lines, figures, None)) == canonical(ours)


def test_glasgow_dennistoun_stage_by_stage(capsys: pytest.CaptureFixture[str]) -> None:
    told, titles = counted("glasgow_2022_dennistoun", capsys)
    assert told["options"][0]["need"] == 1367
    assert [votes(told, titles, stage) for stage in (1, 2, 3)] == [
        {"Carroll": 1431, "Casey": 1337, "Connelly": 339, "Duncan": 84, "Finn": 582,
         "McCann": 96, "McDougall": 1595},
        {"Carroll": 1431, "Casey": 1362, "Connelly": 370, "Duncan": 109, "Finn": 609,
         "McCann": 143, "McDougall": 1367},
        {"Carroll": 1367, "Casey": 1388, "Connelly": 370, "Duncan": 117, "Finn": 626,
         "McCann": 148, "McDougall": 1367},
    ]  # fmt: skip
    assert len(told["rounds"]) == 3


def test_minneapolis_mayor_round_by_round(capsys: pytest.CaptureFixture[str]) -> None:
    told, titles = counted("minneapolis_2017_mayor", capsys)
    first = votes(told, titles, 1)
    assert (first["Frey"], first["Hoch"], first["Hodges"]) == (26116, 20125, 18915)
    assert [votes(told, titles, number) for number in (2, 3, 4, 5)] == [
        {"Dehn": 18574, "Frey": 26750, "Hoch": 20912, "Hodges": 19467, "Levy-Pounds": 16189},
        {"Dehn": 24028, "Frey": 29480, "Hoch": 22754, "Hodges": 23511},
        {"Dehn": 27358, "Frey": 39368, "Hodges": 26875},
        {"Dehn": 34971, "Frey": 46716},
    ]
    assert len(told["rounds"]) == 5


def test_minneapolis_taxation_first_choices_and_threshold(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told, titles = counted("minneapolis_2017_taxation", capsys)
    assert votes(told, titles, 1) == {
        "Becker": 48163, "Wheeler": 19312, "Edwards": 1539, "Write-in": 680,
    }  # fmt: skip
    assert (told["valid"], told["options"][0]["need"]) == (69694, 23232)


def test_takoma_park_was_decided_by_first_choices(capsys: pytest.CaptureFixture[str]) -> None:
    told, titles = counted("takoma_park_2007", capsys)
    assert votes(told, titles, 1) == {
        "Barrionuevo": 23, "Hensal": 72, "Snipper": 107, "Write-in": 1,
    }  # fmt: skip
    assert len(told["rounds"]) == 1


def test_san_leandro_sent_out_candidates_in_the_published_order(
    capsys: pytest.CaptureFixture[str],
) -> None:
    told, titles = counted("san_leandro_2010", capsys)
    out = [titles[key].split()[-1] for one in told["rounds"] for key in one["out"]]
    assert out == ["Filipovich", "Write-in", "Palau", "Mestas", "Starosciak"]
    assert list(votes(told, titles, 6)) == ["Cassidy", "Santos"]
