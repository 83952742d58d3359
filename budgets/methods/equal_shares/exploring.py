"""Which results a run can have if ties are broken in every way, without trying every order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from budgets.methods.equal_shares.run import Met, Run

if TYPE_CHECKING:
    from collections.abc import Sequence
    from fractions import Fraction

    from budgets.methods.constraints import Limits
    from budgets.methods.equal_shares.field import Field
    from budgets.methods.equal_shares.run import Chooser

MOST_FORKS = 256
"""So many different states at which a tie forks are followed from one beginning."""

Result = frozenset[str]
"""The keys of the funded projects."""


class TooManyForks(Exception):  # noqa: N818 - a limit that is met, not an error
    """There are more ways to break the ties than are followed."""


def results(
    field: Field,
    share: Fraction,
    limits: Limits,
    choose: Chooser,
    script: Sequence[str] = (),
    ways: list[Run] | None = None,
) -> frozenset[Result]:
    """Return every result of a run that begins as in `script`; raises TooManyForks.

    Runs that have paid the same prices for the same projects go on alike, so each such state is
    followed once. `ways` takes all that were made, those that end at a fork too.
    """
    waiting = [tuple(script)]
    seen = set()
    found = set()
    while waiting:
        run = Run(field, share, limits, choose, waiting.pop())
        if ways is not None:
            ways.append(run)
        if not run.fork:
            found.add(frozenset(run.keys))
        elif run.state not in seen:
            seen.add(run.state)
            if len(seen) > MOST_FORKS:
                raise TooManyForks
            waiting += [(*run.chosen, key) for key in run.fork]
    return frozenset(found)


def leave_open(core: Sequence[str]) -> tuple[Sequence[str], tuple[str, ...]]:
    """Choose nobody, so that every way to break a tie is followed."""
    return core, ()


def matters(run: Run, tie: Met, limits: Limits) -> tuple[bool, bool]:
    """Whether it matters who of a tie comes first, and whether that is exact.

    It does if the results that are possible after one of them differ from those after another.
    With too many forks to follow it counts as if it did.
    """
    if not tie.core:
        return False, True
    before = run.chosen[: tie.step]
    try:
        after = {
            results(run.field, run.share, limits, leave_open, [*before, key]) for key in tie.core
        }
    except TooManyForks:
        return True, False
    return len(after) > 1, True
