"""The command line: counts a file by any rule, in words and as JSON, without a database.

No test here may use the database, so each of them shows that the command does not.
"""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from voting.management.commands.count_ballots import decimal

BURLINGTON = Path(__file__).parents[3] / "data" / "ballots" / "burlington_2009.json"
RULES = Path(__file__).parents[4] / "docs" / "rules.md"
SMALL: dict[str, Any] = {
    "format": "madang-ballots/1",
    "title": "마을의제",
    "ballot": {"kind": "rank"},
    "options": [{"key": "a", "title": "보안등"}, {"key": "b", "title": "의자"}],
    "ballots": [{"marks": [["a"]], "count": 2}, {"marks": [["b"]], "count": 2}],
}


@pytest.fixture
def count(capsys: pytest.CaptureFixture[str]) -> Any:  # Any: a function with free options
    """Run the command on a file and return what it printed to stdout and stderr."""

    def run(path: Path, *options: str, language: str = "en") -> tuple[str, str]:
        call_command("count_ballots", str(path), "--language", language, *options)
        return capsys.readouterr()

    return run


@pytest.fixture
def small(tmp_path: Path) -> Any:  # Any: a function with free fields
    """Write a small file with some fields changed."""

    def write(**change: Any) -> Path:
        path = tmp_path / "small.json"
        path.write_text(json.dumps({**SMALL, **change}))
        return path

    return write


def test_json_is_the_tally_with_its_rounds(count: Any) -> None:
    out, err = count(BURLINGTON, "--json")
    told = json.loads(out)
    assert (told["rule"], told["winners"], len(told["rounds"])) == ("irv", ["K"], 3)
    assert err == ""


def test_the_file_that_the_docs_show_can_be_counted(count: Any, tmp_path: Path) -> None:
    path = tmp_path / "ballots.json"
    path.write_text(RULES.read_text().partition("```json\n")[2].partition("```")[0])
    assert count(path)[0].splitlines()[-1] == "Chosen: …"
    settings = ("--option", "elimination=batch", "--option", "reading.overvote=skip")
    told = json.loads(count(path, "--rule", "irv", *settings, "--json")[0])
    assert (told["winners"], told["valid"], told["void"], told["roll"]) == (["b"], 13, 1, 40)


def test_rule_seats_and_settings_can_be_chosen(count: Any) -> None:
    told = json.loads(
        count(BURLINGTON, "--rule", "stv", "--seats", "2", "--option", "decimals=2", "--json")[0]
    )
    assert (told["rule"], told["winners"]) == ("stv", ["W", "K"])
    other = json.loads(
        count(BURLINGTON, "--option", "elimination=one", "--option", "reading.skipped=exhaust",
              "--json")[0]
    )  # fmt: skip
    assert len(other["rounds"]) == 5


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_round_and_tie_is_said_in_words(count: Any, small: Any, language: str) -> None:
    out, _ = count(small(), "--rule", "irv", language=language)
    assert "마을의제" in out
    assert ("2차" if language == "ko" else "In round 1") in out or "1차" in out
    drawn, _ = count(small(), "--rule", "irv", "--lot", "b,a", language=language)
    assert "의자" in drawn.splitlines()[-1]
    assert ("추첨" if language == "ko" else "lot") in drawn


def test_pairs_and_surpluses_are_said(count: Any, small: Any) -> None:
    out, _ = count(small(), "--rule", "schulze", "--seats", "1")
    assert "보안등 2 : 2 의자" in out
    out, _ = count(BURLINGTON, "--rule", "schulze", "--seats", "1")
    assert "Beats every other: Andy Montroll" in out
    out, _ = count(BURLINGTON, "--rule", "stv", "--seats", "2")
    assert "Surplus passed on:" in out


def picks(small: Any, **change: Any) -> Path:
    """A file of picks on the web and on paper: 3 to 1 there, 0 to 2 here."""
    ballots = [
        {"marks": ["a"], "count": 3, "channel": "web"},
        {"marks": ["b"], "channel": "web"},
        {"marks": ["b"], "count": 2, "channel": "paper"},
    ]
    path: Path = small(ballot={"kind": "pick"}, ballots=ballots, **change)
    return path


def test_parts_are_said_with_their_weights_and_what_they_made_of_the_votes(
    count: Any, small: Any
) -> None:
    weights = {
        "parts": [{"part": "web", "weight": 70}, {"part": "paper", "weight": 30}],
        "as": "ballots",
        "empty": "void",
    }
    rule = {"name": "approval", "seats": 1, "weights": weights}
    out, _ = count(picks(small, rule=rule))
    at = out.splitlines().index("Web, weight 70")
    assert out.splitlines()[at : at + 7] == [
        "Web, weight 70",
        "  보안등  3  52.5 of 100",
        "  의자  1  17.5 of 100",
        "",
        "Paper, weight 30",
        "  보안등  0  0 of 100",
        "  의자  2  30 of 100",
    ]
    assert "온라인, 가중치 70" in count(picks(small, rule=rule), language="ko")[0]


