"""Rankings: the first choice, the second, and so on; on the web without gaps, on paper as written.

What a gap, an option with two places or a place with two options is worth is settled by the
counting rule (`voting.tally.rankings`); a sheet of paper lies in the box with whatever is on it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import comb, perm
from typing import TYPE_CHECKING

from proceedings.refusals import Refusal, mark
from voting.ballots.kinds import Marks, Overpick, SheetKind, SheetReading, VoidReason
from voting.ballots.marks import is_blank, ranking_marks, ranking_of
from voting.ballots.refusals import NOT_A_BALLOT, title_of, too_few, unknown_option

if TYPE_CHECKING:
    from voting.ballots.design import BallotDesign

DIGITS = re.compile(r"[0-9]{1,9}")

Pair = tuple[int, str]
"""An option and a place that it was given."""


def read(design: BallotDesign, raw: object) -> Marks | Refusal:
    """Read a mapping of option to place, or a list of places, each a list of options."""
    pairs = _pairs(design, raw)
    if isinstance(pairs, Refusal):
        return pairs
    for place, key in pairs:
        if not 1 <= place <= design.max_picks:
            return Refusal(
                "no_place",
                mark("There is no place %(place)s on this ballot."),
                mark("Use the places 1 to %(most)s."),
                {"place": place, "most": design.max_picks},
                form_field=key,
            )
    return _marks(pairs)


def limit(design: BallotDesign, marks: Marks) -> Refusal | None:
    """Refuse an option with two places, a place with two options, a gap, and too few options."""
    places = ranking_of(marks)
    seen: set[str] = set()
    for number, place in enumerate(places, start=1):
        if not place:
            return Refusal(
                "place_gap",
                mark("Place %(place)s is empty, but a later one is not."),
                mark("Give the places one after the other, beginning with 1."),
                {"place": number},
            )
        if len(place) > 1 and not design.equal_ranks:
            return Refusal(
                "same_place",
                mark("Place %(place)s was given to %(options)s options."),
                mark("Give each place to one option."),
                {"place": number, "options": len(place)},
                form_field=place[1],
            )
        twice = next((key for key in place if key in seen), None)
        if twice is not None:
            return Refusal(
                "ranked_twice",
                mark("“%(option)s” was given two places."),
                mark("Give each option one place at most."),
                {"option": title_of(design, twice)},
                form_field=twice,
            )
        seen.update(place)
    return too_few(design, len(seen)) if len(seen) < design.min_picks else None


def lies(design: BallotDesign, value: object) -> Marks | None:
    """Give the marks of a ballot that may lie in the box; None for any other value."""
    if not isinstance(value, list) or len(value) > design.max_picks:
        return None
    known, ranked = design.key_set, set[str]()
    for place in value:
        if not isinstance(place, list):
            return None
        for key in place:
            if not isinstance(key, str) or key not in known:
                return None
            ranked.add(key)
        if len(place) > 1 and any(one >= other for one, other in pairwise(place)):
            return None
    if value and (not value[-1] or len(ranked) < design.min_picks):
        return None
    return Marks(json.dumps(value, ensure_ascii=False, separators=(",", ":")))


def read_paper(design: BallotDesign, raw: object) -> SheetReading | Refusal:
    """Read a typed sheet as it was written; only places that there are not make it void."""
    pairs = _pairs(design, raw)
    if isinstance(pairs, Refusal):
        return pairs
    known = [pair for pair in pairs if 1 <= pair[0] <= design.max_picks]
    if len(known) < len(pairs) and design.overpick is Overpick.VOID:
        return SheetReading(SheetKind.VOID, None, VoidReason.NO_PLACE)
    marks = _marks(known)
    if is_blank(marks):
        return SheetReading(SheetKind.BLANK, marks)
    if len({key for _, key in known}) < design.min_picks:
        return SheetReading(SheetKind.VOID, None, VoidReason.TOO_FEW)
    return SheetReading(SheetKind.VALID, marks)


def possible(design: BallotDesign) -> int:
    """Count different ballots of the web: options in order, or in order and level."""
    options, most = len(design.options), design.max_picks
    sizes = range(max(1, design.min_picks), options + 1)
    if design.equal_ranks:
        ways = sum(comb(options, size) * _level(size, most) for size in sizes)
    else:
        ways = sum(perm(options, size) for size in sizes if size <= most)
    return ways + design.allow_blank


def _level(size: int, most: int) -> int:
    """In how many ways `size` options fill at most `most` places, none of them empty."""
    return sum(
        (-1) ** (places - filled) * comb(places, filled) * filled**size
        for places in range(1, min(size, most) + 1)
        for filled in range(places + 1)
    )


def _pairs(design: BallotDesign, raw: object) -> list[Pair] | Refusal:
    if isinstance(raw, Mapping):
        return _pairs_of_options(design, raw)
    if isinstance(raw, str) or not isinstance(raw, Sequence):
        return NOT_A_BALLOT
    pairs: list[Pair] = []
    for number, place in enumerate(raw, start=1):
        if not isinstance(place, list | tuple) or not all(isinstance(key, str) for key in place):
            return NOT_A_BALLOT
        pairs += [(number, key) for key in place]
    return _known(design, pairs)


def _pairs_of_options(design: BallotDesign, raw: Mapping[object, object]) -> list[Pair] | Refusal:
    pairs: list[Pair] = []
    for key, given in raw.items():
        if not isinstance(key, str):
            return NOT_A_BALLOT
        for place in given if isinstance(given, list | tuple) else [given]:
            if place is None or place == "":
                continue
            if not DIGITS.fullmatch(str(place)) or isinstance(place, bool):
                return Refusal(
                    "not_a_place",
                    mark("“%(place)s” is not a place."),
                    mark("Give places as whole numbers: 1 for the first, 2 for the second."),
                    {"place": place},
                    form_field=key,
                )
            pairs.append((int(str(place)), key))
    return _known(design, pairs)


def _known(design: BallotDesign, pairs: list[Pair]) -> list[Pair] | Refusal:
    strange = next((key for _, key in pairs if key not in design.key_set), None)
    return pairs if strange is None else unknown_option(strange)


def _marks(pairs: Sequence[Pair]) -> Marks:
    places: list[set[str]] = [set() for _ in range(max((place for place, _ in pairs), default=0))]
    for place, key in pairs:
        places[place - 1].add(key)
    return ranking_marks(places)
