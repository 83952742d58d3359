"""Recall and precision are measured on made-up proposals against substring search as the truth."""

from __future__ import annotations

import random
import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hangul.jamo import initials
from hangul.particles import attach
from hangul.search import index_tokens, query_patterns, query_tokens, similar, stem_of

# fmt: off
PLACES = [
    "느티로 12길", "샘물동 경로당", "장터 입구", "강변교 아래", "솔머리 초등학교", "행정복지센터", "버스 정류장",
    "하천 산책로", "작은도서관", "공영주차장", "중앙시장", "어린이 공원", "놀이터", "횡단보도", "지하차도",
    "보건소", "체육관", "통학로", "무등대로", "느티동 골목",
]
THINGS = [
    "가로등", "보안등", "신호등", "경사로", "의자", "그늘막", "화장실", "울타리", "주차장", "쓰레기통", "음수대",
    "물막이판", "보도 턱", "안내판", "자전거 보관대", "어린이 보호구역", "과속 방지턱", "휠체어 경사로",
    "반려견 놀이터", "온열의자", "CCTV", "LED 조명", "무인 주문기", "공부방", "빗물받이", "현수막", "가로수",
    "쓰레기 악취", "배달 이륜차 소음", "전동 킥보드", "미세먼지 알림판", "와이파이", "수어 통역", "고양이 급식소",
]
DOINGS = ["설치", "교체", "수리", "철거", "확대", "점검", "정비", "이전", "청소", "단속", "개방", "지원"]
PEOPLE = [
    "어르신", "어린이", "청소년", "장애인", "외국인 주민", "상인", "보행자", "유아차 이용자", "1인 가구", "학생",
]
TIMES = ["밤 9시 이후", "등교 시간", "장마철마다", "겨울에는", "주말이면", "해가 지면", "2027년부터", "출근길에"]
TROUBLES = [
    "너무 어둡습니다", "미끄러집니다", "다니기 힘듭니다", "사고가 날 뻔했습니다", "불편이 큽니다",
    "냄새가 심합니다", "오래 기다려야 합니다", "아무도 돌보지 않습니다",
]
QUERIES = [
    "가로등 설치", "보안등", "어린이 보호구역 신호등", "휠체어 경사로", "쓰레기 악취", "반려견 놀이터",
    "느티로", "공영주차장", "자전거 보관대", "빗물받이", "CCTV", "LED 조명", "2027년", "배달 이륜차 소음",
    "무인 주문기", "과속 방지턱 설치", "물막이판", "고양이 급식소", "작은도서관 개방", "외국인 주민", "경사로",
    "12길", "온열의자 수리", "통학로 점검", "행정복지센터",
]
# fmt: on


def proposal(chance: random.Random) -> tuple[str, str]:
    """Title and text of one made-up proposal."""
    place, thing, doing = chance.choice(PLACES), chance.choice(THINGS), chance.choice(DOINGS)
    closed = chance.random() < 0.3
    title = f"{place} {attach(thing, '을/를')} {doing}해 주세요"
    if closed:
        title = f"{place} {thing} {doing}".replace(" ", "" if chance.random() < 0.3 else " ")
    other = chance.choice(THINGS)
    sentences = [
        f"{chance.choice(TIMES)} {attach(place, '은/는')} {chance.choice(TROUBLES)}.",
        (
            f"{attach(chance.choice(PEOPLE), '이/가')} 지날 때 {attach(thing, '이/가')} 없어 "
            f"{chance.choice(TROUBLES)}."
        ),
        f"{attach(other, '과/와')} {attach(thing, '을/를')} 함께 {chance.choice(DOINGS)}하면 좋겠습니다.",
        (
            f"{chance.choice(PLACES)}에서도 {attach(chance.choice(THINGS), '을/를')} "
            f"{chance.choice(DOINGS)}했습니다."
        ),
    ]
    chance.shuffle(sentences)
    return title, " ".join(sentences)


@pytest.fixture(scope="module")
def corpus() -> list[tuple[str, frozenset[str]]]:
    """Texts with their tokens."""
    chance = random.Random(20261122)  # noqa: S311 - made-up texts, the same each time
    texts = [proposal(chance) for _ in range(3000)]
    return [(f"{title}\n{text}", frozenset(index_tokens(title, text))) for title, text in texts]


