"""The command line: counts without a database, in words and as JSON.

No test here may use the database, so each of them shows that the command does not.
"""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

ROOT = Path(__file__).parents[4]
DATA = ROOT / "tests" / "data" / "pabulib"


@pytest.fixture
def count(capsys: pytest.CaptureFixture[str]) -> Any:  # Any: a function with free options
    """Run the command on one of our files and return what it printed to stdout and stderr."""

    def run(name: str, *options: str, language: str = "en") -> tuple[str, str]:
        call_command("count_pabulib", str(DATA / name), "--language", language, *options)
        return capsys.readouterr()

    return run


def test_json_holds_rule_winners_cost_and_ties(count: Any) -> None:
    out, err = count("approval_greedy.pb", "--json")
    assert json.loads(out) == {
        "rule": "greedy",
        "winners": ["A", "B", "D"],
        "cost": 10_000_000,
        "ties": [],
    }
    assert err == ""


def test_json_reports_a_tie_that_mattered(count: Any) -> None:
    [tie] = json.loads(count("tie_drawn_otherwise.pb", "--json")[0])["ties"]
    assert tie["projects"] == ["B", "C"]
    assert tie["mattered"] is True
    assert tie["decided_by"] == ["lower_cost"]


@pytest.mark.parametrize(
    ("rule", "name", "winners"),
    [
        ("auto", "greedy-no-skip", ["A"]),
        ("greedy", "greedy", ["A", "C"]),
        ("greedy_noskip", "greedy-no-skip", ["A"]),
    ],
)
def test_the_rule_can_be_chosen_and_the_minimum_of_the_file_applies(
    count: Any, rule: str, name: str, winners: list[str]
) -> None:
    data = json.loads(count("no_skip_threshold.pb", "--rule", rule, "--json")[0])
    assert (data["rule"], data["winners"]) == (name, winners)


def test_a_gzipped_file_is_counted(tmp_path: Path, count: Any) -> None:
    packed = tmp_path / "election.pb.gz"
    packed.write_bytes(gzip.compress((DATA / "ordinal.pb").read_bytes()))
    assert json.loads(count(str(packed), "--json")[0])["winners"] == ["Y", "Z"]


def test_a_lot_decides_an_open_tie(count: Any) -> None:
    assert json.loads(count("tie_undecided.pb", "--json")[0])["winners"] == ["A"]
    drawn = json.loads(count("tie_undecided.pb", "--lot", "C, B", "--json")[0])
    assert drawn["winners"] == ["A", "C"]


@pytest.mark.parametrize("lot", ["B,Q", "B,B"])
def test_a_lot_of_unknown_or_repeated_projects_is_refused(count: Any, lot: str) -> None:
    with pytest.raises(CommandError, match="each of them once"):
        count("tie_undecided.pb", "--lot", lot)


def test_the_report_in_english(count: Any) -> None:
    out, _ = count("approval_greedy.pb")
    assert out.splitlines() == [
        "가람구 주민참여예산 greedy approval",
        "Rule: greedy, by votes; a project that does not fit is passed over",
        "  The project with the most votes comes first.",
        "  A project that costs more than what is left is passed over, and the count goes on.",
        "  With equal votes the cheaper project comes first.",
        "  If they are still equal, a public lot is drawn.",
        "Budget 10,000,000, 7 ballots, 4 projects",
        "Funded: 3 for 10,000,000, 0 is left",
        "",
        "A  6  5,000,000  마을 쉼터 그늘막",
        "B  4  3,000,000  골목 조명 교체",
        "D  2  2,000,000  버스 정류장 의자",
        "",
        "The result is the one recorded in the file.",
    ]


def test_the_report_in_korean(count: Any) -> None:
    out, _ = count("no_skip_threshold.pb", language="ko")
    assert "예산 1,000, 투표 5건, 사업 4개" in out
    assert "파일에 기록된 결과와 같습니다." in out


def test_more_words_give_every_project_its_reason(count: Any) -> None:
    out, _ = count("no_skip_threshold.pb", "-v", "2")
    assert "Costs 500, but only 400 was left." in out
    assert "Counting had stopped at the first project that did not fit." in out
    assert "Reached 1, below the minimum of 2." in out


