"""The Korean catalogs: one per app, filled from its sources, without any gettext program.

English sentences stand in code and templates. This module finds them, keeps
`locale/<app>/ko/LC_MESSAGES/django.po` in step with them and compiles the `.mo` beside it.
`templates/<app>/` belongs to the app of that name, every other template to `civic`.
Files come out the same for the same sources: sorted, no dates, no line numbers.

A sentence that is gone from the sources keeps its Korean as an obsolete entry (`#~`), so that a
half-saved file costs nobody's work; it comes back by itself, and `prune` lets go of it.
"""

from __future__ import annotations

import fcntl
import os
import re
import tempfile
import tokenize
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import PoFileError, read_po, write_po
from django.utils.translation.template import templatize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

LANGUAGE = "ko"
ROOF = "civic"
KEYWORDS = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "mark": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HEADER = """msgid ""
msgstr ""
"Language: ko\\n"
"Content-Type: text/plain; charset=UTF-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)  # the compiled header needs a date, the same each time
CONTEXT_SIGN = "\x04"  # what gettext itself puts between context and sentence
PLACE = re.compile(r"%\(\w+\)[a-z]|%[a-z%]|\{\w*\}")
UNWELCOME = {"!": "no exclamation marks", "귀하": "no 귀하", "홈페이지": "누리집, not 홈페이지"}

Key = tuple[str, str]
"""Context and English sentence: what tells two entries apart."""


class CatalogError(Exception):
    """A source or catalog that cannot be read; the message names the file."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong in one app's catalog; `kind` is a word such as `missing`."""

    app: str
    kind: str
    sentence: str
    detail: str = ""

    def __str__(self) -> str:
        detail = f"  ({self.detail})" if self.detail else ""
        return f'{self.app}: {self.kind}: "{self.sentence}"{detail}'


@dataclass(frozen=True)
class Outcome:
    """What an update did: apps whose files changed, and words it could not place."""

    changed: tuple[str, ...]
    problems: tuple[Problem, ...]


def app_names(root: Path) -> list[str]:
    """Names of the apps below `root`: the folders with an `apps.py`, sorted."""
    return sorted(path.parent.name for path in root.glob("*/apps.py"))


def po_path(root: Path, app: str) -> Path:
    """Where an app's catalog lies."""
    return root / "locale" / app / LANGUAGE / "LC_MESSAGES" / "django.po"


def key_of(message: Message) -> Key:
    """Context ("" for none) and singular English sentence of an entry."""
    return (message.context or "", singular(message))


def singular(message: Message) -> str:
    """The English sentence, in its singular form if it has two."""
    return str(message.id if isinstance(message.id, str) else message.id[0])


def korean(message: Message) -> str:
    """The Korean of an entry, "" if there is none yet. Korean has one form for all numbers."""
    if isinstance(message.string, str):
        return message.string
    return str(message.string[0]) if message.string else ""


def label(key: Key) -> str:
    """An entry's name in lists of problems."""
    return f"{key[0]} | {key[1]}" if key[0] else key[1]


# --- Finding the sentences ---


def sources(root: Path, app: str, apps: Sequence[str]) -> list[Path]:
    """The Python files and templates whose sentences belong to `app`, sorted."""
    found = list((root / app).rglob("*.py"))
    for path in (root / "templates").rglob("*"):
        owner = path.relative_to(root / "templates").parts[0]
        hidden = path.name.startswith(".") or path.is_dir()
        if not hidden and app == (owner if owner in apps else ROOF):
            found.append(path)
    return sorted(found)


def python_form(template: str) -> str:
    """A Django template as something that Babel's reader of Python can follow.

    One pair of brackets around everything takes the meaning from line ends and indentation.
    """
    return "(\n" + re.sub(r"[^\S\n ]", " ", templatize(template)) + "\n)"


def sentences(name: str, text: str) -> Iterator[tuple[str, str | tuple[str, ...], list[str]]]:
    """Context, English sentence (or singular and plural) and notes, in order of appearance.

    Raises CatalogError where `text` is not valid Python or not a valid template.
    """
    try:
        source = text if name.endswith(".py") else python_form(text)
        found = list(extract("python", BytesIO(source.encode()), KEYWORDS, ["Translators"]))
    except (SyntaxError, tokenize.TokenError) as error:
        raise CatalogError(f"{name} cannot be read: {error}") from error
    for _line, ids, notes, context in found:
        yield context or "", ids, notes


