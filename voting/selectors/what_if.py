"""Who would win by each rule that fits a ballot: on ballots of an earlier vote, or on made-up ones.

Counted by the engine that counts votes. The rule that was chosen and the presets are tried with all
that they set, quorum and least numbers of votes too; on made-up ballots, which nobody cast, without
what asks for a number of people. Other rules are tried with their usual settings.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext

from voting.ballots import Option, read_marks
from voting.ballots.samples import sample_ballots, sample_points
from voting.models import Contest, ContestState
from voting.selectors import ballot_design, rule_of
from voting.selectors.bodies import body_parts
from voting.selectors.counting import box_of
from voting.tally import RULES, check_rule, count_box
from voting.tally.bars import COUNTED_BASES, with_census
from voting.tally.result import Box

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from proceedings.refusals import Refusal
    from voting.ballots import BallotDesign
    from voting.log import Json
    from voting.models import ContestPreset
    from voting.tally.result import Quorum, TallyResult

BARS = ("quorum", "threshold")
MOST_EARLIER = 12
MOST_BALLOTS = 200_000
MOST_DIFFERENT = 10_000
"""A vote with more ballots, or more different ones, is not counted while somebody waits for a page.

Equal ballots are counted as one, so the first limit is about reading them, the second about rules.
"""
MADE_UP_OPTIONS = 6


@dataclass(frozen=True)
class RuleOutcome:
    """A rule tried out: titles of who would win, of who stays undecided, or why it cannot count.

    `kept_out` would have won but for the quorum or the least number of votes.
    """

    rule: str
    is_own: bool
    winners: tuple[str, ...] = ()
    open: tuple[str, ...] = ()
    kept_out: tuple[str, ...] = ()
    problem: Refusal | None = None
    is_impossible: bool = False
    preset: ContestPreset | None = None
    quorum: Quorum | None = None


@dataclass(frozen=True)
class WhatIf:
    """Rules beside each other on the same ballots; `earlier` is None for made-up ones.

    Without outcomes there are too many different ballots to count them meanwhile.
    """

    earlier: Contest | None
    ballots: int
    outcomes: tuple[RuleOutcome, ...]
    presets: tuple[RuleOutcome, ...] = ()


def votes_to_try(contest: Contest) -> tuple[list[Contest], list[Contest]]:
    """Finished votes with the same kind of ballot, all of whose ballots are public.

    Those that can be tried, and those with too many ballots for that.
    """
    done = (
        Contest.objects.filter(
            kind=contest.kind,
            outcome="count",
            publication="full",
            state__in=[ContestState.PUBLISHED, ContestState.FINAL],
        )
        .exclude(pk=contest.pk)
        .select_related("area", "figures")
    )
    found = list(done.order_by("-pk")[:MOST_EARLIER])
    return (
        [one for one in found if not is_too_large(one)],
        [one for one in found if is_too_large(one)],
    )


def is_too_large(contest: Contest) -> bool:
    """Whether a vote has more ballots than are counted while somebody waits."""
    return contest.figures.web + contest.figures.paper > MOST_BALLOTS


def what_if(
    contest: Contest,
    earlier: Contest | None = None,
    presets: Iterable[tuple[ContestPreset, Contest]] = (),
) -> WhatIf | None:
    """Count by every rule that fits; None while the ballot of the contest cannot be marked yet.

    `presets` are tried beside them, each with a contest that holds its settings.
    """
    design = ballot_design(earlier) if earlier else design_to_try(contest)
    if earlier is None and design.check():
        return None
    box = box_of(earlier) if earlier else sample_box(contest, design)
    if len(box.ballots) > MOST_DIFFERENT:
        return WhatIf(earlier, box.cast, ())
    own = _with_bars(rule_of(contest), earlier)
    outcomes = [
        _outcome(design, box, _tried(name, own, design), is_own=name == contest.rule)
        for name, rule in RULES.items()
        if design.kind in rule.kinds
    ]
    tried = [
        _of_preset(design, box, preset, held, earlier)
        for preset, held in presets
        if held.kind == contest.kind
    ]
    return WhatIf(earlier, box.cast, tuple(outcomes), tuple(tried))


def design_to_try(contest: Contest) -> BallotDesign:
    """The ballot of a contest; with made-up options of one that is not stored, as a preset's."""
    return ballot_design(contest) if contest.pk else _made_up_design(contest)