@pytest.mark.parametrize(
    ("name", "options", "line"),
    [
        ("tie_undecided.pb", [], "Tie at 2: undecided; a draw decides between B, C."),
        ("tie_undecided.pb", ["--lot", "B,C"], "Tie at 2: B, C. It mattered; the lot decided."),
        (
            "tie_drawn_otherwise.pb",
            [],
            "Tie at 2: B, C. It mattered; the lower cost came first.",
        ),
        (
            "tie_drawn_otherwise.pb",
            [],
            "It follows from the same rule, with a tie broken otherwise.",
        ),
        ("tie_drawn_otherwise.pb", [], "Funded in the file only: B"),
        ("tie_drawn_otherwise.pb", [], "Funded here only: C"),
        ("no_skip_threshold.pb", ["--rule", "greedy"], "The file records another result."),
        (
            "custom_codes.pb",
            [],
            "Note: The file's own rule has additions that it describes only in words.",
        ),
        ("no_skip_threshold.pb", [], "Minimum: 2"),
    ],
)
def test_the_report_tells_what_matters(
    count: Any, name: str, options: list[str], line: str
) -> None:
    assert line in count(name, *options)[0].splitlines()


def test_a_tie_that_all_survive_is_told(tmp_path: Path, count: Any) -> None:
    text = (DATA / "tie_undecided.pb").read_text(encoding="utf-8")
    rich = tmp_path / "rich.pb"
    rich.write_text(text.replace("budget;100", "budget;160"), encoding="utf-8")
    assert "Tie at 2: B, C. The order makes no difference." in count(str(rich))[0]


def test_a_tie_of_equal_shares_that_ends_alike_whoever_is_drawn_is_told(
    tmp_path: Path, count: Any
) -> None:
    alike = tmp_path / "alike.pb"
    alike.write_text(
        "META\nkey;value\nbudget;6\nvote_type;approval\n"
        "PROJECTS\nproject_id;cost\nA;1\nB;1\nC;1\nD;1\n"
        "VOTES\nvoter_id;vote\n1;A\n2;D\n3;B,C\n4;A,B,C,D\n",
        encoding="utf-8",
    )
    out, _ = count(str(alike), "--rule", "equal_shares", "--completion", "none", "--tie", "")
    assert out.endswith("\n\nTie at 2: A, B, C, D. The order makes no difference.\n")


def test_figures_with_decimals_and_signs_are_readable(tmp_path: Path, count: Any) -> None:
    text = (DATA / "scoring_default.pb").read_text(encoding="utf-8")
    minus = tmp_path / "minus.pb"
    minus.write_text(text.replace("-2,4", "-1234.5,4"), encoding="utf-8")
    assert "M  -1,232.5  6  정원" in count(str(minus), "-v", "2")[0]


def test_a_malformed_file_is_refused_with_each_line_on_stderr(
    capsys: pytest.CaptureFixture[str], count: Any
) -> None:
    with pytest.raises(CommandError, match="cannot be counted") as refused:
        count("broken/several.pb", "--json")
    assert refused.value.returncode == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert [line.partition(": ")[0] for line in err.splitlines()] == [
        "line 23",
        "line 28",
        "line 30",
    ]


def test_problems_are_told_in_korean_too(capsys: pytest.CaptureFixture[str], count: Any) -> None:
    with pytest.raises(CommandError, match="집계할 수 없습니다"):
        count("broken/unknown_project.pb", language="ko")
    assert "28번째 줄: “Z” 사업이 없습니다." in capsys.readouterr().err


def test_warnings_go_to_stderr_and_do_not_stop_the_count(tmp_path: Path, count: Any) -> None:
    text = (DATA / "approval_greedy.pb").read_text(encoding="utf-8")
    odd = tmp_path / "odd.pb"
    odd.write_text(text.replace("num_votes;7", "num_votes;8"), encoding="utf-8")
    out, err = count(str(odd), "--json")
    assert json.loads(out)["winners"] == ["A", "B", "D"]
    assert err == "line 8: num_votes is 8, but the file has 7.\n"


