"""Equal shares: part of the second count of the money.

`voting.recount_money` tells what it is, docs/counting.md what every word here means.
"""

from __future__ import annotations

from contextvars import ContextVar
from fractions import Fraction
from math import ceil
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
from voting.recount_purses import (
    branch_of,
    least_burden,
    money_of,
    pay,
    start_of,
    weight_of,
    with_bits,
)
from voting.recount_rounds import Plain

MOST_STATES, MOST_RUNS = 256, 5000
PAID = ("support", "price", "money")
End = tuple[frozenset[str], int, str]

# Whoever waits may be told the number of each run that was made.
ON_RUN: ContextVar[Any] = ContextVar("ON_RUN", default=lambda _number: None)


def six_places(value: Any) -> Fraction:
    """A figure that only explains, cut after six decimal places."""
    return Fraction(int(Fraction(value) * 10**6), 10**6)


# --- Equal shares: one run ------------------------------------------------------------------------


def core_of(field: Plain, state: Plain, tied: dict[str, Fraction]) -> list[str]:
    """The members of a tie that are not free: somebody cannot pay for all, or limits meet."""
    due: dict[int, dict[str, Fraction]] = {}
    for key in tied if len(tied) > 1 else []:
        for (weight, _), groups in field["supporters"][key].items() if field["cost"][key] else []:
            for group in groups:
                due.setdefault(group, {})[key] = weight * tied[key]
    core: set[str] = set()
    for group, dues in due.items():
        place = state["book"]["place"][field["likes"][group] & state["funded"]]
        has = Fraction(state["purse"][place], state["over"][state["since"][place]])
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
            state["ties"][-1]["level"] = len(first) > 1
            if len(first) > 1:
                return {key: tied[key] for key in first}
            pay(field, state, first[0], tied[first[0]])


def results_of(
    field: Plain, state: Plain, choose: Any, ways: list[Plain] | None = None
) -> set[frozenset[str]] | None:
    """Every set that can be funded from here, with all cores left open followed; None: too many.

    `ways` takes each way up to its end, or to a core that is left open (its last tie is level).
    """
    states, seen, found = [branch_of(state)], set[Any](), set[frozenset[str]]()
    while states:
        at = states.pop()
        core = go_on(field, at, choose)
        if ways is not None:
            ways.append({**at, "open": bool(core)})
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


def ties_of(field: Plain, ways: list[Plain]) -> list[Plain]:
    """The ties that ways to the same result meet, each once.

    One that no order has narrowed and no lot has broken does not matter: all of it was followed.
    """
    known, found = dict[Any, Plain](), list[Plain]()
    for tie in [tie for way in ways for tie in way["ties"]]:
        paid = tie["state"]["won"].items() if tie["core"] else ()
        name = (str(tie["told"]), frozenset((key, one["price"]) for key, one in paid))
        if name not in known:
            whole = tie.get("level") and not tie["by"]
            known[name] = tie_told(field, {**tie, "core": {}} if whole else tie)
            found.append(known[name])
    return merged(field, found, lambda tie: (tie["round"], tie["projects"], tie["score"]))


def merged(field: Plain, ties: list[Plain], place: Any) -> list[Plain]:
    """Ties that are told alike as one, which mattered if one of them did."""
    told = dict[str, Plain]()
    for tie in ties:
        one = told.setdefault(str(place(tie)), {**tie})
        by = {*one["decided_by"], *tie["decided_by"]}
        one["decided_by"] = [name for name in (*field["rule"]["tie"], "lot") if name in by]
        one["mattered"], one["exact"] = (
            one["mattered"] or tie["mattered"],
            one["exact"] and tie["exact"],
        )
    return sorted(told.values(), key=place)


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
    field, rule, voters = with_bits(field), field["rule"], field["voters"]
    first = field["budget"] / voters if voters else Fraction()
    step = Fraction(rule["step"]) * (first if rule["step_of"] == "share" else 1)

    def choose(core: list[str]) -> tuple[list[str], list[str]]:
        return first_of(field, core, lot)

    runs, ends, open_run = list[Plain](), set[End](), None
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
        stays = {
            (won, run["number"], what)
            for won, what in run["verdicts"].items()
            if what not in {"on", "overspent"}
        }
        ends |= stays
        if "overspent" in kinds:
            going = [won for won, what in runs[-1]["verdicts"].items() if what == "on"]
            ends |= {(won, len(runs), "overspent") for won in going}
            open_run = open_run or (runs[-1] if runs[-1]["level"] else None)
        if core and (stays or len(kinds) > 1):
            open_run = open_run or run
        runs.append(run)
        ON_RUN.get()(len(runs))
        for old in runs[-3:-2]:  # of those before the last two, only ties are asked for again
            old["state"] = {"ties": old["state"]["ties"]}
        if "on" not in kinds:
            break
    if len({won for won, _, _ in ends}) == 1:
        whole = completed(field, runs, ends, lot, choose)
        return compared(field, whole, lot) if rule["comparison"] else whole
    return with_ties(field, open_outcome(field, open_run, ends, lot), runs, ends, choose)


def with_ties(field: Plain, told: Plain, runs: list[Plain], ends: Any, choose: Any) -> Plain:
    """Add the ties of the runs where all that their ways come to is certain."""
    if told["undecided"]:
        return told
    return {**told, "ties": turns_of(field, runs, ends, choose) + told["ties"]}


