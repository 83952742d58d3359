"""The virtual environment: when it is made, and what is said when it cannot be."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from groundwork import paths, venv
from groundwork.problems import Problem

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project with one small requirement and no environment yet."""
    requirements = tmp_path / "deploy" / "requirements"
    requirements.mkdir(parents=True)
    for name in venv.LEVELS:
        (requirements / f"{name}.txt").write_text("segno==1.6.6 --hash=sha256:" + "0" * 64 + "\n")
    monkeypatch.setattr(paths, "ROOT", tmp_path)
    monkeypatch.setattr(paths, "VAR", tmp_path / "var")
    monkeypatch.setattr(paths, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(paths, "PYTHON", tmp_path / ".venv" / "bin" / "python")
    monkeypatch.setattr(venv, "STAMPS", tmp_path / ".venv" / "stamps")
    return tmp_path


def test_a_dead_package_index_is_one_sentence(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PIP_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.delenv("PIP_EXTRA_INDEX_URL", raising=False)
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)

    with pytest.raises(Problem, match="the package index does not answer"):
        venv.ensure("base")
    assert not venv.is_ready("base")


def test_a_python_without_venv_is_one_sentence(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda _: None)

    with pytest.raises(Problem, match="apt install python3-venv"):
        venv.ensure("base")


def test_changed_requirements_are_not_ready_and_the_larger_set_contains_the_smaller(
    bare: Path,
) -> None:
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", paths.VENV], check=True)  # noqa: S603 - our own
    venv.STAMPS.mkdir()
    for name in venv.LEVELS:
        (bare / "deploy" / "requirements" / f"{name}.txt").write_text("")
    venv.remember("test")
    assert [venv.is_ready(name) for name in venv.LEVELS] == [True, True, True]

    (bare / "deploy" / "requirements" / "demo.txt").write_text("# changed\n")

    assert [venv.is_ready(name) for name in venv.LEVELS] == [True, False, True]


@pytest.mark.parametrize(
    ("log", "cause"),
    [
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES", "not what was pinned"),
        ("OSError: [Errno 28] No space left on device", "the disk is full"),
        ("WARNING: Retrying (Retry(total=1", "does not answer"),
        ("a\nERROR: No matching distribution found for x==1.", "No matching distribution found"),
        ("", "pip failed"),
    ],
)
def test_the_cause_is_told_in_plain_words(tmp_path: Path, log: str, cause: str) -> None:
    path = tmp_path / "log"
    path.write_text(log)

    assert cause in venv.cause(path)
