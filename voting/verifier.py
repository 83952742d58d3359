"""마당 투표 꾸러미 확인 · Check a published Madang vote.

    python3 verify.py BUNDLE [--key HEX] [--receipt LEAFHASH] [--json]

BUNDLE is the folder or ZIP file that the town published. This one file needs nothing but Python
(3.9 or newer): no network, no other file of the platform. It was written apart from the counting
code it checks. docs/bundle.md tells what the files mean. Exit code 0: all is well, 1: something
was altered or does not fit, 2: this is not a bundle that can be read.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import zipfile
import zlib
from collections import Counter
from fractions import Fraction
from functools import cached_property
from hashlib import sha256, sha512
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    Plain = dict[str, Any]  # an object read from JSON
    Counts = dict[str, dict[str, int]]  # option → answer → votes
    Point = tuple[int, int, int, int]

BUNDLE_FORM, CONFIG_FORM = "madang-bundle/1", "madang-config/1"
MOST_BYTES = 2 << 30  # what a ZIP may unpack to
LEAST_CELL, LEAST_PATTERN, MOST_SUMS = 10, 3, 1 << 14

SAYS = {
    "missing": ("없습니다", "is missing"),
    "form": ("정해진 꼴이 아닙니다", "does not have the form it must have"),
    "other": ("다른 투표나 다른 형식의 것입니다", "another contest's, or another format"),
    "unlisted": ("목록에 없는 파일입니다", "the manifest does not list this file"),
    "altered": (
        "서명된 목록과 처음으로 다른 줄입니다",
        "first lines that differ from the manifest",
    ),
    "unsigned": ("서명이 맞지 않습니다", "the signature does not fit"),
    "key": ("알려 주신 열쇠가 아닙니다", "not the key you gave"),
    "compare": ("공고된 열쇠와 같은지 보아 주세요", "compare this key with the one posted"),
    "digest": ("기록에 남은 지문과 다릅니다", "differs from the digest in the log"),
    "order": ("차례가 어긋나거나 두 번 나옵니다", "out of order, or here twice"),
    "short": ("서명된 것과 기록의 수가 다릅니다", "not as many leaves as were signed"),
    "root": ("이 가운데 바뀐 기록이 있습니다", "one of these leaves was altered"),
    "secret": ("공개하지 않기로 한 파일입니다", "not to be published in this contest"),
    "ballot": ("이 투표에 있을 수 없는 표입니다", "no ballot of this contest"),
    "number": ("수가 맞지 않습니다", "the numbers do not fit"),
    "reason": ("차이에 사유가 적혀 있습니다", "a difference that has a reason"),
    "paper": ("내준 것보다 종이가 많습니다", "more paper than was handed out"),
    "cell": ("나눈 표가 맞지 않거나 너무 작습니다", "split votes do not add up or are too few"),
    "result": ("다시 세면 다릅니다", "counting again gives something else"),
    "lot": ("기록에 남은 추첨이 아닙니다", "not the lot in the log"),
    "rule": ("이 프로그램이 모르는 규칙입니다", "a rule this program does not know"),
    "receipt": ("참여확인증이 기록에 없습니다", "the log does not hold this receipt"),
    "found": ("참여확인증이 기록에 있습니다", "your receipt stands here"),
}
BOX = """stubs = sheets + spoiled + returned + missing; sheets = valid + blank + void + unreadable;
signatures = stubs; slots = sheets; stubs_counted = stubs; missing = nothing"""
ALL = """log.ballot = web.leaves; web.leaves = web.counted + web.superseded + web.voided;
log.opened = web.ballots + paper.ballots"""
OURS = """roll = slots; slots.web = web.counted; web.counted = web.ballots + web.void;
slots.paper_cast = boxes.slots; paper.ballots = boxes.valid + boxes.blank;
paper.void = boxes.void + boxes.unreadable"""


class Unreadable(Exception):  # noqa: N818 - it says what the bundle is
    """What was given is not a bundle at all."""


class Wrong(Exception):  # noqa: N818 - it says what the place is
    """Something was altered or does not fit: where (file:line or place) and what (see SAYS)."""

    def __init__(self, where: str, code: str, detail: object = "") -> None:
        super().__init__(where, code, str(detail))
        self.where, self.detail = where, f" ({detail})" if detail else ""
        self.ko, self.en = (one + self.detail for one in SAYS[code])


# --- Bytes: files, canonical JSON, hashes, signatures --------------------------------------------


def read_bundle(path: Path) -> dict[str, bytes]:
    """Give the files of a folder or ZIP by name, without what computers add by themselves."""
    try:
        if path.is_dir():
            found = [(one.name, one.read_bytes()) for one in path.iterdir() if one.is_file()]
        else:
            with zipfile.ZipFile(path) as archive:
                entries = [one for one in archive.infolist() if not one.is_dir()]
                if sum(one.file_size for one in entries) > MOST_BYTES:
                    raise Unreadable("it unpacks to more than 2 GiB")
                found = [(one.filename, archive.read(one)) for one in entries]
    except (OSError, zipfile.BadZipFile, zlib.error, RuntimeError) as error:
        raise Unreadable(str(error)) from error
    homes = [name[:-13] for name, _ in found if re.fullmatch(r"(.*/)?manifest\.json", name)]
    home = min(homes, key=len, default="")
    found = [(name[len(home) :], data) for name, data in found if name.startswith(home)]
    found = [(name, data) for name, data in found if not re.match(r"(.*/)?[._]", name)]
    if not homes or len(dict(found)) < len(found):
        raise Unreadable("there is no manifest.json, or a file is there twice")
    return dict(found)


def sha(data: bytes) -> str:
    """SHA-256 in hex."""
    return sha256(data).hexdigest()


def canon(value: object) -> bytes:
    """Give the one way to write a value: keys sorted, no spaces, UTF-8."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def parse(data: bytes, where: str) -> Any:
    """Read canonical JSON; anything else counts as altered."""
    try:
        value = json.loads(data)
        if canon(value) == data:
            return value
    except (ValueError, RecursionError):
        pass
    raise Wrong(where, "form")


