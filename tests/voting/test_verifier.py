"""The verifier against frauds, and against the counting code that it was written apart from."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.factories.bundles import (
    PUBLIC_KEY,
    Town,
    agenda_town,
    budget_design,
    budget_town,
    pick_design,
    reseal,
    resign,
    sign,
    spend,
)
from tests.factories.frauds import Files, at, in_line, lines, plain, put, swap, where
from voting import verifier
from voting.ballots import BallotKind
from voting.bundle import verifier_file, zip_bundle
from voting.log import canonical, leaf_hash, tree_root
from voting.verifier import Check, main, roots, signed_by, verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from voting.reconcile import BatchCounts, ContestCounts
    from voting.tally.result import TallyResult

AGENDA, BUDGET = agenda_town(), budget_town()
TIED = budget_town(
    web=['["bench","lamp"]'] * 12 + ['["kerb"]'] * 12 + ['["room"]'] * 12,
    paper=[],
    allocation={"rule": "greedy", "skip": True, "threshold": None, "tie": [], "budget": 130},
)
DRAWN = replace(TIED, lot=["room", "lamp", "kerb", "bench"], outcome=None)
DRAWN = replace(DRAWN, outcome=spend(DRAWN))
SOURCE = Path(verifier.__file__)
COUNTING = sorted(SOURCE.parent.glob("recount*.py"))


# --- Honest contests ---


@pytest.mark.parametrize("publication", ["full", "patterns", "totals"])
@pytest.mark.parametrize(
    "town", [AGENDA, BUDGET, TIED, DRAWN], ids=["agenda", "budget", "tied", "drawn"]
)
def test_honest_contest_is_green(town: Town, publication: str) -> None:
    check = Check(replace(town, publication=publication).bundle())
    assert check.wrong is None
    assert len(check.steps) == 11
    korean, english = verdict(check)
    assert korean.startswith("초록: ")
    assert english.startswith("GREEN: ")
    assert ("다시 세어도" in korean) is (publication == "full")


YES_NO = pick_design(
    ("plan", "bus"), kind=BallotKind.YES_NO, min_picks=0, max_picks=2, abstain_allowed=True
)


@pytest.mark.parametrize(
    "town",
    [
        agenda_town(rule={"name": "plurality", "seats": None}),
        agenda_town(rule={"name": "plurality", "seats": 1, "quorum": {"of": "roll"}}),
        agenda_town(paper=[], void=0),
        agenda_town(web=[], superseded=0, voided=0),
        agenda_town(web=[], paper=[], void=0, superseded=0, voided=0),
        agenda_town(origin="imported"),
        Town(
            YES_NO,
            {"name": "yes_no", "majority": {"of": "valid", "share": "2/3"}},
            web=['{"bus":"no","plan":"yes"}'] * 30 + ['{"plan":"abstain"}'] * 12,
            paper=[['{"bus":"yes","plan":"no"}'] * 11 + ["{}"] * 10],
        ),
        agenda_town(
            web=['["a"]'] * 12 + ['["b"]'] * 12,
            paper=[],
            void=0,
            lot=["b", "a", "c", "d"],
            rule={"name": "plurality", "seats": 1},
        ),
        agenda_town(
            web=['["a"]'] * 12 + ['["b"]'] * 12,
            paper=[],
            void=0,
            rule={"name": "plurality", "seats": 1},
        ),
        budget_town(rule={"name": "projects", "quorum": {"of": "roll", "share": "1/20"}}),
    ],
    ids=[
        "ranked",
        "missed_quorum",
        "web_only",
        "paper_only",
        "empty",
        "imported",
        "yes_no",
        "lot",
        "tie",
        "quorum",
    ],
)
def test_other_kinds_of_honest_contests_are_green(town: Town) -> None:
    assert where(town.bundle()) == ""


def test_budget_whose_quorum_is_missed_has_no_allocation() -> None:
    rule: dict[str, Any] = {"name": "projects", "quorum": {"of": "roll"}}
    town = replace(BUDGET, rule=rule, outcome=None)
    assert where(town.bundle()) == ""
    assert where(replace(town, outcome=BUDGET.outcome).bundle()) == "allocation.json"


def test_withdrawn_project_is_passed_over_where_the_log_records_it() -> None:
    outcome = spend(BUDGET, ["lamp"])
    assert where(replace(BUDGET, outcome=outcome, withdrawn=["lamp"]).bundle()) == ""
    claimed = replace(BUDGET, outcome=outcome).bundle()
    assert where(claimed) == "allocation.json withdrawn"
    hidden = replace(BUDGET, withdrawn=["lamp"]).bundle()
    assert where(hidden) == "allocation.json withdrawn"


# --- Frauds: what somebody without the key can do, and what the site could do with it ---


Fraud = tuple[str, Town, str, "Callable[[bytes], bytes]", str, str]
# name, contest, file, what is done to it, place under the signed manifest, place when resealed
FRAUDS: list[Fraud] = [
    (
        "dropped ballot",
        AGENDA,
        "ballots.jsonl",
        lines(lambda rows: rows.pop(40)),
        "ballots.jsonl:45-48",
        "ballots",
    ),
    (
        "added ballot",
        AGENDA,
        "ballots.jsonl",
        lines(lambda rows: rows.insert(33, b'["a"]\n')),
        "ballots.jsonl:33-36",
        "ballots",
    ),
    (
        "changed ballot",
        AGENDA,
        "ballots.jsonl",
        put(13, b'["a","c"]\n'),
        "ballots.jsonl:13-16",
        "ballots.jsonl",
    ),
    (
        "swapped ballots",
        AGENDA,
        "ballots.jsonl",
        swap(5, 60),
        "ballots.jsonl:5-8",
        "ballots.jsonl:7",
    ),
    (
        "ballot with three picks",
        AGENDA,
        "ballots.jsonl",
        put(0, b'["a","b","c"]\n'),
        "ballots.jsonl:1-4",
        "ballots.jsonl:1",
    ),
    (
        "ballot for a stranger",
        AGENDA,
        "ballots.jsonl",
        put(85, b'["z"]\n'),
        "ballots.jsonl:85-86",
        "ballots.jsonl:86",
    ),
    (
        "spaced ballot",
        AGENDA,
        "ballots.jsonl",
        put(0, b'["a", "b"]\n'),
        "ballots.jsonl:1-4",
        "ballots.jsonl:1",
    ),
    (
        "cut last line",
        AGENDA,
        "ballots.jsonl",
        lambda data: data[:-1],
        "ballots.jsonl:85-86",
        "ballots.jsonl:86",
    ),
    (
        "option title",
        AGENDA,
        "config.json",
        plain(at("ballot", "options", 1, "title", to="x")),
        "config.json:1-1",
        "config.json",
    ),
    (
        "option cost",
        BUDGET,
        "config.json",
        plain(at("ballot", "options", 2, "cost", to=90)),
        "config.json:1-1",
        "config.json",
    ),
    (
        "budget",
        BUDGET,
        "config.json",
        plain(at("allocation", "budget", to=400)),
        "config.json:1-1",
        "config.json",
    ),
    (
        "allocation rule",
        BUDGET,
        "config.json",
        plain(at("allocation", "skip", to=False)),
        "config.json:1-1",
        "config.json",
    ),
    (
        "tie rule",
        BUDGET,
        "config.json",
        plain(at("allocation", "tie", to=[])),
        "config.json:1-1",
        "config.json",
    ),
    (
        "counting rule",
        AGENDA,
        "config.json",
        plain(at("rule", "seats", to=3)),
        "config.json:1-1",
        "config.json",
    ),
    (
        "quorum",
        AGENDA,
        "config.json",
        plain(at("rule", "quorum", to={"of": "roll"})),
        "config.json:1-1",
        "config.json",
    ),
    (
        "key",
        AGENDA,
        "config.json",
        plain(at("public_key", to="00" * 32)),
        "config.json:1-1",
        "config.json",
    ),
    (
        "publication",
        AGENDA,
        "config.json",
        plain(at("publication", to="totals")),
        "config.json:1-1",
        "config.json",
    ),
    (
        "config byte",
        AGENDA,
        "config.json",
        lambda data: data + b" ",
        "config.json:1-1",
        "config.json:1",
    ),
    (
        "result figure",
        AGENDA,
        "result.json",
        plain(at("tally", "options", 0, "counts", "votes", to=34)),
        "result.json:1-1",
        "reconciliation.json cells[a]",
    ),
    (
        "rank",
        AGENDA,
        "result.json",
        plain(at("tally", "options", 0, "rank", to=2)),
        "result.json:1-1",
        "result.json tally.options[a].rank",
    ),
    (
        "winner",
        AGENDA,
        "result.json",
        plain(at("tally", "winners", to=["b", "a"])),
        "result.json:1-1",
        "result.json tally.winners[1]",
    ),
    (
        "reason",
        AGENDA,
        "result.json",
        plain(at("tally", "options", 2, "reason", to="no_votes")),
        "result.json:1-1",
        "result.json tally.options[c].reason",
    ),
    (
        "turnout",
        AGENDA,
        "result.json",
        plain(at("tally", "turnout", to=90)),
        "result.json:1-1",
        "result.json tally.turnout",
    ),
    (
        "digest of the result",
        AGENDA,
        "result.json",
        plain(at("digest", to="0" * 64)),
        "result.json:1-1",
        "result.json digest",
    ),
    (
        "undecided tie",
        TIED,
        "allocation.json",
        plain(at("outcome", "undecided", to=[])),
        "allocation.json:1-1",
        "allocation.json outcome.undecided",
    ),
    (
        "allocation reason",
        BUDGET,
        "allocation.json",
        plain(at("outcome", "decisions", 3, "fate", to="below_threshold")),
        "allocation.json:1-1",
        "allocation.json outcome.decisions[room].fate",
    ),
    (
        "money left",
        BUDGET,
        "allocation.json",
        plain(at("outcome", "decisions", 3, "left", to=100)),
        "allocation.json:1-1",
        "allocation.json outcome.decisions[room].left",
    ),
    (
        "funded project",
        BUDGET,
        "allocation.json",
        plain(at("outcome", "winners", to=["lamp", "bench", "room"])),
        "allocation.json:1-1",
        "allocation.json outcome.winners[2]",
    ),
    (
        "lot",
        DRAWN,
        "allocation.json",
        plain(at("lot", to=["kerb", "lamp", "room", "bench"])),
        "allocation.json:1-1",
        "allocation.json outcome",
    ),
    (
        "roll",
        AGENDA,
        "reconciliation.json",
        plain(at("roll", to=288)),
        "reconciliation.json:1-1",
        "reconciliation.json roll = slots",
    ),
    (
        "slot",
        AGENDA,
        "reconciliation.json",
        plain(at("slots", "web", to=47)),
        "reconciliation.json:1-1",
        "reconciliation.json roll = slots",
    ),
    (
        "superseded ballots",
        AGENDA,
        "reconciliation.json",
        plain(at("web", "superseded", to=4)),
        "reconciliation.json:1-1",
        "reconciliation.json web.leaves = web.counted + web.superseded + web.voided",
    ),
    (
        "channel",
        AGENDA,
        "reconciliation.json",
        plain(at("channels", "web", "ballots", to=45)),
        "reconciliation.json:1-1",
        "reconciliation.json log.opened = web.ballots + paper.ballots",
    ),
    (
        "blank ballots",
        AGENDA,
        "reconciliation.json",
        plain(at("channels", "web", "blank", to=1)),
        "reconciliation.json:1-1",
        "reconciliation.json",
    ),
    (
        "cell",
        AGENDA,
        "reconciliation.json",
        plain(at("cells", "rows", "b", 0, "votes", to=19)),
        "reconciliation.json:1-1",
        "reconciliation.json cells[b]",
    ),
    (
        "sheets of a box",
        AGENDA,
        "reconciliation.json",
        plain(at("batches", 0, "sheets", to=27)),
        "reconciliation.json:1-1",
        "reconciliation.json batches[neuti-1] stubs = sheets + spoiled + returned + missing",
    ),
    (
        "valid sheets of a box",
        AGENDA,
        "reconciliation.json",
        plain(at("batches", 0, "valid", to=26)),
        "reconciliation.json:1-1",
        "reconciliation.json batches[neuti-1] sheets = valid + blank + void + unreadable",
    ),
    (
        "signatures of a box",
        AGENDA,
        "reconciliation.json",
        plain(at("batches", 1, "signatures", to=15)),
        "reconciliation.json:1-1",
        "reconciliation.json batches[neuti-2] signatures = stubs",
    ),
    (
        "balanced box",
        AGENDA,
        "reconciliation.json",
        plain(lambda told: told["batches"][0].update(valid=24, blank=2)),
        "reconciliation.json:1-1",
        "reconciliation.json batches[neuti-1]",
    ),
    (
        "missing box",
        AGENDA,
        "reconciliation.json",
        plain(lambda told: told["batches"].pop()),
        "reconciliation.json:1-1",
        "reconciliation.json batches ['neuti-2']",
    ),
    (
        "head root",
        AGENDA,
        "heads.jsonl",
        in_line(2, at("root", to="ab" * 32)),
        "heads.jsonl:1-4",
        "heads.jsonl:3",
    ),
    (
        "head size",
        AGENDA,
        "heads.jsonl",
        in_line(1, at("size", to=40)),
        "heads.jsonl:1-4",
        "heads.jsonl:2",
    ),
    (
        "head time",
        AGENDA,
        "heads.jsonl",
        in_line(1, at("at", to="2026-11-22T10:30:00+00:00")),
        "heads.jsonl:1-4",
        "heads.jsonl:2",
    ),
    (
        "last head",
        AGENDA,
        "heads.jsonl",
        lines(lambda rows: rows.pop()),
        "heads.jsonl:5-5",
        "log.jsonl:59",
    ),
    ("order of heads", AGENDA, "heads.jsonl", swap(1, 2), "heads.jsonl:1-4", "heads.jsonl:3"),
    ("order of leaves", AGENDA, "log.jsonl", swap(20, 30), "log.jsonl:21-24", "log.jsonl:3-53"),
    (
        "changed leaf",
        AGENDA,
        "log.jsonl",
        in_line(30, at("digest", to="0" * 64)),
        "log.jsonl:29-32",
        "log.jsonl:3-53",
    ),
    (
        "dropped leaf",
        AGENDA,
        "log.jsonl",
        lines(lambda rows: rows.pop(10)),
        "log.jsonl:9-12",
        "log.jsonl:3-53",
    ),
    (
        "leaf at the end",
        AGENDA,
        "log.jsonl",
        lines(lambda rows: rows.append(b'{"kind":"x"}\n')),
        "log.jsonl:57-60",
        "log.jsonl:60",
    ),
    (
        "last leaf",
        AGENDA,
        "log.jsonl",
        lines(lambda rows: rows.pop()),
        "log.jsonl:57-58",
        "log.jsonl:59-59",
    ),
    (
        "roll leaf",
        AGENDA,
        "log.jsonl",
        in_line(1, at("size", to=999)),
        "log.jsonl:1-4",
        "log.jsonl:1-2",
    ),
]
# The verifier also explains; nobody may change its words either.
BYSTANDERS = ["README.txt", "verify.py"]
IDS = [fraud[0].replace(" ", "_") for fraud in FRAUDS]


def test_every_fraud_has_a_name_of_its_own() -> None:
    assert len(set(IDS)) == len(FRAUDS) >= 20


@pytest.mark.parametrize(("_name", "town", "file", "change", "place", "_resealed"), FRAUDS, ids=IDS)
def test_altered_file_is_named_with_its_first_altered_lines(
    *,
    _name: str,
    town: Town,
    file: str,
    change: Callable[[bytes], bytes],
    place: str,
    _resealed: str,
) -> None:
    files = town.bundle()
    assert where({**files, file: change(files[file])}) == place


@pytest.mark.parametrize("seal", [reseal, resign])
@pytest.mark.parametrize(("_name", "town", "file", "change", "_place", "resealed"), FRAUDS, ids=IDS)
def test_altered_file_is_found_without_the_manifest_s_help(
    *,
    _name: str,
    town: Town,
    file: str,
    change: Callable[[bytes], bytes],
    _place: str,
    resealed: str,
    seal: Callable[[Files], Files],
) -> None:
    files = town.bundle()
    found = where(seal({**files, file: change(files[file])}))
    assert found.startswith(resealed)
    assert found != "manifest.sig"


@pytest.mark.parametrize("file", BYSTANDERS)
def test_altered_words_are_found(file: str) -> None:
    files = AGENDA.bundle()
    changed = {**files, file: files[file].replace(b"a", b"b", 1)}
    assert where(changed).startswith(f"{file}:")
    assert where(reseal(changed)) == "manifest.sig"


@pytest.mark.parametrize("file", sorted(set(AGENDA.bundle()) - {"manifest.json"}))
def test_missing_file_is_named(file: str) -> None:
    files = AGENDA.bundle()
    del files[file]
    assert where(files) == file


def test_file_that_does_not_belong_is_named() -> None:
    assert where({**AGENDA.bundle(), "ballots2.jsonl": b""}) == "ballots2.jsonl"


@pytest.mark.parametrize("name", ["ballots.jsonl", "patterns.csv"])
def test_ballots_that_were_not_to_be_published_are_named(name: str) -> None:
    files = agenda_town(publication="totals").bundle()
    assert where(resign({**files, name: b""})) == name


STICKERS: dict[str, Any] = {
    "boards": [
        {"centre": "느티동", "place": "", "day": "2026-11-22", "version": 1,
         "counts": {"a": 1, "b": 0, "c": 20, "d": 3}},
        {"centre": "느티동", "place": "뒷문", "day": "2026-11-22", "version": 2,
         "counts": {"a": 0, "b": 0, "c": 5, "d": 0}},
    ],
    "sums": {"a": 1, "b": 0, "c": 25, "d": 3},
}  # fmt: skip


def test_stickers_are_told_and_added_to_nothing() -> None:
    bare, boarded = AGENDA.bundle(), agenda_town(stickers=STICKERS).bundle()
    assert boarded["result.json"] == bare["result.json"]
    assert boarded["reconciliation.json"] == bare["reconciliation.json"]
    check = Check(boarded)
    assert check.wrong is None
    assert next(one for one in check.notes if "stickers" in one).endswith("a 1, b 0, c 25, d 3")
    assert not any("stickers" in one for one in Check(bare).notes)


@pytest.mark.parametrize("seal", [reseal, resign])
@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"sums": {**STICKERS["sums"], "c": 26}}, "stickers.json sums.c"),
        ({"boards": STICKERS["boards"][:1]}, "stickers.json sums.c"),
        (
            {"boards": STICKERS["boards"][:1], "sums": STICKERS["boards"][0]["counts"]},
            "stickers.json",
        ),
    ],
)
def test_other_stickers_than_were_logged_are_named(
    change: dict[str, Any], place: str, seal: Callable[[Files], Files]
) -> None:
    files = agenda_town(stickers=STICKERS).bundle()
    assert where(seal({**files, "stickers.json": canonical({**STICKERS, **change})})) == place


def test_stickers_that_are_missing_or_were_never_foreseen_are_named() -> None:
    files = agenda_town(stickers=STICKERS).bundle()
    bare = {name: data for name, data in files.items() if name != "stickers.json"}
    assert where(resign(bare)) == "stickers.json"
    assert where(resign({**AGENDA.bundle(), "stickers.json": canonical(STICKERS)})) == (
        "stickers.json"
    )


def test_signature_that_does_not_fit_is_named() -> None:
    files = AGENDA.bundle()
    assert where({**files, "manifest.sig": b"00" * 64 + b"\n"}) == "manifest.sig"
    assert where({**files, "manifest.sig": b"no\n"}) == "manifest.sig"


def test_digest_in_the_manifest_that_does_not_fit_is_named() -> None:
    files = AGENDA.bundle()
    manifest = json.loads(files["manifest.json"])
    manifest["files"][1]["sha256"] = "0" * 64
    assert where({**files, "manifest.json": canonical(manifest)}).startswith("README.txt:") is False
    assert where({**files, "manifest.json": canonical(manifest)}).startswith("ballots.jsonl:")
    manifest = json.loads(files["manifest.json"])
    manifest["version"] = 2
    assert where({**files, "manifest.json": canonical(manifest)}) == "manifest.sig"


def test_bundle_of_another_contest_is_named() -> None:
    files = AGENDA.bundle()
    manifest = json.loads(files["manifest.json"])
    manifest["contest"] = "2026-other"
    assert where({**files, "manifest.json": canonical(manifest)}) == "manifest.json"


def test_site_with_another_key_is_found_only_by_the_key_that_was_posted() -> None:
    files = AGENDA.bundle()
    assert Check(files, key=PUBLIC_KEY.upper()).wrong is None
    check = Check(files, key="ab" * 32)
    assert check.wrong is not None
    assert check.wrong[0] == "config.json public_key"
    assert any(PUBLIC_KEY in note for note in Check(files).notes)


# --- What a site could sign that is not true ---


def false_votes(result: TallyResult) -> TallyResult:
    options = list(result.options)
    options[0] = replace(options[0], counts={"votes": 40})
    return replace(result, options=tuple(options))


def false_winner(result: TallyResult) -> TallyResult:
    return replace(result, winners=("a", "b"))


def stuffed(counts: ContestCounts) -> ContestCounts:
    box = counts.batches[0]
    fuller = replace(box, sheets=box.sheets + 3, valid=box.valid + 3, missing=-3)
    return replace(counts, batches=(fuller, *counts.batches[1:]))


DEARER = replace(
    BUDGET, design=budget_design({"lamp": 48, "bench": 62, "kerb": 130, "room": 118}), outcome=None
)


def fewer_leaves(counts: ContestCounts) -> ContestCounts:
    return replace(counts, superseded=counts.superseded + 1)


@pytest.mark.parametrize(
    ("town", "place"),
    [
        (agenda_town(tell_result=false_votes), "reconciliation.json cells[a]"),
        (
            agenda_town(tell_result=false_votes, paper=[], void=0),
            "result.json tally.options[a].counts.votes",
        ),
        (agenda_town(tell_result=false_winner), "result.json tally.winners[0]"),
        (agenda_town(tell_counts=stuffed), "reconciliation.json batches[neuti-1]"),
        (
            agenda_town(tell_counts=fewer_leaves),
            "reconciliation.json slots.web = web.counted",
        ),
        (replace(BUDGET, outcome=spend(DEARER)), "allocation.json outcome.cost"),
        (replace(DRAWN, lot=["lamp", "room", "kerb", "bench"]), "allocation.json lot"),
    ],
    ids=["votes", "cells_hidden", "winner", "stuffed", "leaves", "costs", "lot"],
)
def test_signed_untruth_is_found_by_counting_again(town: Town, place: str) -> None:
    files = town.bundle()
    assert where(files).startswith(place)


def test_untrue_patterns_are_held_against_the_votes() -> None:
    files = agenda_town(publication="patterns").bundle()
    fewer = files["patterns.csv"].replace(b"[];3", b"[];2")
    assert where(resign({**files, "patterns.csv": fewer})) == "patterns.csv:9"
    more = files["patterns.csv"].replace(b'["c"];10', b'["c"];11')
    assert where(resign({**files, "patterns.csv": more})) == "ballots"
    moved = (
        files["patterns.csv"].replace(b'["c"];10', b'["c"];11').replace(b'["b"];16', b'["b"];15')
    )
    assert where(resign({**files, "patterns.csv": moved})) == "result.json tally.options[c].counts"


BOX = AGENDA.batches[0]


def town_with(box: BatchCounts) -> Town:
    return agenda_town(boxes=[box, AGENDA.batches[1]])


def test_difference_with_a_reason_is_told_and_green() -> None:
    box = replace(BOX, signatures=29, reasons={"signatures": "not_signed"})
    check = Check(town_with(box).bundle())
    assert check.wrong is None
    assert "not_signed" in check.notes[0]
    box = replace(
        BOX, stubs=31, stubs_counted=31, signatures=31, missing=1, reasons={"missing": "taken_away"}
    )
    assert Check(town_with(box).bundle()).wrong is None


def test_provisional_envelopes_are_accepted_or_rejected() -> None:
    fine = replace(BOX, provisional=3, accepted=2, rejected=1)
    assert Check(town_with(fine).bundle()).wrong is None


@pytest.mark.parametrize(
    "box",
    [
        replace(BOX, provisional=3, accepted=2, reasons={"provisional": "other"}),
        replace(BOX, provisional=99, accepted=99),
        replace(BOX, signatures=29),
        replace(BOX, signatures=29, reasons={"stubs": "other"}),
        replace(
            BOX,
            stubs=27,
            reasons={"stubs": "other", "signatures": "other", "stubs_counted": "other"},
        ),
        replace(BOX, valid=26, reasons={"sheets": "other"}),
        replace(BOX, slots=27, reasons={"slots": "other"}),
    ],
    ids=[
        "envelope_undecided",
        "more_envelopes_than_stubs",
        "no_reason",
        "other_reason",
        "more_sheets_than_stubs",
        "arithmetic",
        "more_sheets_than_people",
    ],
)
def test_box_that_must_not_be_certified_is_red(box: BatchCounts) -> None:
    assert where(town_with(box).bundle()).startswith("reconciliation.json batches[neuti-1]")


def test_ballot_leaf_twice_or_after_the_opening_is_named() -> None:
    class Twice(Town):
        def _envelopes(self, number: int) -> list[bytes]:
            first = super()._envelopes(number)
            return [*first[:-1], first[0]]

    twice = Twice(**{name: getattr(AGENDA, name) for name in Town.__dataclass_fields__})
    assert where(twice.bundle()) == "log.jsonl:53"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        (at("rule", to={"name": "tombola"}), "config.json rule"),
        (at("ballot", "overpick", to="first_k"), "config.json overpick"),
        (at("ballot", "overpick", to="left_out"), "config.json overpick"),
    ],
)
def test_rule_that_the_verifier_does_not_know_is_red(change: Any, place: str) -> None:
    files = AGENDA.bundle()
    config = plain(change)(files["config.json"])

    class Odd(Town):
        @property
        def config(self) -> bytes:
            return config

    odd = Odd(**{name: getattr(AGENDA, name) for name in Town.__dataclass_fields__})
    assert where(odd.bundle()) == place


@pytest.mark.parametrize(
    ("file", "data"),
    [
        ("config.json", b"{}"),
        ("config.json", b"[]"),
        ("result.json", b'{"tally":null}'),
        ("reconciliation.json", b"1"),
        ("heads.jsonl", b"3\n"),
        ("log.jsonl", b""),
        ("log.jsonl", b"[]\n"),
        ("manifest.json", b"{}"),
        ("manifest.json", b'{"files":[{}]}'),
        ("manifest.sig", b"\xff\n"),
        ("result.json", b"[" * 100_000),
    ],
)
def test_nonsense_is_red_and_not_a_crash(file: str, data: bytes) -> None:
    files = {**AGENDA.bundle(), file: data}
    assert where(files)
    assert where(files if file.startswith("manifest") else reseal(files))
    assert verdict(Check(files))[0].startswith("빨강: ")


# --- Its own engines ---


# Key, message and signature of RFC 8032, section 7.1: tests 1, 2, 3 and SHA(abc).
VECTORS = [
    row.split(":")
    for row in """\
