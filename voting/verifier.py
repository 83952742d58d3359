"""마당 투표 꾸러미 확인 · Check a published Madang vote.

    python3 verify.py BUNDLE [--key HEX] [--receipt LEAFHASH] [--json]

BUNDLE is the folder or ZIP file that the town published, or the JSON file of a draw by lot. This
one file needs nothing but Python (3.9 or newer): no network, no other file of the platform. The
counting in it was written apart from the one it checks. docs/bundle.md tells what the files mean.
Exit code 0: all is well, 1: something was altered or does not fit, 2: this is no bundle.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import zipfile
import zlib
from collections import Counter
from hashlib import sha256, sha512
from pathlib import Path
from typing import Any

from voting.recount import (
    OVERPICKS,
    RULES,
    add_up,
    allowed,
    decide,
    read_line,
    tells_channel,
    told_sums,
)
from voting.recount_lots import digest_of, drawn_lots, filled_seats, lot_seed
from voting.recount_money import ALLOCATIONS, spend
from voting.recount_rounds import EVERY_BALLOT, keys_of

MOST_BYTES, LEAST_CELL, LEAST_PATTERN = 2 << 30, 10, 3
PROVISIONAL = ("provisional", "accepted", "rejected")
BOX = """stubs = sheets + spoiled + returned + missing; sheets = valid + blank + void + unreadable;
signatures = stubs; slots = sheets; stubs_counted = stubs; missing = nothing;
provisional = accepted + rejected"""
ALL = """log.ballot = web.leaves; web.leaves = web.counted + web.superseded + web.voided;
log.opened = web.ballots + paper.ballots"""
OURS = """roll = slots; slots.web = web.counted; web.counted = web.ballots + web.void;
slots.paper_cast = boxes.slots; paper.ballots = boxes.valid + boxes.blank;
paper.void = boxes.void + boxes.unreadable"""
SAYS = {
    "missing": ("없습니다", "this is missing"),
    "form": ("이 투표에 쓰기로 한 꼴이 아닙니다", "this does not have the form of this contest"),
    "altered": ("목록과 처음으로 다른 줄입니다", "the first lines unlike those of the manifest"),
    "unsigned": ("서명이 맞지 않습니다", "the signature does not fit"),
    "key": ("알려 주신 열쇠가 아닙니다", "this is not the key you gave"),
    "log": ("기록에 남은 것과 다릅니다", "this differs from what the log records"),
    "order": ("차례가 어긋나거나 두 번 나옵니다", "this is out of order, or here twice"),
    "root": ("서명된 기록 그대로가 아닙니다", "these are not the leaves that were signed"),
    "alien": ("여기 있을 파일이 아닙니다", "this file does not belong here"),
    "ballot": ("이 투표에 있을 수 없는 표입니다", "this is no ballot of this contest"),
    "number": ("수가 맞지 않습니다", "the numbers do not fit"),
    "result": ("다시 세면 다릅니다", "counting again gives something else"),
    "rule": ("이 프로그램이 모르는 규칙입니다", "this program does not know this rule"),
}


class Wrong(Exception):  # noqa: N818 - it says what the place is
    """Something was altered or does not fit: where (file:line or place) and what (see SAYS)."""


def hold(fine: object, where: str, code: str, detail: object = "") -> None:
    """Stop at the first place that is not fine."""
    if not fine:
        raise Wrong(where, *(f"{says} ({detail})" if detail else says for says in SAYS[code]))


class Files(dict[str, bytes]):
    def __missing__(self, name: str) -> bytes:
        raise Wrong(name, *SAYS["missing"])

    def lines(self, name: str) -> list[bytes]:
        *lines, rest = self[name].split(b"\n")
        hold(not rest, f"{name}:{len(lines) + 1}", "form")
        return lines


def read_bundle(path: Path) -> Files:
    """Give the files of a folder or ZIP, without what computers add by themselves."""
    if path.is_dir():
        found = [(one.name, one.read_bytes()) for one in path.iterdir() if one.is_file()]
    else:
        with zipfile.ZipFile(path) as archive:
            entries = [one for one in archive.infolist() if not one.is_dir()]
            if sum(one.file_size for one in entries) > MOST_BYTES:
                raise zipfile.BadZipFile("it unpacks to more than 2 GiB")
            found = [(one.filename, archive.read(one)) for one in entries]
    homes = [name[:-13] for name, _ in found if re.fullmatch(r"(.*/)?manifest\.json", name)]
    home = min(homes, key=len, default="")
    found = [(name[len(home) :], data) for name, data in found if name.startswith(home)]
    found = [(name, data) for name, data in found if not re.match(r"(.*/)?[._]", name)]
    if not homes or len(dict(found)) < len(found):
        raise zipfile.BadZipFile("there is no manifest.json, or a file is there twice")
    return Files(found)


def sha(data: bytes) -> str:
    return sha256(data).hexdigest()


def canon(value: object) -> bytes:
    """Give the one way to write a value: keys sorted, no spaces, UTF-8."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return text.encode()


