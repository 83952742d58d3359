"""Ballots in a file (`madang-ballots/1`): read with every mistake named by its place.

`docs/rules.md` tells the form ("Counting a file"). Marks stand as in a bundle, as values, so that
gaps, repeated options and several options in one place can be written down as they were cast.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from proceedings.refusals import mark
from voting.ballots import (
    FORMS,
    PICKED,
    BallotDesign,
    BallotKind,
    Overpick,
    design_from_config,
)
from voting.log import Json

if TYPE_CHECKING:
    from collections.abc import Mapping

FORMAT = "madang-ballots/1"
KNOWN = {
    "format",
    "title",
    "source",
    "ballot",
    "options",
    "roll",
    "void",
    "bodies",
    "rule",
    "lot",
    "ballots",
}
OPTION_FIELDS = {"key", "title", "group", "cost"}
LIMITS = {
    "min_picks", "max_picks", "spend_limit", "allow_blank", "abstain_allowed", "overpick",
    "group_picks", "equal_ranks", "score_max", "points", "points_cap", "spend_all",
}  # fmt: skip
CHANNEL = "web"
"""The channel of ballots that name none."""


@dataclass(frozen=True)
class FileProblem:
    """A mistake in the file: where it is, and what (an English msgid with its values)."""

    place: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)


class BallotFileError(ValueError):
    """A file that cannot be counted; carries every mistake that was found."""

    def __init__(self, problems: list[FileProblem]) -> None:
        super().__init__("; ".join(f"{one.place}: {one.message}" for one in problems))
        self.problems = problems


@dataclass(frozen=True)
class BallotFile:
    """Ballots from a file with all that counting them needs; `rule` and `lot` may be missing."""

    title: str
    design: BallotDesign
    ballots: Mapping[tuple[str, str], int]
    roll: int
    void: int
    bodies: Mapping[str, Mapping[str, int]]
    rule: Mapping[str, Json]
    lot: tuple[str, ...] | None


def read_file(plain: Json) -> BallotFile:
    """Read the parsed JSON of a file. Raises BallotFileError naming all that is wrong."""
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        raise BallotFileError(
            [FileProblem("format", mark("This must be “%(format)s”."), {"format": FORMAT})]
        )
    problems = [
        FileProblem(name, mark("There is no such field.")) for name in sorted(set(plain) - KNOWN)
    ]
    design = _design(plain, problems)
    if design is None:
        raise BallotFileError(problems)
    problems += [
        FileProblem(f"ballot.{one.form_field}", one.message, one.params) for one in design.check()
    ]
    ballots = _ballots(plain.get("ballots"), design, problems)
    void = _whole(plain, "void", 0, problems)
    roll = _whole(plain, "roll", sum(ballots.values()) + void, problems)
    rule = plain.get("rule", {})
    if not isinstance(rule, dict):
        problems.append(FileProblem("rule", mark("This must be an object.")))
    lot = _lot(plain.get("lot"), design, problems)
    bodies = _bodies(plain.get("bodies", {}), design, problems)
    if problems or not isinstance(rule, dict):
        raise BallotFileError(problems)
    title = str(plain.get("title", ""))
    return BallotFile(title, design, ballots, roll, void, bodies, rule, lot)


def _design(plain: Mapping[str, Json], problems: list[FileProblem]) -> BallotDesign | None:
    ballot, options = plain.get("ballot"), plain.get("options")
    if not isinstance(ballot, dict) or ballot.get("kind") not in set(BallotKind):
        known = ", ".join(BallotKind)
        problems.append(
            FileProblem("ballot.kind", mark("This must be one of: %(known)s."), {"known": known})
        )
        return None
    if not isinstance(options, list) or not options:
        problems.append(FileProblem("options", mark("This must be a list of options.")))
        return None
    rows = [_option(number, one, problems) for number, one in enumerate(options, start=1)]
    problems += [
        FileProblem(f"ballot.{name}", mark("There is no such field."))
        for name in sorted(set(ballot) - LIMITS - {"kind"})
    ]
    if ballot.get("overpick", "void") not in set(Overpick):
        message = mark("This must be one of: %(known)s.")
        problems.append(FileProblem("ballot.overpick", message, {"known": ", ".join(Overpick)}))
    if problems:
        return None
    kind = BallotKind(str(ballot["kind"]))
    usual: dict[str, Json] = {
        "min_picks": 0,
        "max_picks": 1 if kind is BallotKind.SINGLE else len(rows),
        "spend_limit": None,
        "allow_blank": True,
        "abstain_allowed": False,
        "overpick": "void",
    }
    try:
        return design_from_config({**usual, **ballot, "options": list[Json](rows)})
    except ValueError as error:
        problems.append(FileProblem("ballot", mark("Not a ballot: %(why)s"), {"why": error}))
        return None


def _option(number: int, one: Json, problems: list[FileProblem]) -> dict[str, Json]:
    place = f"options[{number - 1}]"
    if not isinstance(one, dict) or not isinstance(one.get("key"), str):
        problems.append(FileProblem(f"{place}.key", mark("An option needs a key.")))
        return {}
    problems += [
        FileProblem(f"{place}.{name}", mark("There is no such field."))
        for name in sorted(set(one) - OPTION_FIELDS)
    ]
    return {
        "key": one["key"],
        "number": number,
        "title": str(one.get("title") or one["key"]),
        "cost": one.get("cost"),
        "group": one.get("group"),
    }


def _ballots(
    rows: Json, design: BallotDesign, problems: list[FileProblem]
) -> dict[tuple[str, str], int]:
    if not isinstance(rows, list):
        problems.append(FileProblem("ballots", mark("This must be a list of ballots.")))
        return {}
    found: dict[tuple[str, str], int] = defaultdict(int)
    for number, row in enumerate(rows):
        place = f"ballots[{number}]"
        if not isinstance(row, dict) or "marks" not in row:
            problems.append(FileProblem(f"{place}.marks", mark("A ballot needs its marks.")))
            continue
        problems += [
            FileProblem(f"{place}.{name}", mark("There is no such field."))
            for name in sorted(set(row) - {"marks", "count", "channel"})
        ]
        count, channel = row.get("count", 1), row.get("channel", CHANNEL)
        if type(count) is not int or count < 1:
            problems.append(
                FileProblem(f"{place}.count", mark("This must be a whole number, 1 or more."))
            )
            continue
        if not isinstance(channel, str) or not channel:
            problems.append(FileProblem(f"{place}.channel", mark("This must be a name.")))
            continue
        marks = FORMS[design.kind].lies(design, _in_order(row["marks"], design))
        if marks is None:
            problems.append(_misfit(f"{place}.marks", row["marks"], design))
            continue
        found[marks, channel] += count
    return dict(found)


def _in_order(marks: Json, design: BallotDesign) -> Json:
    """Give marks in the form of the box: what stands side by side sorted, no empty last places."""
    if design.kind in PICKED:
        return _sorted(marks)
    if design.kind is not BallotKind.RANK or not isinstance(marks, list):
        return marks
    places = [_sorted(place) for place in marks]
    while places and places[-1] == []:
        places.pop()
    return places


def _sorted(keys: Json) -> Json:
    if not isinstance(keys, list) or not all(isinstance(key, str) for key in keys):
        return keys
    return list[Json](sorted(str(key) for key in keys))


def _misfit(place: str, marks: Json, design: BallotDesign) -> FileProblem:
    """Name an option that there is not; else say that the ballot does not allow the marks."""
    strange = sorted(_keys(marks) - design.key_set)
    if strange:
        return FileProblem(place, mark("There is no option “%(option)s”."), {"option": strange[0]})
    return FileProblem(place, mark("The ballot does not allow these marks."))


def _keys(marks: Any) -> set[str]:
    if isinstance(marks, dict):
        return set(marks)
    if isinstance(marks, list):
        return set[str]().union(*(_keys(one) for one in marks))
    return {marks} if isinstance(marks, str) else set()


def _whole(plain: Mapping[str, Json], name: str, usual: int, problems: list[FileProblem]) -> int:
    value = plain.get(name, usual)
    if type(value) is int and value >= 0:
        return value
    problems.append(FileProblem(name, mark("This must be a whole number, 0 or more.")))
    return usual


def _lot(lot: Json, design: BallotDesign, problems: list[FileProblem]) -> tuple[str, ...] | None:
    if lot is None:
        return None
    keys = [key for key in lot if isinstance(key, str)] if isinstance(lot, list) else []
    if not isinstance(lot, list) or not set(keys) <= design.key_set or len(set(keys)) < len(lot):
        problems.append(FileProblem("lot", mark("A lot is a list of options, each of them once.")))
    return tuple(keys)


def _bodies(
    bodies: Json, design: BallotDesign, problems: list[FileProblem]
) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    if not isinstance(bodies, dict):
        problems.append(FileProblem("bodies", mark("This must be an object.")))
        return found
    for name, given in bodies.items():
        points = given if isinstance(given, dict) else {"": None}
        found[name] = {
            key: number
            for key, number in points.items()
            if key in design.key_set and type(number) is int and number >= 0
        }
        if len(found[name]) < len(points):
            message = mark("This must give options whole numbers, 0 or more.")
            problems.append(FileProblem(f"bodies.{name}", message))
    return found
