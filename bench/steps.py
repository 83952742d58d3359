"""One measurement by the project's own code, in a process of its own.

`python -m bench.steps NAME ARGUMENT…` makes or reads what is counted, counts it, and prints one
line of JSON: seconds and CPU seconds of the counting alone, the peak of memory, and how far that
lies above what was loaded.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections import Counter
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench import made
from voting.ballots import design_from_config
from voting.bundle import ballot_lines
from voting.log import canonical, digest
from voting.recount import count as recount_votes
from voting.recount_money import allocate
from voting.tally import count_box
from voting.tally.result import Box

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from budgets.methods.profile import Profile

Plain = dict[str, Any]
RULES: dict[str, tuple[str, Plain]] = {
    "plurality": ("single", {"seats": 1}),
    "approval": ("pick", {"seats": 5}),
    "projects": ("budget", {}),
    "seq_pav": ("pick", {"seats": 8}),
    "seq_phragmen": ("pick", {"seats": 8}),
    "equal_shares": ("pick", {"seats": 8}),
    "yes_no": ("yes_no", {}),
    "score": ("score", {"seats": 1}),
    "points": ("points", {"seats": 1}),
    "irv": ("rank", {}),
    "stv": ("rank", {"seats": 5}),
    "schulze": ("rank", {"seats": 1, "strength": "margins"}),
    "borda": ("rank", {"seats": 1, "unranked": "average"}),
}
"""Every rule of votes: the kind of ballot it is measured with, and its settings, which for the
last two are those that pref_voting counts by."""
LIMITS: dict[str, Plain] = {
    "single": {"max_picks": 1},
    "pick": {"max_picks": 6},
    "budget": {"max_picks": 6},
    "yes_no": {"max_picks": made.OPTIONS, "min_picks": 0, "abstain_allowed": True},
    "rank": {"max_picks": 10},
    "score": {"max_picks": made.OPTIONS, "score_max": 5},
    "points": {"max_picks": 8, "points": 20},
}
EQUAL_SHARES: Plain = {
    "rule": "equal_shares",
    "utility": "cost",
    "completion": "add1_overspend",
    "then_greedy": False,
    "step": 1,
    "step_of": "money",
    "comparison": False,
    "threshold": None,
    "tie": ["lower_cost", "more_votes"],
}
"""As Polish towns count: one złoty more for each voter until the next one would overspend."""


def timed(act: Callable[[], Any]) -> tuple[Any, Plain]:
    """Do something and tell what it cost."""
    loaded = _peak()
    wall, cpu = time.perf_counter(), time.process_time()
    result = act()
    spent = {"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    return result, {**spent, "peak_mb": _peak(), "above_mb": _peak() - loaded}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


# --- 100,000 ballots by each rule -----------------------------------------------------------------


def marks_for(kind: str, number: int) -> Iterable[Any]:
    """Made-up marks of a kind of ballot."""
    keys = made.names()
    if kind == "single":
        return ([keys[one[0]]] for one in made.picks(number))
    if kind in {"pick", "budget"}:
        return ([keys[place] for place in one] for one in made.picks(number))
    if kind == "rank":
        return ([[keys[place]] for place in one] for one in made.rankings(number))
    if kind == "yes_no":
        answers = ("yes", "no", "abstain")
        return (
            {keys[place]: answers[given - 1] for place, given in one.items()}
            for one in made.numbers(number, 3)
        )
    together = LIMITS["points"]["points"] if kind == "points" else None
    return (
        {keys[place]: given for place, given in one.items()}
        for one in made.numbers(number, 5, together)
    )


def contest(name: str, number: int) -> tuple[Plain, Box]:
    """A frozen configuration with its box: equal ballots together, as the database gives them."""
    kind, options = RULES[name]
    ballot = {
        "kind": kind,
        "options": [
            {
                "key": key,
                "number": place,
                "title": key,
                "cost": place * 1000 if kind == "budget" else None,
                "group": None,
            }
            for place, key in enumerate(made.names(), 1)
        ],
        "min_picks": 1,
        "spend_limit": None,
        "allow_blank": True,
        "abstain_allowed": False,
        "overpick": "void",
        **LIMITS[kind],
    }
    box = Counter((canonical(one).decode(), "web") for one in marks_for(kind, number))
    return {"ballot": ballot, "rule": {"name": name, **options}}, Box(dict(box), 2 * number)


def rule(name: str, number: str, engine: str) -> Plain:
    """Count so many ballots by a rule and one of the two engines."""
    config, box = contest(name, int(number))
    design = design_from_config(config["ballot"])
    if engine == "main":
        result, cost = timed(lambda: count_box(design, config["rule"], box).to_json())
    else:
        lines = ballot_lines(box.ballots, config["rule"])
        figures = {"roll": box.roll, "void": 0, "bodies": {}}
        frozen = {**config, "ballot": design.to_config()}
        result, cost = timed(lambda: recount_votes(frozen, lines, figures, None))
    told = {"winners": result["winners"], "tied": bool(result["ties"])}
    return {**cost, "result": digest(canonical(result)), "distinct": len(box.ballots), **told}


# --- Equal shares on a file -----------------------------------------------------------------------


def profile_in(path: str) -> Profile:
    """Read a PaBuLib file, or make the city."""
    from budgets.pabulib import profile_of, read_pabulib

    content: Any = made.city().encode() if path == "city" else Path(path).read_bytes()
    return profile_of(read_pabulib(content).election, with_ballots=True)


def shares(path: str, completion: str, engine: str) -> Plain:
    """Give out the money of a file by equal shares."""
    from budgets.methods.rules import count, options_from_data

    profile = profile_in(path)
    options = {**EQUAL_SHARES, "completion": completion}
    if engine == "main":
        result, cost = timed(lambda: count(profile, options_from_data(options)).as_data())
    else:
        result, cost = timed(lambda: allocate(*_frozen(profile, options)))
    runs = result["shares"]["runs"]
    groups = len(profile.ballots.groups) if profile.ballots else 0
    tied = any(tie["mattered"] for tie in result["ties"])
    told = {"winners": result["winners"], "tied": tied, "runs": runs, "distinct": groups}
    return {**cost, "result": digest(canonical(result)), **told}


def worker(path: str) -> Plain:
    """Give out the money of a file by both engines, in a process with all that a worker loads."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civic.settings.test")
    import django

    django.setup()
    import_module("civic.celery")
    import_module("budgets.tasks")
    from budgets.methods.rules import count, options_from_data

    profile = profile_in(path)

    def both() -> tuple[Plain, Plain]:
        ours: Plain = count(profile, options_from_data(EQUAL_SHARES)).as_data()
        return ours, allocate(*_frozen(profile, EQUAL_SHARES))

    (one, other), cost = timed(both)
    if canonical(one) != canonical(other):
        raise AssertionError("The engines differ.")
    return {**cost, "result": digest(canonical(one)), "runs": one["shares"]["runs"]}


