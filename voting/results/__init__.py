"""A published result read back for its page: shares, equations, merged cells, what changed.

Pure: takes the stored JSON of a publication and the frozen ballot. Words are the page's.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from voting.reconcile import PAPER, Equation
from voting.tally.channels import MINIMUM

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voting.ballots import BallotDesign

Plain = Any
"""Parsed JSON of a publication, written by this app itself."""


def percent(part: int, whole: int) -> str:
    """Write `part` of `whole` for people: "64.2%", one decimal, halves rounded up; 0 of nothing."""
    tenths = (2000 * part + whole) // (2 * whole) if whole > 0 else 0
    return f"{tenths // 10}.{tenths % 10}%"


@dataclass(frozen=True)
class OptionOutcome:
    """One option's line: its votes (`yes` of an item), their share of the ballots, the outcome.

    `counts` are as published: whole numbers, or `"7/3"` as text.
    `won` is None while undecided or where the rule names no winners; `reason` is the count's code.
    """

    key: str
    number: int
    title: str
    cost: int | None
    counts: Mapping[str, Any]
    votes: int
    share: str
    rank: int | None
    won: bool | None
    reason: str
    need: int | None


@dataclass(frozen=True)
class TieOutcome:
    """A tie by title: at the last seat (of a `part` that gives seats), or of a `round`.

    `votes` is None where what ties is no number of votes. `won` and `out` are those that a lot, or
    `by` the rounds before, came first or had to go.
    """

    titles: tuple[str, ...]
    votes: int | None
    seats: int | None
    won: tuple[str, ...]
    out: tuple[str, ...] = ()
    round: int | None = None
    by: str | None = None
    part: str | None = None

    @property
    def decided(self) -> bool:
        """Whether it is settled."""
        return bool(self.won or self.out)


@dataclass(frozen=True)
class QuorumOutcome:
    """How many were needed, how many came."""

    need: int
    got: int
    reached: bool


VOTED = frozenset({"plurality", "approval", "projects", "yes_no"})
"""Rules that compare numbers of votes and nothing else."""


@dataclass(frozen=True)
class ResultFigures:
    """The whole result as a page shows it; `options` in the order of the ballot.

    `is_mean` says that scores count by their average, which only the rule's settings tell,
    `by_parts` that each part gave seats of its own.
    """

    rule: str
    roll: int
    turnout: int
    valid: int
    blank: int
    void: int
    decided: bool
    quorum: QuorumOutcome | None
    options: tuple[OptionOutcome, ...]
    winners: tuple[OptionOutcome, ...]
    ties: tuple[TieOutcome, ...]
    is_mean: bool = False
    by_parts: bool = False

    @property
    def by_votes(self) -> bool:
        """Whether the most votes win, and nothing else that would have to be shown beside them."""
        weighted = any("weighted" in one.counts for one in self.options)
        return self.rule in VOTED and not weighted and not self.by_parts

    @property
    def ranked(self) -> list[OptionOutcome]:
        """Options from the most votes down, or from the first rank; equal ones as on the ballot."""
        if self.by_votes:
            return sorted(self.options, key=lambda one: (-one.votes, one.number))
        last = len(self.options) + 1
        return sorted(self.options, key=lambda one: (one.rank or last, -one.votes, one.number))


def read_result(plain: Plain, design: BallotDesign) -> ResultFigures:
    """Read `TallyResult.to_json()` back, with the titles of the frozen ballot."""
    options = {option.key: option for option in design.in_order}
    outcomes = {
        one["key"]: OptionOutcome(
            key=one["key"],
            number=options[one["key"]].number,
            title=options[one["key"]].title,
            cost=_whole(options[one["key"]].cost),
            counts=one["counts"],
            votes=_votes(one["counts"]),
            share=percent(_votes(one["counts"]), _answered(one["counts"], plain["valid"])),
            rank=one["rank"],
            won=one["won"],
            reason=one["reason"],
            need=one["need"],
        )
        for one in plain["options"]
    }
    quorum = plain["quorum"]
    figures = ResultFigures(
        rule=plain["rule"],
        roll=plain["roll"],
        turnout=plain["turnout"],
        valid=plain["valid"],
        blank=plain["blank"],
        void=plain["void"],
        decided=plain["decided"],
        quorum=QuorumOutcome(quorum["need"], quorum["got"], quorum["reached"]) if quorum else None,
        options=tuple(sorted(outcomes.values(), key=lambda one: one.number)),
        winners=tuple(outcomes[key] for key in plain["winners"]),
        ties=(),
        by_parts="seated" in plain,
    )
    titles = {key: one.title for key, one in outcomes.items()}
    ties = tuple(_tie(tie, titles, votes=figures.by_votes) for tie in plain["ties"])
    return replace(figures, ties=ties)


def _tie(tie: Plain, titles: Mapping[str, str], *, votes: bool) -> TieOutcome:
    """Read a tie of either form back; `votes` says whether votes are what ties."""
    first = [tie["first"]] if tie.get("first") else []
    won = tie.get("won") or tie.get("chosen") or first
    return TieOutcome(
        titles=tuple(titles[key] for key in tie["options"]),
        votes=tie["votes"] if votes else None,
        seats=tie.get("seats"),
        won=tuple(titles[key] for key in won),
        out=tuple(titles[key] for key in tie.get("out", ())),
        round=tie.get("round"),
        by=tie.get("by"),
        part=tie.get("part"),
    )


def _votes(counts: Mapping[str, Any]) -> int:
    return int(counts["yes"] if "yes" in counts else counts["votes"])


def _answered(counts: Mapping[str, Any], valid: int) -> int:
    """What a share is a share of: yes and no of an item, else all valid ballots."""
    return int(counts["yes"] + counts["no"]) if "yes" in counts else valid


def _whole(cost: object) -> int | None:
    return None if cost is None else int(cost)  # type: ignore[call-overload]  # int or Fraction


# --- Channels -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class ChannelSum:
    """What came by one channel."""

    channel: str
    ballots: int
    blank: int
    void: int

    @property
    def total(self) -> int:
        """Everyone who took part by this channel."""
        return self.ballots + self.void


@dataclass(frozen=True)
class ChannelRows:
    """Votes of each option as stacked rows.

    `series` are the groups of channels, then `merged` for rows that are not split because a cell
    would be too small, then `no` and `rest` (of yes/no items: abstained and left blank).
    """

    series: tuple[tuple[str, ...], ...]
    rows: tuple[tuple[str, Mapping[tuple[str, ...], int]], ...]
    merged: bool


MERGED = ("merged",)


def channel_sums(reconciliation: Plain) -> tuple[ChannelSum, ...]:
    """The channels of a contest: web first, paper second, others behind."""
    order = {"web": 0, PAPER: 1}
    sums = [
        ChannelSum(name, one["ballots"], one["blank"], one["void"])
        for name, one in reconciliation["channels"].items()
    ]
    return tuple(sorted(sums, key=lambda one: (order.get(one.channel, 2), one.channel)))


def channel_rows(result: ResultFigures, reconciliation: Plain) -> ChannelRows:
    """Votes by option and channel as published; a row that may not be split is one piece."""
    cells = reconciliation["cells"]
    groups = tuple(sorted((tuple(group) for group in cells["groups"]), reverse=True))
    places = [tuple(group) for group in cells["groups"]]
    rows: list[tuple[str, Mapping[tuple[str, ...], int]]] = []
    for option in result.options:
        row = cells["rows"].get(option.key)
        if row is None:
            whole = groups[0] if len(groups) == 1 else MERGED
            rows.append((option.title, {whole: option.votes}))
        else:
            split = {group: _votes(cell) for group, cell in zip(places, row, strict=True)}
            rows.append((option.title, split))
    merged = any(MERGED in counts for _title, counts in rows)
    return ChannelRows((*groups, *([MERGED] if merged else [])), tuple(rows), merged)


def channel_answers(
    result: ResultFigures, reconciliation: Plain
) -> dict[str, tuple[tuple[tuple[str, ...], Mapping[str, int]], ...]]:
    """Yes, no and the rest of each item by channel; an item that may not be split has none."""
    cells = reconciliation["cells"]
    groups = [tuple(group) for group in cells["groups"]]
    return {
        option.key: tuple(sorted(zip(groups, row, strict=True), reverse=True))
        for option in result.options
        if result.rule == "yes_no" and (row := cells["rows"].get(option.key)) is not None
    }


# --- Equations ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Balance:
    """An equation of the reconciliation: both sides, and whether a difference was explained."""

    name: str
    left: int
    right: int
    explained: bool = False

    @property
    def holds(self) -> bool:
        """Whether both sides are equal."""
        return self.left == self.right


def balances(reconciliation: Plain) -> tuple[Balance, ...]:
    """Every equation that ties voters, log, boxes and ballots together, over the whole contest."""
    slots, web, boxes = (
        reconciliation["slots"],
        reconciliation["web"],
        reconciliation["batches"],
    )
    channels = channel_sums(reconciliation)
    electronic = sum(one.total for one in channels if one.channel != PAPER)
    found = [
        Balance("roll", reconciliation["roll"], sum(slots.values())),
        Balance("leaves", web["leaves"], web["counted"] + web["superseded"] + web["voided"]),
        Balance("web", slots.get("web", 0), electronic),
    ]
    if not boxes and not slots.get("paper_cast", 0):
        return tuple(found)

    def total(*names: str) -> int:
        return sum(box[name] for box in boxes for name in names)

    reasons = {name for box in boxes for name in box["reasons"]}
    return (
        *found,
        Balance(
            "stubs",
            total("stubs"),
            total("sheets", "spoiled", "returned", "missing"),
            Equation.STUBS in reasons,
        ),
        Balance("sheets", total("sheets"), total("valid", "blank", "void", "unreadable")),
        Balance("signatures", total("signatures"), total("stubs"), Equation.SIGNATURES in reasons),
        Balance("slots", slots.get("paper_cast", 0), total("sheets"), Equation.SLOTS in reasons),
    )


@dataclass(frozen=True)
class CentreSheets:
    """Sheets of one centre (all its boxes), or of several small ones together (`name` empty)."""

    name: str
    sheets: int
    valid: int
    blank: int
    void: int


def centre_sheets(reconciliation: Plain) -> tuple[CentreSheets, ...]:
    """Sheets by centre, by name; centres with fewer than `MINIMUM` sheets stand together."""
    sums: dict[str, list[int]] = {}
    for box in reconciliation["batches"]:
        row = sums.setdefault(box["centre"], [0, 0, 0, 0])
        figures = (box["sheets"], box["valid"], box["blank"], box["void"] + box["unreadable"])
        for place, figure in enumerate(figures):
            row[place] += figure
    small = {name for name, row in sums.items() if row[0] < MINIMUM}
    if small and len(small) < len(sums) and sum(sums[name][0] for name in small) < MINIMUM:
        small.add(min((name for name in sums if name not in small), key=lambda n: (sums[n][0], n)))
    shown = [CentreSheets(name, *sums[name]) for name in sorted(set(sums) - small)]
    if not small:
        return tuple(shown)
    rest = [sum(figures) for figures in zip(*(sums[name] for name in small), strict=True)]
    return (*shown, CentreSheets("", *rest))


# --- What a later publication changed -----------------------------------------------------------


@dataclass(frozen=True)
class Change:
    """A figure that differs between two publications; `title` is an option's, or empty for all."""

    title: str
    before: int
    after: int


def changes(before: ResultFigures, after: ResultFigures) -> tuple[Change, ...]:
    """What differs in the later publication: who took part, then votes by option."""
    figures = [Change("", before.turnout, after.turnout)]
    earlier = {option.key: option for option in before.options}
    figures += [
        Change(option.title, earlier[option.key].votes, option.votes)
        for option in after.options
        if option.key in earlier
    ]
    return tuple(change for change in figures if change.before != change.after)


def paid_keys(allocation: Plain, which: str) -> Sequence[str]:
    """Keys of the projects that an allocation pays for (`winners`), leaves `undecided` in a tie, or
    has `waiting` behind such a tie.
    """
    outcome = allocation["outcome"]
    if which == "waiting":
        return [one["project"] for one in outcome["decisions"] if one["fate"] == "waiting"]
    return [str(key) for key in outcome[which]]
