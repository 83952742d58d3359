"""Filling a council by lot: walk the drawn order and pass over whoever would break a cap.

Every demand of an ordinance is a cap: no sex above 60 % of 30 seats is a cap of 18 on each sex; at
least 15 % under 50 is a cap of 25 on those who are not under 50. Whoever is passed over keeps their
place in the order of the reserves.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from voting.log import Json, canonical

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `most` seats for people whose `field` is one of `values`."""

    name: str
    field: str
    values: frozenset[str]
    most: int

    def holds(self, person: Person) -> bool:
        """Whether the cap counts this person."""
        return person.groups.get(self.field, "") in self.values

    def to_json(self) -> dict[str, Json]:
        """The cap as plain values."""
        return {
            "name": self.name,
            "field": self.field,
            "values": list[Json](sorted(self.values)),
            "most": self.most,
        }


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who applied: their number on the list, and their groups (`{"sex": "f", …}`)."""

    number: str
    groups: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Step:
    """One name drawn: a seat, or the cap that it would break, or (seats full) neither."""

    place: int
    number: str
    seat: int | None
    broke: str | None


@dataclass(frozen=True, slots=True)
class Panel:
    """The outcome: every step, the seats, and the reserves in the order of calling them."""

    steps: tuple[Step, ...]
    seated: tuple[str, ...]
    reserves: tuple[str, ...]
    missing: int

    def to_json(self) -> dict[str, Json]:
        """The outcome as plain values."""
        return {
            "seated": list[Json](self.seated),
            "reserves": list[Json](self.reserves),
            "missing": self.missing,
            "passed": [
                {"place": step.place, "number": step.number, "cap": step.broke}
                for step in self.steps
                if step.broke is not None
            ],
        }


@dataclass(frozen=True, slots=True)
class Demand:
    """What an ordinance asks: at most (or at least) `percent` of the seats for some groups."""

    field: str
    values: tuple[str, ...]
    least: bool
    percent: int

    def to_json(self) -> dict[str, Json]:
        """The demand as plain values."""
        return {
            "field": self.field,
            "values": list[Json](self.values),
            "least": self.least,
            "percent": self.percent,
        }


def caps_of(demands: Sequence[Demand], people: Sequence[Person], seats: int) -> list[Cap]:
    """The caps that demands mean for this list: a least share caps everybody else.

    Caps are named by what they count: the field, and its values joined by commas.
    """
    caps = []
    for demand in demands:
        named = frozenset(demand.values)
        share = Fraction(demand.percent, 100)
        if demand.least:
            found = {person.groups.get(demand.field, "") for person in people}
            named = frozenset(found) - named
        most = at_least(seats, share) if demand.least else at_most(seats, share)
        caps.append(Cap(f"{demand.field}: {', '.join(sorted(named))}", demand.field, named, most))
    return caps


def in_list_order(people: Iterable[Person]) -> list[Person]:
    """People by their number, as the list is published: 2 before 10, 10 before A1."""
    return sorted(people, key=lambda person: (len(person.number), person.number))


def list_lines(people: Sequence[Person]) -> list[str]:
    """The published list as lines: canonical JSON of number and groups, one line a person."""
    return [
        canonical({"groups": dict[str, Json](person.groups), "number": person.number}).decode()
        for person in people
    ]


def at_most(seats: int, share: Fraction) -> int:
    """The cap that a greatest share of the seats means: ⌊share · seats⌋."""
    return int(share * seats)


def at_least(seats: int, share: Fraction) -> int:
    """The cap on all others that a least share means: seats − ⌈share · seats⌉."""
    return seats + int(-share * seats // 1)


def fill_panel(
    people: Sequence[Person],
    order: Sequence[int],
    seats: int,
    caps: Sequence[Cap],
    reserves: int,
) -> Panel:
    """Walk `order` (places in `people`) and seat whoever breaks no cap; then list the reserves.

    Reserves are those without a seat, in the drawn order, at most `reserves` of them. `missing` is
    the number of seats that the caps left empty. Raises ValueError unless `order` names every place
    once and `seats` is at least 1.
    """
    if sorted(order) != list(range(len(people))) or seats < 1:
        raise ValueError("The order must name everybody once, and there must be a seat.")
    taken = dict.fromkeys(range(len(caps)), 0)
    steps: list[Step] = []
    seated: list[str] = []
    for place, index in enumerate(order, start=1):
        person = people[index]
        mine = [number for number, cap in enumerate(caps) if cap.holds(person)]
        broken = next((caps[n].name for n in mine if taken[n] >= caps[n].most), None)
        if len(seated) == seats:
            steps.append(Step(place, person.number, None, None))
        elif broken is not None:
            steps.append(Step(place, person.number, None, broken))
        else:
            for number in mine:
                taken[number] += 1
            seated.append(person.number)
            steps.append(Step(place, person.number, len(seated), None))
    rest = tuple(step.number for step in steps if step.seat is None)
    return Panel(tuple(steps), tuple(seated), rest[:reserves], seats - len(seated))
