"""Checks of settings that several rules share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from proceedings.refusals import Refusal, mark

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from voting.ballots import BallotDesign
    from voting.log import Json


def seats_problem(
    design: BallotDesign, rule: Mapping[str, Json], *, needed: bool = False
) -> list[Refusal]:
    """Name a number of winners that is not possible; `needed` where a rule cannot do without."""
    seats = rule.get("seats")
    if seats is None and not needed:
        return []
    if type(seats) is int and 1 <= seats <= len(design.options):
        return []
    return [
        Refusal(
            "bad_seats",
            mark("The number of winners must lie between 1 and the number of options."),
            form_field="seats",
        )
    ]


def choice_problem(rule: Mapping[str, Json], name: str, known: Sequence[str]) -> list[Refusal]:
    """Name a setting that is not one of those there are."""
    if rule.get(name, known[0]) in known:
        return []
    return [
        Refusal(
            "bad_setting",
            mark("“%(value)s” is not possible for “%(name)s”."),
            mark("Choose one of: %(known)s."),
            {"value": rule.get(name), "name": name, "known": ", ".join(known)},
            form_field=name,
        )
    ]


def number_problem(rule: Mapping[str, Json], name: str, least: int, most: int) -> list[Refusal]:
    """Name a setting that is no whole number within its limits."""
    value = rule.get(name, least)
    if type(value) is int and least <= value <= most:
        return []
    return [
        Refusal(
            "bad_figure",
            mark("“%(name)s” must be a whole number from %(least)s to %(most)s."),
            params={"name": name, "least": least, "most": most},
            form_field=name,
        )
    ]


def choice_of(rule: Mapping[str, Json], name: str, known: Sequence[str]) -> str:
    """Give a setting; the first one known where it is not said."""
    return str(rule.get(name, known[0]))
