"""Put the eligible projects of a budget to the vote."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import transaction

from budgets.lifecycle import check_ballot
from budgets.methods.checking import check_rule
from budgets.methods.greedy import GreedyOptions
from budgets.methods.profile import Candidate
from budgets.models import Budget, BudgetState, ProjectState
from budgets.permissions import refuse_unless_administrator
from budgets.services.allocation import money_text
from budgets.services.planning import budget_subject, locked_budget, refuse
from proceedings.audit import Action
from proceedings.locks import lock_exclusive
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services import record_event
from voting.ballots import Option, ungrouped_refusal
from voting.configuration import BY_COST
from voting.models import Contest, ContestKind, ContestState
from voting.selectors import ballot_design, money
from voting.services.contests import OptionText, build_contest, draft_of, preset_fields, put_options

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from budgets.methods.rules import Options
    from budgets.models import Project
    from residents.models import User
    from voting.ballots import BallotDesign
    from voting.models import ContestPreset

BY_DONG, BY_FIELD = "area", "field"
ORDERS: Mapping[str, Sequence[str]] = {
    BY_DONG: ("pk",),
    BY_FIELD: ("field__position", "field", "pk"),
}
KEPT = ("max_picks", "group_picks", "spend_limit")
"""What was set on a draft's own page and stays when its projects are put to the vote again."""
USUAL_PICKS = 3
"""1인 3표: how many projects one may choose where no preset says otherwise."""


@transaction.atomic(durable=True)
def prepare_budget_contest(
    *,
    actor: User,
    budget_id: int,
    preset: ContestPreset | None = None,
    options: Options | None = None,
    tie_rule: str = "lower_cost",
    groups: str = BY_DONG,
    points: int | None = None,
) -> Contest:
    """Copy the eligible projects, with their costs, into a contest that is still a draft.

    `options` are the rule of the money, greedy unless given; `tie_rule` is the contest's, and puts
    the cheaper first if it says so and the options name no order. `groups` says whether projects
    of a dong or of a field stand together on the ballot, in which a limit of picks counts. With
    `points` voters spread so many points instead of choosing. Who votes, when and where is set on
    the contest's own page. Refused for what is missing, and for a rule that cannot be counted on
    these projects.
    """
    refuse(refuse_unless_administrator(actor))
    budget = locked_budget(budget_id)
    options = _settled(options, tie_rule)
    allocation = _allocation_of(budget, options, pointed=bool(points))
    ballot, lines = _ballot_of(budget, preset, points), option_texts(budget, groups)
    refuse(_refuse_ungrouped(ballot, lines))
    contest = _draft_contest(budget, actor, preset, allocation, {**ballot, "tie_rule": tie_rule})
    put_options(contest, lines)
    budget.projects.filter(state=ProjectState.ELIGIBLE).update(state=ProjectState.ON_BALLOT)
    budget.contest, budget.state, budget.rule = contest, BudgetState.VOTING, options.as_data()
    budget.save(update_fields=["contest", "state", "rule"])
    record_event(
        action=Action.BUDGET_CONTEST_MADE,
        actor_ref=actor.actor_ref,
        subject=budget_subject(budget),
        data={"contest": contest.pk, "projects": contest.options.count(), "rule": allocation},
    )
    return contest


def contest_to_try(
    budget: Budget,
    *,
    preset: ContestPreset | None = None,
    options: Options | None = None,
    tie_rule: str = "lower_cost",
    groups: str = BY_DONG,
    points: int | None = None,
) -> tuple[Contest, BallotDesign]:
    """The contest and the ballot that the same choices would make; nothing is stored.

    Refused for the same reasons as the contest itself.
    """
    options = _settled(options, tie_rule)
    allocation = _allocation_of(budget, options, pointed=bool(points))
    columns = {**_ballot_of(budget, preset, points), "tie_rule": tie_rule}
    again = budget.contest and preset in {None, budget.contest.preset}
    if budget.contest and again and budget.contest.kind == columns["kind"]:
        columns |= {name: getattr(budget.contest, name) for name in KEPT}
    lines = option_texts(budget, groups)
    refuse(_refuse_ungrouped(columns, lines))
    contest = draft_of(
        preset,
        len(lines),
        **{**columns, **_fixed(budget, preset, allocation), "key": UUID(int=budget.pk)},
    )
    design = ballot_design(contest)
    ballot = tuple(
        Option(
            key=line.key,
            number=number,
            title=line.title,
            cost=money(line.cost),
            group=line.group or None,
        )
        for number, line in enumerate(lines, start=1)
    )
    return contest, replace(design, options=ballot)


def _settled(options: Options | None, tie_rule: str) -> Options:
    """The rule of the money, greedy unless given; the cheaper first where only ties say so."""
    options = options or GreedyOptions()
    if not options.tie_orders and tie_rule in BY_COST:
        return replace(options, tie_orders=("lower_cost",))
    return options


def _allocation_of(budget: Budget, options: Options, *, pointed: bool) -> dict[str, Any]:
    """The rule of the money as it is frozen; Refused while it cannot count these projects."""
    missing = ballot_gaps(budget)
    if missing:
        raise Refused(missing[0])
    candidates = candidates_of(budget)
    refuse(check_rule(options, candidates, Fraction(budget.cap), pointed=pointed))
    return {
        **options.as_data(),
        **places_of(options, candidates),
        "budget": money_text(budget.cap),
    }


