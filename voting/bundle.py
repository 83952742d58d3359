"""The public bundle: everything that lets anybody count a contest again, as named bytes.

`docs/bundle.md` describes each file. The same contents always give the same bytes; the only thing
that comes from outside is the signature over the manifest.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from voting.ballots.files import CHANNEL, BallotFile, write_file
from voting.log import Json, LeafKind, canonical, digest, leaf, read_canonical
from voting.tally.channels import publish_channels
from voting.tally.weights import tells_channel

if TYPE_CHECKING:
    from voting.ballots import BallotDesign
    from voting.reconcile import BatchCounts, ContestCounts
    from voting.tally.result import Box, TallyResult

FORMAT = "madang-bundle/1"
CONFIG_FORMAT = "madang-config/1"
FULL, PATTERNS, TOTALS = "full", "patterns", "totals"
LEAST_PATTERN = 3
"""The fewest voters a pattern must have to be published alone."""

_IMPORTED = re.compile(r"^from voting\.(\w+) import (?:\([^)]*\)|[^\n(]*)\n", re.MULTILINE)
LEAST_CHUNK = 4
MOST_CHUNKS = 4096

Sign = Callable[[bytes], bytes]
"""Signs bytes with the site's Ed25519 key and gives the 64 bytes of the signature."""


class BundleError(ValueError):
    """Contents that contradict each other; such a bundle must not be published."""


@dataclass(frozen=True)
class Contents:
    """What a publication is made of.

    `config` are the frozen bytes of leaf 0; `leaves` the data of every leaf in order; `heads` the
    signed heads (`log.signed_head`) in order; `ballots` gives how many ballots have the same line
    (`ballot_lines`);
    `allocation` the money's outcome for a budget contest; `election_pb` its PaBuLib file;
    `ballots_json` any other contest as `count_ballots` reads it; `stickers` what was counted on
    boards (`sticker_table`), where the contest shows that.
    """

    contest: str
    version: int
    config: bytes
    leaves: Sequence[bytes]
    heads: Sequence[Json]
    ballots: Mapping[str, int]
    counts: ContestCounts
    result: TallyResult
    allocation: dict[str, Json] | None = None
    election_pb: bytes | None = None
    stickers: dict[str, Json] | None = None
    ballots_json: bytes | None = None


def build_bundle(contents: Contents, sign: Sign) -> dict[str, bytes]:
    """Give the files of the bundle by name, signed. Raises BundleError for contradictions."""
    publication = _check(contents)
    files = {
        "config.json": contents.config,
        "log.jsonl": _lines(contents.leaves),
        "heads.jsonl": _lines([canonical(head) for head in contents.heads]),
        "reconciliation.json": reconciliation_file(contents.counts),
        "result.json": result_file(contents.result),
        "README.txt": README.encode(),
        "verify.py": verifier_file(),
    }
    if publication == FULL:
        files["ballots.jsonl"] = ballots_file(contents.ballots)
    elif publication == PATTERNS:
        files["patterns.csv"] = patterns_file(contents.ballots)
    if contents.allocation is not None:
        files["allocation.json"] = allocation_file(contents.allocation)
    if contents.stickers is not None:
        files["stickers.json"] = stickers_file(contents.stickers)
    if contents.election_pb is not None:
        files["election.pb"] = contents.election_pb
    if contents.ballots_json is not None:
        files["ballots.json"] = contents.ballots_json
    manifest = manifest_file(contents.contest, contents.version, files)
    files["manifest.json"] = manifest
    files["manifest.sig"] = (sign(manifest).hex() + "\n").encode()
    return dict(sorted(files.items()))


def zip_bundle(files: Mapping[str, bytes]) -> bytes:
    """Pack a bundle into one ZIP file, the same bytes for the same files."""
    buffer = BytesIO()
    with ZipFile(buffer, "w") as archive:
        for name in sorted(files):
            entry = ZipInfo(name)  # its date is 1980-01-01, the first a ZIP file knows
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            archive.writestr(entry, files[name])
    return buffer.getvalue()


# --- The single files, for whoever needs their bytes or digests before publication ---------------


def ballot_lines(
    ballots: Mapping[tuple[str, str], int], rule: Mapping[str, Json]
) -> dict[str, int]:
    """How many ballots have the same line, from how many have the same marks and channel.

    A line is the marks text; only where channels have weights or seats it tells the channel, too.
    """
    lines: Counter[str] = Counter()
    with_channel = tells_channel(rule)
    for (marks, channel), number in ballots.items():
        line = {"channel": channel, "marks": read_canonical(marks.encode())}
        lines[canonical(line).decode() if with_channel else marks] += number
    return dict(lines)


def ballots_file(ballots: Mapping[str, int]) -> bytes:
    """Every ballot's line, sorted: the order says nothing about who or when."""
    return _lines([text.encode() for text in sorted(ballots) for _ in range(ballots[text])])


def patterns_file(ballots: Mapping[str, int]) -> bytes:
    """Line and number of the patterns that at least `LEAST_PATTERN` voters cast."""
    rows = [f"{text};{ballots[text]}" for text in sorted(ballots) if ballots[text] >= LEAST_PATTERN]
    return _lines([row.encode() for row in ["marks;count", *rows]])


