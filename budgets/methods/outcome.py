"""What a budget method answers: the funded projects, a reason for each one, and every tie."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from budgets.methods.exact import Exact, plain
from proceedings.refusals import mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from budgets.methods.profile import Profile


class Fate(StrEnum):
    """What became of a project in the count."""

    FUNDED = "funded"
    FUNDED_IN_EVERY_ORDER = "funded_in_every_order"
    DOES_NOT_FIT = "does_not_fit"
    BELOW_THRESHOLD = "below_threshold"
    AFTER_STOP = "after_stop"
    WITHDRAWN = "withdrawn"
    CONTESTED = "contested"
    WAITING = "waiting"
    QUORUM_MISSED = "quorum_missed"
    PART_EMPTY = "part_empty"
    FUNDED_WITH_OUTSIDE = "funded_with_outside"
    FUNDED_FROM_REST = "funded_from_rest"
    SUPPORT_SPENT = "support_spent"
    LOST_IN_EVERY_ORDER = "lost_in_every_order"
    EXCLUDED = "excluded"
    OVER_LIMIT = "over_limit"
    TOO_FEW_SUPPORTERS = "too_few_supporters"
    TOO_FEW_VOTERS = "too_few_voters"


FUNDED = frozenset(
    {Fate.FUNDED, Fate.FUNDED_IN_EVERY_ORDER, Fate.FUNDED_WITH_OUTSIDE, Fate.FUNDED_FROM_REST}
)
"""The fates of winners."""

OPEN_FATES = frozenset({Fate.CONTESTED, Fate.WAITING})
"""What becomes of these is told only by a public lot."""


MESSAGES: Mapping[Fate, str] = MappingProxyType(
    {
        Fate.FUNDED: mark("Funded as number %(position)s; %(after)s is left."),
        Fate.FUNDED_IN_EVERY_ORDER: mark("Funded, however the tie is broken."),
        Fate.DOES_NOT_FIT: mark("Costs %(cost)s, but only %(left)s was left."),
        Fate.BELOW_THRESHOLD: mark("Reached %(score)s, below the minimum of %(threshold)s."),
        Fate.AFTER_STOP: mark("Counting had stopped at the first project that did not fit."),
        Fate.WITHDRAWN: mark("Withdrawn before the count."),
        Fate.CONTESTED: mark("Tied at %(score)s, and not all tied projects fit: a draw decides."),
        Fate.WAITING: mark(
            "Waits until a tie above it is decided; at most %(left)s is left by then."
        ),
        Fate.QUORUM_MISSED: mark("Too few people took part in the vote, so nothing is paid for."),
        Fate.PART_EMPTY: mark("A part of the vote stayed empty, so nothing is paid for."),
        Fate.FUNDED_WITH_OUTSIDE: mark(
            "Funded as number %(position)s: of its cost %(left)s was left, and %(outside)s comes "
            "from outside of the budget."
        ),
        Fate.FUNDED_FROM_REST: mark(
            "Funded as number %(position)s from the money that was left over, by votes; "
            "%(after)s is left."
        ),
        Fate.SUPPORT_SPENT: mark(
            "Costs %(cost)s, but its supporters had only %(money)s left. Further "
            "supporters with a full share that would have been enough: %(more)s."
        ),
        Fate.LOST_IN_EVERY_ORDER: mark("Not funded, however the tie is broken."),
        Fate.EXCLUDED: mark("%(rival)s is funded, and only one of the two can be."),
        Fate.OVER_LIMIT: mark("There is a limit of %(cap)s for %(limit)s, which it would exceed."),
        Fate.TOO_FEW_SUPPORTERS: mark("Reached %(score)s; supporters needed: %(needed)s."),
        Fate.TOO_FEW_VOTERS: mark(
            "Too few people voted: %(voters)s. With fewer than %(needed)s nothing is funded."
        ),
    }
)


FEW: Mapping[Fate, str] = MappingProxyType(
    {
        Fate.BELOW_THRESHOLD: mark("Voters who chose it: %(votes)s; needed: %(threshold)s."),
        Fate.TOO_FEW_SUPPORTERS: mark("Voters who chose it: %(votes)s; needed: %(needed)s."),
    }
)
"""Too few voters chose a project, where it is ranked by something else than their number."""


def message_of(fate: Fate, *, has_votes: bool) -> str:
    """The msgid of a reason; `has_votes` where the decision tells its voters beside its score."""
    return FEW.get(fate, MESSAGES[fate]) if has_votes else MESSAGES[fate]


@dataclass(frozen=True, slots=True)
class Decision:
    """One project's result.

    `left` is the money left when the project's turn came (None if it had no turn), `position` its
    place among the funded projects, `threshold` the minimum score it missed, `needed` a number of
    supporters or voters that was missed, `votes` the supporters it has, if too few, where its
    score is another number, `voters` who voted, `outside` what the budget does not pay. `rival`
    is the funded project that excludes it, `limit` the category or area whose `cap` it would
    exceed.

    From equal shares come `support` (as many supporters with enough money would have paid the
    same price), `price` (the most that a supporter paid, for each point if ballots have any),
    `money` (what its supporters had left just before it was funded, else at the end) and `more`
    (so many more supporters with a full share would have paid what was missing). The first three
    are cut after six places.
    """

    key: str
    fate: Fate
    score: Exact
    cost: Exact
    left: Exact | None = None
    position: int | None = None
    threshold: int | None = None
    needed: int | None = None
    votes: int | None = None
    voters: int | None = None
    outside: Exact | None = None
    rival: str | None = None
    limit: str | None = None
    cap: Exact | None = None
    support: Exact | None = None
    price: Exact | None = None
    money: Exact | None = None
    more: int | None = None

    @property
    def message(self) -> str:
        """The reason as an English msgid with `%(name)s` places that `params` fills."""
        return message_of(self.fate, has_votes=self.votes is not None)

    @property
    def params(self) -> dict[str, Exact]:
        """The figures of the reason: score and cost, and where they apply left, after, …"""
        after = None if self.left is None else self.left - self.cost
        figures = {"score": self.score, "cost": self.cost, "after": after}
        for name in FIGURES:
            figures[name] = getattr(self, name)
        return {name: figure for name, figure in figures.items() if figure is not None}

    @property
    def names(self) -> dict[str, str]:
        """The names in the reason: a rival's key, or the category or area of a limit."""
        names = {"rival": self.rival, "limit": self.limit}
        return {place: name for place, name in names.items() if name is not None}

    def as_data(self) -> dict[str, object]:
        """Return the decision as plain JSON values."""
        return {
            "project": self.key,
            "fate": self.fate.value,
            "score": plain(self.score),
            "cost": plain(self.cost),
            **{name: plain(self.params[name]) for name in FIGURES if name in self.params},
            **self.names,
        }


