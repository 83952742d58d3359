"""Made-up ballots and a made-up city, the same on every machine. Knows nothing of the project."""

from __future__ import annotations

import itertools
import random

SEED = 20261128
OPTIONS = 20
CITY = {"voters": 61_668, "projects": 83, "budget": 25_000_000}
"""The shape of a vote of Warsaw as a whole: most ballots are full and unlike each other."""
SIZES = {1: 10, 2: 5, 3: 5, 4: 5, 5: 6, 6: 6, 7: 6, 8: 6, 9: 7, 10: 44}
"""How many ballots of a hundred name so many projects, ten at most."""


def names() -> list[str]:
    """The options of every made-up ballot."""
    return [f"o{number:02}" for number in range(OPTIONS)]


def picks(number: int, most: int = 6) -> list[tuple[int, ...]]:
    """Sets of options; those in front are liked better."""
    chance = random.Random(SEED)
    likes = list(itertools.accumulate(1 / (2 + place) for place in range(OPTIONS)))
    found = []
    for _ in range(number):
        one: set[int] = set()
        for _ in range(chance.randint(1, most)):
            one.add(chance.choices(range(OPTIONS), cum_weights=likes)[0])
        found.append(tuple(sorted(one)))
    return found


def rankings(number: int, most: int = 10) -> list[tuple[int, ...]]:
    """Rankings of up to ten options, hardly two of them alike."""
    chance = random.Random(SEED + 1)
    found = []
    for _ in range(number):
        order = sorted(range(OPTIONS), key=lambda place: chance.expovariate(1 / (2 + place)))
        found.append(tuple(order[: chance.randint(1, most)]))
    return found


def numbers(number: int, most: int, together: int | None = None) -> list[dict[int, int]]:
    """Numbers from 1 on for some options, at most so many together."""
    chance = random.Random(SEED + 2)
    found = []
    for _ in range(number):
        left, one = together or 10**9, {}
        for place in chance.sample(range(OPTIONS), chance.randint(1, 8)):
            given = min(left, chance.randint(1, most))
            if given:
                one[place] = given
                left -= given
        found.append(one)
    return found


def city() -> str:
    """A vote of a whole city on its projects, as a PaBuLib file that declares equal shares."""
    chance = random.Random(SEED + 3)
    themes, projects = 8, CITY["projects"]
    theme = [chance.randrange(themes) for _ in range(projects)]
    likes = [chance.lognormvariate(0, 0.9) for _ in range(projects)]
    costs = [
        min(5_000_000, max(20_000, int(chance.lognormvariate(13.2, 1.1)) // 100 * 100))
        for _ in range(projects)
    ]
    meta = {
        "description": "a made-up city", "country": "Poland", "unit": "City", "instance": "2026",
        "num_projects": projects, "num_votes": CITY["voters"], "budget": CITY["budget"],
        "vote_type": "approval", "rule": "equalshares/add1", "date_begin": "01.06.2026",
        "date_end": "15.06.2026", "max_length": 10,
    }  # fmt: skip
    lines = ["META", "key;value", *(f"{key};{value}" for key, value in meta.items())]
    lines += ["PROJECTS", "project_id;cost;name"]
    lines += [f"{place};{cost};Project {place}" for place, cost in enumerate(costs, 1)]
    lines += ["VOTES", "voter_id;vote"]
    drawn = [
        list(
            itertools.accumulate(
                likes[one] * (5 if theme[one] == mine else 1) for one in range(projects)
            )
        )
        for mine in range(themes)
    ]
    for voter in range(1, CITY["voters"] + 1):
        [size] = chance.choices(list(SIZES), list(SIZES.values()))
        mine, named = drawn[chance.randrange(themes)], set[int]()
        while len(named) < size:
            named.add(chance.choices(range(projects), cum_weights=mine)[0] + 1)
        lines.append(f"{voter};{','.join(map(str, sorted(named)))}")
    return "\n".join(lines) + "\n"