@pytest.mark.parametrize(
    "options",
    [
        ["--rule", "greedy"],
        ["--rule", "equal_shares"],
        ["--rule", "equal_shares", "--completion", "none", "--then-greedy"],
    ],
)
def test_a_rule_that_is_not_known_is_told_and_another_may_be_chosen(
    count: Any, options: list[str]
) -> None:
    with pytest.raises(CommandError, match="The rule of this election is not known") as refused:
        count("unknown_rule.pb")
    assert refused.value.returncode == 2
    assert json.loads(count("unknown_rule.pb", *options, "--json")[0])["winners"] == ["A"]


def test_json_of_equal_shares_has_the_same_four_keys_and_its_variant(count: Any) -> None:
    data = json.loads(count("equal_shares.pb", "--json")[0])
    variant = data.pop("options")
    assert data == {"rule": "equalshares/add1", "winners": ["A"], "cost": 60, "ties": []}
    assert variant == {
        "rule": "equal_shares",
        "utility": "cost",
        "completion": "add1_overspend",
        "then_greedy": False,
        "step": 1,
        "step_of": "money",
        "comparison": False,
        "threshold": None,
        "tie": ["lower_cost", "more_votes"],
    }
    named = json.loads(count("equal_shares.pb", "--rule", "equal_shares", "--json")[0])
    assert named.pop("options") == {**variant, "step": "0.002", "step_of": "share"}
    assert named == {**data, "rule": "equal_shares"}


def test_the_report_says_which_variant_of_equal_shares_was_counted(count: Any) -> None:
    options = ["--utility", "cardinality", "--completion", "add1_exhaustive", "--step", "12.5"]
    out, _ = count("equal_shares.pb", *options, "--then-greedy", "--comparison", "--tie", "")
    assert out.splitlines()[2:9] == [
        "  Every voter has the same share of the money; supporters of a project pay it together.",
        (
            "  Every funded project is worth the same: "
            "the one that costs each of its supporters the least comes next."
        ),
        (
            "  The shares then grow by 12.5 won from run to run, "
            "until no further project can be paid for."
        ),
        "  What is still left is spent by votes.",
        "  If more voters have more funded projects in the outcome by votes, that one counts.",
        "  Where projects are equal and the order matters, a public lot is drawn.",
        "Budget 100, 2 ballots, 2 projects",
    ]


def test_the_report_says_what_points_and_conditions_change(count: Any) -> None:
    out, _ = count("points.pb", "--threshold", "2", "--outside", "80", "--exclude", "P,R")
    for line in (
        "  The project with the most points comes first.",
        (
            "  If what is left pays 80% of a project or more, it is funded all the same; "
            "the rest comes from outside the budget."
        ),
        "  Only one of these is funded: P, R.",
        "Minimum: 2",
    ):
        assert line in out.splitlines()
    points, _ = count("points.pb", "--rule", "equal_shares", "--utility", "points", language="ko")
    assert "점수" in points.splitlines()[3]


@pytest.mark.parametrize(
    "name",
    [
        "approval_greedy.pb",
        "choose_one.pb",
        "cumulative_decimals.pb",
        "ordinal.pb",
        "scoring_default.pb",
    ],
)
@pytest.mark.parametrize("utility", ["cost", "cardinality", "points"])
def test_ballots_of_every_kind_are_counted_by_equal_shares(
    count: Any, name: str, utility: str
) -> None:
    if utility == "points" and name in {"approval_greedy.pb", "choose_one.pb"}:
        with pytest.raises(CommandError, match="the ballots of the file have none"):
            count(name, "--rule", "equal_shares", "--utility", utility)
        return
    for completion in ("none", "add1_exhaustive", "add1_overspend"):
        options = ["--rule", "equal_shares", "--utility", utility, "--completion", completion]
        data = json.loads(count(name, *options, "--then-greedy", "--json")[0])
        assert data["winners"]


@pytest.mark.parametrize(
    ("options", "first", "runs"),
    [(["--step", "1/10"], "50", 7), (["--step", "1"], "50", 31), (["--step", "12.5"], "50", 4)],
)
def test_the_step_is_an_amount_or_a_part_of_the_share(
    count: Any, options: list[str], first: str, runs: int
) -> None:
    out = count("equal_shares.pb", "--rule", "equal_shares", *options)[0]
    assert f"Share of each voter: {first}, in the end " in out
    assert f"; runs: {runs}\n" in out


