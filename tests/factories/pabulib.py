"""Made-up elections in the shape in which cities publish theirs, with the winners they record."""

from __future__ import annotations

import csv
import io
import random
from collections import Counter

METHODS = ("internet", "internet", "internet", "paper", "paper", "")
WORDS = ("공원", "자전거길", "그늘막", "놀이터", "도서관; 2층", 'Park "Zdrój"', "Ścieżka, etap II")
CATEGORIES = ("green", "public transit,roads", "culture", "sport,health", "")
TARGETS = ("children", "adults,seniors", "people with disabilities", "")


def greedy(votes: dict[str, int], costs: dict[str, int], budget: int) -> set[str]:
    """Most votes first, the cheaper of equal ones, whatever still fits: from the definition alone."""
    chosen, left = set(), budget
    for key in sorted(votes, key=lambda key: (-votes[key], costs[key])):
        if costs[key] <= left:
            chosen.add(key)
            left -= costs[key]
    return chosen


def city_file(*, ballots: int, projects: int = 60, seed: int = 1, voided: int = 0) -> str:
    """A vote of a city on its projects, with ages, ways of voting, places, odd names and quotes.

    `voided` of the ballots name nothing. Costs differ, so that no tie stays open.
    """
    chance = random.Random(seed)  # noqa: S311 - made-up votes, not a secret
    keys = [f"{chance.choice('BPWO')}{number:03}" for number in range(1, projects + 1)]
    costs = {key: 1000 * (place + 3) + chance.randrange(1000) for place, key in enumerate(keys)}
    likes = [chance.lognormvariate(0, 1) for _ in keys]
    rows, votes = [], Counter[str](dict.fromkeys(keys, 0))
    for number in range(ballots):
        size = 0 if number < voided else chance.randint(1, 10)
        picked = dict.fromkeys(chance.choices(keys, weights=likes, k=size))
        votes.update(picked.keys())
        who = [str(chance.randint(10, 99)), chance.choice("FMK"), chance.choice(METHODS)]
        rows.append([str(100_000 + number * 7), *who, f"Osiedle {number % 9}", ",".join(picked)])
    budget = sum(costs.values()) // 3
    winners = greedy(dict(votes), costs, budget)
    meta = {
        "description": "Made-up city, 2026", "country": "Poland", "unit": "Miasto",
        "subunit": "Osiedle; północ", "instance": "2026", "num_projects": projects,
        "num_votes": ballots, "budget": budget, "vote_type": "approval", "rule": "greedy",
        "date_begin": "01.09.2026", "date_end": "14.09.2026", "max_length": 10,
        "language": "pl", "edition": "9", "currency": "PLN", "comment": "#1: made up",
    }  # fmt: skip
    out = io.StringIO()
    write = csv.writer(out, delimiter=";", lineterminator="\r\n")
    write.writerows([["META"], ["key", "value"], *meta.items(), ["PROJECTS"]])
    write.writerow(
        [
            "project_id",
            "cost",
            "votes",
            "name",
            "category",
            "target",
            "latitude",
            "longitude",
            "selected",
        ]
    )
    for key in keys:
        place = [f"{51 + chance.random():.6f}", f"{19 + chance.random():.6f}"]
        kinds = [chance.choice(CATEGORIES), chance.choice(TARGETS)]
        name = f"{chance.choice(WORDS)} {key}"
        write.writerow([key, costs[key], votes[key], name, *kinds, *place, int(key in winners)])
    write.writerow(["VOTES"])
    write.writerow(["voter_id", "age", "sex", "voting_method", "neighborhood", "vote"])
    write.writerows(rows)
    return out.getvalue()
