from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangul import jamo

SYLLABLES = [chr(code) for code in range(0xAC00, 0xD7A4)]
korean = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3))


def test_all_11172_syllables_come_apart_and_together_again() -> None:
    assert len(SYLLABLES) == 11_172
    assert [jamo.compose(*jamo.decompose(syllable)) for syllable in SYLLABLES] == SYLLABLES


def test_parts_agree_with_the_unicode_decomposition() -> None:
    for syllable in SYLLABLES:
        parts = unicodedata.normalize("NFD", syllable)
        initial, medial, final = jamo.decompose(syllable)
        assert jamo.INITIALS.index(initial) == ord(parts[0]) - 0x1100
        assert jamo.MEDIALS.index(medial) == ord(parts[1]) - 0x1161
        assert jamo.FINALS.index(final) == (ord(parts[2]) - 0x11A7 if len(parts) == 3 else 0)


@pytest.mark.parametrize("wrong", ["", "ㄱ", "ㅏ", "a", "가나", "\u1100\u1161"])
def test_decompose_refuses_what_is_no_syllable(wrong: str) -> None:
    with pytest.raises(ValueError, match="not a Hangul syllable"):
        jamo.decompose(wrong)


@pytest.mark.parametrize(
    "parts", [("", "ㅏ"), ("ㄱ", ""), ("ㅏ", "ㅏ"), ("ㄱ", "ㄱ"), ("ㄱ", "ㅏ", "ㄸ"), ("ㄳ", "ㅏ")]
)
def test_compose_refuses_a_letter_out_of_place(parts: tuple[str, ...]) -> None:
    with pytest.raises(ValueError, match=r"one letter each|substring not found|not in tuple"):
        jamo.compose(*parts)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("느티동", "ㄴㅌㄷ"),
        ("어린이 보호구역", "ㅇㄹㅇ ㅂㅎㄱㅇ"),
        ("LED 보안등 3개", "LED ㅂㅇㄷ 3ㄱ"),
        ("까치", "ㄲㅊ"),
        ("", ""),
    ],
)
def test_initials(text: str, expected: str) -> None:
    assert jamo.initials(text) == expected
    assert jamo.initials(unicodedata.normalize("NFD", text)) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ㄴㅌㄷ", True),
        ("ㄴㅌ ㄷ", True),
        ("ㄴ티", False),
        ("ㅏ", False),
        ("ㄳ", False),
        (" ", False),
        ("", False),
    ],
)
def test_is_initials(text: str, *, expected: bool) -> None:
    assert jamo.is_initials(text) is expected


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("qhdksemd", "보안등"),
        ("smxlehd", "느티동"),
        ("wlfadmf", "짊을"),
        ("dhkdlvkdl", "와이파이"),
        ("ekfrrhkrl", "닭과기"),
        ("rkqtdl", "값이"),
        ("rkqtl", "갑시"),
        ("Rkcl", "까치"),
        ("2027sus dPtks", "2027년 예산"),
        ("EKfrl", "딸기"),
        ("r", "ㄱ"),
        ("hk", "ㅘ"),
        ("rr", "ㄱㄱ"),
        ("kk", "ㅏㅏ"),
        ("tkfka", "사람"),
        ("ANS", "문"),
    ],
)
def test_latin_keys_give_what_the_korean_keyboard_gives(keys: str, expected: str) -> None:
    assert jamo.from_latin_keys(keys) == expected


@given(korean)
def test_the_way_over_latin_keys_and_back_loses_nothing(text: str) -> None:
    assert jamo.from_latin_keys(jamo.to_latin_keys(text)) == text
