"""The house rules page."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.test import Client

from tests.factories.debates import make_flag, make_house_rule

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("many", [1, 3])
def test_rules_and_figures_in_few_queries(
    many: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(many):
        make_flag()
    with django_assert_num_queries(6):
        Client().get("/house-rules/")


def test_rules_are_read_in_the_readers_language() -> None:
    make_house_rule(title="개인정보 노출", english_title="Personal data shown")
    assert "개인정보 노출" in Client().get("/house-rules/").content.decode()
    client = Client()
    client.cookies["language"] = "en"
    assert "Personal data shown" in client.get("/house-rules/").content.decode()
