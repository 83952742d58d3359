"""Votes per project of a participatory budget. Which projects are paid for is decided above.

The allocation reads these counts and stands beside them in the published bundle; here projects
are only ranked, nobody wins or loses. Settings: `quorum` (a bar on the turnout) and `weights` (of
channels and bodies).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voting.tally import plurality
from voting.tally.bars import bar_problem, unknown_options
from voting.tally.weights import weights_problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from proceedings.refusals import Refusal
    from voting.ballots import BallotDesign
    from voting.log import Json
    from voting.tally.result import Box, TallyResult


def check(_design: BallotDesign, rule: Mapping[str, Json]) -> list[Refusal]:
    """Name every setting that cannot be counted with."""
    return [
        *unknown_options(rule, {"quorum", "weights"}),
        *bar_problem(rule, "quorum"),
        *weights_problem(rule),
    ]


def count(
    design: BallotDesign, rule: Mapping[str, Json], box: Box, _tie_order: Sequence[str] | None
) -> TallyResult:
    """Count votes per project. A lot is drawn, if at all, for the allocation, not here."""
    return plurality.count(design, rule, box, None)
