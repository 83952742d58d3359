"""What a budget method answers: the funded projects, a reason for each one, and every tie."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import TYPE_CHECKING

from budgets.methods.exact import Exact, plain
from proceedings.refusals import mark

if TYPE_CHECKING:
    from collections.abc import Mapping

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


OPEN_FATES = frozenset({Fate.CONTESTED, Fate.WAITING})
"""What becomes of these is told only by a public lot."""


MESSAGES: Mapping[Fate, str] = MappingProxyType(
    {
        Fate.FUNDED: mark("Funded as number %(position)s; %(after)s is left."),
        Fate.FUNDED_IN_EVERY_ORDER: mark("Funded, however the tie at %(score)s is broken."),
        Fate.DOES_NOT_FIT: mark("Costs %(cost)s, but only %(left)s was left."),
        Fate.BELOW_THRESHOLD: mark("Reached %(score)s, below the minimum of %(threshold)s."),
        Fate.AFTER_STOP: mark("Counting had stopped at the first project that did not fit."),
        Fate.WITHDRAWN: mark("Withdrawn before the count."),
        Fate.CONTESTED: mark("Tied at %(score)s, and not all tied projects fit: a draw decides."),
        Fate.WAITING: mark(
            "Waits until a tie above it is decided; at most %(left)s is left by then."
        ),
        Fate.QUORUM_MISSED: mark("Too few people took part in the vote, so nothing is paid for."),
    }
)


@dataclass(frozen=True, slots=True)
class Decision:
    """One project's result.

    `left` is the money left when the project's turn came (None if it had no turn), `position` its
    place among the funded projects, `threshold` the minimum it missed.
    """

    key: str
    fate: Fate
    score: Exact
    cost: Exact
    left: Exact | None = None
    position: int | None = None
    threshold: int | None = None

    @property
    def message(self) -> str:
        """The reason as an English msgid with `%(name)s` places that `params` fills."""
        return MESSAGES[self.fate]

    @property
    def params(self) -> dict[str, Exact]:
        """The figures of the reason: score and cost, and where they apply left, after, …"""
        figures = {
            "score": self.score,
            "cost": self.cost,
            "left": self.left,
            "after": None if self.left is None else self.left - self.cost,
            "position": self.position,
            "threshold": self.threshold,
        }
        return {name: figure for name, figure in figures.items() if figure is not None}

    def as_data(self) -> dict[str, object]:
        """Return the decision as plain JSON values."""
        data: dict[str, object] = {
            "project": self.key,
            "fate": self.fate.value,
            "score": plain(self.score),
            "cost": plain(self.cost),
        }
        if self.left is not None:
            data["left"] = plain(self.left)
        if self.position is not None:
            data["position"] = self.position
        if self.threshold is not None:
            data["threshold"] = self.threshold
        return data


@dataclass(frozen=True, slots=True)
class Tie:
    """Projects with equal scores.

    `mattered` says whether another order among them would fund other projects. `decided_by` names
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

    @property
    def undecided(self) -> bool:
        """Whether only a draw can tell who is funded."""
        return bool(self.contested)

    def as_data(self) -> dict[str, object]:
        """Return the tie as plain JSON values."""
        return {
            "score": plain(self.score),
            "projects": list(self.members),
            "mattered": self.mattered,
            "decided_by": list(self.decided_by),
            "always": list(self.always),
            "contested": list(self.contested),
            "exact": self.exact,
        }


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one count.

    `winners` are certain, in the order in which they were funded, and `cost` is theirs. If a tie
    is undecided, more winners follow once it is drawn. `decisions` holds every project once, in
    the order of the count. `ties` leaves out those whose money depends on an undecided one.
    """

    budget: Exact
    winners: tuple[str, ...]
    cost: Exact
    decisions: tuple[Decision, ...]
    ties: tuple[Tie, ...]

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
        return {
            "budget": plain(self.budget),
            "winners": list(self.winners),
            "cost": plain(self.cost),
            "decisions": [decision.as_data() for decision in self.decisions],
            "ties": [tie.as_data() for tie in self.ties],
            "undecided": list(self.contested),
        }


def nothing_given(profile: Profile) -> Outcome:
    """The outcome where too few people took part: no money, whatever the votes."""
    ranked = sorted(profile.candidates, key=lambda one: (-one.score, one.cost, one.key))
    fates = {True: Fate.WITHDRAWN, False: Fate.QUORUM_MISSED}
    return Outcome(
        budget=profile.budget,
        winners=(),
        cost=0,
        decisions=tuple(
            Decision(one.key, fates[one.withdrawn], one.score, one.cost) for one in ranked
        ),
        ties=(),
    )
