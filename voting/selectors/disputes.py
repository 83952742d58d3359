"""Read what engines disagree about, for those who have it mended."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from voting.models import Contest, ContestState
from voting.selectors.counting import round_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from voting.models import TallyRun

MOST_DIFFERENCES = 20


@dataclass(frozen=True)
class Difference:
    """A place in the result where two engines differ, with what each of them says."""

    place: str
    said: tuple[str, str]


@dataclass(frozen=True)
class Dispute:
    """A contest that stands still, the runs that do not agree, and where they differ."""

    contest: Contest
    runs: tuple[TallyRun, ...]
    differences: tuple[Difference, ...]

    @property
    def compared(self) -> tuple[TallyRun, ...]:
        """The two runs between which the differences are told."""
        return tuple(_compared(self.runs))


def disputes() -> list[Dispute]:
    """Every contest whose counts differ, longest waiting first."""
    contests = Contest.objects.filter(state=ContestState.DISPUTED).select_related("area")
    found = (dispute_of(contest) for contest in contests.order_by("closes_at", "pk"))
    return [one for one in found if one is not None]


def dispute_of(contest: Contest) -> Dispute | None:
    """What the engines of a disputed contest say; None where nothing is disputed."""
    if contest.state != ContestState.DISPUTED:
        return None
    inputs: dict[str, list[TallyRun]] = {}
    for run in contest.tally_runs.filter(round=round_of(contest)).order_by("pk"):
        inputs.setdefault(run.input_root, []).append(run)
    runs = next((runs for runs in reversed(inputs.values()) if _differ(runs)), [])
    told = [json.loads(run.result) for run in _compared(runs)]
    pairs = differences(*told) if len(told) == 2 else iter(())
    return Dispute(contest, tuple(runs), tuple(islice(pairs, MOST_DIFFERENCES)))


def _compared(runs: Sequence[TallyRun]) -> list[TallyRun]:
    """The first two runs that gave different results."""
    done = [run for run in runs if run.state == "done"]
    return [*done[:1], *(run for run in done if run.result_digest != done[0].result_digest)][:2]


def _differ(runs: list[TallyRun]) -> bool:
    return len({run.result_digest for run in runs}) > 1


def differences(one: Any, other: Any, place: str = "") -> Iterator[Difference]:
    """The places where two plain values differ, in order."""
    if isinstance(one, dict) and isinstance(other, dict):
        for key in sorted({*one, *other}):
            yield from differences(one.get(key), other.get(key), f"{place}.{key}".lstrip("."))
    elif isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        for number, (left, right) in enumerate(zip(one, other, strict=True)):
            name = left.get("key") or left.get("project") if isinstance(left, dict) else number
            yield from differences(left, right, f"{place}[{name}]")
    elif one != other:
        said = (json.dumps(value, ensure_ascii=False) for value in (one, other))
        yield Difference(place, (next(said), next(said)))
