"""One measurement by another library on the same ballots: `python -m bench.peers NAME ARGUMENT…`.

Runs in an environment of its own (`bench/requirements.txt`) and knows nothing of the project.
"""

from __future__ import annotations

import gzip
import json
import os
import resource
import sys
import time
from collections import Counter
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import TYPE_CHECKING, Any

from bench import made

if TYPE_CHECKING:
    from collections.abc import Callable

Plain = dict[str, Any]


def timed(act: Callable[[], Any]) -> tuple[Any, Plain]:
    """Do something and tell what it cost."""
    loaded = _peak()
    wall, cpu = time.perf_counter(), time.process_time()
    result = act()
    spent = {"seconds": time.perf_counter() - wall, "cpu": time.process_time() - cpu}
    return result, {**spent, "peak_mb": _peak(), "above_mb": _peak() - loaded}


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def pref_voting(rule: str, number: str) -> Plain:
    """Count made-up rankings, equal ones together."""
    from pref_voting.iterative_methods import (
        instant_runoff_for_truncated_linear_orders,
    )
    from pref_voting.margin_based_methods import beat_path
    from pref_voting.profiles_with_ties import ProfileWithTies
    from pref_voting.scoring_methods import borda_for_profile_with_ties

    rules: dict[str, Callable[[Any], Any]] = {
        "irv": instant_runoff_for_truncated_linear_orders,
        "schulze": beat_path,
        "borda": borda_for_profile_with_ties,
    }
    counted = Counter(made.rankings(int(number)))
    ranks = [{place: at for at, place in enumerate(one, 1)} for one in counted]

    def count() -> Any:
        profile = ProfileWithTies(
            ranks, rcounts=list(counted.values()), candidates=list(range(made.OPTIONS))
        )
        profile.use_extended_strict_preference()
        return rules[rule](profile)

    winners, cost = timed(count)
    return {**cost, "winners": [made.names()[int(one)] for one in winners]}


def pabutools(path: str) -> Plain:
    """Give out the money of a file by equal shares until the first exhaustive result."""
    from pabutools.election import Cost_Sat, parse_pabulib
    from pabutools.rules import method_of_equal_shares

    content = made.city().encode() if path == "city" else Path(path).read_bytes()
    if content.startswith(b"\x1f\x8b"):
        content = gzip.decompress(content)
    with NamedTemporaryFile(suffix=".pb") as file:
        file.write(content)
        file.flush()
        instance, profile = parse_pabulib(file.name)
    grouped = profile.as_multiprofile()
    winners, cost = timed(
        lambda: method_of_equal_shares(
            instance, grouped, sat_class=Cost_Sat, voter_budget_increment=1
        )
    )
    return {**cost, "winners": [project.name for project in winners]}


STEPS: dict[str, Callable[..., Plain]] = {"pref_voting": pref_voting, "pabutools": pabutools}

if __name__ == "__main__":
    limit = int(os.environ["BENCH_LIMIT"])
    resource.setrlimit(resource.RLIMIT_CPU, (limit, resource.RLIM_INFINITY))
    print(json.dumps(STEPS[sys.argv[1]](*sys.argv[2:])))
