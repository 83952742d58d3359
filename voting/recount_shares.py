"""Equal shares: part of the second count of the money.

`voting.recount_money` tells what it is, docs/counting.md what every word here means.
"""

from __future__ import annotations

from collections import Counter
from contextvars import ContextVar
from copy import copy
from fractions import Fraction
from itertools import starmap
from math import ceil, lcm
from operator import mul
from typing import Any

from voting.recount_greedy import (
    barred,
    by_score,
    first_of,
    head_of,
    may_all,
    meeting,
    with_kept_out,
)
from voting.recount_rounds import Plain

MOST_STATES, MOST_RUNS = 256, 5000
Purses = list[tuple[int, int]]

# Whoever waits may be told the number of each run that was made.
ON_RUN: ContextVar[Any] = ContextVar("ON_RUN", default=lambda _number: None)


def six_places(value: Any) -> Fraction:
    """A figure that only explains, cut after six decimal places."""
    return Fraction(int(Fraction(value) * 10**6), 10**6)


# --- Equal shares: one run ------------------------------------------------------------------------
# A state of a run: `won` (with prices), `purse` (of each group of equal ballots, as a place in
# `worth`, whose whole numbers stand over the one denominator `over`; the place 0 is the empty
# purse, and there is `room` for so many), and `bound`, the least burden that each project still
# open can have.


def start_of(field: Plain, share: Fraction) -> Plain:
    """Everybody has the same share."""
    bound = {}
    for key in field["rivals"]:
        if weight := weight_of(field, key):
            bound[key] = burden(field, key, field["cost"][key] / weight)
    over = lcm(share.denominator, *(one.denominator for one in field["cost"].values()))
    purse, worth = [1] * len(field["ballots"]), [0, int(share * over)]
    return {
        "won": {},
        "purse": purse,
        "worth": worth,
        "over": over,
        "room": 0,
        "bound": bound,
        "ties": [],
    }


def branch_of(state: Plain) -> Plain:
    """A copy that goes its own way."""
    return {name: copy(one) for name, one in state.items()}


def weight_of(field: Plain, key: str) -> Any:
    """W of a project: the weights of all who support it."""
    kinds = field["supporters"][key].items()
    return sum(weight * number * len(groups) for (weight, number), groups in kinds)


def burden(field: Plain, key: str, price: Fraction) -> Fraction:
    """What a run minds: the price, for the utility `cost` by the cost."""
    if field["rule"]["utility"] != "cost":
        return price
    cost = field["cost"][key]
    return price / cost if cost else Fraction(1, weight_of(field, key))


def purses_of(field: Plain, state: Plain, key: str) -> dict[int, Purses]:
    """For each weight: what is in the purses of the supporters, and how many have such a one."""
    places, purse, worth = dict[int, Counter[int]](), state["purse"], state["worth"]
    for (weight, number), groups in field["supporters"][key].items():
        held, seen = places.setdefault(weight, Counter()), Counter(map(purse.__getitem__, groups))
        held.update(seen if number == 1 else {one: seen[one] * number for one in seen})
    return {
        weight: [(worth[place], number) for place, number in held.items()]
        for weight, held in places.items()
    }


def held_in(purses: Purses) -> int:
    """What is in all these purses together."""
    return sum(starmap(mul, purses))


def money_of(field: Plain, state: Plain, key: str) -> Fraction:
    """What the supporters of a project have together."""
    return Fraction(sum(map(held_in, purses_of(field, state, key).values())), state["over"])


