"""Purses of equal shares, and who can be paid for: part of the second count of the money.

`voting.recount_money` tells what it is, docs/counting.md what every word here means.
"""

from __future__ import annotations

from collections import Counter
from copy import copy
from fractions import Fraction
from heapq import heapify, heappop, heappush
from itertools import compress
from math import lcm
from operator import mul, not_
from typing import Any

from voting.recount_greedy import barred
from voting.recount_rounds import Plain

MOST_PLACES = 1 << 18
Numbers = tuple[list[int], list[int]]
Part = tuple[list[int], list[int], list[int]]

# --- Equal shares: one run ------------------------------------------------------------------------
# Ballots that support the same of the funded projects have paid the same: they share a place. A
# state of a run is `won` (with prices), `funded` (the bits of those), `purse` (of each place, whole
# numbers over one of the denominators in `over`: over the one that `since` tells, as one more comes
# with each payment), and `bound`, a heap of the least burden that each project can have that is not
# known to be out. Runs share a `book`: `place` by the bits of what is paid for, these bits of each
# place (`paid`), and `parts`, who of a project's supporters is where, of this run and the last.


def with_bits(field: Plain) -> Plain:
    """The field with a bit for each project by weight, and the bits of what each group supports."""
    bits: dict[str, dict[int, int]] = {key: {} for key in field["supporters"]}
    likes, bit = [0] * len(field["ballots"]), 1
    for key, kinds in field["supporters"].items():
        for (weight, _), groups in kinds.items():
            if weight not in bits[key]:
                bits[key][weight], bit = bit, 2 * bit
            for group in groups:
                likes[group] |= bits[key][weight]
    return {**field, "bits": bits, "likes": likes, "book": new_book()}


def new_book() -> Plain:
    """Everybody is at one place and has paid for nothing."""
    return {"place": {0: 0}, "paid": [0], "parts": ({}, {})}


def start_of(field: Plain, share: Fraction) -> Plain:
    """Everybody has the same share."""
    bound = [
        (burden(field, key, field["cost"][key] / weight), key)
        for key in field["rivals"]
        if (weight := weight_of(field, key))
    ]
    heapify(bound)
    over = lcm(share.denominator, *(one.denominator for one in field["cost"].values()))
    book = field["book"] if len(field["book"]["paid"]) < MOST_PLACES else new_book()
    field["book"] = {**book, "parts": ({}, book["parts"][0])}
    return {
        "book": field["book"],
        "won": {},
        "funded": 0,
        "purse": [int(share * over)],
        "since": [0],
        "over": [over],
        "bound": bound,
        "ties": [],
    }


def branch_of(state: Plain) -> Plain:
    """A copy that goes its own way."""
    return Plain((name, copy(one)) for name, one in state.items())


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


def places_of(field: Plain, state: Plain, key: str) -> dict[int, Part]:
    """For each weight: the places of the supporters, how many are at each, and where they go next.

    It depends on what is funded and not on the share: a run finds most of it as the last one did.
    """
    now, before = state["book"]["parts"]
    name, likes = (state["funded"], key), field["likes"].__getitem__
    if name not in now and name in before:
        now[name] = before[name]
    elif name not in now:
        found, place = dict[int, Counter[int]](), state["book"]["place"].__getitem__
        for (weight, number), groups in field["supporters"][key].items():
            seen = Counter(map(state["funded"].__and__, map(likes, groups)))
            held = found.setdefault(weight, Counter())
            held.update(seen if number == 1 else {one: seen[one] * number for one in seen})
        now[name] = {
            weight: ([*map(place, held)], [*held.values()], []) for weight, held in found.items()
        }
    told: dict[int, Part] = now[name]
    return told


def place_of(state: Plain, bits: int) -> int:
    """The place of those who have paid for just this."""
    place, paid = state["book"]["place"], state["book"]["paid"]
    if bits not in place:
        place[bits] = len(paid)
        paid.append(bits)
    return int(place[bits])


