"""Reading: every format it promises, and each fault by its line."""

from __future__ import annotations

import gzip
import io
from fractions import Fraction
from pathlib import Path

import pytest

from budgets.pabulib import PabulibError, PabulibReading, problems, read_pabulib, reader

DATA = Path(__file__).parents[2] / "data" / "pabulib"
PLAIN = (DATA / "approval_greedy.pb").read_text(encoding="utf-8")


def errors_of(text: str | bytes) -> list[str]:
    with pytest.raises(PabulibError) as caught:
        read_pabulib(text)
    return [str(problem) for problem in caught.value.problems]


def changed(old: str, new: str, name: str = "approval_greedy.pb") -> str:
    text = (DATA / name).read_text(encoding="utf-8")
    assert text.count(old) == 1
    return text.replace(old, new)


def warnings_of(text: str) -> list[str]:
    return [str(problem) for problem in read_pabulib(text).warnings]


# --- What it takes ---


@pytest.mark.parametrize(
    "source",
    [
        PLAIN,
        "\ufeff" + PLAIN,
        PLAIN.encode(),
        PLAIN.encode("utf-8-sig"),
        gzip.compress(PLAIN.encode("utf-8-sig")),
        PLAIN.replace("\n", "\r\n"),
        PLAIN.replace("\n", "\r"),
        PLAIN.replace("\n", "\n\n"),
        PLAIN.replace("\n", ";;;\n"),
        PLAIN.replace("PROJECTS", "projects").replace("VOTES", "Votes"),
        PLAIN.rstrip("\n"),
    ],
    ids=[
        *("text", "text-bom", "bytes", "bytes-bom", "gzip", "crlf", "cr", "blank-lines"),
        *("empty-cells", "titles-in-any-case", "no-last-newline"),
    ],
)
def test_the_same_election_in_any_dress(source: str | bytes) -> None:
    assert read_pabulib(source) == read_pabulib(PLAIN)


def test_an_open_file_is_read_too() -> None:
    assert read_pabulib(io.BytesIO(gzip.compress(PLAIN.encode()))) == read_pabulib(PLAIN)


def test_a_plain_file_gives_all_its_parts() -> None:
    reading = read_pabulib(PLAIN)
    election = reading.election
    assert reading.warnings == ()
    assert election.budget == 10_000_000
    assert election.vote_type == "approval"
    assert election.rule == "greedy"
    assert [project.project_id for project in election.projects] == ["A", "B", "C", "D"]
    first = election.projects[0]
    assert (first.cost, first.votes, first.selected) == (5_000_000, 6, 1)
    assert first.extra == {"category": "공원,안전"}
    assert election.ballots[1].voter_id == "v2"
    assert election.ballots[1].choices == ("A", "B", "C")
    assert election.ballots[1].extra == {"age": "51", "voting_method": "paper"}


def test_quotes_spaces_odd_columns_and_unknown_keys_are_understood() -> None:
    election = read_pabulib((DATA / "bom_crlf_quotes.pb").read_bytes()).election
    assert election.meta["my_key"] == "a;b"
    assert [project.name for project in election.projects] == ['쉼터; "햇살" 1호', "둘째   사업"]
    assert [ballot.choices for ballot in election.ballots] == [("A", "B"), ("A",)]
    assert election.ballots[0].extra == {"note": "two lines"}


def test_decimals_are_exact() -> None:
    election = read_pabulib((DATA / "cumulative_decimals.pb").read_bytes()).election
    assert election.budget == Fraction(2001, 2)
    assert election.projects[0].cost == Fraction(1601, 4)
    assert election.ballots[0].points == (Fraction(7, 2), Fraction(3, 2))


def test_a_blank_ballot_is_a_ballot() -> None:
    election = read_pabulib((DATA / "scoring_default.pb").read_bytes()).election
    assert election.ballots[2].choices == ()


def test_a_value_with_a_semicolon_and_no_quotes_is_kept_whole_in_meta() -> None:
    text = changed("unit;가람구", "unit;가람구; 동부")
    assert read_pabulib(text).election.meta["unit"] == "가람구;동부"