def substring_hits(corpus: list[tuple[str, frozenset[str]]], query: str) -> set[int]:
    """Texts in which each word of the query stands letter for letter."""
    words = query.lower().split()
    return {n for n, (text, _) in enumerate(corpus) if all(word in text.lower() for word in words)}


def token_hits(corpus: list[tuple[str, frozenset[str]]], query: str) -> set[int]:
    """Texts that hold all tokens of the query."""
    wanted = set(query_tokens(query))
    return {n for n, (_, tokens) in enumerate(corpus) if wanted <= tokens}


@pytest.mark.parametrize("query", QUERIES)
def test_all_that_substring_search_finds_is_found(
    corpus: list[tuple[str, frozenset[str]]], query: str
) -> None:
    assert len(substring_hits(corpus, query)) > 5
    assert substring_hits(corpus, query) <= token_hits(corpus, query)


def test_nearly_all_that_is_found_holds_the_words_when_spaces_are_passed_over(
    corpus: list[tuple[str, frozenset[str]]],
) -> None:
    closed = [(text.lower().replace(" ", ""), tokens) for text, tokens in corpus]
    found = right = 0
    for query in QUERIES:
        hits = token_hits(corpus, query)
        found += len(hits)
        right += len(hits & substring_hits(closed, query))
    assert right / found > 0.99


@pytest.mark.parametrize(
    ("query", "plain"),
    [
        ("경사로를", "경사로"),
        ("가로등이", "가로등"),
        ("보안등은", "보안등"),
        ("놀이터에서도", "놀이터"),
        ("공영주차장까지", "공영주차장"),
        ("가로등을 설치해 주세요", "가로등 설치"),
        ("쓰레기통을 철거하면 좋겠습니다", "쓰레기통 철거"),
        ("CCTV를", "cctv"),
        ("ＣＣＴＶ", "cctv"),
        ("신호등,  설치", "신호등 설치"),
        (unicodedata.normalize("NFD", "보안등"), "보안등"),
        ("보안 등", "보안"),
        ("보안ㄷ", "보안"),
    ],
)
def test_particles_endings_and_signs_of_a_query_do_not_count(query: str, plain: str) -> None:
    assert query_tokens(query) == query_tokens(plain)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("어린이 보호구역", "어린이보호구역"),
        ("어린이보호구역", "어린이 보호구역"),
        ("어린이 보호 구역", "어린이보호구역을"),
        ("공영주차장을 넓혀 주세요", "공영 주차장"),
        ("보안등을 교체", "보안등교체"),
        ("LED보안등", "led 보안등"),
        ("LED 보안등", "LED보안등"),
        ("1,000만 원", "1000만원"),
        ("Wi-Fi가 느립니다", "wifi"),
        ("밤에 어둡습니다", "밤"),
        ("집에서는 안 됩니다", "집"),
        ("2027년 예산", "2027"),
    ],
)
def test_other_spacing_and_writing_is_found(text: str, query: str) -> None:
    assert query_tokens(query)
    assert set(query_tokens(query)) <= set(index_tokens(text))


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("가로수", "가로등"),
        ("보안등. 교체", "등교"),
        ("골목", "산책로"),
        ("집행", "집"),
        ("12길", "1길"),
    ],
)
def test_other_words_are_not_found(text: str, query: str) -> None:
    assert not set(query_tokens(query)) <= set(index_tokens(text))


@pytest.mark.parametrize("query", ["", "  ", "?!", "ㅂ", "ㅏㅏ", "😀"])
def test_a_query_that_says_nothing_has_no_tokens(query: str) -> None:
    assert query_tokens(query) == []


def test_a_query_of_nothing_but_talk_still_asks_for_it() -> None:
    assert query_tokens("있습니다") == ["니다", "습니", "있습"]


