"""The box that goes into a count and the public form of what comes out."""

from __future__ import annotations

import pytest

from tests.factories.bundles import agenda_town, pick_design
from voting.log import canonical, digest
from voting.tally import count_box
from voting.tally.result import Box, ranks


def test_box_adds_up_its_figures() -> None:
    box = Box({('["a"]', "web"): 4, ("[]", "web"): 1, ("[]", "paper"): 2}, 30, {"paper": 3})
    assert (box.cast, box.blank, box.turnout) == (7, 3, 10)
    assert box.figures == {"roll": 30, "turnout": 10, "valid": 4}


@pytest.mark.parametrize(
    ("ballots", "roll", "void"),
    [({("[]", "web"): -1}, 5, {}), ({}, -1, {}), ({}, 5, {"paper": -1})],
)
def test_box_with_a_negative_number_is_refused(
    ballots: dict[tuple[str, str], int], roll: int, void: dict[str, int]
) -> None:
    with pytest.raises(ValueError, match="no negative"):
        Box(ballots, roll, void)


def test_channel_with_void_sheets_only_is_listed() -> None:
    box = Box({('["a"]', "web"): 4}, 30, {"paper": 3})
    channels = count_box(pick_design(), {"name": "plurality"}, box).channels
    assert [(one.channel, one.ballots, one.void) for one in channels] == [
        ("paper", 0, 3),
        ("web", 4, 0),
    ]


def test_public_form_holds_no_channel_and_its_digest_is_of_its_canonical_bytes() -> None:
    result = agenda_town().contents().result
    public = result.to_json()
    assert b"paper" not in canonical(public)
    assert result.digest == digest(canonical(public))
    assert (public["turnout"], public["valid"], public["blank"], public["void"]) == (88, 83, 3, 2)
    assert public["winners"] == ["b", "d"]


def test_unknown_option_has_no_outcome() -> None:
    with pytest.raises(KeyError):
        agenda_town().contents().result.option("z")


def test_equal_votes_share_a_rank_and_the_next_one_skips() -> None:
    assert ranks({"a": 5, "b": 9, "c": 5, "d": 1}) == {"a": 2, "b": 1, "c": 2, "d": 4}
