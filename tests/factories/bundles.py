"""Made-up contests as published bundles: ballots, log, boxes and signatures that fit together."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from budgets.methods.greedy import GreedyOptions, allocate_greedily
from budgets.methods.profile import Candidate, Profile
from voting.ballots import BallotDesign, BallotKind, Option, Won, is_blank, picks_of
from voting.bundle import (
    CONFIG_FORMAT,
    Contents,
    ballot_lines,
    ballots_leaf,
    batch_leaf,
    body_leaf,
    build_bundle,
    config_leaf,
    manifest_file,
    result_leaf,
    seed_leaf,
)
from voting.log import (
    CompactTree,
    Json,
    LeafKind,
    canonical,
    leaf,
    leaf_hash,
    signed_head,
    tree_head_message,
)
from voting.reconcile import BatchCounts, ContestCounts
from voting.tally import count_box
from voting.tally.result import Box

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from voting.tally.result import TallyResult

CONTEST = "2026-neuti-agenda"
_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC_KEY = _KEY.public_key().public_bytes_raw().hex()


def sign(message: bytes) -> bytes:
    """Sign as the made-up town does."""
    return _KEY.sign(message)


def pick_design(keys: Sequence[str] = ("a", "b", "c", "d"), **changes: object) -> BallotDesign:
    """Up to two of four agenda items, unless `changes` say otherwise."""
    titles = ("보안등 세 개", "온열 의자", "잠깐 정차 다섯 자리", "저녁 공부방", "물막이판")
    options = tuple(
        Option(key, number, titles[(number - 1) % len(titles)])
        for number, key in enumerate(keys, start=1)
    )
    plain = BallotDesign(BallotKind.PICK, options, min_picks=1, max_picks=2)
    return replace(plain, **changes)  # type: ignore[arg-type]  # a test names the fields it changes


def budget_design(costs: Mapping[str, Won], max_picks: int = 3) -> BallotDesign:
    """Up to three projects, each with its cost."""
    options = tuple(
        Option(key, number, f"사업 {number}", cost)
        for number, (key, cost) in enumerate(costs.items(), start=1)
    )
    return BallotDesign(BallotKind.BUDGET, options, min_picks=1, max_picks=max_picks)


@dataclass(frozen=True)
class Town:
    """What happened in a made-up contest.

    `web` and each box of `paper` list marks texts; of the web ballots in the log, `superseded` and
    `voided` more do not count. `void` void sheets lie in the first box. `outcome` is the outcome
    of the money. With `tell_…` the town publishes and signs something else than it counted.
    """

    design: BallotDesign
    rule: dict[str, Json]
    web: Sequence[str]
    paper: Sequence[Sequence[str]] = ()
    void: int = 0
    superseded: int = 0
    voided: int = 0
    roll: int = 0
    publication: str = "full"
    allocation: dict[str, Json] | None = None
    outcome: dict[str, Json] | None = None
    bodies: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    stickers: dict[str, Json] | None = None
    lot: Sequence[str] | None = None
    withdrawn: Sequence[str] = ()
    origin: str = "native"
    boxes: Sequence[BatchCounts] | None = None
    tell_result: Callable[[TallyResult], TallyResult] = lambda result: result
    tell_counts: Callable[[ContestCounts], ContestCounts] = lambda counts: counts

    @property
    def config(self) -> bytes:
        return canonical(
            {
                "format": CONFIG_FORMAT,
                "contest": CONTEST,
                "title": "느티동 마을의제",
                "origin": self.origin,
                "ballot": self.design.to_config(),
                "rule": self.rule,
                "allocation": self.allocation,
                "publication": self.publication,
                "public_key": PUBLIC_KEY,
                **({"stickers": True} if self.stickers is not None else {}),
            }
        )

    @property
    def batches(self) -> tuple[BatchCounts, ...]:
        if self.boxes is not None:
            return tuple(self.boxes)
        return tuple(
            _box(number, sheets, self.void if number == 1 else 0)
            for number, sheets in enumerate(self.paper, start=1)
        )

    def contents(self) -> Contents:
        """Put the publication together as the site does."""
        box = Box(
            ballots=Counter(
                [(marks, "web") for marks in self.web]
                + [(marks, "paper") for sheets in self.paper for marks in sheets]
            ),
            roll=self.roll or len(self.web) + sum(map(len, self.paper)) + self.void + 100,
            void={"paper": self.void} if self.void else {},
            bodies=self.bodies,
        )
        counted = count_box(self.design, self.rule, box, self.lot)
        result = self.tell_result(counted)
        cast = sum(batch.slots for batch in self.batches)
        true_counts = ContestCounts(
            roll=box.roll,
            slots={
                "free": box.roll - len(self.web) - cast,
                "web": len(self.web),
                "paper_issued": 0,
                "paper_cast": cast,
                "voided": 0,
            },
            leaves=len(self.web) + self.superseded + self.voided,
            superseded=self.superseded,
            voided=self.voided,
            channels=counted.channels,
            batches=self.batches,
        )
        counts = self.tell_counts(true_counts)
        ballots = ballot_lines(box.ballots, self.rule)
        salt = "" if self.publication == "full" else "0123456789abcdef"
        parts = [
            [config_leaf(self.config), leaf(LeafKind.ROLL, size=box.roll)],
            [leaf(LeafKind.STATE, state="open"), *self._envelopes(true_counts.leaves)],
            [leaf(LeafKind.STATE, state="closed"), *map(batch_leaf, counts.batches)],
            [leaf(LeafKind.CORRECTION, withdrawn=[key]) for key in self.withdrawn],
            [body_leaf(part, points) for part, points in self.bodies.items()],
            [seed_leaf(self.lot, "주사위 세 줄")] if self.lot else [],
            [ballots_leaf(ballots, salt), result_leaf(result, counts, self.outcome, self.stickers)],
            [leaf(LeafKind.PUBLISHED, version=1)],
        ]
        return Contents(
            contest=CONTEST,
            version=1,
            config=self.config,
            leaves=[one for part in parts for one in part],
            heads=_heads([part for part in parts if part]),
            ballots=ballots,
            counts=counts,
            result=result,
            allocation=self.outcome,
            stickers=self.stickers,
        )

    def bundle(self) -> dict[str, bytes]:
        """Give the files of the publication."""
        return build_bundle(self.contents(), sign)

    def _envelopes(self, number: int) -> list[bytes]:
        digests = sorted(sha256(f"envelope {one}".encode()).hexdigest() for one in range(number))
        return [leaf(LeafKind.BALLOT, digest=digest) for digest in digests]


def reseal(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Make the manifest fit altered files, as somebody without the key can; its signature stays."""
    listed = {name: data for name, data in files.items() if not name.startswith("manifest.")}
    return {**files, "manifest.json": manifest_file(CONTEST, 1, listed)}


