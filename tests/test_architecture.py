"""What import-linter cannot see: where things are written, where they stand, what docs name."""

from __future__ import annotations

import ast
import os
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from civic import celery_app
from proceedings.audit import Action

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
APPS = ("places", "proceedings", "residents", "debates", "voting", "proposals", "budgets", "civic")
WRITERS = {"save", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
READERS = {"selectors", "views", "api", "forms", "permissions", "tasks"}
"""Kinds of files that write nothing themselves."""


def tracked(*suffixes: str) -> list[Path]:
    """Files of the project by ending; what `.gitignore` names is none of it."""
    ignored = {line.rstrip("/") for line in (ROOT / ".gitignore").read_text().split()} | {".git"}
    found = []
    for folder, folders, names in os.walk(ROOT):
        here = Path(folder).relative_to(ROOT)
        folders[:] = [n for n in folders if n not in ignored and str(here / n) not in ignored]
        found += [Path(folder, name) for name in names if name.endswith(suffixes)]
    return sorted(found)


@cache
def parsed() -> tuple[tuple[str, ast.Module], ...]:
    """Each Python file of the apps but migrations: its path from the root, and its tree."""
    names = {path.relative_to(ROOT).as_posix(): path for path in tracked(".py")}
    return tuple(
        (name, ast.parse(path.read_text()))
        for name, path in names.items()
        if name.split("/")[0] in APPS and "/migrations/" not in name
    )


def modules(*apps: str) -> list[tuple[str, ast.Module]]:
    """The files of some apps."""
    return [(name, tree) for name, tree in parsed() if name.split("/")[0] in apps]


def kind_of(name: str) -> str:
    """The kind of a file by the closed list: its name, or its package's name inside the app."""
    return name.split("/")[1].removesuffix(".py")


def calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def test_transactions_are_opened_in_services_only() -> None:
    strays = [
        name
        for name, tree in modules(*APPS)
        if kind_of(name) not in {"services", "management", "demo"}
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and node.attr == "atomic"
    ]
    assert strays == []


def test_locks_are_taken_in_services_only() -> None:
    strays = [
        name
        for name, tree in modules(*APPS)
        if kind_of(name) not in {"services", "locks"}
        for call in calls(tree)
        if isinstance(call.func, ast.Name) and call.func.id.startswith(("lock_", "try_lock_"))
    ]
    assert strays == []


def lock_name(call: ast.Call) -> str:
    """What a lock is called up to its first colon; empty where a function gives the name."""
    told = call.args[0]
    first = told.values[0] if isinstance(told, ast.JoinedStr) else told
    return str(first.value).partition(":")[0] if isinstance(first, ast.Constant) else ""


def test_every_lock_stands_on_the_page_of_locks() -> None:
    page = (ROOT / "docs" / "locking.md").read_text()
    unknown = [
        f"{name}: {lock_name(call)}"
        for name, tree in modules(*APPS)
        for call in calls(tree)
        if isinstance(call.func, ast.Name)
        and call.func.id.removeprefix("try_")
        in {"lock_exclusive", "lock_shared", "lock_shared_along"}
        and f"`{lock_name(call)}" not in page
    ]
    assert unknown == []


def writes(call: ast.Call) -> bool:
    """Whether a call stores something: a writer of a model, a manager or rows found by a chain.

    `update` of rows takes names only and `delete` nothing; those of a dict or a cache take a key.
    """
    if not isinstance(call.func, ast.Attribute):
        return False
    name = call.func.attr.removeprefix("a")
    if name == "update":
        return bool(call.keywords) and not call.args
    if name == "delete":
        return not call.args and not call.keywords
    return name in WRITERS


@pytest.mark.parametrize(
    "line",
    [
        "Contest.objects.create(title='')",
        "Contest.objects.filter(pk=1).order_by('pk').update(title='')",
        "Contest.objects.all().delete()",
        "contest.options.get_or_create(key='a')",
        "contest.delete()",
        "contest.save()",
        "Contest.objects.filter(pk=1).aupdate(title='')",
    ],
)
def test_a_write_is_known_as_one(line: str) -> None:
    assert any(writes(call) for call in calls(ast.parse(line)))


@pytest.mark.parametrize("line", ["digest.update(b'')", "cache.delete('key')", "kept.add('a')"])
def test_what_is_no_write_is_none(line: str) -> None:
    assert not any(writes(call) for call in calls(ast.parse(line)))


def test_nothing_is_written_in_selectors_views_and_api() -> None:
    strays = [
        f"{name}: {ast.unparse(call.func)}"
        for name, tree in modules(*APPS)
        if kind_of(name) in READERS
        for call in calls(tree)
        if writes(call)
    ]
    assert strays == []


def test_the_api_reads_by_selectors() -> None:
    strays = [
        f"{name}: {call.func.value.value.id}.objects.{call.func.attr}"
        for name, tree in modules(*APPS)
        if kind_of(name) == "api"
        for call in calls(tree)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr != "none"  # tells the description the model
        and isinstance(call.func.value, ast.Attribute)
        and call.func.value.attr == "objects"
        and isinstance(call.func.value.value, ast.Name)
    ]
    assert strays == []


def test_work_is_enqueued_by_services_only() -> None:
    strays = [
        name
        for name, tree in modules(*APPS)
        if kind_of(name) != "services"
        for call in calls(tree)
        if isinstance(call.func, ast.Attribute)
        and call.func.attr in {"delay", "delay_on_commit", "apply_async", "send_task"}
    ]
    assert strays == []


def test_no_signals_between_apps() -> None:
    strays = [
        name
        for name, tree in modules(*APPS)
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "django.db.models.signals"
    ]
    assert strays == []


def test_tasks_are_named_after_their_app() -> None:
    wrong = []
    for name, tree in modules(*APPS):
        if kind_of(name) != "tasks":
            continue
        for call in calls(tree):
            if isinstance(call.func, ast.Name) and call.func.id == "shared_task":
                named = [k.value.value for k in call.keywords if k.arg == "name"]  # type: ignore[attr-defined]  # a constant by habit
                if not named or not named[0].startswith(name.split("/")[0] + "."):
                    wrong.append(name)
    assert wrong == []


def test_the_clock_calls_only_tasks_that_exist(settings: object) -> None:
    celery_app.loader.import_default_modules()
    known = set(celery_app.tasks)
    asked = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}  # type: ignore[attr-defined]  # Django's settings
    assert asked - known == set()


