"""Writing a `.pb` file in PaBuLib's order of keys and columns."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from budgets.methods.exact import Exact, exact_text
from budgets.pabulib import columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from budgets.pabulib.election import PabulibBallot, PabulibElection, PabulibProject


def write_pabulib(election: PabulibElection) -> str:
    """Write an election as the text of a `.pb` file, so that reading it gives the same election.

    Raises ValueError for what the format cannot hold: text that is empty, spans lines or has
    space around it, an id named like a section, a project id with a comma, a number without finite
    decimals.
    """
    points = ("points",) if election.vote_type.has_points else ()
    meta = [
        (_text(key), _text(election.meta[key])) for key in _in_order(election.meta, columns.META)
    ]
    file = io.StringIO()
    table = csv.writer(file, delimiter=";", lineterminator="\n")
    table.writerows([["META"], ["key", "value"], *meta, ["PROJECTS"]])
    projects = [_project_row(project) for project in election.projects]
    table.writerows(_table(projects, columns.PROJECTS, ("project_id", "cost")))
    table.writerow(["VOTES"])
    ballots = [_ballot_row(ballot) for ballot in election.ballots]
    table.writerows(_table(ballots, columns.VOTES, ("voter_id", "vote", *points)))
    return file.getvalue()


def _project_row(project: PabulibProject) -> dict[str, str]:
    return {
        "project_id": _project_id(project.project_id),
        "cost": exact_text(project.cost),
        "votes": _optional(project.votes),
        "score": _optional(project.score),
        "name": project.name and _text(project.name),
        "selected": _optional(project.selected),
        **{_text(column): _text(value) for column, value in project.extra.items()},
    }


def _ballot_row(ballot: PabulibBallot) -> dict[str, str]:
    return {
        "voter_id": _id(ballot.voter_id),
        "vote": ",".join(ballot.choices),
        "points": ",".join(exact_text(given) for given in ballot.points),
        **{_text(column): _text(value) for column, value in ballot.extra.items()},
    }


def _table(
    rows: Iterable[Mapping[str, str]], order: Sequence[str], always: Sequence[str]
) -> list[list[str]]:
    """Return a header and rows with the columns that any row fills, and those needed always."""
    rows = list(rows)
    filled = dict.fromkeys(column for row in rows for column, value in row.items() if value)
    header = _in_order({**dict.fromkeys(always), **filled}, order)
    return [header, *([row.get(column, "") for column in header] for row in rows)]


def _in_order(names: Iterable[str], order: Sequence[str]) -> list[str]:
    places = {name: place for place, name in enumerate(order)}
    return sorted(names, key=lambda name: places.get(name, len(order)))


def _optional(number: Exact | None) -> str:
    return "" if number is None else exact_text(number)


def _text(text: str) -> str:
    if not text or text != text.strip() or "\n" in text or "\r" in text:
        raise ValueError(f"{text!r} is not one line of text.")
    return text


def _id(text: str) -> str:
    if _text(text).upper() in columns.TITLES:
        raise ValueError(f"{text!r} cannot be an id: it is the title of a section.")
    return text


def _project_id(text: str) -> str:
    if "," in text:
        raise ValueError(f"{text!r} cannot be an id: ballots list projects with commas.")
    return _id(text)
