"""The second count: plain, and written apart from `voting.tally`.

The site counts every contest twice, with its own engine and with this one, and publishes nothing
unless both give the same bytes. The text of this file is also part of the bundle's `verify.py`
(`voting.bundle.verifier_file`), so that anybody counts with it at home. It needs Python 3.9 and
nothing else, and reads the frozen configuration as it is published (docs/bundle.md). What every
rule does is told in docs/rules.md.

`count` is the door. A new rule is a few functions here and a row in the table at the end.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from itertools import permutations
from typing import Any

from voting.recount_rounds import ROUNDS, Ballots, Counting, Plain, in_print, keys_of, read_all

Allowing = Callable[[Plain, Any], bool]

# --- Ballots: which marks are allowed -------------------------------------------------------------


def allowed(ballot: Plain, marks: Any) -> bool:
    """Whether marks are those of a ballot that this contest lets into its box."""
    kind, keys = ballot["kind"], {one["key"] for one in ballot["options"]}
    if kind == "rank":
        places: list[Any] = marks if isinstance(marks, list) else [None]
        fits = len(places) <= ballot["max_picks"] and places[-1:] != [[]]
        fits = fits and all(isinstance(place, list) for place in places)
    else:
        places, fits = [marks], isinstance(marks, list if kind in LISTS else dict)
    if not fits:
        return False
    named = [key for place in places for key in place]
    if not all(isinstance(key, str) and key in keys for key in named):
        return False
    if not all([*place] == sorted({*place}) for place in places):
        return False
    return not marks or (len({*named}) >= ballot["min_picks"] and KINDS[kind](ballot, marks))


def are_picks(ballot: Plain, marks: list[str]) -> bool:
    """Within the number of picks, also in each group, and within the money to spend."""
    picked = [one for one in ballot["options"] if one["key"] in marks]
    cost = sum(Fraction(one["cost"] or 0) for one in picked)
    in_purse = ballot["spend_limit"] is None or cost <= Fraction(ballot["spend_limit"])
    most, groups = ballot.get("group_picks"), Counter(one["group"] for one in picked)
    return (
        in_purse
        and len(marks) <= ballot["max_picks"]
        and (most is None or max(groups.values()) <= most)
    )


def are_answers(ballot: Plain, marks: Plain) -> bool:
    """One answer to each item that was not left blank."""
    answers = ("yes", "no", "abstain") if ballot["abstain_allowed"] else ("yes", "no")
    return len(marks) <= ballot["max_picks"] and all(said in answers for said in marks.values())


def are_scores(ballot: Plain, marks: Plain) -> bool:
    """Each a whole number from 0 to the highest score."""
    return all(type(one) is int and 0 <= one <= ballot["score_max"] for one in marks.values())


def are_points(ballot: Plain, marks: Plain) -> bool:
    """Whole numbers from 1, no more than there are, unless too many are to be scaled down."""
    most, given = ballot["points"], list(marks.values())
    cap = most if ballot.get("points_cap") is None else min(most, ballot["points_cap"])
    if not all(type(one) is int and 1 <= one <= cap for one in given):
        return False
    enough = sum(given) >= most if ballot.get("spend_all") else True
    too_many = sum(given) > most and ballot["overpick"] != "scale"
    return enough and not too_many and len(given) <= ballot["max_picks"]


LISTS = ("single", "pick", "budget")
OVERPICKS = {
    **dict.fromkeys(LISTS, ("void",)),
    **dict.fromkeys(("yes_no", "rank", "score"), ("void", "left_out")),
    "points": ("void", "scale"),
}
KINDS: dict[str, Allowing] = {
    **dict.fromkeys(LISTS, are_picks),
    "yes_no": are_answers,
    "rank": lambda _ballot, _places: True,
    "score": are_scores,
    "points": are_points,
}


# --- The count ------------------------------------------------------------------------------------


def count(config: Plain, patterns: dict[str, int], figures: Plain, lot: Any = None) -> Plain:
    """The result of a contest, as `result.json` tells it under `tally`.

    `patterns` gives how many ballots carry the same line of `ballots.jsonl`; `figures` are those
    that no ballot tells: `roll`, the sheets that are `void`, and with weights the `bodies`, their
    points by part; `lot` is the order of the newest public lot. Raises ValueError for ballots that
    the contest does not allow.
    """
    blank = 0
    for text, number in patterns.items():
        _channel, marks = read_line(config, json.loads(text))
        if not allowed(config["ballot"], marks):
            raise ValueError(f"A ballot that this contest does not allow: {text}")
        blank += 0 if marks else number
    cast = sum(patterns.values())
    figures = {**figures, "turnout": cast + figures["void"], "valid": cast - blank, "blank": blank}
    return decide(config, add_up(config, patterns), figures, lot)


def read_line(config: Plain, line: Any) -> tuple[str, Any]:
    """Channel and marks of a ballot; a channel is told only where channels count apart.

    A line that is not of this form has no marks that any contest allows.
    """
    if not tells_channel(config):
        return "all", line
    if not isinstance(line, dict) or [*line] != ["channel", "marks"]:
        return "", None
    part = by_part(config).get(str(line["channel"]))
    known = part is not None and not part.get("body") and line["channel"] == part["part"]
    return (line["channel"], line["marks"]) if known else ("", None)


def parts_of(config: Plain) -> list[Plain]:
    """The channels and bodies that have a weight, or seats of their own, as the rule lists them."""
    rule = config["rule"]
    weighed: list[Plain] = (rule.get("weights") or {}).get("parts") or []
    return weighed or rule.get("seats_by") or []


def tells_channel(config: Plain) -> bool:
    """Whether ways of voting count apart; the part `all` is every ballot, however it came."""
    return any(part["part"] != "all" and not part.get("body") for part in parts_of(config))


def by_part(config: Plain) -> dict[str, Plain]:
    """The same by name."""
    return {one["part"]: one for one in parts_of(config)}


def add_up(config: Plain, patterns: dict[str, int]) -> Plain:
    """What the ballots say in sum, in the form that the contest's rule decides by."""
    adds, channels = RULES[config["rule"]["name"]][0], dict[str, Ballots]()
    for text, number in patterns.items():
        channel, marks = read_line(config, json.loads(text))
        channels.setdefault(channel, []).append((marks, number))
    sums: Plain = adds(config, [one for ballots in channels.values() for one in ballots])
    if parts_of(config):
        sums["parts"] = {}
        for channel, ballots in channels.items():
            measures = measure(config, adds(config, ballots)["counts"])
            voters = sum(number for marks, number in ballots if marks)
            sums["parts"][channel] = {"measures": measures, "voters": voters}
    return sums


