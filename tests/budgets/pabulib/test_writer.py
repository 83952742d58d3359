"""Writing: what is read back is what was written."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from budgets.pabulib import (
    PabulibBallot,
    PabulibElection,
    PabulibProject,
    VoteType,
    read_pabulib,
    write_pabulib,
)

DATA = Path(__file__).parents[2] / "data" / "pabulib"
META = {"budget": "10", "vote_type": "approval"}


def one_line(text: str) -> str:
    return " ".join(text.split())


line = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12).map(one_line)
text_line = line.filter(bool)
voter_ids = text_line.filter(lambda text: text.upper() not in {"META", "PROJECTS", "VOTES"})
ids = voter_ids.filter(lambda text: "," not in text)
money = st.one_of(
    st.integers(0, 10**9),
    st.integers(1, 10**6).map(lambda cents: Fraction(cents, 100)),
)
extra = st.dictionaries(st.sampled_from(["category", "note; x", "subunit"]), text_line, max_size=3)


@st.composite
def elections(draw: st.DrawFn) -> PabulibElection:
    vote_type = draw(st.sampled_from(list(VoteType)))
    keys = draw(st.lists(ids, unique=True, max_size=4))
    whole = st.none() | st.integers(0, 99)
    projects = tuple(
        PabulibProject(
            key, draw(money), draw(line), draw(whole), draw(whole), draw(whole), draw(extra)
        )
        for key in keys
    )
    length = 1 if vote_type is VoteType.CHOOSE_ONE else len(keys)
    subsets = st.lists(st.sampled_from(keys), unique=True, max_size=length) if keys else st.just([])
    ballots = []
    for voter in draw(st.lists(voter_ids, unique=True, max_size=4)):
        choices = tuple(draw(subsets))
        points = tuple(draw(money) for _ in choices) if vote_type.has_points else ()
        ballots.append(PabulibBallot(voter, choices, points, draw(extra)))
    meta = {
        **draw(st.dictionaries(st.sampled_from(["description", "my key", "comment"]), text_line)),
        "budget": str(draw(st.integers(0, 10**9))),
        "vote_type": vote_type.value,
    }
    return PabulibElection(meta, projects, tuple(ballots))


@settings(deadline=None, max_examples=300)
@given(elections())
def test_what_is_written_is_read_back_the_same(election: PabulibElection) -> None:
    assert read_pabulib(write_pabulib(election)).election == election
    assert read_pabulib(write_pabulib(election).encode()).election == election


def test_a_file_in_the_usual_order_is_written_byte_by_byte() -> None:
    text = (DATA / "approval_greedy.pb").read_text(encoding="utf-8")
    assert write_pabulib(read_pabulib(text).election) == text


def test_keys_and_columns_come_in_the_order_of_the_library() -> None:
    election = PabulibElection(
        {"zebra": "1", "rule": "greedy", "budget": "10", "vote_type": "approval", "country": "X"},
        (PabulibProject("a", 1, selected=1, extra={"zoo": "z", "category": "c"}),),
        (PabulibBallot("v", ("a",), extra={"mood": "m", "age": "20"}),),
    )
    assert write_pabulib(election).splitlines() == [
        *("META", "key;value", "country;X", "budget;10", "vote_type;approval", "rule;greedy"),
        *("zebra;1", "PROJECTS", "project_id;cost;category;selected;zoo", "a;1;c;1;z"),
        *("VOTES", "voter_id;vote;age;mood", "v;a;20;m"),
    ]


@pytest.mark.parametrize(
    "election",
    [
        PabulibElection({**META, "comment": "two\nlines"}, (), ()),
        PabulibElection({**META, "comment": " space"}, (), ()),
        PabulibElection({**META, "comment": ""}, (), ()),
        PabulibElection(META, (PabulibProject("a,b", 1),), ()),
        PabulibElection(META, (PabulibProject("", 1),), ()),
        PabulibElection(META, (PabulibProject("a", Fraction(1, 3)),), ()),
        PabulibElection(META, (PabulibProject("a", 1, "two\rlines"),), ()),
        PabulibElection(META, (), (PabulibBallot("votes", ()),)),
    ],
    ids=["lines", "space", "empty", "comma", "no-id", "third", "name", "title"],
)
def test_what_could_not_be_read_back_is_refused(election: PabulibElection) -> None:
    with pytest.raises(ValueError, match=r"one line|an id|finite"):
        write_pabulib(election)
