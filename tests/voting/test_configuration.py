"""Weights must fit the ways of voting, or the ballots of one could not be added up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.factories.bundles import pick_design
from voting.configuration import ContestDraft, missing_settings

NOW = datetime(2026, 12, 1, tzinfo=UTC)


def draft(parts: Any, **fields: Any) -> ContestDraft:
    weights = {"parts": parts, "as": "ballots", "empty": "spread"} if parts else None
    known: dict[str, Any] = {
        "key": "agenda", "title": "마을의제", "effect": "", "decided_by": "", "ordinance": "",
        "area_code": "1", "area_name": "느티동", "secrecy": "L1", "web": True, "paper": True,
        "centres": (), "revote": "never", "paper_over_web": "refuse", "opens_at": None,
        "closes_at": None, "grace_seconds": 60, "roll_mode": "fixed", "roll_imported": 0,
        "min_age": None, "age_on": None, "bases": (), "census": None, "design": pick_design(),
        "rule": {"name": "plurality", "seats": 1, "weights": weights}, "tie_rule": "",
        "lot_source": "",
        "publication": "", "result_on": None, "objection_days": 7, "origin": "native",
        "outcome": "count", "roll_outdated": False,
    }  # fmt: skip
    return ContestDraft(**{**known, **fields})


WEB, PAPER = {"part": "web", "weight": 40}, {"part": "paper", "weight": 60}
BODY = {"part": "committee", "weight": 60, "body": True}


@pytest.mark.parametrize(
    ("parts", "fields", "is_named"),
    [
        ([WEB, PAPER], {}, False),
        (None, {}, False),
        ("web", {}, False),
        ([WEB, BODY], {"paper": False}, False),
        ([WEB, BODY], {}, True),
        ([WEB, PAPER], {"paper": False}, True),
        ([WEB, BODY], {"origin": "imported"}, False),
    ],
)
def test_weights_must_be_those_of_the_ways_of_voting(
    parts: Any, fields: dict[str, Any], *, is_named: bool
) -> None:
    found = {one.code: one for one in missing_settings(draft(parts, **fields), NOW)}
    assert ("parts_differ" in found) is is_named
    if is_named:
        problem = found["parts_differ"]
        assert problem.form_field == "weights"
        assert problem.message % problem.params


@pytest.mark.parametrize(
    ("parts", "fields", "is_named"),
    [
        (["web", "paper"], {}, False),
        (["web"], {"paper": False}, False),
        (["web"], {}, True),
        (["web", "paper"], {"paper": False}, True),
        (["web", "paper", "moon"], {}, True),
        (["web", "post"], {"origin": "imported", "paper": False}, True),
    ],
)
def test_seats_must_be_those_of_the_ways_of_voting(
    parts: list[str], fields: dict[str, Any], *, is_named: bool
) -> None:
    given = [{"part": name, "seats": 1} for name in parts]
    panel = {"part": "panel", "seats": 1, "body": True}
    rule = {"name": "plurality", "seats": len(parts) + 1, "seats_by": [*given, panel]}
    found = {one.code: one for one in missing_settings(draft(None, rule=rule, **fields), NOW)}
    assert ("seats_differ" in found) is is_named
    if is_named:
        problem = found["seats_differ"]
        assert problem.form_field == "seats_by"
        assert problem.message % problem.params


def test_seats_that_are_none_are_named_once() -> None:
    rule = {"name": "plurality", "seats": 1, "seats_by": "web"}
    codes = [one.code for one in missing_settings(draft(None, rule=rule), NOW)]
    assert ("bad_seats_by" in codes, "seats_differ" in codes) == (True, False)


@pytest.mark.parametrize(
    ("ties", "tie_rule", "is_named"),
    [("lot", "report", True), ("lot", "lot", False), ("earlier", "report", False)],
)
def test_a_lot_in_a_round_needs_a_lot_for_equal_votes(
    ties: str, tie_rule: str, *, is_named: bool
) -> None:
    found = missing_settings(
        draft(None, rule={"name": "irv", "ties": ties}, tie_rule=tie_rule), NOW
    )
    assert ("rounds_without_lot" in {one.code for one in found}) is is_named


@pytest.mark.parametrize(
    ("name", "publication", "is_named"),
    [
        ("equal_shares", "patterns", True),
        ("equal_shares", "totals", True),
        ("equal_shares", "full", False),
        ("equal_shares", "", False),
        ("seq_phragmen", "totals", False),
    ],
)
def test_equal_shares_need_every_ballot_published(
    name: str, publication: str, *, is_named: bool
) -> None:
    rule = {"name": name, "seats": 1}
    found = missing_settings(draft(None, rule=rule, publication=publication), NOW)
    fields = {one.code: one.form_field for one in found}
    assert (fields.get("shares_without_ballots") == "publication") is is_named


def test_only_the_hour_that_is_missing_is_named() -> None:
    def named(**hours: datetime) -> list[tuple[str, str]]:
        missing = missing_settings(draft(None, **hours), NOW)
        return [(one.message, one.form_field) for one in missing if one.code == "no_dates"]

    later = NOW + timedelta(days=3)
    assert named() == [("The hours of opening and closing are not set.", "opens_at")]
    assert named(opens_at=later) == [("The hour of closing is not set.", "closes_at")]
    assert named(closes_at=later) == [("The hour of opening is not set.", "opens_at")]
    assert named(opens_at=later, closes_at=later + timedelta(days=1)) == []
