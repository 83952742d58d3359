"""The second count: plain, and written apart from `voting.tally` and `budgets.methods`.

The site counts every contest twice, with its own engine and with this one, and publishes nothing
unless both give the same bytes. The text of this file is also part of the bundle's `verify.py`
(`voting.bundle.verifier_file`), so that anybody counts with it at home. It needs Python 3.9 and
nothing else, and reads the frozen configuration as it is published (docs/bundle.md).

`count` and `allocate` are the doors. A new rule is a function here and a row in the table below it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from fractions import Fraction
from itertools import groupby
from typing import Any

Plain = dict[str, Any]  # an object read from JSON
MOST_SUMS = 1 << 14


# --- Ballots: which marks are allowed -------------------------------------------------------------


def allowed(ballot: Plain, marks: Any) -> bool:
    """Whether marks are those of a ballot that this contest lets into its box."""
    return KINDS[ballot["kind"]](ballot, marks)


def are_picks(ballot: Plain, marks: Any) -> bool:
    """A sorted list of options, within the number of picks and the money to spend."""
    options = {one["key"]: one for one in ballot["options"]}
    if not isinstance(marks, list) or not all(one in options for one in marks):
        return False
    cost = sum(Fraction(options[key]["cost"] or 0) for key in marks)
    in_purse = ballot["spend_limit"] is None or cost <= Fraction(ballot["spend_limit"])
    fits = in_purse and ballot["min_picks"] <= len(marks) <= ballot["max_picks"]
    return marks == sorted({*marks}) and (not marks or fits)


def are_answers(ballot: Plain, marks: Any) -> bool:
    """One answer to each item that was not left blank, items in order."""
    items = {one["key"] for one in ballot["options"]}
    answers = ("yes", "no", "abstain") if ballot["abstain_allowed"] else ("yes", "no")
    if not isinstance(marks, dict) or not all(one in items for one in marks):
        return False
    fits = not marks or ballot["min_picks"] <= len(marks) <= ballot["max_picks"]
    return [*marks] == sorted(marks) and fits and all(said in answers for said in marks.values())


KINDS: Mapping[str, Callable[[Plain, Any], bool]] = {
    "single": are_picks,
    "pick": are_picks,
    "budget": are_picks,
    "yes_no": are_answers,
}


# --- The count ------------------------------------------------------------------------------------


def count(config: Plain, patterns: Mapping[str, int], figures: Plain, lot: Any = None) -> Plain:
    """The result of a contest, as `result.json` tells it under `tally`.

    `patterns` gives how many ballots carry the same marks text; `figures` are those that no ballot
    tells: `roll`, and the sheets that are `void`; `lot` is the order of the newest public lot.
    Raises ValueError for marks that the contest does not allow.
    """
    for text in patterns:
        if not allowed(config["ballot"], json.loads(text)):
            raise ValueError(f"Marks that this contest does not allow: {text}")
    cast, blank = sum(patterns.values()), patterns.get("[]", 0) + patterns.get("{}", 0)
    figures = {**figures, "turnout": cast + figures["void"], "valid": cast - blank, "blank": blank}
    return decide(config, add_up(config, patterns), figures, lot)


def add_up(config: Plain, patterns: Mapping[str, int]) -> Plain:
    """What the ballots say in sum, in the form that the contest's rule decides by."""
    return RULES[config["rule"]["name"]][0](config["ballot"], patterns)


def decide(config: Plain, sums: Plain, figures: Plain, lot: Any) -> Plain:
    """The result that follows from the sums and figures (roll, turnout, valid, blank, void)."""
    return RULES[config["rule"]["name"]][1](config, sums, figures, lot)


def add_votes(ballot: Plain, patterns: Mapping[str, int]) -> Plain:
    """Votes of each option: one for each ballot that names it."""
    counts: Plain = {one["key"]: {"votes": 0} for one in ballot["options"]}
    for text, number in patterns.items():
        for key in json.loads(text):
            counts[key]["votes"] += number
    return counts


def add_answers(ballot: Plain, patterns: Mapping[str, int]) -> Plain:
    """Answers to each item; an item that a ballot does not name was left blank on it."""
    names = ("abstain", "blank", "no", "yes")
    counts: Plain = {one["key"]: dict.fromkeys(names, 0) for one in ballot["options"]}
    for text, number in patterns.items():
        marks = json.loads(text)
        for key, told in counts.items():
            told[marks.get(key, "blank")] += number
    return counts


def least(bar: Plain, figures: Plain) -> int:
    """The least number of votes that clears a bar such as two thirds of the roll."""
    base = figures[bar["of"]] if bar.get("number") is None else bar["number"]
    exact = Fraction(bar.get("share", "1/1")) * base
    below = int(exact)
    return max(1, below if below == exact and not bar.get("strict") else below + 1)


