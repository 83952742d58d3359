from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangul.masking import mask_email, mask_name, mask_phone


@pytest.mark.parametrize(
    ("name", "masked"),
    [
        ("김민수", "김○○"),
        ("김 민수", "김○○"),
        (" 김민 ", "김○"),
        ("남궁민수", "남궁○○"),
        ("황보라", "황○○"),
        ("남궁민", "남○○"),
        ("김아름별", "김○○○"),
        ("응우옌 티 란", "응○○"),
        ("수박먹는고양이", "수○○"),
        ("김", "김○○"),
        ("John Smith", "J○○ S○○"),
        ("NGUYEN VAN AN", "N○○ V○○ A○○"),
        ("김 Daniel", "김○○ D○○"),
        ("王小明", "王○○"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_a_name_shows_no_more_than_its_surname(name: str, masked: str) -> None:
    assert mask_name(name) == masked
    assert mask_name(unicodedata.normalize("NFD", name)) == masked


@given(st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=2))
def test_a_korean_name_never_shows_its_last_half(name: str) -> None:
    shown = mask_name(name).rstrip("○")
    assert name.startswith(shown)
    assert len(shown) <= len(name) / 2


@pytest.mark.parametrize(
    ("address", "masked"),
    [
        ("minsu.kim@example.kr", "mi***@example.kr"),
        ("kim@example.kr", "k***@example.kr"),
        ("ab@example.kr", "a***@example.kr"),
        ("a@example.kr", "***@example.kr"),
        ("no address", "***"),
        ("", "***"),
    ],
)
def test_an_address_shows_at_most_half_of_its_local_part(address: str, masked: str) -> None:
    assert mask_email(address) == masked


@pytest.mark.parametrize(
    ("number", "masked"),
    [
        ("010-1234-5678", "***-****-5678"),
        ("+82 10 1234 5678", "***-****-5678"),
        ("119", "***"),
        ("", "***"),
    ],
)
def test_a_phone_number_shows_its_last_four_digits(number: str, masked: str) -> None:
    assert mask_phone(number) == masked