def told_sums(tally: Plain) -> Plain:
    """The sums as a result tells them, where the ballots themselves are not published."""
    rounds = [*tally.get("rounds", [])]

    def step(*_: Any) -> Plain:
        told = rounds.pop(0)
        name = next(name for name in ("votes", "gains", "loads") if name in told)
        figures = {one["key"]: told[name].get(one["key"]) for one in tally["options"]}
        return {key: Fraction(figures[key]) for key in figures if figures[key] is not None}

    def exactly(figures: Plain) -> Plain:
        return {name: Fraction(figure) for name, figure in figures.items()}

    return {
        "counts": {one["key"]: exactly(one["counts"]) for one in tally["options"]},
        "step": step,
        "pairs": tally.get("pairs"),
        "parts": {
            one["part"]: {
                "measures": exactly(one["measures"]),
                "voters": Fraction(one.get("divisor", 0)),
            }
            for one in tally.get("parts") or tally.get("seated") or []
        },
    }


def decide(config: Plain, sums: Plain, figures: Plain, lot: Any) -> Plain:
    """The result that follows from the sums and figures (roll, turnout, valid, blank, void)."""
    quorum = config["rule"].get("quorum")
    if quorum and figures["turnout"] < least(quorum, figures):
        lot = None  # nothing to draw for
    outcome = RULES[config["rule"]["name"]][1](config, sums, figures, lot or [])
    result: Plain = exact(report(config, figures, lot, outcome))
    return result


