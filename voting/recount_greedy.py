"""Who takes part in a budget, and greedy: part of the second count of the money.

`voting.recount_money` tells what it is, docs/counting.md what every word means. A `field` holds
what a rule reads: projects, supporters, limits, and who competes, in the order of the count.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import partial
from itertools import groupby
from math import ceil
from typing import Any

from voting.recount_rounds import Plain

Figures = Mapping[str, Any]
MOST_SUMS = 1 << 14


# --- Who takes part -------------------------------------------------------------------------------


def read_field(
    config: Plain, scores: Figures, patterns: Figures, gone: Any, people: int, votes: Any = None
) -> Plain:
    """Projects, supporters and limits; and who competes, best score first."""
    rule, options = config["allocation"], {one["key"]: one for one in config["ballot"]["options"]}
    bars, cost = (
        rule.get("constraints") or {},
        {key: Fraction(options[key]["cost"] or 0) for key in options},
    )
    field: Plain = {
        "rule": rule,
        "budget": Fraction(rule["budget"]),
        "cost": cost,
        "score": scores,
        "ranking": sorted(options, key=lambda key: (-scores[key], cost[key], key)),
        "limits": limits_of(rule, bars),
        "exclusions": [{*group} for group in bars.get("exclusions", [])],
        **read_ballots(rule, scores, patterns),
    }
    field["asked"] = votes or scores  # what the least number is held against
    field["named"] = votes or field["named"]
    out = {key: kept_out(field, bars, key, gone, people) for key in options}
    field["out"] = {key: fate for key, fate in out.items() if fate}
    field["rivals"] = [key for key in field["ranking"] if not out[key]]
    return field


def read_ballots(rule: Plain, votes: Figures, patterns: Figures) -> Plain:
    """The groups of equal ballots, and for each project who supports it: groups of one kind.

    A kind is the weight of a ballot and how many there are in the group.
    """
    supporters: dict[str, dict[tuple[int, int], list[int]]] = {key: {} for key in votes}
    ballots: list[tuple[Plain, int]] = []
    named: Counter[str] = Counter()
    for text in sorted(patterns):
        marks, number = json.loads(text), patterns[text]
        points = marks if isinstance(marks, dict) else dict.fromkeys(marks, 1)
        for key in points:
            named[key] += number
            weight = points[key] if rule.get("utility") == "points" else 1
            if points[key] > 0:
                supporters[key].setdefault((weight, number), []).append(len(ballots))
        ballots.append((points, number))
    told = {"supporters": supporters, "ballots": ballots, "voters": sum(patterns.values())}
    return {**told, "named": named or votes}


def limits_of(rule: Plain, bars: Plain) -> list[tuple[str, Fraction, set[str]]]:
    """Each limit with the projects it is for: categories by name, then areas."""
    found = []
    for name, cap in sorted(bars.get("category_caps", {}).items()):
        members = {key for key, names in rule["categories"].items() if name in names}
        found.append((name, Fraction(cap), members))
    for name, cap in sorted(bars.get("area_caps", {}).items()):
        members = {key for key, area in rule["areas"].items() if name == area}
        found.append((name, Fraction(cap), members))
    return found


def kept_out(field: Plain, bars: Plain, key: str, gone: Any, people: int) -> Plain:
    """Why a project does not take part, if so."""
    voters, cost, threshold = field["voters"], field["cost"][key], field["rule"]["threshold"]
    share = ceil(Fraction(bars.get("min_turnout_percent", 0)) * people / 100)
    turnout = max(bars.get("min_turnout", 0), share)
    needed = ceil(Fraction(bars.get("threshold_percent", 0)) * voters / 100)
    if "cost_multiple" in bars and cost:
        most = Fraction(bars["cost_multiple"]) * field["budget"]
        needed = max(needed, ceil(cost * voters / most) if most else voters + 1)
    if key in gone:
        return {"fate": "withdrawn"}
    if voters < turnout:
        return {"fate": "too_few_voters", "needed": turnout, "voters": voters}
    named, score, asked = (field[name][key] for name in ("named", "score", "asked"))
    if asked < (threshold or 0):
        told = {"votes": asked} if asked != score else {}
        return {"fate": "below_threshold", "threshold": threshold, **told}
    if named < needed:
        told = {"votes": named} if named != score else {}
        return {"fate": "too_few_supporters", "needed": needed, **told}
    return {}


def barred(field: Plain, key: str, funded: Any) -> Plain:
    """Why what is funded already keeps a project out, if it does."""
    rivals = [
        two for group in field["exclusions"] if key in group for two in funded if two in group
    ]
    if rivals:
        return {"fate": "excluded", "rival": min(rivals)}
    for name, cap, members in field["limits"]:
        spent = sum(field["cost"][two] for two in funded if two in members)
        if key in members and spent + field["cost"][key] > cap:
            return {"fate": "over_limit", "limit": name, "cap": cap}
    return {}


def may_all(field: Plain, keys: Any, funded: Any) -> bool:
    """Whether exclusions and limits let all of `keys` be funded beside what is."""
    others = {key: [*funded, *(two for two in keys if two != key)] for key in keys}
    return not any(barred(field, key, others[key]) for key in keys)


def meeting(field: Plain, keys: set[str]) -> set[str]:
    """Those of `keys` that share an exclusion or a limit with another of them."""
    groups = [*field["exclusions"], *(members for _, _, members in field["limits"])]
    return {key for group in groups for key in group & keys if len(group & keys) > 1}


def head_of(field: Plain, key: str) -> Plain:
    """What every decision tells."""
    return {"project": key, "score": field["score"][key], "cost": field["cost"][key]}


MEASURES: dict[str, Callable[[Plain, str], Any]] = {
    "lower_cost": lambda field, key: field["cost"][key],
    "more_votes": lambda field, key: -field["named"][key],
}


def in_order(field: Plain, keys: Any, lot: list[str]) -> tuple[list[list[str]], list[str]]:
    """Put equals in order by the rule's orders, then by lot; and say which of them did it."""
    steps, by = [sorted(keys, key=field["ranking"].index)], list[str]()
    for name in field["rule"]["tie"]:
        measure = partial(MEASURES[name], field)
        split = [
            [*part] for step in steps for _, part in groupby(sorted(step, key=measure), measure)
        ]
        by += [name] if len(split) > len(steps) else []
        steps = split
    drawn = list[list[str]]()
    for step in steps:
        lots = len(step) > 1 and {*step} <= {*lot}
        drawn += [[key] for key in lot if key in step] if lots else [step]
        by += ["lot"] if lots and "lot" not in by else []
    return drawn, by