def price_of(field: Plain, state: Plain, key: str) -> Fraction | None:
    """The least price at which the supporters can pay for a project.

    Whoever has less than the price gives all of it, and the others pay more for that; then more of
    them may have less than the price.
    """
    purses, over = purses_of(field, state, key), state["over"]
    rest, weights = int(field["cost"][key] * over), weight_of(field, key)
    if sum(map(held_in, purses.values())) < rest:
        return None
    short = True
    while short:
        short, price = False, (rest, weights)
        for weight, some in purses.items():
            due = -(-price[0] * weight // price[1])
            if poor := [one for one in some if one[0] < due]:
                purses[weight] = [one for one in some if one[0] >= due]
                rest -= held_in(poor)
                weights -= weight * sum(number for _, number in poor)
                short = True
    return Fraction(rest, weights * over)


def pay(field: Plain, state: Plain, key: str, price: Fraction) -> None:
    """Fund a project: each supporter pays, at most all that the purse holds."""
    cost, over, money = field["cost"][key], lcm(state["over"], price.denominator), 0
    if len(state["worth"]) > state["room"]:
        forget(state)
    purse, worth = state["purse"], [one * (over // state["over"]) for one in state["worth"]]
    paid: dict[int, dict[int, int]] = {}
    for (weight, number), groups in field["supporters"][key].items():
        due, after = int(weight * price * over), paid.setdefault(weight, {})
        for place, times in Counter(map(purse.__getitem__, groups)).items():
            money += times * number * worth[place]
            if place not in after:
                after[place] = len(worth) if worth[place] > due else 0
                worth += [worth[place] - due] if after[place] else []
        for group in groups:
            purse[group] = after[purse[group]]
    support = cost / price if cost else Fraction(weight_of(field, key))
    state.update(worth=worth, over=over)
    state["won"][key] = {"price": price, "money": Fraction(money, over), "support": support}
    state["bound"].pop(key)


def forget(state: Plain) -> None:
    """Drop the places of purses that nobody has any more; then there is room for as many again."""
    used = {place: new for new, place in enumerate(sorted({0, *state["purse"]}))}
    state["purse"] = [*map(used.__getitem__, state["purse"])]
    state["worth"] = [state["worth"][place] for place in used]
    state["room"] = 2 * len(used) + 1000


def least_burden(field: Plain, state: Plain) -> dict[str, Fraction]:
    """The projects of least burden with their prices; burdens only rise from round to round."""
    bound = state["bound"] = dict(sorted(state["bound"].items(), key=lambda one: one[1]))
    best, found = None, dict[str, Fraction]()
    for key in [*bound]:
        if best is not None and bound[key] > best:
            break
        price = None if barred(field, key, state["won"]) else price_of(field, state, key)
        if price is None:
            bound.pop(key)
            continue
        bound[key] = burden(field, key, price)
        if best is None or bound[key] < best:
            best, found = bound[key], {}
        if bound[key] == best:
            found[key] = price
    return dict(sorted(found.items()))


def core_of(field: Plain, state: Plain, tied: dict[str, Fraction]) -> list[str]:
    """The members of a tie that are not free: somebody cannot pay for all, or limits meet."""
    due: dict[int, dict[str, Fraction]] = {}
    for key in tied if len(tied) > 1 else []:
        for (weight, _), groups in field["supporters"][key].items() if field["cost"][key] else []:
            for group in groups:
                due.setdefault(group, {})[key] = weight * tied[key]
    core: set[str] = set()
    for group, dues in due.items():
        has = Fraction(state["worth"][state["purse"][group]], state["over"])
        if len(dues) > 1 and 0 < has < sum(dues.values()):
            core.update(dues)
    if not may_all(field, tied, state["won"]):
        core |= meeting(field, {*tied})
    return [key for key in tied if key in core]


def go_on(field: Plain, state: Plain, choose: Any) -> dict[str, Fraction]:
    """Go on to the end, or to the first core that is left open; gives that core."""
    while True:
        tied = least_burden(field, state)
        if not tied:
            return {}
        core = core_of(field, state, tied)
        if len(tied) > 1:
            support = {
                key: field["cost"][key] / tied[key] if tied[key] else weight_of(field, key)
                for key in tied
            }
            score = (
                min(support.values()) if field["rule"]["utility"] == "cost" else min(tied.values())
            )
            tie = {"round": len(state["won"]) + 1, "score": six_places(score), "projects": [*tied]}
            state["ties"].append({"told": tie, "core": {key: tied[key] for key in core}})
        for key in tied:
            if key not in core:
                pay(field, state, key, tied[key])
        if core:
            state["ties"][-1]["state"] = branch_of(state)
            first, state["ties"][-1]["by"] = choose(core)
            if len(first) > 1:
                return {key: tied[key] for key in first}
            pay(field, state, first[0], tied[first[0]])


def results_of(field: Plain, state: Plain, choose: Any) -> set[frozenset[str]] | None:
    """Every set that can be funded from here, with all cores left open followed; None: too many."""
    states, seen, found = [branch_of(state)], set[Any](), set[frozenset[str]]()
    while states:
        at = states.pop()
        core = go_on(field, at, choose)
        name = frozenset((key, one["price"]) for key, one in at["won"].items())
        if not core:
            found.add(frozenset(at["won"]))
        elif name not in seen:
            seen.add(name)
            if len(seen) > MOST_STATES:
                return None
            states += followed(field, at, core)
    return found


def followed(field: Plain, state: Plain, core: dict[str, Fraction]) -> list[Plain]:
    """One way to go on for each member of a core."""
    ways = []
    for key, price in core.items():
        ways.append(branch_of(state))
        pay(field, ways[-1], key, price)
    return ways


def any_way(core: list[str]) -> tuple[list[str], list[str]]:
    """Leave every core open."""
    return core, []


def tie_told(field: Plain, tie: Plain) -> Plain:
    """A tie as the outcome tells it: whether another choice would have led elsewhere."""
    told = {
        **tie["told"],
        "mattered": False,
        "decided_by": [],
        "always": [],
        "contested": [],
        "exact": True,
    }
    if tie["core"]:
        ways = followed(field, tie["state"], tie["core"])
        found = [results_of(field, way, any_way) for way in ways]
        told["exact"] = None not in found
        told["mattered"] = None in found or any(one != found[0] for one in found)
        told["decided_by"] = tie["by"] if told["mattered"] else []
    return told


# --- Equal shares: which run counts ---------------------------------------------------------------


def verdict_on(field: Plain, won: frozenset[str], number: int, step: Fraction) -> str:
    """What a result means for the next run: "on", or why there is none."""
    rule, rivals = field["rule"], [key for key in field["rivals"] if key not in won]
    left = field["budget"] - sum(field["cost"][key] for key in won)
    still = [key for key in rivals if not barred(field, key, won)]
    if left < 0:
        return "overspent"
    if rule["completion"] == "none" or not step:
        return "only_run"
    if rule["completion"] == "add1_exhaustive" and all(field["cost"][key] > left for key in still):
        return "exhaustive"
    if not any(field["supporters"][key] for key in still):
        return "nothing_left"
    return "limit" if number == MOST_RUNS else "on"


def equally(field: Plain, lot: list[str]) -> Plain:
    """Equal shares: supporters pay together, from shares that grow while money is left."""
    rule, voters = field["rule"], field["voters"]
    first = field["budget"] / voters if voters else Fraction()
    step = Fraction(rule["step"]) * (first if rule["step_of"] == "share" else 1)

    def choose(core: list[str]) -> tuple[list[str], list[str]]:
        return first_of(field, core, lot)

    runs, final, open_run = list[Plain](), set[frozenset[str]](), None
    while True:
        share = first + len(runs) * step
        state = start_of(field, share)
        core = go_on(field, state, choose)
        sets = {frozenset(state["won"])}
        run: Plain = {"share": share, "state": state, "number": len(runs) + 1, "level": bool(core)}
        if core:
            found = results_of(field, start_of(field, share), choose)
            if found is None:
                return open_outcome(field, run, None, lot)
            sets = found
        run["verdicts"] = {won: verdict_on(field, won, run["number"], step) for won in sets}
        kinds = {*run["verdicts"].values()}
        stays = {won for won, what in run["verdicts"].items() if what not in {"on", "overspent"}}
        final |= stays
        if "overspent" in kinds:
            final |= {won for won, what in runs[-1]["verdicts"].items() if what == "on"}
            open_run = open_run or (runs[-1] if runs[-1]["level"] else None)
        if core and (stays or len(kinds) > 1):
            open_run = open_run or run
        runs.append(run)
        ON_RUN.get()(len(runs))
        for old in runs[-3:-2]:  # of those before the last two, only ties are asked for again
            old["state"] = {"ties": old["state"]["ties"]}
        if "on" not in kinds:
            break
    if open_run:
        return open_outcome(field, open_run, final, lot)
    whole = completed(field, runs, lot)
    return compared(field, whole, lot) if rule["comparison"] else whole


def open_outcome(field: Plain, run: Plain, final: Any, lot: list[str]) -> Plain:
    """What is certain while a tie of a run is open: what every way to break it comes to."""
    tie = run["state"]["ties"][-1]
    says = {**tie["told"], "run": run["number"], "mattered": True, "decided_by": []}
    if final is not None:
        ways = [ending_of(field, won, lot) for won in final]
        certain = set.intersection(*(sure for sure, _ in ways))
        return in_between(
            field, {**says, "exact": True}, certain, set.union(*(may for _, may in ways))
        )
    told = in_between(field, {**says, "exact": False}, set(), {*tie["core"]})
    for one in told["decisions"]:
        if one["fate"] == "lost_in_every_order":
            one.update(fate="waiting", left=field["budget"])
    return told


def ending_of(field: Plain, won: frozenset[str], lot: list[str]) -> tuple[set[str], set[str]]:
    """What a final result comes to with its rest and the comparison: for certain, and perhaps."""
    rule, ways = field["rule"], [({*won}, {*won})]
    if rule["then_greedy"]:
        left = field["budget"] - sum(field["cost"][key] for key in won)
        rest = by_score(field, lot, {"skip": True}, sorted(won), left)
        ways = [({*rest["winners"]}, {*perhaps(rest)})]
    if rule["comparison"]:
        greedy = by_score(field, lot, {"skip": True}, [], field["budget"])
        ways.append(({*greedy["winners"]}, {*perhaps(greedy)}))
        if all(sure == may for sure, may in ways):
            mine, other = preferring(field, ways[0][0], ways[1][0])
            ways = ways[1:] if other > mine else ways[:1]
    return set.intersection(*(sure for sure, _ in ways)), set.union(*(may for _, may in ways))


def in_between(field: Plain, tie: Plain, certain: set[str], possible: set[str]) -> Plain:
    """The outcome while a tie is open: what is funded for certain, and what only perhaps."""
    told, some = list[Plain](), sorted(possible - certain)
    for key in field["rivals"]:
        fate = "funded_in_every_order" if key in certain else "lost_in_every_order"
        told.append({**head_of(field, key), "fate": "contested" if key in some else fate})
    winners = [key for key in field["rivals"] if key in certain]
    says = {**tie, "always": sorted({*tie["projects"]} & certain), "contested": some}
    cost = sum((field["cost"][key] for key in winners), Fraction())
    outcome = {"cost": cost, "winners": winners, "undecided": some, "ties": [says]}
    return with_kept_out(field, {**outcome, "decisions": told})


def completed(field: Plain, runs: list[Plain], lot: list[str]) -> Plain:
    """The outcome of the run that counts, and of what its rest pays for."""
    rule = field["rule"]
    [last] = {*runs[-1]["verdicts"].values()}
    run = runs[-2] if last == "overspent" else runs[-1]
    state, share = run["state"], run["share"]
    ties, told, left, winners = list[Plain](), list[Plain](), field["budget"], [*state["won"]]
    ties += [tie_told(field, tie) for tie in state["ties"]]
    for other in runs:
        if other is not run and any(tie["core"] for tie in other["state"]["ties"]):
            ties += turning_ties(field, other, runs)
    for key, how in state["won"].items():
        figures = {name: six_places(how[name]) for name in ("support", "price", "money")}
        place = {"fate": "funded", "left": left, "position": len(told) + 1}
        told.append({**head_of(field, key), **place, **figures})
        left -= field["cost"][key]
    rest = by_score(field, lot, {"skip": True}, winners, left) if rule["then_greedy"] else None
    turns = (
        rest["decisions"]
        if rest
        else [{"project": key} for key in field["rivals"] if key not in winners]
    )
    for turn in turns:
        key, fate = turn["project"], turn.get("fate", "does_not_fit")
        if fate == "funded":
            turn["fate"] = "funded_from_rest"
        elif fate == "does_not_fit":
            bar = barred(field, key, winners)
            money = money_of(field, state, key)
            more = {"more": max(1, ceil((field["cost"][key] - money) / share))} if share else {}
            spent = {"fate": "support_spent", "money": six_places(money), **more}
            turn.update(head_of(field, key) | (bar or spent))
        told.append(turn)
    outcome = {"cost": field["budget"] - left, "winners": winners, "undecided": []}
    if rest:
        ties += rest["ties"]
        outcome.update({name: rest[name] for name in ("winners", "undecided")})
        outcome["cost"] += rest["cost"]
    shares = {"first": runs[0]["share"], "share": share, "runs": len(runs), "stopped": last}
    return with_kept_out(field, {**outcome, "decisions": told, "ties": ties, "shares": shares})


def turning_ties(field: Plain, run: Plain, runs: list[Plain]) -> list[Plain]:
    """The ties of another run that could have changed which run counts."""
    step = runs[1]["share"] - runs[0]["share"] if len(runs) > 1 else Fraction()
    found = results_of(field, start_of(field, run["share"]), any_way)
    kinds = {verdict_on(field, won, run["number"], step) for won in found or ()}
    kinds = {one if one in {"on", "overspent"} else "stays" for one in kinds}
    if found is not None and len(kinds) < 2:
        return []
    told = [tie_told(field, tie) for tie in run["state"]["ties"]]
    return [{**tie, "run": run["number"]} for tie in told if tie["mattered"]]


def perhaps(told: Plain) -> list[str]:
    """The projects that an outcome funds in some order."""
    some = [one["project"] for one in told["decisions"] if one["fate"] in {"contested", "waiting"}]
    return [*told["winners"], *some]


def preferring(field: Plain, mine: Any, other: Any) -> tuple[int, int]:
    """How many voters have more funded projects in the one, and how many in the other."""
    votes = [0, 0]
    for points, number in field["ballots"]:
        a, b = (sum(points.get(key, 0) > 0 for key in winners) for winners in (mine, other))
        votes[b > a] += number if a != b else 0
    return votes[0], votes[1]


def compared(field: Plain, mine: Plain, lot: list[str]) -> Plain:
    """The same outcome, or greedy's, if more voters have more funded projects in that."""
    other = with_kept_out(field, by_score(field, lot, {"skip": True}, [], field["budget"]))
    ties = mine["ties"] + other["ties"]
    if any(one["winners"] != perhaps(one) for one in (mine, other)):
        certain = {*mine["winners"]} & {*other["winners"]}
        tie = next(tie for tie in ties if tie["contested"])
        return in_between(field, tie, certain, {*perhaps(mine), *perhaps(other)})
    votes = preferring(field, mine["winners"], other["winners"])
    chosen, passed = (other, mine) if votes[1] > votes[0] else (mine, other)
    name = "equal_shares" if chosen is mine else "greedy"
    told = {"equal_shares": votes[0], "greedy": votes[1], "chosen": name}
    ties = chosen["ties"] + [tie for tie in passed["ties"] if tie["mattered"]]
    return {**mine, **chosen, "ties": ties, "comparison": told}