def exact(value: Any) -> Any:
    """Write fractions as results do: whole numbers as such, others as the text "7/3"."""
    if isinstance(value, dict):
        return {key: exact(one) for key, one in value.items()}
    if isinstance(value, list):
        return [exact(one) for one in value]
    if not isinstance(value, Fraction):
        return value
    return int(value) if value.denominator == 1 else str(value)


def least(bar: Plain, figures: Plain) -> int:
    """The least number of votes that clears a bar such as two thirds of the roll."""
    base = figures[bar["of"]] if bar.get("number") is None else bar["number"]
    clears = Fraction(bar.get("share", "1/1")) * base
    below = int(clears)
    return max(1, below if below == clears and not bar.get("strict") else below + 1)


def report(config: Plain, figures: Plain, lot: Any, outcome: Plain) -> Plain:
    """Put a result together; where too few people took part, or a part is empty, nobody wins."""
    rule, quorum, told, ties = config["rule"], None, outcome["options"], outcome["ties"]
    nobody = outcome.pop("nobody", "")  # why nobody wins
    if rule.get("quorum"):
        need, got = least(rule["quorum"], figures), figures["turnout"]
        quorum = {"need": need, "got": got, "reached": got >= need}
        nobody = nobody if got >= need else "quorum_missed"
    if nobody:
        ties = []
        for one in told:
            one.update(won=None if one["reason"] == "ranked" else False, reason=nobody)
            one.update({"rank": None} if "rounds" in outcome or "seated" in outcome else {})
        for part in outcome.get("seated", []):
            part.update(chosen=[], waits=False)
    winners = sorted((one for one in told if one["won"]), key=lambda one: one["rank"] or 0)
    drawn = any(tie["by"] == "lot" if "by" in tie else tie["won"] for tie in ties)
    return {
        **outcome,
        **{name: figures[name] for name in ("roll", "turnout", "valid", "blank", "void")},
        "rule": rule["name"],
        "quorum": quorum,
        "options": told,
        "winners": [one["key"] for one in winners],
        "ties": ties,
        "tie_order": lot if drawn else None,
        "decided": all(tie.get("by") or tie.get("won") for tie in ties),
    }


# --- Yes or no ------------------------------------------------------------------------------------


def add_answers(config: Plain, ballots: Ballots) -> Plain:
    """Answers to each item; an item that a ballot does not name was left blank on it."""
    names = ("abstain", "blank", "no", "yes")
    counts: Plain = {key: dict.fromkeys(names, 0) for key in keys_of(config)}
    for marks, number in ballots:
        for key, told in counts.items():
            told[marks.get(key, "blank")] += number
    return {"counts": counts}


def by_majority(config: Plain, sums: Plain, figures: Plain, _lot: Any) -> Plain:
    """Each item on its own: it passes if its yes votes reach the majority asked for."""
    rule, told = config["rule"], list[Plain]()
    bar = rule.get("majority") or {"of": "valid", "share": "1/2", "strict": True}
    for key in keys_of(config):
        said = sums["counts"][key]
        valid = said["yes"] + said["no"] + bool(rule.get("abstain_counts")) * said["abstain"]
        need = least(bar, {**figures, "valid": valid})
        won = said["yes"] >= need
        reason = "enough_yes" if won else "too_few_yes"
        head = {"key": key, "counts": said, "rank": None}
        told.append({**head, "won": won, "reason": reason, "need": need})
    return {"options": told, "ties": []}


# --- Seats by a measure: votes, scores, points, places -------------------------------------------


