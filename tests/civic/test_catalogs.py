"""Catalogs are kept in step with sources in a small tree of their own, not in the repository's."""

from __future__ import annotations

import gettext
import json
import os
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from io import BytesIO, StringIO
from threading import Barrier
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command

from civic import catalogs
from civic.catalogs import Problem

if TYPE_CHECKING:
    from pathlib import Path

CODE = """
from django.utils.translation import gettext_lazy as _, ngettext, pgettext

def mark(message: str) -> str:
    return message

TITLE = _("Choose up to three.")
ALREADY = mark("You voted at %(place)s "
               "on %(day)s.")

def count(n: int) -> str:
    pgettext("a verb", "Open")
    return ngettext("One vote", "%(n)s votes", n) % {"n": n}
"""
PAGE = """{% extends "base.html" %}
    {# Translators: a button #}
    {% translate "Vote now" %}
<p title="{{ hint|default:_("No hint") }}">it's 5 o'clock, (a bracket
\t{% blocktranslate trimmed with area=area.name %}
        Open in {{ area }}:
      now.
  {% endblocktranslate %}
{% blocktranslate count n=n %}{{ n }} ballot{% plural %}{{ n }} ballots{% endblocktranslate %}
  {% include "components/card.html" with title=_("Card title") only %} 100% #hash {# note #}
{% translate "Open" context "a state" as state %}&nbsp;\u00a0
"""
KOREAN = {
    "Choose up to three.": "3개까지 고를 수 있습니다.",
    "You voted at %(place)s on %(day)s.": "%(day)s %(place)s에서 투표하셨습니다.",
    "One vote": "%(n)s표",
    "a verb\x04Open": "열기",
    "a state\x04Open": "열림",
    "Vote now": "투표하기",
    "No hint": "도움말 없음",
    "Open in %(area)s: now.": "%(area)s에서 지금 합니다.",
    "%(n)s ballot": "투표용지 %(n)s장",
    "Card title": "카드 제목",
    "Home": "첫 화면",
}


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for app in ("civic", "voting"):
        write(tmp_path / app / "apps.py", "")
    write(tmp_path / "voting" / "ballots.py", CODE)
    write(tmp_path / "templates" / "voting" / "contest_detail.html", PAGE)
    write(tmp_path / "templates" / "components" / "card.html", "{% translate 'Home' %}")
    write(tmp_path / "templates" / "base.html", '{{ _("Home") }}')
    return tmp_path


def po_text(root: Path, app: str = "voting") -> str:
    return catalogs.po_path(root, app).read_text(encoding="utf-8")


def compiled(root: Path, app: str = "voting") -> gettext.GNUTranslations:
    content = catalogs.po_path(root, app).with_suffix(".mo").read_bytes()
    return gettext.GNUTranslations(BytesIO(content))


def filled(root: Path) -> Path:
    assert catalogs.update(root, words=KOREAN, prune=False).problems == ()
    return root


def test_update_finds_each_sentence_of_code_and_templates(root: Path) -> None:
    catalogs.update(root, prune=False)
    found = catalogs.read_catalog(catalogs.po_path(root, "voting"))
    assert {(m.context, m.id) for m in catalogs.entries(found)} == {
        (None, "Choose up to three."),
        (None, "You voted at %(place)s on %(day)s."),
        (None, ("One vote", "%(n)s votes")),
        ("a verb", "Open"),
        ("a state", "Open"),
        (None, "Vote now"),
        (None, "No hint"),
        (None, "Open in %(area)s: now."),
        (None, ("%(n)s ballot", "%(n)s ballots")),
        (None, "Card title"),
    }


def test_templates_outside_an_app_belong_to_civic(root: Path) -> None:
    catalogs.update(root, prune=False)
    assert po_text(root, "civic").endswith(
        '#: templates/base.html templates/components/card.html\nmsgid "Home"\nmsgstr ""\n'
    )


def test_a_note_for_translators_stands_beside_its_sentence(root: Path) -> None:
    catalogs.update(root, prune=False)
    note = '#. Translators: a button\n#: templates/voting/contest_detail.html\nmsgid "Vote now"'
    assert note in po_text(root)


