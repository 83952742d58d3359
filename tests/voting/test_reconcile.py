"""Equations of a box and of a contest, and the two blind passes over its sheets."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proceedings.refusals import Refusal
from tests.factories.bundles import agenda_town
from voting.ballots import Marks, SheetKind, SheetReading
from voting.reconcile import (
    BATCH_FIGURES,
    EQUATION_MESSAGES,
    REASON_WORDS,
    THIRD_PASS_ABOVE,
    BatchCounts,
    ContestCounts,
    Difference,
    Equation,
    HandCount,
    ReasonCode,
    SheetEntry,
    SheetState,
    check_batch,
    check_contest,
    check_counters,
    count_readings,
    disagreement,
    fold_sheet,
    refuse_certification,
    refuse_entry,
    same_reading,
)

FITTING = BatchCounts(
    key="neuti-1",
    centre="neuti",
    version=1,
    stubs=214,
    stubs_counted=214,
    signatures=214,
    slots=210,
    sheets=210,
    spoiled=3,
    returned=1,
    missing=0,
    valid=198,
    blank=5,
    void=6,
    unreadable=1,
)
EXPLAINED = {str(equation): str(ReasonCode.OTHER) for equation in Equation}
A = SheetReading(SheetKind.VALID, Marks('["a"]'))
B = SheetReading(SheetKind.VALID, Marks('["b"]'))
VOID = SheetReading(SheetKind.VOID, None, "too_many")


def entries(*readings: SheetReading) -> list[SheetEntry]:
    return [
        SheetEntry(number, reading, f"clerk-{number}")
        for number, reading in enumerate(readings, start=1)
    ]


# --- One box ---


def test_box_that_fits_has_no_difference_and_may_be_certified() -> None:
    assert check_batch(FITTING) == []
    assert refuse_certification(FITTING) is None


@pytest.mark.parametrize(
    ("box", "equation", "left", "right"),
    [
        (replace(FITTING, spoiled=2), Equation.STUBS, 214, 213),
        (replace(FITTING, signatures=213), Equation.SIGNATURES, 213, 214),
        (replace(FITTING, slots=211), Equation.SLOTS, 211, 210),
        (replace(FITTING, stubs_counted=215), Equation.STUBS_COUNTED, 215, 214),
        (
            replace(FITTING, stubs=216, stubs_counted=216, signatures=216, missing=2),
            Equation.MISSING,
            2,
            0,
        ),
    ],
)
def test_difference_that_may_be_explained_needs_a_reason(
    box: BatchCounts, equation: Equation, left: int, right: int
) -> None:
    assert check_batch(box) == [Difference(equation, left, right, blocking=False)]
    assert check_batch(box)[0].needs_reason
    refusal = refuse_certification(box)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.form_field) == (f"{equation}_unexplained", str(equation))
    assert refusal.message % refusal.params
    reasons = {str(equation): str(ReasonCode.TAKEN_AWAY)}
    assert refuse_certification(replace(box, reasons=reasons)) is None
    assert refuse_certification(replace(box, reasons={str(equation): "because"})) is not None


@pytest.mark.parametrize(
    ("box", "equation"),
    [
        (replace(FITTING, valid=197), Equation.SHEETS),
        (replace(FITTING, sheets=211, valid=199), Equation.MORE_PAPER),
        (replace(FITTING, returned=2), Equation.MORE_PAPER),
        (replace(FITTING, slots=209), Equation.SLOTS),
        (replace(FITTING, missing=-1, spoiled=4), Equation.NEGATIVE),
        (replace(FITTING, provisional=3, accepted=1, rejected=1), Equation.PROVISIONAL),
        (replace(FITTING, provisional=215, accepted=215), Equation.PROVISIONAL),
    ],
)
def test_difference_that_blocks_cannot_be_explained(box: BatchCounts, equation: Equation) -> None:
    differences = [one for one in check_batch(box) if one.blocking]
    assert differences[0].equation is equation
    assert not differences[0].needs_reason
    explained = replace(box, reasons=EXPLAINED)
    refusal = refuse_certification(explained)
    assert isinstance(refusal, Refusal)
    assert refusal.code == f"{equation}_differs"
    assert refusal.message % refusal.params


def test_one_sheet_too_many_blocks_even_if_a_missing_one_would_balance_it() -> None:
    box = replace(FITTING, sheets=211, valid=199, slots=211, missing=-1)
    assert {one.equation for one in check_batch(box) if one.blocking} >= {Equation.MORE_PAPER}


@settings(deadline=None)
@given(st.lists(st.integers(0, 5), min_size=len(BATCH_FIGURES), max_size=len(BATCH_FIGURES)))
def test_certified_box_never_holds_more_sheets_than_stubs_or_people(figures: list[int]) -> None:
    box = replace(FITTING, **dict(zip(BATCH_FIGURES, figures, strict=True)))  # type: ignore[arg-type]  # whole numbers
    if refuse_certification(replace(box, reasons=EXPLAINED)) is None:
        assert box.sheets <= min(box.stubs, box.slots)
        assert box.sheets == box.valid + box.blank + box.void + box.unreadable
    four = (
        box.stubs == box.sheets + box.spoiled + box.returned + box.missing,
        box.sheets == box.valid + box.blank + box.void + box.unreadable,
        box.signatures == box.stubs,
        box.slots == box.sheets,
    )
    if refuse_certification(box) is None:
        assert all(four)


def test_box_as_plain_values_holds_every_figure() -> None:
    plain = replace(FITTING, reasons={"slots": "outage"}).to_json()
    assert {name: plain[name] for name in BATCH_FIGURES} == {
        name: getattr(FITTING, name) for name in BATCH_FIGURES
    }
    assert (plain["key"], plain["centre"], plain["version"]) == ("neuti-1", "neuti", 1)
    assert plain["reasons"] == {"slots": "outage"}
    assert "provisional" not in plain
    told = replace(FITTING, provisional=3, accepted=2, rejected=1).to_json()
    assert (told["provisional"], told["accepted"], told["rejected"]) == (3, 2, 1)


def test_counters_who_differ_must_count_again() -> None:
    first = HandCount(sheets=210, stubs=214, signatures=214)
    assert check_counters(first, first) == []
    second = HandCount(sheets=209, stubs=214, signatures=213)
    assert check_counters(first, second) == [
        Difference(Equation.COUNTERS, 210, 209, blocking=True),
        Difference(Equation.COUNTERS, 214, 213, blocking=True),
    ]


def test_every_equation_and_reason_has_words() -> None:
    assert set(EQUATION_MESSAGES) == set(Equation)
    assert set(REASON_WORDS) == set(ReasonCode)


# --- The contest ---


def counts() -> ContestCounts:
    return agenda_town().contents().counts


def test_contest_that_fits_has_no_difference() -> None:
    assert check_contest(counts()) == []


@pytest.mark.parametrize(
    ("changed", "equation"),
    [
        ({"roll": 187}, Equation.ROLL),
        ({"leaves": 51}, Equation.WEB_SLOTS),
        ({"superseded": 2}, Equation.WEB_SLOTS),
        ({"voided": 0}, Equation.WEB_SLOTS),
        ({"batches": ()}, Equation.PAPER_SLOTS),
        ({"superseded": 60}, Equation.NEGATIVE),
        ({"voided": -1}, Equation.NEGATIVE),
    ],
)
def test_figure_of_the_contest_that_does_not_fit_blocks(
    changed: dict[str, object], equation: Equation
) -> None:
    differences = check_contest(replace(counts(), **changed))  # type: ignore[arg-type]  # a test names the fields it changes
    assert differences[0].equation is equation
    assert all(one.blocking for one in differences)


@pytest.mark.parametrize(
    ("channel", "change", "equation"),
    [
        ("web", {"ballots": 45}, Equation.WEB_BALLOTS),
        ("paper", {"ballots": 41}, Equation.PAPER_BALLOTS),
        ("paper", {"void": 3}, Equation.PAPER_VOID),
    ],
)
def test_opened_box_that_does_not_fit_blocks(
    channel: str, change: dict[str, int], equation: Equation
) -> None:
    before = counts()
    channels = tuple(
        replace(one, **change) if one.channel == channel else one  # type: ignore[arg-type]  # whole numbers
        for one in before.channels
    )
    differences = check_contest(replace(before, channels=channels))
    assert [one.equation for one in differences] == [equation]


def test_void_web_ballot_still_fits_its_slot() -> None:
    before = counts()
    channels = tuple(
        replace(one, ballots=one.ballots - 1, void=1) if one.channel == "web" else one
        for one in before.channels
    )
    assert check_contest(replace(before, channels=channels)) == []


# --- Two passes and a third ---


def test_sheet_goes_through_its_states() -> None:
    assert fold_sheet([]).state is SheetState.EXPECTED
    assert fold_sheet(entries(A)).state is SheetState.ENTERED_ONCE
    assert fold_sheet(entries(A, A), compared=False).state is SheetState.ENTERED_TWICE
    agreed = fold_sheet(entries(A, A))
    assert (agreed.state, agreed.final, agreed.differed) == (SheetState.AGREED, A, False)
    differs = fold_sheet(entries(A, B))
    assert (differs.state, differs.final, differs.differed) == (SheetState.DIFFERS, None, True)
    settled = fold_sheet(entries(A, B, VOID))
    assert (settled.state, settled.final, settled.differed) == (
        SheetState.ADJUDICATED,
        VOID,
        True,
    )


@settings(deadline=None)
@given(st.permutations(entries(A, B, A)))
def test_order_of_entries_does_not_matter(mixed: list[SheetEntry]) -> None:
    assert fold_sheet(mixed) == fold_sheet(entries(A, B, A))


def test_third_pass_over_an_agreed_sheet_is_final_but_no_disagreement() -> None:
    again = fold_sheet(entries(A, A, B))
    assert (again.state, again.final, again.differed) == (SheetState.ADJUDICATED, B, False)


def test_why_a_sheet_is_void_does_not_make_two_readings_differ() -> None:
    assert same_reading(VOID, replace(VOID, why="signed"))
    assert not same_reading(VOID, SheetReading(SheetKind.UNREADABLE, None))
    assert not same_reading(A, B)


@pytest.mark.parametrize(
    "wrong",
    [
        [SheetEntry(2, A, "clerk-1")],
        [SheetEntry(1, A, "clerk-1"), SheetEntry(1, A, "clerk-2")],
        [SheetEntry(1, A, "clerk-1"), SheetEntry(3, A, "clerk-2")],
        [SheetEntry(1, A, "clerk-1"), SheetEntry(2, A, "clerk-1")],
        [*entries(A, B, A), SheetEntry(4, A, "clerk-4")],
    ],
)
def test_entries_that_cannot_be_are_an_error(wrong: list[SheetEntry]) -> None:
    with pytest.raises(ValueError, match=r"numbered 1, 2, 3|same sheet twice"):
        fold_sheet(wrong)


@pytest.mark.parametrize(
    ("before", "pass_number", "typed_by", "code"),
    [
        (entries(A), 2, "clerk-1", "typed_before"),
        (entries(A, B), 3, "clerk-2", "typed_before"),
        (entries(A), 1, "clerk-9", "pass_taken"),
        (entries(A, A), 3, "clerk-9", "nothing_to_settle"),
        (entries(A), 3, "clerk-9", "nothing_to_settle"),
        (entries(), 4, "clerk-9", "no_such_pass"),
        (entries(), 0, "clerk-9", "no_such_pass"),
    ],
)
def test_entry_by_the_wrong_person_or_in_the_wrong_pass_is_refused(
    before: list[SheetEntry], pass_number: int, typed_by: str, code: str
) -> None:
    refusal = refuse_entry(before, pass_number=pass_number, typed_by=typed_by)
    assert isinstance(refusal, Refusal)
    assert refusal.code == code
    assert refusal.message % refusal.params
    assert refusal.next_step % refusal.params


@pytest.mark.parametrize(
    ("before", "pass_number", "third_pass"),
    [
        (entries(), 1, False),
        (entries(), 2, False),
        (entries(A), 2, False),
        (entries(A, B), 3, False),
        (entries(A, A), 3, True),
    ],
)
def test_entry_by_another_person_in_the_next_pass_is_taken(
    before: list[SheetEntry], pass_number: int, *, third_pass: bool
) -> None:
    assert (
        refuse_entry(before, pass_number=pass_number, typed_by="clerk-9", third_pass=third_pass)
        is None
    )


def test_disagreement_is_an_exact_share_of_compared_sheets() -> None:
    folds = [fold_sheet(entries(A, A))] * 49 + [fold_sheet(entries(A, B))]
    folds += [fold_sheet(entries(A))] * 10
    assert disagreement(folds) == Fraction(1, 50) == THIRD_PASS_ABOVE
    assert disagreement([*folds, fold_sheet(entries(A, B, B))]) > THIRD_PASS_ABOVE
    assert disagreement([fold_sheet([])]) == 0


def test_readings_are_counted_by_kind() -> None:
    assert count_readings([A, B, VOID]) == {
        SheetKind.VALID: 2,
        SheetKind.BLANK: 0,
        SheetKind.VOID: 1,
        SheetKind.UNREADABLE: 0,
    }