def add_votes(config: Plain, ballots: Ballots) -> Plain:
    """Votes of each option: one for each ballot that names it."""
    counts: Plain = {key: {"votes": 0} for key in keys_of(config)}
    for marks, number in ballots:
        for key in marks:
            counts[key]["votes"] += number
    return {"counts": counts}


def add_scores(config: Plain, ballots: Ballots) -> Plain:
    """Votes (a score above 0), the sum of the scores, and how many ballots scored it."""
    counts: Plain = {key: {"votes": 0, "score": 0, "scored": 0} for key in keys_of(config)}
    for marks, number in ballots:
        for key, score in marks.items():
            counts[key]["votes"] += number if score else 0
            counts[key]["score"] += number * score
            counts[key]["scored"] += number
    return {"counts": counts}


def add_given(config: Plain, ballots: Ballots) -> Plain:
    """Votes and points; where a sheet of paper gave too many, each weighs less."""
    counts: Plain = {key: {"votes": 0, "points": Fraction()} for key in keys_of(config)}
    limit = config["ballot"]["points"]
    for marks, number in ballots:
        given = sum(marks.values())
        for key, points in marks.items():
            counts[key]["votes"] += number
            counts[key]["points"] += number * Fraction(points * limit, max(given, limit))
    return {"counts": counts}


def add_places(config: Plain, ballots: Ballots) -> Plain:
    """Borda: points by the number of options that stand below."""
    rule, keys = config["rule"], keys_of(config)
    rankings, counts = read_all(config, ballots)
    halves: dict[str, int] = dict.fromkeys(keys, 0)
    for ranking, number in rankings:
        ranked = [key for place in ranking for key in place]
        of, places = len(ranked if rule.get("unranked") == "modified" else keys), [*ranking]
        if rule.get("unranked") == "average" and ranked:
            places.append([key for key in keys if key not in ranked])
        for place in places:
            for key in place:
                halves[key] += number * (2 * of - len(place) - 1)
            of -= len(place)
    return {"counts": {key: {**counts[key], "points": Fraction(halves[key], 2)} for key in keys}}


def measure(config: Plain, counts: Plain) -> Plain:
    """The number that seats go by, for each option."""
    rule = config["rule"]
    if rule["name"] == "score" and rule.get("of") == "mean":
        return {key: Fraction(one["score"], one["scored"] or 1) for key, one in counts.items()}
    name = {"score": "score", "points": "points", "borda": "points"}.get(rule["name"], "votes")
    return {key: one[name] for key, one in counts.items()}


def by_measure(config: Plain, sums: Plain, figures: Plain, lot: list[str]) -> Plain:
    """Seats from the highest measure down, among all options or in each group."""
    if config["rule"].get("seats_by"):
        return by_quotas(config, sums, figures, lot)
    rule, told, ties, counts = config["rule"], list[Plain](), list[Plain](), sums["counts"]
    measures, parts = measure(config, counts), None
    if rule.get("weights"):
        parts, measures = weigh(config, sums["parts"], figures.get("bodies", {}))
        counts = {key: {**one, "weighted": measures[key]} for key, one in counts.items()}
    need = least(rule["threshold"], figures) if rule.get("threshold") else None
    bar, of = (rule.get("least", 1), "scored") if rule["name"] == "score" else (need or 0, "votes")
    able = [key for key in measures if measures[key] > 0 and counts[key][of] >= bar]
    options = in_print(config)
    for one in options:
        apart = rule.get("per_group")
        rivals = [two["key"] for two in options if not apart or two["group"] == one["group"]]
        field = {key: measures[key] for key in rivals}
        fate = seat(one["key"], field, able, rule.get("seats"), lot, ties)
        if fate["reason"] == "not_able":
            fate["reason"] = "below_threshold" if measures[one["key"]] else "no_votes"
        told.append({"key": one["key"], "counts": counts[one["key"]], **fate, "need": need})
    if parts is None:
        return {"options": told, "ties": ties}
    void = rule["weights"]["empty"] == "void" and not all(part["divisor"] for part in parts)
    return {"options": told, "ties": ties, "parts": parts, "nobody": "part_empty" if void else ""}


