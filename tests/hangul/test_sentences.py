from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from hangul.sentences import fill


def test_values_stand_in_local_form_and_particles_are_settled() -> None:
    values = {
        "area": "광주",
        "opens": datetime(2026, 11, 22, 9, tzinfo=UTC),
        "until": date(2026, 12, 5),
        "count": 1284,
        "share": "1.5%",
    }
    korean = "%(area)s은(는) %(opens)s에 열어 %(until)s까지 %(count)s명, %(share)s을(를) 받습니다."
    assert fill(korean, values) == (
        "광주는 2026. 11. 22.(일) 18:00에 열어 2026. 12. 5.(토)까지 1,284명, 1.5%를 받습니다."
    )
    english = "%(area)s opens on %(opens)s for %(count)s people until %(until)s (%(share)s)."
    assert fill(english, values, "en") == (
        "광주 opens on 22 Nov 2026, 18:00 for 1,284 people until 5 Dec 2026 (1.5%)."
    )


def test_a_sentence_without_values_is_unescaped_all_the_same() -> None:
    assert fill("50%% 이상", {}) == "50% 이상"


def test_english_text_in_brackets_is_left_alone() -> None:
    assert fill("a particle such as 은(는)", {}, "en") == "a particle such as 은(는)"


def test_a_place_without_value_is_an_error() -> None:
    with pytest.raises(KeyError, match="day"):
        fill("%(day)s까지", {})
