"""A budget as a PaBuLib election, for its export."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from budgets.methods.exact import exact_text, whole
from budgets.methods.rules import name_of, options_from_data
from budgets.pabulib import PabulibBallot, PabulibElection, PabulibProject, with_totals
from budgets.pabulib import with_outcome as pabulib_with_outcome
from voting.ballots import is_blank, points_of
from voting.bundle import FULL
from voting.models import ContestKind
from voting.selectors import ballot_design, frozen_config_of, rule_of
from voting.selectors.counting import marks_of
from voting.tally.weights import TOGETHER, read_weights

if TYPE_CHECKING:
    from decimal import Decimal

    from budgets.methods.outcome import Outcome
    from budgets.models import Budget
    from voting.models import Contest
    from voting.tally.result import Box
    from voting.tally.weights import Weights

OWN_RULE = "greedy-custom"
"""What the format calls a rule with additions that it can only describe in words."""
HIDDEN = "Not every ballot of this vote is published: its votes are in the bundle of the vote."
NAMES = {TOGETHER: "all ballots", "web": "web ballots", "paper": "paper ballots"}


def election_of(
    budget: Budget, contest: Contest, box: Box, outcome: Outcome | None
) -> PabulibElection:
    """The contest as PaBuLib describes one: ballots sorted by content under running numbers.

    No age, sex, channel or time. Where ballots are not published in full the file has none of
    them, and so no votes; what was imported with a file and has no place here goes out as it came
    in. Which projects are selected is told once no tie is open: the format knows no third answer.
    It has no place for weights, nor for a least number of votes beside points or without ballots:
    a comment tells them, and the rule is called a town's own.
    """
    design, weights = ballot_design(contest), read_weights(rule_of(contest).get("weights"))
    config, points = frozen_config_of(contest), design.points
    hidden, rule = contest.publication != FULL, config["allocation"]
    least = _least_words(rule, points=bool(points)) if points or hidden else ""
    if isinstance(rule, dict) and (least or hidden):
        rule = {**rule, "threshold": None}  # told in words
    custom = [_weights_words(weights) if weights else "", least]
    comment = " ".join(filter(None, [*custom, HIDDEN if hidden else ""]))
    projects = {project.code: project for project in budget.projects.all()}
    meta = {
        "description": budget.title,
        "country": "South Korea",
        "unit": budget.area.name,
        "instance": str(budget.year),
        "num_projects": str(len(design.options)),
        "num_votes": "0",
        "budget": exact_text(_exact(budget.cap)),
        "rule": _rule_name(rule, own=any(custom)),
        **_threshold(rule),
        "vote_type": "cumulative" if points else "approval",
        "date_begin": _date(contest.opens_at),
        "date_end": _date(contest.closes_at),
        "max_length": str(design.max_picks),
        **({"max_points": str(design.points_cap or points)} if points else {}),
        **({"min_sum_points": str(points)} if points and design.spend_all else {}),
        **({"max_sum_points": str(points)} if points else {}),
        "currency": budget.currency,
        **({"comment": f"#1: {comment}"} if comment else {}),
        **budget.imported_meta,
    }
    election = with_totals(
        PabulibElection(
            meta=meta,
            projects=tuple(
                PabulibProject(
                    project_id=option.key,
                    cost=option.cost or 0,
                    name=option.title,
                    extra=projects[option.key].extra if option.key in projects else {},
                )
                for option in design.options
            ),
            ballots=_ballots(contest, box),
        )
    )
    if outcome is None or outcome.undecided:
        return election
    return pabulib_with_outcome(election, outcome)


def _ballots(contest: Contest, box: Box) -> tuple[PabulibBallot, ...]:
    if contest.publication != FULL:
        return ()
    texts = sorted(
        (marks, number)
        for marks, number in marks_of(box).items()
        if not is_blank(marks)  # the format has no blank ballots
    )
    pointed = contest.kind == ContestKind.POINTS
    rows = (marks for marks, number in texts for _ in range(number))
    return tuple(
        PabulibBallot(
            voter_id=str(place),
            choices=tuple(points_of(marks)),
            points=tuple(points_of(marks).values()) if pointed else (),
        )
        for place, marks in enumerate(rows, start=1)
    )


def _weights_words(weights: Weights) -> str:
    """What the file itself cannot say of how its projects were ranked."""
    parts = ", ".join(f"{NAMES.get(part.name, part.name)} {part.weight}%" for part in weights.parts)
    return (
        f"Projects were ranked by points of 100, put together from {parts}. The ballots here give "
        "only the votes; the bundle of the vote has all that a recount needs."
    )


def _least_words(rule: object, *, points: bool) -> str:
    """A least number of voters that the file has no place for; 1 goes unsaid."""
    least = rule.get("threshold") if isinstance(rule, dict) else None
    if least is None or least <= 1:
        return ""
    did = "gave points to" if points else "chose"
    return f"Only projects that {least} or more voters {did} were funded."


def _exact(amount: Decimal) -> int | Fraction:
    return whole(Fraction(amount))


def _rule_name(rule: object, *, own: bool) -> str:
    """The PaBuLib name of a frozen allocation rule; by votes with additions it is a town's own."""
    name = name_of(options_from_data(rule)) if isinstance(rule, dict) else "greedy"
    return OWN_RULE if own and name.startswith("greedy") else name


def _threshold(rule: object) -> dict[str, str]:
    """The least score that a project needs, if the rule asks for one."""
    least = rule.get("threshold") if isinstance(rule, dict) else None
    return {"min_project_score_threshold": str(least)} if least else {}


def _date(moment: object) -> str:
    return f"{moment:%d.%m.%Y}" if moment is not None else ""
