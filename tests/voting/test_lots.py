"""Drawing lots: the published vector, a fair order, and inputs that people type."""

from __future__ import annotations

from collections import Counter
from hashlib import md5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voting.lots import (
    MOST,
    clean_entropy,
    commitment,
    drawn_order,
    list_digest,
    secret_of,
    seed_of,
)

VECTOR = "9319./2.5.8.10.12./9.18.26.34.41.45./"
"""Key of the fully worked example of RFC 3797, section 6: 25 volunteers, ten selected."""

SELECTED = (17, 7, 2, 16, 25, 23, 8, 24, 19, 13)


def rfc_hash(data: bytes) -> bytes:
    """The hash that the RFC's example was made with."""
    return md5(data, usedforsecurity=False).digest()


def test_order_of_the_rfc_example() -> None:
    order = drawn_order(VECTOR, 25, rfc_hash)
    assert tuple(place + 1 for place in order[:10]) == SELECTED


@given(st.text(min_size=1), st.integers(1, 60))
def test_order_names_every_place_once(seed: str, number: int) -> None:
    assert sorted(drawn_order(f"{seed.encode('utf-8', 'replace')!r}", number)) == [*range(number)]


def test_order_is_the_same_again_and_another_for_another_seed() -> None:
    assert drawn_order("a/1/", 40) == drawn_order("a/1/", 40)
    assert drawn_order("a/1/", 40) != drawn_order("a/2/", 40)


def test_each_place_comes_first_about_as_often() -> None:
    """Chi-square over 12,000 seeds and 12 places: below the 99 % value for 11 degrees, 24.72."""
    draws = 12_000
    first = Counter(drawn_order(f"seed {n}", 12)[0] for n in range(draws))
    expected = draws / 12
    chi_square = sum((first[place] - expected) ** 2 / expected for place in range(12))
    assert chi_square < 24.72


def test_values_that_favour_low_places_are_not_used() -> None:
    """With one byte and 200 places, 200 to 255 are drawn again."""
    asked: list[bytes] = []

    def one_byte(data: bytes) -> bytes:
        asked.append(data)
        return bytes([255]) if data == b"\0\0s\0\0" else bytes([7])

    assert drawn_order("s", 200, one_byte)[0] == 7
    assert asked[:2] == [b"\0\0s\0\0", b"\0\0s\0\0\0\1"]


@pytest.mark.parametrize("number", [0, MOST + 1])
def test_order_of_too_few_or_too_many_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="from 1 to 65536"):
        drawn_order("seed", number)


@pytest.mark.parametrize(
    "typed", ["3 1 6 / 2-2-5", "3,1,6,2,2,5", " 3  1 6\n2 2 5 ", "３ 1 6 2 2 5"]
)
def test_entropy_typed_in_another_way_is_the_same(typed: str) -> None:
    assert clean_entropy(typed) == "3 1 6 2 2 5"


def test_entropy_of_a_signature_ignores_case() -> None:
    assert clean_entropy("b5D1f0") == "B5D1F0"


@pytest.mark.parametrize("typed", ["", " / - ", "\n"])
def test_entropy_without_signs_is_refused(typed: str) -> None:
    with pytest.raises(ValueError, match="Nothing was typed"):
        clean_entropy(typed)


def test_list_digest_depends_on_order_and_words() -> None:
    digests = {list_digest(["a", "b"]), list_digest(["b", "a"]), list_digest(["ab"])}
    assert len(digests) == 3


@pytest.mark.parametrize("lines", [[], ["a", "a"], ["a\nb"]])
def test_list_that_is_no_list_is_refused(lines: list[str]) -> None:
    with pytest.raises(ValueError, match="A list to draw from"):
        list_digest(lines)


def test_secret_belongs_to_one_draw_and_is_not_told_by_its_commitment() -> None:
    secret = secret_of("key", "draw 1")
    assert secret == secret_of("key", "draw 1")
    assert secret != secret_of("key", "draw 2")
    assert secret != secret_of("other key", "draw 1")
    assert commitment(secret) not in {secret, commitment(secret_of("key", "draw 2"))}


def test_seed_changes_with_each_of_its_parts() -> None:
    seeds = {
        seed_of("s", "1 2", "d"),
        seed_of("t", "1 2", "d"),
        seed_of("s", "1 3", "d"),
        seed_of("s", "1 2", "e"),
    }
    assert len(seeds) == 4
