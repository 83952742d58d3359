"""Pictures that people sent can be seen, and nothing else of the disk."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path / "media"
    folder = tmp_path / "media" / "proposals" / "2026"
    folder.mkdir(parents=True)
    (folder / "picture_a1.jpg").write_bytes(b"\xff\xd8picture")
    (folder / "notes.txt").write_text("not for everybody")
    (tmp_path / "secret.jpg").write_bytes(b"secret")
    return folder


@pytest.mark.usefixtures("media")
def test_picture_is_served_for_long_and_as_what_it_is() -> None:
    answer: Any = Client().get("/media/proposals/2026/picture_a1.jpg")
    assert answer.status_code == 200
    assert b"".join(answer.streaming_content) == b"\xff\xd8picture"
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "immutable" in answer["Cache-Control"]
    assert "Set-Cookie" not in answer


@pytest.mark.usefixtures("media")
@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("proposals/2026/notes.txt", 404),
        ("proposals/2026/gone.jpg", 404),
        ("proposals/2026/", 404),
        ("../secret.jpg", 400),
        ("%2e%2e/secret.jpg", 400),
        ("proposals/../../secret.jpg", 400),
    ],
)
def test_nothing_else_is_served(name: str, status: int) -> None:
    assert Client().get(f"/media/{name}").status_code == status
