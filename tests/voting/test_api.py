from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.factories.draws import hold, make_draw, make_published_draw
from tests.factories.places import make_area, make_district
from tests.factories.voting import make_contest, make_open_contest, run_to_the_end, vote
from voting.log import canonical, digest, verify_inclusion
from voting.services.figures import refresh_figures
from voting.services.leaves import sequence_leaves, sign_heads

pytestmark = pytest.mark.django_db
CONTESTS = "/api/v1/contests/"


def read(address: str, status: int = 200) -> Any:
    answer = Client().get(address)
    assert answer.status_code == status
    return answer.json()


@pytest.mark.parametrize("number", [1, 3])
def test_list_holds_public_contests_in_a_fixed_number_of_queries(number: int) -> None:
    made = [make_open_contest() for _ in range(number)]
    make_contest()
    with CaptureQueriesContext(connection) as caught:
        rows = read(CONTESTS)["results"]
    assert [row["id"] for row in rows] == [one.pk for one in reversed(made)]
    assert len([q for q in caught if "voting_contest" in q["sql"]]) == 1
    assert not {"config", "roll", "voters"} & set(rows[0])


def test_list_can_be_filtered_by_state_kind_and_area() -> None:
    district = make_district()
    dong = make_area(parent=district)
    one = make_open_contest(area=district)
    other = make_open_contest(kind="yes_no", max_picks=3)

    def ids(query: str) -> set[int]:
        return {row["id"] for row in read(f"{CONTESTS}?{query}")["results"]}

    assert ids("kind=yes_no") == {other.pk}
    assert ids(f"area={dong.code}") == {one.pk}
    assert ids("area=none") == set()
    assert ids("state=open") == {one.pk, other.pk}
    assert ids("state=published") == set()
    assert "state" in read(f"{CONTESTS}?state=draft", 400)


def test_detail_gives_the_frozen_rules_by_their_digest() -> None:
    contest = make_open_contest()
    found = read(f"{CONTESTS}{contest.pk}/")
    assert digest(canonical(found["config"])) == contest.config_digest
    assert found["result"] is None
    read(f"{CONTESTS}{make_contest().pk}/", 404)


def test_turnout_is_kept_back_where_the_vote_says_so() -> None:
    assert read(f"{CONTESTS}{make_open_contest(live_turnout=False).pk}/")["figures"] is None
    assert read(f"{CONTESTS}{make_open_contest().pk}/")["figures"]["web"] == 0


def test_leaf_answers_with_a_proof_that_verifies() -> None:
    contest = make_open_contest()
    receipt = vote(contest, "a")
    address = f"{CONTESTS}{contest.pk}/leaves/{receipt.leaf_hash}/"
    assert read(address)["index"] is None
    sequence_leaves(contest.pk)
    sign_heads(contest.pk)
    found = read(address)
    assert found["proven"] is True
    assert found["promise"] == receipt.signature
    assert verify_inclusion(
        leaf=bytes.fromhex(found["leaf"]),
        index=found["index"],
        size=found["head"]["size"],
        proof=[bytes.fromhex(step) for step in found["proof"]],
        root=bytes.fromhex(found["head"]["root"]),
    )
    assert found["head"] in read(f"{CONTESTS}{contest.pk}/heads/")["results"]
    read(f"{CONTESTS}{contest.pk}/leaves/{'0' * 64}/", 404)
    read(f"{CONTESTS}{contest.pk}/leaves/short/", 404)


def test_publications_give_figures_and_files() -> None:
    contest = make_open_contest()
    vote(contest, "b")
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    run_to_the_end(contest)
    assert read(f"{CONTESTS}{contest.pk}/")["result"]["winners"] == ["b"]
    listed = read(f"{CONTESTS}{contest.pk}/publications/")["results"]
    assert [row["version"] for row in listed] == [1]
    assert Client().get(listed[0]["bundle"]).status_code == 200
    detail = read(f"{CONTESTS}{contest.pk}/publications/1/")
    assert detail["result"]["turnout"] == 1
    assert "1표를 얻은 “의제 b”가 뽑혔습니다." in detail["summary"]["ko"]
    assert "“의제 b” was chosen with 1 vote." in detail["summary"]["en"]
    for one in detail["files"]:
        content = b"".join(Client().get(one["url"]))
        assert (len(content), digest(content)) == (one["size"], one["sha256"])
    read(f"{CONTESTS}{contest.pk}/publications/2/", 404)


def test_turnout_is_told_hour_by_hour_unless_the_vote_keeps_it_back() -> None:
    for shown, hours in ((True, 1), (False, 0)):
        contest = make_open_contest(live_turnout=shown)
        vote(contest, "a")
        refresh_figures()
        rows = read(f"{CONTESTS}{contest.pk}/turnout/")["results"]
        assert [(row["web"], row["paper"]) for row in rows] == [(1, 0)] * hours
    read(f"{CONTESTS}{make_contest().pk}/turnout/", 404)


def test_draws_are_listed_once_their_list_is_out_and_repeat_from_their_document() -> None:
    draft, draw = make_draw(), make_published_draw()
    drawn = hold(make_published_draw())
    assert [row["id"] for row in read("/api/v1/draws/")["results"]] == [drawn.pk, draw.pk]
    assert [row["id"] for row in read("/api/v1/draws/?state=drawn")["results"]] == [drawn.pk]
    assert read(f"/api/v1/draws/{draw.pk}/")["document"]["secret"] is None
    document = read(f"/api/v1/draws/{drawn.pk}/")["document"]
    assert document == read(f"/draws/{drawn.pk}/draw.json")
    assert document["outcome"] == drawn.outcome
    read(f"/api/v1/draws/{draft.pk}/", 404)
