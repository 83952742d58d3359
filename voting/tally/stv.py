"""Single transferable vote by the Scottish rules: Droop quota, weighted inclusive Gregory.

The Scottish Local Government Elections Order 2011, schedule 1, rules 45 to 52: the quota of Droop;
a surplus is passed on over all ballots that lie with the option, each at its value · surplus /
votes of the option, cut off after `decimals` places (5); equal ones are told apart by earlier
stages, then by lot. Settings: `seats`, `reading`, `decimals`, `ties` (`earlier` or `lot`) and
`quorum`.
"""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

from voting.log import Json
from voting.tally.bars import bar_problem, unknown_options
from voting.tally.rankings import level_problem, read_box, reading_problem
from voting.tally.result import RoundTie, plain
from voting.tally.rounds import Rounds, drawn, finish, narrow, numbers
from voting.tally.settings import choice_of, choice_problem, number_problem, seats_problem
from voting.tally.transfers import TIES, Parcel, Piles, go_together, settle_lowest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from proceedings.refusals import Refusal
    from voting.ballots import BallotDesign
    from voting.tally.result import Box, TallyResult
    from voting.tally.rounds import Outcome

DECIMALS = 5
MOST_DECIMALS = 9
SETTINGS = {"seats", "reading", "decimals", "ties", "quorum"}


def check(design: BallotDesign, rule: Mapping[str, Json]) -> list[Refusal]:
    """Name every setting that cannot be counted with."""
    return [
        *unknown_options(rule, SETTINGS),
        *bar_problem(rule, "quorum"),
        *seats_problem(design, rule, needed=True),
        *reading_problem(design, rule),
        *level_problem(design),
        *number_problem(rule, "decimals", 0, MOST_DECIMALS),
        *choice_problem(rule, "ties", TIES),
    ]


def count(
    design: BallotDesign, rule: Mapping[str, Json], box: Box, tie_order: Sequence[str] | None
) -> TallyResult:
    """Count stage by stage and write every stage and every tie down."""
    rankings = read_box(design, rule, box)
    counting = _Count(rule, Piles(design.keys, rankings.groups, _units(rule)), tie_order)
    lying = counting.lying
    while not counting.judge(box.figures["valid"]):
        if not counting.transfer():
            break

    def outcome(key: str) -> Outcome:
        if key in counting.chosen:
            stage, votes, reason = counting.chosen[key]
            before = [
                other
                for other, (when, had, _) in counting.chosen.items()
                if (when, -had) < (stage, -votes)
            ]
            return 1 + len(before), True, reason
        if key not in counting.piles.continuing:
            return None, False, "excluded"
        if counting.rounds.open:
            return None, None, "tie_undecided"
        return None, False, "fewer_votes" if lying else "no_votes"

    return finish(
        design,
        rule,
        box,
        counting.rounds,
        outcome,
        channels=rankings.channels,
        need=counting.quota // _units(rule),
        tie_order=tie_order,
    )


def _units(rule: Mapping[str, Json]) -> int:
    """Give how many units make a vote: everything is counted in whole units."""
    decimals = rule.get("decimals", DECIMALS)
    if type(decimals) is not int:
        raise ValueError(f"Not a number of decimals: {decimals}")
    return int(10**decimals)


