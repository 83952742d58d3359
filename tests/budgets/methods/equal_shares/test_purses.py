"""Fixed-point purses never claim more than the exact ones bear out."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given, settings
from hypothesis import strategies as st

from budgets.methods.equal_shares.field import Field, field_of
from budgets.methods.equal_shares.options import Utility
from budgets.methods.equal_shares.purses import SCALE, ExactPurses, Funded, RoundedPurses
from budgets.methods.profile import Ballots

KEYS = "abcdef"


@st.composite
def fields(draw: st.DrawFn) -> Field:
    points = st.integers(1, 9) | st.sampled_from([Fraction(1, 2), Fraction(5, 3)])
    marks = st.dictionaries(st.sampled_from(KEYS), points, min_size=1)
    kinds = draw(st.lists(st.tuples(marks, st.integers(1, 9)), min_size=1, max_size=8))
    costs = {key: draw(st.integers(0, 60)) for key in KEYS}
    utility = draw(st.sampled_from(Utility))
    return field_of(Ballots.of((one.items(), n) for one, n in kinds), costs, utility, [1])


@settings(deadline=None, max_examples=300)
@given(fields(), st.fractions(Fraction(1, 9), 9, max_denominator=99), st.data())
def test_an_exact_price_lies_within_its_bounds(
    field: Field, share: Fraction, data: st.DataObject
) -> None:
    rounded, exact = RoundedPurses(field, share), ExactPurses(field, share)
    for project in data.draw(st.permutations(field.projects)):
        price, bracket = exact.price(project), rounded.price(project)
        if bracket is None:
            assert price is None
            continue
        if price is None:
            assert not bracket.proved
            continue
        assert price * SCALE >= bracket.price - bracket.off
        if bracket.proved:
            assert price * SCALE <= bracket.price + bracket.off
            rounded.pay(project, bracket.price, bracket.off)
        else:
            rounded.pay(project, price.numerator * SCALE // price.denominator, 1)
        exact.pay(project, price)
        for group, purse in enumerate(rounded.purses):
            assert abs(purse - exact.purse(group) * SCALE) <= rounded.error


@settings(deadline=None, max_examples=200)
@given(fields(), st.fractions(Fraction(1, 9), 9, max_denominator=99), st.integers(0, 2**140))
def test_a_price_that_is_high_enough_already_is_a_bound_from_below(
    field: Field, share: Fraction, enough: int
) -> None:
    rounded, exact = RoundedPurses(field, share), ExactPurses(field, share)
    for project in field.projects:
        bracket, price = rounded.price(project, enough), exact.price(project)
        if bracket is None:
            assert price is None
        elif price is not None:
            assert price * SCALE >= bracket.price - bracket.off


def test_exact_purses_follow_a_run_and_hold_what_is_left() -> None:
    ballots = Ballots.of([([("a", 1), ("b", 1)], 3), ([("b", 1)], 1)])
    field = field_of(ballots, {"a": 6, "b": 5}, Utility.COST, [1])
    purses = ExactPurses(field, Fraction(3))
    run = [Funded(0)]
    purses.follow(run)
    assert run[0].price == 2
    assert [purses.purse(group) for group in range(field.groups)] == [1, 3]
    assert purses.held(field.projects[1]) == 6
    assert purses.price(field.projects[1]) == 2  # three give all they have, one pays the rest
    purses.pay(field.projects[1], Fraction(2))
    assert [purses.purse(group) for group in range(field.groups)] == [0, 1]
    assert purses.price(field.projects[0]) is None
