"""Yes or no to one or more items: quorum, and an exact majority of valid answers or of the turnout.

Settings: `majority` (the bar that the yes votes of an item must reach; more than half of the valid
answers unless said otherwise), `abstain_counts` (whether an abstention is a valid answer, so that
it weighs like a no) and `quorum` (a bar on the turnout).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from proceedings.refusals import Refusal, mark
from voting.ballots import Answer, BallotDesign, answers_of
from voting.log import Json
from voting.tally.bars import bar_problem, read_bar, unknown_options
from voting.tally.result import Box, OptionResult, Quorum, TallyResult, add_up, tabulate

NAMES = (*(str(answer) for answer in Answer), "blank")
SETTINGS = {"majority", "abstain_counts", "quorum"}
MORE_THAN_HALF: Mapping[str, Json] = {"of": "valid", "share": "1/2", "strict": True}


def check(_design: BallotDesign, rule: Mapping[str, Json]) -> list[Refusal]:
    """Name every setting that cannot be counted with."""
    problems = [
        *unknown_options(rule, SETTINGS),
        *bar_problem(rule, "majority"),
        *bar_problem(rule, "quorum"),
    ]
    if not isinstance(rule.get("abstain_counts", False), bool):
        problems.append(
            Refusal(
                "bad_abstain",
                mark("Say whether abstentions count as answers: yes or no."),
                form_field="abstain_counts",
            )
        )
    return problems


def count(
    design: BallotDesign, rule: Mapping[str, Json], box: Box, _tie_order: Sequence[str] | None
) -> TallyResult:
    """Count the answers to each item and hold its yes votes against the majority asked for."""

    def votes(marks: str) -> Iterable[tuple[str, str]]:
        answers = answers_of(marks)
        return [(key, str(answers.get(key, "blank"))) for key in design.keys]

    channels = tabulate(design, box, NAMES, votes)
    figures = {"roll": box.roll, "turnout": box.turnout, "valid": box.cast - box.blank}
    bar = read_bar(rule.get("quorum"))
    quorum = bar and Quorum(bar.need(figures), box.turnout)
    majority = read_bar(rule.get("majority") or dict(MORE_THAN_HALF))
    options: list[OptionResult] = []
    for key in design.keys:
        counts = add_up(channels, key, NAMES)
        said = counts["yes"] + counts["no"]
        if rule.get("abstain_counts") is True:
            said += counts["abstain"]
        need = majority and majority.need({**figures, "valid": said})
        won = counts["yes"] >= (need or 1)
        reason = "enough_yes" if won else "too_few_yes"
        if quorum and not quorum.reached:
            won, reason = False, "quorum_missed"
        options.append(OptionResult(key, counts, None, won, reason, need))
    return TallyResult(
        rule="yes_no",
        roll=box.roll,
        turnout=box.turnout,
        valid=box.cast - box.blank,
        blank=box.blank,
        void=sum(box.void.values()),
        quorum=quorum,
        options=tuple(options),
        winners=tuple(option.key for option in options if option.won),
        ties=(),
        tie_order=None,
        channels=channels,
    )
