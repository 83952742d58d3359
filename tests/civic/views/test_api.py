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
from civic.views.api import described

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
        for operation in operations.values():
            done = [words for status, words in operation["responses"].items() if status < "300"]
            assert [one["content"]["application/json"]["schema"] for one in done]


def test_the_description_names_every_write_with_its_refusals() -> None:
    described = Client().get("/api/v1/schema/", headers={"Accept": "application/json"}).json()
    found = set()
    for path, operations in described["paths"].items():
        for method, operation in operations.items():
            if method == "get":
                assert set(operation["responses"]) == {"200"}, path
                continue
            found.add((method, path))
            refused = {*operation["responses"]} - {"200", "201"}
            assert refused == {"403", "404", "409", "422", "429"}, path
            for status in refused:
                schema = operation["responses"][status]["content"]["application/json"]["schema"]
                assert schema == {"$ref": "#/components/schemas/Refusal"}
    assert found == {
        ("put", "/api/v1/proposals/{id}/support/"),
        ("delete", "/api/v1/proposals/{id}/support/"),
        ("post", "/api/v1/threads/{thread}/comments/"),
        ("put", "/api/v1/comments/{id}/reaction/"),
    }
    refusal = described["components"]["schemas"]["Refusal"]
    assert refusal["required"] == ["code", "message", "next_step"]


def test_each_list_of_the_description_comes_in_pages_by_cursor() -> None:
    described = Client().get("/api/v1/schema/", headers={"Accept": "application/json"}).json()
    whole = {"/api/v1/areas/geojson/", "/api/v1/centres/geojson/"}
    for path, operations in described["paths"].items():
        if "get" not in operations:
            continue
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
    reads = [each for each in page.context["resources"] if each["method"] == "GET"]
    said = next(each for each in page.context["resources"] if each["method"] == "POST")
    names = [one.name for one in said["parameters"] if one.name != "thread"]
    assert names == ["body", "position", "parent", "contacts_meant"]
    written = {each["path"] for each in page.context["resources"] if each["method"] != "GET"}
    assert len({each["path"] for each in reads} | written) == len(paths())
    assert 'href="/api/v1/schema/"' in page.content.decode()


def test_the_page_reads_the_marks_of_the_description() -> None:
    page = Client().get("/api/").content.decode()
    main = page[page.index("<main") : page.index("</main>")]
    assert '<li><code>adopted</code> <span lang="ko">채택</span></li>' in main
    assert "<li><code>not_useful</code></li>" in main
    assert "With <code>near</code>: at most so many metres away." in main
    assert "`" not in main
    assert "* " not in main


def test_words_without_marks_stay_as_they_are() -> None:
    words = described("q", "2 * 3 - what is meant")
    assert (words.pieces, words.choices) == (("2 * 3 - what is meant",), ())


@pytest.mark.parametrize("address", ["budgets/", "contests/", "proposals/", "house-rules/"])
def test_an_odd_cursor_is_refused_in_words(address: str) -> None:
    answer = Client().get(f"/api/v1/{address}?cursor=x")
    assert answer.status_code == 404
    assert answer.json()["detail"]
