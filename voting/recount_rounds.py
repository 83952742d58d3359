"""Rules that count in rounds, and how a ranking is read: part of the second count.

`voting.recount` tells what the second count is; docs/rules.md tells what every rule does. Each
rule has two functions: one that adds up ballots into sums, and one that decides by the sums. Here
the sums hold a `step`, which gives the figures of one round after the other, so that the decisions
can be checked by the rounds of a result, too, where its ballots are not published.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from itertools import chain
from typing import Any

Plain = dict[str, Any]  # an object read from JSON
Ballots = list[tuple[Any, int]]  # what ballots say, and how many say it
Counting = tuple[Callable[[Plain, Ballots], Plain], Callable[[Plain, Plain, Plain, Any], Plain]]


def in_print(config: Plain) -> list[Plain]:
    """The options in the order in which the ballot prints them."""
    return sorted(config["ballot"]["options"], key=lambda one: int(one["number"]))


def keys_of(config: Plain) -> list[str]:
    """Their keys."""
    return [one["key"] for one in in_print(config)]


def fate_of(sums: Plain, key: str, reason: str, rank: int, need: Any = None) -> Plain:
    """One option's end in a rule that counts in rounds; only winners have a rank."""
    won = reason in {"chosen", "won_by_lot", "majority", "quota", "remaining", "paid", "completed"}
    told = {"key": key, "counts": sums["counts"][key], "reason": reason, "need": need}
    won_or_open = None if reason == "tie_undecided" else won
    return {**told, "rank": rank if won else None, "won": won_or_open}


# --- Rounds over picks: each chosen option weakens or burdens its voters --------------------------


def add_turns(config: Plain, ballots: Ballots) -> Plain:
    """Votes, and what each option not yet chosen gains, or the load it would lay on its voters."""
    keys, phragmen = keys_of(config), config["rule"]["name"] == "seq_phragmen"

    def step(chosen: Plain) -> Plain:
        """The gains (loads) after the choices so far, each with the gain (load) it was made by."""
        picked: dict[str, Counter[Any]] = {key: Counter() for key in keys if key not in chosen}
        for marks, number in ballots:
            had = [key for key in chosen if key in marks]
            state = ["", *had][-1] if phragmen else len(had)  # its last choice tells its load
            for key in marks:
                if key in picked:
                    picked[key][state] += number
        weight = {
            state: chosen.get(state, 0) if phragmen else Fraction(1, 1 + state)
            for state in {*chain(*picked.values())}
        }
        sums = {key: sum(n * weight[state] for state, n in picked[key].items()) for key in picked}
        if not phragmen:
            return sums
        voters = {key: sum(picked[key].values()) for key in picked}
        return {key: Fraction(1 + sums[key]) / voters[key] for key in sums if voters[key]}

    counts = {key: {"votes": sum(n for marks, n in ballots if key in marks)} for key in keys}
    return {"counts": counts, "step": step}


def by_turns(config: Plain, sums: Plain, _figures: Plain, lot: list[str]) -> Plain:
    """One option a round: the one with the highest gain, or the one that lays the least load."""
    rule, name, best = config["rule"], "gains", max
    if rule["name"] == "seq_phragmen":
        name, best = "loads", min
    chosen: dict[str, Any] = {}  # with the gain or load it was chosen for
    rounds, ties, by_lot, open_ones = list[Plain](), list[Plain](), set[str](), list[str]()
    voted = [key for key in keys_of(config) if sums["counts"][key]["votes"]]
    while len(chosen) < min(rule["seats"], len(voted)) and not open_ones:
        found = sums["step"](chosen)
        able = [key for key in voted if key not in chosen]
        top = best(found[key] for key in able)
        level = [key for key in able if found[key] == top]
        goes = level[:1] if len(level) == 1 else [key for key in lot if key in level][:1]
        goes = goes if len(level) == 1 or {*level} <= {*lot} else []
        rounds.append({"round": len(rounds) + 1, name: found, "chosen": goes})
        if len(level) > 1:
            tie = {"round": len(rounds), "options": level, "votes": top, "chosen": goes}
            ties.append({**tie, "by": "lot" if goes else None})
            by_lot.update(goes)
        chosen.update(dict.fromkeys(goes, top))
        open_ones = [] if goes else able
    told = []
    for key in keys_of(config):
        reason = "fewer_votes" if sums["counts"][key]["votes"] else "no_votes"
        reason = "tie_undecided" if key in open_ones else reason
        if key in chosen:
            reason = "won_by_lot" if key in by_lot else "chosen"
        told.append(fate_of(sums, key, reason, [*chosen, key].index(key) + 1))
    return {"options": told, "ties": ties, "rounds": rounds}