def parse(data: bytes, where: str) -> Any:
    """Read canonical JSON; anything else counts as altered."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        value = None
    hold(value is not None and canon(value) == data, where, "form")
    return value


def roots(lines: list[bytes], sizes: set[int]) -> dict[int, str]:
    """Roots of the Merkle tree (RFC 6962) over the first lines, for each size asked for."""
    found, full = {}, list[bytes]()  # the full subtrees, from left to right
    for size, line in enumerate(lines, start=1):
        node, number = sha256(b"\0" + line).digest(), size
        while number % 2 == 0:
            node, number = sha256(b"\1" + full.pop() + node).digest(), number // 2
        full.append(node)
        if size in sizes:
            for left in full[-2::-1]:
                node = sha256(b"\1" + left + node).digest()
            found[size] = node.hex()
    return found


# Ed25519 of RFC 8032, section 5.1. A point is (X, Y, Z, T) with x = X/Z, y = Y/Z, x·y = T/Z.
Point = tuple[int, int, int, int]
P, ORDER = 2**255 - 19, 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, -1, P) % P


def add_points(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]), (p[1] + p[0]) * (q[1] + q[0])
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2]
    e, f, g, h = (b - a) % P, (d - c) % P, (d + c) % P, (b + a) % P
    return e * f % P, g * h % P, f * g % P, e * h % P


def read_point(data: bytes) -> Point:
    """Read 32 bytes as a point (section 5.1.3); raises ValueError if they are none."""
    y, odd = int.from_bytes(data, "little") & ((1 << 255) - 1), data[31] >> 7
    square = (y * y - 1) * pow(D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    x = x if (x * x - square) % P == 0 else x * pow(2, (P - 1) // 4, P) % P
    if y >= P or (x * x - square) % P or (x == 0 and odd):
        raise ValueError("not a point of the curve")
    x = x if x % 2 == odd else P - x
    return x, y, 1, x * y % P


BASE = read_point((4 * pow(5, -1, P) % P).to_bytes(32, "little"))


def signed_by(key: str, message: bytes, signature: str) -> bool:
    """Whether the holder of `key` signed `message` (section 5.1.7): S·B − k·A = R. Both in hex."""
    try:
        (x, y, z, t), both = read_point(bytes.fromhex(key)), bytes.fromhex(signature)
    except (ValueError, IndexError):
        return False
    s = int.from_bytes(both[32:], "little")
    k = int.from_bytes(sha512(both[:32] + bytes.fromhex(key) + message).digest(), "little") % ORDER
    minus, total = (P - x, y, z, P - t), (0, 1, 1, 0)
    steps = (BASE, minus, add_points(BASE, minus))
    for bit in range(252, -1, -1):
        total = add_points(total, total)
        step = (s >> bit & 1) + 2 * (k >> bit & 1)
        total = add_points(total, steps[step - 1]) if step else total
    over = pow(total[2], -1, P)
    encoded = total[1] * over % P | (total[0] * over % P & 1) << 255
    return len(both) == 64 and s < ORDER and encoded.to_bytes(32, "little") == both[:32]


def same(must: Any, found: Any, path: str) -> None:
    """Stop where two values differ."""
    if isinstance(must, dict) and isinstance(found, dict) and must.keys() == found.keys():
        for key in must:
            same(must[key], found[key], f"{path}.{key}")
    elif isinstance(must, list) and isinstance(found, list) and len(must) == len(found):
        for index, one in enumerate(must):
            name = (one.get("key") or one.get("project")) if isinstance(one, dict) else None
            same(one, found[index], f"{path}[{name or index}]")
    else:
        hold(str(must) == str(found), path, "result", f"{found} ≠ {must}")


def unequal(equations: str, figures: dict[str, int]) -> list[tuple[str, str]]:
    """The equations whose sides differ, with both sides."""
    found = []
    for equation in re.split(r";\s", equations):
        left, right = (sum(figures[n] for n in side.split(" + ")) for side in equation.split(" = "))
        found += [(equation, f"{left} ≠ {right}")] if left != right else []
    return found


class Check:
    """One bundle under examination. Each check stops at the first place that is wrong."""

    def __init__(self, files: dict[str, bytes], key: str = "", receipt: str = "") -> None:
        self.files, self.key, self.receipt = Files(files), key.lower(), receipt.lower()
        self.steps: list[str] = []
        self.notes: list[str] = []
        self.wrong: Any = None  # or where it is wrong, and what in Korean and English
        try:
            for check in self.checks():
                self.steps.append(str(check.__doc__))
                check()
        except Wrong as wrong:
            self.wrong = wrong.args
        except (LookupError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
            self.wrong = (self.steps[-1], *(f"{says} ({error!r})" for says in SAYS["form"]))

    def checks(self) -> list[Any]:
        """What is looked at, in order."""
        return [getattr(self, name) for name in vars(Check) if name.startswith("check_")]

    def leaf(self, kind: str) -> Any:
        """The newest leaf of a kind."""
        found = [leaf for leaf in self.leaves if leaf["kind"] == kind]
        hold(found, f"log.jsonl {kind}", "missing")
        return found[-1]

    def logged(self, name: str, digest: str | None, kind: str, field: str = "digest") -> None:
        """Hold a digest against the newest one in the log."""
        leaf = self.leaf(kind)
        hold(leaf[field] == digest, name, "log", f"log.jsonl:{self.leaves.index(leaf) + 1}")

    def published(self) -> list[tuple[str, str, int]]:
        """Place, marks and number of each published ballot or pattern."""
        full = self.config["publication"] == "full"
        name, start = ("ballots.jsonl", 1) if full else ("patterns.csv", 2)
        lines = self.files.lines(name)[start - 1 :] if full or name in self.files else []
        split = [(line, b"", 1) if full else line.rpartition(b";") for line in lines]
        rows = enumerate(split, start)
        return [(f"{name}:{at}", row[0].decode(), int(row[2])) for at, row in rows]

    def fits(self, line: Any) -> bool:
        """Whether a line of the ballots is one of this contest."""
        return allowed(self.config["ballot"], read_line(self.config, line)[1])

    def hold_channels(self, patterns: dict[str, int]) -> None:
        """Hold the published ballots against the figures of the channels."""
        told, name = self.numbers["channels"], "reconciliation.json channels"
        found = {key: Counter({"ballots": 0, "blank": 0}) for key in [*told, "all"]}
        for text, number in patterns.items():
            channel, marks = read_line(self.config, json.loads(text))
            found[channel].update({"ballots": number, "blank": 0 if marks else number})
        if not tells_channel(self.config):
            same(found["all"]["blank"], sum(one["blank"] for one in told.values()), f"{name} blank")
        for key in told if tells_channel(self.config) else []:
            same(dict(found[key]), {one: told[key][one] for one in found[key]}, f"{name} {key}")

    def hold_stickers(self) -> None:
        """Hold the stickers against their sums and the log, and tell them apart from all votes."""
        due, name = self.config.get("stickers", False), "stickers.json"
        hold(due or name not in self.files, name, "alien")
        if due:
            told = parse(self.files[name], f"{name}:1")
            boards, keys = [board["counts"] for board in told["boards"]], keys_of(self.config)
            sums = {key: sum(one[key] for one in boards) for key in keys}
            same(sums, told["sums"], f"{name} sums")
            self.logged(name, sha(self.files[name]), "result", "stickers")
            each = ", ".join(f"{key} {number}" for key, number in sums.items())
            self.notes.append(f"표에 더하지 않은 스티커 · stickers, added to no vote: {each}")

    def lot(self) -> Any:
        """The order of the newest public lot, if there was one."""
        orders = [leaf["order"] for leaf in self.leaves if leaf["kind"] == "seed"]
        return orders[-1] if orders else None

    def check_files(self) -> None:
        """파일이 목록과 같은가 · files are as listed"""
        manifest = parse(self.files["manifest.json"], "manifest.json:1")
        listed = {one["name"]: one for one in manifest["files"]}
        for name in sorted({*listed, *self.files} - {"manifest.json", "manifest.sig"}):
            hold(name in listed, name, "alien")
            lines, size = self.files[name].split(b"\n"), listed[name]["chunk_lines"]
            for at, digest in enumerate(listed[name]["chunks"]):
                chunk, first = lines[at * size : at * size + size], at * size + 1
                last = min(max(len(lines) - (not lines[-1]), first), at * size + size)
                hold(sha(b"\n".join(chunk)) == digest, f"{name}:{first}-{last}", "altered")
            hold(sha(self.files[name]) == listed[name]["sha256"], f"{name}:{len(lines)}", "altered")

    def check_form(self) -> None:
        """설정이 처음 그대로인가 · the configuration is as it was frozen"""
        names = ("manifest", "config", "reconciliation", "result")
        read = {one: parse(self.files[f"{one}.json"], f"{one}.json:1") for one in names}
        self.config, self.numbers, self.result = (read[one] for one in names[1:])
        self.log, self.tally = self.files.lines("log.jsonl"), self.result["tally"]
        self.leaves = [parse(row, f"log.jsonl:{at}") for at, row in enumerate(self.log, start=1)]
        first = {"kind": "config", "digest": sha(self.files["config.json"])}
        hold(self.leaves[0] == first, "config.json", "log", "log.jsonl:1, leaf 0")
        for one, form in (("manifest", "madang-bundle/1"), ("config", "madang-config/1")):
            fits = (read[one]["format"], read[one]["contest"]) == (form, self.config["contest"])
            hold(fits, f"{one}.json", "form")
        ballot = self.config["ballot"]
        sound = ballot["overpick"] in OVERPICKS.get(ballot["kind"], ())
        hold(sound, "config.json overpick", "rule", ballot["overpick"])

    def check_heads(self) -> None:
        """기록이 서명된 그대로 뒤로만 자랐는가 · the log is as signed and grew at its end only"""
        rows = enumerate(self.files.lines("heads.jsonl"), start=1)
        heads = {f"heads.jsonl:{at}": parse(row, f"heads.jsonl:{at}") for at, row in rows}
        known = roots(self.log, {head["size"] for head in heads.values()})
        size, time, key = 0, "", self.config["public_key"]
        for where, head in heads.items():
            message = canon({name: head[name] for name in ("at", "contest", "root", "size")})
            hold(signed_by(key, message, head["signature"]), where, "unsigned")
            hold(head["contest"] == self.config["contest"], where, "form")
            hold(head["size"] > size and head["at"] >= time, where, "order")
            first, size, time = size, head["size"], head["at"]
            place = f"log.jsonl:{first + 1}-{size}"
            hold(size in known, place, "root", f"{len(self.log)} < {size}, {where}")
            hold(known[size] == head["root"], place, "root", f"leaf {first}-{size - 1}, {where}")
        hold(size == len(self.log), f"log.jsonl:{size + 1}", "root", f"leaf {size}")

    def check_leaves(self) -> None:
        """겹치거나 늦은 기록이 없는가 · no leaf is there twice or too late"""
        seen: set[bytes] = set()
        for index, line in enumerate(self.log):
            kind, where = self.leaves[index]["kind"], f"log.jsonl:{index + 1}"
            twice = kind == "ballot" and seen & {line, b"opened"}
            hold(not twice and (kind != "config" or index == 0), where, "order", f"leaf {index}")
            seen |= {line, b"opened"} if kind == "ballots" else {line}
        if self.receipt:
            hashes = [sha(b"\0" + line) for line in self.log]
            hold(self.receipt in hashes, f"log.jsonl {self.receipt}", "missing")
            place = f"log.jsonl:{hashes.index(self.receipt) + 1}"
            self.notes.append(f"참여확인증이 기록에 있습니다 · your receipt is in the log: {place}")

    def check_lot(self) -> None:
        """추첨은 미리 묶은 대로 나왔는가 · a lot was drawn as it was bound before"""
        bound, keys = self.config.get("lot"), keys_of(self.config)
        for at, leaf in enumerate(self.leaves, start=1):
            if bound and leaf["kind"] == "seed":
                fits = sha(leaf["secret"].encode()) == bound["commitment"]
                hold(fits, f"log.jsonl:{at} secret", "altered")
                drawn = drawn_lots(lot_seed(leaf["secret"], leaf["entropy"], keys), len(keys))
                same([keys[place] for place in drawn], leaf["order"], f"log.jsonl:{at} order")

    def check_ballots(self) -> None:
        """투표지가 개표한 그대로인가 · the ballots are those that were opened"""
        mode, before, total = self.config["publication"], "", 0
        hold(mode == "full" or "ballots.jsonl" not in self.files, "ballots.jsonl", "alien")
        hold(mode == "patterns" or "patterns.csv" not in self.files, "patterns.csv", "alien")
        for where, text, count in self.published():
            hold(text > before or (text == before and mode == "full"), where, "order")
            fine = text == before or self.fits(parse(text.encode(), where))
            hold(fine and (mode == "full" or count >= LEAST_PATTERN), where, "ballot", text)
            before, total = text, total + count
        opened = self.leaf("ballots")["count"]
        fits = total == opened or (mode != "full" and total < opened)
        hold(fits, "ballots", "number", f"{total} ≠ {opened}")
        if mode == "full":
            self.logged("ballots.jsonl", sha(self.files["ballots.jsonl"]), "ballots")

    def check_boxes(self) -> None:
        """종이 투표함마다 수가 맞는가 · each box of paper closes"""
        boxes = {leaf["batch"]: leaf["digest"] for leaf in self.leaves if leaf["kind"] == "batch"}
        for box in self.numbers["batches"]:
            where = f"reconciliation.json batches[{box['key']}]"
            box_figures = {**dict.fromkeys(PROVISIONAL, 0), **box, "nothing": 0}
            for equation, sides in unequal(BOX, box_figures):
                name = equation.split(" = ")[0]
                explained = name in box["reasons"] and name not in {"sheets", "provisional"}
                hold(explained, f"{where} {equation}", "number", sides)
                told = f"{box['key']} {equation} ({sides}): {box['reasons'][name]}"
                self.notes.append(f"사유가 적힌 차이 · explained difference: {told}")
            found = box["sheets"] + box["spoiled"] + box["returned"]
            most = max(found, box_figures["accepted"])
            fits = most <= box["stubs"] and box["sheets"] <= box["slots"]
            hold(fits, where, "number", "sheets > stubs")
            hold(boxes.pop(box["key"], None) == sha(canon(box)), where, "log", "kind batch")
        hold(not boxes, f"reconciliation.json batches {sorted(boxes)}", "missing")

    def check_numbers(self) -> None:
        """사람과 기록과 표의 수가 맞는가 · people, log and ballots fit in number"""
        numbers, name = self.numbers, "reconciliation.json"
        figures = Counter({"roll": numbers["roll"], "slots": sum(numbers["slots"].values())})
        figures["log.ballot"] = sum(leaf["kind"] == "ballot" for leaf in self.leaves)
        figures["log.opened"] = self.leaf("ballots")["count"]
        parts = [("web", numbers["web"]), ("slots", numbers["slots"])]
        parts += [("boxes", box) for box in numbers["batches"]]
        channels = numbers["channels"].items()
        parts += [("paper" if key == "paper" else "web", channel) for key, channel in channels]
        for part, told in parts:
            figures.update({f"{part}.{one}": n for one, n in told.items() if isinstance(n, int)})
        ours = "" if self.config.get("origin") == "imported" else f"; {OURS}"
        for equation, sides in unequal(ALL + ours, figures):
            hold(False, f"{name} {equation}", "number", sides)
        for option in self.tally["options"]:
            row, told = numbers["cells"]["rows"].get(option["key"]), option["counts"]
            total = Counter({one: told[one] for one in ("votes", "yes", "no") if one in told})
            total["rest"] = told.get("abstain", 0) + told.get("blank", 0)
            cells = [(one, n) for cell in row or [] for one, n in cell.items()]
            large = all(n >= LEAST_CELL or not total[one] for one, n in cells)
            adds_up = sum(map(Counter, row or []), Counter[str]()) == +total
            hold(row is None or (adds_up and large), f"{name} cells[{option['key']}]", "number")
        self.logged(name, sha(self.files[name]), "result", "reconciliation")
        self.hold_stickers()

    def check_result(self) -> None:
        """다시 세어도 같은가 · counting again gives the result"""
        tally, rule = self.tally, self.config["rule"]["name"]
        hold(rule in RULES, "config.json rule", "rule", rule)
        channels = self.numbers["channels"].values()
        figures = {one: sum(told[one] for told in channels) for one in ("ballots", "blank", "void")}
        figures.update(turnout=figures["ballots"] + figures["void"], roll=self.numbers["roll"])
        figures["valid"] = figures["ballots"] - figures["blank"]
        patterns = self.patterns = Counter[str]()
        for _, text, number in self.published():
            patterns[text] += number
        sums = add_up(self.config, patterns)
        if self.config["publication"] == "full":
            self.hold_channels(patterns)
        else:
            hold(rule not in EVERY_BALLOT, "config.json publication", "rule", rule)
            public, sums = sums["counts"], told_sums(tally)
            for key, told in public.items():
                fits = all(sums["counts"][key][name] >= told[name] for name in told)
                hold(fits, f"result.json tally.options[{key}].counts", "result", "patterns.csv")
        bodies = {leaf["part"]: leaf["points"] for leaf in self.leaves if leaf["kind"] == "body"}
        must = decide(self.config, sums, {**figures, "bodies": bodies}, self.lot())
        same(must, tally, "result.json tally")
        same(sha(canon(tally)), self.result["digest"], "result.json digest")
        self.logged("result.json", self.result["digest"], "result")

    def check_money(self) -> None:
        """예산을 다시 나누어도 같은가 · spending the budget again gives the same"""
        rule, name = self.config.get("allocation"), "allocation.json"
        stopped = {"quorum_missed", "part_empty"} & {one["reason"] for one in self.tally["options"]}
        due = rule is not None and not stopped
        hold(due or name not in self.files, name, "alien")
        if due:
            hold(rule["rule"] in ALLOCATIONS, "config.json allocation", "rule", rule["rule"])
            told = parse(self.files[name], f"{name}:1")
            counts = {one["key"]: one["counts"] for one in self.tally["options"]}
            gone = [key for leaf in self.leaves for key in leaf.get("withdrawn", [])]
            same(gone, told["withdrawn"], f"{name} withdrawn")
            lot = told["lot"]
            patterns, people = dict(self.patterns), self.numbers["roll"]
            if self.config["publication"] != "full":  # how many there were is known, not what
                hold(rule["rule"] == "greedy", "config.json publication", "rule", rule["rule"])
                patterns = {"[]": self.tally["valid"] + self.tally["blank"]}
            must = spend(self.config, counts, patterns, lot or [], gone, people)
            same(must, told["outcome"], f"{name} outcome")
            hold(lot is None or lot == self.leaf("seed")["order"], f"{name} lot", "log", "seed")
        self.logged(name, sha(self.files[name]) if due else None, "result", "allocation")

    def check_signature(self) -> None:
        """꾸러미에 한 서명이 맞는가 · the bundle is signed"""
        key, signature = self.config["public_key"], self.files.lines("manifest.sig")[0].decode()
        hold(signed_by(key, self.files["manifest.json"], signature), "manifest.sig", "unsigned")
        hold(self.key in {"", key}, "config.json public_key", "key", key)
        if not self.key:
            self.notes.append(f"공고된 열쇠와 같아야 합니다 · must be the key posted: {key}")


class DrawCheck(Check):
    """One draw by lot under examination: the file that its page offers."""

    def __init__(self, data: bytes) -> None:
        self.draw: Any = {}
        super().__init__({"draw.json": data})

    def checks(self) -> list[Any]:
        """What is looked at, in order."""
        return [self.draw_list, self.draw_secret, self.draw_order, self.draw_seats]

    def draw_list(self) -> None:
        """명부가 공개한 그대로인가 · the list is as it was published"""
        self.draw = parse(self.files["draw.json"], "draw.json")
        hold(self.draw["format"] == "madang-draw/1", "draw.json", "form")
        lines = [canon(person).decode() for person in self.draw["people"]]
        hold(len({*lines}) == len(lines), "draw.json people", "order")
        hold(digest_of(lines) == self.draw["list_digest"], "draw.json people", "altered")

    def draw_secret(self) -> None:
        """비밀값이 미리 묶어 둔 것인가 · the secret is the one that was bound before"""
        hold(self.draw["secret"] is not None, "draw.json secret", "missing")
        fits = sha(self.draw["secret"].encode()) == self.draw["commitment"]
        hold(fits, "draw.json secret", "altered")

    def draw_order(self) -> None:
        """순서가 비밀값·숫자·명부에서 나오는가 · the order follows from secret, numbers and list"""
        people = self.draw["people"]
        lines = [canon(one).decode() for one in people]
        seed = lot_seed(self.draw["secret"], self.draw["entropy"], lines)
        order = [people[place]["number"] for place in drawn_lots(seed, len(lines))]
        same(order, self.draw["outcome"]["order"], "draw.json outcome.order")

    def draw_seats(self) -> None:
        """규칙대로 자리를 채웠는가 · the seats are filled by the rules"""
        must = filled_seats(self.draw, self.draw["outcome"]["order"])
        same(must, self.draw["outcome"], "draw.json outcome")
        for ko, en, name in (("명부", "list", "list_digest"), ("비밀값", "secret", "commitment")):
            told = f"공고된 {ko} 해시와 같아야 합니다 · must be the hash of the {en} posted"
            self.notes.append(f"{told}: {self.draw[name]}")


def verdict(check: Check) -> tuple[str, str]:
    """The one sentence at the end, in Korean and English."""
    if check.wrong:
        where, ko, en = check.wrong
        return f"빨강: 첫 번째로 틀린 곳은 {where} – {ko}.", f"RED: first wrong at {where} – {en}."
    if isinstance(check, DrawCheck):
        ko = "초록: 명부와 비밀값과 숫자로 다시 뽑아도 같은 사람이 뽑힙니다."
        return ko, "GREEN: drawing again from list, secret and numbers gives the same people."
    if check.config["publication"] == "full":
        ko = "초록: 서명된 그대로이고, 투표지를 다시 세어도 발표된 결과와 같습니다."
        return ko, "GREEN: as it was signed, and counting the ballots again gives the result."
    ko = "초록: 서명된 그대로이고, 발표된 득표수에서 결과가 나옵니다(투표지는 다 공개되지 않음)."
    return ko, "GREEN: as it was signed, and the votes give the result (ballots not all public)."


def main(arguments: list[str] | None = None) -> int:
    """Check the bundle named on the command line and tell what was found."""
    parser = argparse.ArgumentParser(description="마당 투표 꾸러미 확인 · Check a published vote")
    parser.add_argument("bundle", type=Path, help="꾸러미 폴더나 ZIP · folder or ZIP file")
    parser.add_argument("--key", default="", help="공고된 서명 열쇠 · signing key as posted (hex)")
    parser.add_argument("--receipt", default="", help="참여확인증의 값 · leaf hash of your receipt")
    parser.add_argument("--json", action="store_true", help="기계가 읽는 답 · answer as JSON")
    asked = parser.parse_args(arguments)
    try:
        data = asked.bundle.read_bytes() if asked.bundle.is_file() else b""
        if data.startswith(b"{"):
            check: Check = DrawCheck(data)
        else:
            check = Check(read_bundle(asked.bundle), asked.key, asked.receipt)
    except (OSError, zipfile.BadZipFile, zlib.error, RuntimeError) as error:
        parser.exit(2, f"꾸러미로 읽을 수 없습니다 · This is no readable bundle: {error}\n")
    ko, en = verdict(check)
    rows = [f" ✓ {name}" for name in check.steps] + [f"   {note}" for note in check.notes]
    if check.wrong:
        rows[len(check.steps) - 1] = f" ✗ {check.steps[-1]}"
    colour, plain = ("\033[1;31m" if check.wrong else "\033[1;32m"), "\033[0m"
    rows += [f"{colour}{ko}\n{en}{plain}" if sys.stdout.isatty() else f"{ko}\n{en}"]
    if asked.json:
        told = {"ok": not check.wrong, "where": check.wrong and check.wrong[0], "ko": ko, "en": en}
        rows = [canon({**told, "steps": check.steps, "notes": check.notes}).decode()]
    sys.stdout.buffer.write("\n".join([*rows, ""]).encode())
    return 1 if check.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