d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a::e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b
3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c:72:92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00
fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025:af82:6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a
ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf:ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f:dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b58909351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704
""".splitlines()
]


def test_ed25519_accepts_the_vectors_of_rfc_8032_and_nothing_else() -> None:
    for key, message, signature in VECTORS:
        data = bytes.fromhex(message)
        assert signed_by(key, data, signature)
        assert not signed_by(key, data + b"x", signature)
        for place in (0, 31, 32, 63):
            changed = bytearray.fromhex(signature)
            changed[place] ^= 1
            assert not signed_by(key, data, changed.hex())
        order = 2**252 + 27742317777372353535851937790883648493
        s = int.from_bytes(bytes.fromhex(signature)[32:], "little") + order
        assert not signed_by(key, data, signature[:64] + s.to_bytes(32, "little").hex())
        assert not signed_by(key, data, signature[:-2])
        assert not signed_by(key, data, "")
        assert not signed_by(key[:-2], data, signature)
        assert not signed_by("ff" * 32, data, signature)
        assert not signed_by("not hex", data, signature)


@settings(deadline=None, max_examples=30)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=100))
def test_ed25519_agrees_with_a_known_library(seed: bytes, message: bytes) -> None:
    private = Ed25519PrivateKey.from_private_bytes(seed)
    key = private.public_key().public_bytes_raw().hex()
    signature = private.sign(message)
    assert signed_by(key, message, signature.hex())
    assert not signed_by(key, message, sign(message).hex())


@settings(deadline=None)
@given(st.lists(st.binary(max_size=8), max_size=70), st.sets(st.integers(1, 70)))
def test_roots_agree_with_the_log(leaves: list[bytes], sizes: set[int]) -> None:
    hashes = [leaf_hash(data) for data in leaves]
    assert roots(leaves, sizes) == {
        size: tree_root(hashes[:size]).hex() for size in sizes if size <= len(leaves)
    }


# --- As a program ---


def run(*arguments: str | Path, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own file under this very Python
        [sys.executable, "-I", "-W", "error", *map(str, arguments)],
        capture_output=True,
        encoding="utf-8",
        check=False,
        cwd=cwd,
    )


@pytest.fixture(scope="session")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The one file that bundles carry, alone in a folder."""
    path = tmp_path_factory.mktemp("alone") / "verify.py"
    path.write_bytes(verifier_file())
    return path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An unpacked bundle, far from the platform."""
    home = tmp_path / "꾸러미"
    home.mkdir()
    for name, data in AGENDA.bundle().items():
        (home / name).write_bytes(data)
    return home


def test_program_in_the_bundle_checks_its_own_folder(folder: Path) -> None:
    ran = run("verify.py", ".", cwd=folder)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.splitlines()[-2].startswith("초록: ")
    assert ran.stdout.splitlines()[-1].startswith("GREEN: ")
    assert ran.stdout.count("✓") == 11
    assert "\033" not in ran.stdout


def test_program_names_what_is_wrong(folder: Path, program: Path) -> None:
    ballots = folder / "ballots.jsonl"
    ballots.write_bytes(ballots.read_bytes().replace(b'["b"]', b'["d"]', 1))
    ran = run(program, folder)
    assert ran.returncode == 1
    assert ran.stdout.splitlines()[0].startswith(" ✗ ")
    assert ran.stdout.splitlines()[-2].startswith("빨강: 첫 번째로 틀린 곳은 ballots.jsonl:")
    assert ran.stdout.splitlines()[-1].startswith("RED: first wrong at ballots.jsonl:")


def test_program_answers_as_json(folder: Path, program: Path) -> None:
    told = json.loads(run(program, folder, "--json").stdout)
    assert (told["ok"], told["where"], len(told["steps"])) == (True, None, 11)
    (folder / "README.txt").unlink()
    ran = run(program, folder, "--json")
    told = json.loads(ran.stdout)
    assert (ran.returncode, told["ok"], told["where"]) == (1, False, "README.txt")
    assert told["ko"].startswith("빨강: ")


def test_program_finds_a_receipt_and_misses_a_strange_one(folder: Path, program: Path) -> None:
    leaves = (folder / "log.jsonl").read_bytes().splitlines()
    ran = run(program, folder, "--receipt", leaf_hash(leaves[7]).hex())
    assert ran.returncode == 0
    assert "log.jsonl:8" in ran.stdout
    ran = run(program, folder, "--receipt", "ab" * 32)
    assert ran.returncode == 1
    assert "ab" * 32 in ran.stdout


def test_program_holds_the_key_that_was_posted(folder: Path, program: Path) -> None:
    assert run(program, folder, "--key", PUBLIC_KEY).returncode == 0
    ran = run(program, folder, "--key", "ab" * 32)
    assert ran.returncode == 1
    assert "public_key" in ran.stdout


def pack(path: Path, files: Files) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return path


def test_program_reads_a_zip_and_one_packed_again_on_another_computer(
    tmp_path: Path, program: Path
) -> None:
    files = AGENDA.bundle()
    plain_zip = tmp_path / "plain.zip"
    plain_zip.write_bytes(zip_bundle(files))
    assert run(program, plain_zip).returncode == 0
    again = {f"bundle 1/{name}": data for name, data in files.items()}
    junk = {"bundle 1/.DS_Store": b"x", "__MACOSX/bundle 1/._manifest.json": b"x"}
    assert run(program, pack(tmp_path / "again.zip", {**again, **junk})).returncode == 0


def test_what_is_no_bundle_is_unreadable(tmp_path: Path, program: Path) -> None:
    (tmp_path / "text.zip").write_text("no zip")
    (tmp_path / "empty").mkdir()
    damaged = bytearray(zip_bundle(AGENDA.bundle()))
    damaged[200:230] = bytes(30)
    (tmp_path / "damaged.zip").write_bytes(damaged)
    pack(tmp_path / "other.zip", {"a.txt": b""})
    twice = {"x/manifest.json": b"{}", "manifest.json": b"{}"}
    with (
        zipfile.ZipFile(pack(tmp_path / "twice.zip", twice), "a") as archive,
        pytest.warns(UserWarning, match="Duplicate"),
    ):
        archive.writestr("manifest.json", b"[]")
    for name in ("text.zip", "empty", "damaged.zip", "other.zip", "twice.zip", "missing.zip"):
        ran = run(program, tmp_path / name)
        assert (ran.returncode, ran.stdout) == (2, ""), name
        assert "꾸러미로 읽을 수 없습니다" in ran.stderr
        assert "Traceback" not in ran.stderr


def test_zip_that_unpacks_to_too_much_is_unreadable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "plain.zip"
    path.write_bytes(zip_bundle(AGENDA.bundle()))
    monkeypatch.setattr(verifier, "MOST_BYTES", 1000)
    with pytest.raises(SystemExit) as caught:
        main([str(path)])
    assert caught.value.code == 2


# --- As a text: short files that become one ---


def imported(text: str) -> set[str]:
    """The modules that a program imports anywhere."""
    nodes = list(ast.walk(ast.parse(text)))
    names = {one.name for node in nodes if isinstance(node, ast.Import) for one in node.names}
    return names | {str(node.module) for node in nodes if isinstance(node, ast.ImportFrom)}


def defined(text: str) -> list[str]:
    """The names that the top level of a program gives to something, in order."""
    names: list[str] = []
    for node in ast.parse(text).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.append(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            parts = [part for target in targets for part in ast.walk(target)]
            names += [part.id for part in parts if isinstance(part, ast.Name)]
    return names


def test_program_is_made_of_short_files_that_need_only_python() -> None:
    parts = {f"voting.{path.stem}" for path in COUNTING}
    for path in [SOURCE, *COUNTING]:
        text = path.read_text()
        assert len(text.splitlines()) <= 600
        ours = imported(text) - sys.stdlib_module_names - {"collections.abc"}
        assert ours <= parts
        assert all(text.count(f"\nfrom {one} import ") == 1 for one in ours)
    assert imported(verifier_file().decode()) <= sys.stdlib_module_names | {"collections.abc"}


def test_no_name_of_one_file_covers_a_name_of_another() -> None:
    names = [name for path in [SOURCE, *COUNTING] for name in defined(path.read_text())]
    assert len(names) > 80
    assert len(names) == len(set(names))
    assert sorted(defined(verifier_file().decode())) == sorted(names)


def test_every_line_of_the_files_is_in_the_program_once() -> None:
    program = verifier_file().decode()
    for path in COUNTING:
        assert program.count(f"# === voting/{path.name} ===") == 1
    for path in [SOURCE, *COUNTING]:
        _head, *rest = re.split(
            r"^from voting\.[^(]*?(?:\n|\([^)]*\)\n)", path.read_text(), flags=re.MULTILINE
        )
        for row in "".join(rest).splitlines():
            assert row in program, row


def test_program_is_written_for_python_3_9() -> None:
    text = verifier_file().decode()
    ast.parse(text, feature_version=(3, 9))
    assert "from __future__ import annotations" in text
    assert "zip(" not in text.replace("zipfile.", "")  # its strict= is newer
    assert not re.search(r"isinstance\([^)]*\|", text)