def seat(key: str, field: Plain, able: list[str], seats: Any, lot: list[str], ties: Any) -> Plain:
    """One option in the field of its rivals: how many stand above it, how many beside it."""
    mine, won = field[key], None
    above = sum(field[one] > mine for one in able if one in field)
    level = [one for one in field if one in able and field[one] == mine]
    if not seats:
        reason = "ranked"
    elif key not in able:
        won, reason = False, "not_able"
    elif above + len(level) <= seats or above >= seats:
        won = above < seats
        reason = "enough_votes" if won else "fewer_votes"
    else:
        drawn = [one for one in lot if one in level and {*level} <= {*lot}][: seats - above]
        tie = {"options": level, "votes": mine, "seats": seats - above, "won": drawn}
        ties += [] if tie in ties else [tie]
        won = key in drawn if drawn else None
        reason = ("won_by_lot" if won else "lost_by_lot") if drawn else "tie_undecided"
    return {"rank": 1 + sum(one > mine for one in field.values()), "won": won, "reason": reason}


def weigh(config: Plain, sums: Plain, bodies: Plain) -> tuple[list[Plain], Plain]:
    """The parts with the weight that each has in the end, and every option's share of 100."""
    rule, keys, parts = config["rule"]["weights"], keys_of(config), list[Plain]()
    shares: dict[str, Plain] = {}
    for name, part in by_part(config).items():
        body, way = part.get("body"), rule["as"]
        told = {"measures": bodies.get(name, {}), "voters": 0} if body else sums.get(name, {})
        measures = {key: told.get("measures", {}).get(key, 0) for key in keys}
        total = sum(measures.values())
        if way == "rank":
            divisor = max(1, len(keys) - 1) if total else 0
        else:
            divisor = total if way == "points" or body else told.get("voters", 0)
        head = {"part": name, "weight": Fraction(part["weight"] if divisor else 0)}
        parts.append({**head, "divisor": divisor, "measures": measures})
        shares[name] = {}
        for key, mine in measures.items():
            if way == "rank":
                less = sum(one < mine for one in measures.values())
                level = sum(one == mine for one in measures.values()) - 1
                stands = less + Fraction(level, 2) if len(keys) > 1 else 1
            shares[name][key] = Fraction(stands if way == "rank" else mine) / (divisor or 1)
    used = sum(part["weight"] for part in parts)
    for part in parts:
        part["weight"] *= Fraction(100) / used if used and rule["empty"] == "spread" else 1
    return parts, {
        key: sum(part["weight"] * shares[part["part"]][key] for part in parts) for key in keys
    }


# --- Seats by part --------------------------------------------------------------------------------


def by_quotas(config: Plain, sums: Plain, figures: Plain, lot: list[str]) -> Plain:
    """Each part in its turn seats those with the most in it whom no part before has seated."""
    keys, seated, ties, waits = keys_of(config), list[Plain](), list[Plain](), False
    fates: dict[str, Plain] = {}  # of those who are seated or undecided
    lost: set[str] = set()
    for part in parts_of(config):
        name, free = part["part"], part["seats"]
        given = sums["parts"].get(name, {}).get("measures", {})
        given = figures.get("bodies", {}).get(name, {}) if part.get("body") else given
        has = {key: given.get(key, 0) for key in keys}
        row = {"part": name, "seats": free, "measures": has, "chosen": [], "waits": waits}
        seated.append(row)
        taken = {key for key in fates if fates[key]["won"]}
        levels = {has[key] for key in keys if key not in taken} - {0}
        for level in sorted(levels, reverse=True):
            equal = [key for key in keys if has[key] == level and key not in taken]
            drawn = equal
            if waits:
                drawn = []
            elif free == 0:
                break
            elif len(equal) > free:
                first = [key for key in lot if key in equal][:free] if {*equal} <= {*lot} else []
                ties.append({"options": equal, "votes": level, "seats": free, "won": first})
                ties[-1]["part"] = name
                drawn = [key for key in equal if key in first]
            reason = "enough_votes" if drawn == equal else "won_by_lot"
            rank = len(taken) + len(row["chosen"]) + 1
            fates.update({key: {"rank": rank, "won": True, "reason": reason} for key in drawn})
            row["chosen"] += drawn
            free -= len(drawn)
            if drawn:
                lost.update(key for key in equal if key not in drawn)
                continue
            open_fate = {"rank": None, "won": None, "reason": "tie_undecided"}
            fates.update({key: dict(open_fate) for key in equal})
            if not waits:
                break
        waits = any(fate["won"] is None for fate in fates.values())
    told = list[Plain]()
    for key in keys:
        reason = "fewer_votes" if any(row["measures"][key] for row in seated) else "no_votes"
        fate = {"rank": None, "won": False, "reason": "lost_by_lot" if key in lost else reason}
        head = {"key": key, "counts": sums["counts"][key], "need": None}
        told.append({**head, **fates.get(key, fate)})
    return {"options": told, "ties": ties, "seated": seated}


