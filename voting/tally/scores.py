"""Scores and points: each option's sum, or its mean, and seats from the top.

`score`: range voting (Smith, Range Voting, 2000), by the sum of the scores or by their mean over
the ballots that scored the option; with the mean, `least` keeps an option that hardly anybody
scored from winning. `points`: cumulative voting; where a sheet of paper gave too many points and
the ballot says `scale`, each of its numbers counts points · limit / given. Settings: `of`, `least`
(of scores), `seats`, `quorum`, `weights` (by sums only).
"""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import TYPE_CHECKING

from proceedings.refusals import Refusal, mark
from voting.ballots import numbers_of
from voting.tally.bars import bar_problem, quorum_of, unknown_options
from voting.tally.result import add_up, tabulate
from voting.tally.seats import Standing, seat_options
from voting.tally.settings import choice_of, choice_problem, number_problem, seats_problem
from voting.tally.weights import weigh, weighted_counts, weights_problem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from voting.ballots import BallotDesign
    from voting.log import Json
    from voting.tally.result import Box, ChannelCount, Exact, TallyResult

OF = ("sum", "mean")
MOST_LEAST = 1_000_000_000
POINTS_SETTINGS = {"seats", "quorum", "weights"}
SCORE_SETTINGS = {*POINTS_SETTINGS, "of", "least"}

Sums = dict[str, dict[str, "Exact"]]
"""By channel, what each option was given there."""


def check_scores(design: BallotDesign, rule: Mapping[str, Json]) -> list[Refusal]:
    """Name every setting of `score` that cannot be counted with."""
    problems = [
        *unknown_options(rule, SCORE_SETTINGS),
        *bar_problem(rule, "quorum"),
        *seats_problem(design, rule),
        *choice_problem(rule, "of", OF),
        *number_problem(rule, "least", 1, MOST_LEAST),
        *weights_problem(rule),
    ]
    if rule.get("weights") is not None and choice_of(rule, "of", OF) == "mean":
        problems.append(
            Refusal(
                "weights_mean",
                mark("A mean cannot be weighted."),
                mark("Count the sum of the scores, or leave the weights out."),
                form_field="weights",
            )
        )
    return problems


def check_points(design: BallotDesign, rule: Mapping[str, Json]) -> list[Refusal]:
    """Name every setting of `points` that cannot be counted with."""
    return [
        *unknown_options(rule, POINTS_SETTINGS),
        *bar_problem(rule, "quorum"),
        *seats_problem(design, rule),
        *weights_problem(rule),
    ]


def count_scores(
    design: BallotDesign, rule: Mapping[str, Json], box: Box, tie_order: Sequence[str] | None
) -> TallyResult:
    """Add up the scores of each option, or take their mean, and fill the seats from the top."""
    channels = _channels(design, box)
    sums = _sums(design, box, numbers_of)
    scored = _added(design, _sums(design, box, lambda marks: dict.fromkeys(numbers_of(marks), 1)))
    score = _added(design, sums)
    least = rule.get("least", 1)
    measure: Mapping[str, Exact] = score
    if choice_of(rule, "of", OF) == "mean":
        measure = {
            key: Fraction(score[key]) / scored[key] if scored[key] else 0 for key in design.keys
        }
    told = {key: {"score": score[key], "scored": scored[key]} for key in design.keys}
    allowed = {key for key in design.keys if isinstance(least, int) and scored[key] >= least}
    return _seat(design, rule, box, tie_order, channels, sums, (measure, told, allowed))


def count_points(
    design: BallotDesign, rule: Mapping[str, Json], box: Box, tie_order: Sequence[str] | None
) -> TallyResult:
    """Add up the points of each option and fill the seats from the top."""
    limit = design.points or 0

    def given(marks: str) -> Mapping[str, Exact]:
        numbers = numbers_of(marks)
        together = sum(numbers.values())
        if together <= limit:
            return numbers
        return {key: Fraction(number * limit, together) for key, number in numbers.items()}

    channels = _channels(design, box)
    sums = _sums(design, box, given)
    points = _added(design, sums)
    told = {key: {"points": points[key]} for key in design.keys}
    return _seat(design, rule, box, tie_order, channels, sums, (points, told, set(design.keys)))


def _seat(
    design: BallotDesign,
    rule: Mapping[str, Json],
    box: Box,
    tie_order: Sequence[str] | None,
    channels: Sequence[ChannelCount],
    sums: Sums,
    found: tuple[Mapping[str, Exact], Mapping[str, Mapping[str, Exact]], set[str]],
) -> TallyResult:
    """Fill the seats by `found`: the measure, what is told, who has enough ballots behind it."""
    measure, told, allowed = found
    weighed = weigh(design, rule, box, channels, sums)
    if weighed is not None:
        measure = weighed.measure
    backed = {key for key in design.keys if measure[key] > 0}
    counts = {key: {**add_up(channels, key, ("votes",)), **told[key]} for key in design.keys}
    standing = Standing(measure, backed & allowed, backed, weighted_counts(counts, weighed))
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


def _channels(design: BallotDesign, box: Box) -> tuple[ChannelCount, ...]:
    """Ballots by channel that gave an option anything."""
    return tabulate(
        design,
        box,
        ("votes",),
        lambda marks: [(key, "votes") for key, number in numbers_of(marks).items() if number],
    )


def _sums(design: BallotDesign, box: Box, given: Callable[[str], Mapping[str, Exact]]) -> Sums:
    sums: Sums = defaultdict(lambda: dict.fromkeys(design.keys, 0))
    for (marks, channel), number in box.ballots.items():
        row = sums[channel]
        for key, amount in given(marks).items():
            row[key] += amount * number
    return sums


def _added(design: BallotDesign, sums: Sums) -> dict[str, Exact]:
    return {key: sum(row[key] for row in sums.values()) for key in design.keys}