def resign(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The same by somebody who has the key: the site itself, telling another story."""
    sealed = reseal(files)
    return {**sealed, "manifest.sig": (sign(sealed["manifest.json"]).hex() + "\n").encode()}


def agenda_town(**changes: object) -> Town:
    """A small agenda vote on the web and on paper: b wins before a and d."""
    town = Town(
        design=pick_design(),
        rule={"name": "plurality", "seats": 2},
        web=['["a","b"]'] * 13 + ['["b"]'] * 12 + ['["c","d"]'] * 10 + ["[]"] * 2 + ['["a"]'] * 9,
        paper=[['["b","d"]'] * 14 + ['["a","d"]'] * 11 + ["[]"], ['["c"]'] * 10 + ['["b"]'] * 4],
        void=2,
        superseded=3,
        voided=1,
    )
    return replace(town, **changes)  # type: ignore[arg-type]  # a test names the fields it changes


def budget_town(**changes: object) -> Town:
    """A budget vote over four projects, of which three fit."""
    costs = {"lamp": 48, "bench": 62, "kerb": 96, "room": 118}
    allocation: dict[str, Json] = {
        "rule": "greedy",
        "skip": True,
        "threshold": 3,
        "tie": ["lower_cost"],
        "budget": 230,
    }
    votes = ['["bench","lamp"]'] * 12 + ['["room"]'] * 11 + ['["kerb","lamp"]'] * 10 + ["[]"]
    town = Town(
        design=budget_design(costs),
        rule={"name": "projects"},
        web=votes,
        paper=[['["bench","kerb"]'] * 10],
        allocation=allocation,
    )
    town = replace(town, **changes)  # type: ignore[arg-type]  # a test names the fields it changes
    return town if town.outcome else replace(town, outcome=spend(town))


def spend(town: Town, withdrawn: Sequence[str] = ()) -> dict[str, Json]:
    """Give out the money of a town as its rule says."""
    rule: Any = town.allocation
    ballots = Counter(town.web) + Counter(marks for sheets in town.paper for marks in sheets)
    votes: Counter[str] = Counter()
    for marks, number in ballots.items():
        votes.update(dict.fromkeys(picks_of(marks), number))
    candidates = tuple(
        Candidate(option.key, option.cost or 0, votes[option.key], option.key in withdrawn)
        for option in town.design.options
    )
    options = GreedyOptions(rule["skip"], rule["threshold"], tuple(rule["tie"]))
    outcome = allocate_greedily(Profile(rule["budget"], candidates), options, town.lot)
    data: Any = outcome.as_data()
    lot = None if town.lot is None else list[Json](town.lot)
    return {"lot": lot, "withdrawn": list[Json](withdrawn), "outcome": data}


def _box(number: int, sheets: Sequence[str], void: int) -> BatchCounts:
    blank, total = sum(map(is_blank, sheets)), len(sheets) + void
    return BatchCounts(
        key=f"neuti-{number}",
        centre="neuti",
        version=1,
        stubs=total + 2,
        stubs_counted=total + 2,
        signatures=total + 2,
        slots=total,
        sheets=total,
        spoiled=1,
        returned=1,
        missing=0,
        valid=len(sheets) - blank,
        blank=blank,
        void=void,
        unreadable=0,
    )


def _heads(parts: Sequence[Sequence[bytes]]) -> list[Json]:
    tree, heads = CompactTree(), list[Json]()
    for hour, part in enumerate(parts):
        for data in part:
            tree.append(leaf_hash(data))
        at, root = f"2026-11-22T{9 + hour:02}:00:00+00:00", tree.root()
        message = tree_head_message(contest=CONTEST, size=tree.size, root=root, at=at)
        heads.append(
            signed_head(contest=CONTEST, size=tree.size, root=root, at=at, signature=sign(message))
        )
    return heads
