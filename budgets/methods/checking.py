"""Whether a rule can be counted on a ballot: combinations that make no sense, with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from budgets.methods.equal_shares.options import (
    MOST_RUNS,
    Completion,
    EqualSharesOptions,
    StepOf,
    Utility,
)
from proceedings.refusals import Refusal, mark

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from budgets.methods.constraints import Caps, Constraints
    from budgets.methods.exact import Exact
    from budgets.methods.profile import Candidate
    from budgets.methods.rules import Options


def check_rule(
    options: Options, candidates: Sequence[Candidate], budget: Exact, *, pointed: bool = False
) -> Refusal | None:
    """Say why `options` cannot be counted on these projects; `pointed` if ballots give points."""
    constraints = options.constraints
    areas = {one.area for one in candidates}
    categories = {name for one in candidates for name in one.categories}
    return (
        check_shares(options, budget, pointed=pointed)
        or _check_exclusions(constraints, {one.key for one in candidates})
        or _check_caps(constraints.area_caps, areas, budget, "area_caps")
        or _check_caps(constraints.category_caps, categories, budget, "category_caps")
        or _check_rooms(constraints, candidates)
    )


def check_shares(options: Options, budget: Exact, *, pointed: bool) -> Refusal | None:
    """Say why a variant of equal shares cannot be counted; nothing of another rule."""
    if not isinstance(options, EqualSharesOptions):
        return None
    if options.utility is Utility.POINTS and not pointed:
        return Refusal(
            "points_without_points",
            mark("The rule goes by points, but the ballots only choose projects."),
            mark("Let a project count by its cost, or every project the same."),
            form_field="utility",
        )
    repeats = options.completion is not Completion.NONE
    if repeats and options.step_of is StepOf.SHARE and options.step * MOST_RUNS < 1:
        return Refusal(
            "step_too_small",
            mark("With steps this small the share would not even double in %(runs)s runs."),
            mark("Take a larger step; a fifth of a percent of the share is usual."),
            {"runs": MOST_RUNS},
            form_field="step",
        )
    if repeats and options.step_of is StepOf.MONEY and options.step > budget:
        return Refusal(
            "step_too_large",
            mark("The step of the share is larger than the whole budget."),
            mark("Take a smaller step; it is added to the share of every voter."),
            form_field="step",
        )
    return None


def _check_exclusions(constraints: Constraints, keys: Collection[str]) -> Refusal | None:
    unknown = {key for group in constraints.exclusions for key in group} - set(keys)
    if not unknown:
        return None
    return Refusal(
        "unknown_exclusion",
        mark("No project on the ballot has the number %(key)s."),
        mark("Name projects by their numbers: %(known)s."),
        {"key": min(unknown), "known": ", ".join(sorted(keys))},
        form_field="exclusions",
    )


def _check_caps(
    caps: Caps, known: Collection[str], budget: Exact, form_field: str
) -> Refusal | None:
    for name, cap in caps:
        if name not in known:
            return Refusal(
                "limit_without_projects",
                mark("There is a limit for %(name)s, but no project on the ballot is in it."),
                mark("Take the limit away, or write it for another one."),
                {"name": name},
                form_field=form_field,
            )
        if cap > budget:
            return Refusal(
                "limit_above_budget",
                mark("The limit for %(name)s is higher than the whole budget."),
                mark("Set a limit below the budget, or none."),
                {"name": name},
                form_field=form_field,
            )
    return None


def _check_rooms(constraints: Constraints, candidates: Sequence[Candidate]) -> Refusal | None:
    """Say which limit leaves room for none of its projects."""
    for form_field, caps in (
        ("area_caps", constraints.area_caps),
        ("category_caps", constraints.category_caps),
    ):
        for name, cap in caps:
            inside = [
                one.cost
                for one in candidates
                if name in ((one.area,) if form_field == "area_caps" else one.categories)
            ]
            if inside and min(inside) > cap:
                return Refusal(
                    "limit_below_costs",
                    mark("With the limit for %(name)s none of its projects could be paid for."),
                    mark("Set the limit at least as high as its cheapest project."),
                    {"name": name},
                    form_field=form_field,
                )
    return None
