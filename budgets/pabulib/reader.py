"""Reading a `.pb` file: every line that cannot be counted is named, nothing is guessed."""

from __future__ import annotations

import csv
import gzip
import io
import re
import zlib
from collections import Counter
from dataclasses import dataclass
from itertools import chain
from sys import intern
from typing import TYPE_CHECKING, BinaryIO

from budgets.methods.exact import Exact, exact_text, read_exact, whole
from budgets.pabulib import columns
from budgets.pabulib.election import (
    PabulibBallot,
    PabulibElection,
    PabulibProject,
    VoteType,
    count_totals,
)
from budgets.pabulib.problems import Notes, PabulibError, PabulibProblem
from hangul.personal_numbers import find_resident_numbers
from proceedings.refusals import mark

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MAX_BYTES = 256 * 2**20
"""The largest file that is read, unpacked; the largest one known has a tenth of it."""

END = "\x1aend of file\x1a"
"""Read behind the last line, to notice a quotation mark that swallows everything up to it."""

THOUSANDS = re.compile(r"[+-]?[0-9]{1,3},[0-9]{3}")
"""A comma that may be meant as a decimal point or between thousands: never guessed."""

SECTION_ORDER = mark("The sections must come in the order META, PROJECTS, VOTES.")
NOT_APPLIED = mark("%(key)s is kept, but the count does not follow it.")
DECIMAL_COMMA = mark("%(column)s: the comma in “%(text)s” is read as a decimal point.")
NOT_A_NUMBER = mark("%(column)s: “%(text)s” is not a plain number, such as 1200 or 1200.50.")
NOT_WHOLE = mark("%(column)s: “%(text)s” is not a whole number of 0 or more.")
NEGATIVE = mark("%(column)s: “%(text)s” is negative.")
PERSONAL_NUMBER = mark(
    "This seems to hold a resident registration number. It may not be kept here: take it out."
)
SHORTEST_PERSONAL_NUMBER = 13
AGAIN = mark("“%(name)s” stands already on line %(first)s.")


@dataclass(frozen=True, slots=True)
class PabulibReading:
    """An election as read, and what looked wrong without hindering the count."""

    election: PabulibElection
    warnings: tuple[PabulibProblem, ...]


def read_pabulib(source: str | bytes | BinaryIO, *, to_keep: bool = False) -> PabulibReading:
    """Read a `.pb` file from text, bytes or an open binary file, plain or packed with gzip.

    Raises PabulibError with all errors found, by line number. What is read `to_keep` may hold no
    resident registration number: in META and PROJECTS nowhere, in VOTES in no cell but those of
    projects and points.
    """
    reader = _Reader(to_keep=to_keep)
    text = source if isinstance(source, str) else _decoded(source, reader.notes)
    if to_keep:
        _refuse_personal_numbers(text, reader.notes)
    for line, cells in _rows(text.removeprefix("\ufeff"), reader.notes):
        reader.take(line, cells)
    return reader.finish()


def _refuse_personal_numbers(text: str, notes: Notes) -> None:
    kept = re.split(r"(?im)^[\s\ufeff]*votes[\s;]*$", text, maxsplit=1)[0]
    for line in sorted({found.line for found in find_resident_numbers(kept)}):
        notes.error(line, PERSONAL_NUMBER)