FIGURES = (
    "left",
    "position",
    "threshold",
    "needed",
    "votes",
    "voters",
    "outside",
    "cap",
    "support",
    "price",
    "money",
    "more",
)
"""The figures that a decision has only where they apply."""


@dataclass(frozen=True, slots=True)
class Tie:
    """Projects with equal scores; for equal shares, with the same effective support or price.

    Then `round` is the round in which they met, and `run` the number of the run if that is not
    the one that the outcome shows.

    `mattered` says whether another order among them would fund other projects; a tie that is still
    level does not if all ways to break it come to the same. `decided_by` names
    what put them in order if it mattered (a named order such as `lower_cost`, then `lot`).
    If something remained undecided, `contested` holds the projects whose funding still hangs on
    it, and `always` those of the same tie that are funded in every order; with `exact` False
    there were too many sums to try, and `always` may miss some.
    """

    score: Exact
    members: tuple[str, ...]
    mattered: bool
    decided_by: tuple[str, ...] = ()
    always: tuple[str, ...] = ()
    contested: tuple[str, ...] = ()
    exact: bool = True
    round: int | None = None
    run: int | None = None

    @property
    def undecided(self) -> bool:
        """Whether only a draw can tell who is funded."""
        return bool(self.contested)

    def as_data(self) -> dict[str, object]:
        """Return the tie as plain JSON values."""
        places = {"round": self.round, "run": self.run}
        return {
            **{name: number for name, number in places.items() if number is not None},
            "score": plain(self.score),
            "projects": list(self.members),
            "mattered": self.mattered,
            "decided_by": list(self.decided_by),
            "always": list(self.always),
            "contested": list(self.contested),
            "exact": self.exact,
        }


