"""PaBuLib's `.pb` files: read them exactly, total their ballots, and write them back.

A file has three tables, META, PROJECTS and VOTES, with `;` between the cells. Numbers are kept
exactly: whole ones as `int`, others as `Fraction`. What stands in the way of a count is an error
with its line number, and all of them are reported at once; what merely looks wrong is a warning.
`docs/pabulib.md` describes the format and lists both.
"""

from budgets.pabulib.election import (
    PabulibBallot,
    PabulibElection,
    PabulibProject,
    Totals,
    VoteType,
    count_totals,
    profile_of,
    with_outcome,
    with_totals,
)
from budgets.pabulib.problems import PabulibError, PabulibProblem
from budgets.pabulib.reader import PabulibReading, read_pabulib
from budgets.pabulib.writer import write_pabulib

__all__ = [
    "PabulibBallot",
    "PabulibElection",
    "PabulibError",
    "PabulibProblem",
    "PabulibProject",
    "PabulibReading",
    "Totals",
    "VoteType",
    "count_totals",
    "profile_of",
    "read_pabulib",
    "with_outcome",
    "with_totals",
    "write_pabulib",
]
