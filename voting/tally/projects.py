"""Votes per project of a participatory budget. Which projects are paid for is decided above.

The allocation reads these counts and stands beside them in the published bundle; here nobody
wins or loses. Settings: `quorum` (a bar on the turnout).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from voting.ballots import BallotDesign, picks_of
from voting.tally.bars import bar_problem, quorum_of, unknown_options
from voting.tally.result import Box, OptionResult, TallyResult, add_up, ranks, report, tabulate

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from proceedings.refusals import Refusal
    from voting.log import Json


def check(_design: BallotDesign, rule: Mapping[str, Json]) -> list[Refusal]:
    """Name every setting that cannot be counted with."""
    return [*unknown_options(rule, {"quorum"}), *bar_problem(rule, "quorum")]


def count(
    design: BallotDesign, rule: Mapping[str, Json], box: Box, _tie_order: Sequence[str] | None
) -> TallyResult:
    """Count votes per project. A lot is drawn, if at all, for the allocation, not here."""
    channels = tabulate(
        design, box, ("votes",), lambda marks: [(key, "votes") for key in picks_of(marks)]
    )
    votes = {key: add_up(channels, key, ("votes",))["votes"] for key in design.keys}
    places = ranks(votes)
    quorum = quorum_of(rule, box)
    reason = "counted" if quorum is None or quorum.reached else "quorum_missed"
    options = [
        OptionResult(key, {"votes": votes[key]}, places[key], None, reason) for key in design.keys
    ]
    return report("projects", box, quorum=quorum, options=options, channels=channels)