def _frozen(profile: Profile, options: Plain) -> tuple[Plain, Plain, Plain, list[str], list[str]]:
    """A profile as the second engine reads it from a bundle."""
    rows = [{"key": one.key, "cost": str(one.cost)} for one in profile.candidates]
    money = {**options, "budget": str(profile.budget)}
    votes = {one.key: one.score for one in profile.candidates}
    gone = [one.key for one in profile.candidates if one.withdrawn]
    patterns = {
        json.dumps([key for key, _ in marks]): number
        for marks, number in (profile.ballots.groups if profile.ballots else ())
    }
    return {"ballot": {"options": rows}, "allocation": money}, votes, patterns, [], gone


# --- Millions of ballots in the database ----------------------------------------------------------

FILL = """
INSERT INTO voting_ballot (id, contest_id, marks, channel, named)
SELECT ('00000000-0000-4000-8000-' || lpad(to_hex(number), 12, '0'))::uuid, %s, marks, 'web', ''
FROM (SELECT number, 1 + floor(random() * %s)::bigint AS place
      FROM generate_series(%s::bigint, %s::bigint) number) drawn
JOIN unnest(%s::text[]) WITH ORDINALITY AS made (marks, place) USING (place)
"""
KEYS = """
SELECT conname, pg_get_constraintdef(oid) FROM pg_constraint
WHERE conrelid = 'voting_ballot'::regclass AND contype = 'f'
"""


