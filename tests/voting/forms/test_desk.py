"""Keys of the typing page as readings, and what is refused with words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from voting.ballots import BallotDesign, BallotKind, Option, SheetKind
from voting.forms.desk import (
    CorrectionForm,
    CountForm,
    MissingForm,
    ReasonForm,
    SealForm,
    SheetForm,
)

if TYPE_CHECKING:
    from voting.services.paper import SheetTyping

NUMBER = "900101-1234567"


def design(options: int = 8, kind: BallotKind = BallotKind.PICK, **columns: object) -> BallotDesign:
    keys = [f"o{number}" for number in range(1, options + 1)]
    return BallotDesign(
        kind=kind,
        options=tuple(Option(key, place, key) for place, key in enumerate(keys, start=1)),
        max_picks=options if kind is BallotKind.YES_NO else 3,
        **columns,  # type: ignore[arg-type]  # columns of a design
    )


def typed(keys: str, of: BallotDesign | None = None) -> SheetTyping:
    form = SheetForm({"sheet": "1", "keys": keys}, design=of or design())
    assert form.is_valid(), form.errors
    return form.typing()


def error(keys: str, of: BallotDesign | None = None) -> str:
    form = SheetForm({"sheet": "1", "keys": keys}, design=of or design())
    assert not form.is_valid()
    assert form["keys"].value() == keys
    return str(form.errors["keys"][0])


@pytest.mark.parametrize("keys", ["137", "1 3 7", "1,3,7", "1.3.7", "1+3+7", " 1  37 "])
def test_numbers_are_marks_however_they_are_parted(keys: str) -> None:
    assert typed(keys).raw == ["o1", "o3", "o7"]


@pytest.mark.parametrize("keys", ["10 2", "10+2", "10.2"])
def test_ballot_of_ten_and_more_parts_its_numbers(keys: str) -> None:
    assert typed(keys, design(12)).raw == ["o10", "o2"]


@pytest.mark.parametrize(
    ("keys", "why"),
    [("*1", "signed"), ("*2", "not_a_ballot"), ("* 3", "crossed_out"), ("*4", "other")],
)
def test_star_and_number_is_void_with_a_reason(keys: str, why: str) -> None:
    reading = typed(keys)
    assert (reading.declared, reading.why) == (SheetKind.VOID, why)


def test_zero_is_blank_and_slash_unreadable() -> None:
    assert (typed("0").declared, typed("0").raw) == (SheetKind.BLANK, [])
    assert typed("/").declared is SheetKind.UNREADABLE
    assert typed("000", design(3, BallotKind.YES_NO)).raw == {}


def test_yes_no_takes_one_key_for_each_item() -> None:
    three = design(3, BallotKind.YES_NO, abstain_allowed=True)
    assert typed("120", three).raw == {"o1": "yes", "o2": "no"}
    assert typed("3 9 1", three).raw == {"o1": "abstain", "o2": ["yes", "no"], "o3": "yes"}


def test_nothing_typed_is_no_blank_sheet() -> None:
    form = SheetForm({"sheet": "1", "keys": "  "}, design=design())
    assert not form.is_valid()


@pytest.mark.parametrize("keys", ["9", "12x", "1/", "10"])
def test_key_that_is_no_option_is_refused_and_kept(keys: str) -> None:
    assert error(keys)


@pytest.mark.parametrize("keys", ["*", "*5", "*12"])
def test_void_without_its_reason_is_refused(keys: str) -> None:
    assert error(keys)


@pytest.mark.parametrize("keys", ["12", "1201", "123", "1x2"])
def test_yes_no_with_the_wrong_number_of_answers_or_an_unknown_one_is_refused(keys: str) -> None:
    assert error(keys, design(3, BallotKind.YES_NO))


def test_typical_sheet_takes_five_keys_at_most() -> None:
    """Three marks and Enter; a void or blank sheet takes three."""
    assert max(len(keys) + 1 for keys in ("137", "28", "4", "0", "*3", "/")) <= 5


@pytest.mark.parametrize(
    "form",
    [
        SealForm({"seal_numbers": NUMBER, "email": "a@example.org", "code": "123456"}),
        MissingForm({"request_id": "8b6b3d22-25f5-4b0c-9c0f-3f2f8f6bb4c0", "reason": NUMBER}),
        ReasonForm({"equation": "stubs", "code": "other", "note": NUMBER}),
        CorrectionForm({"what": NUMBER, "why": "-", "evidence": "-"}),
    ],
)
def test_resident_number_is_refused_in_every_text(form: object) -> None:
    assert not form.is_valid()  # type: ignore[attr-defined]  # each is a form
    assert len(form.errors) == 1  # type: ignore[attr-defined]  # the same


@pytest.mark.parametrize("sheets", ["-1", "", "x", "100001"])
def test_count_is_a_whole_number(sheets: str) -> None:
    assert not CountForm({"sheets": sheets, "stubs": "1", "signatures": "1"}).is_valid()
