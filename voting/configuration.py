"""The frozen configuration of a contest as plain values, and what is still missing for it.

Pure: everything comes in as `ContestDraft`. The frozen text is what a recount reads.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hangul.formats import seoul_date
from proceedings.phases import check_within
from proceedings.refusals import Refusal, mark
from voting.ballots import BallotDesign, BallotKind, Overpick
from voting.bundle import CONFIG_FORMAT
from voting.log import Json, canonical, digest
from voting.tally import check_rule
from voting.tally.quotas import read_quotas
from voting.tally.weights import TOGETHER, read_weights

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from proceedings.phases import Span


VOTE = "vote"
"""The kind of stage of a process in which its votes are held."""

BY_LOT = frozenset({"lot", "lower_lot"})
"""Rules for ties that end in a public lot."""

BY_COST = frozenset({"lower_cost", "lower_lot"})
"""Rules for ties that put the cheaper option first."""


@dataclass(frozen=True)
class ContestDraft:
    """All settings of a contest, as they stand before freezing. Times carry their zone."""

    key: str
    title: str
    effect: str
    decided_by: str
    ordinance: str
    area_code: str
    area_name: str
    secrecy: str
    web: bool
    paper: bool
    centres: tuple[str, ...]
    revote: str
    paper_over_web: str
    opens_at: datetime | None
    closes_at: datetime | None
    grace_seconds: int
    roll_mode: str
    roll_imported: int
    roll_outdated: bool
    min_age: int | None
    age_on: date | None
    bases: tuple[str, ...]
    census: int | None
    design: BallotDesign
    rule: Mapping[str, Json]
    tie_rule: str
    lot_source: str
    publication: str
    result_on: date | None
    objection_days: int
    origin: str
    outcome: str
    allocation: Mapping[str, Json] = field(default_factory=dict)
    stages: tuple[Span, ...] = ()
    stickers: bool = False


FOLLOW_FROM_NONE = frozenset(
    {"bad_most", "answers_most", "scores_most", "bad_seats", "group_picks_few"}
)
"""Problems that a ballot without options has because it has none."""


def missing_settings(draft: ContestDraft, now: datetime) -> list[Refusal]:
    """Everything that keeps the contest from opening, in the order of the set-up page.

    Empty means: census, options, dates, ballot design, rule, ties and publication are complete.
    Without options only their lack is named, not what is too many for none.
    """
    of_ballot = [*draft.design.check(), *check_rule(draft.design, draft.rule)]
    if not draft.design.options:
        of_ballot = [problem for problem in of_ballot if problem.code not in FOLLOW_FROM_NONE]
    return [
        *_missing_words(draft),
        *_missing_dates(draft, now),
        *_missing_roll(draft),
        *_missing_channels(draft),
        *of_ballot,
        *_missing_parts(draft),
        *_missing_seats(draft),
        *_missing_ends(draft),
    ]


def frozen_config(draft: ContestDraft, public_key: str, lot_commitment: str) -> bytes:
    """The canonical bytes that are frozen; their SHA-256 is leaf 0 of the contest's log.

    `lot_commitment` binds the secret of the lot, where ties may end in one.
    """
    if draft.opens_at is None or draft.closes_at is None:
        raise ValueError("A contest without dates cannot be frozen.")
    config: dict[str, Json] = {
        "format": CONFIG_FORMAT,
        "contest": draft.key,
        "title": draft.title,
        "effect": draft.effect,
        "decided_by": draft.decided_by,
        "ordinance": draft.ordinance,
        "area": {"code": draft.area_code, "name": draft.area_name},
        "secrecy": draft.secrecy,
        "channels": {"web": draft.web, "paper": draft.paper, "centres": list[Json](draft.centres)},
        "revote": draft.revote,
        "paper_over_web": draft.paper_over_web,
        "opens_at": draft.opens_at.isoformat(),
        "closes_at": draft.closes_at.isoformat(),
        "grace_seconds": draft.grace_seconds,
        "roll": {
            "mode": draft.roll_mode,
            "min_age": draft.min_age,
            "age_on": draft.age_on.isoformat() if draft.age_on else None,
            "bases": list[Json](draft.bases),
            "census": draft.census,
        },
        "ballot": draft.design.to_config(),
        "rule": dict(draft.rule),
        "ties": draft.tie_rule,
        "publication": draft.publication,
        "result_on": draft.result_on.isoformat() if draft.result_on else None,
        "objection_days": draft.objection_days,
        "origin": draft.origin,
        "outcome": draft.outcome,
        "allocation": dict(draft.allocation) or None,
        "public_key": public_key,
    }
    if draft.stickers:
        config["stickers"] = True
    if draft.tie_rule in BY_LOT:
        config["lot"] = {"commitment": lot_commitment, "source": draft.lot_source}
    return canonical(config)


def config_digest(config: bytes) -> str:
    """SHA-256 of the frozen bytes, 64 hex digits."""
    return digest(config)


def _missing_words(draft: ContestDraft) -> list[Refusal]:
    missing = []
    if not draft.effect:
        missing.append(
            Refusal(
                "no_effect",
                mark("What the vote decides is not written down."),
                mark("Say in one sentence what happens with the result and who decides next."),
                form_field="effect",
            )
        )
    return missing


def _missing_dates(draft: ContestDraft, now: datetime) -> list[Refusal]:
    if draft.opens_at is None or draft.closes_at is None:
        lacks, message = "opens_at", mark("The hours of opening and closing are not set.")
        hint = mark("Enter it, with date and hour.")
        if draft.closes_at is not None:
            message = mark("The hour of opening is not set.")
        elif draft.opens_at is not None:
            lacks, message = "closes_at", mark("The hour of closing is not set.")
        else:
            hint = mark("Enter both, with date and hour.")
        return [Refusal("no_dates", message, hint, form_field=lacks)]
    if draft.closes_at <= now:
        return [
            Refusal(
                "closes_in_the_past",
                mark("The hour of closing has already passed."),
                mark("Choose a later hour."),
                form_field="closes_at",
            )
        ]
    outside = check_within(draft.stages, VOTE, draft.opens_at, draft.closes_at)
    return [outside] if outside else []


def _missing_roll(draft: ContestDraft) -> list[Refusal]:
    missing = []
    if not draft.census:
        missing.append(
            Refusal(
                "no_census",
                mark("The census is missing: for how many people is this vote?"),
                mark("Enter the number of people it is for; turnout is shown against it."),
                form_field="census",
            )
        )
    if draft.min_age is not None and draft.age_on is None:
        missing.append(
            Refusal(
                "no_age_date",
                mark("There is a minimum age but no day on which it is counted."),
                mark("Enter the base date."),
                form_field="age_on",
            )
        )
    if not draft.bases and not draft.roll_imported:
        missing.append(
            Refusal(
                "nobody_counts",
                mark("It is not set who counts: living, working, studying here."),
                mark("Choose at least one, or import a roll."),
                form_field="bases",
            )
        )
    if draft.roll_imported and draft.roll_mode != "fixed":
        missing.append(
            Refusal(
                "roll_not_fixed",
                mark("A roll was imported, but people are entered as they come."),
                mark("Choose a fixed roll, or give the imported one up."),
                form_field="roll_mode",
            )
        )
    if draft.roll_outdated:
        missing.append(
            Refusal(
                "roll_outdated",
                mark("Who may vote was changed after the roll was imported."),
                mark("Import the roll again, so that every line is checked by the new rule."),
                form_field="bases",
            )
        )
    return missing


def _missing_channels(draft: ContestDraft) -> list[Refusal]:
    if not draft.web and not draft.paper:
        return [
            Refusal(
                "no_channel",
                mark("Neither web nor paper is switched on."),
                mark("Switch on at least one channel."),
                form_field="web",
            )
        ]
    if draft.paper and not draft.centres:
        return [
            Refusal(
                "no_centres",
                mark("Paper is switched on but no centre is named."),
                mark("Choose the centres with a ballot box."),
                form_field="centres",
            )
        ]
    if draft.stickers and not draft.centres:
        return [
            Refusal(
                "no_sticker_centres",
                mark("Stickers are switched on but no centre is named."),
                mark("Choose the centres whose staff count the stickers."),
                form_field="centres",
            )
        ]
    return []


def _missing_parts(draft: ContestDraft) -> list[Refusal]:
    """Ways of voting without a weight, and weights of ways that there are not.

    A count cannot add up ballots of a channel without a weight; a channel that stays empty for
    sure would only give its weight away, or leave nobody chosen.
    """
    try:
        weights = read_weights(draft.rule.get("weights"))
    except ValueError:
        return []  # the check of the rule says so
    if weights is None:
        return []
    ways = {name for name, is_on in (("web", draft.web), ("paper", draft.paper)) if is_on}
    named = weights.channels
    if named in (ways, {TOGETHER}) or draft.origin != "native":
        return []
    return [
        Refusal(
            "parts_differ",
            mark("The weights are of “%(named)s”, the ways of voting are “%(ways)s”."),
            mark("Give a weight to each way of voting and to no other, or one to all ballots."),
            {"named": ", ".join(sorted(named)), "ways": ", ".join(sorted(ways))},
            form_field="weights",
        )
    ]


def _missing_seats(draft: ContestDraft) -> list[Refusal]:
    """Ways of voting that give no seat, and seats of ways that there are not."""
    try:
        parts = read_quotas(draft.rule.get("seats_by"))
    except ValueError:
        return []  # the check of the rule says so
    ways = {name for name, is_on in (("web", draft.web), ("paper", draft.paper)) if is_on}
    named = {part.name for part in parts if not part.body}
    if not parts or named == ways:
        return []
    return [
        Refusal(
            "seats_differ",
            mark("Seats are given to “%(named)s”, the ways of voting are “%(ways)s”."),
            mark("Give seats to each way of voting, and to no other."),
            {"named": ", ".join(sorted(named)) or "–", "ways": ", ".join(sorted(ways)) or "–"},
            form_field="seats_by",
        )
    ]


def _missing_ends(draft: ContestDraft) -> list[Refusal]:
    missing = []
    if draft.result_on and draft.closes_at and draft.result_on < seoul_date(draft.closes_at):
        missing.append(
            Refusal(
                "result_before_close",
                mark("The result would be announced before the vote closes."),
                mark("Choose the day of the close or a later one."),
                form_field="result_on",
            )
        )
    if not draft.tie_rule:
        missing.append(
            Refusal(
                "no_tie_rule",
                mark("It is not settled what happens when votes are equal."),
                mark("Choose a rule for ties."),
                form_field="tie_rule",
            )
        )
    if draft.tie_rule in BY_LOT and not draft.lot_source:
        missing.append(
            Refusal(
                "no_lot_source",
                mark("It is not said where the public numbers of a lot come from."),
                mark("Say it now, such as: three residents throw three dice each."),
                form_field="lot_source",
            )
        )
    if draft.rule.get("ties") == "lot" and draft.tie_rule not in BY_LOT:
        missing.append(
            Refusal(
                "rounds_without_lot",
                mark("Equal options in a round shall be drawn by lot, but no lot is foreseen."),
                mark("Choose a public lot for equal votes, or let the rounds before decide."),
                form_field="ties",
            )
        )
    has_costs = draft.design.kind is BallotKind.BUDGET or draft.outcome == "allocation"
    if draft.tie_rule in BY_COST and not has_costs:
        missing.append(
            Refusal(
                "tie_rule_without_cost",
                mark("“Lower cost first” needs options with a cost."),
                mark("Choose another rule for ties."),
                form_field="tie_rule",
            )
        )
    if not draft.publication:
        missing.append(
            Refusal(
                "no_publication",
                mark("It is not settled how the ballots are published."),
                mark("Choose every ballot, common patterns, or totals only."),
                form_field="publication",
            )
        )
    if draft.rule.get("name") == "equal_shares" and draft.publication not in ("", "full"):
        missing.append(
            Refusal(
                "shares_without_ballots",
                mark("Nobody could count equal shares again, as not every ballot is published."),
                mark("Publish every ballot, or choose another rule."),
                form_field="publication",
            )
        )
    return [*missing, *_missing_money(draft)]


def _missing_money(draft: ContestDraft) -> list[Refusal]:
    """What keeps the money from being given out by its rule."""
    if draft.outcome != "allocation":
        return []
    missing = []
    if not draft.allocation:
        missing.append(
            Refusal(
                "no_allocation_rule",
                mark("The rule that spends the money is not set."),
                mark("Set it on the budget's page."),
            )
        )
    by_shares = draft.allocation.get("rule") == "equal_shares"
    if draft.design.overpick is Overpick.SCALE:
        missing.append(
            Refusal(
                "points_scaled_with_money",
                mark(
                    "Too many points on paper would be brought down; a budget counts whole points."
                ),
                mark("Let a sheet with too many points be void."),
                form_field="overpick",
            )
        )
    if not by_shares:
        return missing
    if draft.rule.get("weights"):
        missing.append(
            Refusal(
                "weights_with_equal_shares",
                mark(
                    "Equal shares give every voter the same money; here parts of the vote have "
                    "weights."
                ),
                mark("Take the weights away, or give the money out by votes."),
                form_field="weights",
            )
        )
    if draft.publication and draft.publication != "full":
        missing.append(
            Refusal(
                "equal_shares_without_ballots",
                mark("Nobody could count equal shares again, as not every ballot is published."),
                mark("Publish every ballot, or give the money out by votes."),
                form_field="publication",
            )
        )
    return missing