# --- Equal shares: all voters have the same money, and those who agree buy seats together --------


def add_purses(config: Plain, ballots: Ballots) -> Plain:
    """Votes, and the ballots themselves: the money of each has to be followed."""
    counts = {
        key: {"votes": sum(n for marks, n in ballots if key in marks)} for key in keys_of(config)
    }
    return {"counts": counts, "purses": [({*marks}, number) for marks, number in ballots if marks]}


def by_shares(config: Plain, sums: Plain, figures: Plain, lot: list[str]) -> Plain:
    """One option after the other at the lowest price; then the completion fills what is left."""
    rule, counts = config["rule"], {key: {**one} for key, one in sums["counts"].items()}
    voted = [key for key in keys_of(config) if counts[key]["votes"]]
    then = {"votes": ["votes"], "none": []}.get(rule.get("completion", ""), ["loads"])
    # A ballot has so many of the `unit` that make a seat; below zero it owes them.
    purses = [[picks, number, rule["seats"]] for picks, number in sums["purses"]]
    now: Plain = {"purses": purses, "unit": figures["valid"], "rounds": [], "ties": []}
    won, may_win = dict[str, Any](), list[str]()
    for way in ["prices", *then]:
        while len(won) < rule["seats"] and not may_win:
            able = [key for key in voted if key not in won]
            asked = asked_of(way, now, able)
            if not asked:
                break
            goes, reason = buy(way, now, asked, lot, rule["seats"] - len(won))
            won.update(dict.fromkeys(goes, (len(won) + 1, reason)))
            if not goes:
                level = [key for key in asked if asked[key] == min(asked.values())]
                may_win = level if way == "votes" else able if then else [*asked]
        for key, one in counts.items() if way == "prices" else ():
            has = sum(number * money for picks, number, money in purses if key in picks)
            one["money"] = Fraction(has, now["unit"] or 1)
    told = []
    for key in keys_of(config):
        rank, reason = won.get(key, (0, "not_paid" if key in voted else "no_votes"))
        reason = "tie_undecided" if key in may_win else reason
        told.append(fate_of({"counts": counts}, key, reason, rank))
    return {"options": told, "ties": now["ties"], "rounds": now["rounds"]}


def asked_of(way: str, now: Plain, able: list[str]) -> Plain:
    """What each option asks for, in units: the less, the better; what cannot be had is left out.

    A price (`prices`) is paid from the purse, by whoever has less with all that is left; a load
    (`loads`) is the money that every ballot would have to be given first. Votes are told below 0.
    """
    asked: Plain = {}
    for key in able:
        purse: Counter[int] = Counter()
        for picks, number, money in now["purses"]:
            if key in picks:
                purse[money] += number
        lack, voters = now["unit"], sum(purse.values())
        if way == "votes":
            asked[key] = Fraction(-voters)
        elif way == "loads":
            has = sum(money * number for money, number in purse.items())
            asked[key] = Fraction(lack - has, voters)
        for money in sorted(purse) if way == "prices" else ():
            if money * voters >= lack:
                asked[key] = Fraction(lack, voters)
                break
            lack, voters = lack - money * purse[money], voters - purse[money]
    return asked


