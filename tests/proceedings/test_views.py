"""The page of a process, and processes as data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.factories.proceedings import make_field, make_phase, make_process

if TYPE_CHECKING:
    from django.test import Client
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("rows", [1, 3])
def test_page_shows_every_stage_in_two_questions(
    rows: int, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    process = make_process(slug="budget-2027")
    for number in range(rows):
        make_phase(process=process, kind=["propose", "debate", "vote"][number])
    with django_assert_num_queries(2):
        response = client.get("/processes/budget-2027/")
    assert response.content.decode().count("rows__one") == rows
    assert not response.cookies


def test_process_without_stages_says_so_and_a_private_one_is_not_found(client: Client) -> None:
    make_process(slug="empty")
    make_process(slug="secret", is_public=False)
    assert "아직 정해진 단계가 없습니다" in client.get("/processes/empty/").content.decode()
    assert client.get("/processes/secret/").status_code == 404
    assert client.get("/api/v1/processes/secret/").status_code == 404


@pytest.mark.parametrize("rows", [1, 3])
def test_processes_are_data_in_two_questions(
    rows: int, client: Client, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(rows):
        make_phase()
    with django_assert_num_queries(2):
        answer = client.get("/api/v1/processes/").json()
    assert [len(each["phases"]) for each in answer["results"]] == [1] * rows


def test_fields_are_data_in_their_order(client: Client) -> None:
    last, first = make_field(position=9000), make_field(position=0)
    slugs = [each["slug"] for each in client.get("/api/v1/fields/?page_size=100").json()["results"]]
    assert slugs.index(first.slug) < slugs.index(last.slug)
