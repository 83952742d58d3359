"""Counts a file of ballots at the command line by any rule, without the database."""

from __future__ import annotations

import gzip
import json
import zlib
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from voting.ballots.files import BallotFile, BallotFileError, parse_file, read_file
from voting.models import Contest
from voting.results import read_result
from voting.results.parts import read_parts
from voting.results.rounds import measured
from voting.summaries import tie_sentence
from voting.tally import RULES, check_rule, count_box
from voting.tally.result import Box, StrangeChannelsError
from voting.wording import REASONS, part_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from django.core.management.base import CommandParser

    from proceedings.refusals import Refusal
    from voting.ballots.files import FileProblem
    from voting.log import Json
    from voting.results import OptionOutcome
    from voting.results.parts import PartOutcome
    from voting.tally.result import TallyResult

CANNOT_COUNT = 2


class Command(BaseCommand):
    """`count_ballots FILE [--rule R] [--seats K] [--option KEY=VALUE …] [--lot A,B] [--json]`."""

    help = "Count a file of ballots (madang-ballots/1) by any rule, without touching the database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the file, the rule with its settings, the lot and the forms of output."""
        languages = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("file", type=Path, help="a JSON file (docs/rules.md), perhaps gzipped")
        parser.add_argument("--rule", choices=sorted(RULES), help="instead of the file's own")
        parser.add_argument("--seats", type=int, help="how many are chosen")
        parser.add_argument(
            "--option",
            action="append",
            default=[],
            metavar="KEY=VALUE",
            help="a setting of the rule, such as ties=lot or reading.overvote=skip",
        )
        parser.add_argument(
            "--lot", default="", help="keys of options in the order that a lot gave, with commas"
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        parser.add_argument("--language", choices=languages, default=settings.LANGUAGE_CODE)

    def handle(self, *_args: object, **options: Any) -> None:  # the parser decides the types
        """Read, count and print; problems go to stderr and end with exit code 2."""
        with translation.override(options["language"]):
            file = self._read(options["file"])
            rule = self._rule(file, options)
            lot = self._lot(file, options["lot"])
            void = {"paper": file.void} if file.void else {}
            box = Box(file.ballots, file.roll, void, file.bodies)
            try:
                result = count_box(file.design, rule, box, lot)
            except StrangeChannelsError as error:
                message = _("The rule gives nothing to ballots of these channels: %(channels)s.")
                said = message % {"channels": ", ".join(error.channels)}
                raise CommandError(said, returncode=CANNOT_COUNT) from error
            if options["json"]:
                self.stdout.write(json.dumps(result.to_json(), ensure_ascii=False))
            else:
                self.stdout.write("\n".join(report(file, rule, result)))

    def _read(self, path: Path) -> BallotFile:
        try:
            return read_file(parse_file(unpacked(path.read_bytes())))
        except (EOFError, gzip.BadGzipFile, zlib.error) as error:
            message = _("%(file)s: the compressed file is damaged or incomplete.") % {"file": path}
            raise CommandError(message, returncode=CANNOT_COUNT) from error
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}", returncode=CANNOT_COUNT) from error
        except BallotFileError as error:
            for problem in error.problems:
                self._complain(problem.place, problem)
            if error.more:
                self.stderr.write(_("… and %(number)s more.") % {"number": error.more})
            message = _("%(file)s holds no ballots that can be counted.") % {"file": path}
            raise CommandError(message, returncode=CANNOT_COUNT) from error

    def _rule(self, file: BallotFile, options: dict[str, Any]) -> dict[str, Json]:
        rule: dict[str, Json] = dict(file.rule)
        if options["rule"]:
            rule = {"name": options["rule"]}
        if options["seats"] is not None:
            rule["seats"] = options["seats"]
        for text in options["option"]:
            name, found, value = text.partition("=")
            if not found or not name:
                message = _("--option needs KEY=VALUE, not “%(text)s”.") % {"text": text}
                raise CommandError(message, returncode=CANNOT_COUNT)
            set_option(rule, name.split("."), read_value(value))
        problems = check_rule(file.design, rule)
        for problem in problems:
            self._complain(f"rule.{problem.form_field}", problem)
        if problems:
            message = _("The ballots cannot be counted by this rule.")
            raise CommandError(message, returncode=CANNOT_COUNT)
        return rule

    def _complain(self, place: str, problem: FileProblem | Refusal) -> None:
        """Say where a mistake is, what it is, and what to do about it."""
        words = [_(text) % problem.params for text in (problem.message, problem.next_step) if text]
        self.stderr.write(f"{place}: {' '.join(words)}")

    def _lot(self, file: BallotFile, text: str) -> Sequence[str] | None:
        lot = [key.strip() for key in text.split(",") if key.strip()]
        if not set(lot) <= file.design.key_set or len(set(lot)) < len(lot):
            message = _("--lot must name options of the file, each of them once.")
            raise CommandError(message, returncode=CANNOT_COUNT)
        return lot or file.lot


def unpacked(data: bytes) -> bytes:
    """Undo gzip, which is known by its first bytes; raises EOFError or an error of its own."""
    return gzip.decompress(data) if data.startswith(b"\x1f\x8b") else data


