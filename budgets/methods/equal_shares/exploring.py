"""Which results a run can have if ties are broken in every way, without trying every order."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

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


State = frozenset[tuple[int, "Fraction | None"]]
"""What a run has paid: runs of one share that have paid the same go on alike."""


class Stop(NamedTuple):
    """Where a run is at an end, or at a fork where only an order of equals tells how it goes on.

    `state` is told at forks only; `script` is who was chosen of equals up to here.
    """

    result: Result
    state: State
    fork: tuple[str, ...]
    script: tuple[str, ...]


Explored = dict[tuple[State, str], Stop]
"""Where choosing a project at a fork leads, for runs of one share; it is filled on the way."""


class TooManyForks(Exception):  # noqa: N818 - a limit that is met, not an error
    """There are more ways to break the ties than are followed."""


def results(
    field: Field,
    share: Fraction,
    limits: Limits,
    choose: Chooser,
    script: Sequence[str] = (),
    *,
    ways: list[Run] | None = None,
    explored: Explored | None = None,
) -> frozenset[Result]:
    """Return every result of a run that begins as in `script`; raises TooManyForks.

    Each state at a fork is followed once. `ways` takes all runs that were made, those that end at a
    fork too. `explored` spares what was made before with the same field, share, limits and choice.
    """
    known = {} if explored is None else explored
    waiting: list[tuple[State | None, tuple[str, ...]]] = [(None, tuple(script))]
    seen = set()
    found = set()
    while waiting:
        before, path = waiting.pop()
        stop = None if before is None else known.get((before, path[-1]))
        if stop is None:
            run = Run(field, share, limits, choose, path)
            if ways is not None:
                ways.append(run)
            state = run.state if run.fork else frozenset()
            stop = Stop(frozenset(run.keys), state, run.fork, tuple(run.chosen))
            if before is not None:
                known[before, path[-1]] = stop
        if not stop.fork:
            found.add(stop.result)
        elif stop.state not in seen:
            seen.add(stop.state)
            if len(seen) > MOST_FORKS:
                raise TooManyForks
            waiting += [(stop.state, (*stop.script, key)) for key in stop.fork]
    return frozenset(found)


def leave_open(core: Sequence[str]) -> tuple[Sequence[str], tuple[str, ...]]:
    """Choose nobody, so that every way to break a tie is followed."""
    return core, ()


def matters(run: Run, tie: Met, limits: Limits, explored: Explored) -> tuple[bool, bool]:
    """Whether it matters who of a tie comes first, and whether that is exact.

    It does if the results that are possible after one of them differ from those after another.
    With too many forks to follow it counts as if it did. `explored` serves all ties of one share.
    """
    if not tie.core:
        return False, True
    before = run.chosen[: tie.step]
    try:
        after = {
            results(run.field, run.share, limits, leave_open, [*before, key], explored=explored)
            for key in tie.core
        }
    except TooManyForks:
        return True, False
    return len(after) > 1, True
