"""What can be wrong with a `.pb` file, with the line it is on."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn

from proceedings.refusals import mark

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_PROBLEMS = 50
"""After so many errors reading stops, and so many warnings are listed."""


@dataclass(frozen=True, slots=True)
class PabulibProblem:
    """What is wrong, and on which line (counted from 1; 0 means the file as a whole).

    `message` is an English msgid with `%(name)s` places that `params` fills.
    """

    line: int
    message: str
    params: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        place = f"line {self.line}: " if self.line else ""
        return place + self.message % self.params


class PabulibError(Exception):
    """The file cannot be counted; `problems` names every line at fault, in order."""

    def __init__(self, problems: Sequence[PabulibProblem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: problem.line))
        super().__init__("\n".join(map(str, self.problems)))


class Notes:
    """Collects errors and warnings, and stops the reading when there are too many errors."""

    def __init__(self) -> None:
        self.errors: list[PabulibProblem] = []
        self._warnings: list[PabulibProblem] = []
        self._unlisted = 0

    def error(self, line: int, message: str, **params: object) -> None:
        """Note what makes a count impossible; raises PabulibError at the last one that is kept."""
        self.errors.append(PabulibProblem(line, message, params))
        if len(self.errors) >= MAX_PROBLEMS:
            message = mark("Reading stopped after %(count)s errors.")
            self.stop(0, message, count=len(self.errors))

    def stop(self, line: int, message: str, **params: object) -> NoReturn:
        """Raise PabulibError with an error behind which nothing can be read, and all before it."""
        raise PabulibError([*self.errors, PabulibProblem(line, message, params)])

    def warn(self, line: int, message: str, **params: object) -> None:
        """Note what looks wrong but does not hinder the count."""
        if len(self._warnings) < MAX_PROBLEMS:
            self._warnings.append(PabulibProblem(line, message, params))
        else:
            self._unlisted += 1

    @property
    def warnings(self) -> tuple[PabulibProblem, ...]:
        """The warnings by line, and how many more there were."""
        listed = sorted(self._warnings, key=lambda problem: problem.line)
        if self._unlisted:
            message = mark("%(count)s further warnings are not listed.")
            listed.append(PabulibProblem(0, message, {"count": self._unlisted}))
        return tuple(listed)
