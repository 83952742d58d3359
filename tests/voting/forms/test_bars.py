"""Quorums and majorities as clerks type them."""

from __future__ import annotations

from typing import Any

import pytest
from django import forms

from voting.forms.bars import BASES, BarField, read_share


class BarForm(forms.Form):
    bar = BarField(bases=tuple(BASES), label="정족수")


def typed(of: str = "", share: str = "", more: str = "", number: str = "") -> BarForm:
    return BarForm({"bar_of": of, "bar_share": share, "bar_more": more, "bar_number": number})


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("25%", "1/4"),
        ("0.5 %", "1/200"),
        ("1/3", "1/3"),
        ("2 / 4", "1/2"),
        ("33.3333%", "333333/1000000"),
        ("25", None),
        ("1/0", None),
        ("0%", None),
        ("반", None),
    ],
)
def test_a_share_is_read_exactly_or_not_at_all(text: str, share: str | None) -> None:
    assert read_share(text) == share


def test_a_multiple_of_members_is_typed_as_a_number() -> None:
    assert (read_share("3배", multiple=True), read_share("3", multiple=True)) == ("3/1", "3/1")


@pytest.mark.parametrize(
    ("parts", "bar"),
    [
        ({}, None),
        ({"of": "roll", "share": "1/4"}, {"of": "roll", "share": "1/4"}),
        (
            {"of": "valid", "share": "1/2", "more": "1"},
            {"of": "valid", "share": "1/2", "strict": True},
        ),
        ({"of": "census", "share": "0.5%"}, {"of": "fixed", "share": "1/200"}),
        ({"of": "fixed", "number": "300"}, {"of": "fixed", "number": 300}),
        (
            {"of": "members", "share": "3", "number": "24"},
            {"of": "members", "share": "3/1", "number": 24},
        ),
    ],
)
def test_a_bar_is_stored_as_it_is_counted_and_shown_again_as_typed(
    parts: dict[str, str], bar: dict[str, Any] | None
) -> None:
    form = typed(**parts)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["bar"] == bar
    shown = BarForm.base_fields["bar"].widget.decompress(bar)
    assert BarForm.base_fields["bar"].clean([str(part or "") for part in shown]) == bar


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"of": "roll"}, "share"),
        ({"of": "roll", "share": "25"}, "share"),
        ({"of": "fixed"}, "number"),
        ({"of": "members", "share": "3"}, "number"),
        ({"of": "valid", "share": "120%"}, "too_much"),
        ({"of": "valid", "share": "100%", "more": "1"}, "too_much"),
        ({"of": "census", "share": "100%"}, "too_much"),
    ],
)
def test_what_cannot_be_counted_is_said(parts: dict[str, str], code: str) -> None:
    form = typed(**parts)
    assert form.has_error("bar", code), form.errors


def test_each_input_has_a_label_of_its_own() -> None:
    html = typed().as_p()
    for place in range(4):
        assert f'<label for="id_bar_{place}">' in html
