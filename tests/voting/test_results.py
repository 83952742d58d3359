from __future__ import annotations

from typing import Any

import pytest

from voting.ballots import BallotDesign, BallotKind, Option
from voting.results import (
    MERGED,
    Change,
    balances,
    centre_sheets,
    changes,
    channel_rows,
    channel_sums,
    paid_keys,
    percent,
    read_result,
)
from voting.tally import count_box
from voting.tally.channels import publish_channels
from voting.tally.result import Box

DESIGN = BallotDesign(
    BallotKind.SINGLE, (Option("a", 1, "가로등"), Option("b", 2, "그늘막"), Option("c", 3, "벤치"))
)


def plain_result(**ballots: int) -> Any:
    box = Box({(f'["{key}"]', "web"): number for key, number in ballots.items()}, roll=100)
    return count_box(DESIGN, {"name": "plurality", "seats": 1}, box).to_json()


def plain_sums(ballots: dict[tuple[str, str], int], **more: Any) -> Any:
    box = Box({(f'["{key}"]', channel): n for (key, channel), n in ballots.items()}, roll=100)
    channels = count_box(DESIGN, {"name": "plurality", "seats": 1}, box).channels
    return {
        "roll": 100,
        "slots": {"free": 0, "web": 0, "paper_issued": 0, "paper_cast": 0, "voided": 0},
        "web": {"leaves": 0, "counted": 0, "superseded": 0, "voided": 0},
        "batches": [],
        "channels": {
            one.channel: {"ballots": one.ballots, "blank": one.blank, "void": one.void}
            for one in channels
        },
        "cells": publish_channels(channels).to_json(),
        **more,
    }


def box_of(centre: str, sheets: int, **more: Any) -> dict[str, Any]:
    return {
        "centre": centre,
        "stubs": sheets,
        "stubs_counted": sheets,
        "signatures": sheets,
        "slots": sheets,
        "sheets": sheets,
        "spoiled": 0,
        "returned": 0,
        "missing": 0,
        "valid": sheets,
        "blank": 0,
        "void": 0,
        "unreadable": 0,
        "reasons": {},
        **more,
    }


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [(2, 3, "66.7%"), (1, 8, "12.5%"), (0, 5, "0.0%"), (3, 3, "100.0%"), (1, 0, "0.0%")],
)
def test_percent_has_one_decimal_and_rounds_halves_up(part: int, whole: int, words: str) -> None:
    assert percent(part, whole) == words


def test_result_is_read_back_with_titles_shares_and_order() -> None:
    figures = read_result(plain_result(a=2, b=5, c=3), DESIGN)
    assert [one.title for one in figures.ranked] == ["그늘막", "벤치", "가로등"]
    assert [one.title for one in figures.winners] == ["그늘막"]
    assert figures.ranked[0].share == "50.0%"
    assert [one.number for one in figures.options] == [1, 2, 3]


def test_tie_is_read_back_by_title() -> None:
    figures = read_result(plain_result(a=2, b=2), DESIGN)
    assert figures.ties[0].titles == ("가로등", "그늘막")
    assert not figures.decided


def test_channels_stand_web_first_and_rows_are_split() -> None:
    sums = plain_sums(
        {(key, channel): 20 for key in ("a", "b", "c") for channel in ("web", "paper")}
    )
    assert [one.channel for one in channel_sums(sums)] == ["web", "paper"]
    rows = channel_rows(read_result(plain_result(a=40, b=40, c=40), DESIGN), sums)
    assert rows.series == (("web",), ("paper",))
    assert not rows.merged
    assert dict(rows.rows[0][1]) == {("web",): 20, ("paper",): 20}


def test_row_with_a_small_cell_stays_in_one_piece() -> None:
    sums = plain_sums(
        {("a", "web"): 40, ("a", "paper"): 2, ("b", "web"): 30, ("b", "paper"): 40, ("c", "web"): 9}
    )
    rows = channel_rows(read_result(plain_result(a=42, b=70, c=9), DESIGN), sums)
    assert rows.merged
    assert rows.series[-1] == MERGED
    assert dict(rows.rows[0][1]) == {MERGED: 42}


