"""Search tokens for Korean: a text is found whatever particles and spaces it was written with.

Words are cut into pairs of neighbouring syllables (보안등: 보안, 안등), across spaces too, so that
"어린이보호구역" meets "어린이 보호구역" and "공영 주차장" meets "공영주차장". A query keeps only
the stems of its words ("경사로를" asks for 경사로) and matches a text that holds all its tokens.
Every text in which the query's words stand letter for letter is therefore found; one that holds
all pairs apart from each other is found too, which is rare.

Meant for a `text[]` column with a GIN index: store `index_tokens(title, text)`, ask with
`tokens @> query_tokens(query)`; no parser of the database takes part, so its locale does not
matter. Digits and Latin words count as one syllable each. A query of initial consonants ("ㅂㅇㄷ")
looks into the title only.
"""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from hangul.jamo import decompose, initials, is_initials, is_syllable

FOLD = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}  # full-width signs
BREAK = re.compile(r"[.!?;:,\n\r]+|…")
WORD = re.compile(r"[^\W_]+")
UNIT = re.compile(r"[가-힣]|[0-9]+|[^\W\d_가-힣ㄱ-ㆎ]+")
SYLLABLES = re.compile(r"[가-힣]+$")


def words(text: str) -> frozenset[str]:
    """The words of a list written as text."""
    return frozenset(text.split())


ENDINGS = words("""
    은 는 이 가 을 를 만 의 에 과 와 나 랑 께 들 에서 에서도 에도 에게 에게서 에게도 한테 한테서
    께서 으로 으로도 으로서 으로써 로서 로써 부터 까지 까지도 처럼 보다 마다 조차 마저 밖에 만큼
    하고 이나 이나마 이든 이든지 이라 이란 이랑 이며 이고 라고 라는 라면 입니다 입니까 이에요 예요
    인데 이다
    한 할 해 하는 하여 하고 하면 하게 하기 하길 하자 하지 하도록 하려고 하려면 한다 해서 해야
    해요 했다 했던 했습니다 했으면 합니다 합니까 합시다 하겠습니다 할까 할까요 해주세요 해주십시오
    된 될 돼 되는 되어 되면 되게 되지 되도록 된다 됩니다 됐으면 돼요 시켜 시키는
""")
"""Particles and endings of verbs made from nouns (설치하다). They are taken off one after the
other, so that 에서는 need not be listed. 로 and 도 alone are left: they end too many names of roads
(느티로) and nouns (횡단보도)."""
AFTER_CONSONANT = words("은 이 을 과 으로 이나 이라 이란 이랑 이며 이고 이든")
AFTER_VOWEL = words("는 가 를 와 나 랑")
WHOLE = words("""
    어린이 젊은이 늙은이 지킴이 길잡이 손잡이 나들이 물놀이 윷놀이 꽃놀이 봄맞이 해맞이 칸막이
    물막이 옷걸이 목걸이 높낮이 미닫이 고양이 호랑이 지렁이 달팽이 원숭이 번화가 부주의 바나나
    아리랑 환경과 교통과 건축과 안전과 행정과 토목과 공원과 위생과 세정과 민원과
""")
"""Nouns of three syllables whose last one looks like a particle that fits."""
STOP_WORDS = words("""
    주세요 주십시오 주시기 바랍니다 부탁드립니다 부탁 합니다 해주세요 있습니다 없습니다 있는 없는
    있게 있다 없다 있도록 하는 하여 그리고 그런데 하지만 너무 매우 정말 조금 많이 그냥 관련 대한
    대해 위한 위해 같은 다른 모든 여러 어떤 이런 그런 저런 우리 저희 제발 이것 그것 저것 여기
    거기 있으면 좋겠습니다 좋겠어요 싶습니다 싶어요 됩니다 되는 같습니다
""")
"""Words of requests and talk that say nothing about the matter; a query drops them."""
LONGEST = max(map(len, ENDINGS))


def index_tokens(title: str, *texts: str) -> list[str]:
    """The tokens to store for a text, sorted, each once; initial consonants of the title with them.

    About four fifths of a token per character.
    """
    found = {token for text in (title, *texts) for token in text_tokens(text)}
    return sorted(found | initial_tokens(title))


def query_tokens(query: str) -> list[str]:
    """The tokens that a text must hold to answer a query, sorted; [] if the query says nothing.

    Single syllables count only when nothing longer was asked for: "보안 등" is 보안등 cut in two
    as often as it is two words.
    """
    if is_initials(query):
        return sorted({token for word in query.split() for token in initial_query(word)})
    said = [word for word in WORD.findall(normal(query)) if units(word)]
    cut = [query_units(word) for word in said if word not in STOP_WORDS]
    cut = cut or [units(word) for word in said]
    long = {token for parts in cut for token in pairs(parts)}
    long |= {parts[0] for parts in cut if len(parts) == 1 and not is_syllable(parts[0])}
    return sorted(long or {parts[0] for parts in cut})


