"""Votes by channel, with nothing small enough to say how somebody voted."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from voting.tally.channels import MINIMUM, publish_channels
from voting.tally.result import ChannelCount


def votes(channel: str, ballots: int, **by_option: int) -> ChannelCount:
    return ChannelCount(
        channel, ballots, 0, 0, {key: {"votes": number} for key, number in by_option.items()}
    )


def answers(channel: str, yes: int, no: int, abstain: int, blank: int) -> ChannelCount:
    counts = {"yes": yes, "no": no, "abstain": abstain, "blank": blank}
    return ChannelCount(channel, sum(counts.values()), 0, 0, {"plan": counts})


def test_large_cells_are_shown_by_channel() -> None:
    table = publish_channels([votes("paper", 100, a=40, b=60), votes("web", 300, a=200, b=100)])
    assert table.groups == (("paper",), ("web",))
    assert table.rows == {
        "a": ({"votes": 40}, {"votes": 200}),
        "b": ({"votes": 60}, {"votes": 100}),
    }
    assert table.to_json()["minimum"] == MINIMUM


def test_one_hidden_row_takes_another_with_it() -> None:
    table = publish_channels(
        [votes("paper", 100, a=9, b=51, c=40), votes("web", 300, a=150, b=100, c=50)]
    )
    assert table.rows["a"] is None
    assert table.rows["c"] is None
    assert table.rows["b"] is not None


def test_row_that_nearly_everybody_chose_is_hidden() -> None:
    table = publish_channels([votes("paper", 100, a=95, b=30), votes("web", 300, a=150, b=100)])
    assert table.rows == {"a": None, "b": None}


def test_option_that_nobody_chose_anywhere_says_nothing() -> None:
    table = publish_channels([votes("paper", 50, a=20, b=0), votes("web", 60, a=30, b=0)])
    assert table.rows["b"] == ({"votes": 0}, {"votes": 0})


def test_small_channels_are_joined_until_they_are_large_enough() -> None:
    table = publish_channels(
        [votes("other", 4, a=4), votes("paper", 7, a=1), votes("web", 300, a=150)]
    )
    assert table.groups == (("other", "paper"), ("web",))
    assert table.rows["a"] is None


def test_single_group_is_not_split() -> None:
    table = publish_channels([votes("paper", 3, a=3), votes("web", 300, a=150)])
    assert table.groups == (("paper", "web"),)
    assert table.rows == {"a": None}
    assert publish_channels([]).rows == {}


def test_abstentions_and_blanks_are_shown_together() -> None:
    table = publish_channels([answers("paper", 20, 30, 6, 5), answers("web", 50, 60, 9, 3)])
    assert table.rows["plan"] == (
        {"no": 30, "rest": 11, "yes": 20},
        {"no": 60, "rest": 12, "yes": 50},
    )
    hidden = publish_channels([answers("paper", 20, 30, 3, 5), answers("web", 50, 60, 9, 3)])
    assert hidden.rows["plan"] is None


single_choice = st.lists(
    st.lists(st.integers(0, 60), min_size=4, max_size=4), min_size=1, max_size=3
)


@settings(deadline=None, max_examples=300)
@given(single_choice)
def test_nothing_small_can_be_worked_out_from_what_is_shown(rows: list[list[int]]) -> None:
    """Everybody chose one option, so that each channel's column adds up to its ballots."""
    channels = [
        votes(f"c{number}", sum(row), **dict(zip("abcd", row, strict=True)))
        for number, row in enumerate(rows)
    ]
    table = publish_channels(channels)
    sizes = [sum(one.ballots for one in channels if one.channel in group) for group in table.groups]
    assert len(sizes) == 1 or min(sizes) >= MINIMUM
    shown = [row for row in table.rows.values() if row is not None]
    for row in shown:
        cells = [cell["votes"] for cell in row]
        assert min(cells) >= MINIMUM or not any(cells)
    hidden = [key for key, row in table.rows.items() if row is None]
    if shown and len(sizes) > 1 and hidden:
        left = [
            size - sum(row[place]["votes"] for row in shown) for place, size in enumerate(sizes)
        ]
        assert len(hidden) > 1
        assert min(left) >= MINIMUM