def test_seats_by_part_are_said_with_whom_each_part_chose(count: Any, small: Any) -> None:
    parts = [{"part": "web", "seats": 1}, {"part": "paper", "seats": 1}]
    rule = {"name": "approval", "seats": 2, "seats_by": parts}
    out, _ = count(picks(small, rule=rule))
    at = out.splitlines().index("Web, seats: 1")
    assert out.splitlines()[at : at + 9] == [
        "Web, seats: 1",
        "  보안등  3",
        "  의자  1",
        "  Chosen: 보안등",
        "",
        "Paper, seats: 1",
        "  보안등  0",
        "  의자  2",
        "  Chosen: 의자",
    ]


def test_a_part_that_waits_for_a_tie_is_said(count: Any, small: Any) -> None:
    parts = [{"part": "paper", "seats": 1}, {"part": "web", "seats": 1}]
    rule = {"name": "approval", "seats": 2, "seats_by": parts}
    ballots = [
        {"marks": ["a"], "channel": "paper"},
        {"marks": ["b"], "channel": "paper"},
        {"marks": ["c"], "channel": "web"},
    ]
    options = [*SMALL["options"], {"key": "c", "title": "화단"}]
    path = small(ballot={"kind": "pick"}, options=options, ballots=ballots, rule=rule)
    out, _ = count(path)
    assert "  Waits until the tie before it is decided." in out.splitlines()


def test_missed_quorum_is_said(count: Any, small: Any) -> None:
    bar = '{"of": "fixed", "number": 9}'
    out, _ = count(small(), "--rule", "irv", "--option", f"quorum={bar}")
    assert "Quorum missed: 4 of 9" in out


def refused(run: Any, *arguments: Any) -> str:
    with pytest.raises(CommandError) as caught:
        run(*arguments)
    assert caught.value.returncode == 2
    return str(caught.value)


def test_mistakes_are_named_and_end_with_exit_code_two(
    count: Any, small: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    assert "no ballots that can" in refused(count, small(ballots=[{"marks": [["z"]]}]))
    said = capsys.readouterr().err
    assert "ballots[0].marks: There is no option “z”. Marks look like [[" in said
    refused(count, small(ballots=[{"marks": ["a"]}] * 60))
    assert capsys.readouterr().err.splitlines()[-1] == "… and 10 more."
    refused(count, small(), "--rule", "stv")
    assert "rule.seats: " in capsys.readouterr().err
    refused(count, small())
    assert "rule.rule: There is no counting rule “”. Choose one of: " in capsys.readouterr().err
    refused(count, small(), "--rule", "irv", "--option", "seats=2")
    assert "knows no setting “seats”. Choose from: elimination" in capsys.readouterr().err
    assert "KEY=VALUE" in refused(count, small(), "--rule", "irv", "--option", "ties")
    assert "--lot" in refused(count, small(), "--rule", "irv", "--lot", "a,z")
    assert "No such file" in refused(count, tmp_path / "missing.json")
    (tmp_path / "broken.json").write_text("{")
    assert "no ballots that can" in refused(count, tmp_path / "broken.json")
    assert capsys.readouterr().err.splitlines()[-1].startswith("1:2: From this line")
    weights = '{"parts": [{"part": "web", "weight": 100}], "as": "ballots", "empty": "void"}'
    picks = small(ballot={"kind": "pick"}, ballots=[{"marks": ["a"], "channel": "post"}])
    assert "post" in refused(count, picks, "--rule", "approval", "--option", f"weights={weights}")


def test_gzipped_file_is_read_and_a_broken_one_refused(
    count: Any, small: Any, tmp_path: Path
) -> None:
    packed = tmp_path / "small.json.gz"
    packed.write_bytes(gzip.compress(small().read_bytes()))
    assert json.loads(count(packed, "--rule", "irv", "--json")[0])["valid"] == 4
    packed.write_bytes(packed.read_bytes()[:-20])
    assert "damaged or incomplete" in refused(count, packed, "--rule", "irv")


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (7, "7"),
        ("7/2", "3.5"),
        ("68086431/50000", "1361.72862"),
        ("155/3", "155/3"),
        (1000, "1000"),
    ],
)
def test_exact_numbers_are_decimal_where_they_can_be(number: int | str, words: str) -> None:
    assert decimal(number) == words