def buy(way: str, now: Plain, asked: Plain, lot: list[str], room: int) -> tuple[list[str], str]:
    """Choose who asks for least, write the round and its tie down, and take the money."""
    top = min(asked.values())
    level = [key for key in asked if asked[key] == top]
    goes, by = level, "together"
    if len(level) > 1:
        goes = whatever_the_order(way, now["purses"], level, top, room)
    if not goes:
        goes = [key for key in lot if key in level][:1] if {*level} <= {*lot} else []
        by = "lot" if goes else ""
    told = {key: -one if way == "votes" else one / now["unit"] for key, one in asked.items()}
    now["rounds"].append({"round": len(now["rounds"]) + 1, way: told, "chosen": goes})
    if len(level) > 1:
        tie = {"round": len(now["rounds"]), "options": level, "votes": told[level[0]]}
        now["ties"].append({**tie, "chosen": goes, "by": by or None})
    now["unit"] *= top.denominator  # so that the price is whole
    for purse in now["purses"]:
        purse[2] *= top.denominator
        for _ in purse[0].intersection(goes) if way != "votes" else ():
            purse[2] = max(0, purse[2] - top.numerator) if way == "prices" else -top.numerator
    reason = "paid" if way == "prices" else "completed"
    return goes, "won_by_lot" if by == "lot" else reason


def whatever_the_order(
    way: str, purses: list[Any], level: list[str], top: Fraction, room: int
) -> list[str]:
    """Those of equals who are chosen in any order of them, and take nothing from other equals."""
    if way != "prices" and len(level) > room:
        return []
    bound: set[str] = set()
    for picks, _number, money in purses if way != "votes" else ():
        mine = [key for key in level if key in picks]
        enough = way == "prices" and (money == 0 or money >= top * len(mine))
        bound.update(mine if len(mine) > 1 and not enough else ())
    return [key for key in level if key not in bound]


# --- Rankings: one winner, or seats by a quota ----------------------------------------------------


def read_ranking(config: Plain, places: list[list[str]]) -> list[list[str]]:
    """The places that count, from the first on, as the rule says how to read a ballot."""
    how, ranking = config["rule"].get("reading") or {}, list[list[str]]()
    seen, gap = set[str](), False
    for place in places:
        left = [key for key in place if key not in seen]
        if len(left) < len(place) and how.get("repeated") == "exhaust":
            break
        skipped = how.get("skipped", "ignore")
        if not place and (skipped == "exhaust" or (skipped == "exhaust_two" and gap)):
            break
        gap = not place
        overvote = len(left) > 1 and not config["ballot"].get("equal_ranks")
        if overvote and how.get("overvote", "exhaust") == "exhaust":
            break
        if left and not (overvote and how["overvote"] == "skip"):
            ranking.append(left)
            seen.update(left)
    return ranking


def read_all(config: Plain, ballots: Ballots) -> tuple[Ballots, Plain]:
    """The rankings that ballots hold after reading, and how many rank each option first."""
    counts: Plain = {key: {"votes": 0} for key in keys_of(config)}
    rankings = [(read_ranking(config, places), number) for places, number in ballots]
    for ranking, number in rankings:
        first = ranking[0] if ranking else []
        if len(first) == 1 or config["ballot"].get("equal_ranks"):
            for key in first:
                counts[key]["votes"] += number
    return rankings, counts


def holder(ranking: list[list[str]], standing: set[str]) -> str | None:
    """The option that a ballot counts for among those still standing, if there is one."""
    for place in ranking:
        left = [key for key in place if key in standing]
        if left:
            return left[0] if len(left) == 1 else None
    return None


def add_runs(config: Plain, ballots: Ballots) -> Plain:
    """First ranks, and the votes of each option among those still `standing`."""
    rankings, counts = read_all(config, ballots)

    def step(standing: list[str]) -> Plain:
        votes, among, last = dict.fromkeys(standing, 0), {*standing}, [*rankings]
        rankings.clear()  # a ballot that ended once stays so
        for ranking, number in last:
            key = holder(ranking, among)
            if key is not None:
                votes[key] += number
                rankings.append((ranking, number))
        return votes

    return {"counts": counts, "step": step}


