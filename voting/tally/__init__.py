"""Counting rules as plain data: a name, the ballots it counts, its checks and its count.

A rule stands in the frozen configuration as an object such as
`{"name": "plurality", "seats": 3, "quorum": {"of": "roll", "share": "1/4"}}`. A new rule is a new
module and a new row in `RULES`; nothing else asks for the name of a rule.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from proceedings.refusals import Refusal, mark
from voting.ballots import BallotDesign, BallotKind
from voting.log import Json
from voting.tally import (
    approvals,
    borda,
    irv,
    plurality,
    projects,
    schulze,
    scores,
    shares,
    stv,
    yes_no,
)
from voting.tally.bars import quorum_of
from voting.tally.result import Box, TallyResult

Count = Callable[[BallotDesign, Mapping[str, Json], Box, Sequence[str] | None], TallyResult]
"""Counts a box: the frozen question and rule, the box, and the public lot if one was drawn."""


@dataclass(frozen=True)
class Rule:
    """One counting rule: which ballots it can count and how; `seated` ones choose so many."""

    name: str
    kinds: frozenset[BallotKind]
    check: Callable[[BallotDesign, Mapping[str, Json]], list[Refusal]]
    count: Count
    seated: bool = True


_CHOICES = frozenset({BallotKind.SINGLE, BallotKind.PICK})
_PICKS = frozenset({BallotKind.PICK})
_RANKINGS = frozenset({BallotKind.RANK})
_SCORES = frozenset({BallotKind.SCORE})
_POINTS = frozenset({BallotKind.POINTS})
_ANSWERS = frozenset({BallotKind.YES_NO})
_PROJECTS = frozenset({BallotKind.BUDGET})

RULES: Mapping[str, Rule] = {
    rule.name: rule
    for rule in (
        Rule("plurality", _CHOICES, plurality.check, plurality.count),
        Rule("approval", _PICKS, plurality.check, plurality.count),
        Rule("seq_pav", _PICKS, approvals.check, approvals.count_pav),
        Rule("seq_phragmen", _PICKS, approvals.check, approvals.count_phragmen),
        Rule("equal_shares", _PICKS, shares.check, shares.count),
        Rule("yes_no", _ANSWERS, yes_no.check, yes_no.count, seated=False),
        Rule("projects", _PROJECTS, projects.check, projects.count, seated=False),
        Rule("score", _SCORES, scores.check_scores, scores.count_scores),
        Rule("points", _POINTS, scores.check_points, scores.count_points),
        Rule("irv", _RANKINGS, irv.check, irv.count, seated=False),
        Rule("stv", _RANKINGS, stv.check, stv.count),
        Rule("schulze", _RANKINGS, schulze.check, schulze.count),
        Rule("borda", _RANKINGS, borda.check, borda.count),
    )
}


def fitting_rule(kind: BallotKind, name: str) -> str:
    """Give `name` if that rule counts ballots of `kind`, or if none does, else the first one."""
    fitting = [rule.name for rule in RULES.values() if kind in rule.kinds]
    return name if name in fitting or not fitting else fitting[0]


def check_rule(design: BallotDesign, rule: Mapping[str, Json]) -> list[Refusal]:
    """Name everything that keeps `rule` from counting ballots of `design`; empty means sound."""
    known = RULES.get(str(rule.get("name")))
    if known is None:
        return [
            Refusal(
                "unknown_rule",
                mark("There is no counting rule “%(rule)s”."),
                mark("Choose one of: %(known)s."),
                {"rule": rule.get("name", ""), "known": ", ".join(sorted(RULES))},
                form_field="rule",
            )
        ]
    if design.kind not in known.kinds:
        return [
            Refusal(
                "rule_kind",
                mark("The rule “%(rule)s” does not count this kind of ballot."),
                mark("Choose another rule or another kind of ballot."),
                {"rule": known.name},
                form_field="rule",
            )
        ]
    return known.check(design, rule)


def count_box(
    design: BallotDesign,
    rule: Mapping[str, Json],
    box: Box,
    tie_order: Sequence[str] | None = None,
) -> TallyResult:
    """Count `box` by `rule`; the same arguments always give the same result.

    `tie_order` is the outcome of a public lot, best first; without it a tie that decides a seat
    stays undecided and is named. Where too few took part there is nothing to draw for. Raises
    KeyError for an unknown rule and ValueError for a rule that `check_rule` refuses or marks that
    the design does not allow.
    """
    quorum = quorum_of(rule, box)
    lot = tie_order if quorum is None or quorum.reached else None
    return RULES[str(rule["name"])].count(design, rule, box, lot)
