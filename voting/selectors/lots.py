"""Whether equal votes of a contest wait for a public lot."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from voting.configuration import BY_LOT
from voting.log import LeafKind
from voting.models import ContestState, PromisedLeaf

if TYPE_CHECKING:
    from voting.models import Contest


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