class _Count:
    """A count while it goes on; votes, quota and surpluses in units."""

    def __init__(
        self, rule: Mapping[str, Json], piles: Piles, tie_order: Sequence[str] | None
    ) -> None:
        seats = rule["seats"]
        if type(seats) is not int:
            raise ValueError(f"Not a number of seats: {seats}")
        self.seats, self.unit = seats, _units(rule)
        self.ties, self.tie_order = choice_of(rule, "ties", TIES), tie_order
        self.piles, self.rounds = piles, Rounds()
        self.told: list[dict[str, int]] = []
        self.chosen: dict[str, tuple[int, int, str]] = {}
        """Who was chosen: in which stage, with how many votes, why."""
        self.waiting: list[str] = []
        """Who has a surplus that was not passed on yet."""
        self.lying = sum(piles.votes.values())
        self.quota = (self.lying // self.unit // (seats + 1) + 1) * self.unit
        self.moved: tuple[str | None, list[str]] = (None, [])

    def judge(self, valid: int) -> bool:
        """Choose whoever has the quota, write the stage down, and say whether the count is over."""
        votes = dict(self.piles.votes)
        stage = len(self.told) + 1
        found = {key: "quota" for key in self.piles.continuing if votes[key] >= self.quota}
        self.waiting += [key for key in found if votes[key] > self.quota]
        left = self.seats - len(self.chosen) - len(found)
        rest = [key for key in self.piles.continuing if key not in found]
        backed = [key for key in rest if votes[key]]
        over = not left or (not self.waiting and not backed)
        if left and len(rest) <= left and (len(backed) == len(rest) or not self.waiting):
            found |= dict.fromkeys(backed, "remaining")
            over = True
        names = sorted((key for key in votes if key in found), key=lambda key: -votes[key])
        for key in names:
            self.chosen[key] = (stage, votes[key], found[key])
            del self.piles.continuing[key]
        told = {key: Fraction(number, self.unit) for key, number in votes.items()}
        self.rounds.written.append(
            {
                "round": stage,
                "votes": numbers(told),
                "exhausted": plain(valid - sum(told.values())),
                "transfer": self.moved[0],
                "out": list[Json](self.moved[1]),
                "chosen": list[Json](names),
            }
        )
        self.told.append(votes)
        return over

    def transfer(self) -> bool:
        """Begin the next stage: pass a surplus on, or send options out; False where a tie waits."""
        if self.waiting:
            return self._pass_surplus()
        votes = self.told[-1]
        fewest = min(votes[key] for key in self.piles.continuing)
        tied = [key for key in self.piles.continuing if votes[key] == fewest]
        out = tied if len(tied) == 1 else self._settle(tied, fewest)
        self.moved = (None, out)
        self.piles.take_out(out)
        return bool(out)

    def _settle(self, tied: list[str], fewest: int) -> list[str]:
        """Say which of those with the fewest votes go out; none where nothing settles it."""
        votes = self.told[-1]
        others = [key for key in self.piles.continuing if key not in tied]
        enough = len(others) >= self.seats - len(self.chosen)
        by: str | None
        if not fewest or (enough and go_together(tied, votes, others)):
            by, out = "together", tied
        else:
            by, out = settle_lowest(tied, self.told[:-1], self.ties, self.tie_order)
        self._tie("exclude", tied, by, {"out": list[Json](out)})
        return out

    def _pass_surplus(self) -> bool:
        votes = self.told[-1]
        most = max(votes[key] for key in self.waiting)
        tied = [key for key in self.told[-1] if key in self.waiting and votes[key] == most]
        one: str | None = tied[0]
        if len(tied) > 1:
            left = narrow(tied, self.told[:-1], max) if self.ties == "earlier" else tied
            by: str | None = "earlier"
            one = left[0]
            if len(left) > 1:
                one = drawn(left, self.tie_order, 0)
                by = None if one is None else "lot"
            self._tie("surplus", tied, by, {"first": one})
        if one is None:
            return False
        self.waiting.remove(one)
        surplus = most - self.quota
        parcels = [
            Parcel(each.ranking, each.place, each.number, each.value * surplus // most)
            for each in self.piles.of[one]
        ]
        self.piles.of[one] = []
        self.piles.votes[one] = self.quota
        self.piles.move(parcels)
        self.moved = (one, [])
        return True

    def _tie(self, what: str, tied: list[str], by: str | None, facts: dict[str, Json]) -> None:
        votes = Fraction(self.told[-1][tied[0]], self.unit)
        stage = len(self.told) + 1
        self.rounds.ties.append(RoundTie(stage, tuple(tied), votes, by, {"what": what, **facts}))
        self.rounds.open = by is None
