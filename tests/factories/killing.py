"""Workers that die: each killed by SIGKILL at a statement of its own (see `run_workers`).

`main` is called in a process of its own with words such as `count --at-once 7:0 7:-12`: a job of
`JOBS`, how its workers come, and for each worker what it works on and where it dies: before that
statement, after it if the number is negative, nowhere if it is 0. Between two workers every lease
is moved back, as if its minute had passed. Prints how each ended: `killed`, `lived` or `crashed`.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from typing import TYPE_CHECKING, Any

from django.db import connection

from budgets.services.allocation import allocate_budget
from voting.services.counting import count_contest, publish_contest
from voting.services.notices import announce_what_happened

if TYPE_CHECKING:
    from collections.abc import Callable


def count_and_publish(contest_id: int) -> None:
    """What the clock has the worker do with an opened contest."""
    count_contest(contest_id=contest_id)
    publish_contest(contest_id=contest_id)
    announce_what_happened()


def allocate(budget_id: int) -> None:
    """What the clock has the worker do with a counted budget."""
    allocate_budget(budget_id=budget_id)
    announce_what_happened()


JOBS: dict[str, Callable[[int], None]] = {"count": count_and_publish, "allocate": allocate}


def main() -> None:
    """Run the workers that the command line names."""
    job, how, *pairs = sys.argv[1:]
    if how == "--at-once":
        children = [fork(job, pair) for pair in pairs]
        sys.stdout.write(" ".join(end_of(child) for child in children))
        return
    for pair in pairs:
        end = end_of(fork(job, pair))
        sys.stdout.write(f"{end} ")
        let_leases_end()
        if how == "--until-one-lives" and end == "lived":
            return


def fork(job: str, pair: str) -> int:
    """Start a worker; gives its process id."""
    pk, point = (int(part) for part in pair.split(":"))
    sys.stdout.flush()
    child = os.fork()
    if child:
        return child
    try:
        work(job, pk, point)
        os._exit(0)
    finally:
        traceback.print_exc()
        os._exit(1)


def work(job: str, pk: int, point: int) -> None:
    """Do a job and die at a point of it."""
    statements = 0

    def counted(execute: Any, *statement: Any) -> Any:
        nonlocal statements
        statements += 1
        if statements == point:
            os.kill(os.getpid(), signal.SIGKILL)
        answer = execute(*statement)
        if statements == -point:
            os.kill(os.getpid(), signal.SIGKILL)
        return answer

    with connection.execute_wrapper(counted):
        JOBS[job](pk)


def end_of(child: int) -> str:
    """Wait for a worker and say how it ended."""
    _pid, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        return "killed"
    return "lived" if status == 0 else "crashed"


def let_leases_end() -> None:
    """Move every lease back; the connection is closed before anything forks again."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE voting_tallyrun SET lease_until = now() WHERE state <> 'done'")
    connection.close()
