"""Ballots in a file (`madang-ballots/1`): written, and read with every mistake named by its place.

`docs/rules.md` tells the form ("Counting a file"). Marks stand as in a bundle, as values, so that
gaps, repeated options and several options in one place can be written down as they were cast.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from proceedings.refusals import Refusal, mark
from voting.ballots import FORMS, PICKED, BallotDesign, BallotKind, Overpick, design_from_config
from voting.ballots.refusals import NOT_A_BALLOT, too_few
from voting.log import Json

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

FORMAT = "madang-ballots/1"
KNOWN = {
    "format", "title", "source", "ballot", "options", "roll", "void", "bodies", "rule", "lot",
    "ballots",
}  # fmt: skip
OPTION_FIELDS = {"key", "title", "group", "cost"}
ROW_FIELDS = {"marks", "count", "channel"}
FIGURES = ("group_picks", "score_max", "points", "points_cap")
SWITCHES = ("allow_blank", "abstain_allowed", "equal_ranks", "spend_all")
BALLOT_FIELDS = {
    "kind", "min_picks", "max_picks", "spend_limit", "overpick", *FIGURES, *SWITCHES,
}  # fmt: skip
MARKS: Mapping[BallotKind, str] = {
    **dict.fromkeys(PICKED, '["a","b"]'),
    BallotKind.YES_NO: '{"a":"yes","b":"no"}',
    BallotKind.RANK: '[["b"],["a"]]',
    BallotKind.SCORE: '{"a":5,"b":0}',
    BallotKind.POINTS: '{"a":3,"b":2}',
}
"""How marks of each kind are written."""
CHANNEL = "web"
"""The channel of ballots that name none."""
MOST_PROBLEMS = 50
"""So many mistakes are told; more of them help nobody."""

NOT_JSON = mark("From this line and sign on it is not JSON.")
NOT_UTF8 = mark("This line is not UTF-8 text. Save the file as UTF-8 and try again.")
TOO_DEEP = mark("There are too many brackets inside each other.")
TWICE = mark("This name stands twice in one object, so it is not clear which one counts.")
NO_FIELD = mark("There is no such field; there are: %(known)s.")
WHOLE = mark("This must be a whole number, 0 or more.")
MONEY = mark("This must be a whole number, a fraction such as “7/2”, or null.")
MARKS_HINT = mark("Marks look like %(example)s, within the limits that “ballot” sets.")
FRACTION = re.compile(r"[0-9]{1,18}/[1-9][0-9]{0,8}")


@dataclass(frozen=True)
class FileProblem:
    """A mistake in the file: where it is, and what (an English msgid with its values)."""

    place: str
    message: str
    params: Mapping[str, object] = field(default_factory=dict)
    next_step: str = ""


class BallotFileError(ValueError):
    """A file that cannot be counted; carries the mistakes that were found, `MOST_PROBLEMS` at most.

    `more` is the number of those that are not told.
    """

    def __init__(self, problems: list[FileProblem]) -> None:
        super().__init__("; ".join(f"{one.place}: {one.message}" for one in problems[:3]))
        self.problems = problems[:MOST_PROBLEMS]
        self.more = len(problems) - len(self.problems)


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


def parse_file(data: bytes) -> Json:
    """Parse the JSON of a file; raises BallotFileError, also for a name twice in one object.

    JSON's usual reader would take the last of two and leave a rule or a ballot out in silence.
    """
    try:
        plain: Json = json.loads(data, object_pairs_hook=_each_once)
    except json.JSONDecodeError as error:
        place = f"{error.lineno}:{error.colno}"
        raise BallotFileError([FileProblem(place, NOT_JSON)]) from error
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise BallotFileError([FileProblem(str(line), NOT_UTF8)]) from error
    except RecursionError as error:
        raise BallotFileError([FileProblem("1", TOO_DEEP)]) from error
    return plain


def _each_once(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise BallotFileError([FileProblem(twice, TWICE)])
    return found


def read_file(plain: Json) -> BallotFile:
    """Read the parsed JSON of a file. Raises BallotFileError naming all that is wrong."""
    if not isinstance(plain, dict) or plain.get("format") != FORMAT:
        raise BallotFileError(
            [FileProblem("format", mark("This must be “%(format)s”."), {"format": FORMAT})]
        )
    problems = _strange_fields(plain, KNOWN, "")
    design = _design(plain, problems)
    if design is None:
        raise BallotFileError(problems)
    problems += [
        FileProblem(f"ballot.{one.form_field}", one.message, one.params, one.next_step)
        for one in design.check()
    ]
    ballots = _ballots(plain.get("ballots"), design, problems)
    void = _whole(plain, "void", 0, problems)
    turnout = sum(ballots.values()) + void
    roll = _whole(plain, "roll", turnout, problems)
    if roll < turnout:
        message = mark("%(turnout)s took part, more than the %(roll)s on the roll.")
        problems.append(FileProblem("roll", message, {"turnout": turnout, "roll": roll}))
    rule = plain.get("rule", {})
    if not isinstance(rule, dict):
        problems.append(FileProblem("rule", mark("This must be an object.")))
    lot = _lot(plain.get("lot"), design, problems)
    bodies = _bodies(plain.get("bodies", {}), design, problems)
    if problems or not isinstance(rule, dict):
        raise BallotFileError(problems)
    title = str(plain.get("title", ""))
    return BallotFile(title, design, ballots, roll, void, bodies, rule, lot)


def _strange_fields(given: Mapping[str, Json], known: set[str], place: str) -> list[FileProblem]:
    named = {"known": ", ".join(sorted(known))}
    return [FileProblem(f"{place}{name}", NO_FIELD, named) for name in sorted(given.keys() - known)]


def write_file(file: BallotFile) -> dict[str, Json]:
    """The JSON from which `read_file` reads the same; ballots sorted by what they say."""
    ballot = file.design.to_config()
    options: Any = ballot.pop("options")
    rows: list[Json] = [
        {
            "marks": json.loads(marks),
            "count": number,
            **({} if channel == CHANNEL else {"channel": channel}),
        }
        for (marks, channel), number in sorted(file.ballots.items())
    ]
    return {
        "format": FORMAT,
        "title": file.title,
        "ballot": ballot,
        "options": [{name: one[name] for name in sorted(OPTION_FIELDS)} for one in options],
        "ballots": rows,
        "roll": file.roll,
        "void": file.void,
        "rule": dict(file.rule),
        "lot": None if file.lot is None else list[Json](file.lot),
        "bodies": {name: dict[str, Json](row) for name, row in file.bodies.items()},
    }


def _design(plain: Mapping[str, Json], problems: list[FileProblem]) -> BallotDesign | None:
    ballot, options = plain.get("ballot"), plain.get("options")
    if not isinstance(ballot, dict) or ballot.get("kind") not in list(BallotKind):
        known = ", ".join(BallotKind)
        problems.append(
            FileProblem("ballot.kind", mark("This must be one of: %(known)s."), {"known": known})
        )
        return None
    if not isinstance(options, list) or not options:
        problems.append(FileProblem("options", mark("This must be a list of options.")))
        return None
    kind = BallotKind(str(ballot["kind"]))
    usual: dict[str, Json] = {
        "min_picks": 0,
        "max_picks": 1 if kind is BallotKind.SINGLE else len(options),
        "spend_limit": None,
        "allow_blank": True,
        "abstain_allowed": False,
        "overpick": "void",
    }
    limits = {**usual, **ballot}
    rows = [_option(number, one, problems) for number, one in enumerate(options, start=1)]
    problems += _strange_fields(ballot, BALLOT_FIELDS, "ballot.")
    problems += _limits(limits)
    if problems:
        return None
    return design_from_config({**limits, "options": list[Json](rows)})


def _limits(ballot: Mapping[str, Json]) -> Iterator[FileProblem]:
    """Name every limit of a ballot that is not of the right form."""
    for name in ("min_picks", "max_picks"):
        if not _is_whole(ballot[name]):
            yield FileProblem(f"ballot.{name}", WHOLE)
    for name in FIGURES:
        if ballot.get(name) is not None and not _is_whole(ballot[name]):
            yield FileProblem(f"ballot.{name}", WHOLE)
    for name in SWITCHES:
        if not isinstance(ballot.get(name, False), bool):
            yield FileProblem(f"ballot.{name}", mark("This must be true or false."))
    if not _is_money(ballot["spend_limit"]):
        yield FileProblem("ballot.spend_limit", MONEY)
    if ballot["overpick"] not in list(Overpick):
        known = ", ".join(Overpick)
        message = mark("This must be one of: %(known)s.")
        yield FileProblem("ballot.overpick", message, {"known": known})


def _is_whole(value: Json) -> bool:
    return type(value) is int and value >= 0


def _is_money(value: Json) -> bool:
    return value is None or _is_whole(value) or bool(FRACTION.fullmatch(str(value)))


def _option(number: int, one: Json, problems: list[FileProblem]) -> dict[str, Json]:
    place = f"options[{number - 1}]"
    if not isinstance(one, dict) or not isinstance(one.get("key"), str):
        problems.append(FileProblem(f"{place}.key", mark("An option needs a key.")))
        return {}
    problems += _strange_fields(one, OPTION_FIELDS, f"{place}.")
    problems += [
        FileProblem(f"{place}.{name}", mark("This must be a text."))
        for name in ("title", "group")
        if not isinstance(one.get(name), str | None)
    ]
    if not _is_money(one.get("cost")):
        problems.append(FileProblem(f"{place}.cost", MONEY))
    return {
        "key": one["key"],
        "number": number,
        "title": one.get("title") or one["key"],
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
        problems += _strange_fields(row, ROW_FIELDS, f"{place}.")
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
    """Say why marks cannot be those of a ballot: an unknown option, a limit, or another form."""
    message, params = mark("The ballot does not allow these marks."), dict[str, object]()
    refusal = _refusal(marks, design)
    if strange := sorted(_keys(marks) - design.key_set):
        message, params = mark("There is no option “%(option)s”."), {"option": strange[0]}
    elif refusal is not None:
        message, params = refusal.message, dict(refusal.params)
    return FileProblem(place, message, params | {"example": MARKS[design.kind]}, MARKS_HINT)


def _refusal(marks: Json, design: BallotDesign) -> Refusal | None:
    form = FORMS[design.kind]
    read = form.read(design, marks)
    if isinstance(read, Refusal):
        return None if read is NOT_A_BALLOT else read
    if design.kind is not BallotKind.RANK:
        return form.limit(design, read)
    ranked = len(_keys(marks))  # a box may hold all else that a page refuses of a ranking
    return too_few(design, ranked) if ranked < design.min_picks else None


def _keys(marks: Any) -> set[str]:
    if isinstance(marks, dict):
        return set(marks)
    if isinstance(marks, list):
        return set[str]().union(*(_keys(one) for one in marks))
    return {marks} if isinstance(marks, str) else set()


def _whole(plain: Mapping[str, Json], name: str, usual: int, problems: list[FileProblem]) -> int:
    value = plain.get(name, usual)
    if isinstance(value, int) and _is_whole(value):
        return value
    problems.append(FileProblem(name, WHOLE))
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
