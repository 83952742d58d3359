"""Most votes win: one of several, up to k of n, with seats, a threshold and a quorum.

Also `approval` (Brams and Fishburn, Approval Voting, 1978): the same count where one may pick as
many as one likes. Settings: `seats` (how many win; null only ranks), `per_group` (seats in each
group of the ballot), `threshold` (a bar each winner must reach), `quorum` (a bar on the turnout),
`weights` (of channels and bodies) and `seats_by` (how many seats each channel or body gives).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from proceedings.refusals import Refusal, mark
from voting.ballots import picks_of
from voting.tally.bars import bar_problem, need_of, quorum_of, unknown_options
from voting.tally.quotas import quotas_problem, read_quotas, seat_by_parts
from voting.tally.result import add_up, tabulate
from voting.tally.seats import Standing, seat_options
from voting.tally.settings import seats_problem
from voting.tally.weights import weigh, weighted_counts, weights_problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voting.ballots import BallotDesign
    from voting.log import Json
    from voting.tally.result import Box, TallyResult

SETTINGS = {"seats", "per_group", "threshold", "quorum", "weights", "seats_by"}


def check(design: BallotDesign, rule: Mapping[str, Json]) -> list[Refusal]:
    """Name every setting that cannot be counted with."""
    problems = [
        *unknown_options(rule, SETTINGS),
        *bar_problem(rule, "threshold"),
        *bar_problem(rule, "quorum"),
        *weights_problem(rule),
        *quotas_problem(rule),
        *seats_problem(design, rule),
    ]
    per_group = rule.get("per_group", False)
    if not isinstance(per_group, bool) or (
        per_group and any(option.group is None for option in design.options)
    ):
        problems.append(
            Refusal(
                "no_group",
                mark("Winners per group need a group for every option."),
                form_field="per_group",
            )
        )
    return problems


def count(
    design: BallotDesign, rule: Mapping[str, Json], box: Box, tie_order: Sequence[str] | None
) -> TallyResult:
    """Count votes per option and fill the seats from the top; ties at the last seat are named."""
    channels = tabulate(
        design, box, ("votes",), lambda marks: [(key, "votes") for key in picks_of(marks)]
    )
    if parts := read_quotas(rule.get("seats_by")):
        return seat_by_parts(
            design,
            rule,
            box,
            parts,
            channels=channels,
            quorum=quorum_of(rule, box),
            tie_order=tie_order,
        )
    counts = {key: add_up(channels, key, ("votes",)) for key in design.keys}
    votes = {key: counts[key]["votes"] for key in design.keys}
    sums = {one.channel: {key: row["votes"] for key, row in one.counts.items()} for one in channels}
    weighed = weigh(design, rule, box, channels, sums)
    measure = votes if weighed is None else weighed.measure
    need = need_of(rule, "threshold", box.figures)
    standing = Standing(
        measure=measure,
        able={key for key in measure if measure[key] > 0 and votes[key] >= (need or 0)},
        backed={key for key in measure if measure[key] > 0},
        counts=weighted_counts(counts, weighed),
        need=need,
    )
    return seat_options(
        design,
        rule,
        box,
        standing,
        quorum=quorum_of(rule, box),
        channels=channels,
        weighed=weighed,
        tie_order=tie_order,
    )