def goes_out(rule: Plain, votes: Plain, before: list[Plain], lot: list[str], room: int) -> Plain:
    """Who of those with the fewest votes goes out, and by what, if there are several."""
    bar = min(votes.values())
    level = [key for key in votes if votes[key] == bar]
    rest = [one for one in votes.values() if one > bar]
    told: Plain = {"options": level, "votes": bar, "by": None, "out": []}
    if len(level) == 1:
        told["out"] = level
    elif rest and bar * len(level) < min(rest) and (len(rest) >= room or not bar):
        told.update(by="together", out=level)
    else:
        left = as_before(rule, level, before, min)
        drawn = [key for key in lot if key in left] if {*left} <= {*lot} else []
        told.update(by="earlier" if left[1:] == [] else "lot" if drawn else None)
        told["out"] = left if left[1:] == [] else drawn[-1:]
    return told


def as_before(rule: Plain, level: list[str], before: list[Plain], best: Any) -> list[str]:
    """Those of equals who were last (min) or first (max) in earlier rounds, from the last back."""
    for votes in reversed(before) if rule.get("ties") != "lot" else []:
        top = best(votes[key] for key in level)
        level = [key for key in level if votes[key] == top]
    return level


def batch(votes: Plain) -> list[str]:
    """The most of the last that, even together, have fewer votes than each of the others."""
    found: list[str] = []
    for bar in sorted({*votes.values()}):
        low = [key for key in votes if votes[key] <= bar]
        rest = [one for one in votes.values() if one > bar]
        if rest and sum(votes[key] for key in low) < min(rest):
            found = low
    return found


def by_runoff(config: Plain, sums: Plain, figures: Plain, lot: list[str]) -> Plain:
    """Instant run-off: the last goes out until one has more than half."""
    rule, standing, end = config["rule"], keys_of(config), ""
    rounds, ties, before, won = list[Plain](), list[Plain](), list[Plain](), list[str]()
    while not end:
        votes = sums["step"](standing)
        total, out = sum(votes.values()), list[str]()
        if rule.get("stop") != "two" or len(standing) <= 2:
            won = [key for key in standing if 2 * votes[key] > total]
        if won or not total:
            end = "fewer_votes" if won else "no_votes"
        elif rule.get("elimination") == "batch":
            out = batch(votes)
        if not (end or out):
            tie = goes_out(rule, votes, before, lot, 0)
            out, end = tie["out"], "" if tie["out"] else "tie_undecided"
            ties += [{"round": len(rounds) + 1, **tie}] if len(tie["options"]) > 1 else []
        head = {"round": len(rounds) + 1, "votes": votes, "exhausted": figures["valid"] - total}
        rounds.append({**head, "out": out, "chosen": won})
        standing = [key for key in standing if key not in out]
        before.append(votes)
    told = []
    for key in keys_of(config):
        reason = "majority" if key in won else end if key in standing else "excluded"
        told.append(fate_of(sums, key, reason, 1))
    return {"options": told, "ties": ties, "rounds": rounds}


def add_piles(config: Plain, ballots: Ballots) -> Plain:
    """First ranks, and the votes of each option after the ballots of some were passed on."""
    rankings, counts = read_all(config, ballots)
    unit = 10 ** config["rule"].get("decimals", 5)
    lying: dict[str | None, list[Any]] = {None: [(one, unit, number) for one, number in rankings]}
    held: Counter[str | None] = Counter()

    def step(standing: list[str], givers: list[Any], quota: Any = None) -> Plain:
        """Pass on what lies with `givers`: all of it, or what each has beyond the quota."""
        among = {*standing}
        for giver in givers:
            had, keep = held.pop(giver, 0), (quota or 0) * unit
            for ranking, value, number in lying.pop(giver, []):
                passed = value if quota is None else value * (had - keep) // had
                to = holder(ranking, among)
                if to is not None:
                    lying.setdefault(to, []).append((ranking, passed, number))
                    held[to] += passed * number
            held.update({} if quota is None else {giver: keep})
        return {key: Fraction(held[key], unit) for key in keys_of(config)}

    return {"counts": counts, "step": step}


