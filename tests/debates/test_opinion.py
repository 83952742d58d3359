"""Where opinions stand on the map: by shares alone, exact, and never from a few people."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from debates.opinion import LEAST, Liking, Ratings, placed


@st.composite
def ratings(draw: st.DrawFn) -> Ratings:
    rated_for, rated_against = draw(st.integers(0, 40)), draw(st.integers(0, 40))
    return Ratings(
        draw(st.integers(1, 99)),
        draw(st.integers(0, rated_for)),
        rated_for,
        draw(st.integers(0, rated_against)),
        rated_against,
    )


def test_an_opinion_is_placed_by_the_share_of_either_side() -> None:
    (place,) = placed([Ratings(7, 9, 10, 13, 20)])
    assert (place.pk, place.share_for, place.share_against) == (7, 90, 65)
    assert place.liking is Liking.BOTH


def test_who_likes_it_is_told_from_sixty_per_cent_on() -> None:
    likings = {
        one.pk: one.liking
        for one in placed(
            [
                Ratings(1, 6, 10, 6, 10),
                Ratings(2, 6, 10, 5, 10),
                Ratings(3, 5, 10, 6, 10),
                Ratings(4, 5, 10, 5, 10),
            ]
        )
    }
    assert likings == {1: Liking.BOTH, 2: Liking.FOR, 3: Liking.AGAINST, 4: Liking.FEW}


def test_what_both_like_best_stands_in_front() -> None:
    found = placed([Ratings(1, 10, 10, 3, 10), Ratings(2, 7, 10, 7, 10), Ratings(3, 9, 10, 7, 10)])
    assert [one.pk for one in found] == [3, 2, 1]


@given(st.lists(ratings(), unique_by=lambda one: one.pk))
def test_few_people_are_never_shown_and_order_of_input_does_not_matter(
    rows: list[Ratings],
) -> None:
    found = placed(rows)
    assert found == placed(rows[::-1])
    enough = {one.pk for one in rows if min(one.rated_for, one.rated_against) >= LEAST}
    assert {one.pk for one in found} == enough
    for one in found:
        assert one.share_for % 5 == one.share_against % 5 == 0
        assert 0 <= one.share_for <= 100