def test_a_second_update_changes_no_file(root: Path) -> None:
    filled(root)
    paths = [path for path in (root / "locale").rglob("*") if path.is_file()]
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in paths}
    assert catalogs.update(root, prune=False).changed == ()
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in paths} == before
    assert len(paths) == 4


def test_moved_lines_change_no_catalog(root: Path) -> None:
    filled(root)
    before = po_text(root)
    write(root / "voting" / "ballots.py", "\n\n\n" + CODE)
    assert catalogs.update(root, prune=False).changed == ()
    assert po_text(root) == before


def test_compiled_catalog_speaks_korean_with_one_form_for_all_numbers(root: Path) -> None:
    korean = compiled(filled(root))
    assert korean.gettext("Vote now") == "투표하기"
    assert korean.pgettext("a state", "Open") == "열림"
    assert korean.ngettext("One vote", "%(n)s votes", 1) == "%(n)s표"
    assert korean.ngettext("One vote", "%(n)s votes", 7) == "%(n)s표"


def test_check_finds_nothing_in_a_complete_catalog(root: Path) -> None:
    assert catalogs.check(filled(root)) == []


def test_check_changes_no_file(root: Path) -> None:
    catalogs.check(root)
    assert not (root / "locale").exists()


def test_check_lists_a_sentence_that_was_never_extracted(root: Path) -> None:
    filled(root)
    write(root / "voting" / "tally.py", '_("A new one")')
    assert catalogs.check(root) == [
        Problem("voting", "missing", "A new one", "voting/tally.py"),
    ]


def test_check_lists_a_sentence_without_korean(root: Path) -> None:
    filled(root)
    path = catalogs.po_path(root, "voting")
    write(path, po_text(root).replace('msgstr "열림"', 'msgstr ""'))
    assert [(p.kind, p.sentence) for p in catalogs.check(root)] == [("missing", "a state | Open")]


def test_check_lists_fuzzy_korean_and_the_compiled_catalog_leaves_it_out(root: Path) -> None:
    filled(root)
    path = catalogs.po_path(root, "voting")
    write(path, po_text(root).replace('msgid "Vote now"', '#, fuzzy\nmsgid "Vote now"'))
    catalogs.update(root, prune=False)
    assert [(p.kind, p.sentence) for p in catalogs.check(root)] == [("fuzzy", "Vote now")]
    assert compiled(root).gettext("Vote now") == "Vote now"


@pytest.mark.parametrize(
    ("english", "korean", "detail"),
    [
        ("On %(day)s", "그날", "places %(day)s, but Korean has none"),
        ("On %(day)s", "%(date)s에", "places %(day)s, but Korean has %(date)s"),
        ("%s of %s", "%s 가운데", "places %s, but Korean has %s"),
        ("Hello", "%(name)s님", "places none, but Korean has %(name)s"),
        ("{n} of all", "모두", "places {n}, but Korean has none"),
        ("%(n)s%% done", "%(n)s% 했습니다", "a lone % beside places must be written %%"),
    ],
)
def test_check_lists_korean_with_other_places(
    root: Path, english: str, korean: str, detail: str
) -> None:
    filled(root)
    write(root / "civic" / "views.py", f"_({english!r})")
    catalogs.update(root, prune=False)
    path = catalogs.po_path(root, "civic")
    before = f'msgid "{english}"\nmsgstr ""'
    assert before in po_text(root, "civic")
    write(path, po_text(root, "civic").replace(before, f'msgid "{english}"\nmsgstr "{korean}"'))
    assert catalogs.check(root) == [Problem("civic", "places differ", english, detail)]


def test_korean_may_use_a_named_place_twice_and_in_another_order() -> None:
    found = catalogs.new_catalog()
    message = found.add("%(a)s then %(b)s")
    assert catalogs.places_problem(message, "%(b)s 앞에 %(a)s, 그러니까 %(a)s 먼저") == ""


