from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangul.particles import PAIRS, attach, particle, settle

SYLLABLES = [chr(code) for code in range(0xAC00, 0xD7A4)]
NO_FINAL, RIEUL = 0, 8  # place among the 28 finals of a syllable's code point


@pytest.mark.parametrize(("first", "second"), PAIRS.items())
def test_every_syllable_takes_the_form_that_its_final_consonant_asks_for(
    first: str, second: str
) -> None:
    for syllable in SYLLABLES:
        final = (ord(syllable) - 0xAC00) % 28
        open_sound = final == NO_FINAL or (final == RIEUL and first.startswith("으"))
        assert particle(syllable, f"{first}/{second}") == (second if open_sound else first)


@pytest.mark.parametrize(
    ("word", "topic", "towards"),
    [
        ("느티동", "느티동은", "느티동으로"),
        ("서울", "서울은", "서울로"),
        ("광주", "광주는", "광주로"),
        ("느티동(동구)", "느티동(동구)은", "느티동(동구)으로"),
        ("우체국 (옛 도서관)", "우체국 (옛 도서관)은", "우체국 (옛 도서관)으로"),
        ("경로당[느티로 12길]", "경로당[느티로 12길]은", "경로당[느티로 12길]으로"),
        ("「우리 동네」", "「우리 동네」는", "「우리 동네」로"),
        ("‘밤길 함께 걷기’", "‘밤길 함께 걷기’는", "‘밤길 함께 걷기’로"),
        ("〈폭염 지도 만들기〉", "〈폭염 지도 만들기〉는", "〈폭염 지도 만들기〉로"),
        ("(주)", "(주)는", "(주)로"),
        ("그늘과 우물이 있는 동.", "그늘과 우물이 있는 동.은", "그늘과 우물이 있는 동.으로"),
        ("0", "0은", "0으로"),
        ("1", "1은", "1로"),
        ("2", "2는", "2로"),
        ("3", "3은", "3으로"),
        ("4", "4는", "4로"),
        ("5", "5는", "5로"),
        ("6", "6은", "6으로"),
        ("7", "7은", "7로"),
        ("8", "8은", "8로"),
        ("9", "9는", "9로"),
        ("1,000", "1,000은", "1,000으로"),
        ("3.14", "3.14는", "3.14로"),
        ("1.0", "1.0은", "1.0으로"),
        ("2,000,000,000,000", "2,000,000,000,000는", "2,000,000,000,000로"),
        ("062-000-0000", "062-000-0000은", "062-000-0000으로"),
        ("30%", "30%는", "30%로"),
        ("62㎡", "62㎡는", "62㎡로"),
        ("300m", "300m는", "300m로"),
        ("12 kg", "12 kg은", "12 kg으로"),
        ("2026. 11. 22.(일)", "2026. 11. 22.(일)은", "2026. 11. 22.(일)로"),
        ("2026. 11. 22.", "2026. 11. 22.은", "2026. 11. 22.로"),
        ("2026. 11. 22.(일) 18:00", "2026. 11. 22.(일) 18:00는", "2026. 11. 22.(일) 18:00로"),
        ("18:30", "18:30은", "18:30으로"),
        ("CCTV", "CCTV는", "CCTV로"),
        ("HTML", "HTML은", "HTML로"),
        ("QR", "QR은", "QR로"),
        ("AM", "AM은", "AM으로"),
        ("app", "app은", "app으로"),
        ("book", "book은", "book으로"),
        ("bus", "bus는", "bus로"),
        ("Seoul", "Seoul은", "Seoul로"),
        ("Madang", "Madang은", "Madang으로"),
        ("campaign", "campaign은", "campaign으로"),
        ("ㄱ", "ㄱ은", "ㄱ으로"),
        ("ㄹ", "ㄹ은", "ㄹ로"),
        ("ㅏ", "ㅏ는", "ㅏ로"),
    ],
)
def test_particle_follows_the_sound_of_the_word(word: str, topic: str, towards: str) -> None:
    assert attach(word, "은/는") == topic
    assert attach(word, "으로/로") == towards
    assert attach(unicodedata.normalize("NFD", word), "은/는").endswith(topic[-1])


@pytest.mark.parametrize("word", ["漢", "😀", "①", "", "  ", "→"])
def test_a_word_of_unknown_sound_gets_the_double_form(word: str) -> None:
    assert attach(word, "은/는") == f"{word}은(는)"
    assert attach(word, "과/와") == f"{word}과(와)"
    assert attach(word, "으로/로") == f"{word}(으)로"
    assert attach(word, "이라고/라고") == f"{word}(이)라고"


def test_a_pair_may_be_written_in_either_order() -> None:
    assert particle("길", "를/을") == particle("길", "을/를") == "을"
    assert particle("길", "로/으로") == particle("길", "으로/로") == "로"


@pytest.mark.parametrize("pair", ["", "은", "은/가", "the/a", "은/는/이", "/"])
def test_an_unknown_pair_is_refused(pair: str) -> None:
    with pytest.raises(ValueError, match="not a pair of particles"):
        particle("길", pair)


@pytest.mark.parametrize(
    ("written", "settled"),
    [
        ("느티동은(는) 열려 있습니다.", "느티동은 열려 있습니다."),
        ("나무이(가) 서 있고 물을(를) 마십니다.", "나무가 서 있고 물을 마십니다."),
        ("서울(으)로, 광주(으)로, 순천(으)로", "서울로, 광주로, 순천으로"),
        ("김밥와(과) 국수과(와) 떡", "김밥과 국수와 떡"),
        ("느티(이)라는 이름, 장(이)라는 이름", "느티라는 이름, 장이라는 이름"),
        ("2026. 11. 22.(일)은(는) 쉽니다.", "2026. 11. 22.(일)은 쉽니다."),
        ("漢은(는) 글자입니다.", "漢은(는) 글자입니다."),
        ("조사 은(는)과 (으)로", "조사 은(는)과 (으)로"),
        ("느티동(동구)에는 아무 일도 없습니다.", "느티동(동구)에는 아무 일도 없습니다."),
        ("", ""),
    ],
)
def test_settle_chooses_one_of_two_written_forms(written: str, settled: str) -> None:
    assert settle(written) == settled


@given(st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1))
def test_settling_a_double_form_is_the_same_as_attaching(word: str) -> None:
    for pair, double in (("은/는", "은(는)"), ("과/와", "와(과)"), ("으로/로", "(으)로")):
        assert settle(word + double) == attach(word, pair)


@given(st.text())
def test_no_text_makes_a_particle_fail(word: str) -> None:
    assert attach(word, "이/가").startswith(word)
    assert isinstance(settle(word), str)
