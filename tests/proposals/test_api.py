"""Proposals as data."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from proposals.lifecycle import AnswerKind
from tests.factories.places import make_area
from tests.factories.proposals import make_answer, make_draft, make_proposal, make_reviewed
from tests.factories.residents import make_user

if TYPE_CHECKING:
    from django.test import Client

pytestmark = pytest.mark.django_db
LIST = "/api/v1/proposals/"


def test_the_list_has_masked_names_and_no_drafts(client: Client) -> None:
    make_draft()
    proposal = make_proposal(author=make_user(name="김느티"))
    rows = client.get(LIST).json()["results"]
    assert [(row["id"], row["author"]) for row in rows] == [(proposal.pk, "김○○")]
    assert "느티" not in str(rows[0]["author"])
    assert proposal.author.email not in client.get(LIST).content.decode()


def test_filters_by_dong_state_and_words(client: Client) -> None:
    area = make_area()
    proposal = make_proposal(area=area, title="정류장에 온열 의자를")
    make_proposal()

    def ids(**query: str) -> list[int]:
        return [row["id"] for row in client.get(LIST, query).json()["results"]]

    assert ids(area=area.code) == [proposal.pk]
    assert ids(q="온열의자") == [proposal.pk]
    assert ids(state="done") == []
    assert client.get(LIST, {"state": "draft"}).status_code == 400


def test_near_gives_the_nearest_first_page_by_page(client: Client) -> None:
    rows = [
        make_proposal(latitude=Decimal(f"35.12{place}"), longitude=Decimal("126.94")).pk
        for place in (9, 6, 7, 8, 6)
    ]
    make_proposal()
    page = client.get(LIST, {"near": "35.1251,126.94", "page_size": "2"}).json()
    found = page["results"]
    while page["next"]:
        page = client.get(page["next"]).json()
        found += page["results"]
    assert [row["id"] for row in found] == [rows[place] for place in (1, 4, 2, 3, 0)]
    assert found[0]["metres"] == 111
    close = client.get(LIST, {"near": "35.125,126.94", "within": "200"}).json()["results"]
    assert [row["id"] for row in close] == [rows[1], rows[4]]
    assert client.get(f"{LIST}{rows[0]}/").json()["metres"] is None


def test_a_place_that_is_none_is_said(client: Client) -> None:
    answer = client.get(LIST, {"near": "north"})
    assert (answer.status_code, list(answer.json())) == (400, ["near"])
    answer = client.get(LIST, {"within": "500"})
    assert (answer.status_code, list(answer.json())) == (400, ["within"])


def test_a_proposal_comes_with_its_answers_and_without_their_signers(client: Client) -> None:
    proposal = make_reviewed()
    answer = make_answer(proposal, AnswerKind.ADOPTED, cost=48_000_000)
    data = client.get(f"{LIST}{proposal.pk}/").json()
    assert [(a["kind"], a["cost"]) for a in data["answers"]] == [("adopted", 48_000_000)]
    assert answer.signed_by_ref not in str(data)
    assert client.get(f"{LIST}{make_draft().pk}/").status_code == 404


def test_versions_and_answers_are_listed(client: Client) -> None:
    proposal = make_reviewed()
    make_answer(proposal, AnswerKind.NOT_ADOPTED)
    versions = client.get(f"{LIST}{proposal.pk}/revisions/").json()
    assert [v["number"] for v in versions["results"]] == [1]
    answers = client.get("/api/v1/answers/", {"kind": "not_adopted"}).json()["results"]
    assert [a["proposal"] for a in answers] == [proposal.pk]
    assert client.get(f"{LIST}{make_draft().pk}/revisions/").status_code == 404


def test_the_list_costs_the_same_with_one_row_and_with_three(client: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get(LIST)
        return len(captured)

    make_proposal()
    one = cost()
    make_proposal()
    make_proposal()
    assert cost() == one
    assert one <= 2