def ballot_gaps(budget: Budget) -> list[Refusal]:
    """What keeps the budget from the vote, as the office's page lists it."""
    states = list(budget.projects.order_by("pk").values_list("state", "title"))
    return check_ballot(
        budget.state,
        sum(state == ProjectState.ELIGIBLE for state, _title in states),
        [title for state, title in states if state == ProjectState.SUBMITTED],
        imported=budget.is_imported,
    )


def candidates_of(budget: Budget) -> list[Candidate]:
    """The eligible projects as a rule reads them, before anybody voted."""
    projects = budget.projects.filter(state=ProjectState.ELIGIBLE).select_related("area", "field")
    return [
        Candidate(
            key=project.code,
            cost=Fraction(project.cost),
            score=0,
            area=project.area.name,
            categories=(project.field.name,) if project.field else (),
        )
        for project in projects.order_by("pk")
    ]


def places_of(options: Options, candidates: Sequence[Candidate]) -> dict[str, Any]:
    """Where each project belongs, as far as a limit asks: frozen beside the rule."""
    places: dict[str, Any] = {}
    if options.constraints.area_caps:
        places["areas"] = {one.key: one.area for one in candidates}
    if options.constraints.category_caps:
        places["categories"] = {one.key: list(one.categories) for one in candidates}
    return places


def option_texts(budget: Budget, groups: str = BY_DONG) -> list[OptionText]:
    """The eligible projects as lines of a ballot: by their codes, those of a field together."""
    projects = budget.projects.filter(state=ProjectState.ELIGIBLE).select_related("area", "field")
    return [
        OptionText(
            key=project.code,
            title=project.title,
            detail=project.summary,
            url=project.get_absolute_url(),
            group=_group_of(project, groups),
            cost=project.cost,
        )
        for project in projects.order_by(*ORDERS[groups])
    ]


def _group_of(project: Project, groups: str) -> str:
    """With which projects one stands together on the ballot."""
    if groups == BY_DONG:
        return project.area.name
    return project.field.name if project.field else ""


def _refuse_ungrouped(ballot: Mapping[str, Any], lines: Sequence[OptionText]) -> Refusal | None:
    """With a limit of picks in each field no project is without a field; a dong each has."""
    if not ballot.get("group_picks"):
        return None
    return ungrouped_refusal(
        [line.title for line in lines if not line.group],
        mark("Choose the field on each project's page, or let those of a dong stand together."),
    )


def _ballot_of(budget: Budget, preset: ContestPreset | None, points: int | None) -> dict[str, Any]:
    """What a voter does: choose so many, in all and in each group, or spread points."""
    eligible = budget.projects.filter(state=ProjectState.ELIGIBLE).count()
    ways: dict[str, Any] = {"overpick": "void"}
    if points:
        ways |= {"kind": ContestKind.POINTS, "rule": "points", "points": points}
        empty = dict.fromkeys(("group_picks", "spend_limit"))
        return {**ways, **empty, "max_picks": eligible}
    settings = preset.settings if preset else {}
    ways |= {"kind": ContestKind.BUDGET, "rule": "projects", "points": None, "points_cap": None}
    ways["max_picks"] = min(settings.get("max_picks", USUAL_PICKS), eligible)
    if in_group := settings.get("group_picks"):
        ways["group_picks"] = min(in_group, eligible)
    return ways


def _draft_contest(
    budget: Budget,
    actor: User,
    preset: ContestPreset | None,
    allocation: dict[str, Any],
    columns: Mapping[str, Any],
) -> Contest:
    """The budget's draft from an earlier try with the new rule, or a new one.

    Another preset than that of the try applies in full, over what was set on the draft's own page.
    """
    fixed = _fixed(budget, preset, allocation)
    if budget.contest is not None:
        lock_exclusive(f"contest:{budget.contest_id}")
        contest = Contest.objects.select_for_update().get(pk=budget.contest.pk)
        if contest.state != ContestState.DRAFT:
            raise Refused(
                Refusal(
                    "contest_frozen",
                    mark("The contest is frozen; its projects do not change any more."),
                    mark("Before it opens you can take the contest back to draft on its own page."),
                )
            )
        changed = {**columns, "rule_options": fixed["rule_options"]}
        if preset is not None and preset != contest.preset:
            changed = {**preset_fields(preset), **changed, "preset": preset}
        elif contest.kind == columns["kind"]:
            changed = {name: value for name, value in changed.items() if name not in KEPT}
        for name, value in changed.items():
            setattr(contest, name, value)
        contest.save(update_fields=[*changed])
        return contest
    return build_contest(actor_ref=actor.actor_ref, preset=preset, **fixed, **columns)


def _fixed(
    budget: Budget, preset: ContestPreset | None, allocation: dict[str, Any]
) -> dict[str, Any]:
    """What a contest has from its budget, and the rule of the money beside the preset's."""
    rule_options = preset.settings.get("rule_options", {}) if preset else {}
    return {
        "title": budget.title,
        "area": budget.area,
        "process": budget.process,
        "outcome": "allocation",
        "rule_options": {**rule_options, "allocation": allocation},
        "effect": budget.effect,
        "census": budget.area.population,
    }