@pytest.mark.parametrize(
    ("options", "why"),
    [
        (["--utility", "cost"], "--utility is an option of equal shares"),
        (["--then-greedy"], "--then-greedy is an option of equal shares"),
        (["--rule", "equal_shares", "--outside", "80"], "--outside is an option of greedy"),
        (["--rule", "equal_shares", "--step", "0"], "--step must be more than 0"),
        (["--rule", "equal_shares", "--step=-1/2"], "--step must be more than 0"),
        (
            ["--rule", "equal_shares", "--completion", "none", "--step", "1"],
            "--step changes nothing in a single run",
        ),
        (["--rule", "equal_shares", "--step", "a lot"], "“a lot” is not a number"),
        (["--rule", "equal_shares", "--step", "1/0"], "“1/0” is not a number"),
        (["--threshold", "1.5"], "“1.5” is not a whole number"),
        (["--threshold", "101%"], "at most 100"),
        (["--outside", "100%"], "less than 100"),
        (["--exclude", "A"], "two or more projects"),
        (["--exclude", "A,A"], "each of them once"),
        (["--exclude", "A,Q"], "projects of the file"),
        (["--tie", "oldest"], "these orders, each of them once: lower_cost, more_votes"),
        (["--tie", "lower_cost,lower_cost"], "each of them once"),
        (["--outside", "0"], "more than 0 and at most 100"),
    ],
)
def test_options_that_cannot_be_meant_are_refused(count: Any, options: list[str], why: str) -> None:
    with pytest.raises(CommandError, match=why) as refused:
        count("approval_greedy.pb", *options)
    assert refused.value.returncode == 2


def test_options_without_effect_are_refused_in_korean_too(count: Any) -> None:
    with pytest.raises(CommandError, match="--step은 0보다 커야 합니다"):
        count("equal_shares.pb", "--step", "0", language="ko")
    with pytest.raises(CommandError, match="--utility points"):
        count("equal_shares.pb", "--utility", "points", language="ko")


@pytest.mark.parametrize(
    ("options", "winners"),
    [
        (["--threshold", "4"], ["A", "B"]),
        (["--threshold", "80%"], ["A"]),
        (["--exclude", "A,B"], ["A", "C"]),
        (["--exclude", "A,B", "--exclude", "A,C"], ["A", "D"]),
        (["--outside", "50"], ["A", "B", "C"]),
    ],
)
def test_conditions_of_the_command_line_apply(
    count: Any, options: list[str], winners: list[str]
) -> None:
    data = json.loads(count("approval_greedy.pb", *options, "--json")[0])
    assert data["winners"] == winners


def test_no_order_leaves_a_tie_open_and_more_votes_may_be_one(count: Any) -> None:
    undecided = json.loads(count("tie_drawn_otherwise.pb", "--tie", "", "--json")[0])
    assert undecided["ties"][0]["contested"] == ["B", "C"]
    still = json.loads(count("tie_drawn_otherwise.pb", "--tie", "more_votes", "--json")[0])
    assert still["ties"][0]["contested"] == ["B", "C"]


def test_the_report_tells_of_shares_comparison_and_money_from_outside(count: Any) -> None:
    out = count("equal_shares.pb", "--comparison", "-v", "2", "--rule", "equal_shares")[0]
    assert "Voters with more funded projects: equal shares 0, greedy 0" in out
    assert "Costs 50, but its supporters had only" in out
    assert "From outside: " in count("approval_greedy.pb", "--outside", "50")[0]


def test_a_missing_file_is_refused(count: Any) -> None:
    with pytest.raises(CommandError, match=r"nowhere\.pb: No such file") as refused:
        count("nowhere.pb")
    assert refused.value.returncode == 2


def test_it_runs_where_no_database_can_be_reached() -> None:
    """The real command in a process of its own, with its exit codes."""
    environment = {**os.environ, "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}

    def run(name: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # noqa: S603 - our own command on our own file
            [sys.executable, "manage.py", "count_pabulib", str(DATA / name), "--json"],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )

    counted, refused = run("approval_greedy.pb"), run("broken/bad_cost.pb")
    assert (counted.returncode, json.loads(counted.stdout)["cost"]) == (0, 10_000_000)
    assert (refused.returncode, refused.stdout) == (2, "")