@pytest.mark.parametrize("korean", ["어서 오세요!", "귀하의 제안", "구청 홈페이지"])
def test_check_lists_korean_in_the_wrong_tone(root: Path, korean: str) -> None:
    filled(root)
    catalogs.update(root, words={"Home": korean}, prune=False)
    assert [(p.app, p.kind, p.sentence) for p in catalogs.check(root)] == [
        ("civic", "tone", "Home")
    ]


def test_check_lists_a_sentence_that_two_apps_translate_differently(root: Path) -> None:
    filled(root)
    write(root / "civic" / "views.py", '_("Vote now")')
    catalogs.update(root, prune=False)
    path = catalogs.po_path(root, "civic")
    blank, other = 'msgid "Vote now"\nmsgstr ""', 'msgid "Vote now"\nmsgstr "바로 투표"'
    write(path, po_text(root, "civic").replace(blank, other))
    assert catalogs.check(root) == [
        Problem("voting", "two meanings", "Vote now", "투표하기; in civic: 바로 투표; use pgettext")
    ]
    assert catalogs.check(root, only=["civic"]) == []


def test_a_sentence_gone_from_the_sources_is_listed_kept_and_comes_back(root: Path) -> None:
    filled(root)
    page = root / "templates" / "base.html"
    card = root / "templates" / "components" / "card.html"
    write(page, "")
    write(card, "")
    catalogs.update(root, prune=False)
    assert '#~ msgid "Home"\n#~ msgstr "첫 화면"\n' in po_text(root, "civic")
    assert [(p.kind, p.sentence) for p in catalogs.check(root)] == [("unused", "Home")]
    write(card, '{% translate "Home" %}')
    catalogs.update(root, prune=False)
    assert catalogs.check(root) == []
    assert compiled(root, "civic").gettext("Home") == "첫 화면"


def test_prune_drops_a_sentence_gone_from_the_sources(root: Path) -> None:
    filled(root)
    write(root / "voting" / "ballots.py", "")
    catalogs.update(root, prune=False)
    assert "Choose up to three." in po_text(root)
    catalogs.update(root, prune=True)
    assert "Choose up to three." not in po_text(root)
    assert catalogs.check(root) == []


def test_a_half_written_source_leaves_its_catalog_as_it_was(root: Path) -> None:
    filled(root)
    before = po_text(root)
    write(root / "voting" / "ballots.py", 'TITLE = _("""Choose')
    write(root / "templates" / "base.html", '{% translate "Welcome" %}')
    outcome = catalogs.update(root, prune=True)
    assert po_text(root) == before
    assert [(p.app, p.kind) for p in outcome.problems] == [("voting", "unreadable")]
    assert "voting/ballots.py cannot be read" in outcome.problems[0].sentence
    assert 'msgid "Welcome"' in po_text(root, "civic")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        (
            "templates/voting/x.html",
            b"{% blocktranslate %}{% if a %}b{% endif %}{% endblocktranslate %}",
            "templates/voting/x.html cannot be read: Translation blocks must not include",
        ),
        ("voting/x.py", '_("가")'.encode("euc-kr"), "voting/x.py is not UTF-8 text"),
        ("locale/voting/ko/LC_MESSAGES/django.po", b"<<<<<<< ours\n", "cannot be read"),
    ],
)
def test_check_names_the_file_that_cannot_be_read(
    root: Path, name: str, content: bytes, said: str
) -> None:
    filled(root)
    (root / name).write_bytes(content)
    (problem,) = catalogs.check(root)
    assert (problem.app, problem.kind) == ("voting", "unreadable")
    assert said in problem.sentence


def test_fill_refuses_other_places_and_names_unknown_sentences(root: Path) -> None:
    words = {
        "You voted at %(place)s on %(day)s.": "투표하셨습니다.",
        "Nobody says this": "없는 말",
        "Home": "첫 화면",
    }
    outcome = catalogs.update(root, words=words, prune=False)
    assert [(p.app, p.kind, p.sentence) for p in outcome.problems] == [
        ("voting", "places differ", "You voted at %(place)s on %(day)s."),
        ("-", "not in the sources", "Nobody says this"),
    ]
    assert compiled(root, "civic").gettext("Home") == "첫 화면"
    assert "투표하셨습니다." not in po_text(root)