def extract_app(root: Path, app: str, apps: Sequence[str]) -> Catalog:
    """A catalog without Korean that holds each sentence of an app once, with its files."""
    catalog = new_catalog()
    for path in sources(root, app, apps):
        name = path.relative_to(root).as_posix()
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError as error:
            raise CatalogError(f"{name} is not UTF-8 text") from error
        except FileNotFoundError:  # somebody removed it since it was listed
            continue
        for context, ids, notes in sentences(name, text):
            catalog.add(ids, locations=[(name, 0)], auto_comments=notes, context=context or None)
    return catalog


# --- Catalogs as files ---


def new_catalog() -> Catalog:
    """An empty Korean catalog."""
    return Catalog(locale=LANGUAGE, creation_date=EPOCH, revision_date=EPOCH, fuzzy=False)


def read_catalog(path: Path) -> Catalog:
    """The catalog kept in a file, empty if there is none.

    Raises CatalogError for a file that is no catalog, such as one with marks of a merge.
    """
    if not path.exists():
        return new_catalog()
    try:
        catalog = read_po(BytesIO(path.read_bytes()), locale=LANGUAGE, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError, ValueError) as error:
        raise CatalogError(f"{path} cannot be read: {error}") from error
    catalog.creation_date = catalog.revision_date = EPOCH
    catalog.fuzzy = False
    return catalog


def merge(found: Catalog, kept: Catalog) -> Catalog:
    """The sentences of `found` with the Korean of `kept`; what `found` lacks becomes obsolete."""
    old = {key_of(message): message for message in [*kept.obsolete.values(), *entries(kept)]}
    merged = new_catalog()
    for message in entries(found):
        before = old.pop(key_of(message), None)
        words = korean(before) if before else ""
        flags = {"fuzzy"} if before and before.fuzzy else set()
        merged.add(
            message.id,
            (words,) if message.pluralizable else words,
            locations=message.locations,
            flags=flags,
            auto_comments=message.auto_comments,
            user_comments=before.user_comments if before else (),
            context=message.context,
        )
    for key, message in old.items():
        if korean(message):
            merged.obsolete[label(key)] = Message(
                message.id,
                message.string,
                user_comments=message.user_comments,
                context=message.context,
            )
    return merged


def entries(catalog: Catalog) -> list[Message]:
    """The living entries of a catalog, without its header."""
    return [message for message in catalog if message.id]


def po_bytes(catalog: Catalog) -> bytes:
    """The catalog as it lies in the repository."""
    buffer = BytesIO()
    buffer.write(HEADER.encode())
    write_po(buffer, catalog, width=0, omit_header=True, sort_output=True, include_lineno=False)
    return buffer.getvalue().rstrip() + b"\n"


def mo_bytes(catalog: Catalog) -> bytes:
    """The compiled catalog; entries without Korean or marked fuzzy are left out."""
    buffer = BytesIO()
    write_mo(buffer, catalog)
    return buffer.getvalue()


def write_if_changed(path: Path, content: bytes) -> bool:
    """Replace a file in one step, so that no reader meets half of it. True if it changed."""
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return True


def write_compiled(path: Path, catalog: Catalog) -> bool:
    """Write the `.mo` beside a `.po`, never to be older than it. True if its content changed."""
    compiled = path.with_suffix(".mo")
    if write_if_changed(compiled, mo_bytes(catalog)):
        return True
    if path.exists() and compiled.stat().st_mtime_ns < path.stat().st_mtime_ns:
        compiled.touch()
    return False


@contextmanager
def locked(root: Path) -> Iterator[None]:
    """Hold the catalogs of this tree; a second run waits until the first is done."""
    path = root / "var" / "catalogs.lock"
    path.parent.mkdir(exist_ok=True)
    with path.open("w") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


# --- Judging and filling ---


def places(text: str) -> Counter[str]:
    """The places a sentence leaves for values; a named one counts once however often it stands."""
    found = Counter(PLACE.findall(text))
    del found["%%"]
    return Counter({place: n if place in {"%s", "%d", "{}"} else 1 for place, n in found.items()})


def places_problem(message: Message, words: str) -> str:
    """Why Korean words cannot stand for an English sentence, "" if they can.

    The longer of two forms sets the measure: "One vote" may stand for "%(n)s votes".
    """
    wanted = places(message.id if isinstance(message.id, str) else message.id[1])
    given = places(words)
    if wanted != given:
        shown = " ".join(sorted(wanted)) or "none"
        return f"places {shown}, but Korean has {' '.join(sorted(given)) or 'none'}"
    if any(place.startswith("%") for place in wanted) and "%" in PLACE.sub("", words):
        return "a lone % beside places must be written %%"
    return ""


