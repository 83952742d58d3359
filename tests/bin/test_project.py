"""What Django does before the site opens, with a small program in place of manage.py."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest
from groundwork import paths, project
from groundwork.problems import Problem

if TYPE_CHECKING:
    from pathlib import Path

MANAGE = """
import os, pathlib, sys
with pathlib.Path("calls").open("a") as file:
    print(os.environ["DATABASE_URL"].partition("@")[0], *sys.argv[1:], file=file)
print("said by", sys.argv[1])
if sys.argv[1] == "seed_demo" and pathlib.Path("broken").exists():
    raise SystemExit("the town is broken")
"""
OWNER = {"DATABASE_URL": "postgresql://owner@/town"}
APP = {"DATABASE_URL": "postgresql://app@/town"}


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one app, one catalog and the pins."""
    for name in (
        "manage.py",
        "voting/migrations/0001.py",
        "civic/management/commands/seed_demo.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(MANAGE if name == "manage.py" else "")
    catalog = tmp_path / "locale" / "voting" / "ko" / "LC_MESSAGES" / "django.po"
    catalog.parent.mkdir(parents=True)
    catalog.write_text("")
    (tmp_path / "deploy" / "requirements").mkdir(parents=True)
    (tmp_path / "deploy" / "requirements" / "base.txt").write_text("")
    (tmp_path / "var").mkdir()
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "VAR", tmp_path / "var")
    return tmp_path


def calls(tree: Path) -> list[str]:
    """What was asked of manage.py since the last time."""
    path = tree / "calls"
    lines = path.read_text().splitlines() if path.exists() else []
    path.write_text("")
    return lines


def test_tables_are_made_by_their_owner_once_and_again_after_a_change(tree: Path) -> None:
    stamp = tree / "var" / "migrated"

    project.migrate(OWNER, APP, stamp=stamp)
    assert calls(tree) == [
        "postgresql://owner migrate --noinput",
        "postgresql://owner grant_app_role app",
    ]
    project.migrate(OWNER, APP, stamp=stamp)
    assert calls(tree) == []

    (tree / "voting" / "migrations" / "0002.py").write_text("")
    project.migrate(OWNER, APP, stamp=stamp)
    assert len(calls(tree)) == 2


def test_a_database_of_ones_own_is_brought_up_to_date_each_time(tree: Path) -> None:
    for _ in range(2):
        project.migrate(OWNER, OWNER, stamp=None)

    assert calls(tree) == ["postgresql://owner migrate --noinput"] * 2


def test_the_town_is_filled_once_and_its_people_are_remembered(tree: Path) -> None:
    stamp = tree / "var" / "people"

    assert project.seed(APP, stamp=stamp) == "said by demo_people\n"
    assert calls(tree) == ["postgresql://app seed_demo", "postgresql://app demo_people"]
    assert project.seed(APP, stamp=stamp) == "said by demo_people\n"
    assert calls(tree) == []


def test_a_step_that_fails_is_told_by_its_last_line_and_tried_again(tree: Path) -> None:
    (tree / "broken").write_text("")

    with pytest.raises(Problem, match="This step failed: the town is broken"):
        project.seed(APP, stamp=tree / "var" / "people")
    assert "said by seed_demo" in (tree / "var" / "manage.log").read_text()

    (tree / "broken").unlink()
    assert project.seed(APP, stamp=tree / "var" / "people") == "said by demo_people\n"


def test_catalogs_are_compiled_when_one_is_missing_or_older(tree: Path) -> None:
    catalog = next(tree.rglob("django.po"))
    compiled = catalog.with_suffix(".mo")

    project.compile_catalogs(APP)
    assert calls(tree) == ["postgresql://app catalogs --compile"]

    compiled.write_text("")
    project.compile_catalogs(APP)
    assert calls(tree) == []

    os.utime(compiled, (0, 0))
    project.compile_catalogs(APP)
    assert len(calls(tree)) == 1


@pytest.mark.parametrize("change", ["new", "changed", "gone"])
def test_the_fingerprint_sees_every_change_of_a_folder(tree: Path, change: str) -> None:
    kept = tree / "voting" / "migrations" / "0001.py"
    before = project.fingerprint([tree / "voting"])
    if change == "new":
        kept.with_name("0002.py").write_text("")
    elif change == "changed":
        kept.write_text("x = 1")
    else:
        kept.unlink()

    assert project.fingerprint([tree / "voting"]) != before


def test_static_files_of_the_demo_are_named_by_content_and_not_compressed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paths, "VAR", tmp_path)
    (tmp_path / "static").mkdir()
    settings = {"DJANGO_SETTINGS_MODULE": "civic.settings.dev", "MADANG_VAR_DIR": str(tmp_path)}

    project.collect_static(settings, compressed=False)

    names = json.loads((tmp_path / "static" / "staticfiles.json").read_text())["paths"]
    assert names["css/tokens.css"] != "css/tokens.css"
    assert (tmp_path / "static" / names["css/tokens.css"]).exists()
    assert list((tmp_path / "static").rglob("*.gz")) == []

    taken = (tmp_path / "static" / "staticfiles.json").stat().st_mtime_ns
    project.collect_static(settings, compressed=False)
    assert (tmp_path / "static" / "staticfiles.json").stat().st_mtime_ns == taken