def test_single_channel_needs_no_merging() -> None:
    rows = channel_rows(
        read_result(plain_result(a=3), DESIGN), plain_sums({("a", "web"): 3, ("b", "web"): 1})
    )
    assert rows.series == (("web",),)
    assert not rows.merged


def test_equations_hold_or_are_explained() -> None:
    sums = plain_sums(
        {("a", "web"): 60, ("a", "paper"): 39},
        slots={"free": 1, "web": 60, "paper_issued": 0, "paper_cast": 39, "voided": 0},
        web={"leaves": 64, "counted": 60, "superseded": 4, "voided": 0},
        batches=[box_of("느티동", 39, stubs=40, signatures=39, reasons={"stubs": "taken_away"})],
    )
    found = {one.name: one for one in balances(sums)}
    assert [found[name].holds for name in ("roll", "leaves", "web", "sheets", "slots")] == [
        True
    ] * 5
    assert not found["stubs"].holds
    assert found["stubs"].explained
    assert not found["signatures"].explained


def test_vote_without_paper_has_no_equations_of_paper() -> None:
    names = [one.name for one in balances(plain_sums({("a", "web"): 3}))]
    assert names == ["roll", "leaves", "web"]


def test_centres_with_few_sheets_stand_together_and_never_alone() -> None:
    sums = plain_sums(
        {("a", "paper"): 3},
        batches=[box_of("가", 30), box_of("나", 4), box_of("다", 20), box_of("가", 5)],
    )
    shown = centre_sheets(sums)
    assert [(one.name, one.sheets) for one in shown] == [("가", 35), ("", 24)]
    assert [one.name for one in centre_sheets({"batches": [box_of("가", 30)]})] == ["가"]


def test_changes_name_what_differs_and_nothing_else() -> None:
    before, after = (read_result(plain_result(a=a, b=5), DESIGN) for a in (2, 3))
    assert changes(before, after) == (Change("", 7, 8), Change("가로등", 2, 3))
    assert changes(before, before) == ()


def test_funded_projects_stand_in_the_order_of_the_allocation() -> None:
    fates = {"b": "funded", "d": "contested", "e": "waiting"}
    decisions = [{"project": key, "fate": fate} for key, fate in fates.items()]
    outcome = {"winners": ["b", "a"], "undecided": ["d", "c"], "decisions": decisions}
    file: dict[str, Any] = {"lot": None, "withdrawn": [], "outcome": outcome}
    assert paid_keys(file, "winners") == ["b", "a"]
    assert paid_keys(file, "undecided") == ["d", "c"]
    assert paid_keys(file, "waiting") == ["e"]


RANK = BallotDesign(BallotKind.RANK, DESIGN.options, max_picks=3)


@pytest.mark.parametrize(
    ("rule", "order", "won", "out"),
    [
        ({"name": "irv", "ties": "lot"}, ["그늘막", "가로등", "벤치"], (), ("가로등",)),
        ({"name": "stv", "seats": 1, "ties": "lot"}, ["그늘막", "가로등", "벤치"], (), ("가로등",)),
    ],
)
def test_result_of_rounds_is_read_back_with_its_ties(
    rule: dict[str, Any], order: list[str], won: tuple[str, ...], out: tuple[str, ...]
) -> None:
    box = Box({('[["a"]]', "web"): 2, ('[["b"]]', "web"): 2, ('[["c"],["b"]]', "web"): 2}, roll=100)
    figures = read_result(count_box(RANK, rule, box, ["b", "c", "a"]).to_json(), RANK)
    assert [one.title for one in figures.ranked] == order
    tie = figures.ties[0]
    assert (tie.round, tie.won, tie.out, tie.by, tie.votes) == (
        1 if rule["name"] == "irv" else 2,
        won,
        out,
        "lot",
        None,
    )
    assert not figures.by_votes


def test_result_of_points_says_no_votes_of_its_ties() -> None:
    design = BallotDesign(BallotKind.POINTS, DESIGN.options, max_picks=3, points=3)
    box = Box({('{"a":2}', "web"): 1, ('{"b":1}', "web"): 2}, roll=100)
    figures = read_result(count_box(design, {"name": "points", "seats": 1}, box).to_json(), design)
    assert [(tie.votes, tie.seats, tie.decided) for tie in figures.ties] == [(None, 1, False)]
    assert [one.votes for one in figures.options] == [1, 2, 0]