def count_file(
    title: str,
    design: BallotDesign,
    rule: Mapping[str, Json],
    box: Box,
    lot: Sequence[str] | None,
) -> bytes:
    """The ballots with the rule and all else that `count_ballots` needs to count the same.

    Like the list of ballots it tells a channel only where channels have weights or seats.
    """
    ballots, with_channel = Counter[tuple[str, str]](), tells_channel(rule)
    for (marks, channel), number in box.ballots.items():
        ballots[marks, channel if with_channel else CHANNEL] += number
    file = BallotFile(
        title=title,
        design=design,
        ballots=ballots,
        roll=box.roll,
        void=sum(box.void.values()),
        bodies=box.bodies,
        rule=rule,
        lot=None if lot is None else tuple(lot),
    )
    return canonical(write_file(file))


def result_file(result: TallyResult) -> bytes:
    """The public result with its digest."""
    return canonical({"digest": result.digest, "tally": result.to_json()})


def allocation_file(allocation: dict[str, Json]) -> bytes:
    """The outcome of the money: `{"lot": […] | null, "withdrawn": […], "outcome": {…}}`."""
    return canonical(allocation)


def stickers_file(stickers: dict[str, Json]) -> bytes:
    """The stickers of every board, apart from all votes."""
    return canonical(stickers)


def reconciliation_file(counts: ContestCounts) -> bytes:
    """The figures that tie voters, log, boxes and ballots together, and votes by channel."""
    return canonical(
        {
            "roll": counts.roll,
            "slots": dict[str, Json](counts.slots),
            "web": {
                "leaves": counts.leaves,
                "counted": counts.web_counted,
                "superseded": counts.superseded,
                "voided": counts.voided,
            },
            "batches": [batch.to_json() for batch in counts.batches],
            "channels": {
                one.channel: {"ballots": one.ballots, "blank": one.blank, "void": one.void}
                for one in counts.channels
            },
            "cells": publish_channels(counts.channels).to_json(),
        }
    )


def manifest_file(contest: str, version: int, files: Mapping[str, bytes]) -> bytes:
    """The list of all files with their digests, and digests of a few lines each.

    The latter let a reader name the lines where a file was altered.
    """
    return canonical(
        {
            "format": FORMAT,
            "contest": contest,
            "version": version,
            "files": [_entry(name, files[name]) for name in sorted(files)],
        }
    )


def verifier_file() -> bytes:
    """`verify.py`: the verifier with the texts of the second count in place of their imports."""
    return _in_one("verifier", set()).encode()


# --- Leaves whose data follows from files --------------------------------------------------------


def config_leaf(config: bytes) -> bytes:
    """Leaf 0: the digest of the frozen configuration."""
    return leaf(LeafKind.CONFIG, digest=digest(config))


def batch_leaf(batch: BatchCounts) -> bytes:
    """A certified box: the digest of its figures as they will be published."""
    return leaf(
        LeafKind.BATCH,
        batch=batch.key,
        version=batch.version,
        digest=digest(canonical(batch.to_json())),
    )


def ballots_leaf(ballots: Mapping[str, int], salt: str = "") -> bytes:
    """The opened box: number of ballots and digest of the sorted list.

    Where the list is not published, `salt` (random, kept with the auditors' copy) keeps anybody
    from finding the ballots of a small contest by trying.
    """
    return leaf(
        LeafKind.BALLOTS,
        count=sum(ballots.values()),
        digest=digest(salt.encode() + ballots_file(ballots)),
        salted=bool(salt),
    )


def body_leaf(part: str, points: Mapping[str, int]) -> bytes:
    """The points that a body with a weight of its own gives to the options."""
    return leaf(LeafKind.BODY, part=part, points=dict[str, Json](points))


def seed_leaf(order: Sequence[str], how: str, **facts: Json) -> bytes:
    """A public lot: the options from first to last, how it was drawn, and what repeats it."""
    return leaf(LeafKind.SEED, order=list[Json](order), how=how, **facts)


def result_leaf(
    result: TallyResult,
    counts: ContestCounts,
    allocation: dict[str, Json] | None = None,
    stickers: dict[str, Json] | None = None,
) -> bytes:
    """The outcome: digests of the result, the reconciliation and the allocation, if any.

    That of the stickers is there only where a contest shows some.
    """
    beside = {} if stickers is None else {"stickers": digest(stickers_file(stickers))}
    return leaf(
        LeafKind.RESULT,
        digest=result.digest,
        reconciliation=digest(reconciliation_file(counts)),
        allocation=None if allocation is None else digest(allocation_file(allocation)),
        **beside,
    )


# --- Inside --------------------------------------------------------------------------------------