def first_of(field: Plain, core: list[str], lot: list[str]) -> tuple[list[str], list[str]]:
    """Who of equals comes first by the orders and the lot; several, if that leaves them level."""
    by = list[str]()
    for name in field["rule"]["tie"]:
        best = min(MEASURES[name](field, key) for key in core)
        left = [key for key in core if MEASURES[name](field, key) == best]
        by += [name] if len(left) < len(core) else []
        core = left
    if len(core) > 1 and {*core} <= {*lot}:
        core, by = [key for key in lot if key in core][:1], [*by, "lot"]
    return core, by


# --- Greedy ---------------------------------------------------------------------------------------


def greedily(field: Plain, lot: list[str]) -> Plain:
    """Fund by falling votes what fits; pass over what does not (skip), or stop there."""
    return with_kept_out(field, by_score(field, lot, field["rule"], [], field["budget"]))


def with_kept_out(field: Plain, told: Plain) -> Plain:
    """The same outcome, with the projects that did not take part at the end."""
    aside = [
        {**head_of(field, key), **field["out"][key]}
        for key in field["ranking"]
        if key in field["out"]
    ]
    return {**told, "budget": field["budget"], "decisions": told["decisions"] + aside}


def by_score(  # noqa: C901, PLR0915 - one rule, told once
    field: Plain, lot: list[str], rule: Plain, funded: list[str], left: Fraction
) -> Plain:
    """Give out what is left beside what is funded, by falling score."""
    cost, skip, over = field["cost"], rule["skip"], ""  # over: what all that follows is told
    part = Fraction(rule.get("outside_percent") or 100)
    told, ties, winners, outside = list[Plain](), list[Plain](), [*funded], Fraction()

    def pays(key: str, money: Fraction) -> bool:
        return bool(cost[key] * part <= money * 100)

    def together(keys: list[str]) -> bool:
        total = sum(cost[key] for key in keys)
        last = all(
            total - cost[key] <= left and pays(key, left - total + cost[key]) for key in keys
        )
        return last and may_all(field, keys, winners)

    def clash(keys: list[str]) -> bool:
        """Whether another order of `keys` would fund others: some fit, but not all together."""
        able = [key for key in keys if not barred(field, key, winners)]
        fit = [key for key in able if pays(key, left)]
        return bool(fit) and not over and not together(fit if skip else able)

    rivals = [key for key in field["rivals"] if key not in funded]
    start = left
    for score, equals in groupby(rivals, key=field["score"].__getitem__):
        level = [*equals]
        steps, by = in_order(field, level, lot)
        tie: Plain = {"score": score, "projects": sorted(level), "mattered": clash(level)}
        tie.update(decided_by=by if tie["mattered"] else [], always=[], contested=[], exact=True)
        ties += [tie] if len(level) > 1 and over != "waiting" else []
        for step in steps:
            money, waits, out = left, clash(step), dict[str, Any]()
            bars = {key: barred(field, key, winners) for key in step}
            able = {key for key in step if not bars[key]}
            stops = not skip and part == 100 and may_all(field, able, winners)
            if waits:
                fit = [key for key in step if pays(key, left) and key in able]
                out = {key: not skip or pushed_out(field, key, fit, winners, left) for key in fit}
                if part != 100:  # nothing is certain where money from outside may pay
                    out = dict.fromkeys(fit)
                tie["always"] = sorted(key for key in fit if out[key] is False)
                tie["contested"] = sorted({*fit} - {*tie["always"]})
                tie["exact"] = None not in out.values() and (skip or stops)
            for key in step:
                money = money if waits else left
                bar = bars[key] if waits else barred(field, key, winners)
                fate: Plain = {"fate": over or ("funded_in_every_order" if waits else "funded")}
                if over == "after_stop":
                    told.append({**head_of(field, key), **fate})
                    continue
                if bar:
                    fate = bar
                elif not pays(key, money):
                    fate = {"fate": "does_not_fit"}
                    over = over or ("" if skip or waits else "after_stop")
                elif out.get(key, False) is not False:
                    fate = {"fate": "contested"}
                told.append({**head_of(field, key), **fate, "left": money})
                if fate["fate"].startswith("funded"):
                    winners.append(key)
                    more = max(cost[key] - left, Fraction())
                    left, outside = left - cost[key] + more, outside + more
                    told[-1].update({} if waits else {"position": len(winners)})
                    told[-1].update(
                        {"fate": "funded_with_outside", "outside": more} if more else {}
                    )
            over = ("after_stop" if stops else "waiting") if waits else over
    contested = [key for tie in ties for key in tie["contested"]]
    outcome = {"cost": start - left, "winners": winners, "undecided": contested, "ties": ties}
    return {**outcome, "decisions": told, **({"outside": outside} if outside else {})}


def pushed_out(field: Plain, key: str, fit: list[str], funded: list[str], left: Fraction) -> Any:
    """Whether others that fit together leave too little for `key`; None: too many to try."""
    cost = field["cost"]
    if field["exclusions"] or field["limits"]:
        return kept_off(field, key, fit, funded, left)
    sums = {Fraction(0)}
    for other in fit:  # by rising cost
        more = {one + cost[other] for one in sums if other != key}
        sums |= {one for one in more if one <= left}
        if max(sums) > left - cost[key]:
            return True
        if len(sums) > MOST_SUMS and cost[key]:
            return None
    return False


def kept_off(field: Plain, key: str, fit: list[str], funded: list[str], left: Fraction) -> Any:
    """The same where limits are at play: by sets, as sums do not tell what they bar."""
    cost, sets = field["cost"], {frozenset[str]()}
    for other in fit:
        more = {one | {other} for one in sets if other != key}
        fits = {one for one in more if sum(cost[two] for two in one) <= left}
        sets |= {one for one in fits if may_all(field, one, funded)}
        for one in sets:
            short = sum(cost[two] for two in one) > left - cost[key]
            if short or barred(field, key, [*funded, *one]):
                return True
        if len(sets) > MOST_SUMS:
            return None
    return False
