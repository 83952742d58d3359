"""The files of a publication: deterministic, signed, and refused when they contradict."""

from __future__ import annotations

import json
import zipfile
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from tests.factories.bundles import CONTEST, PUBLIC_KEY, agenda_town, budget_town, sign
from voting.bundle import (
    FORMAT,
    MOST_CHUNKS,
    BundleError,
    ballots_file,
    ballots_leaf,
    build_bundle,
    manifest_file,
    patterns_file,
    verifier_file,
    zip_bundle,
)
from voting.log import digest, read_canonical

if TYPE_CHECKING:
    from voting.bundle import Contents

TOWN = agenda_town()


def test_bundle_holds_its_files() -> None:
    assert list(TOWN.bundle()) == [
        "README.txt",
        "ballots.jsonl",
        "config.json",
        "heads.jsonl",
        "log.jsonl",
        "manifest.json",
        "manifest.sig",
        "reconciliation.json",
        "result.json",
        "verify.py",
    ]


def test_bundle_of_a_budget_holds_the_allocation_and_the_election_file() -> None:
    contents = replace(budget_town().contents(), election_pb=b"META\nkey;value\n")
    files = build_bundle(contents, sign)
    assert files["election.pb"] == b"META\nkey;value\n"
    assert json.loads(files["allocation.json"])["outcome"]["winners"] == ["lamp", "bench", "kerb"]


@pytest.mark.parametrize(
    ("publication", "there", "not_there"),
    [
        ("full", {"ballots.jsonl"}, {"patterns.csv"}),
        ("patterns", {"patterns.csv"}, {"ballots.jsonl"}),
        ("totals", set(), {"ballots.jsonl", "patterns.csv"}),
    ],
)
def test_ballots_are_published_as_the_contest_says(
    publication: str, there: set[str], not_there: set[str]
) -> None:
    names = set(agenda_town(publication=publication).bundle())
    assert there <= names
    assert not names & not_there


def test_same_contents_give_the_same_bytes_in_any_order_of_ballots() -> None:
    turned = agenda_town(
        web=TOWN.web[::-1], paper=[list(reversed(sheets)) for sheets in TOWN.paper]
    )
    assert turned.bundle() == TOWN.bundle()
    assert zip_bundle(turned.bundle()) == zip_bundle(TOWN.bundle())


def test_ballots_are_sorted_and_patterns_of_few_voters_stay_out() -> None:
    ballots = {'["b"]': 2, '["a"]': 3, "[]": 1}
    assert ballots_file(ballots) == b'["a"]\n["a"]\n["a"]\n["b"]\n["b"]\n[]\n'
    assert patterns_file(ballots) == b'marks;count\n["a"];3\n'


def test_list_of_ballots_that_stays_secret_is_committed_with_a_salt() -> None:
    ballots = {'["a"]': 3}
    plain = read_canonical(ballots_leaf(ballots))
    assert plain == {
        "kind": "ballots",
        "count": 3,
        "digest": digest(ballots_file(ballots)),
        "salted": False,
    }
    salted: Any = read_canonical(ballots_leaf(ballots, "pepper"))
    assert salted["salted"]
    assert salted["digest"] != digest(ballots_file(ballots))


def test_manifest_lists_every_file_and_is_signed() -> None:
    files = TOWN.bundle()
    manifest: Any = read_canonical(files["manifest.json"])
    assert (manifest["format"], manifest["contest"], manifest["version"]) == (FORMAT, CONTEST, 1)
    listed = {entry["name"]: entry for entry in manifest["files"]}
    assert {*listed, "manifest.json", "manifest.sig"} == set(files)
    for name, entry in listed.items():
        assert (entry["size"], entry["sha256"]) == (len(files[name]), digest(files[name]))
    signature = bytes.fromhex(files["manifest.sig"].decode().strip())
    Ed25519PublicKey.from_public_bytes(bytes.fromhex(PUBLIC_KEY)).verify(
        signature, files["manifest.json"]
    )


@pytest.mark.parametrize("lines", [0, 1, 4, 5, 4 * MOST_CHUNKS, 4 * MOST_CHUNKS + 7])
def test_chunks_cover_all_lines_and_are_few(lines: int) -> None:
    data = b"line\n" * lines
    manifest: Any = read_canonical(manifest_file(CONTEST, 1, {"x": data}))
    entry = manifest["files"][0]
    pieces = data.split(b"\n")
    size = entry["chunk_lines"]
    assert entry["chunks"] == [
        digest(b"\n".join(pieces[start : start + size])) for start in range(0, len(pieces), size)
    ]
    assert 1 <= len(entry["chunks"]) <= MOST_CHUNKS


def test_verifier_in_the_bundle_is_the_tested_one() -> None:
    assert TOWN.bundle()["verify.py"] == verifier_file()


def test_result_and_reconciliation_say_what_was_counted() -> None:
    files = TOWN.bundle()
    result = json.loads(files["result.json"])
    assert result["tally"]["winners"] == ["b", "d"]
    assert result["digest"] == TOWN.contents().result.digest
    told = json.loads(files["reconciliation.json"])
    assert told["web"] == {"leaves": 50, "counted": 46, "superseded": 3, "voided": 1}
    assert told["channels"]["paper"] == {"ballots": 40, "blank": 1, "void": 2}
    assert told["cells"]["rows"]["b"] == [{"votes": 18}, {"votes": 25}]


def test_readme_says_in_both_languages_what_is_not_proved() -> None:
    readme = TOWN.bundle()["README.txt"].decode()
    assert "증명하지 못하는 것" in readme
    assert "What it does not prove" in readme
    assert "!" not in readme


def test_zip_holds_the_files_as_they_are() -> None:
    files = TOWN.bundle()
    with zipfile.ZipFile(BytesIO(zip_bundle(files))) as archive:
        assert {name: archive.read(name) for name in archive.namelist()} == files


def contents(**changes: object) -> Contents:
    return replace(TOWN.contents(), **changes)  # type: ignore[arg-type]  # a test names the fields it changes


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda: contents(config=b'{"format":"other"}'), "not of the form"),
        (lambda: contents(config=b'{"format": 1}'), "canonical"),
        (lambda: contents(contest="2026-other"), "another contest's"),
        (lambda: agenda_town(publication="all").contents(), "how ballots are published"),
        (lambda: contents(leaves=[]), "Leaf 0"),
        (lambda: contents(leaves=TOWN.contents().leaves[1:]), "Leaf 0"),
        (lambda: contents(heads=[]), "does not cover"),
        (lambda: contents(heads=TOWN.contents().heads[:-1]), "does not cover"),
        (lambda: contents(ballots={'["a"]': 1}), "another number of ballots"),
    ],
)
def test_contents_that_contradict_each_other_are_not_published(wrong: Any, message: str) -> None:
    with pytest.raises(ValueError, match=message) as caught:
        build_bundle(wrong(), sign)
    assert isinstance(caught.value, BundleError) or message == "canonical"