def query_patterns(query: str) -> list[str]:
    """A pattern for each word that says something: its stem, with spaces between any syllables.

    For tables that store no tokens; any database's patterns read it, letters being small.
    """
    said = [word for word in WORD.findall(normal(query)) if units(word)]
    asked = [word for word in said if word not in STOP_WORDS] or said
    return [r"\s*".join(query_units(word)) for word in asked]


def similar(one: str, other: str) -> int:
    """How much two titles share, 0 to 1000: twice the common tokens over all (Dice).

    Particles, spaces and words such as 해 주세요 do not count.
    """
    first, second = set(query_tokens(one)), set(query_tokens(other))
    return 2000 * len(first & second) // (len(first) + len(second)) if first and second else 0


# --- Cutting ---


def normal(text: str) -> str:
    """Composed syllables, plain width, small letters, thousands without commas."""
    text = unicodedata.normalize("NFC", text).translate(FOLD).casefold()
    return re.sub(r"(?<=\d),(?=\d{3})", "", text)


def units(word: str) -> list[str]:
    """The syllables of a word; a run of digits or of Latin letters is one."""
    return UNIT.findall(word)


def query_units(word: str) -> list[str]:
    """What a query asks for by one word: its stem, or all of it where one syllable would remain."""
    stem = units(stem_of(word))
    return units(word) if not stem or (len(stem) == 1 and is_syllable(stem[0])) else stem


def pairs(parts: list[str]) -> set[str]:
    """Neighbouring units, joined."""
    return {a + b for a, b in pairwise(parts)}


def text_tokens(text: str) -> set[str]:
    """Pairs within and across words; single units where a word is only one, or not Korean."""
    found: set[str] = set()
    for clause in BREAK.split(normal(text)):
        last: set[str] = set()  # what the next word may follow: the word as it stands, and its stem
        for word in WORD.findall(clause):
            parts, stem = units(word), units(stem_of(word))
            if not parts:  # lone letters such as ㅋㅋ
                continue
            found |= pairs(parts)
            found |= {end + parts[0] for end in last}
            found |= {part for part in parts if not is_syllable(part)}
            last = {parts[-1], *stem[-1:]}
            found.add(alone(word))
    return found - {""}


def initial_tokens(title: str) -> set[str]:
    """Initial consonants of a title: two at the start of each word, and all runs of three."""
    found: set[str] = set()
    for clause in BREAK.split(normal(title)):
        letters, starts = "", []
        for word in WORD.findall(clause):
            starts.append(len(letters))
            letters += "".join(initials(part) for part in units(word) if is_syllable(part))
        found |= {letters[at : at + 2] for at in starts if at + 2 <= len(letters)}
        found |= {letters[at : at + 3] for at in range(len(letters) - 2)}
    return found


def initial_query(word: str) -> set[str]:
    """The tokens that one word of initial consonants asks for; none for a single letter."""
    if len(word) == 2:
        return {word}
    return {word[at : at + 3] for at in range(len(word) - 2)}


# --- Stems ---


def stem_of(word: str) -> str:
    """A word without the particles and verb endings at its end: "학교에서만은" gives 학교.

    One syllable may be left where the ending is longer (집에서: 집), else two stay. In a query too
    short a stem finds more, never less, so only short nouns need to be known as whole words.
    """
    before = ""
    while word != before:
        before, word = word, shorter(word)
    return word


def shorter(word: str) -> str:
    """The word without its longest ending, or the word itself."""
    run = SYLLABLES.search(word)
    if not run or word in WHOLE:
        return word
    for length in range(min(LONGEST, len(run[0]), len(word) - 1), 0, -1):
        stem, ending = word[:-length], word[-length:]
        left = len(run[0]) - length
        enough = left >= 2 or (left == 1 and length > 1) or not is_syllable(stem[-1])
        if enough and ending in ENDINGS and fits(stem, ending):
            return stem
    return word


def fits(stem: str, ending: str) -> bool:
    """Whether an ending may follow the last sound of a stem."""
    if not is_syllable(stem[-1]):  # digits and Latin words sound as one reads them
        return True
    final = decompose(stem[-1])[2]
    if ending in AFTER_CONSONANT:
        return bool(final)
    if ending in AFTER_VOWEL:
        return not final
    return True


def alone(word: str) -> str:
    """The one syllable that a word is, particle aside (밤에: 밤), or "" for longer words."""
    parts, stem = units(word), units(stem_of(word))
    if len(parts) == 2 and parts[1] in ENDINGS and fits(parts[0], parts[1]):
        return parts[0]
    return stem[0] if len(stem) == 1 else ""