def open_outcome(field: Plain, run: Any, ends: Any, lot: list[str]) -> Plain:
    """What is certain while a tie of a run is open: what every way to break it comes to.

    If that is all, it did not matter; told are then the ties that mattered on the ways from there.
    """
    tie = run["state"]["ties"][-1]
    says = {**tie["told"], "run": run["number"], "mattered": True, "decided_by": []}
    if ends is not None:
        ways = [ending_of(field, won, lot) for won in {won for won, _, _ in ends}]
        certain = set.intersection(*(sure for sure, _, _ in ways))
        possible = set.union(*(may for _, may, _ in ways))
        told = in_between(field, {**says, "exact": True}, certain, possible)
        if certain == possible:
            later = [tie for *_, some in ways for tie in some if tie["mattered"]]
            later = merged(field, later, lambda tie: (-tie["score"], tie["projects"]))
            told["ties"] = later
        return told
    told = in_between(field, {**says, "exact": False}, set(), {*tie["core"]})
    for one in told["decisions"]:
        if one["fate"] == "lost_in_every_order":
            one.update(fate="waiting", left=field["budget"])
    return told


def ending_of(
    field: Plain, won: frozenset[str], lot: list[str]
) -> tuple[set[str], set[str], list[Plain]]:
    """What a result comes to with its rest and the comparison: surely, perhaps, by which ties."""
    rule, ways, ties = field["rule"], [({*won}, {*won})], list[Plain]()
    if rule["then_greedy"]:
        left = field["budget"] - sum(field["cost"][key] for key in won)
        rest = by_score(field, lot, {"skip": True}, sorted(won), left)
        ways, ties = [({*rest["winners"]}, {*perhaps(rest)})], rest["ties"]
    if rule["comparison"]:
        greedy = by_score(field, lot, {"skip": True}, [], field["budget"])
        ways.append(({*greedy["winners"]}, {*perhaps(greedy)}))
        ties = ties + greedy["ties"]
        if all(sure == may for sure, may in ways):
            mine, other = preferring(field, ways[0][0], ways[1][0])
            ways = ways[1:] if other > mine else ways[:1]
    sure = set.intersection(*(sure for sure, _ in ways))
    return sure, set.union(*(may for _, may in ways)), ties


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


def completed(field: Plain, runs: list[Plain], ends: Any, lot: list[str], choose: Any) -> Plain:
    """The outcome of the run that counts, and of what its rest pays for.

    Where ways that are open fund the same, possibly in several runs, only what they have in
    common is told of what they pay.
    """
    [won] = {won for won, _, _ in ends}
    numbers = sorted({number for _, number, _ in ends})
    final = [runs[number - 1] for number in numbers]
    ways = [(run, way) for run in final for way in ends_of(field, run, won, choose)]
    first = [*final[0]["state"]["won"]] if len(final) == 1 else []
    told, left, rule = list[Plain](), field["budget"], field["rule"]
    for key in first:
        figures = {name: six_places(ways[0][1]["won"][key][name]) for name in PAID}
        place = {"fate": "funded", "left": left, "position": len(told) + 1}
        told.append({**head_of(field, key), **place, **figures})
        left -= field["cost"][key]
    for key in [key for key in field["rivals"] if key in won and key not in first]:
        paid = alike([{name: way["won"][key][name] for name in PAID[:2]} for _, way in ways])
        figures = {name: six_places(paid[name]) for name in paid}
        told.append({**head_of(field, key), "fate": "funded_in_every_order", **figures})
        left -= field["cost"][key]
    winners = [one["project"] for one in told]
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
            lacks = alike([lack_of(field, run, way, key) for run, way in ways])
            spent: Plain = {"fate": "lost_in_every_order"}
            if "money" in lacks:
                spent = {"fate": "support_spent", **lacks, "money": six_places(lacks["money"])}
            turn.update(head_of(field, key) | (bar or spent))
        told.append(turn)
    outcome: Plain = {"cost": field["budget"] - left, "winners": winners, "undecided": []}
    ties = turns_of(field, runs, ends, choose)
    if rest:
        ties += rest["ties"]
        outcome.update({name: rest[name] for name in ("winners", "undecided")})
        outcome["cost"] += rest["cost"]
    if len(final) == 1:
        [last] = {stopped for _, _, stopped in ends}
        share = {"first": runs[0]["share"], "share": final[0]["share"]}
        outcome["shares"] = {**share, "runs": len(runs), "stopped": last}
    return with_kept_out(field, {**outcome, "decisions": told, "ties": ties})


def ends_of(field: Plain, run: Plain, won: frozenset[str], choose: Any) -> list[Plain]:
    """Where the ways of a run end that fund these projects."""
    if "won" in run["state"] and not run["level"]:
        return [run["state"]]
    ways = list[Plain]()
    results_of(field, start_of(field, run["share"]), choose, ways)
    return [way for way in ways if not way["open"] and way["won"].keys() == won]


def alike(figures: list[Plain]) -> Plain:
    """Figures that are the same on all ways; none if one differs."""
    return figures[0] if all(one == figures[0] for one in figures) else {}


def lack_of(field: Plain, run: Plain, way: Plain, key: str) -> Plain:
    """What the supporters of a project have at the end, and how many more would be enough."""
    money, share = money_of(field, way, key), run["share"]
    more = {"more": max(1, ceil((field["cost"][key] - money) / share))} if share else {}
    return {"money": money, **more}


def turns_of(field: Plain, runs: list[Plain], ends: Any, choose: Any) -> list[Plain]:
    """The ties of the runs that count, and those of others that could have changed which do."""
    numbers, told, others = sorted({number for _, number, _ in ends}), list[Plain](), list[Plain]()
    for run in runs:
        if run["number"] not in numbers:
            if any(tie["core"] for tie in run["state"]["ties"]):
                others += turning_ties(field, run, runs)
            continue
        ways = [run["state"]]
        if run["level"]:
            ways = []
            results_of(field, start_of(field, run["share"]), choose, ways)
        where = {"run": run["number"]} if len(numbers) > 1 else {}
        told += [{**tie, **where} for tie in ties_of(field, ways)]
    return told + others


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
