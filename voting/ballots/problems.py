"""What keeps the design of a ballot from being frozen."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from proceedings.refusals import Refusal, mark
from voting.ballots.kinds import KEY_FORM, OVERPICKS, PICKED, BallotKind, Overpick

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voting.ballots.design import BallotDesign


MOST_NUMBER = 1000
"""The highest score, and the most points, that a ballot may have."""


def design_problems(design: BallotDesign) -> list[Refusal]:
    """Name everything that keeps `design` from being frozen; empty means sound."""
    return [
        *_option_problems(design),
        *_pick_problems(design),
        *_kind_problems(design),
        *_group_problems(design),
        *_number_problems(design),
        *([refusal] if (refusal := overpick_refusal(design.kind, design.overpick)) else []),
    ]


def overpick_refusal(kind: BallotKind, overpick: Overpick) -> Refusal | None:
    """Say why too many marks on paper cannot be worth this on a ballot of this kind."""
    if overpick in OVERPICKS[kind]:
        return None
    if overpick is Overpick.SCALE:
        code, message = "scale_kind", mark("Only points can be brought down in proportion.")
    elif kind is BallotKind.POINTS:
        code = "left_out_kind"
        message = mark(
            "Of too many points none can be left out; let the sheet be void, or bring them down."
        )
    else:
        code = "left_out_kind"
        message = mark(
            "Which of too many choices is left out would hang on the printed order; let such a "
            "sheet be void."
        )
    return _problem(code, message, "overpick")


def _option_problems(design: BallotDesign) -> list[Refusal]:
    keys = [option.key for option in design.options]
    numbers = [option.number for option in design.options]
    problems: list[Refusal] = []
    if not design.options:
        problems.append(_problem("no_options", mark("The ballot has no options."), "options"))
    if len(set(keys)) < len(keys):
        problems.append(_problem("same_key", mark("Two options have the same key."), "options"))
    if len(set(numbers)) < len(numbers):
        problems.append(
            _problem("same_number", mark("Two options have the same number."), "options")
        )
    for option in design.options:
        named = {"option": option.title.strip() or option.key}
        if not KEY_FORM.fullmatch(option.key):
            problems.append(
                _problem(
                    "bad_key",
                    mark("The key of “%(option)s” must be one word, without quotes or semicolons."),
                    "options",
                    named,
                )
            )
        if not option.title.strip():
            problems.append(
                _problem("no_title", mark("Option “%(option)s” has no title."), "options", named)
            )
        if option.number < 1:
            problems.append(
                _problem("bad_number", mark("The numbers of options start at 1."), "options")
            )
        if option.cost is not None and option.cost < 0:
            problems.append(
                _problem(
                    "bad_cost", mark("“%(option)s” costs less than nothing."), "options", named
                )
            )
    return problems


def _pick_problems(design: BallotDesign) -> list[Refusal]:
    problems: list[Refusal] = []
    if not 0 <= design.min_picks <= design.max_picks:
        problems.append(
            _problem("bad_picks", mark("The fewest choices are more than the most."), "min_picks")
        )
    if not 1 <= design.max_picks <= max(1, len(design.options)):
        problems.append(
            _problem(
                "bad_most",
                mark("The most choices must lie between 1 and the number of options."),
                "max_picks",
            )
        )
    return problems


def _kind_problems(design: BallotDesign) -> list[Refusal]:
    """Judge what only one kind of ballot may have."""
    asks_answers = design.kind is BallotKind.YES_NO
    has_purse = design.spend_limit is not None
    costs = [option.cost for option in design.options if option.cost is not None]
    found: list[tuple[bool, str, str, str]] = [
        (
            design.kind is BallotKind.SINGLE and design.max_picks != 1,
            "single_most",
            mark("A single choice lets exactly one option be chosen."),
            "max_picks",
        ),
        (
            asks_answers and design.max_picks != len(design.options),
            "answers_most",
            mark("On a yes/no ballot every item may be answered."),
            "max_picks",
        ),
        (
            design.abstain_allowed and not asks_answers,
            "abstain_kind",
            mark("Abstaining is an answer of yes/no ballots only."),
            "abstain_allowed",
        ),
        (
            has_purse and design.kind is not BallotKind.BUDGET,
            "purse_kind",
            mark("Only a budget ballot has a spending limit."),
            "spend_limit",
        ),
        (
            design.kind is BallotKind.BUDGET and len(costs) < len(design.options),
            "cost_missing",
            mark("Every project of a budget ballot needs a cost."),
            "options",
        ),
        (
            design.spend_limit is not None and design.spend_limit < min(costs, default=0),
            "purse_small",
            mark("The spending limit is smaller than the cheapest project."),
            "spend_limit",
        ),
    ]
    return [_problem(code, message, field) for holds, code, message, field in found if holds]


def _group_problems(design: BallotDesign) -> list[Refusal]:
    """Judge a limit of choices in each group."""
    most = design.group_picks
    if most is None:
        return []
    sizes = Counter(option.group for option in design.options)
    found: list[tuple[bool, str, str]] = [
        (
            design.kind not in PICKED,
            "group_kind",
            mark("Only where options are chosen can there be a limit in each group."),
        ),
        (
            not 1 <= most <= design.max_picks,
            "bad_group_picks",
            mark("The most choices in each group must lie between 1 and the most choices."),
        ),
        (
            sum(min(size, max(0, most)) for size in sizes.values()) < design.min_picks,
            "group_picks_few",
            mark("With this limit in each group the fewest choices cannot be reached."),
        ),
    ]
    problems = [_problem(code, message, "group_picks") for holds, code, message in found if holds]
    of_budget = mark("Take the budget back to its review, and choose the field of each project.")
    give = mark("Give each of them its group, or leave the limit in each group empty.")
    refusal = ungrouped_refusal(
        [option.title for option in design.in_order if option.group is None],
        of_budget if design.kind is BallotKind.BUDGET else give,
    )
    return [*([refusal] if refusal else []), *problems]


def ungrouped_refusal(titles: Sequence[str], next_step: str) -> Refusal | None:
    """Name the options that stand in no group although picks are limited in each; None if none."""
    if not titles:
        return None
    return Refusal(
        "no_group",
        mark("A limit in each group needs a group for every option; without one: %(titles)s."),
        next_step,
        {"titles": ", ".join(titles[:3]) + (" …" if len(titles) > 3 else "")},
        form_field="group_picks",
    )


def _number_problems(design: BallotDesign) -> list[Refusal]:
    """Judge places, scores and points, each of which only one kind of ballot has."""
    kind, points, cap = design.kind, design.points, design.points_cap
    is_score, is_points = kind is BallotKind.SCORE, kind is BallotKind.POINTS
    found: list[tuple[bool, str, str, str]] = [
        (
            design.equal_ranks and kind is not BallotKind.RANK,
            "equal_kind",
            mark("Only a ranking can have several options in one place."),
            "equal_ranks",
        ),
        (
            design.score_max is not None and not is_score,
            "score_kind",
            mark("Only a ballot of scores has a highest score."),
            "score_max",
        ),
        (
            is_score and not 1 <= (design.score_max or 0) <= MOST_NUMBER,
            "bad_score",
            mark("The highest score must lie between 1 and 1000."),
            "score_max",
        ),
        (
            is_score and design.max_picks != len(design.options),
            "scores_most",
            mark("On a ballot of scores every option may be scored."),
            "max_picks",
        ),
        (
            not is_points and (points is not None or cap is not None or design.spend_all),
            "points_kind",
            mark("Only a ballot of points has points to give."),
            "points",
        ),
        (
            is_points and not 1 <= (points or 0) <= MOST_NUMBER,
            "bad_points",
            mark("The points of a ballot must lie between 1 and 1000."),
            "points",
        ),
        (
            is_points and cap is not None and not 1 <= cap <= (points or 0),
            "bad_cap",
            mark("The most points for one option must lie between 1 and all points."),
            "points_cap",
        ),
        (
            is_points and design.min_picks > (points or 0),
            "points_few",
            mark("There are fewer points than options that must get some."),
            "points",
        ),
        (
            design.spend_all and cap is not None and cap * design.max_picks < (points or 0),
            "cap_small",
            mark("With this limit for one option nobody can give all points."),
            "points_cap",
        ),
    ]
    return [_problem(code, message, field) for holds, code, message, field in found if holds]


def _problem(
    code: str, message: str, field: str, params: Mapping[str, object] | None = None
) -> Refusal:
    return Refusal(code, message, params=params or {}, form_field=field)
