"""Proposals as data."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from proposals.lifecycle import AnswerKind
from proposals.models import Support
from proposals.services import refresh_figures, withdraw_proposal
from tests.factories.debates import make_house_rule
from tests.factories.places import make_area
from tests.factories.proposals import (
    make_answer,
    make_draft,
    make_preset,
    make_proposal,
    make_reviewed,
    make_supporter,
)
from tests.factories.residents import make_department, make_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from proposals.models import Proposal
    from residents.models import User

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


@pytest.mark.parametrize("many", [1_000, 2])
def test_near_gives_the_nearest_first_page_by_page(
    many: int, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proposals.api.MANY", many)
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
    back = client.get(page["previous"]).json()["results"]
    assert [row["id"] for row in back] == [rows[place] for place in (2, 3)]
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


def test_a_proposal_tells_each_step_with_its_reason_and_without_who_took_it(
    client: Client,
) -> None:
    proposal = make_proposal()
    withdraw_proposal(actor=proposal.author, proposal_id=proposal.pk, reason="이미 고쳐졌습니다.")
    history = client.get(f"{LIST}{proposal.pk}/").json()["history"]
    assert [(step["from_state"], step["to_state"], step["reason"]) for step in history] == [
        ("draft", "gathering", ""),
        ("gathering", "withdrawn", "이미 고쳐졌습니다."),
    ]
    assert proposal.author.actor_ref not in str(history)


def test_late_answers_and_how_departments_keep_their_word_are_given(client: Client) -> None:
    department = make_department(name="가로수과")
    yesterday = timezone.localdate() - timedelta(days=1)
    late = make_proposal(state="reviewing", department=department, answer_due_on=yesterday)
    other = make_proposal()

    def ids(value: str) -> list[int]:
        rows = client.get(LIST, {"is_overdue": value}).json()["results"]
        return [row["id"] for row in rows]

    assert (ids("true"), ids("false")) == ([late.pk], [other.pk])
    rows = client.get("/api/v1/departments/figures/").json()["departments"]
    assert {
        "department": "가로수과", "waiting": 1, "overdue": 1, "answered": 0, "adopted": 0, "done": 0,
    } in rows  # fmt: skip


def test_no_answer_is_promised_while_the_clock_stands(client: Client) -> None:
    proposal = make_reviewed()
    url = f"{LIST}{proposal.pk}/"
    due = proposal.answer_due_on
    assert due is not None
    assert client.get(url).json()["answer_due_on"] == due.isoformat()
    make_answer(proposal, AnswerKind.REPAIR)
    [row] = client.get(LIST).json()["results"]
    assert (row["state"], row["answer_due_on"]) == ("repair", None)
    assert client.get(url).json()["answer_due_on"] is None


def test_versions_and_answers_are_listed(client: Client) -> None:
    proposal = make_reviewed(latitude=Decimal("35.125"), longitude=Decimal("126.94"))
    make_answer(proposal, AnswerKind.NOT_ADOPTED)
    versions = client.get(f"{LIST}{proposal.pk}/revisions/").json()
    assert [
        (v["number"], v["latitude"], v["longitude"], v["area"]) for v in versions["results"]
    ] == [(1, "35.125000", "126.940000", proposal.area.code)]
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


def support_address(proposal: Proposal) -> str:
    return f"{LIST}{proposal.pk}/support/"


def test_a_support_is_counted_once_however_often_it_is_put(
    client_of: Callable[[User], Client],
) -> None:
    make_preset(threshold=500)
    proposal, client = make_proposal(), client_of(make_supporter())
    refresh_figures()
    for _try in range(2):
        answer = client.put(support_address(proposal))
        assert answer.status_code == 200
        assert (answer.json()["id"], answer.json()["supports"]) == (proposal.pk, 1)
    assert proposal.supports.count() == 1
    for _try in range(2):
        answer = client.delete(support_address(proposal))
        assert (answer.status_code, answer.json()["supports"]) == (200, 0)
    assert proposal.supports.count() == 0


def test_the_crossing_support_shows_the_next_stage(client_of: Callable[[User], Client]) -> None:
    make_preset(threshold=1)
    proposal, client = make_proposal(), client_of(make_supporter())
    assert client.put(support_address(proposal)).json()["state"] == "reviewing"
    refused = client.delete(support_address(proposal))
    assert (refused.status_code, refused.json()["code"]) == (409, "support_final")
    late = client_of(make_supporter()).put(support_address(proposal))
    assert (late.status_code, late.json()["code"]) == (409, "support_closed")
    assert proposal.supports.count() == 1


def test_only_residents_support(client_of: Callable[[User], Client]) -> None:
    proposal, client = make_proposal(), client_of(make_user())
    for answer in (client.put(support_address(proposal)), client.delete(support_address(proposal))):
        assert (answer.status_code, answer.json()["code"]) == (403, "residence_not_confirmed")
        assert answer.json()["next_step"]
    assert not proposal.supports.exists()


def test_what_is_hidden_a_draft_or_not_there_is_not_supported(
    client_of: Callable[[User], Client],
) -> None:
    client = client_of(make_supporter())
    hidden = make_proposal(is_hidden=True, hidden_rule=make_house_rule(), hidden_at=timezone.now())
    for pk in (hidden.pk, make_draft().pk, 0):
        for answer in (client.put(f"{LIST}{pk}/support/"), client.delete(f"{LIST}{pk}/support/")):
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
    assert not Support.objects.exists()


def test_supports_share_the_limit_of_the_page(
    client_of: Callable[[User], Client], limit_to: Callable[[str, str], None]
) -> None:
    limit_to("support", "1/hour")
    first, second, client = make_proposal(), make_proposal(), client_of(make_supporter())
    client.post(f"/proposals/{first.pk}/support/")
    for answer in (client.put(support_address(second)), client.delete(support_address(first))):
        assert (answer.status_code, answer.json()["code"]) == (429, "limit_reached")
        assert 0 < int(answer["Retry-After"]) <= 3600
    assert first.supports.count() == 1
    assert not second.supports.exists()


def test_a_support_costs_the_same_with_many_supports(client_of: Callable[[User], Client]) -> None:
    make_preset(threshold=500)
    proposal = make_proposal()
    counts = []
    for _ in range(3):
        client = client_of(make_supporter())
        with CaptureQueriesContext(connection) as captured:
            assert client.put(support_address(proposal)).status_code == 200
        counts.append(len(captured))
    assert len(set(counts)) == 1
    assert counts[0] <= 14


def test_departments_and_rules_of_support_are_given(client: Client) -> None:
    department = make_department(name="가로수과", english_name="Trees", phone="062-000-0001")
    make_department(name="옛 부서", is_active=False)
    preset = make_preset(threshold=70, days=45)
    rows = client.get("/api/v1/departments/", {"page_size": 100}).json()["results"]
    assert {"name": "가로수과", "english_name": "Trees", "phone": department.phone} in rows
    assert "옛 부서" not in [row["name"] for row in rows]
    rules = client.get("/api/v1/support-presets/").json()["results"]
    found = next(rule for rule in rules if rule["name"] == preset.name)
    assert (found["threshold"], found["days"], found["is_default"]) == (70, 45, True)
