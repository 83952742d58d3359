from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Any

from budgets.methods.constraints import Constraints, Limits
from budgets.methods.equal_shares import Utility, exploring
from budgets.methods.equal_shares.exploring import matters
from budgets.methods.equal_shares.field import field_of
from budgets.methods.equal_shares.run import Run
from budgets.methods.profile import Ballots, Candidate, Profile

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest

    from budgets.methods.equal_shares.exploring import Explored

KEYS = "abcdef"


def first(core: Sequence[str]) -> tuple[Sequence[str], tuple[str, ...]]:
    """Let the first of a tie win."""
    return core[:1], ()


def test_what_one_tie_has_followed_serves_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """Six projects level for the same voters, who can pay for five: each step is made once."""
    ballots = Ballots.of([([(key, 1) for key in KEYS], 10)])
    profile = Profile(50, tuple(Candidate(key, 10, 10) for key in KEYS), ballots)
    limits = Limits(profile, Constraints())
    field = field_of(ballots, dict.fromkeys(KEYS, 10), Utility.COST, [50, 10])
    run = Run(field, Fraction(5), limits, first)
    assert len(run.ties) > 2
    made = []

    class CountedRun(Run):
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            made.append(1)
            super().__init__(*args, **kwargs)

    monkeypatch.setattr(exploring, "Run", CountedRun)
    apart = [matters(run, tie, limits, {}) for tie in run.ties]
    made.clear()
    explored: Explored = {}
    assert [matters(run, tie, limits, explored) for tie in run.ties] == apart
    begun = sum(len(tie.core) for tie in run.ties)
    assert len(made) == begun + len(explored)
