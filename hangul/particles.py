"""Particles that follow their word: 은/는, 이/가, 을/를, 과/와, 으로/로 and their relatives.

The choice hangs on the last *sound*: a final consonant takes the first form, a vowel the second,
and before 으로/로 a final ㄹ counts as a vowel (한글 맞춤법). Words in digits and Latin letters are
judged as they are read aloud. Where the reading is unknown (Chinese characters, signs), the
written double form "은(는)" is given, which is never wrong.
"""

from __future__ import annotations

import re
import unicodedata

from hangul.jamo import MEDIALS, decompose, is_syllable

# fmt: off
PAIRS = {
    "은": "는", "이": "가", "을": "를", "과": "와", "아": "야", "으로": "로", "으로서": "로서",
    "으로써": "로써", "으로부터": "로부터", "으로의": "로의", "이나": "나", "이든": "든",
    "이든지": "든지", "이라": "라", "이라고": "라고", "이라는": "라는", "이라도": "라도",
    "이라면": "라면", "이란": "란", "이랑": "랑", "이며": "며", "이고": "고", "이야": "야",
    "이어서": "여서", "이었": "였", "이에요": "예요", "이여": "여",
}
"""After a consonant: after a vowel."""
UNITS = {
    "km": "킬로미터", "cm": "센티미터", "mm": "밀리미터", "m": "미터", "kg": "킬로그램",
    "mg": "밀리그램", "g": "그램", "t": "톤", "l": "리터", "ml": "밀리리터", "ha": "헥타르",
    "kw": "킬로와트", "kwh": "킬로와트시",
}
SIGNS = {
    "%": "퍼센트", "％": "퍼센트", "㎡": "제곱미터", "㎥": "세제곱미터", "㎞": "킬로미터",
    "㎏": "킬로그램", "℃": "섭씨도", "°": "도", "₩": "원",
}
LETTERS = {"l": "엘", "r": "알", "m": "엠", "n": "엔"}
"""Letters whose names do not end in a vowel."""
# fmt: on
DIGITS = "영일이삼사오육칠팔구"
DOUBLE = {"은": "은(는)", "이": "이(가)", "을": "을(를)", "과": "과(와)", "아": "아(야)"}
"""The written form that covers both; all other pairs bracket their 이 or 으: "(으)로"."""

GLOSS = re.compile(r"(?<=\S)\s*(\([^()]*\)|\[[^\[\]]*\]|（[^（）]*）)$")
CLOSING = re.compile(r"[\s'\"’”」』》〉)\]）>.,·…~?!]+$")
DAY = re.compile(r"\d\.\s?\d{1,2}\.\s?\d{1,2}\.$")
HOUR = re.compile(r"\d:(\d\d)$")
NUMBER = re.compile(r"(\d[\d,]*)(\.\d+)?$", re.ASCII)
UNIT = re.compile(r"\d\s?([A-Za-z]+)$")
LATIN = re.compile(r"[A-Za-z]+$")


def attach(word: str, pair: str) -> str:
    """`word` with the fitting particle of a pair such as "은/는", in either order.

    Raises ValueError for a pair that is not known.
    """
    return word + particle(word, pair)


def particle(word: str, pair: str) -> str:
    """The particle of `pair` that fits `word`, without the word itself."""
    after_consonant = first_of(pair)
    final = last_final(word)
    if final is None:
        return double_form(after_consonant)
    open_sound = not final or (final == "ㄹ" and after_consonant.startswith("으"))
    return PAIRS[after_consonant] if open_sound else after_consonant


def first_of(pair: str) -> str:
    """The form after a consonant, of a pair written in either order."""
    one, _, other = pair.partition("/")
    for first, second in ((one, other), (other, one)):
        if PAIRS.get(first) == second:
            return first
    raise ValueError(f"not a pair of particles: {pair!r}")


def double_form(after_consonant: str) -> str:
    """The written form for both cases: "은(는)", "(으)로"."""
    return DOUBLE.get(after_consonant) or f"({after_consonant[0]}){after_consonant[1:]}"


def last_final(word: str) -> str | None:
    """The consonant that closes the last sound of a word read aloud: "" for none, None if unknown.

    A gloss in brackets at the end is passed over ("느티동(동구)" sounds like 느티동), closing
    quotes and marks are too; a word that is all brackets is judged by what is inside.
    """
    last = reading(word)[-1:]
    if is_syllable(last):
        return decompose(last)[2]
    if last and last in MEDIALS:
        return ""
    return last if "ㄱ" <= last <= "ㅎ" else None  # a lone letter is closed by itself: 기역, 니은


def reading(word: str) -> str:
    """Text whose last character sounds like the end of `word`; may be "" or end in any sign."""
    text = GLOSS.sub("", unicodedata.normalize("NFC", word).strip())
    if DAY.search(text):
        return "일"
    text = CLOSING.sub("", text) or CLOSING.sub("", word)
    if hour := HOUR.search(text):
        return "시" if hour[1] == "00" else "분"
    if number := NUMBER.search(text):
        return number_reading(number[1].replace(",", ""), number[2] or "")
    if unit := UNIT.search(text):
        return UNITS.get(unit[1].lower(), "") or latin_reading(unit[1])
    if latin := LATIN.search(text):
        return latin_reading(latin[0])
    return SIGNS.get(text[-1:], text)


def number_reading(whole: str, fraction: str) -> str:
    """The last word of a number: its last digit, or 조 where twelve zeros close it.

    The other names of closing zeros (십, 백, 천, 만, 억, 경) end in a consonant as 영 does.
    """
    zeros = len(whole) - len(whole.rstrip("0"))
    if not fraction and 12 <= zeros <= 15 and zeros < len(whole):
        return "조"
    return DIGITS[int((whole + fraction)[-1])]


def latin_reading(word: str) -> str:
    """A syllable that ends like a Latin word: letter by letter if in capitals, else as a loan word.

    A rule of thumb: final l, m, n, ng and short final p, t, k, c, b close the syllable (앱,
    인터넷, 북); other consonants gain a vowel (버스, 카드).
    """
    lower = word.lower()
    if word.isupper() or len(word) == 1:
        return LETTERS.get(lower[-1], "이")
    if re.search(r"(l|le)$", lower):
        return "엘"
    if re.search(r"([mn]|ng|[aeiou][mn]e)$", lower):
        return "엔"
    if re.search(r"((^|[^aeiou])[aeiou](p|pp|t|k|ck|c|b)|ook)$", lower):
        return "앱"
    return "이"


TWO_FORMED = "|".join(rf"{a}\({b}\)|{b}\({a}\)" for a, b in PAIRS.items() if a in DOUBLE)
BRACKETED = "|".join(sorted((b for a, b in PAIRS.items() if a == a[0] + b), key=len, reverse=True))
CHOICE = re.compile(rf"(?<=\S)(?:({TWO_FORMED})|\((이|으)\)({BRACKETED}))")


def settle(text: str) -> str:
    """A sentence whose double forms are settled: "느티동은(는)" becomes "느티동은".

    For sentences put together from parts, whose Korean says "%(area)s은(는)". A double form after
    a word that cannot be judged stays as it is.
    """

    def choose(found: re.Match[str]) -> str:
        two, opened, rest = found.groups()
        pair = f"{two[0]}/{two[2]}" if two else f"{opened}{rest}/{rest}"
        return particle(text[: found.start()], pair)

    return CHOICE.sub(choose, text)