def problems(app: str, found: Catalog, kept: Catalog) -> list[Problem]:
    """What keeps one app's catalog from being complete, sorted."""
    listed = []
    there = {key_of(message): message for message in entries(kept)}
    for message in entries(found):
        key = key_of(message)
        entry = there.pop(key, None)
        words = korean(entry) if entry else ""
        files = ", ".join(sorted({str(name) for name, _line in message.locations}))
        if entry is None or not words:
            listed.append(Problem(app, "missing", label(key), files))
            continue
        if entry.fuzzy:
            listed.append(Problem(app, "fuzzy", label(key), files))
        if wrong := places_problem(message, words):
            listed.append(Problem(app, "places differ", label(key), wrong))
        listed.extend(
            Problem(app, "tone", label(key), why)
            for sign, why in UNWELCOME.items()
            if sign in words
        )
    unused = [*there, *(key_of(message) for message in kept.obsolete.values())]
    listed.extend(Problem(app, "unused", label(key), "catalogs --prune drops it") for key in unused)
    return sorted(listed)


def disagreements(catalogs: Mapping[str, Catalog]) -> list[Problem]:
    """Sentences that two apps translate differently: Django keeps one catalog, so one would win."""
    said: dict[Key, tuple[str, str]] = {}
    listed = []
    for app in sorted(catalogs):
        for message in entries(catalogs[app]):
            words = korean(message)
            first, before = said.setdefault(key_of(message), (app, words))
            if words and before and words != before:
                detail = f"{words}; in {first}: {before}; use pgettext"
                listed.append(Problem(app, "two meanings", label(key_of(message)), detail))
            elif words and not before:
                said[key_of(message)] = (app, words)
    return listed


def fill(catalog: Catalog, words: Mapping[str, str]) -> tuple[set[str], list[tuple[str, str]]]:
    """Put Korean into the entries it belongs to, in place.

    `words` maps English sentences to Korean; a context stands before its sentence, parted by
    U+0004. Returns the keys that found an entry and those refused, each with the reason.
    """
    placed, refused = set(), []
    for message in entries(catalog):
        context, sentence = key_of(message)
        key = f"{context}{CONTEXT_SIGN}{sentence}" if context else sentence
        if key not in words:
            continue
        placed.add(key)
        if wrong := places_problem(message, words[key]):
            refused.append((label((context, sentence)), wrong))
            continue
        message.string = (words[key],) if message.pluralizable else words[key]
        message.flags.discard("fuzzy")
    return placed, refused


# --- What the command does ---


def update(
    root: Path, *, only: Iterable[str] = (), words: Mapping[str, str] | None = None, prune: bool
) -> Outcome:
    """Bring the catalogs of `only` (or all apps) in step with the sources, fill in, compile.

    An app whose sources cannot be read just now keeps its catalog as it is and is reported.
    """
    words = words or {}
    changed, wrong, placed = [], [], set()
    apps = app_names(root)
    with locked(root):
        for app in [app for app in apps if app in set(only) or not only]:
            path = po_path(root, app)
            try:
                catalog = merge(extract_app(root, app, apps), read_catalog(path))
            except CatalogError as error:
                wrong.append(Problem(app, "unreadable", str(error)))
                continue
            hits, refused = fill(catalog, words)
            placed |= hits
            wrong.extend(Problem(app, "places differ", *each) for each in refused)
            if prune:
                catalog.obsolete.clear()
            if write_if_changed(path, po_bytes(catalog)):
                changed.append(app)
            write_compiled(path, catalog)
    wrong.extend(
        Problem("-", "not in the sources", key.replace(CONTEXT_SIGN, " | "))
        for key in sorted(words.keys() - placed)
    )
    return Outcome(tuple(changed), tuple(wrong))


def compile_all(root: Path) -> list[str]:
    """Compile each catalog as it lies there, without a look at the sources. Returns the changed."""
    changed = []
    with locked(root):
        for app in app_names(root):
            path = po_path(root, app)
            if write_compiled(path, read_catalog(path)):
                changed.append(app)
    return changed


def check(root: Path, *, only: Iterable[str] = ()) -> list[Problem]:
    """All that keeps the Korean of `only` (or all apps) from being complete. Changes nothing."""
    apps = app_names(root)
    wanted = [app for app in apps if app in set(only) or not only]
    listed: list[Problem] = []
    kept = {}
    with locked(root):
        for app in apps:
            try:
                kept[app] = read_catalog(po_path(root, app))
                if app in wanted:
                    listed.extend(problems(app, extract_app(root, app, apps), kept[app]))
            except CatalogError as error:
                listed.append(Problem(app, "unreadable", str(error)))
    return [*listed, *(each for each in disagreements(kept) if each.app in wanted)]
