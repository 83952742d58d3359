"""Fonts and axe from npm: what is said when they cannot be had."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import pytest
from groundwork import parts, paths
from groundwork.problems import Problem

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def bare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A project that has downloaded nothing yet."""
    monkeypatch.setattr(paths, "VAR", tmp_path / "var")
    monkeypatch.setattr(parts, "WORKSHOP", tmp_path / "var" / "npm")
    monkeypatch.setattr(parts, "PRINT_FONTS", tmp_path / "var" / "fonts")
    monkeypatch.setattr(parts, "VENDOR", tmp_path / "vendor")
    return tmp_path


def test_a_dead_npm_registry_is_one_sentence(bare: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {
        "registry": "http://127.0.0.1:9/", "fetch_timeout": "500", "fetch_retries": "0",
        "userconfig": str(bare / "user"), "globalconfig": str(bare / "global"),
        "cache": str(bare / "cache"),
    }.items():  # fmt: skip
        monkeypatch.setenv(f"npm_config_{name}", value)
    with pytest.raises(Problem, match="could not be downloaded: the npm registry does not"):
        parts.ensure()
    assert (bare / "var" / "npm.log").read_text()
    assert not parts.is_ready()


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        ("ENOSPC", "the disk is full."),
        ("EINTEGRITY", "what was downloaded is not what was pinned (wrong hash)."),
        ("EAI_AGAIN", "the npm registry does not answer."),
        ("E404", "npm failed (E404)."),
        (
            "SELF_SIGNED_CERT_IN_CHAIN",
            "the registry's certificate is not trusted here (npm takes others from cafile).",
        ),
    ],
)
def test_the_cause_is_read_from_the_code_that_npm_gives(
    tmp_path: Path, code: str, sentence: str
) -> None:
    log = tmp_path / "npm.log"
    for word in ("error", "ERR!"):  # since npm 10, and before
        log.write_text(f"npm {word} code {code}\nnpm {word} errno {code}\n")
        assert parts.cause(log) == sentence
    log.write_text("Segmentation fault\n")
    assert parts.cause(log) == "npm failed."


def downloaded(bare: Path) -> Path:
    """What npm leaves, as far as we use it; returns the folder of the fonts."""
    modules = bare / "var" / "npm" / "node_modules"
    fonts = modules / "krds-uiux" / "resources" / "fonts"
    fonts.mkdir(parents=True)
    (modules / "axe-core").mkdir()
    (modules / "axe-core" / "axe.min.js").write_text(json.dumps("axe"))
    for name in parts.FONTS:
        shutil.copy(paths.ROOT / "static" / "vendor" / "fonts" / f"{name}.subset.woff2", fonts)
    return fonts


@pytest.mark.parametrize("fault", ["missing", "cut off"])
def test_a_download_that_is_not_whole_is_one_sentence_and_fetched_anew(
    bare: Path, fault: str
) -> None:
    font = downloaded(bare) / f"{parts.FONTS[1]}.subset.woff2"
    if fault == "missing":
        font.unlink()
    else:
        font.write_bytes(font.read_bytes()[:1000])
    with pytest.raises(Problem, match="not whole: start again"):
        parts._lay_out()
    assert not parts.WORKSHOP.exists()
    assert not parts.is_ready()


def test_a_whole_download_is_laid_out_for_pages_and_print(bare: Path) -> None:
    downloaded(bare)
    parts._lay_out()
    assert (bare / "vendor" / "axe.min.js").exists()
    for name in parts.FONTS:
        assert (bare / "vendor" / "fonts" / f"{name}.subset.woff2").stat().st_size > 100_000
        assert (bare / "var" / "fonts" / f"{name}.ttf").read_bytes()[:4] in {b"\0\1\0\0", b"OTTO"}
