"""The second count of the money, plain, and written apart from `budgets.methods`.

Like `voting.recount`, it is also part of the bundle's `verify.py`. docs/counting.md tells what
every rule does. `spend` is the door; a new rule is a function and a row in the table below.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from voting.recount import tells_channel
from voting.recount_greedy import Figures, greedily, read_field
from voting.recount_rounds import Plain
from voting.recount_shares import equally

Spending = Callable[[Plain, list[str]], Plain]
ALLOCATIONS: dict[str, Spending] = {"greedy": greedily, "equal_shares": equally}


def spend(
    config: Plain,
    counts: Plain,
    lines: Figures,
    lot: list[str],
    gone: list[str],
    people: int = 0,
) -> Plain:
    """Give the money out by what `result.json` tells of each project, and the published lines.

    Projects come by what they have by weight, where parts have weights; else by their points,
    where ballots give any; else by their votes.
    """
    name = "points" if config["ballot"]["kind"] == "points" else "votes"
    name = "weighted" if config["rule"].get("weights") else name
    scores = {key: Fraction(told[name]) for key, told in counts.items()}
    votes = {key: told["votes"] for key, told in counts.items()}
    patterns = Counter[str]()
    for text, number in lines.items():
        line = json.loads(text)
        marks = line["marks"] if tells_channel(config) and line else line
        patterns[json.dumps(marks, sort_keys=True)] += number
    return allocate(config, scores, patterns, lot, gone, people, votes)


def allocate(
    config: Plain,
    scores: Figures,
    patterns: Figures,
    lot: list[str],
    gone: list[str],
    people: int = 0,
    votes: Any = None,
) -> Plain:
    """How the money of a budget is given out, as `allocation.json` tells it under `outcome`.

    `scores` rank the projects; `patterns` gives how many ballots carry the same marks text; `lot`
    is the order of a public lot; projects `gone` were withdrawn; `people` have a vote. `votes` are
    those of each project, where neither scores nor patterns tell them.
    """
    field = read_field(config, scores, patterns, gone, people, votes)
    outcome: Plain = in_json(ALLOCATIONS[config["allocation"]["rule"]](field, lot))
    return outcome


def in_json(value: Any) -> Any:
    """Write fractions as the bundle does: whole, as a decimal that ends, or as a/b."""
    if isinstance(value, dict):
        return {key: in_json(one) for key, one in value.items()}
    if isinstance(value, list):
        return [in_json(one) for one in value]
    if not isinstance(value, Fraction):
        return value
    places = next((one for one in range(400) if 10**one % value.denominator == 0), None)
    if not places:
        return str(value) if places is None else int(value)
    digits = str(abs(value) * 10**places).rjust(places + 1, "0")
    return f"{'-' * (value < 0)}{digits[:-places]}.{digits[-places:]}"