def read_value(text: str) -> Json:
    """Read a setting: JSON where it is JSON, else the words themselves."""
    try:
        value: Json = json.loads(text)
    except ValueError:
        return text
    return value


def set_option(rule: dict[str, Json], names: Sequence[str], value: Json) -> None:
    """Put a setting in its place; a dot leads into an object."""
    for name in names[:-1]:
        old = rule.get(name)
        inner: dict[str, Json] = dict(old) if isinstance(old, dict) else {}
        rule[name] = inner
        rule = inner
    rule[names[-1]] = value


def report(file: BallotFile, rule: dict[str, Json], result: TallyResult) -> Iterator[str]:
    """Write the result in words: figures, rounds or parts, ties, every option, the winners."""
    plain: Any = result.to_json()
    figures = read_result(plain, file.design)
    titles = {option.key: option.title for option in file.design.options}
    yield file.title
    yield _("Rule: %(rule)s") % {"rule": result.rule}
    yield _("%(valid)s valid, %(blank)s blank, %(void)s void ballots; %(roll)s on the roll") % {
        name: f"{plain[name]:,}" for name in ("valid", "blank", "void", "roll")
    }
    if figures.quorum is not None and not figures.quorum.reached:
        yield _("Quorum missed: %(got)s of %(need)s") % plain["quorum"]
    for one in plain.get("rounds", ()):
        yield from round_lines(one, titles)
    if "pairs" in plain:
        yield from pair_lines(plain, titles)
    weighed = read_parts(plain, rule, figures, file.design)
    for part in weighed.parts if weighed else ():
        yield from part_lines(part)
    for one in plain.get("seated", ()):
        yield from seated_lines(one, titles)
    for tie in figures.ties:
        yield tie_sentence(Contest(), tie)
    yield ""
    yield from map(option_line, figures.ranked)
    yield ""
    winners = ", ".join(one.title for one in figures.winners)
    yield _("Chosen: %(titles)s") % {"titles": winners or "–"}


def round_lines(one: dict[str, Any], titles: dict[str, str]) -> Iterator[str]:
    """Write a round: what each option had, and who was chosen or went out."""
    yield ""
    yield _("Round %(round)s") % one
    measure = one[measured(one)]
    yield from (f"  {titles[key]}  {decimal(number)}" for key, number in measure.items())
    if one.get("exhausted"):
        yield "  " + _("Exhausted: %(exhausted)s") % {"exhausted": decimal(one["exhausted"])}
    if one.get("transfer"):
        yield "  " + _("Surplus passed on: %(title)s") % {"title": titles[one["transfer"]]}
    for name, words in (("out", _("Out: %(titles)s")), ("chosen", _("Chosen: %(titles)s"))):
        if one.get(name):
            yield "  " + words % {"titles": ", ".join(titles[key] for key in one[name])}


def decimal(number: Fraction | int | str) -> str:
    """Write an exact number as a decimal number if it has one of at most nine places."""
    exact = Fraction(number)
    if 10**9 % exact.denominator:
        return str(number)
    return f"{Decimal(exact.numerator) / exact.denominator:f}"


def pair_lines(plain: dict[str, Any], titles: dict[str, str]) -> Iterator[str]:
    """Write how every two options stand against each other, each pair once."""
    yield ""
    keys = list(plain["pairs"])
    for place, one in enumerate(keys):
        for other in keys[place + 1 :]:
            won, lost = plain["pairs"][one][other], plain["pairs"][other][one]
            yield f"  {titles[one]} {won} : {lost} {titles[other]}"
    if plain["condorcet"]:
        yield _("Beats every other: %(title)s") % {"title": titles[plain["condorcet"]]}


def part_lines(part: PartOutcome) -> Iterator[str]:
    """Write a part with the weight it counted with, and what that made of each option's votes."""
    yield ""
    weight = decimal(part.weight)
    yield _("%(part)s, weight %(weight)s") % {"part": part_words(part.name), "weight": weight}
    for row in part.rows:
        worth = {"worth": decimal(row.worth)}
        said = _("%(worth)s of 100") % worth
        yield f"  {row.title}  {decimal(row.measure)}  {said}"


def seated_lines(one: dict[str, Any], titles: dict[str, str]) -> Iterator[str]:
    """Write a part that gives seats: what each option had in it, and whom it chose."""
    yield ""
    yield _("%(part)s, seats: %(seats)s") % {"part": part_words(one["part"]), "seats": one["seats"]}
    yield from (f"  {titles[key]}  {decimal(number)}" for key, number in one["measures"].items())
    if one["waits"]:
        yield "  " + _("Waits until the tie before it is decided.")
    if one["chosen"]:
        chosen = ", ".join(titles[key] for key in one["chosen"])
        yield "  " + _("Chosen: %(titles)s") % {"titles": chosen}


def option_line(option: OptionOutcome) -> str:
    """Write one option: its figures and what became of it."""
    counts = ", ".join(f"{name} {number}" for name, number in option.counts.items())
    rank = "–" if option.rank is None else str(option.rank)
    return f"{rank:>3}  {option.title}  {counts}  {REASONS.get(option.reason, option.reason)}"
