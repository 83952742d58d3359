"""The words of notices."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.utils import translation

from residents import notices
from residents.models import NoticeKind
from residents.selectors import told_in_words


def test_every_kind_has_words() -> None:
    changed = {"proposal_changed": "merged", "vote_right": "added"}
    for kind in NoticeKind.values:
        change = {"change": changed[kind]} if kind in changed else {}
        assert notices.wording(kind, change).title


def test_change_picks_closer_words() -> None:
    hidden = notices.wording("comment_hidden", {"change": "restored"})
    assert "can be seen again" in hidden.title
    with pytest.raises(ValueError, match="no words"):
        notices.wording("proposal_changed", {"change": "eaten"})


def test_sentence_without_its_value_is_left_out() -> None:
    with translation.override("en"):
        short = told_in_words("proposal_reached", {"title": "골목"})
        full = told_in_words("proposal_reached", {"title": "골목", "count": 50})
    assert "50" not in short.body
    assert full.body.startswith("50 people")


def test_moments_and_days_are_read_from_their_iso_form() -> None:
    read = notices.values({"closes_at": "2026-12-05T18:00:00+09:00", "due_on": "2026-12-05"})
    assert isinstance(read["closes_at"], datetime)
    assert read["due_on"] == date(2026, 12, 5)


def test_korean_particles_fit_the_title() -> None:
    with translation.override("ko"):
        told = told_in_words("contest_opened", {"title": "주민총회"})
    assert "(" not in told.title
