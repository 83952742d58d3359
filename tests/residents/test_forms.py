"""What people type, before it is kept."""

from __future__ import annotations

import unicodedata

import pytest
from django.core.exceptions import ValidationError

from proceedings.texts import clean_text


def test_decomposed_hangul_is_composed_and_controls_are_dropped() -> None:
    typed = unicodedata.normalize("NFD", "느티동") + "\x00\x07 길 \r\n둘째 줄  "
    assert clean_text(typed) == "느티동 길 \n둘째 줄"


def test_resident_number_is_refused_with_its_line_and_without_itself() -> None:
    with pytest.raises(ValidationError) as refused:
        clean_text("첫 줄\n제 번호는 900505-1234567 입니다")
    assert refused.value.params == {"line": 2}
    assert "1234567" not in str(refused.value)