def by_transfer(config: Plain, sums: Plain, figures: Plain, lot: list[str]) -> Plain:
    """Single transferable vote: a quota, surpluses passed on, the last out, as in Scotland."""
    rule, standing, seats = config["rule"], keys_of(config), config["rule"]["seats"]
    reasons: dict[str, str] = {}  # of those who are in or out
    chosen, rank = list[str](), dict[str, int]()
    rounds, ties, before = list[Plain](), list[Plain](), list[Plain]()
    giver, out, found = None, list[str](), sums["step"](standing, [None])
    quota = int(sum(found.values()) / (seats + 1)) + 1
    while True:
        votes = {key: found[key] for key in found if reasons.get(key) != "excluded"}
        new = [key for key in standing if votes[key] >= quota]
        reasons.update(dict.fromkeys(new, "quota"))
        standing = [key for key in standing if key not in new]
        room = seats - len(chosen) - len(new)
        over = {key: votes[key] for key in votes if key in reasons and votes[key] > quota}
        voted = [key for key in standing if votes[key]]
        if room and len(standing) <= room and not (over and len(voted) < len(standing)):
            reasons.update(dict.fromkeys(voted, "remaining"))
            new, room = new + voted, 0
        new.sort(key=lambda key: (-votes[key], keys_of(config).index(key)))
        rank.update({key: 1 + len(chosen) + sum(votes[o] > votes[key] for o in new) for key in new})
        chosen += new
        head = {"round": len(rounds) + 1, "votes": votes, "transfer": giver, "out": out}
        lost = figures["valid"] - sum(votes.values())
        rounds.append({**head, "exhausted": lost, "chosen": new})
        if not room or not (over or voted):
            break
        if over:
            tie = next_giver(rule, over, before, lot)
            giver, out, moved = tie["first"], [], [tie["first"]]
        else:
            tie = goes_out(rule, {key: votes[key] for key in standing}, before, lot, room)
            giver, out, moved = None, tie["out"], tie["out"]
            reasons.update(dict.fromkeys(out, "excluded"))
        if len(tie["options"]) > 1:
            what = "surplus" if over else "exclude"
            ties.append({"round": len(rounds) + 1, "what": what, **tie})
        if not (giver or out):
            reasons.update(dict.fromkeys(standing, "tie_undecided"))
            break
        standing = [key for key in standing if key not in out]
        before.append(votes)
        found = sums["step"](standing, moved, quota if giver else None)
    left = "fewer_votes" if sum(rounds[0]["votes"].values()) else "no_votes"
    told = [
        fate_of(sums, key, reasons.get(key, left), rank.get(key, 0), quota)
        for key in keys_of(config)
    ]
    return {"options": told, "ties": ties, "rounds": rounds}


def next_giver(rule: Plain, over: Plain, before: list[Plain], lot: list[str]) -> Plain:
    """Whose surplus is passed on next: the largest; of equals the one that was ahead earlier."""
    level = [key for key in over if over[key] == max(over.values())]
    told: Plain = {"options": level, "votes": over[level[0]], "by": None, "first": level[0]}
    if len(level) > 1:
        left = as_before(rule, level, before, max)
        drawn = [key for key in lot if key in left] if {*left} <= {*lot} else []
        told.update(by="earlier" if left[1:] == [] else "lot" if drawn else None)
        told["first"] = left[0] if left[1:] == [] else drawn[0] if drawn else None
    return told


# Rules that follow each ballot, so that only all ballots let anybody count again.
EVERY_BALLOT = ("equal_shares",)

# A rule by its name in the configuration: how it adds up ballots, and how it decides by the sums.
ROUNDS: dict[str, Counting] = {
    "seq_pav": (add_turns, by_turns),
    "seq_phragmen": (add_turns, by_turns),
    "equal_shares": (add_purses, by_shares),
    "irv": (add_runs, by_runoff),
    "stv": (add_piles, by_transfer),
}