# --- Pairs ----------------------------------------------------------------------------------------


def add_pairs(config: Plain, ballots: Ballots) -> Plain:
    """First ranks, ballots that rank an option, and those that rank it above each other one."""
    keys, (rankings, counts) = keys_of(config), read_all(config, ballots)
    pairs: dict[str, dict[str, int]] = {a: {b: 0 for b in keys if b != a} for a in keys}
    ranked: Counter[str] = Counter()
    for ranking, number in rankings:
        below = {*keys}
        for place in ranking:
            below.difference_update(place)
            for a in place:
                ranked[a] += number
                for b in below:
                    pairs[a][b] += number
    return {"counts": {a: {**counts[a], "ranked": ranked[a]} for a in keys}, "pairs": pairs}


def by_paths(config: Plain, sums: Plain, _figures: Plain, lot: list[str]) -> Plain:
    """Schulze: an option beats another if its strongest chain of wins to it is the stronger one."""
    rule, keys, pairs = config["rule"], keys_of(config), sums["pairs"]
    path: dict[tuple[str, str], int] = {}
    for a, b in permutations(keys, 2):
        less = pairs[b][a] if rule.get("strength") == "margins" else 0
        path[a, b] = pairs[a][b] - less if pairs[a][b] > pairs[b][a] else 0
    for via in keys:
        for a, b in permutations([key for key in keys if key != via], 2):
            path[a, b] = max(path[a, b], min(path[a, via], path[via, b]))
    above = {a: sum(path[b, a] > path[a, b] for b in keys if b != a) for a in keys}
    able = [a for a in keys if sums["counts"][a]["ranked"]]
    told, ties, field = list[Plain](), list[Plain](), {key: -above[key] for key in keys}
    for key in keys:
        fate = seat(key, field, able, rule.get("seats"), lot, ties)
        fate.update({"reason": "no_votes"} if fate["reason"] == "not_able" else {})
        fate.update({"rank": 1 + above[key], "need": None})
        told.append({"key": key, "counts": sums["counts"][key], **fate})
    ties = [{**tie, "votes": -tie["votes"]} for tie in ties]
    first = [a for a in keys if all(pairs[a][b] > pairs[b][a] for b in keys if b != a)]
    condorcet = first[0] if first else None
    return {"options": told, "ties": ties, "pairs": pairs, "condorcet": condorcet}


RULES: dict[str, Counting] = {
    "plurality": (add_votes, by_measure),
    "approval": (add_votes, by_measure),
    "projects": (add_votes, by_measure),
    "yes_no": (add_answers, by_majority),
    "score": (add_scores, by_measure),
    "points": (add_given, by_measure),
    "borda": (add_places, by_measure),
    "schulze": (add_pairs, by_paths),
    **ROUNDS,
}