def test_compile_builds_the_compiled_file_from_the_catalog_alone(root: Path) -> None:
    filled(root)
    catalogs.po_path(root, "voting").with_suffix(".mo").unlink()
    write(root / "voting" / "ballots.py", "(")
    assert catalogs.compile_all(root) == ["voting"]
    assert compiled(root).gettext("Vote now") == "투표하기"


def test_a_compiled_file_is_never_older_than_its_catalog(root: Path) -> None:
    filled(root)
    path = catalogs.po_path(root, "voting")
    now = path.stat().st_mtime_ns
    os.utime(path.with_suffix(".mo"), ns=(now - 10**12, now - 10**12))
    assert catalogs.compile_all(root) == []
    assert path.with_suffix(".mo").stat().st_mtime_ns >= now


def fill_each(root: Path, people: int) -> None:
    """Let `people` fill in one sentence each, all at the same time."""
    with ThreadPoolExecutor(people) as pool:
        runs = [
            pool.submit(catalogs.update, root, words={sentence: words}, prune=False)
            for sentence, words in list(KOREAN.items())[:people]
        ]
    for each in runs:
        each.result()


def test_people_filling_in_at_the_same_time_lose_nothing(root: Path) -> None:
    fill_each(root, len(KOREAN))
    assert catalogs.check(root) == []


def test_people_filling_in_at_the_same_time_lose_words_when_the_lock_is_removed(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    catalogs.update(root, prune=False)
    both_have_read = Barrier(2, timeout=10)
    write_for_real = catalogs.write_if_changed

    def write_late(path: Path, content: bytes) -> bool:
        both_have_read.wait()
        return write_for_real(path, content)

    monkeypatch.setattr(catalogs, "locked", lambda _root: nullcontext())
    monkeypatch.setattr(catalogs, "write_if_changed", write_late)
    fill_each(root, 2)
    kinds = [p.kind for p in catalogs.check(root, only=["voting"])]
    assert kinds == ["missing"] * 9  # of ten sentences one was kept, though two were filled in


def run(root: Path, settings: object, *words: str) -> str:
    settings.BASE_DIR = root  # type: ignore[attr-defined]  # pytest-django's fixture takes any
    out = StringIO()
    call_command("catalogs", *words, stdout=out)
    return out.getvalue()


def test_command_fills_checks_and_compiles(root: Path, settings: object, tmp_path: Path) -> None:
    file = tmp_path / "words.json"
    write(file, json.dumps(KOREAN, ensure_ascii=False))
    assert run(root, settings, "--fill", str(file)) == "Changed: civic, voting\n"
    assert run(root, settings, "--check") == "Korean is complete.\n"
    assert run(root, settings) == "Nothing changed.\n"
    assert run(root, settings, "--compile") == "Nothing changed.\n"


def test_command_check_fails_with_a_list(root: Path, settings: object) -> None:
    with pytest.raises(CommandError) as failure:
        run(root, settings, "civic", "--check")
    assert str(failure.value) == (
        'civic: missing: "Home"  (templates/base.html, templates/components/card.html)\n'
        "1 to put right."
    )


@pytest.mark.parametrize(
    ("content", "said"),
    [(None, "cannot be read"), ("{", "cannot be read"), ('{"Home": 1}', "must hold one object")],
)
def test_command_explains_a_file_it_cannot_fill_from(
    root: Path, settings: object, tmp_path: Path, content: str | None, said: str
) -> None:
    file = tmp_path / "words.json"
    if content is not None:
        write(file, content)
    with pytest.raises(CommandError, match=said):
        run(root, settings, "--fill", str(file))


def test_command_refuses_an_unknown_app(root: Path, settings: object) -> None:
    with pytest.raises(CommandError, match="No such app: nowhere"):
        run(root, settings, "nowhere")
