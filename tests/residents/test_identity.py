"""How one person is found again."""

from __future__ import annotations

import unicodedata
from datetime import date

import pytest

from residents import codes
from residents.identity import (
    check_consent_age,
    identity_hash,
    keyed_hash,
    match_hash,
    plain_name,
    read_birth_date,
    year_from,
)

BORN = date(1958, 3, 12)
TODAY = date(2026, 11, 22)


def test_spelling_of_a_name_does_not_matter() -> None:
    written = ["김무등", " 김 무등 ", unicodedata.normalize("NFD", "김무등")]
    assert len({identity_hash("k", name, BORN) for name in written}) == 1
    assert plain_name("Nguyễn Văn-An") == plain_name("NGUYỄN VĂN AN")


def test_key_name_date_and_mark_all_matter() -> None:
    hashes = {
        identity_hash("k", "김무등", BORN),
        identity_hash("other", "김무등", BORN),
        identity_hash("k", "김무동", BORN),
        identity_hash("k", "김무등", date(1958, 3, 13)),
        identity_hash("k", "김무등", BORN, "2"),
    }
    assert len(hashes) == 5


def test_parts_cannot_run_into_each_other() -> None:
    assert keyed_hash("k", "p", "ab", "c") != keyed_hash("k", "p", "a", "bc")


def test_hash_without_a_key_is_a_mistake_of_the_set_up() -> None:
    with pytest.raises(ValueError, match="key"):
        identity_hash("", "김무등", BORN)


def test_only_the_end_of_the_phone_number_counts() -> None:
    assert match_hash("k", "김무등", BORN, "010-0000-1234") == match_hash(
        "k", "김무등", BORN, "１２３４"
    )
    with pytest.raises(ValueError, match="four digits"):
        match_hash("k", "김무등", BORN, "12")


@pytest.mark.parametrize("text", ["19580312", "1958. 3. 12.".replace(" 3", "03"), "1958-03-12"])
def test_birth_date_is_read_with_and_without_signs(text: str) -> None:
    assert read_birth_date(text, TODAY) == BORN


@pytest.mark.parametrize(
    "text", ["580312", "19580231", "20261123", "18950101", "생일", "195803121"]
)
def test_what_is_no_birth_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_birth_date(text, TODAY)


def test_a_year_from_a_leap_day_ends_on_the_28th() -> None:
    assert year_from(date(2024, 2, 29)) == date(2025, 2, 28)
    assert year_from(TODAY) == date(2027, 11, 22)


def test_under_14_needs_a_guardian_until_the_birthday() -> None:
    fourteen = date(2012, 11, 22)
    tomorrow = date(2012, 11, 23)
    assert check_consent_age(fourteen, TODAY, has_guardian=False) is None
    refusal = check_consent_age(tomorrow, TODAY, has_guardian=False)
    assert refusal is not None
    assert refusal.code == "guardian_needed"
    assert check_consent_age(tomorrow, TODAY, has_guardian=True) is None


def test_code_is_read_as_people_write_it() -> None:
    code = codes.new_code(lambda letters: letters[0])
    assert code == "33333333"
    assert codes.shown("A4K7EMRT") == "A4K7-EMRT"
    assert codes.plain(" a4k7–emrt ") == "A4K7EMRT"


@pytest.mark.parametrize("text", ["A4K7EMR", "A4K7EMRTT", "A4K7EMR0", "A4K7EMR!"])
def test_what_cannot_be_a_code_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a code"):
        codes.plain(text)


def test_alphabet_has_no_look_alikes() -> None:
    assert not set("0O1IL2Z5S8B") & set(codes.ALPHABET)
    assert len(set(codes.ALPHABET)) == len(codes.ALPHABET) == 25