# --- What it refuses ---


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("bad_cost.pb", ["line 21: cost: “삼백만” is not a plain number"]),
        ("bare_semicolon.pb", ["line 21: 7 cells in 6 columns"]),
        (
            "duplicate_project.pb",
            [
                "line 22: “B” stands already on line 21",
                *(f"line {line}: There is no project “C”" for line in (27, 29, 31)),
            ],
        ),
        ("duplicate_voter.pb", ["line 30: “v3” stands already on line 28"]),
        ("missing_column.pb", ["line 19: Missing columns: cost"]),
        ("negative_cost.pb", ["line 21: cost: “-1” is negative"]),
        ("no_budget.pb", ["META must state budget"]),
        ("no_votes_section.pb", ["Missing sections: VOTES"]),
        ("not_utf8.pb", ["line 3: This is not UTF-8 text"]),
        ("open_quote.pb", ["line 21: A quotation mark is opened here and never closed"]),
        (
            "sections_swapped.pb",
            [f"line {line}: The sections must come in the order" for line in (18, 27)],
        ),
        (
            "several.pb",
            [
                "line 23: cost: “x” is not a plain number",
                "line 28: There is no project “Z”",
                "line 30: “v4” stands already on line 29",
            ],
        ),
        ("thousands_comma.pb", ["line 21: cost: “3,000” is not a plain number"]),
        ("too_many_choices.pb", ["line 28: Names 4 projects, but at most 3 are allowed"]),
        ("unknown_project.pb", ["line 28: There is no project “Z”"]),
        ("unknown_vote_type.pb", ["line 10: There is no vote_type “thumbs”; known are: approval"]),
    ],
)
def test_each_fault_is_named_by_its_line(name: str, expected: list[str]) -> None:
    found = errors_of((DATA / "broken" / name).read_bytes())
    assert len(found) == len(expected)
    for message, beginning in zip(found, expected, strict=True):
        assert message.startswith(beginning)


def test_every_broken_file_is_covered() -> None:
    marks = test_each_fault_is_named_by_its_line.pytestmark  # type: ignore[attr-defined]  # pytest
    listed = {name for name, _ in marks[0].args[1]}
    assert listed == {path.name for path in (DATA / "broken").iterdir()}


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        ("approval_greedy.pb", "META\n", "hello\nMETA\n", "line 1: The file must begin with META"),
        ("approval_greedy.pb", "country;", ";", "line 4: A value without a key"),
        ("approval_greedy.pb", "unit;", "country;", "line 5: “country” stands already on line 4"),
        ("approval_greedy.pb", "max_length;3", "max_length;3.5", "line 15: max_length: “3.5” is"),
        ("approval_greedy.pb", "C;4000000", ";4000000", "line 22: A project needs a project_id"),
        ("approval_greedy.pb", "C;4000000", '"C,1";4000000', "line 22: A project needs a project_"),
        (
            "approval_greedy.pb",
            "B;3000000;4",
            "B;3000000;-4",
            "line 21: votes: “-4” is not a whole",
        ),
        ("approval_greedy.pb", "안전;1\nC", "안전;ja\nC", "line 21: selected: “ja” is not a plain"),
        ("approval_greedy.pb", "v3;A;", ";A;", "line 28: A ballot needs a voter_id"),
        ("approval_greedy.pb", "name;category", "name;name", "line 19: Each column needs a name"),
        (
            "approval_greedy.pb",
            "VOTES\n",
            "VOTES\nvoter_id;vote\nVOTES\n",
            "line 26: “VOTES” stands",
        ),
        ("choose_one.pb", "b;1", "b;1,2", "line 24: Names 2 projects, but at most 1 are allowed"),
        ("ordinal.pb", "1;X,Y,Z", "1;X,X,Z", "line 24: Names X more than once"),
        (
            "cumulative_decimals.pb",
            "3.5,1.5",
            "3.5",
            "line 25: Names 2 projects, but gives 1",
        ),
        (
            "cumulative_decimals.pb",
            "3.5,1.5",
            "3.5,b",
            "line 25: points: “b” is not a plain number",
        ),
        ("cumulative_decimals.pb", "3.5,1.5", "6,1.5", "line 25: Gives more than 5 points to one"),
        ("cumulative_decimals.pb", "3.5,1.5", "3.5,-1", "line 25: Gives negative points"),
        ("cumulative_decimals.pb", "vote;points", "vote", "line 24: Missing columns: points"),
    ],
)
def test_a_fault_in_a_sound_file_is_named(name: str, old: str, new: str, expected: str) -> None:
    assert errors_of(changed(old, new, name))[0].startswith(expected)


@pytest.mark.parametrize("text", ["", "\n\n", "nonsense"])
def test_what_is_no_such_file_at_all_is_refused(text: str) -> None:
    assert errors_of(text)[0] == "Missing sections: META, PROJECTS, VOTES."


