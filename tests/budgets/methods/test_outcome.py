"""Results as data, and reasons that can be shown."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest

from budgets.methods.greedy import GreedyOptions, allocate_greedily
from budgets.methods.outcome import FIGURES, MESSAGES, Decision, Fate
from budgets.methods.profile import Candidate, Profile

PROFILE = Profile(
    100,
    (
        Candidate("first", 20, 9),
        Candidate("safe", 10, 5),
        Candidate("cheap", 40, 5),
        Candidate("dear", 60, 5),
        Candidate("huge", 90, 5),
        Candidate("later", 30, 3),
        Candidate("few", 1, 1),
        Candidate("gone", 1, 8, withdrawn=True),
    ),
)
OUTCOME = allocate_greedily(PROFILE, GreedyOptions(threshold=2))


def test_an_undecided_outcome_holds_what_is_certain() -> None:
    assert OUTCOME.undecided
    assert OUTCOME.winners == ("first", "safe")
    assert OUTCOME.contested == ("cheap", "dear")
    assert (OUTCOME.cost, OUTCOME.left) == (30, 70)


def test_every_project_has_one_decision() -> None:
    assert {decision.key: decision.fate for decision in OUTCOME.decisions} == {
        "first": Fate.FUNDED,
        "safe": Fate.FUNDED_IN_EVERY_ORDER,
        "cheap": Fate.CONTESTED,
        "dear": Fate.CONTESTED,
        "huge": Fate.DOES_NOT_FIT,
        "later": Fate.WAITING,
        "few": Fate.BELOW_THRESHOLD,
        "gone": Fate.WITHDRAWN,
    }


def test_reasons_carry_their_figures() -> None:
    reasons = {decision.key: decision.message % decision.params for decision in OUTCOME.decisions}
    assert reasons["first"] == "Funded as number 1; 80 is left."
    assert reasons["huge"] == "Costs 90, but only 80 was left."
    assert reasons["few"] == "Reached 1, below the minimum of 2."
    assert reasons["later"] == "Waits until a tie above it is decided; at most 70 is left by then."


@pytest.mark.parametrize("fate", list(Fate))
def test_each_fate_has_a_message_that_its_figures_fill(fate: Fate) -> None:
    figures: dict[str, Any] = dict.fromkeys(FIGURES, 3)
    decision = Decision("a", fate, score=1, cost=2, rival="b", limit="green", **figures)
    assert "%" not in MESSAGES[fate] % {**decision.params, **decision.names}


def test_data_is_json_without_floats() -> None:
    half = Profile(1, (Candidate("a", Fraction(1, 2), Fraction(7, 3)),))
    data = allocate_greedily(half, GreedyOptions()).as_data()
    assert data["decisions"] == [
        {"project": "a", "fate": "funded", "score": "7/3", "cost": "0.5", "left": 1, "position": 1}
    ]
    assert json.loads(json.dumps(OUTCOME.as_data())) == OUTCOME.as_data()


def test_a_tie_as_data_names_what_is_open() -> None:
    assert OUTCOME.as_data()["ties"] == [
        {
            "score": 5,
            "projects": ["cheap", "dear", "huge", "safe"],
            "mattered": True,
            "decided_by": [],
            "always": ["safe"],
            "contested": ["cheap", "dear"],
            "exact": True,
        }
    ]
