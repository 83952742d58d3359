"""Votes per project; the money is given out elsewhere."""

from __future__ import annotations

from typing import Any

from tests.factories.bundles import budget_design
from voting.tally import check_rule, count_box
from voting.tally.result import Box

DESIGN = budget_design({"lamp": 48, "bench": 62, "kerb": 96})
BOX = Box({('["bench","lamp"]', "web"): 3, ('["kerb"]', "paper"): 3, ("[]", "web"): 1}, roll=40)


def test_projects_are_counted_and_ranked_but_nobody_wins() -> None:
    result = count_box(DESIGN, {"name": "projects"}, BOX, ["kerb", "lamp", "bench"])
    assert [(one.key, one.counts["votes"], one.rank) for one in result.options] == [
        ("lamp", 3, 1),
        ("bench", 3, 1),
        ("kerb", 3, 1),
    ]
    assert {(one.won, one.reason) for one in result.options} == {(None, "ranked")}
    assert (result.rule, result.winners, result.ties, result.tie_order) == (
        "projects",
        (),
        (),
        None,
    )


def test_missed_quorum_is_said_of_every_project() -> None:
    rule: dict[str, Any] = {"name": "projects", "quorum": {"of": "roll", "share": "1/2"}}
    result = count_box(DESIGN, rule, BOX)
    assert result.quorum is not None
    assert (result.quorum.got, result.quorum.need) == (7, 20)
    assert {(one.won, one.reason) for one in result.options} == {(None, "quorum_missed")}


def test_settings_of_other_rules_are_refused() -> None:
    assert check_rule(DESIGN, {"name": "projects"}) == []
    problems = check_rule(DESIGN, {"name": "projects", "seats": 2, "quorum": 1})
    assert [one.code for one in problems] == ["unknown_part", "bad_bar"]