def sql(number: str) -> Plain:
    """Count so many approval ballots that lie in the database, as the worker does."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "civic.settings.test")
    import django

    django.setup()
    from django.db import connection

    from voting.selectors.counting import count, input_of

    stored = _stored_contest()
    marks = [
        canonical([made.names()[place] for place in one]).decode() for one in made.picks(20_000)
    ]
    lying = stored.ballots.count()
    begun = time.perf_counter()
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE voting_ballot SET UNLOGGED")
        cursor.execute(KEYS)
        keys = cursor.fetchall()
        for name, _ in keys:  # looked up once for all afterwards, not for each ballot
            cursor.execute(f"ALTER TABLE voting_ballot DROP CONSTRAINT {name}")
        cursor.execute(FILL, [stored.pk, len(marks), lying + 1, int(number), marks])
        for name, words in keys:
            cursor.execute(f"ALTER TABLE voting_ballot ADD CONSTRAINT {name} {words}")
        cursor.execute("VACUUM ANALYZE voting_ballot")
        filled = round(time.perf_counter() - begun)
        cursor.execute("SELECT pg_total_relation_size('voting_ballot') / 1048576")
        [size] = cursor.fetchone()
    connection.close()  # the backend that filled the table; another one counts
    result, cost = timed(lambda: count(stored, input_of(stored)).to_json())
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [backend] = cursor.fetchone()
    told = {"fill_s": filled, "table_mb": size, "backend_mb": _peak_of(backend)}
    if result["valid"] < int(number):
        raise AssertionError("Not every ballot was counted.")
    return {**cost, **told, "distinct": len(set(marks))}


def _peak_of(process: int) -> int:
    """The most memory, in MB, that a process had, shared with others or not."""
    said = Path(f"/proc/{process}/status").read_text().split("VmHWM:")[1].split()[0]
    return int(said) // 1024


def _stored_contest() -> Any:
    """A contest of projects, stored the way an import stores one."""
    from django.db import transaction

    from budgets.pabulib import read_pabulib
    from budgets.services.importing import store_election
    from places.models import Area, AreaKind
    from voting.models import Contest

    if found := Contest.objects.filter(title="bench").first():
        return found
    rows = "".join(f"{key};1000;{key}\n" for key in made.names())
    text = (
        "META\nkey;value\ndescription;bench\ncountry;Poland\nunit;x\ninstance;2026\n"
        f"num_projects;{made.OPTIONS}\nnum_votes;2\nbudget;50000\nvote_type;approval\nrule;greedy\n"
        "date_begin;01.06.2026\ndate_end;15.06.2026\nmax_length;6\n"
        f"PROJECTS\nproject_id;cost;name\n{rows}VOTES\nvoter_id;vote\n1;o00\n"
        "2;o00,o01,o02,o03,o04,o05\n"
    )
    area = Area.objects.create(
        code="9900000001",
        name="bench",
        kind=AreaKind.DISTRICT,
        population=1,
        valid_from="2020-01-01",
    )
    with transaction.atomic():
        budget = store_election(
            actor_ref="system", election=read_pabulib(text).election, area=area, source="bench"
        )
    return budget.contest


STEPS: dict[str, Callable[..., Plain]] = {
    "rule": rule,
    "shares": shares,
    "worker": worker,
    "sql": sql,
}

if __name__ == "__main__":
    limit = int(os.environ["BENCH_LIMIT"])
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
    print(json.dumps(STEPS[sys.argv[1]](*sys.argv[2:])))
