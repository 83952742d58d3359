"""Ballots that move on: what `irv` and `stv` do with rankings and with options that tie below."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from voting.tally.rounds import drawn, narrow

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from voting.tally.rankings import Ranking

TIES = ("earlier", "lot")


@dataclass(frozen=True)
class Parcel:
    """Equal ballots that lie with one option: how many, what each is worth, how far it was read."""

    ranking: Ranking
    place: int
    number: int
    value: int


class Piles:
    """Where the ballots lie while options are chosen or go out."""

    def __init__(self, keys: Sequence[str], groups: Mapping[Ranking, int], value: int = 1) -> None:
        self.continuing = dict.fromkeys(keys)
        self.of: dict[str, list[Parcel]] = {key: [] for key in keys}
        self.votes = dict.fromkeys(keys, 0)
        self.move(Parcel(ranking, -1, number, value) for ranking, number in groups.items())

    def move(self, parcels: Iterable[Parcel]) -> None:
        """Lay each parcel with the next continuing option of its ranking, if there is one."""
        for parcel in parcels:
            ranking = parcel.ranking
            for place in range(parcel.place + 1, len(ranking)):
                here = [key for key in ranking[place] if key in self.continuing]
                if here:
                    if len(here) == 1:
                        moved = Parcel(ranking, place, parcel.number, parcel.value)
                        self.of[here[0]].append(moved)
                        self.votes[here[0]] += parcel.number * parcel.value
                    break

    def take_out(self, out: Sequence[str]) -> None:
        """Move the ballots of options that go out, all at once."""
        parcels = [parcel for key in out for parcel in self.of[key]]
        for key in out:
            del self.continuing[key]
            del self.votes[key]
            self.of[key] = []
        self.move(parcels)


def settle_lowest(
    tied: Sequence[str],
    earlier: Sequence[Mapping[str, int]],
    ties: str,
    tie_order: Sequence[str] | None,
) -> tuple[str | None, list[str]]:
    """Say which one of those with the fewest votes goes out, and what settled it; None if nothing.

    `earlier` are the votes of the rounds before, `ties` whether they decide; then the lot does.
    """
    left = narrow(tied, earlier, min) if ties == "earlier" else list(tied)
    if len(left) == 1:
        return "earlier", left
    last = drawn(left, tie_order, -1)
    return ("lot", [last]) if last is not None else (None, [])


def go_together(tied: Sequence[str], votes: Mapping[str, int], others: Sequence[str]) -> bool:
    """Say whether all who tie go whatever their order: together they have fewer than any other."""
    together = sum(votes[key] for key in tied)
    return bool(others) and all(together < votes[key] for key in others)
