"""Yes or no to one or more items: quorum, and an exact majority of valid answers or of the turnout.

Settings: `majority` (the bar that the yes votes of an item must reach; more than half of the valid
answers unless said otherwise), `abstain_counts` (whether an abstention is a valid answer, so that
it weighs like a no) and `quorum` (a bar on the turnout).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from proceedings.refusals import Refusal, mark
from voting.ballots import Answer, BallotDesign, answers_of
from voting.tally.bars import bar_problem, need_of, quorum_of, unknown_options
from voting.tally.result import Box, OptionResult, TallyResult, add_up, report, tabulate

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from voting.log import Json

NAMES = (*(str(answer) for answer in Answer), "blank")
SETTINGS = {"majority", "abstain_counts", "quorum"}
MORE_THAN_HALF: dict[str, Json] = {"of": "valid", "share": "1/2", "strict": True}


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
    quorum = quorum_of(rule, box)
    asked = {"majority": rule.get("majority") or MORE_THAN_HALF}
    options: list[OptionResult] = []
    for key in design.keys:
        counts = add_up(channels, key, NAMES)
        said = counts["yes"] + counts["no"]
        if rule.get("abstain_counts") is True:
            said += counts["abstain"]
        need = need_of(asked, "majority", {**box.figures, "valid": said})
        won = counts["yes"] >= (need or 1)
        reason = "enough_yes" if won else "too_few_yes"
        if quorum is not None and not quorum.reached:
            won, reason = False, "quorum_missed"
        options.append(OptionResult(key, counts, None, won, reason, need))
    return report("yes_no", box, quorum=quorum, options=options, channels=channels)