@pytest.mark.parametrize("query", ["ㅂㅇㄷ", "ㄴㅌㄹ", "ㅂㅇㄷ ㄱㅊ", "ㅂㅇㄷㄱㅊ", "ㄱㅊ"])
def test_initial_consonants_find_a_title(query: str) -> None:
    title = "느티로 12길 보안등을 교체"
    assert query_tokens(query)
    fitting = set(query_tokens(query)) <= set(index_tokens(title.replace("등을", "등")))
    assert fitting
    assert not set(query_tokens(query)) <= set(index_tokens("다른 제목", title))


def test_initial_consonants_find_titles_as_a_search_by_letters_does(
    corpus: list[tuple[str, frozenset[str]]],
) -> None:
    titles = [initials(text.split("\n")[0]).replace(" ", "") for text, _ in corpus]
    for query in ("ㅂㅇㄷ", "ㄱㅇㅈㅊㅈ", "ㅎㄷㅂㄷ", "ㅆㄹㄱㅌ"):
        expected = {n for n, title in enumerate(titles) if query in title}
        assert expected
        assert expected <= token_hits(corpus, query)
        assert len(expected) > 0.9 * len(token_hits(corpus, query))


@pytest.mark.parametrize(
    ("word", "stem"),
    [
        ("학교에서만은", "학교"),
        ("주민들에게", "주민"),
        ("경사로를", "경사로"),
        ("어린이가", "어린이"),
        ("고양이들", "고양이"),
        ("도로에", "도로"),
        ("마을을", "마을"),
        ("느티로", "느티로"),
        ("횡단보도", "횡단보도"),
        ("광장으로도", "광장"),
        ("설치해주세요", "설치"),
        ("정비하도록", "정비"),
        ("와이파이", "와이파이"),
        ("활동가", "활동가"),
        ("산책로", "산책로"),
        ("집에서", "집"),
        ("12길에서", "12길"),
        ("led를", "led"),
        ("가", "가"),
        ("에서", "에서"),
        ("도로", "도로"),
    ],
)
def test_a_stem_keeps_the_noun(word: str, stem: str) -> None:
    assert stem_of(word) == stem


@pytest.mark.parametrize(
    ("one", "other", "least", "most"),
    [
        ("느티로 보안등 설치", "느티로 보안등 설치", 1000, 1000),
        ("느티로 보안등을 설치해 주세요", "느티로보안등 설치", 800, 1000),
        ("느티로 보안등 설치", "느티로 가로등을 고쳐 주세요", 200, 600),
        ("느티로 보안등 설치", "반려견 놀이터를 넓혀 주세요", 0, 0),
        ("", "느티로 보안등 설치", 0, 0),
    ],
)
def test_similarity_of_titles(one: str, other: str, least: int, most: int) -> None:
    assert least <= similar(one, other) <= most
    assert similar(one, other) == similar(other, one)


words = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=2, max_size=12)


@given(st.lists(words, min_size=1, max_size=6), st.data())
def test_any_part_of_any_word_finds_its_text(text: list[str], data: st.DataObject) -> None:
    word = data.draw(st.sampled_from(text))
    start = data.draw(st.integers(0, len(word) - 2))
    part = word[start : data.draw(st.integers(start + 2, len(word)))]
    assert set(query_tokens(part)) <= set(index_tokens("", " ".join(text)))


@given(st.text())
def test_any_text_can_be_indexed_and_asked_for(text: str) -> None:
    tokens = index_tokens(text)
    assert tokens == sorted(set(tokens))
    assert "" not in tokens
    assert query_tokens(text) == sorted(set(query_tokens(text)))
    assert 0 <= similar(text, text) <= 1000


@pytest.mark.parametrize(
    ("query", "text"),
    [
        ("공영주차장을", "공영 주차장 밤 요금"),
        ("공영 주차장에서는", "밤에 공영주차장이 비어 있습니다"),
        ("2027년 예산", "2027 년의 예산안"),
        ("LED조명 설치해 주세요", "led 조명을 설치한다"),
    ],
)
def test_patterns_find_a_text_whatever_particles_and_spaces(query: str, text: str) -> None:
    assert all(re.search(pattern, text) for pattern in query_patterns(query))


def test_patterns_do_not_find_what_is_not_said() -> None:
    assert not all(re.search(one, "공영 운동장") for one in query_patterns("공영주차장"))
    assert query_patterns("... ㅋㅋ !") == []
