"""Made-up ballots of a design, for trying a rule before there are real ones.

Three groups of voters like different options, each voter a little differently; the same seed gives
the same ballots. They say how a rule works, never how a vote will end.
"""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import TYPE_CHECKING

from proceedings.refusals import Refusal
from voting.ballots.kinds import BallotKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from voting.ballots.design import BallotDesign

SAMPLES = 300
CAMPS = (45, 33, 22)
"""How many in a hundred belong to each group of voters."""

NOISE = 0.35
MOST_POINTS = 100


def sample_ballots(
    design: BallotDesign, read: Callable[[BallotDesign, object], str | Refusal], seed: str
) -> dict[str, int]:
    """Give how many of the made-up ballots carry each marks text.

    `read` judges a ballot as one that is sent; what a limit forbids is left out.
    """
    random = Random(seed)  # noqa: S311 - made-up voters, nothing is drawn by it
    camps = [{key: random.random() for key in design.keys} for _ in CAMPS]
    marks: Counter[str] = Counter()
    for _ in range(SAMPLES):
        liked = random.choices(camps, CAMPS)[0]
        likes = {key: like + random.uniform(-NOISE, NOISE) for key, like in liked.items()}
        ballot = read(design, _ballot(design, likes, random))
        if not isinstance(ballot, Refusal):
            marks[ballot] += 1
    return dict(marks)


def sample_points(design: BallotDesign, seed: str) -> dict[str, int]:
    """Made-up points that a body gives to the options, up to 100 each."""
    random = Random(seed)  # noqa: S311 - made-up points, nothing is drawn by it
    return {key: random.randint(0, MOST_POINTS) for key in design.keys}


def _ballot(design: BallotDesign, likes: Mapping[str, float], random: Random) -> object:
    """What somebody with these likes marks."""
    order = sorted(likes, key=lambda key: -likes[key])
    if design.kind is BallotKind.YES_NO:
        return {key: "yes" if likes[key] > 0.5 else "no" for key in design.keys}
    if design.kind is BallotKind.SCORE:
        most = design.score_max or 1
        return {key: round(min(1, max(0, likes[key])) * most) for key in design.keys}
    if design.kind is BallotKind.POINTS:
        return _points(design, order)
    least, most = max(1, design.min_picks), min(design.max_picks, len(order))
    if design.kind is BallotKind.RANK:
        named = random.randint(min(least, most), most)
        return {key: place for place, key in enumerate(order[:named], start=1)}
    good = [key for key in order if likes[key] > 0.5]
    return _within_groups(design, order[: min(most, max(least, len(good)))])


def _within_groups(design: BallotDesign, keys: Sequence[str]) -> list[str]:
    """The first of each group as far as the ballot lets several be chosen there."""
    if design.group_picks is None:
        return list(keys)
    group = {option.key: option.group for option in design.options}
    taken: Counter[str | None] = Counter()
    kept = []
    for key in keys:
        if taken[group[key]] < design.group_picks:
            taken[group[key]] += 1
            kept.append(key)
    return kept


def _points(design: BallotDesign, order: Sequence[str]) -> dict[str, int]:
    """Half of what is left to the next one, as far as one may get that much."""
    left = design.points or 0
    cap = design.points_cap or left
    given: dict[str, int] = {}
    for key in order[: design.max_picks]:
        given[key] = min(cap, (left + 1) // 2)
        left -= given[key]
    for key, had in list(given.items()):
        more = min(left, cap - had)
        given[key] = had + more
        left -= more
    return {key: number for key, number in given.items() if number}