def test_every_action_is_recorded_somewhere() -> None:
    text = "".join(
        path.read_text()
        for path in tracked(".py")
        if path.relative_to(ROOT).parts[0] in APPS and path.name != "audit.py"
    )
    unused = [action.name for action in Action if f"Action.{action.name}" not in text]
    assert unused == []


def test_actions_are_named_for_an_app() -> None:
    assert [a for a in Action if a.value.split(".")[0] not in APPS] == []


def test_tests_mirror_the_tree() -> None:
    """tests/<app>/test_<file>.py belongs to <app>/<file>.py, packages mirror packages."""
    orphans = []
    for path in tracked(".py"):
        parts = path.relative_to(ROOT).parts
        if parts[0] != "tests" or parts[1] not in (*APPS, "hangul"):
            continue
        if not path.name.startswith("test_") or path.name == "test_locking.py":
            continue
        twin = ROOT.joinpath(*parts[1:-1], path.name.removeprefix("test_"))
        package = twin.with_suffix("")
        if not (twin.exists() or package.is_dir() or package.with_suffix(".html").exists()):
            orphans.append("/".join(parts))
    assert orphans == []


def test_docs_name_only_files_that_exist() -> None:
    missing = []
    for path in [*ROOT.glob("docs/**/*.md"), ROOT / "README.md"]:
        if not path.exists():
            continue
        names = re.findall(r"`((?:[\w.-]+/)+[\w.-]*)`", path.read_text())
        missing += [
            f"{path.name}: {name}"
            for name in names
            if (ROOT / name.split("/")[0]).is_dir() and not (ROOT / name).exists()
        ]
    assert missing == []


def test_no_inline_script_or_style_in_templates() -> None:
    wrong = [
        path.relative_to(ROOT).as_posix()
        for path in tracked(".html")
        if re.search(r"<style|\sstyle=|<script(?![^>]*\bsrc=)|\son[a-z]+=\"", path.read_text())
    ]
    assert wrong == []


def test_components_declare_their_variables() -> None:
    silent = [
        path.name
        for path in (ROOT / "templates" / "components").glob("*.html")
        if "{% comment %}" not in path.read_text()[:200] and "{#" not in path.read_text()[:200]
    ]
    assert silent == []


@pytest.mark.parametrize("word", ["../shared", "/work/main", "/root/"])
def test_the_project_speaks_of_itself_alone(word: str) -> None:
    own = Path(__file__).resolve()
    found = [
        path.relative_to(ROOT).as_posix()
        for path in tracked(".py", ".md", ".html", ".toml", ".yml", ".txt", ".css", ".js", ".in")
        if path != own and word in path.read_text()
    ]
    assert found == []
