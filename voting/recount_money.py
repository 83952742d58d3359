"""The second count of the money, plain, and written apart from `budgets.methods`.

Like `voting.recount`, it is also part of the bundle's `verify.py`. `allocate` is the door; a new
rule is a function here and a row in the table at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import groupby
from typing import Any

from voting.recount_rounds import Plain

Figures = Mapping[str, Any]
Spending = Callable[[Plain, Figures, Figures, list[str], list[str]], Plain]
MOST_SUMS = 1 << 14


def allocate(
    config: Plain,
    votes: Figures,
    patterns: Figures,
    lot: list[str],
    gone: list[str],
) -> Plain:
    """How the money of a budget is given out, as `allocation.json` tells it under `outcome`.

    `votes` are those of each project; `patterns` gives how many ballots carry the same marks text,
    for rules that look at ballots; `lot` is the order of a public lot; projects `gone` were
    withdrawn.
    """
    rule = ALLOCATIONS[config["allocation"]["rule"]]
    outcome: Plain = in_json(rule(config, votes, patterns, lot, gone))
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


def greedily(  # noqa: C901 - one rule, told once
    config: Plain,
    votes: Figures,
    _patterns: Figures,
    lot: list[str],
    gone: list[str],
) -> Plain:
    """Fund by falling votes what fits; pass over what does not (skip), or stop there."""
    rule, over = config["allocation"], ""  # over: what all that follows is told
    told, ties, winners = list[Plain](), list[Plain](), list[str]()
    cost = {one["key"]: Fraction(one["cost"] or 0) for one in config["ballot"]["options"]}
    budget = left = Fraction(rule["budget"])

    def clash(keys: list[str]) -> bool:
        """Whether another order of `keys` would fund others: some fit, but not all together."""
        fit = [key for key in keys if cost[key] <= left]
        needed = sum(cost[key] for key in (fit if rule["skip"] else keys))
        return bool(fit) and not over and needed > left

    ranking = sorted(votes, key=lambda key: (-votes[key], cost[key], key))
    aside = [key for key in ranking if key in gone or votes[key] < (rule["threshold"] or 0)]
    for score, equals in groupby(ranking, key=votes.__getitem__):
        level = [key for key in equals if key not in aside]
        steps, by = in_order(level, cost if "lower_cost" in rule["tie"] else {}, lot)
        tie: Plain = {"score": score, "projects": sorted(level), "mattered": clash(level)}
        tie.update(decided_by=by if tie["mattered"] else [], always=[], contested=[], exact=True)
        ties += [tie] if len(level) > 1 and over != "waiting" else []
        for step in steps:
            money, waits, out = left, clash(step), dict[str, Any]()
            if waits:
                fit = [key for key in step if cost[key] <= left]
                out = {key: not rule["skip"] or pushed_out(key, fit, cost, left) for key in fit}
                tie["always"] = sorted(key for key in fit if out[key] is False)
                tie["contested"] = sorted({*fit} - {*tie["always"]})
                tie["exact"] = None not in out.values()
            for key in step:
                fate = over or ("funded_in_every_order" if waits else "funded")
                money = money if waits else left
                if over != "after_stop" and cost[key] > money:
                    fate = "does_not_fit"
                    over = over or ("" if rule["skip"] or waits else "after_stop")
                elif out.get(key, False) is not False:
                    fate = "contested"
                told.append({"project": key, "score": score, "cost": cost[key], "fate": fate})
                told[-1].update({} if fate == "after_stop" else {"left": money})
                if fate.startswith("funded"):
                    winners.append(key)
                    left -= cost[key]
                    told[-1].update({} if waits else {"position": len(winners)})
            over = ("waiting" if rule["skip"] else "after_stop") if waits else over
    for key in aside:
        told.append({"project": key, "score": votes[key], "cost": cost[key], "fate": "withdrawn"})
        if key not in gone:
            told[-1].update(fate="below_threshold", threshold=rule["threshold"])
    contested = [key for tie in ties for key in tie["contested"]]
    outcome = {"budget": budget, "cost": budget - left, "winners": winners, "undecided": contested}
    return {**outcome, "decisions": told, "ties": ties}


def in_order(level: list[str], cost: Plain, lot: list[str]) -> tuple[list[list[str]], list[str]]:
    """Order equal votes by cost, if it is given, then by lot; and say which of them did it."""
    steps, drawn, by_lot = [list(step) for _, step in groupby(level, cost.get)], [], False
    for step in steps:
        lots = len(step) > 1 and {*step} <= {*lot}
        drawn += [[key] for key in lot if key in step] if lots else [step]
        by_lot = by_lot or lots
    return drawn, ["lower_cost"] * (len(steps) > 1) + ["lot"] * by_lot


def pushed_out(key: str, fit: list[str], cost: Plain, left: Fraction) -> bool | None:
    """Whether others that fit together leave too little for `key`; None: too many to try."""
    sums = {Fraction(0)}
    for other in fit:  # by rising cost
        more = {one + cost[other] for one in sums if other != key}
        sums |= {one for one in more if one <= left}
        if max(sums) > left - cost[key]:
            return True
        if len(sums) > MOST_SUMS and cost[key]:
            return None
    return False


ALLOCATIONS: dict[str, Spending] = {"greedy": greedily}
