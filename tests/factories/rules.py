"""Made-up contests of every rule with all its settings, for tests that count them twice."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from voting.recount import OVERPICKS, allowed

Plain = dict[str, Any]
KIND_OF = {
    "plurality": "pick",
    "approval": "pick",
    "seq_pav": "pick",
    "seq_phragmen": "pick",
    "equal_shares": "pick",
    "projects": "budget",
    "yes_no": "yes_no",
    "score": "score",
    "points": "points",
    "irv": "rank",
    "stv": "rank",
    "schulze": "rank",
    "borda": "rank",
}
WEIGHED = {"plurality", "approval", "projects", "score", "points"}
CHANNELS = ("paper", "web")


@dataclass(frozen=True)
class Case:
    """A contest to count: `box` gives how many ballots have the same marks and channel."""

    ballot: Plain
    rule: Plain
    box: dict[tuple[str, str], int]
    roll: int
    void: int
    bodies: dict[str, dict[str, int]]
    lot: list[str] | None

    @property
    def keys(self) -> list[str]:
        return [one["key"] for one in self.ballot["options"]]


def one_of(*names: str) -> st.SearchStrategy[str]:
    return st.sampled_from(names)


def bars() -> st.SearchStrategy[Any]:
    """A bar on turnout or votes; often low enough to be cleared."""
    shares = st.tuples(st.integers(0, 3), st.integers(1, 5)).map(lambda s: f"{s[0]}/{s[1]}")
    counted = st.fixed_dictionaries(
        {"of": one_of("roll", "turnout", "valid"), "share": shares},
        optional={"strict": st.booleans()},
    )
    return counted | st.fixed_dictionaries({"of": st.just("fixed"), "number": st.integers(1, 20)})


@st.composite
def cases(draw: st.DrawFn, name: str) -> Case:
    """Draw a contest of one rule."""
    keys = sorted("abcdef"[: draw(st.integers(2, 6))])
    ballot = draw(ballots_of(KIND_OF[name], keys))
    rule = {"name": name, **draw(settings_of(name, ballot, len(keys)))}
    box = draw(
        st.dictionaries(
            st.tuples(marks_of(ballot), st.sampled_from(CHANNELS)), st.integers(1, 4), max_size=9
        )
    )
    box = {one: box[one] for one in box if allowed(ballot, json.loads(one[0]))}
    bodies = draw(
        st.dictionaries(
            st.just("committee"),
            st.dictionaries(st.sampled_from(keys), st.integers(0, 5)),
        )
    )
    lot = draw(st.none() | st.permutations(keys) | st.permutations(keys[1:]))
    void = draw(st.integers(0, 3))
    roll = sum(box.values()) + void + draw(st.integers(0, 9))
    return Case(ballot, rule, box, roll, void, bodies, lot)


@st.composite
def ballots_of(draw: st.DrawFn, kind: str, keys: list[str]) -> Plain:
    """Draw the design of a ballot, as the frozen configuration tells it."""
    numbers = draw(st.permutations(range(1, len(keys) + 1)))
    options = [
        {
            "key": key,
            "number": number,
            "title": f"제안 {number}",
            "cost": number * 100 if kind == "budget" else None,
            "group": draw(one_of("east", "west")),
        }
        for number, key in sorted(zip(numbers, keys, strict=True))
    ]
    most = draw(st.integers(1, len(keys)))
    ballot: Plain = {
        "kind": kind,
        "options": options,
        "min_picks": 0 if kind == "yes_no" else 1,
        "max_picks": len(keys) if kind in {"yes_no", "score"} else most,
        "spend_limit": None,
        "allow_blank": True,
        "abstain_allowed": kind == "yes_no",
        "overpick": draw(one_of(*OVERPICKS[kind])),
    }
    if kind in {"pick", "budget"} and draw(st.booleans()):
        ballot["group_picks"] = draw(st.integers(1, 3))
    if kind == "budget":
        ballot["spend_limit"] = draw(st.none() | st.integers(100, 900))
    if kind == "rank":
        ballot["equal_ranks"] = draw(st.booleans())
    if kind == "score":
        ballot["score_max"] = draw(st.integers(1, 5))
    if kind == "points":
        ballot["points"] = draw(st.integers(max(1, most), 6)) if most <= 6 else 6
        ballot["points_cap"] = draw(st.none() | st.integers(1, ballot["points"]))
        ballot["spend_all"] = draw(st.booleans())
    return ballot


def marks_of(ballot: Plain) -> st.SearchStrategy[str]:
    """Draw marks; most of them may lie in the box."""
    keys, most = sorted(one["key"] for one in ballot["options"]), ballot["max_picks"]
    if ballot["kind"] in {"pick", "budget"}:
        found: Any = st.lists(st.sampled_from(keys), unique=True, max_size=most).map(sorted)
    elif ballot["kind"] == "yes_no":
        found = st.dictionaries(st.sampled_from(keys), one_of("yes", "no", "abstain"))
    elif ballot["kind"] == "score":
        found = st.dictionaries(st.sampled_from(keys), st.integers(0, ballot["score_max"]))
    elif ballot["kind"] == "points":
        cap = ballot["points_cap"] or ballot["points"]
        found = st.dictionaries(st.sampled_from(keys), st.integers(1, cap), max_size=most)
    else:
        one = st.sampled_from(keys).map(lambda key: [key])
        several = st.lists(st.sampled_from(keys), unique=True, max_size=3).map(sorted)
        found = st.lists(one | one | one | several, max_size=most).map(_without_end)
    texts: st.SearchStrategy[str] = found.map(_canonical)
    return texts


def _canonical(marks: Any) -> str:
    return json.dumps(marks, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _without_end(places: list[list[str]]) -> list[list[str]]:
    while places and not places[-1]:
        places = places[:-1]
    return places


def settings_of(name: str, ballot: Plain, options: int) -> st.SearchStrategy[Plain]:
    """Draw the settings of a rule."""
    seats, quorum = st.integers(1, options), st.none() | bars()
    reading = st.fixed_dictionaries(
        {},
        optional={
            "overvote": one_of("exhaust", "skip", "continuing"),
            "skipped": one_of("ignore", "exhaust", "exhaust_two"),
            "repeated": one_of("first", "exhaust"),
        },
    )
    if name in {"irv", "stv"}:
        ballot["equal_ranks"] = False
    ranked: Plain = {"quorum": quorum, "reading": reading}
    chosen: Plain = {"quorum": quorum, "seats": st.none() | seats}
    if name in WEIGHED:
        chosen["weights"] = weights()
    needed: Plain = (
        {"seats": seats} if name in {"seq_pav", "seq_phragmen", "equal_shares", "stv"} else {}
    )
    optional: Plain = {
        "plurality": {**chosen, "threshold": st.none() | bars(), "per_group": st.booleans()},
        "approval": {**chosen, "threshold": st.none() | bars(), "per_group": st.booleans()},
        "projects": {"quorum": quorum, "weights": weights()},
        "yes_no": {
            "quorum": quorum,
            "majority": st.none() | bars(),
            "abstain_counts": st.booleans(),
        },
        "seq_pav": {"quorum": quorum},
        "seq_phragmen": {"quorum": quorum},
        "equal_shares": {
            "quorum": quorum,
            "completion": one_of("phragmen", "votes", "none"),
        },
        "score": {**chosen, "of": one_of("sum", "mean"), "least": st.integers(1, 4)},
        "points": chosen,
        "irv": {
            **ranked,
            "elimination": one_of("one", "batch"),
            "stop": one_of("majority", "two"),
            "ties": one_of("earlier", "lot"),
        },
        "stv": {**ranked, "decimals": st.integers(0, 9), "ties": one_of("earlier", "lot")},
        "schulze": {**ranked, "seats": seats, "strength": one_of("winning", "margins")},
        "borda": {**ranked, "seats": seats, "unranked": one_of("zero", "average", "modified")},
    }[name]
    drawn = st.fixed_dictionaries(needed, optional=optional).map(_without_mean_of_parts)
    if name not in {"plurality", "approval"}:
        return drawn
    return drawn | st.fixed_dictionaries({"quorum": quorum, "seats_by": seats_by(options)}).map(
        _summed
    )


def _summed(rule: Plain) -> Plain:
    """The seats of the vote are those of its parts."""
    return {**rule, "seats": sum(part["seats"] for part in rule["seats_by"])}


@st.composite
def seats_by(draw: st.DrawFn, options: int) -> list[Plain]:
    """Draw the seats that web, paper and sometimes a body give, in any order; never too many."""
    parts: list[Plain] = [{"part": "web"}, {"part": "paper"}]
    if options > len(parts) and draw(st.booleans()):
        parts.append({"part": "committee", "body": True})
    seats = st.integers(1, options // len(parts))
    return [{**part, "seats": draw(seats)} for part in draw(st.permutations(parts))]


def _without_mean_of_parts(rule: Plain) -> Plain:
    """Means have no sum to share out."""
    return {key: rule[key] for key in rule if key != "weights" or rule.get("of") != "mean"}


@st.composite
def weights(draw: st.DrawFn) -> Plain:
    """Draw weights for web and paper or for all ballots, and sometimes for a body."""
    web = draw(st.integers(1, 60))
    paper = draw(st.integers(1, 99 - web))
    parts: list[Plain] = [{"part": "web", "weight": web}]
    if draw(st.booleans()):
        parts = [{"part": "all", "weight": web}]
        parts += [{"part": "committee", "weight": 100 - web, "body": True}]
    elif draw(st.booleans()):
        parts += [{"part": "paper", "weight": paper}]
        parts += [{"part": "committee", "weight": 100 - web - paper, "body": True}]
    else:
        parts += [{"part": "paper", "weight": 100 - web}]
    as_what, empty = draw(one_of("ballots", "points", "rank")), draw(one_of("spread", "void"))
    return {"parts": parts, "as": as_what, "empty": empty}