def test_a_damaged_gzip_file_is_refused() -> None:
    packed = gzip.compress(PLAIN.encode())
    assert errors_of(packed[:-20]) == ["The compressed file is damaged or incomplete."]


def test_a_file_that_unpacks_too_large_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reader, "MAX_BYTES", 2**20)
    bomb = gzip.compress(bytes(2**20 + 1))
    assert errors_of(bomb) == ["The file is larger than 1 MB."]


def test_a_quote_that_swallows_a_section_is_named_where_it_opens() -> None:
    text = changed("골목 조명 교체", '"골목 조명 교체').replace("v7;", 'v7";')
    assert errors_of(text) == ["line 21: A quotation mark is opened here and never closed."]


def test_reading_stops_after_too_many_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(problems, "MAX_PROBLEMS", 3)
    text = PLAIN.replace(";A", ";Q")
    assert errors_of(text) == [
        "Reading stopped after 3 errors.",
        *(f"line {line}: There is no project “Q”." for line in (26, 27, 28)),
    ]


def test_a_fault_prints_its_place() -> None:
    with pytest.raises(PabulibError, match="line 28: There is no project “Z”"):
        read_pabulib((DATA / "broken" / "unknown_project.pb").read_bytes())


# --- What it warns of ---


@pytest.mark.parametrize(
    ("name", "old", "new", "expected"),
    [
        (
            "approval_greedy.pb",
            "num_votes;7",
            "num_votes;8",
            "line 8: num_votes is 8, but the file",
        ),
        (
            "approval_greedy.pb",
            "num_projects;4",
            "num_projects;3",
            "line 7: num_projects is 3, but",
        ),
        (
            "approval_greedy.pb",
            "A;5000000;6",
            "A;5000000;5",
            "line 20: votes of A is 5; its ballots",
        ),
        ("ordinal.pb", "X;50;2;4", "X;50;2;9", "line 20: score of X is 9; its ballots give 4"),
        (
            "approval_greedy.pb",
            "v3;A",
            "v3;A,A",
            "line 28: Names A more than once; it is counted on",
        ),
        (
            "approval_greedy.pb",
            "v3;A",
            "v3;",
            "line 28: Names 0 projects, but at least 1 are asked",
        ),
        ("approval_greedy.pb", "unit;가람구\n", "", "META does not state: unit."),
        (
            "approval_greedy.pb",
            "D;2000000",
            "D;2000000,0",
            "line 23: cost: the comma in “2000000,0”",
        ),
        (
            "approval_greedy.pb",
            "max_length;3",
            "max_sum_cost;9000000",
            "line 29: Names projects for 11000000 in all, outside",
        ),
        (
            "cumulative_decimals.pb",
            "3.5,1.5",
            "4,1.5",
            "line 20: score of P is 5.5; its ballots give 6.",
        ),
        (
            "cumulative_decimals.pb",
            "max_sum_points;5",
            "max_sum_points;4",
            "line 25: Gives 5 points in all, outside",
        ),
        (
            "scoring_default.pb",
            "default_score;1",
            "min_points;0",
            "line 23: Gives less than 0 points to one project.",
        ),
        (
            "ordinal.pb",
            "language;ko",
            "scoring_fn;Dowdall",
            "line 15: scoring_fn is kept, but the count does not follow it.",
        ),
        (
            "approval_greedy.pb",
            "language;ko",
            "budget_per_category;1,2",
            "line 16: budget_per_category is kept, but the count does not follow it.",
        ),
    ],
)
def test_what_only_looks_wrong_is_a_warning(name: str, old: str, new: str, expected: str) -> None:
    assert any(warning.startswith(expected) for warning in warnings_of(changed(old, new, name)))


def test_a_project_named_twice_on_an_approval_ballot_counts_once() -> None:
    reading: PabulibReading = read_pabulib(changed("v3;A", "v3;A,A"))
    assert reading.election.ballots[2].choices == ("A",)


def test_borda_is_what_the_count_follows_anyway() -> None:
    assert warnings_of(changed("language;ko", "scoring_fn;Borda", "ordinal.pb")) == []


def test_warnings_beyond_the_limit_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(problems, "MAX_PROBLEMS", 2)
    text = changed("max_length;3", "max_sum_cost;1")
    found = warnings_of(text)
    assert len(found) == 3
    assert found[-1] == "5 further warnings are not listed."
