"""Read the opened box and the figures that must fit together."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.core.cache import cache
from django.db.models import Count, Exists, F, OuterRef, Q
from django.db.models.functions import Now
from redis.exceptions import RedisError

from voting import recount
from voting.bundle import FULL, ballot_lines, count_file
from voting.log import LeafKind
from voting.models import (
    Announcement,
    Ballot,
    BatchState,
    Contest,
    ContestState,
    PromisedLeaf,
    Publication,
    Slot,
    SlotEvent,
    SlotState,
)
from voting.reconcile import ContestCounts
from voting.selectors import ballot_design, frozen_config_of, rule_of
from voting.selectors.paper import batch_figures
from voting.tally import count_box
from voting.tally.result import Box

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from django.db.models import QuerySet

    from voting.log import Json
    from voting.models import TallyRun
    from voting.reconcile import BatchCounts
    from voting.tally.result import TallyResult


@dataclass(frozen=True)
class CountingNow:
    """A count that goes on: whether the second engine is at work, since when, at which run.

    `since` is None and `run` 0 where the engine has not said anything.
    """

    is_second: bool
    since: datetime | None
    run: int


BEING_COUNTED = frozenset({ContestState.OPENED, ContestState.COUNTED, ContestState.RECOUNT})
"""States in which an engine may be at work; the money is given out once votes are counted."""


def counting_key(contest_id: int, engine: str) -> str:
    """Where an engine says how far it is."""
    return f"counting:{contest_id}:{engine}"


def counting_now(contest: Contest) -> CountingNow | None:
    """How far the count of a contest is; None while no engine holds a lease."""
    if contest.state not in BEING_COUNTED:
        return None
    running = contest.tally_runs.filter(state="running", lease_until__gt=Now())
    engine = running.order_by("pk").values_list("engine", flat=True).last()
    if engine is None:
        return None
    try:
        since, run = cache.get(counting_key(contest.pk, engine)) or (None, 0)
    except RedisError:
        since, run = None, 0
    return CountingNow("plain" in engine, since, run)


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
        bodies=bodies_of(contest),
    )


def bodies_of(contest: Contest) -> dict[str, dict[str, int]]:
    """What each body with a weight of its own gave, as its newest leaf tells it."""
    leaves = (
        PromisedLeaf.objects.filter(contest=contest, kind=LeafKind.BODY)
        .order_by("place__index")
        .values_list("data", flat=True)
    )
    bodies = [json.loads(leaf) for leaf in leaves]
    return {body["part"]: body["points"] for body in bodies}


def roll_size(contest: Contest) -> int:
    """How many people the roll holds; of an imported contest, its census."""
    if contest.origin == "imported":
        return contest.census or 0
    return contest.roll.count()


def certified_figures(contest: Contest) -> tuple[BatchCounts, ...]:
    """Figures of each certified box."""
    batches = contest.batches.filter(state="certified").select_related("centre")
    return tuple(batch_figures(batch) for batch in batches.order_by("centre__code", "number"))


@dataclass(frozen=True)
class CountInput:
    """Everything a count depends on besides the frozen configuration."""

    box: Box
    lot: tuple[str, ...] | None

    @cached_property
    def root(self) -> str:
        """Digest of the box as numbers, of what bodies gave, and of the public lot, if any."""
        digest = sha256()
        for (marks, channel), number in sorted(self.box.ballots.items()):
            digest.update(f"{number}\t{channel}\t{marks}\n".encode())
        void = sorted(self.box.void.items())
        digest.update(f"void\t{void}\troll\t{self.box.roll}\n".encode())
        if self.box.bodies:
            bodies = sorted((name, sorted(row.items())) for name, row in self.box.bodies.items())
            digest.update(f"bodies\t{bodies}\n".encode())
        if self.lot is not None:
            digest.update(f"lot\t{list(self.lot)}\n".encode())
        return digest.hexdigest()


def input_of(contest: Contest) -> CountInput:
    """The opened box and the newest public lot, as they are now."""
    return CountInput(box_of(contest), tie_order_of(contest))


def marks_of(box: Box) -> dict[str, int]:
    """How many ballots of the box carry each marks text, whatever their channel."""
    marks: dict[str, int] = {}
    for (text, _channel), number in box.ballots.items():
        marks[text] = marks.get(text, 0) + number
    return marks


def lines_of(contest: Contest, box: Box) -> dict[str, int]:
    """How many ballots of the box have the same line in the bundle's list."""
    return ballot_lines(box.ballots, rule_of(contest))


def ballots_json(contest: Contest, given: CountInput) -> bytes | None:
    """The box as `count_ballots` reads it; None for money, and unless every ballot is published."""
    if contest.publication != FULL or contest.outcome == "allocation":
        return None
    design, rule = ballot_design(contest), rule_of(contest)
    return count_file(contest.title, design, rule, given.box, given.lot)


def count(contest: Contest, given: CountInput) -> TallyResult:
    """Count by the contest's frozen rule: the one place where page, worker and bundle ask."""
    return count_box(ballot_design(contest), rule_of(contest), given.box, given.lot)


def count_plainly(contest: Contest, given: CountInput) -> dict[str, Json]:
    """The same by the second engine, which is also in every bundle."""
    figures: dict[str, Any] = {
        "roll": given.box.roll,
        "void": sum(given.box.void.values()),
        "bodies": {name: dict(row) for name, row in given.box.bodies.items()},
    }
    lot = None if given.lot is None else list(given.lot)
    lines = lines_of(contest, given.box)
    return recount.count(dict(frozen_config_of(contest)), lines, figures, lot)


def round_of(contest: Contest) -> int:
    """Which count this is: 0 is the first, each order to count again adds one."""
    return contest.recounts.count()


def runs_of(contest: Contest, root: str) -> list[TallyRun]:
    """The runs of all engines over one input, in the present round."""
    runs = contest.tally_runs.filter(
        round=round_of(contest), input_root=root, config_digest=contest.config_digest
    )
    return list(runs.order_by("engine"))


def unannounced() -> list[tuple[int, int]]:
    """Openings (version 0) and publications of which people have not been told."""
    told = Announcement.objects.filter(contest=OuterRef("pk"), version=0)
    opened = Contest.objects.filter(~Exists(told), state=ContestState.OPEN)
    told = Announcement.objects.filter(contest=OuterRef("contest"), version=OuterRef("version"))
    published = Publication.objects.filter(~Exists(told))
    return [
        *((pk, 0) for pk in opened.order_by("pk").values_list("pk", flat=True)),
        *published.order_by("pk").values_list("contest_id", "version"),
    ]


def waits_for_paper(contest: Contest) -> bool:
    """Whether a box of paper is not certified (yet, or again)."""
    return contest.batches.exclude(state=BatchState.CERTIFIED).exists()


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