def unhex(text: str) -> bytes:
    """Bytes of a hex text; nothing if it is none."""
    return bytes.fromhex(text) if re.fullmatch("([0-9a-f]{2})*", text) else b""


def grow(full: list[bytes], data: bytes, number: int) -> None:
    """Add leaf `number` (from 1) to a Merkle tree (RFC 6962) kept as its full subtrees."""
    full.append(sha256(b"\0" + data).digest())
    while number % 2 == 0:
        right, left = full.pop(), full.pop()
        full.append(sha256(b"\1" + left + right).digest())
        number //= 2


def root_of(full: list[bytes]) -> str:
    node = full[-1] if full else sha256().digest()
    for left in full[-2::-1]:
        node = sha256(b"\1" + left + node).digest()
    return node.hex()


# Ed25519 of RFC 8032, section 5.1. A point is (X, Y, Z, T): x = X/Z, y = Y/Z, x·y = T/Z.
P = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def add_points(p: Point, q: Point) -> Point:
    """Add two points of the curve (section 5.1.4)."""
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return e * f % P, g * h % P, f * g % P, e * h % P


def read_point(data: bytes) -> Point:
    """Read 32 bytes as a point (section 5.1.3); raises ValueError if they are none."""
    y, odd = int.from_bytes(data, "little") & ((1 << 255) - 1), data[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and odd):
        raise ValueError("not a point of the curve")
    x = P - x if x % 2 != odd else x
    return x, y, 1, x * y % P


