"""Word differences: nothing is lost, and only the ending of a Korean word is marked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from proposals.differences import Piece, differences, tokens

texts = st.text(alphabet="보안등을이가 골목\n.,12ab", max_size=60)


@given(texts, texts)
def test_the_pieces_give_both_texts_again(old: str, new: str) -> None:
    pieces = differences(old, new)
    assert "".join(p.text for p in pieces if p.kind != "added") == old
    assert "".join(p.text for p in pieces if p.kind != "removed") == new


@given(texts)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert all(piece.kind == "same" for piece in differences(text, text))


@given(texts)
def test_tokens_joined_are_the_text(text: str) -> None:
    assert "".join(tokens(text)) == text


def test_of_a_word_with_another_particle_only_the_particle_is_marked() -> None:
    assert differences("보안등을 바꿔", "보안등이 바꿔") == (
        Piece("same", "보안등"),
        Piece("removed", "을"),
        Piece("added", "이"),
        Piece("same", " 바꿔"),
    )


def test_another_word_is_replaced_as_a_whole() -> None:
    assert differences("의자 세 개", "의자 네 개") == (
        Piece("same", "의자 "),
        Piece("removed", "세"),
        Piece("added", "네"),
        Piece("same", " 개"),
    )


def test_an_added_sentence_stands_as_one_piece() -> None:
    assert differences("어둡습니다.", "어둡습니다. 무섭습니다.") == (
        Piece("same", "어둡습니다."),
        Piece("added", " 무섭습니다."),
    )
