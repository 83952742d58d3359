"""Beginning a contest, and the lines of its ballot."""

from __future__ import annotations

from typing import Any

import pytest

from tests.factories.places import make_district
from tests.factories.voting import make_contest
from voting.forms.office import COPY, MOST_OPTIONS, BeginForm, OptionForms
from voting.models import ContestPreset

pytestmark = pytest.mark.django_db


def lines(*rows: dict[str, str]) -> Any:
    data = {"form-TOTAL_FORMS": str(len(rows)), "form-INITIAL_FORMS": "0"}
    for place, row in enumerate(rows):
        data |= {f"form-{place}-{name}": value for name, value in row.items()}
    return OptionForms(data)


def begin(**columns: str) -> BeginForm:
    return BeginForm({"title": "올해 의제", "area": str(make_district().pk), **columns})


def test_presets_of_budgets_are_not_offered() -> None:
    names = [one.name for one in BeginForm().presets.values()]
    assert "마을의제 순위(광주형)" in names
    assert "참여예산 구 단위" not in names


def test_a_contest_begins_with_something() -> None:
    assert begin().has_error("begin", "required")
    preset = ContestPreset.objects.get(slug="songdo")
    assert begin(begin=str(preset.pk)).is_valid()


def test_a_copy_names_what_is_copied() -> None:
    assert begin(begin=COPY).has_error("earlier")
    assert begin(begin=COPY, earlier=str(make_contest().pk)).is_valid()


def test_lines_come_in_the_order_of_their_places_and_without_the_removed() -> None:
    forms = lines(
        {"title": "셋째", "ORDER": "3"},
        {"title": "빠짐", "ORDER": "2", "DELETE": "on"},
        {"title": "첫째", "ORDER": "1"},
        {"title": "끝"},
        {},
    )
    assert forms.is_valid(), forms.errors
    assert [row["title"] for row in forms.rows()] == ["첫째", "셋째", "끝"]


def test_a_title_twice_is_refused() -> None:
    forms = lines({"title": "그늘막"}, {"title": "그늘막"})
    assert not forms.is_valid()
    assert [error.code for error in forms.non_form_errors().as_data()] == ["twice"]


def test_a_line_with_words_needs_a_title() -> None:
    forms = lines({"detail": "설명만 있는 줄"})
    assert not forms.is_valid()
    assert "title" in forms.forms[0].errors


@pytest.mark.parametrize(
    ("url", "good"),
    [
        ("https://example.org/a", True),
        ("/proposals/3/", True),
        ("", True),
        ("javascript:alert(1)", False),
        ("//example.org", False),
        ("example.org", False),
    ],
)
def test_an_address_leads_to_a_page(url: str, good: bool) -> None:  # noqa: FBT001 - a row of the table
    assert lines({"title": "의제", "url": url}).is_valid() is good


def test_a_ballot_has_a_longest_length() -> None:
    forms = lines(*({"title": f"의제 {n}"} for n in range(MOST_OPTIONS + 1)))
    assert not forms.is_valid()
