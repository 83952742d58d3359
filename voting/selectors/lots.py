"""Whether equal votes of a contest wait for a public lot."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from voting.configuration import BY_LOT
from voting.log import LeafKind
from voting.models import ContestState, PromisedLeaf
from voting.selectors import frozen_config_of

if TYPE_CHECKING:
    from voting.models import Contest


@dataclass(frozen=True)
class BoundLot:
    """What the frozen rules say of a lot: the hash of its secret, and whence the numbers come."""

    commitment: str
    source: str


def bound_lot(contest: Contest) -> BoundLot:
    """The lot of a frozen contest. Raises KeyError where the rules know none."""
    told = cast("dict[str, str]", frozen_config_of(contest)["lot"])
    return BoundLot(told["commitment"], told["source"])


def is_left_to_lot(contest: Contest) -> bool:
    """Whether the frozen rule has equal votes drawn, and nobody has drawn yet."""
    if contest.tie_rule not in BY_LOT:
        return False
    return not PromisedLeaf.objects.filter(contest=contest, kind=LeafKind.SEED).exists()


def waits_for_lot(contest: Contest) -> bool:
    """Whether a counted contest met a tie that is left to the lot.

    Read from the newest finished run: of the votes, or of the money that follows from them.
    """
    if contest.state != ContestState.COUNTED or not is_left_to_lot(contest):
        return False
    run = contest.tally_runs.filter(state="done").order_by("-pk").first()
    told = json.loads(run.result) if run else {}
    return bool(told.get("undecided")) or not told.get("decided", True)