def _check(contents: Contents) -> str:
    """Give the publication's mode; raises BundleError for what can be seen at a glance."""
    config = read_canonical(contents.config)
    if not isinstance(config, dict) or config.get("format") != CONFIG_FORMAT:
        raise BundleError(f"The configuration is not of the form {CONFIG_FORMAT}.")
    if config.get("contest") != contents.contest:
        raise BundleError("The configuration is another contest's.")
    publication = config.get("publication")
    if publication not in {FULL, PATTERNS, TOTALS}:
        raise BundleError("The configuration does not say how ballots are published.")
    if not contents.leaves or contents.leaves[0] != config_leaf(contents.config):
        raise BundleError("Leaf 0 is not the frozen configuration.")
    last = contents.heads[-1] if contents.heads else None
    if not isinstance(last, dict) or last["size"] != len(contents.leaves):
        raise BundleError("The last signed head does not cover every leaf.")
    cast = contents.result.valid + contents.result.blank
    if sum(contents.ballots.values()) != cast:
        raise BundleError("The result counts another number of ballots than there are.")
    return str(publication)


def _in_one(name: str, known: set[str]) -> str:
    """The text of a module with the texts of those it imports from here, each of them once."""

    def text_of(found: re.Match[str]) -> str:
        part = found[1]
        if part in known:
            return ""
        known.add(part)
        _, _, text = _in_one(part, known).partition("from __future__ import annotations\n")
        return f"# === voting/{part}.py ===\n{text}\n\n# === voting/{name}.py again ===\n"

    text = Path(__file__).with_name(f"{name}.py").read_text("utf-8")
    return _IMPORTED.sub(text_of, text)


def _entry(name: str, data: bytes) -> Json:
    lines = data.split(b"\n")
    size = max(LEAST_CHUNK, -(-len(lines) // MOST_CHUNKS))
    chunks = [b"\n".join(lines[start : start + size]) for start in range(0, len(lines), size)]
    return {
        "name": name,
        "size": len(data),
        "sha256": digest(data),
        "chunk_lines": size,
        "chunks": [digest(chunk) for chunk in chunks],
    }


def _lines(rows: Sequence[bytes]) -> bytes:
    return b"".join(row + b"\n" for row in rows)


README = """\
마당 투표 꾸러미
================
이 꾸러미로 누구나 이 투표를 다시 셀 수 있습니다. 파이썬(python.org)만 있으면 되고, 인터넷은
없어도 됩니다.

    python3 verify.py 이-폴더-또는-zip

마지막 줄이 초록이면 꾸러미가 서명된 그대로이고, 투표지를 다시 세어도 발표된 결과와 같다는
뜻입니다. 빨강이면 바뀌었거나 맞지 않는 첫 번째 곳을 알려 줍니다.
- 서명 열쇠(--key): 행정복지센터와 구보에 적힌 값과 같은지 꼭 견주어 주세요.
- 내 참여확인증(--receipt): 참여확인증의 64자리 값이 기록에 들어 있는지 찾아 줍니다.
- verify.py도 이 꾸러미에서 온 것입니다. 미심쩍으면 마당의 공개 저장소에서 따로 받아 주세요.

증명하는 것
- 투표가 열리기 전에 정한 규칙, 문항, 한도가 그 뒤로 바뀌지 않았습니다.
- 들어온 표의 기록에서 무엇도 빠지거나 끼어들거나 자리가 바뀌지 않았습니다.
- 명부, 웹 표, 종이 투표함, 투표지의 수가 서로 맞습니다.
- 투표지를 공개한 투표라면, 다시 세어도 발표된 결과가 나옵니다.
증명하지 못하는 것
- 기록은 들어온 것이 그대로 개표로 넘어갔음을 보여 줍니다. 투표함을 연 자리에서 투표지를
  정직하게 옮겼는지는 그 자리를 지켜본 참관인과, 같은 목록을 따로 열어 같은 값을 얻은 두 번째
  사람들이 보증합니다. 수학만으로 증명하지는 못합니다.
- 종이를 바르게 옮겨 적었는지는 두 사람이 따로 입력해 서로 맞춘 기록이 보여 줍니다.
- 누가 옆에서 지켜보거나 휴대전화가 오염되었는지는 어떤 꾸러미로도 알 수 없습니다.

Bundle of a Madang vote
=======================
With this bundle anybody can count this vote again. All it takes is Python (python.org), no network.

    python3 verify.py THIS-FOLDER-OR-ZIP

A green last line says: the bundle is as it was signed, and counting its ballots again gives the
published result. A red one names the first place that was altered or does not fit.
- Signing key (--key): do compare it with the one posted at the community centre and in the gazette.
- Your receipt (--receipt): finds out whether its 64 signs stand in the log.
- verify.py came with this bundle. If in doubt, get it from Madang's public repository instead.

What this proves
- Rules, options and limits were fixed before voting began and did not change afterwards.
- Nothing was taken out of the record of votes received, put into it or moved in it.
- Roll, web votes, boxes of paper and ballots fit together in number.
- Where the ballots are published, counting them again gives the published result.
What it does not prove
- The record shows that what came in is what went to the count. That the ballots were carried over
  honestly when the box was opened is vouched for by the witnesses who were there, and by a second
  team that opened the same list and got the same digest. Mathematics alone does not prove it.
- That paper was typed correctly is shown by the record of two people who typed it apart.
- No bundle can tell whether somebody looked over a shoulder or whether a phone was hostile.
"""
