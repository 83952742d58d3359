"""What a count may start from."""

from __future__ import annotations

import pytest

from budgets.methods.profile import Candidate, Profile


def test_two_projects_with_one_key_are_refused() -> None:
    with pytest.raises(ValueError, match="same key"):
        Profile(10, (Candidate("a", 1, 1), Candidate("a", 2, 2)))


@pytest.mark.parametrize(("budget", "cost"), [(-1, 1), (1, -1)])
def test_negative_money_is_refused(budget: int, cost: int) -> None:
    with pytest.raises(ValueError, match="negative"):
        Profile(budget, (Candidate("a", cost, 1),))
