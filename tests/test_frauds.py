"""The verifier with contests of every rule: honest ones, and frauds named by their place."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from tests.factories.bundles import Town, agenda_town, pick_design, reseal, resign
from tests.factories.frauds import at, plain, put, where
from voting.ballots import BallotKind, Overpick
from voting.recount import RULES
from voting.verifier import Check, verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.factories.frauds import Files


def ranked(*rankings: str) -> list[str]:
    """Marks of rankings such as "abc", each with how many ballots have it: "abc12"."""
    found: list[str] = []
    for one in rankings:
        keys, number = one.rstrip("0123456789"), int(one.lstrip("abcde"))
        found += ["[" + ",".join(f'["{key}"]' for key in keys) + "]"] * number
    return found


KEYS = ("a", "b", "c", "d", "e")
RANKING = pick_design(KEYS, kind=BallotKind.RANK, max_picks=5)
SCORES = pick_design(KEYS, kind=BallotKind.SCORE, max_picks=5, score_max=5)
POINTS = pick_design(
    KEYS, kind=BallotKind.POINTS, max_picks=3, points=5, points_cap=5, overpick=Overpick.SCALE
)
WEB = ranked("abc20", "bca14", "cab11", "dca5", "e3")
PAPER = [ranked("bda8", "cda7", "ab5"), ['[["a","b"],["c"]]', '[["d"],[],["d"],["c"]]']]
READING = {"overvote": "skip", "skipped": "ignore", "repeated": "first"}
WEIGHTS: dict[str, Any] = {
    "parts": [
        {"part": "web", "weight": 50},
        {"part": "paper", "weight": 20},
        {"part": "committee", "weight": 30, "body": True},
    ],
    "as": "ballots",
    "empty": "spread",
}


def ranking_town(name: str, **settings: Any) -> Town:
    """Five options ranked on the web and on paper, where sheets hold what was written."""
    rule = {"name": name, "reading": READING, **settings}
    return Town(RANKING, rule, WEB, PAPER, void=1)


PICKS = agenda_town(paper=[['["b","d"]'] * 14, ['["a","d"]'] * 11])
RUNOFF = ranking_town("irv")
TRANSFER = ranking_town("stv", seats=2)
PAIRS = ranking_town("schulze", seats=1)
WEIGHED = replace(
    PICKS,
    rule={"name": "plurality", "seats": 2, "weights": WEIGHTS},
    bodies={"committee": {"a": 5, "d": 2}},
)
SCORED = Town(SCORES, {"name": "score", "seats": 1}, ['{"a":5,"b":2}'] * 12 + ['{"c":3}'] * 10)
GIVEN = Town(
    POINTS,
    {"name": "points", "seats": 2},
    ['{"a":3,"b":2}'] * 12,
    [['{"b":5,"c":4}'] * 11 + ["{}"]],
)
TURNS = replace(PICKS, rule={"name": "seq_phragmen", "seats": 3})
SHARED = replace(PICKS, rule={"name": "equal_shares", "seats": 3})
TOWNS = {
    "irv": RUNOFF,
    "irv_batch": ranking_town("irv", elimination="batch", stop="two"),
    "stv": TRANSFER,
    "schulze": PAIRS,
    "borda": ranking_town("borda", seats=1, unranked="average"),
    "approval": replace(PICKS, rule={"name": "approval", "seats": 2}),
    "seq_pav": replace(PICKS, rule={"name": "seq_pav", "seats": 3}),
    "seq_phragmen": TURNS,
    "equal_shares": SHARED,
    "score": SCORED,
    "score_weighed": replace(
        SCORED,
        paper=[['{"b":4}'] * 11],
        rule={"name": "score", "seats": 1, "weights": {**WEIGHTS, "as": "rank"}},
        bodies={"committee": {"c": 1}},
    ),
    "points": GIVEN,
    "weighed": WEIGHED,
    "part_empty": replace(WEIGHED, bodies={}),
    "part_void": replace(
        WEIGHED,
        bodies={},
        rule={"name": "plurality", "seats": 2, "weights": {**WEIGHTS, "empty": "void"}},
    ),
    "quorum_missed": replace(RUNOFF, rule={"name": "irv", "quorum": {"of": "roll"}}),
    "run_off_by_lot": Town(
        RANKING, {"name": "irv"}, ranked("a10", "b10"), lot=["b", "a", "c", "d", "e"]
    ),
    "run_off_undecided": Town(RANKING, {"name": "irv"}, ranked("a10", "b10")),
}


@pytest.mark.parametrize("publication", ["full", "patterns", "totals"])
@pytest.mark.parametrize("name", TOWNS)
def test_honest_contest_is_green(name: str, publication: str) -> None:
    files = replace(TOWNS[name], publication=publication).bundle()
    if name == "equal_shares" and publication != "full":  # the site freezes no such contest
        assert where(files) == "config.json publication"
        return
    check = Check(files)
    assert check.wrong is None
    assert len(check.steps) == 11
    assert verdict(check)[1].startswith("GREEN: ")


def test_every_rule_has_a_town_here_or_beside() -> None:
    names = {str(town.rule["name"]) for town in TOWNS.values()}
    assert names | {"yes_no", "projects"} == set(RULES)


def test_line_tells_the_channel_only_where_channels_have_weights() -> None:
    assert WEIGHED.bundle()["ballots.jsonl"].startswith(b'{"channel":"paper","marks":["a","d"]}\n')
    assert PICKS.bundle()["ballots.jsonl"].startswith(b'["a","b"]\n')
    patterns = replace(WEIGHED, publication="patterns").bundle()["patterns.csv"]
    assert b'\n{"channel":"web","marks":["b"]};12\n' in patterns


def first(data: bytes, old: bytes, new: bytes) -> bytes:
    assert old in data
    return data.replace(old, new, 1)


# What is done to which file of which contest, and the place that is named under a fitting manifest.
TALLY = "result.json tally"
FRAUDS: dict[str, tuple[Town, str, Callable[[bytes], bytes], str]] = {
    "transfer": (
        TRANSFER,
        "result.json",
        plain(at("tally", "rounds", 1, "votes", "b", to=30)),
        f"{TALLY}.rounds[1].votes.b",
    ),
    "whose surplus": (
        TRANSFER,
        "result.json",
        plain(at("tally", "rounds", 1, "transfer", to="b")),
        f"{TALLY}.rounds[1].transfer",
    ),
    "exhausted": (
        TRANSFER,
        "result.json",
        plain(at("tally", "rounds", 1, "exhausted", to=0)),
        f"{TALLY}.rounds[1].exhausted",
    ),
    "quota": (
        TRANSFER,
        "result.json",
        plain(at("tally", "options", 0, "need", to=20)),
        f"{TALLY}.options[a].need",
    ),
    "elimination": (
        RUNOFF,
        "result.json",
        plain(at("tally", "rounds", 0, "out", to=["d"])),
        f"{TALLY}.rounds[0].out[0]",
    ),
    "votes of a round": (
        RUNOFF,
        "result.json",
        plain(at("tally", "rounds", 1, "votes", "c", to=40)),
        f"{TALLY}.rounds[1].votes.c",
    ),
    "dropped round": (
        RUNOFF,
        "result.json",
        plain(lambda told: told["tally"]["rounds"].pop()),
        f"{TALLY}.rounds",
    ),
    "winner of the run-off": (
        RUNOFF,
        "result.json",
        plain(at("tally", "winners", to=["b"])),
        f"{TALLY}.winners[0]",
    ),
    "first votes": (
        RUNOFF,
        "result.json",
        plain(at("tally", "options", 3, "counts", "votes", to=26)),
        f"{TALLY}.options[d].counts.votes",
    ),
    "dropped rank": (
        RUNOFF,
        "ballots.jsonl",
        lambda data: first(data, b'[["e"]]\n', b"[[]]\n"),
        "ballots.jsonl:",
    ),
    "shortened ranking": (
        RUNOFF,
        "ballots.jsonl",
        lambda data: first(data, b'[["b"],["c"],["a"]]\n', b'[["b"],["c"]]\n'),
        "ballots.jsonl:",
    ),
    "swapped option": (
        RUNOFF,
        "ballots.jsonl",
        lambda data: first(data, b'[["b"],["c"],["a"]]', b'[["b"],["c"],["d"]]'),
        "ballots.jsonl",
    ),
    "stranger in a ranking": (
        RUNOFF,
        "ballots.jsonl",
        lambda data: first(data, b'[["e"]]\n', b'[["z"]]\n'),
        "ballots.jsonl:",
    ),
    "reading": (
        RUNOFF,
        "config.json",
        plain(at("rule", "reading", "overvote", to="exhaust")),
        "config.json",
    ),
    "pair": (
        PAIRS,
        "result.json",
        plain(at("tally", "pairs", "a", "b", to=50)),
        f"{TALLY}.pairs.a.b",
    ),
    "condorcet": (
        PAIRS,
        "result.json",
        plain(at("tally", "condorcet", to="d")),
        f"{TALLY}.condorcet",
    ),
    "load": (
        TURNS,
        "result.json",
        plain(at("tally", "rounds", 1, "loads", "c", to="1/20")),
        f"{TALLY}.rounds[1].loads.c",
    ),
    "price": (
        SHARED,
        "result.json",
        plain(at("tally", "rounds", 0, "prices", "d", to="1/20")),
        f"{TALLY}.rounds[0].prices.d",
    ),
    "money left": (
        SHARED,
        "result.json",
        plain(at("tally", "options", 2, "counts", "money", to=0)),
        f"{TALLY}.options[c].counts.money",
    ),
    "sum of scores": (
        SCORED,
        "result.json",
        plain(at("tally", "options", 2, "counts", "score", to=90)),
        f"{TALLY}.options[c].counts.score",
    ),
    "score too high": (
        SCORED,
        "ballots.jsonl",
        put(0, b'{"a":6,"b":2}\n'),
        "ballots.jsonl:1",
    ),
    "scaled points": (
        GIVEN,
        "result.json",
        plain(at("tally", "options", 1, "counts", "points", to=79)),
        f"{TALLY}.options[b].counts.points",
    ),
    "weight in the rule": (
        WEIGHED,
        "config.json",
        plain(at("rule", "weights", "parts", 0, "weight", to=60)),
        "config.json",
    ),
    "weight used": (
        WEIGHED,
        "result.json",
        plain(at("tally", "parts", 0, "weight", to=60)),
        f"{TALLY}.parts[0].weight",
    ),
    "points of a body in the log": (
        WEIGHED,
        "log.jsonl",
        lambda data: first(data, b'"points":{"a":5', b'"points":{"a":9'),
        "log.jsonl:",
    ),
    "points of a body in the result": (
        WEIGHED,
        "result.json",
        plain(at("tally", "parts", 2, "measures", "a", to=9)),
        f"{TALLY}.parts[2].measures.a",
    ),
    "weighted sum": (
        WEIGHED,
        "result.json",
        plain(at("tally", "options", 0, "counts", "weighted", to=50)),
        f"{TALLY}.options[a].counts.weighted",
    ),
    "channel of a ballot": (
        WEIGHED,
        "ballots.jsonl",
        lambda data: first(data, b'{"channel":"paper"', b'{"channel":"web"'),
        "ballots.jsonl:",
    ),
    "ballot without its channel": (
        WEIGHED,
        "ballots.jsonl",
        put(0, b'["a","d"]\n'),
        "ballots.jsonl:",
    ),
    "ballot of a body": (
        WEIGHED,
        "ballots.jsonl",
        put(0, b'{"channel":"committee","marks":["a","d"]}\n'),
        "ballots.jsonl:1",
    ),
    "lot": (
        TOWNS["run_off_by_lot"],
        "result.json",
        plain(at("tally", "tie_order", to=["a", "b", "c", "d", "e"])),
        f"{TALLY}.tie_order[0]",
    ),
    "hidden lot": (
        TOWNS["run_off_by_lot"],
        "result.json",
        plain(at("tally", "tie_order", to=None)),
        f"{TALLY}.tie_order",
    ),
    "claimed lot": (
        TOWNS["run_off_undecided"],
        "result.json",
        plain(at("tally", "ties", 0, "by", to="lot")),
        f"{TALLY}.ties[0].by",
    ),
}


@pytest.mark.parametrize("seal", [reseal, resign])
@pytest.mark.parametrize("name", FRAUDS)
def test_fraud_is_named_by_its_place(name: str, seal: Callable[[Files], Files]) -> None:
    town, file, change, place = FRAUDS[name]
    files = town.bundle()
    changed = {**files, file: change(files[file])}
    assert where(changed).startswith(f"{file}:")
    found = where(seal(changed))
    assert found.startswith(place)
    assert found != "manifest.sig"


@pytest.mark.parametrize("publication", ["patterns", "totals"])
@pytest.mark.parametrize(
    "name",
    [
        "whose surplus",
        "exhausted",
        "quota",
        "elimination",
        "winner of the run-off",
        "condorcet",
        "weight used",
        "points of a body in the result",
        "weighted sum",
        "lot",
        "claimed lot",
    ],
)
def test_decision_is_checked_by_the_figures_where_ballots_are_not_public(
    name: str, publication: str
) -> None:
    town, file, change, place = FRAUDS[name]
    files = replace(town, publication=publication).bundle()
    assert where(resign({**files, file: change(files[file])})).startswith(place)


def test_channel_with_another_number_of_ballots_is_named() -> None:
    files = WEIGHED.bundle()
    rows = files["ballots.jsonl"].splitlines()
    moved = sorted(
        row.replace(b'"paper"', b'"web"') if b'["a","d"]' in row else row for row in rows
    )
    changed = {**files, "ballots.jsonl": b"\n".join([*moved, b""])}
    assert where(resign(changed)) == "ballots.jsonl"


def test_pattern_of_a_channel_needs_three_voters_of_that_channel() -> None:
    files = replace(WEIGHED, publication="patterns").bundle()
    fewer = first(files["patterns.csv"], b'"marks":["b"]};12', b'"marks":["b"]};2')
    assert where(resign({**files, "patterns.csv": fewer})).startswith("patterns.csv:")
