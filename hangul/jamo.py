"""Syllables and their letters: taking apart, putting together, initial consonants, keyboards.

A Hangul syllable is code point 0xAC00 + (initial x 21 + medial) x 28 + final (The Unicode
Standard, section 3.12). Letters here are the compatibility letters that people type (ㄱ, ㅏ).
"""

from __future__ import annotations

import unicodedata

INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
MEDIALS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
FIRST, LAST = "가", "힣"

# fmt: off
JOINED = {
    "ㅗㅏ": "ㅘ", "ㅗㅐ": "ㅙ", "ㅗㅣ": "ㅚ", "ㅜㅓ": "ㅝ", "ㅜㅔ": "ㅞ", "ㅜㅣ": "ㅟ",
    "ㅡㅣ": "ㅢ", "ㄱㅅ": "ㄳ", "ㄴㅈ": "ㄵ", "ㄴㅎ": "ㄶ", "ㄹㄱ": "ㄺ", "ㄹㅁ": "ㄻ",
    "ㄹㅂ": "ㄼ", "ㄹㅅ": "ㄽ", "ㄹㅌ": "ㄾ", "ㄹㅍ": "ㄿ", "ㄹㅎ": "ㅀ", "ㅂㅅ": "ㅄ",
}
# fmt: on
"""Letters that take two strokes on the keyboard, by those two."""
PARTED = {whole: (pair[0], pair[1]) for pair, whole in JOINED.items()}

KEYS = dict(
    zip(
        "qwertasdfgzxcvyuiophjklbnm",
        "ㅂㅈㄷㄱㅅㅁㄴㅇㄹㅎㅋㅌㅊㅍㅛㅕㅑㅐㅔㅗㅓㅏㅣㅠㅜㅡ",
        strict=True,
    )
) | dict(zip("QWERTOP", "ㅃㅉㄸㄲㅆㅒㅖ", strict=True))
"""The two-set keyboard (KS X 5002): Latin key to letter."""
LATIN = {letter: key for key, letter in KEYS.items()}


def is_syllable(char: str) -> bool:
    """Whether `char` is one composed Hangul syllable (가 to 힣)."""
    return len(char) == 1 and FIRST <= char <= LAST


def decompose(syllable: str) -> tuple[str, str, str]:
    """Initial, medial and final letter of a syllable; the final may be "".

    Raises ValueError for anything else.
    """
    if not is_syllable(syllable):
        raise ValueError(f"not a Hangul syllable: {syllable!r}")
    rest, final = divmod(ord(syllable) - ord(FIRST), len(FINALS))
    initial, medial = divmod(rest, len(MEDIALS))
    return INITIALS[initial], MEDIALS[medial], FINALS[final]


def compose(initial: str, medial: str, final: str = "") -> str:
    """The syllable of three letters. Raises ValueError if a letter cannot stand in its place."""
    if len(initial) != 1 or len(medial) != 1:
        raise ValueError("initial and medial are one letter each")
    rest = INITIALS.index(initial) * len(MEDIALS) + MEDIALS.index(medial)
    return chr(ord(FIRST) + rest * len(FINALS) + FINALS.index(final))


def initials(text: str) -> str:
    """Each syllable as its initial consonant, all else as it is: "느티동 3" gives "ㄴㅌㄷ 3"."""
    return "".join(
        decompose(char)[0] if is_syllable(char) else char
        for char in unicodedata.normalize("NFC", text)
    )


def is_initials(text: str) -> bool:
    """Whether `text` is typed in initial consonants only (spaces aside), such as "ㄴㅌㄷ"."""
    letters = "".join(text.split())
    return bool(letters) and all(letter in INITIALS for letter in letters)


def from_latin_keys(text: str) -> str:
    """What Latin letters would have given on the Korean keyboard: "qhdksemd" gives "보안등".

    For a search box whose owner forgot to switch. Characters without a Korean key stay.
    """
    typed = "".join(KEYS.get(char, KEYS.get(char.lower(), char)) for char in text)
    return join_letters(typed)


def to_latin_keys(text: str) -> str:
    """The Latin keys under a Korean text, the way back of `from_latin_keys`."""
    letters = "".join(
        "".join(decompose(char)) if is_syllable(char) else char
        for char in unicodedata.normalize("NFC", text)
    )
    strokes = "".join("".join(PARTED.get(letter, letter)) for letter in letters)
    return "".join(LATIN.get(letter, letter) for letter in strokes)


def join_letters(letters: str) -> str:
    """Letters in typing order joined to syllables, as a Korean keyboard does while one types.

    A consonant closes the syllable before it until a vowel comes and takes it along.
    """
    done: list[str] = []
    initial = medial = final = ""

    def close() -> None:
        nonlocal initial, medial, final
        whole = initial and medial
        done.append(compose(initial, medial, final) if whole else initial + medial)
        initial = medial = final = ""

    for letter in letters:
        if letter in MEDIALS:
            if final:
                kept, carried = PARTED.get(final, ("", final))
                final = kept
                close()
                initial, medial = carried, letter
            elif medial and (joined := JOINED.get(medial + letter)):
                medial = joined
            elif medial:
                close()
                medial = letter
            else:
                medial = letter
        elif letter in INITIALS and initial and medial and (final + letter) in FINALS:
            final = letter
        elif letter in INITIALS and final and (joined := JOINED.get(final + letter)):
            final = joined
        else:
            close()
            if letter in INITIALS:
                initial = letter
            else:
                done.append(letter)
    close()
    return "".join(done)
