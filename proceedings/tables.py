"""Tables as offices save them: CSV in UTF-8 (with or without a mark) or CP949 (pure).

Every problem carries the number of its line in the file (the header is line 1), so that it can be
found in a spreadsheet.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hangul.personal_numbers import find_resident_numbers
from proceedings.refusals import Refusal, Refused, mark

if TYPE_CHECKING:
    import _csv
    from collections.abc import Mapping, Sequence


@dataclass(frozen=True)
class Column:
    """A column: its key in the code, its possible headers in a file, whether it is needed."""

    key: str
    headers: tuple[str, ...]
    is_required: bool = True


@dataclass(frozen=True)
class Problem:
    """What is wrong in one line; `message` is an English msgid that `params` fill."""

    line: int
    message: str
    params: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Row:
    """One line of the file: its number and its values by column key ("" for an empty cell)."""

    line: int
    values: Mapping[str, str]

    def __getitem__(self, key: str) -> str:
        return self.values[key]


@dataclass(frozen=True)
class Table:
    """The rows of a file that could be read, in order, and the problems met on the way."""

    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True)
class ImportReport:
    """What an import did: rows stored, and the lines that were left out."""

    stored: int
    problems: tuple[Problem, ...] = ()


class BadLines(Exception):  # noqa: N818 - an answer to show line by line
    """An import was refused as a whole; `problems` name the lines."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} lines")
        self.problems = tuple(sorted(problems, key=lambda each: each.line))


def decode(data: bytes) -> str:
    """Text of a file in UTF-8 (with or without a byte order mark) or CP949.

    Raises Refused for anything else, such as a spreadsheet file.
    """
    for encoding in ("utf-8-sig", "cp949"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text
    raise Refused(
        Refusal(
            "not_a_text_file",
            mark("This file cannot be read as a table."),
            mark("Please save it as CSV (UTF-8 or CP949) and choose it again."),
        ),
    )


def read_table(data: bytes, columns: Sequence[Column]) -> Table:
    """Read a CSV file with a header line; unknown columns are passed over, blank lines skipped.

    Raises Refused when the file as a whole is no such table: unreadable, empty, a column missing,
    or a resident registration number anywhere in it.
    """
    text = decode(data)
    numbers = find_resident_numbers(text)
    if numbers:
        raise Refused(
            Refusal(
                "resident_number",
                mark("Line %(line)s seems to hold a resident registration number."),
                mark("It may not be kept here. Please take that column out of the file."),
                {"line": numbers[0].line},
            ),
        )
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [cell.strip().casefold() for cell in next(lines, [])]
        places = {
            column.key: next((header.index(h) for h in column.headers if h in header), None)
            for column in columns
        }
        missing = [c.headers[0] for c in columns if c.is_required and places[c.key] is None]
        if missing:
            raise Refused(
                Refusal(
                    "column_missing",
                    mark("The first line lacks these columns: %(columns)s."),
                    mark("Please name the columns in the first line and choose the file again."),
                    {"columns": ", ".join(missing)},
                ),
            )
        return _read_rows(lines, columns, places)
    except csv.Error as error:
        raise Refused(
            Refusal(
                "broken_table",
                mark("The table breaks off at line %(line)s."),
                mark("Please check the quotation marks there and choose the file again."),
                {"line": lines.line_num},
            ),
        ) from error


def _read_rows(
    lines: _csv.Reader, columns: Sequence[Column], places: Mapping[str, int | None]
) -> Table:
    rows: list[Row] = []
    problems: list[Problem] = []
    end = lines.line_num
    for cells in lines:
        line, end = end + 1, lines.line_num
        if not any(cell.strip() for cell in cells):
            continue
        values = {
            key: cells[place].strip() if place is not None and place < len(cells) else ""
            for key, place in places.items()
        }
        empty = [c for c in columns if c.is_required and not values[c.key]]
        problems.extend(
            Problem(line, mark("“%(column)s” is empty."), {"column": column.headers[0]})
            for column in empty
        )
        if not empty:
            rows.append(Row(line, values))
    return Table(tuple(rows), tuple(problems))


def settle(problems: Sequence[Problem], *, keep_good: bool) -> tuple[Problem, ...]:
    """The problems in the order of lines; raises BadLines unless good lines are to be kept."""
    if problems and not keep_good:
        raise BadLines(problems)
    return tuple(sorted(problems, key=lambda each: each.line))