def signed_by(key: bytes, message: bytes, signature: bytes) -> bool:
    """Whether the holder of `key` signed `message` (section 5.1.7): S·B − k·A = R."""
    s = int.from_bytes(signature[32:], "little")
    if (len(key), len(signature)) != (32, 64) or s >= ORDER:
        return False
    try:
        base, owner = read_point((4 * pow(5, -1, P) % P).to_bytes(32, "little")), read_point(key)
    except ValueError:
        return False
    k = int.from_bytes(sha512(signature[:32] + key + message).digest(), "little") % ORDER
    minus = (P - owner[0], owner[1], 1, P - owner[3])
    steps = (base, minus, add_points(base, minus))
    total: Point = (0, 1, 1, 0)
    for bit in range(252, -1, -1):
        total = add_points(total, total)
        step = (s >> bit & 1) + 2 * (k >> bit & 1)
        total = add_points(total, steps[step - 1]) if step else total
    inverse = pow(total[2], -1, P)
    x, y = total[0] * inverse % P, total[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little") == signature[:32]


# --- Counting again ------------------------------------------------------------------------------


def allowed(ballot: Plain, marks: Any) -> bool:
    """Whether marks are those of a ballot that this contest lets into its box."""
    options = {one["key"]: one for one in ballot["options"]}
    if ballot["kind"] == "yes_no":
        answers = ["yes", "no", "abstain"] if ballot["abstain_allowed"] else ["yes", "no"]
        if not isinstance(marks, dict) or any(one not in answers for one in marks.values()):
            return False
    elif not isinstance(marks, list):
        return False
    if any(one not in options for one in marks) or list(marks) != sorted(set(marks)):
        return False
    cost = sum(Fraction(options[key]["cost"] or 0) for key in marks)
    in_purse = ballot["spend_limit"] is None or cost <= Fraction(ballot["spend_limit"])
    return not marks or (in_purse and ballot["min_picks"] <= len(marks) <= ballot["max_picks"])


def add_up(ballot: Plain, patterns: dict[str, int]) -> Counts:
    """Votes by option and answer; `patterns` gives how many ballots carry the same marks."""
    yes_no = ballot["kind"] == "yes_no"
    names = ("abstain", "blank", "no", "yes") if yes_no else ("votes",)
    counts: Counts = {one["key"]: dict.fromkeys(names, 0) for one in ballot["options"]}
    for text, number in patterns.items():
        marks = json.loads(text)
        for key in counts if yes_no else marks:
            counts[key][marks.get(key, "blank") if yes_no else "votes"] += number
    return counts


def least_votes(bar: Plain, figures: dict[str, int]) -> int:
    """The least number of votes that clears a bar such as two thirds of the roll."""
    base = figures[bar["of"]] if bar.get("number") is None else bar["number"]
    exact = Fraction(bar.get("share", "1/1")) * base
    below = int(exact)
    return max(1, below if below == exact and not bar.get("strict") else below + 1)


class Recount:
    """The result as it must be, from votes and figures (roll, turnout, valid, blank, void)."""

    def __init__(
        self, config: Plain, counts: Counts, figures: dict[str, int], lot: list[str] | None
    ) -> None:
        self.rule, self.counts, self.figures, self.lot = config["rule"], counts, figures, lot
        options = sorted(config["ballot"]["options"], key=lambda one: int(one["number"]))
        grouped = self.rule.get("per_group")
        self.group = {one["key"]: one["group"] if grouped else None for one in options}
        self.ties: dict[tuple[str, ...], Plain] = {}
        self.missed, self.quorum = False, None
        if self.rule.get("quorum"):
            need, got = least_votes(self.rule["quorum"], figures), figures["turnout"]
            self.missed = got < need
            self.quorum = {"need": need, "got": got, "reached": not self.missed}

    def result(self) -> Plain:
        decide = self.item if self.rule["name"] == "yes_no" else self.option
        made = {key: {"key": key, "counts": self.counts[key], **decide(key)} for key in self.group}
        winners = [key for key in made if made[key]["won"]]
        drawn = any(tie["won"] for tie in self.ties.values())
        groups = list(self.group.values())
        ties = sorted(
            self.ties.values(), key=lambda tie: groups.index(self.group[tie["options"][0]])
        )
        return {
            **{name: self.figures[name] for name in ("roll", "turnout", "valid", "blank", "void")},
            "rule": self.rule["name"],
            "quorum": self.quorum,
            "options": list(made.values()),
            "winners": sorted(winners, key=lambda key: made[key]["rank"] or 0),
            "decided": all(tie["won"] for tie in ties),
            "ties": ties,
            "tie_order": self.lot if drawn else None,
        }

    def item(self, key: str) -> Plain:
        """One item of a yes/no ballot."""
        said = self.counts[key]
        valid = (
            said["yes"] + said["no"] + (said["abstain"] if self.rule.get("abstain_counts") else 0)
        )
        bar = self.rule.get("majority") or {"of": "valid", "share": "1/2", "strict": True}
        need = least_votes(bar, {**self.figures, "valid": valid})
        reason = "enough_yes" if said["yes"] >= need else "too_few_yes"
        reason = "quorum_missed" if self.missed else reason
        return {"rank": None, "won": reason == "enough_yes", "reason": reason, "need": need}

    def option(self, key: str) -> Plain:
        """One option among its rivals: how many stand above it, how many beside it."""
        rivals = {
            one: self.counts[one]["votes"]
            for one in self.group
            if self.group[one] == self.group[key]
        }
        bar, seats, mine = self.rule.get("threshold"), self.rule.get("seats"), rivals[key]
        need = least_votes(bar, self.figures) if bar else None
        able = [one for one in rivals if rivals[one] >= (need or 1)]
        above = sum(rivals[one] > mine for one in able)
        level = [one for one in able if rivals[one] == mine]
        projects, won = self.rule["name"] == "projects", None
        if self.missed and (seats or projects):
            won, reason = None if projects else False, "quorum_missed"
        elif not seats:
            reason = "counted" if projects else "ranked"
        elif key not in able:
            won, reason = False, "below_threshold" if mine else "no_votes"
        elif above + len(level) <= seats:
            won, reason = True, "enough_votes"
        elif above >= seats:
            won, reason = False, "fewer_votes"
        else:
            drawn = self.lot if self.lot and set(level) <= set(self.lot) else []
            lucky = [one for one in drawn if one in level][: seats - above]
            tie = {"options": level, "votes": mine, "seats": seats - above, "won": lucky}
            self.ties[tuple(level)] = tie
            won = key in lucky if lucky else None
            reason = ("won_by_lot" if won else "lost_by_lot") if lucky else "tie_undecided"
        rank = 1 + sum(other > mine for other in rivals.values())
        return {"rank": rank, "won": won, "reason": reason, "need": need}


class Purse:
    """Greedy allocation: by falling votes, fund what fits; ties that matter wait for a lot.

    With `skip` a project that does not fit is passed over, otherwise the count stops there.
    """

    def __init__(self, config: Plain, votes: dict[str, int], told: Plain) -> None:
        self.rule, self.votes, self.lot = config["allocation"], votes, told["lot"] or []
        self.cost = {one["key"]: Fraction(one["cost"]) for one in config["ballot"]["options"]}
        self.left = self.budget = Fraction(self.rule["budget"])
        self.winners: list[str] = []
        self.ties: list[Plain] = []
        self.told: list[Plain] = []
        self.stopped = self.waiting = False
        least, aside = self.rule["threshold"], []
        ranking = sorted(self.cost, key=lambda key: (-votes[key], self.cost[key], key))
        for score, same in groupby(ranking, key=votes.__getitem__):
            level = list(same)
            out = [one for one in level if one in told["withdrawn"] or score < (least or 0)]
            aside += out
            self.decide_level(score, [key for key in level if key not in out])
        for key in aside:
            gone = key in told["withdrawn"]
            self.tell(key, *(("withdrawn",) if gone else ("below_threshold", "threshold", least)))

    def tell(self, key: str, fate: str, name: str = "", figure: Fraction | int = 0) -> None:
        """Say what became of a project, with the figure that explains it."""
        told: Plain = {"score": self.votes[key], "cost": self.cost[key]}
        told.update({name: figure} if name else {})
        told = {one: as_json(number) for one, number in told.items()}
        self.told.append({"project": key, "fate": fate, **told})

    def clash(self, keys: list[str]) -> bool:
        """Whether another order of `keys` would fund others: some fit, but not all together."""
        fit = [key for key in keys if self.cost[key] <= self.left]
        counted = fit if self.rule["skip"] else keys
        return bool(fit) and sum(self.cost[key] for key in counted) > self.left

    def decide_level(self, score: int, level: list[str]) -> None:
        """Decide the projects of equal votes."""
        mattered = not self.stopped and not self.waiting and self.clash(level)
        steps, by = self.in_order(level)
        tie: Plain = {
            "score": score,
            "projects": sorted(level),
            "mattered": mattered,
            "exact": True,
        }
        tie.update({"decided_by": by if mattered else [], "always": [], "contested": []})
        self.ties += [tie] if len(level) > 1 and not self.waiting else []
        for step in steps:
            if not self.stopped and not self.waiting and self.clash(step):
                self.leave_open(step, tie)
            else:
                for key in step:
                    self.decide(key)

    def in_order(self, level: list[str]) -> tuple[list[list[str]], list[str]]:
        """Order equal votes by the named orders, then by lot; and say which of them did it."""
        steps, by = [level], []
        for name in self.rule["tie"]:
            rank = {"lower_cost": self.cost}[name].__getitem__
            finer = [
                list(same) for one in steps for _, same in groupby(sorted(one, key=rank), rank)
            ]
            by += [name] if len(finer) > len(steps) else []
            steps = finer
        drawn: list[list[str]] = []
        for step in steps:
            by_lot = len(step) > 1 and set(step) <= set(self.lot)
            by += ["lot"] if by_lot and "lot" not in by else []
            drawn += [[key] for key in self.lot if key in step] if by_lot else [step]
        return drawn, by

    def decide(self, key: str) -> None:
        if self.stopped:
            self.tell(key, "after_stop")
        elif self.cost[key] > self.left:
            self.tell(key, "does_not_fit", "left", self.left)
            self.stopped = not self.rule["skip"]
        elif self.waiting:
            self.tell(key, "waiting", "left", self.left)
        else:
            self.winners.append(key)
            self.tell(key, "funded", "left", self.left)
            self.told[-1]["position"] = len(self.winners)
            self.left -= self.cost[key]

    def leave_open(self, step: list[str], tie: Plain) -> None:
        """Fund only who wins in every order: whoever no set of the others can push out."""
        fit = [key for key in step if self.cost[key] <= self.left]
        pushed = {key: self.pushed(key, fit) if self.rule["skip"] else True for key in fit}
        always = [key for key in fit if pushed[key] is False]
        contested = [key for key in fit if key not in always]
        tie.update({"always": sorted(always), "contested": sorted(contested)})
        tie["exact"] = None not in pushed.values()
        for key in step:
            fate = "contested" if key in contested else "does_not_fit"
            self.tell(key, "funded_in_every_order" if key in always else fate, "left", self.left)
        self.winners += always
        self.left -= sum(self.cost[key] for key in always)
        self.waiting, self.stopped = True, not self.rule["skip"]

    def pushed(self, key: str, fit: list[str]) -> bool | None:
        """Whether others that fit together leave too little for `key`; None: too many to try."""
        sums = {Fraction(0)}
        for other in sorted((one for one in fit if one != key), key=self.cost.__getitem__):
            sums |= {one + self.cost[other] for one in sums if one + self.cost[other] <= self.left}
            if max(sums) > self.left - self.cost[key]:
                return True
            if len(sums) > MOST_SUMS and self.cost[key]:
                return None
        return False

    def outcome(self) -> Plain:
        return {
            "budget": as_json(self.budget),
            "cost": as_json(self.budget - self.left),
            "winners": self.winners,
            "decisions": self.told,
            "ties": self.ties,
            "undecided": [key for tie in self.ties for key in tie["contested"]],
        }


def as_json(number: Fraction | int) -> int | str:
    """Money as it stands in JSON."""
    return number.numerator if number.denominator == 1 else str(number)


def differ(must: Any, found: Any, path: str) -> Wrong:
    """The first place where two unequal values differ."""
    if isinstance(must, dict) and isinstance(found, dict) and must.keys() == found.keys():
        key = next(key for key in must if must[key] != found[key])
        return differ(must[key], found[key], f"{path}.{key}")
    if isinstance(must, list) and isinstance(found, list) and len(must) == len(found):
        index = next(index for index, one in enumerate(must) if one != found[index])
        one = must[index] if isinstance(must[index], dict) else {}
        name = one.get("key") or one.get("project") or index
        return differ(must[index], found[index], f"{path}[{name}]")
    return Wrong(path, "result", f"{found} ≠ {must}")


# --- The checks, in the order in which they are told ---------------------------------------------


class Check:
    """One bundle under examination. Each check yields or raises what is wrong."""

    def __init__(self, files: dict[str, bytes], key: str = "", receipt: str = "") -> None:
        self.files, self.key, self.receipt = files, key.lower(), receipt.lower()
        self.steps: list[tuple[str, bool]] = []
        self.wrong: list[Wrong] = []
        self.notes: list[Wrong] = []
        for name, check in CHECKS.items():
            found: list[Wrong] = []
            try:
                found.extend(check(self))
            except Wrong as wrong:
                found.append(wrong)
            except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
                found.append(Wrong(name, "form", repr(error)))
            seen = [one.args for one in self.wrong]
            self.wrong += [one for one in found if one.args not in seen]
            self.steps.append((name, not found))

    def lines(self, name: str) -> list[bytes]:
        if name not in self.files:
            raise Wrong(name, "missing")
        *lines, rest = self.files[name].split(b"\n")
        if rest:
            raise Wrong(f"{name}:{len(lines) + 1}", "form")
        return lines

    def document(self, name: str) -> Any:
        if name not in self.files:
            raise Wrong(name, "missing")
        return parse(self.files[name], f"{name}:1")

    @cached_property
    def config(self) -> Any:
        return self.document("config.json")

    @cached_property
    def numbers(self) -> Any:
        return self.document("reconciliation.json")

    @cached_property
    def tally(self) -> Any:
        return self.document("result.json")["tally"]

    @cached_property
    def leaves(self) -> list[Any]:
        lines = enumerate(self.lines("log.jsonl"), start=1)
        return [parse(line, f"log.jsonl:{number}") for number, line in lines]

    def leaf(self, kind: str) -> Any:
        """The newest leaf of a kind."""
        for leaf in reversed(self.leaves):
            if leaf["kind"] == kind:
                return leaf
        raise Wrong(f"log.jsonl {kind}", "missing")

    def logged(self, name: str, data: bytes | None, kind: str, field: str) -> Iterator[Wrong]:
        """Hold data against the newest digest of it in the log."""
        leaf = self.leaf(kind)
        if leaf[field] != (None if data is None else sha(data)):
            yield Wrong(name, "digest", f"log.jsonl:{self.leaves.index(leaf) + 1}")

    def drawn(self, name: str, lot: Any) -> Iterator[Wrong]:
        """Hold a lot that decided something against the one drawn in public."""
        if lot is not None and lot != self.leaf("seed")["order"]:
            yield Wrong(name, "lot")

    def check_files(self) -> Iterator[Wrong]:
        """Every file is the one that the manifest lists; otherwise name the first altered lines."""
        manifest = self.document("manifest.json")
        if (manifest["format"], manifest["contest"]) != (BUNDLE_FORM, self.config["contest"]):
            yield Wrong("manifest.json", "other")
        listed = {entry["name"]: entry for entry in manifest["files"]}
        for name in sorted({*listed, *self.files} - {"manifest.json", "manifest.sig"}):
            if name not in listed or name not in self.files:
                yield Wrong(name, "missing" if name in listed else "unlisted")
            elif sha(self.files[name]) != listed[name]["sha256"]:
                lines, size = self.files[name].split(b"\n"), listed[name]["chunk_lines"]
                at = 0
                for at, digest in enumerate(listed[name]["chunks"]):
                    if sha(b"\n".join(lines[at * size : at * size + size])) != digest:
                        break
                last = max(at * size + 1, min(at * size + size, len(lines) - 1))
                yield Wrong(f"{name}:{at * size + 1}-{last}", "altered")

    def check_config(self) -> Iterator[Wrong]:
        """The question, the rule and the limits are those frozen in leaf 0."""
        if self.config["format"] != CONFIG_FORM:
            raise Wrong("config.json format", "other")
        if self.leaves[0] != {"kind": "config", "digest": sha(self.files["config.json"])}:
            yield Wrong("config.json", "digest", "log.jsonl:1, leaf 0")

    def check_heads(self) -> Iterator[Wrong]:
        """The log grows only at its end: each signed head fits the leaves up to it."""
        lines, full, size, time = self.lines("log.jsonl"), list[bytes](), 0, ""
        for number, line in enumerate(self.lines("heads.jsonl"), start=1):
            where = f"heads.jsonl:{number}"
            head = parse(line, where)
            message = canon({name: head[name] for name in ("at", "contest", "root", "size")})
            if not signed_by(unhex(self.config["public_key"]), message, unhex(head["signature"])):
                yield Wrong(where, "unsigned")
            if head["contest"] != self.config["contest"]:
                yield Wrong(where, "other")
            if head["size"] <= size or head["at"] < time:
                raise Wrong(where, "order")
            first, size, time = size, head["size"], head["at"]
            if size > len(lines):
                raise Wrong("log.jsonl", "short", f"{len(lines)} < {size}, {where}")
            for index in range(first, size):
                grow(full, lines[index], index + 1)
            if root_of(full) != head["root"]:
                told = f"leaf {first}-{size - 1}, {where}"
                raise Wrong(f"log.jsonl:{first + 1}-{size}", "root", told)
        if size < len(lines):
            yield Wrong(f"log.jsonl:{size + 1}", "short", f"leaf {size}")

    def check_leaves(self) -> Iterator[Wrong]:
        """One configuration, no ballot twice, none after the box was opened; the receipt is in."""
        seen: set[bytes] = set()
        for index, line in enumerate(self.lines("log.jsonl")):
            where, kind = f"log.jsonl:{index + 1}", self.leaves[index]["kind"]
            twice = kind == "ballot" and (line in seen or b"opened" in seen)
            if twice or (kind == "config" and index):
                yield Wrong(where, "order", f"leaf {index}")
            seen.update({line, b"opened"} if kind == "ballots" else {line})
            if self.receipt and sha(b"\0" + line) == self.receipt:
                self.notes.append(Wrong(where, "found"))
        if self.receipt and not self.notes:
            yield Wrong("log.jsonl", "receipt", self.receipt)

    def published(self) -> Iterator[tuple[str, str, int]]:
        """Place, marks and number of each published ballot or pattern."""
        if self.config["publication"] == "full":
            for number, line in enumerate(self.lines("ballots.jsonl"), start=1):
                yield f"ballots.jsonl:{number}", line.decode(), 1
        elif self.config["publication"] == "patterns":
            for number, line in enumerate(self.lines("patterns.csv")[1:], start=2):
                text, _, count = line.decode().rpartition(";")
                yield f"patterns.csv:{number}", text, int(count)

    def check_ballots(self) -> Iterator[Wrong]:
        """The published ballots are sorted, allowed, and those of the opened box."""
        mode, before, total, opened = self.config["publication"], "", 0, self.leaf("ballots")
        for name, its_mode in (("ballots.jsonl", "full"), ("patterns.csv", "patterns")):
            if name in self.files and mode != its_mode:
                yield Wrong(name, "secret")
        for where, text, count in self.published():
            small = mode == "patterns" and (text == before or count < LEAST_PATTERN)
            if text < before or small:
                yield Wrong(where, "order")
            if text != before and not allowed(self.config["ballot"], parse(text.encode(), where)):
                yield Wrong(where, "ballot", text)
            before, total = text, total + count
        if total > opened["count"] or (mode == "full" and total != opened["count"]):
            yield Wrong("ballots.jsonl", "number", f"{total} ≠ {opened['count']}")
        if mode == "full":
            yield from self.logged(
                "ballots.jsonl", self.files["ballots.jsonl"], "ballots", "digest"
            )

    def check_boxes(self) -> Iterator[Wrong]:
        """Each box of paper closes, and is the one that was certified in the log."""
        boxes = {leaf["batch"]: leaf["digest"] for leaf in self.leaves if leaf["kind"] == "batch"}
        for box in self.numbers["batches"]:
            where = f"reconciliation.json batches[{box['key']}]"
            for equation, sides in unequal(BOX, {**box, "nothing": 0}):
                name = equation.split(" = ")[0]
                if name in box["reasons"] and name != "sheets":
                    self.notes.append(Wrong(f"{where} {equation}", "reason", box["reasons"][name]))
                else:
                    yield Wrong(f"{where} {equation}", "number", sides)
            found = box["sheets"] + box["spoiled"] + box["returned"]
            if found > box["stubs"] or box["sheets"] > box["slots"]:
                yield Wrong(where, "paper")
            if boxes.pop(box["key"], None) != sha(canon(box)):
                yield Wrong(where, "digest")
        for key in boxes:
            yield Wrong(f"reconciliation.json batches[{key}]", "missing")

    def check_numbers(self) -> Iterator[Wrong]:
        """Voters, log, boxes of paper and ballots fit together in number."""
        numbers, name = self.numbers, "reconciliation.json"
        figures = Counter({"roll": numbers["roll"], "slots": sum(numbers["slots"].values())})
        figures["log.ballot"] = sum(leaf["kind"] == "ballot" for leaf in self.leaves)
        figures["log.opened"] = self.leaf("ballots")["count"]
        parts = [("web", numbers["web"]), ("slots", numbers["slots"])]
        parts += [("boxes", box) for box in numbers["batches"]]
        for key, channel in numbers["channels"].items():
            parts.append(("paper" if key == "paper" else "web", channel))
        for part, told in parts:
            figures.update({f"{part}.{one}": n for one, n in told.items() if isinstance(n, int)})
        imported = self.config.get("origin") == "imported"
        for equation, sides in unequal(ALL if imported else f"{ALL}; {OURS}", figures):
            yield Wrong(f"{name} {equation}", "number", sides)
        for option in self.tally["options"]:
            row, total = numbers["cells"]["rows"][option["key"]], Counter(option["counts"])
            total["rest"] = total.pop("abstain", 0) + total.pop("blank", 0)
            split: Counter[str] = sum(map(Counter, row or []), Counter())
            small = [n for cell in row or [] for one, n in cell.items() if total[one]]
            if row is not None and (min(small, default=10) < LEAST_CELL or split != +total):
                yield Wrong(f"{name} cells[{option['key']}]", "cell")
        yield from self.logged(name, self.files[name], "result", "reconciliation")

    def check_result(self) -> Iterator[Wrong]:
        """Counting the ballots again gives the published result."""
        tally, channels = self.tally, self.numbers["channels"].values()
        if self.config["rule"]["name"] not in {"plurality", "yes_no", "projects"}:
            raise Wrong("config.json rule", "rule", self.config["rule"]["name"])
        figures = {one: sum(told[one] for told in channels) for one in ("ballots", "blank", "void")}
        figures["turnout"] = figures["ballots"] + figures["void"]
        figures["valid"] = figures["ballots"] - figures["blank"]
        figures["roll"] = self.numbers["roll"]
        patterns: Counter[str] = Counter()
        for _, text, count in self.published():
            patterns[text] += count
        counts = add_up(self.config["ballot"], patterns)
        blank = patterns["[]"] + patterns["{}"]
        if self.config["publication"] != "full":
            public = counts
            counts, blank = (
                {one["key"]: one["counts"] for one in tally["options"]},
                figures["blank"],
            )
            for key, told in public.items():
                if any(counts[key][answer] < number for answer, number in told.items()):
                    yield Wrong(
                        f"result.json tally.options[{key}].counts", "result", "patterns.csv"
                    )
        if blank != figures["blank"]:
            yield Wrong("reconciliation.json channels", "result", f"{figures['blank']} ≠ {blank}")
        must = Recount(self.config, counts, figures, tally["tie_order"]).result()
        if must != tally:
            yield differ(must, tally, "result.json tally")
        if self.document("result.json")["digest"] != sha(canon(tally)):
            yield Wrong("result.json digest", "number")
        yield from self.drawn("result.json tally.tie_order", tally["tie_order"])
        yield from self.logged("result.json", canon(tally), "result", "digest")

    def check_money(self) -> Iterator[Wrong]:
        """Spending the budget again gives the published allocation."""
        rule, name, quorum = self.config.get("allocation"), "allocation.json", self.tally["quorum"]
        if rule is not None and (quorum is None or quorum["reached"]):
            if rule["rule"] != "greedy":
                raise Wrong("config.json allocation", "rule", rule["rule"])
            told = self.document(name)
            votes = {one["key"]: one["counts"]["votes"] for one in self.tally["options"]}
            must = Purse(self.config, votes, told).outcome()
            if must != told["outcome"]:
                yield differ(must, told["outcome"], f"{name} outcome")
            yield from self.drawn(f"{name} lot", told["lot"])
        elif name in self.files:
            yield Wrong(name, "secret")
        yield from self.logged(name, self.files.get(name), "result", "allocation")

    def check_signature(self) -> Iterator[Wrong]:
        """The manifest is signed by the key of the configuration, and by yours if you gave one."""
        key, signature = self.config["public_key"], self.lines("manifest.sig")[0].decode()
        if not signed_by(unhex(key), self.files["manifest.json"], unhex(signature)):
            yield Wrong("manifest.sig", "unsigned")
        if self.key and self.key != key:
            yield Wrong("config.json public_key", "key", key)
        if not self.key:
            self.notes.append(Wrong("config.json public_key", "compare", key))


def unequal(equations: str, figures: dict[str, int]) -> Iterator[tuple[str, str]]:
    """The equations whose sides differ, with both sides."""
    for equation in re.split(r";\s", equations):
        left, right = (sum(figures[n] for n in side.split(" + ")) for side in equation.split(" = "))
        if left != right:
            yield equation, f"{left} ≠ {right}"


CHECKS = {
    "파일이 목록과 같은가 · files are as listed": Check.check_files,
    "설정이 처음 그대로인가 · configuration is as frozen": Check.check_config,
    "기록이 서명된 그대로인가 · log is as signed": Check.check_heads,
    "기록이 제대로 이어지는가 · log makes sense": Check.check_leaves,
    "투표지가 개표한 그대로인가 · ballots are as opened": Check.check_ballots,
    "종이 투표함이 맞는가 · boxes of paper close": Check.check_boxes,
    "사람과 표의 수가 맞는가 · numbers fit": Check.check_numbers,
    "다시 세어도 같은가 · counting again gives the result": Check.check_result,
    "예산을 다시 나누어도 같은가 · money goes the same way": Check.check_money,
    "꾸러미에 한 서명이 맞는가 · bundle is signed": Check.check_signature,
}


def verdict(check: Check) -> tuple[str, str]:
    """The one sentence at the end, in Korean and English."""
    if check.wrong:
        first, n = check.wrong[0], len(check.wrong)
        ko = f"빨강: 바뀌었거나 맞지 않는 곳이 {n}곳 있습니다. 첫 번째는 {first.where}: {first.ko}."
        return ko, f"RED: {n} places were altered or do not fit, first {first.where}: {first.en}."
    if check.config["publication"] == "full":
        ko = "초록: 서명된 그대로이고, 투표지를 다시 세어도 발표된 결과와 같습니다."
        return ko, "GREEN: as it was signed, and counting the ballots again gives the result."
    ko = "초록: 서명된 그대로이고, 발표된 득표수에서 결과가 나옵니다(투표지는 다 공개되지 않음)."
    return (
        ko,
        "GREEN: as it was signed, and the votes give the result (not all ballots are public).",
    )


def main(arguments: list[str] | None = None) -> int:
    """Check the bundle named on the command line and tell what was found."""
    parser = argparse.ArgumentParser(description="마당 투표 꾸러미 확인 · Check a published vote")
    parser.add_argument("bundle", type=Path, help="꾸러미 폴더나 ZIP · folder or ZIP file")
    parser.add_argument("--key", default="", help="공고된 서명 열쇠 · signing key as posted (hex)")
    parser.add_argument("--receipt", default="", help="참여확인증의 값 · leaf hash of your receipt")
    parser.add_argument("--json", action="store_true", help="기계가 읽는 답 · answer as JSON")
    asked = parser.parse_args(arguments)
    say = sys.stdout.buffer.write
    try:
        check = Check(read_bundle(asked.bundle), asked.key, asked.receipt)
    except Unreadable as error:
        say(f"꾸러미로 읽을 수 없습니다 · This is no readable bundle: {error}\n".encode())
        return 2
    ko, en = verdict(check)
    places = {"wrong": check.wrong, "notes": check.notes}
    if asked.json:
        told = {n: [{"where": o.where, "ko": o.ko, "en": o.en} for o in places[n]] for n in places}
        say(canon({"ok": not check.wrong, "steps": dict(check.steps), **told, "ko": ko, "en": en}))
        return 1 if check.wrong else 0
    rows = [f" {'✓' if ok else '✗'} {name}" for name, ok in check.steps]
    rows += [f"   {one.where}: {one.ko} · {one.en}" for one in check.wrong + check.notes]
    colour, plain = ("\033[1;31m" if check.wrong else "\033[1;32m", "\033[0m")
    rows += [f"{colour}{ko}\n{en}{plain}" if sys.stdout.isatty() else f"{ko}\n{en}"]
    say("\n".join([*rows, ""]).encode())
    return 1 if check.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
