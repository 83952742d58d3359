"""Read the opened box and the figures that must fit together."""

from __future__ import annotations

import json
from hashlib import sha256
from typing import TYPE_CHECKING

from django.db.models import Count, F, Q

from voting.log import LeafKind
from voting.models import Ballot, PromisedLeaf, Slot, SlotEvent, SlotState
from voting.reconcile import ContestCounts
from voting.selectors import ballot_design, rule_of
from voting.selectors.paper import batch_figures
from voting.tally import count_box
from voting.tally.result import Box

if TYPE_CHECKING:
    from collections.abc import Mapping

    from django.db.models import QuerySet

    from voting.models import Contest
    from voting.reconcile import BatchCounts
    from voting.tally.result import TallyResult


def counting_ballots(contest: Contest) -> QuerySet[Ballot]:
    """The ballots that count: web ballots, and paper of the newest certified version of a box."""
    return Ballot.objects.filter(contest=contest).filter(
        Q(batch__isnull=True) | Q(batch_version=F("batch__version"), batch__state="certified")
    )


def box_of(contest: Contest) -> Box:
    """The opened box as numbers: equal ballots grouped in the database."""
    rows = (
        counting_ballots(contest)
        .values_list("marks", "channel")
        .annotate(number=Count("*"))
        .order_by("marks", "channel")
    )
    void = sum(batch.void + batch.unreadable for batch in certified_figures(contest))
    return Box(
        ballots={(marks, channel): number for marks, channel, number in rows},
        roll=roll_size(contest),
        void={"paper": void} if void else {},
    )


def roll_size(contest: Contest) -> int:
    """How many people the roll holds; of an imported contest, its census."""
    if contest.origin == "imported":
        return contest.census or 0
    return contest.roll.count()


def certified_figures(contest: Contest) -> tuple[BatchCounts, ...]:
    """Figures of each certified box."""
    batches = contest.batches.filter(state="certified").select_related("centre")
    return tuple(batch_figures(batch) for batch in batches.order_by("centre__code", "number"))


def input_root(box: Box) -> str:
    """Digest of everything a count depends on besides the configuration: the box as numbers."""
    digest = sha256()
    for (marks, channel), number in sorted(box.ballots.items()):
        digest.update(f"{number}\t{channel}\t{marks}\n".encode())
    digest.update(f"void\t{sorted(box.void.items())}\troll\t{box.roll}\n".encode())
    return digest.hexdigest()


def marks_of(box: Box) -> dict[str, int]:
    """How many ballots of the box carry each marks text, whatever their channel."""
    marks: dict[str, int] = {}
    for (text, _channel), number in box.ballots.items():
        marks[text] = marks.get(text, 0) + number
    return marks


def count(contest: Contest, box: Box) -> TallyResult:
    """Count a box by the contest's frozen rule: the one place where page, worker and bundle ask."""
    return count_box(ballot_design(contest), rule_of(contest), box, tie_order_of(contest))


def tie_order_of(contest: Contest) -> tuple[str, ...] | None:
    """The outcome of a public lot, as the newest seed leaf of the contest's log tells it."""
    leaf = (
        PromisedLeaf.objects.filter(contest=contest, kind=LeafKind.SEED)
        .order_by("-place__index")
        .values_list("data", flat=True)
        .first()
    )
    return tuple(json.loads(leaf)["order"]) if leaf else None


def slots_by_state(contest: Contest) -> dict[str, int]:
    """How many vote rights are in which state; a person without a slot has a free one."""
    rows = dict(
        Slot.objects.filter(contest=contest)
        .values_list("state")
        .annotate(number=Count("*"))
        .order_by()
    )
    counts = {state.value: rows.get(state.value, 0) for state in SlotState}
    counts[SlotState.FREE] += roll_size(contest) - sum(rows.values())
    return counts


def contest_counts(contest: Contest, result: TallyResult) -> ContestCounts:
    """All figures of the contest for its reconciliation; `result` is the count of its box."""
    leaves = PromisedLeaf.objects.filter(contest=contest, kind="ballot").count()
    left_web = _events_leaving_web(contest)
    return ContestCounts(
        roll=roll_size(contest),
        slots=slots_by_state(contest),
        leaves=leaves,
        superseded=left_web["superseded"],
        voided=left_web["voided"],
        channels=result.channels,
        batches=certified_figures(contest),
    )


def _events_leaving_web(contest: Contest) -> Mapping[str, int]:
    """How many web ballots were replaced (by web or paper) and how many were voided."""
    events = SlotEvent.objects.filter(contest=contest, from_state=SlotState.WEB)
    return {
        "superseded": events.exclude(to_state=SlotState.VOIDED).count(),
        "voided": events.filter(to_state=SlotState.VOIDED).count(),
    }