def _made_up_design(contest: Contest) -> BallotDesign:
    """Numbered options, in two groups where the rule or the ballot asks for groups."""
    picks = contest.max_picks if contest.kind not in {"single", "yes_no", "score"} else 0
    number = max(MADE_UP_OPTIONS, picks + 2, contest.seats + 2)
    grouped = contest.rule_options.get("per_group") or contest.group_picks
    options = tuple(
        Option(key=f"o{n}", number=n, title=_title(n), group="ab"[n % 2] if grouped else None)
        for n in range(1, number + 1)
    )
    most = {"single": 1, "yes_no": number, "score": number}.get(contest.kind, contest.max_picks)
    return replace(ballot_design(contest), options=options, max_picks=most)


def sample_box(contest: Contest, design: BallotDesign) -> Box:
    """Made-up ballots in a box, a third of them on paper where there is paper; bodies too."""
    ballots: dict[tuple[str, str], int] = {}
    for marks, number in sample_ballots(design, read_marks, str(contest.key)).items():
        paper = (number + 1) // 3 if contest.paper and contest.web else number * contest.paper
        for channel, few in (("web", number - paper), ("paper", paper)):
            if few:
                ballots[marks, channel] = few
    bodies = _made_up_bodies(contest, design)
    return Box(ballots=ballots, roll=sum(ballots.values()), bodies=bodies)


def _made_up_bodies(contest: Contest, design: BallotDesign) -> dict[str, dict[str, int]]:
    names = [part.name for part in body_parts(contest)]
    return {name: sample_points(design, f"{contest.key} {name}") for name in names}


def _tried(name: str, own: Mapping[str, Json], design: BallotDesign) -> dict[str, Json]:
    """The contest's own rule, or another one with its usual settings."""
    rule: dict[str, Json] = dict(own) if name == own["name"] else {"name": name}
    seats: Any = own.get("seats") or 1
    if RULES[name].seated:
        rule["seats"] = min(seats, len(design.options))
    return rule


def _title(number: int) -> str:
    return gettext("Option %(number)s") % {"number": number}


def _of_preset(
    design: BallotDesign, box: Box, preset: ContestPreset, held: Contest, earlier: Contest | None
) -> RuleOutcome:
    """A preset tried with its own settings."""
    rule = _with_bars(rule_of(held), earlier)
    if "seats" in rule and not rule.get("seats_by"):
        rule["seats"] = min(held.seats, len(design.options))
    if earlier is None:
        box = replace(box, bodies=_made_up_bodies(held, design))
    return replace(_outcome(design, box, rule, is_own=False), preset=preset)


def _with_bars(rule: Mapping[str, Json], earlier: Contest | None) -> dict[str, Json]:
    """A rule with its bars, shares of a census taken of the earlier vote's; see `_asks_people`."""
    if earlier:
        return with_census(rule, earlier.census or earlier.area.population)
    return {name: bar for name, bar in rule.items() if not _asks_people(name, bar)}


def _asks_people(name: str, bar: Json) -> bool:
    """Whether a setting asks for a number of people, which made-up ballots say nothing about."""
    counted = isinstance(bar, dict) and bar.get("of") in COUNTED_BASES
    return name == "quorum" or (name == "threshold" and not counted)


def _outcome(
    design: BallotDesign, box: Box, rule: Mapping[str, Json], *, is_own: bool
) -> RuleOutcome:
    name = str(rule["name"])
    problems = check_rule(design, rule)
    if problems:
        return RuleOutcome(name, is_own, problem=problems[0])
    try:
        result = count_box(design, rule, box)
        free = {name: value for name, value in rule.items() if name not in BARS}
        unbarred = result if free == rule else count_box(design, free, box)
    except ValueError:  # ballots of a way of voting that has no weight
        return RuleOutcome(name, is_own, is_impossible=True)
    titles = {option.key: option.title for option in design.options}
    undecided = [one.key for one in result.options if one.reason == "tie_undecided"]
    chosen = _chosen(result)
    return RuleOutcome(
        name,
        is_own,
        winners=tuple(titles[key] for key in chosen),
        open=tuple(titles[key] for key in undecided),
        kept_out=tuple(
            titles[key] for key in _chosen(unbarred) if key not in {*chosen, *undecided}
        ),
        quorum=result.quorum,
    )


def _chosen(result: TallyResult) -> Sequence[str]:
    return result.winners or [one.key for one in result.options if one.won]
