"""Refusals that ballots of several kinds share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proceedings.refusals import Refusal, mark

if TYPE_CHECKING:
    from voting.ballots.design import BallotDesign

NOT_A_BALLOT = Refusal(
    "not_a_ballot",
    mark("What arrived is not a ballot of this vote."),
    mark("Open the vote's page again and mark your ballot there."),
)
BLANK_REFUSED = Refusal(
    "blank",
    mark("Nothing is marked on the ballot."),
    mark("Choose at least one option, then send the ballot."),
)
WHY_MISSING = Refusal(
    "why_missing",
    mark("A void sheet needs a reason."),
    mark("Choose why the sheet is void."),
    form_field="why",
)
NOT_AS_DECLARED = Refusal(
    "not_as_declared",
    mark("The marks typed do not fit what was said about the sheet."),
    mark("Either take the marks out or change what the sheet is said to be."),
)


def unknown_option(key: object) -> Refusal:
    """An option that is not on the ballot."""
    return Refusal(
        "unknown_option",
        mark("There is no option “%(option)s” on this ballot."),
        mark("Choose from the options printed on the ballot."),
        {"option": key},
    )


def too_few(design: BallotDesign, marked: int) -> Refusal:
    """Fewer marks than the ballot asks for."""
    return Refusal(
        "too_few",
        mark("%(marked)s marked; this ballot needs at least %(least)s."),
        mark("Mark %(more)s more and send the ballot again."),
        {"marked": marked, "least": design.min_picks, "more": design.min_picks - marked},
    )


def too_many(design: BallotDesign, chosen: int) -> Refusal:
    """More options than may be chosen."""
    return Refusal(
        "too_many",
        mark("You chose %(chosen)s options; at most %(most)s may be chosen."),
        mark("Take back %(extra)s and send the ballot again."),
        {"chosen": chosen, "most": design.max_picks, "extra": chosen - design.max_picks},
    )


def title_of(design: BallotDesign, key: str) -> str:
    """What the ballot calls the option `key`."""
    return next(option.title for option in design.options if option.key == key)
