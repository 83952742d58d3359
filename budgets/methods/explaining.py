"""How far a project was from being funded, or what stood in its way whatever its votes."""

from __future__ import annotations

from math import floor
from typing import TYPE_CHECKING

from budgets.methods.constraints import Limits
from budgets.methods.outcome import FUNDED, Fate

if TYPE_CHECKING:
    from collections.abc import Sequence

    from budgets.methods.constraints import Constraints
    from budgets.methods.exact import Exact
    from budgets.methods.greedy import GreedyOptions
    from budgets.methods.outcome import Decision, Outcome
    from budgets.methods.profile import Profile

VOTES_HELP = frozenset(
    {Fate.DOES_NOT_FIT, Fate.AFTER_STOP, Fate.BELOW_THRESHOLD, Fate.EXCLUDED, Fate.OVER_LIMIT}
)
"""Fates that more votes can change."""

BARRED = frozenset({Fate.EXCLUDED, Fate.OVER_LIMIT})
"""Fates of projects that others keep out."""


def score_to_pass(
    profile: Profile, options: GreedyOptions, outcome: Outcome, key: str
) -> Exact | None:
    """Return the score that a project would have had to exceed to be funded greedily.

    For scores that need not be whole, such as shares by weight; all other scores stay as they
    are. With more it comes before everybody of this score, and the money is enough, and nothing
    bars it, after all funded projects of a higher one. None where no score is enough, or the
    project is funded, kept out by what is no matter of its score, or the outcome is undecided.
    """
    [decision] = [one for one in outcome.decisions if one.key == key]
    if outcome.undecided or decision.fate not in VOTES_HELP - {Fate.BELOW_THRESHOLD}:
        return None
    limits = Limits(profile, options.constraints)
    funded = [one for one in outcome.decisions if one.fate in FUNDED]
    stops = [one.score for one in outcome.decisions if one.fate is Fate.DOES_NOT_FIT]
    least = decision.score if options.skip else max([decision.score, *stops])
    for score in sorted({least, *(one.score for one in funded if one.score >= least)}):
        before = [one for one in funded if one.score > score]
        if options.pays(decision.cost, _left(profile, before)) and not limits.bar(
            key, [one.key for one in before]
        ):
            return score
    return None


def votes_short(
    profile: Profile, options: GreedyOptions, outcome: Outcome, key: str
) -> Exact | None:
    """Return how many more votes would surely have funded a project that greedy left out.

    All other scores stay as they are. With the answer its score is the least whole number that
    is higher than before, reaches the minimum, comes before the project at which the count
    stopped, and at which the money is enough, and nothing bars it, after all funded projects of
    that score or more. None if no number is enough, as for a cost above the budget, or if the
    project is funded, the outcome is undecided or votes are not what it lacks.
    """
    [decision] = [one for one in outcome.decisions if one.key == key]
    if outcome.undecided or decision.fate not in VOTES_HELP:
        return None
    limits = Limits(profile, options.constraints)
    funded = [one for one in outcome.decisions if one.fate in FUNDED]
    least = max(floor(decision.score) + 1, options.threshold or 0)
    if not options.skip:
        stops = [one for one in outcome.decisions if one.fate is Fate.DOES_NOT_FIT]
        least = max([least, *(floor(one.score) + 1 for one in stops if one.key != key)])
    for score in sorted({least, *(floor(one.score) + 1 for one in funded if one.score >= least)}):
        before = [one for one in funded if one.score >= score]
        if options.pays(decision.cost, _left(profile, before)) and not limits.bar(
            key, [one.key for one in before]
        ):
            return score - decision.score
    return None


def in_the_way(
    profile: Profile, constraints: Constraints, outcome: Outcome
) -> dict[str, tuple[str, ...]]:
    """Which funded projects kept out those that an exclusion or a limit bars.

    As long as these are funded no number of votes is enough, whatever the method. Empty for a
    project that costs more by itself than its limit allows.
    """
    limits = Limits(profile, constraints)
    return {
        one.key: limits.in_the_way(one.key, outcome.winners)
        for one in outcome.decisions
        if one.fate in BARRED and limits.bar(one.key, outcome.winners) is not None
    }


def _left(profile: Profile, funded: Sequence[Decision]) -> Exact:
    """What funded projects leave of the budget; money from outside is not part of it."""
    return profile.budget - sum(one.cost - (one.outside or 0) for one in funded)