def _decoded(source: bytes | BinaryIO, notes: Notes) -> str:
    data = source if isinstance(source, bytes) else source.read(MAX_BYTES + 1)
    if data.startswith(b"\x1f\x8b"):
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(data)) as packed:
                data = packed.read(MAX_BYTES + 1)
        except (OSError, EOFError, zlib.error):
            notes.stop(0, mark("The compressed file is damaged or incomplete."))
    if len(data) > MAX_BYTES:
        notes.stop(0, mark("The file is larger than %(limit)s MB."), limit=MAX_BYTES // 2**20)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        notes.stop(line, mark("This is not UTF-8 text. Save the file as UTF-8 and try again."))


def _rows(text: str, notes: Notes) -> Iterator[tuple[int, list[str]]]:
    """Split text into rows of stripped cells without empty ones at the end, with line numbers."""
    table = csv.reader(chain(io.StringIO(text, newline=""), [END]), delimiter=";")
    line = 1
    try:
        for row in table:
            if row == [END]:
                return
            if table.line_num > line and _swallows(row):
                notes.stop(line, mark("A quotation mark is opened here and never closed."))
            cells = [cell.strip() for cell in row]
            while cells and not cells[-1]:
                cells.pop()
            if cells:
                yield line, cells
            line = table.line_num + 1
    except csv.Error as error:
        notes.stop(line, mark("This line is not a row of a table (%(why)s)."), why=str(error))


def _swallows(row: Iterable[str]) -> bool:
    """Whether a cell over several lines holds the title of a section or the end of the file."""
    lines = [line.strip() for cell in row for line in re.split(r"[\r\n]", cell)[1:]]
    return any(line.upper() in columns.TITLES or END in line for line in lines)


class _Reader:
    """Takes the rows of a file one by one, in their order."""

    def __init__(self, *, to_keep: bool) -> None:
        self.to_keep = to_keep
        self.notes = Notes()
        self.section = ""
        self.seen: dict[str, int] = {}  # titles by line
        self.columns: list[str] | None = None  # None until read; empty if they were refused
        self.refused = False
        self.meta: dict[str, str] = {}
        self.meta_lines: dict[str, int] = {}
        self.numbers: dict[str, Exact] = {}
        self.vote_type: VoteType | None = None
        self.projects: dict[str, PabulibProject] = {}
        self.project_lines: dict[str, int] = {}
        self.ballots: list[PabulibBallot] = []
        self.voter_lines: dict[str, int] = {}

    def take(self, line: int, cells: list[str]) -> None:
        """Take one row: the title of a section, its column names, or its data."""
        if len(cells) == 1 and cells[0].upper() in columns.TITLES:
            self._open_section(line, cells[0].upper())
        elif not self.section:
            self.notes.error(line, mark("The file must begin with META; this line stands before."))
        elif self.columns is None:
            self._take_columns(line, cells)
        elif not self.columns:
            return  # without columns the rows mean nothing
        elif self.section == "META":
            self._take_meta(line, cells)
        elif len(cells) > len(self.columns):
            self.notes.error(
                line,
                mark("%(cells)s cells in %(columns)s columns; a “;” inside a cell needs quotes."),
                cells=len(cells),
                columns=len(self.columns),
            )
            if self.section == "PROJECTS":  # the ballots that name it are not at fault
                self.project_lines.setdefault(cells[self.columns.index("project_id")], line)
        elif self.section == "PROJECTS":
            self._take_project(line, self._given(cells))
        else:
            self._take_ballot(line, self._given(cells))

    def finish(self) -> PabulibReading:
        """Check what only the whole file can tell, and return the election."""
        self._close_section()
        missing = [title for title in columns.TITLES if title not in self.seen]
        if missing:
            self.notes.error(0, mark("Missing sections: %(titles)s."), titles=", ".join(missing))
        if self.notes.errors:
            raise PabulibError(self.notes.errors)
        election = PabulibElection(self.meta, tuple(self.projects.values()), tuple(self.ballots))
        self._compare_figures(election)
        return PabulibReading(election, self.notes.warnings)

    def _open_section(self, line: int, title: str) -> None:
        self._close_section()
        if title in self.seen:
            self.notes.error(line, AGAIN, name=title, first=self.seen[title])
            self.refused = True
        elif title != columns.TITLES[len(self.seen)]:
            self.notes.error(line, SECTION_ORDER)
            self.refused = True
        self.section = title
        self.seen.setdefault(title, line)
        self.columns = [] if self.refused else None

    def _close_section(self) -> None:
        if self.section == "META" and self.columns != []:
            self._check_meta()

    def _take_columns(self, line: int, cells: list[str]) -> None:
        known = {"META": ("key", "value"), "PROJECTS": columns.PROJECTS, "VOTES": columns.VOTES}
        names = [_known_name(cell, known[self.section]) for cell in cells]
        missing = [name for name in self._needed_columns() if name not in names]
        self.columns = []
        self.refused = True
        if missing:
            listed = ", ".join(missing)
            self.notes.error(line, mark("Missing columns: %(columns)s."), columns=listed)
        elif len(set(names)) < len(names) or "" in names:
            self.notes.error(line, mark("Each column needs a name of its own."))
        else:
            self.columns = names
            self.refused = False

    def _needed_columns(self) -> Sequence[str]:
        if self.section == "META":
            return ("key", "value")
        if self.section == "PROJECTS":
            return ("project_id", "cost")
        if self.vote_type is not None and self.vote_type.has_points:
            return ("voter_id", "vote", "points")
        return ("voter_id", "vote")

    def _given(self, cells: list[str]) -> dict[str, str]:
        """Return the cells that hold something, by column."""
        return {
            column: _one_line(cell)
            for column, cell in zip(self.columns or (), cells, strict=False)
            if cell
        }

    # Numbers

    def _number(self, line: int, column: str, text: str) -> Exact | None:
        number = None if THOUSANDS.fullmatch(text) else read_exact(text)
        if number is None:
            self.notes.error(line, NOT_A_NUMBER, column=column, text=text)
        elif "," in text:
            self.notes.warn(line, DECIMAL_COMMA, column=column, text=text)
        return number

    def _money(self, line: int, column: str, text: str) -> Exact | None:
        number = self._number(line, column, text)
        if number is not None and number < 0:
            self.notes.error(line, NEGATIVE, column=column, text=text)
        return number

    def _whole(self, line: int, column: str, text: str) -> int | None:
        number = self._number(line, column, text)
        if isinstance(number, int) and number >= 0:
            return number
        if number is not None:
            self.notes.error(line, NOT_WHOLE, column=column, text=text)
        return None

    # META

    def _take_meta(self, line: int, cells: list[str]) -> None:
        key, value = _known_name(cells[0], columns.META), _one_line(";".join(cells[1:]))
        if not key:
            self.notes.error(line, mark("A value without a key."))
        elif key in self.meta_lines:
            self.notes.error(line, AGAIN, name=key, first=self.meta_lines[key])
        else:
            self.meta_lines[key] = line
            if value:
                self.meta[key] = value

    def _check_meta(self) -> None:
        """Check META once it is complete, for what the other sections are read by."""
        absent = [key for key in columns.REQUIRED_META if key not in self.meta]
        for key in absent:
            if key in {"budget", "vote_type"}:
                line = self.meta_lines.get(key, 0)
                self.notes.error(line, mark("META must state %(key)s."), key=key)
        if absent:
            keys = ", ".join(absent)
            self.notes.warn(0, mark("META does not state: %(keys)s."), keys=keys)
        for key in columns.NOT_APPLIED_META:
            if key in self.meta and self.meta[key].lower() != "borda":  # that one is followed
                self.notes.warn(self.meta_lines[key], NOT_APPLIED, key=key)
        if "vote_type" in self.meta:
            self._check_vote_type()
        self._check_numbers()

    def _check_vote_type(self) -> None:
        text = self.meta["vote_type"].lower()
        if text in list(VoteType):
            self.vote_type = VoteType(text)
            self.meta["vote_type"] = text
        else:
            self.notes.error(
                self.meta_lines["vote_type"],
                mark("There is no vote_type “%(text)s”; known are: %(known)s."),
                text=text,
                known=", ".join(VoteType),
            )

    def _check_numbers(self) -> None:
        money = ("budget", "min_sum_cost", "max_sum_cost")
        wholes = ("num_projects", "num_votes", "min_length", "max_length")
        points = ("min_points", "max_points", "min_sum_points", "max_sum_points", "default_score")
        kinds = {
            **dict.fromkeys(money, self._money),
            **dict.fromkeys((*wholes, "min_project_score_threshold"), self._whole),
            **dict.fromkeys(points, self._number),
        }
        for key, read in kinds.items():
            if key in self.meta:
                number = read(self.meta_lines[key], key, self.meta[key])
                if number is not None:
                    self.numbers[key] = number
                    self.meta[key] = exact_text(number)
        if self.vote_type is VoteType.CHOOSE_ONE:
            self.numbers.setdefault("max_length", 1)

    # PROJECTS

    def _take_project(self, line: int, given: dict[str, str]) -> None:
        project_id = intern(given.pop("project_id", ""))
        if not project_id or "," in project_id:
            self.notes.error(line, mark("A project needs a project_id, and one without a comma."))
            return
        if project_id in self.project_lines:
            self.notes.error(line, AGAIN, name=project_id, first=self.project_lines[project_id])
            return
        self.project_lines[project_id] = line
        cost = self._money(line, "cost", given.pop("cost", ""))
        votes, selected = (
            self._whole(line, column, given.pop(column)) if column in given else None
            for column in ("votes", "selected")
        )
        score = self._number(line, "score", given.pop("score")) if "score" in given else None
        name = given.pop("name", "")
        self.projects[project_id] = PabulibProject(
            project_id, cost or 0, name, votes, score, selected, given
        )

    # VOTES

    def _take_ballot(self, line: int, given: dict[str, str]) -> None:
        voter_id = given.pop("voter_id", "")
        if not voter_id:
            self.notes.error(line, mark("A ballot needs a voter_id."))
            return
        if voter_id in self.voter_lines:
            self.notes.error(line, AGAIN, name=voter_id, first=self.voter_lines[voter_id])
            return
        self.voter_lines[voter_id] = line
        choices = self._read_choices(line, given.pop("vote", ""))
        points: tuple[Exact, ...] = ()
        if self.vote_type is not None and self.vote_type.has_points:
            points = self._read_points(line, len(choices), given.pop("points", ""))
        if self.to_keep and any(map(_holds_personal_number, (voter_id, *given.values()))):
            self.notes.error(line, PERSONAL_NUMBER)
        extra = {column: intern(cell) for column, cell in given.items()}
        self.ballots.append(PabulibBallot(voter_id, choices, points, extra))

    def _read_choices(self, line: int, text: str) -> tuple[str, ...]:
        choices = [intern(choice) for choice in _listed(text)]
        unknown = [choice for choice in choices if choice not in self.project_lines]
        for choice in unknown:
            self.notes.error(line, mark("There is no project “%(project)s”."), project=choice)
        if len(set(choices)) < len(choices):
            choices = self._without_repeats(line, choices)
        count = len(choices)
        if count > self.numbers.get("max_length", count):
            self.notes.error(
                line,
                mark("Names %(count)s projects, but at most %(limit)s are allowed."),
                count=count,
                limit=self.numbers["max_length"],
            )
        if count < self.numbers.get("min_length", 0):
            self.notes.warn(
                line,
                mark("Names %(count)s projects, but at least %(limit)s are asked for."),
                count=count,
                limit=self.numbers["min_length"],
            )
        if not unknown and ("max_sum_cost" in self.numbers or "min_sum_cost" in self.numbers):
            message = mark("Names projects for %(sum)s in all, outside of what META allows.")
            costs = [self.projects[choice].cost for choice in choices if choice in self.projects]
            self._warn_outside(line, message, costs, "sum_cost")
        return tuple(choices)

    def _without_repeats(self, line: int, choices: list[str]) -> list[str]:
        repeated = ", ".join(choice for choice, times in Counter(choices).items() if times > 1)
        if self.vote_type is None or not self.vote_type.is_set:
            self.notes.error(line, mark("Names %(projects)s more than once."), projects=repeated)
            return choices
        message = mark("Names %(projects)s more than once; it is counted once.")
        self.notes.warn(line, message, projects=repeated)
        return list(dict.fromkeys(choices))

    def _read_points(self, line: int, named: int, text: str) -> tuple[Exact, ...]:
        texts = _listed(text)
        if len(texts) != named:
            message = mark("Names %(projects)s projects, but gives %(points)s numbers of points.")
            self.notes.error(line, message, projects=named, points=len(texts))
            return ()
        read = (self._number(line, "points", given) for given in texts)
        points = tuple(number for number in read if number is not None)
        if points and len(points) == named:
            self._check_points(line, points)
        return points

    def _check_points(self, line: int, points: tuple[Exact, ...]) -> None:
        least, most = self.numbers.get("min_points"), self.numbers.get("max_points")
        if most is not None and max(points) > most:
            message = mark("Gives more than %(limit)s points to one project.")
            self.notes.error(line, message, limit=exact_text(most))
        if self.vote_type is VoteType.CUMULATIVE and min(points) < 0:
            self.notes.error(line, mark("Gives negative points."))
        elif least is not None and min(points) < least:
            message = mark("Gives less than %(limit)s points to one project.")
            self.notes.warn(line, message, limit=exact_text(least))
        message = mark("Gives %(sum)s points in all, outside of what META allows.")
        self._warn_outside(line, message, points, "sum_points")

    def _warn_outside(self, line: int, message: str, numbers: Iterable[Exact], limits: str) -> None:
        total = whole(sum(numbers))
        least = self.numbers.get(f"min_{limits}", total)
        most = self.numbers.get(f"max_{limits}", total)
        if not least <= total <= most:
            self.notes.warn(line, message, sum=exact_text(total))

    # The whole file

    def _compare_figures(self, election: PabulibElection) -> None:
        """Warn where the file states a figure about itself that its rows do not give."""
        counts = {"num_projects": len(election.projects), "num_votes": len(election.ballots)}
        for key, count in counts.items():
            if self.numbers.get(key, count) != count:
                self.notes.warn(
                    self.meta_lines[key],
                    mark("%(key)s is %(stated)s, but the file has %(count)s."),
                    key=key,
                    stated=self.meta[key],
                    count=count,
                )
        totals = count_totals(election)
        for project in election.projects:
            key = project.project_id
            self._compare(key, "votes", project.votes, totals.votes[key])
            if not election.vote_type.is_set:
                self._compare(key, "score", project.score, totals.scores[key])

    def _compare(self, project_id: str, column: str, stated: Exact | None, count: Exact) -> None:
        if stated is not None and stated != count:
            self.notes.warn(
                self.project_lines[project_id],
                mark("%(column)s of %(project)s is %(stated)s; its ballots give %(count)s."),
                column=column,
                project=project_id,
                stated=exact_text(stated),
                count=exact_text(count),
            )


def _holds_personal_number(cell: str) -> bool:
    return len(cell) >= SHORTEST_PERSONAL_NUMBER and bool(find_resident_numbers(cell))


def _known_name(name: str, known: Iterable[str]) -> str:
    """Return a name of PaBuLib's in its own spelling, any other as it is."""
    return name.lower() if name.lower() in known else _one_line(name)


def _one_line(text: str) -> str:
    return " ".join(text.splitlines()) if "\n" in text or "\r" in text else text


def _listed(text: str) -> list[str]:
    return [item for item in map(str.strip, text.split(",")) if item] if text else []