def purses_of(field: Plain, state: Plain, key: str) -> dict[int, Numbers]:
    """For each weight: what is in those purses of supporters that are not empty, and how many.

    All of it stands over the newest denominator.
    """
    make_room(state)
    purse, since, over = state["purse"], state["since"], state["over"]
    scale, found = [over[-1] // one for one in over], {}
    for weight, (places, numbers, _) in places_of(field, state, key).items():
        held = [*map(purse.__getitem__, places)]
        by = map(scale.__getitem__, map(since.__getitem__, compress(places, held)))
        found[weight] = [*map(mul, filter(None, held), by)], [*compress(numbers, held)]
    return found


def make_room(state: Plain) -> None:
    """Purses at places that were found since are empty, until somebody who is there has money."""
    missing = [0] * (len(state["book"]["paid"]) - len(state["purse"]))
    state["purse"] += missing
    state["since"] += missing


def money_of(field: Plain, state: Plain, key: str) -> Fraction:
    """What the supporters of a project have together."""
    money = sum(sum(map(mul, *some)) for some in purses_of(field, state, key).values())
    return Fraction(money, state["over"][-1])


def price_of(field: Plain, state: Plain, key: str) -> Fraction | None:
    """The least price at which the supporters can pay for a project.

    Whoever has less than the price gives all of it, and the others pay more for that; then more of
    them may have less than the price. If all of them have less, it cannot be paid for.
    """
    purses, over = purses_of(field, state, key), state["over"][-1]
    rest, short = int(field["cost"][key] * over), True
    weights = sum(weight * sum(numbers) for weight, (_, numbers) in purses.items())
    while short and weights:
        short, price = False, (rest, weights)
        for weight, (held, numbers) in purses.items():
            due = -(-price[0] * weight // price[1])
            rich = [*map(due.__le__, held)]
            if not all(rich):
                poor = [*map(not_, rich)]
                rest -= sum(map(mul, compress(held, poor), compress(numbers, poor)))
                purses[weight] = [*compress(held, rich)], [*compress(numbers, rich)]
                weights -= weight * sum(compress(numbers, poor))
                short = True
    if not weights:
        return None if rest else Fraction()
    return Fraction(rest, weights * over)


def pay(field: Plain, state: Plain, key: str, price: Fraction) -> None:
    """Fund a project: each supporter pays, at most all that the purse holds."""
    cost, over, money = field["cost"][key], lcm(state["over"][-1], price.denominator), 0
    state["over"].append(over)
    purses, now = purses_of(field, state, key), len(state["over"]) - 1
    for weight, (places, _, after) in places_of(field, state, key).items():
        due, bit = int(weight * price * over), field["bits"][key][weight]
        if not after:
            after += [place_of(state, state["book"]["paid"][place] | bit) for place in places]
            make_room(state)
        held, numbers = purses[weight]
        money += sum(map(mul, held, numbers))
        some = [*compress(after, map(state["purse"].__getitem__, places))]
        for at, place in enumerate(some):
            state["purse"][place] = max(0, held[at] - due)
            state["since"][place] = now
    support = cost / price if cost else Fraction(weight_of(field, key))
    state["won"][key] = {"price": price, "money": Fraction(money, over), "support": support}
    state["funded"] |= sum(field["bits"][key].values())


def least_burden(field: Plain, state: Plain) -> dict[str, Fraction]:
    """The projects of least burden with their prices; burdens only rise from round to round."""
    bound, seen = state["bound"], list[tuple[Fraction, str]]()
    best, found = None, dict[str, Fraction]()
    while bound and (best is None or bound[0][0] <= best):
        _, key = heappop(bound)
        out = key in state["won"] or barred(field, key, state["won"])
        price = None if out else price_of(field, state, key)
        if price is None:
            continue
        least = burden(field, key, price)
        seen.append((least, key))
        if best is None or least < best:
            best, found = least, {}
        if least == best:
            found[key] = price
    for one in seen:
        heappush(bound, one)
    return dict(sorted(found.items()))