def merged(
    ties: Iterable[Tie], names: Sequence[str], place: Callable[[Tie], tuple[Any, ...]]
) -> list[Tie]:
    """Ties at the same place as one, which mattered if one of them did; in the order of places.

    `names` are what may have decided them, in its order.
    """
    told: dict[tuple[Any, ...], Tie] = {}
    for tie in ties:
        one = told.get(place(tie), tie)
        told[place(tie)] = replace(
            one,
            mattered=one.mattered or tie.mattered,
            decided_by=tuple(name for name in names if name in one.decided_by + tie.decided_by),
            exact=one.exact and tie.exact,
        )
    return [told[where] for where in sorted(told)]


@dataclass(frozen=True, slots=True)
class Shares:
    """The runs of equal shares: the share of each voter in the first and in the counted run.

    `stopped` says why the counted run is the last: `only_run`, `overspent` (the next would),
    `exhaustive`, `nothing_left` to fund or `limit` of runs.
    """

    first: Exact
    share: Exact
    runs: int
    stopped: str

    def as_data(self) -> dict[str, object]:
        """Return the runs as plain JSON values."""
        return {
            "first": plain(self.first),
            "share": plain(self.share),
            "runs": self.runs,
            "stopped": self.stopped,
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """How many voters have more funded projects in one outcome than in the other."""

    equal_shares: int
    greedy: int

    @property
    def greedy_is_chosen(self) -> bool:
        """Whether more voters have more from the greedy outcome."""
        return self.greedy > self.equal_shares

    def as_data(self) -> dict[str, object]:
        """Return the comparison as plain JSON values."""
        chosen = "greedy" if self.greedy_is_chosen else "equal_shares"
        return {"equal_shares": self.equal_shares, "greedy": self.greedy, "chosen": chosen}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one count.

    `winners` are certain, in the order in which they were funded, and `cost` is what they take
    from the budget; `outside` comes on top. If a tie is undecided, more winners follow once it is
    drawn. `decisions` holds every project once, in the order of the count. `ties` leaves out
    those whose money depends on an undecided one. `shares` and `comparison` are of equal shares;
    what differs between ways to break a tie that fund the same is left out.
    """

    budget: Exact
    winners: tuple[str, ...]
    cost: Exact
    decisions: tuple[Decision, ...]
    ties: tuple[Tie, ...]
    outside: Exact = 0
    shares: Shares | None = None
    comparison: Comparison | None = None

    @property
    def left(self) -> Exact:
        """The money that the certain winners leave."""
        return self.budget - self.cost

    @property
    def contested(self) -> tuple[str, ...]:
        """The projects between which a draw has to decide; empty if the outcome is complete."""
        return tuple(key for tie in self.ties for key in tie.contested)

    @property
    def undecided(self) -> bool:
        """Whether a draw is still missing."""
        return bool(self.contested)

    def as_data(self) -> dict[str, object]:
        """Return the outcome as plain JSON values, the same for the same count on any machine."""
        data: dict[str, object] = {
            "budget": plain(self.budget),
            "winners": list(self.winners),
            "cost": plain(self.cost),
            "decisions": [decision.as_data() for decision in self.decisions],
            "ties": [tie.as_data() for tie in self.ties],
            "undecided": list(self.contested),
        }
        if self.outside:
            data["outside"] = plain(self.outside)
        if self.shares is not None:
            data["shares"] = self.shares.as_data()
        if self.comparison is not None:
            data["comparison"] = self.comparison.as_data()
        return data


def nothing_given(profile: Profile, why: Fate = Fate.QUORUM_MISSED) -> Outcome:
    """The outcome where too few took part, or a part stayed empty: no money, whatever the votes."""
    ranked = sorted(profile.candidates, key=lambda one: (-one.score, one.cost, one.key))
    fates = {True: Fate.WITHDRAWN, False: why}
    return Outcome(
        budget=profile.budget,
        winners=(),
        cost=0,
        decisions=tuple(
            Decision(one.key, fates[one.withdrawn], one.score, one.cost) for one in ranked
        ),
        ties=(),
    )