def in_print(config: Plain) -> list[Plain]:
    """The options in the order in which the ballot prints them."""
    return sorted(config["ballot"]["options"], key=lambda one: int(one["number"]))


def by_majority(config: Plain, counts: Plain, figures: Plain, _lot: Any) -> Plain:
    """Each item on its own: it passes if its yes votes reach the majority asked for."""
    rule, told = config["rule"], list[Plain]()
    bar = rule.get("majority") or {"of": "valid", "share": "1/2", "strict": True}
    for one in in_print(config):
        said = counts[one["key"]]
        valid = said["yes"] + said["no"] + bool(rule.get("abstain_counts")) * said["abstain"]
        need = least(bar, {**figures, "valid": valid})
        won = said["yes"] >= need
        reason = "enough_yes" if won else "too_few_yes"
        head = {"key": one["key"], "counts": said, "rank": None}
        told.append({**head, "won": won, "reason": reason, "need": need})
    return report(config, figures, told, [], None)


def by_votes(config: Plain, counts: Plain, figures: Plain, lot: Any) -> Plain:
    """Seats by falling votes, among all options or in each group; without seats only ranks."""
    rule, told, ties = config["rule"], list[Plain](), list[Plain]()
    options = in_print(config)
    need = least(rule["threshold"], figures) if rule.get("threshold") else None
    for one in options:
        apart = rule.get("per_group")
        rivals = [two for two in options if not apart or two["group"] == one["group"]]
        votes = {two["key"]: counts[two["key"]]["votes"] for two in rivals}
        fate = seat(one["key"], votes, rule.get("seats"), need, lot or [], ties)
        told.append({"key": one["key"], "counts": counts[one["key"]], **fate})
    return report(config, figures, told, ties, lot)


def seat(key: str, votes: Plain, seats: Any, need: Any, lot: list[str], ties: Any) -> Plain:
    """One option among its rivals: how many stand above it, how many beside it."""
    mine, won, able = votes[key], None, [one for one in votes if votes[one] >= (need or 1)]
    above = sum(votes[one] > mine for one in able)
    level = [one for one in able if votes[one] == mine]
    if not seats:
        reason = "ranked"
    elif key not in able:
        won, reason = False, "below_threshold" if mine else "no_votes"
    elif above + len(level) <= seats or above >= seats:
        won = above < seats
        reason = "enough_votes" if won else "fewer_votes"
    else:
        drawn = [one for one in lot if one in level and {*level} <= {*lot}][: seats - above]
        tie = {"options": level, "votes": mine, "seats": seats - above, "won": drawn}
        ties += [] if tie in ties else [tie]
        won = key in drawn if drawn else None
        reason = ("won_by_lot" if won else "lost_by_lot") if drawn else "tie_undecided"
    rank = 1 + sum(other > mine for other in votes.values())
    return {"rank": rank, "won": won, "reason": reason, "need": need}


def report(config: Plain, figures: Plain, told: list[Plain], ties: list[Plain], lot: Any) -> Plain:
    """Put a result together; where too few people took part, nobody wins."""
    rule, quorum = config["rule"], None
    if rule.get("quorum"):
        need, got = least(rule["quorum"], figures), figures["turnout"]
        quorum = {"need": need, "got": got, "reached": got >= need}
    if quorum and not quorum["reached"]:
        ties = []
        for one in told:
            won = None if one["reason"] == "ranked" else False
            one.update(won=won, reason="quorum_missed")
    winners = sorted((one for one in told if one["won"]), key=lambda one: one["rank"] or 0)
    return {
        **{name: figures[name] for name in ("roll", "turnout", "valid", "blank", "void")},
        "rule": rule["name"],
        "quorum": quorum,
        "options": told,
        "winners": [one["key"] for one in winners],
        "ties": ties,
        "tie_order": lot if any(tie["won"] for tie in ties) else None,
        "decided": all(tie["won"] for tie in ties),
    }


# A rule by its name in the configuration: how it adds up ballots, and how it decides by the sums.
Counting = tuple[Callable[[Plain, Mapping[str, int]], Plain], Callable[..., Plain]]
RULES: Mapping[str, Counting] = {
    "plurality": (add_votes, by_votes),
    "projects": (add_votes, by_votes),
    "yes_no": (add_answers, by_majority),
}


# --- The money ------------------------------------------------------------------------------------


def allocate(
    config: Plain,
    votes: Mapping[str, int],
    patterns: Mapping[str, int],
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
    votes: Mapping[str, int],
    _patterns: Mapping[str, int],
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


ALLOCATIONS: Mapping[str, Callable[..., Plain]] = {"greedy": greedily}
