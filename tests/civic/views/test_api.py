"""The description of the API is true, whole and readable."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import URLPattern
from drf_spectacular.drainage import GENERATOR_STATS
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.validation import validate_schema

from civic.urls import api_urlpatterns

pytestmark = pytest.mark.django_db


def paths() -> list[str]:
    """Every address of the API but the description's own, as the description writes them."""
    return [
        "/api/v1/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", str(each.pattern))
        for each in api_urlpatterns
        if isinstance(each, URLPattern) and each.name != "api_schema"
    ]


def test_the_description_is_valid_and_made_without_a_warning() -> None:
    GENERATOR_STATS.reset()
    schema = SchemaGenerator().get_schema(request=None, public=True)  # type: ignore[no-untyped-call]  # the library has no types here
    validate_schema(schema)  # type: ignore[no-untyped-call]  # the same
    assert not GENERATOR_STATS, [*GENERATOR_STATS._warn_cache, *GENERATOR_STATS._error_cache]


def test_the_description_names_every_address() -> None:
    described = Client().get("/api/v1/schema/", headers={"Accept": "application/json"}).json()
    assert described["openapi"].startswith("3.")
    found = {re.sub(r"{(id|slug)}", "{pk}", path) for path in described["paths"]}
    assert found == {re.sub(r"{(id|slug)}", "{pk}", path) for path in paths()}
    for operations in described["paths"].values():
        assert set(operations) == {"get"}  # the API is for reading
        answer = operations["get"]["responses"]["200"]
        assert answer["content"]["application/json"]["schema"]


def test_each_list_of_the_description_comes_in_pages_by_cursor() -> None:
    described = Client().get("/api/v1/schema/", headers={"Accept": "application/json"}).json()
    whole = {"/api/v1/areas/geojson/", "/api/v1/centres/geojson/"}
    for path, operations in described["paths"].items():
        schema = operations["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        assert schema.get("type") != "array", path
        names = {parameter["name"] for parameter in operations["get"].get("parameters", [])}
        if "Paginated" in schema.get("$ref", "") and path not in whole:
            assert {"cursor", "page_size"} <= names, path


def test_the_page_lists_every_address_with_its_words() -> None:
    page = Client().get("/api/")
    assert page.status_code == 200
    for resource in page.context["resources"]:
        assert resource["summary"], resource["path"]
    assert len(page.context["resources"]) == len(paths())
    assert 'href="/api/v1/schema/"' in page.content.decode()


@pytest.mark.parametrize("address", ["budgets/", "contests/", "proposals/", "house-rules/"])
def test_an_odd_cursor_is_refused_in_words(address: str) -> None:
    answer = Client().get(f"/api/v1/{address}?cursor=x")
    assert answer.status_code == 404
    assert answer.json()["detail"]
