"""Rules of the sheets and scripts: one home for colours, readable contrast, small files."""

from __future__ import annotations

import re
from pathlib import Path

import django_htmx
import pytest

ROOT = Path(__file__).resolve().parent.parent
CSS, JS = ROOT / "static/css", ROOT / "static/js"
EVERY_PAGE = ["tokens", "base", "frame", "parts", "forms", "print"]
SHEETS = [path for path in sorted(CSS.glob("*.css")) if path.stem not in {"tokens", "print"}]
TOKENS = re.sub(r"/\*.*?\*/", "", (CSS / "tokens.css").read_text(), flags=re.DOTALL)
COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl|oklch)a?\(")
SIZE = re.compile(r"(?<![\w-])\d*\.?\d+(?:rem|px|pt)\b")


def block(selector: str) -> dict[str, str]:
    """The tokens that a rule of tokens.css sets."""
    found = re.search(re.escape(selector) + r"\s*\{([^{}]*)\}", TOKENS)
    assert found, selector
    return dict(re.findall(r"(--[\w-]+):\s*([^;]+);", found[1]))


LIGHT = block(":root")
DARK = LIGHT | block(':root[data-theme="dark"]')
HIGH = LIGHT | block(':root:root[data-contrast="high"]')


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2) of #rgb or #rrggbb."""
    digits = colour.removeprefix("#")
    digits = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
    parts = [int(digits[i : i + 2], 16) / 255 for i in (0, 2, 4)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda path: path.stem)
def test_sheet_holds_no_colour_and_no_size_of_its_own(sheet: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(), flags=re.DOTALL)
    text = re.sub(r"@(?:media|container)[^{]*\{", "", text)
    assert COLOUR.findall(text) == []
    assert SIZE.findall(text) == []


@pytest.mark.parametrize("sheet", [*SHEETS, CSS / "print.css"], ids=lambda path: path.stem)
def test_sheet_uses_only_tokens_that_exist(sheet: Path) -> None:
    used = set(re.findall(r"var\((--[\w-]+)", sheet.read_text()))
    assert used - set(LIGHT) == set()


def test_dark_says_the_same_for_system_and_choice() -> None:
    assert block(':root:not([data-theme="light"])') == block(':root[data-theme="dark"]')


@pytest.mark.parametrize("mode", [LIGHT, DARK, HIGH], ids=["light", "dark", "high"])
@pytest.mark.parametrize(
    ("ink", "ground"),
    [
        *[
            (ink, ground)
            for ink in ("ink", "ink-2", "ink-3")
            for ground in ("ground", "raised", "surface", "navy-soft")
        ],
        *[("link", ground) for ground in ("ground", "raised", "surface", "navy-soft")],
        *[
            (f"{role}-ink", f"{role}-soft")
            for role in ("primary", "danger", "success", "warning", "info")
        ],
        ("danger-ink", "ground"),
        ("primary-ink", "ground"),
        ("on-primary", "primary"),
        ("on-primary", "primary-hover"),
        ("on-danger", "danger"),
        ("on-navy", "navy"),
        ("on-warning", "warning"),
        ("ink-3", "surface-2"),
        ("link-visited", "ground"),
    ],
)
def test_text_can_be_read_on_its_ground(mode: dict[str, str], ink: str, ground: str) -> None:
    assert contrast(mode[f"--{ink}"], mode[f"--{ground}"]) >= 4.5


@pytest.mark.parametrize("mode", [LIGHT, DARK, HIGH], ids=["light", "dark", "high"])
@pytest.mark.parametrize(
    ("mark", "ground"),
    [
        ("edge", "ground"),
        ("edge", "raised"),
        ("focus", "ground"),
        ("focus", "raised"),
        ("chart-1", "chart-rest"),
        ("success", "chart-rest"),
        ("primary", "ground"),
    ],
)
def test_controls_and_bars_stand_out(mode: dict[str, str], mark: str, ground: str) -> None:
    assert contrast(mode[f"--{mark}"], mode[f"--{ground}"]) >= 3


def test_high_contrast_text_reaches_seven_to_one() -> None:
    for ink in ("ink", "ink-2", "ink-3", "link", "danger-ink", "primary-ink"):
        assert contrast(HIGH[f"--{ink}"], HIGH["--ground"]) >= 7, ink


def test_list_page_loads_at_most_60_kb_of_css_and_60_kb_of_scripts() -> None:
    css = sum((CSS / f"{name}.css").stat().st_size for name in EVERY_PAGE)
    htmx = Path(django_htmx.__file__).parent / "static/django_htmx/htmx-2.min.js"
    # desk.js and print.js are linked by their own pages alone.
    listed = ("site", "autosave", "basket", "board")
    scripts = htmx.stat().st_size + sum((JS / f"{n}.js").stat().st_size for n in listed)
    assert css <= 60 * 1024
    assert scripts <= 60 * 1024


def test_base_links_exactly_the_sheets_of_every_page() -> None:
    base = (ROOT / "templates/base.html").read_text()
    assert re.findall(r"css/([\w/]+)\.css", base) == EVERY_PAGE


def test_every_symbol_that_a_template_names_is_drawn() -> None:
    drawn = set(re.findall(r'id="([\w-]+)"', (ROOT / "static/img/icons.svg").read_text()))
    templates = [path.read_text() for path in (ROOT / "templates").rglob("*.html")]
    named = {name for text in templates for name in re.findall(r'\bicon="?\s?"([\w-]+)"', text)}
    named |= {name for text in templates for name in re.findall(r'\{% icon "([\w-]+)"', text)}
    assert len(named) > 20
    assert named - drawn == set()


@pytest.mark.parametrize(
    "path", sorted((ROOT / "templates/components").glob("*.html")), ids=lambda path: path.stem
)
def test_component_opens_by_naming_its_variables(path: Path) -> None:
    text = path.read_text()
    assert re.match(r"(\{% load [\w ]+ %\})?\s*\{% comment %\}", text)


def test_templates_carry_no_inline_script_and_no_style() -> None:
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text()
        assert not re.search(r"\sstyle=|<style|\son(click|change|submit|load|input)=", text), path
        assert all("src=" in tag for tag in re.findall(r"<script\b[^>]*>", text)), path


def test_components_use_only_classes_that_a_sheet_knows() -> None:
    known = set(re.findall(r"\.([a-z][\w-]*)", "".join(p.read_text() for p in CSS.glob("*.css"))))
    for path in (ROOT / "templates/components").glob("*.html"):
        text = re.sub(r"[\w-]*\{\{.*?\}\}[\w-]*", " ", path.read_text())
        text = re.sub(r"\{%.*?%\}", " ", text)
        for names in re.findall(r'class="([^"]*)"', text):
            assert set(names.split()) - known == set(), path.name
