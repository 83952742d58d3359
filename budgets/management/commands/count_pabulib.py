"""Counts a PaBuLib file at the command line, without the database."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from budgets.methods.exact import Exact, exact_text, plain
from budgets.methods.greedy import LOT, some_order_funds
from budgets.methods.rules import Rule, rule_named
from budgets.pabulib import PabulibError, profile_of, read_pabulib
from proceedings.refusals import Refusal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from django.core.management.base import CommandParser

    from budgets.methods.outcome import Outcome, Tie
    from budgets.methods.profile import Profile
    from budgets.pabulib import PabulibElection, PabulibProblem, PabulibReading

RULE_CHOICES = {"greedy": "greedy", "greedy_noskip": "greedy-no-skip"}
TIE_ORDERS = ("lower_cost",)
CANNOT_COUNT = 2


class Command(BaseCommand):
    """`count_pabulib FILE [--rule auto|greedy|greedy_noskip] [--lot A,B] [--json]`."""

    help = "Count a PaBuLib .pb file, plain or gzipped, without touching the database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the file, the rule, the lot and the forms of output."""
        languages = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("file", type=Path, help="a .pb file, plain or packed with gzip")
        parser.add_argument(
            "--rule",
            choices=["auto", *RULE_CHOICES],
            default="auto",
            help="auto counts by the rule the file declares",
        )
        parser.add_argument(
            "--lot", default="", help="project ids in the order that a lot gave, with commas"
        )
        parser.add_argument("--json", action="store_true", help="print the result as JSON")
        parser.add_argument("--language", choices=languages, default=settings.LANGUAGE_CODE)

    def handle(self, *_args: object, **options: Any) -> None:  # the parser decides the types
        """Read, count and print; problems go to stderr and end with exit code 2."""
        with translation.override(options["language"]):
            reading = self._read(options["file"])
            election = reading.election
            rule = self._rule(election, options["rule"])
            profile = profile_of(election)
            outcome = rule.count(profile, self._lot(election, options["lot"]))
            self._complain(reading.warnings)
            if options["json"]:
                self.stdout.write(json.dumps(as_json(rule, outcome), ensure_ascii=False))
            else:
                lines = report(election, rule, profile, outcome, every=options["verbosity"] > 1)
                self.stdout.write("\n".join(lines))

    def _read(self, path: Path) -> PabulibReading:
        try:
            with path.open("rb") as file:
                return read_pabulib(file)
        except OSError as error:
            raise CommandError(f"{path}: {error.strerror}", returncode=CANNOT_COUNT) from error
        except PabulibError as error:
            self._complain(error.problems)
            message = _("%(file)s cannot be counted.") % {"file": path}
            raise CommandError(message, returncode=CANNOT_COUNT) from error

    def _rule(self, election: PabulibElection, choice: str) -> Rule:
        rule = rule_named(RULE_CHOICES.get(choice, election.rule))
        if isinstance(rule, Refusal):
            message = _(rule.message) % rule.params
            hint = _("--rule greedy or --rule greedy_noskip counts the ballots by another rule.")
            raise CommandError(f"{message} {hint}", returncode=CANNOT_COUNT)
        return rule.with_options(threshold=election.threshold, tie_orders=TIE_ORDERS)

    def _lot(self, election: PabulibElection, text: str) -> list[str]:
        lot = [key.strip() for key in text.split(",") if key.strip()]
        known = {project.project_id for project in election.projects}
        if not known.issuperset(lot) or len(set(lot)) < len(lot):
            message = _("--lot must name projects of the file, each of them once.")
            raise CommandError(message, returncode=CANNOT_COUNT)
        return lot

    def _complain(self, problems: Iterable[PabulibProblem]) -> None:
        for problem in problems:
            place = _("line %(line)s: ") % {"line": problem.line} if problem.line else ""
            self.stderr.write(place + _(problem.message) % problem.params)


def as_json(rule: Rule, outcome: Outcome) -> dict[str, object]:
    """Return what `--json` prints: the certain winners in order, their cost, and every tie."""
    return {
        "rule": rule.name,
        "winners": list(outcome.winners),
        "cost": plain(outcome.cost),
        "ties": [tie.as_data() for tie in outcome.ties],
    }


def report(
    election: PabulibElection, rule: Rule, profile: Profile, outcome: Outcome, *, every: bool
) -> Iterator[str]:
    """Write the result in words, line by line: the funded projects or, with `every`, all."""
    yield election.meta.get("description", "")
    yield _("Rule: %(rule)s, %(summary)s") % {"rule": rule.name, "summary": _(rule.summary)}
    if rule.options.threshold is not None:
        yield _("Minimum: %(threshold)s") % {"threshold": figure(rule.options.threshold)}
    if rule.caveat:
        yield _("Note: %(caveat)s") % {"caveat": _(rule.caveat)}
    yield _("Budget %(budget)s, %(ballots)s ballots, %(projects)s projects") % {
        "budget": figure(election.budget),
        "ballots": figure(len(election.ballots)),
        "projects": figure(len(election.projects)),
    }
    yield _("Funded: %(count)s for %(cost)s, %(left)s is left") % {
        "count": figure(len(outcome.winners)),
        "cost": figure(outcome.cost),
        "left": figure(outcome.left),
    }
    yield ""
    yield from project_lines(election, outcome, every=every)
    if outcome.ties:
        yield ""
        yield from map(tie_line, outcome.ties)
    official = election.official_winners
    if official is not None:
        yield ""
        yield from comparison(profile, rule, frozenset(outcome.winners), official)


def project_lines(election: PabulibElection, outcome: Outcome, *, every: bool) -> Iterator[str]:
    """Write a line for each project, with its reason if all of them are wanted."""
    names = {project.project_id: project.name for project in election.projects}
    winners = set(outcome.winners)
    for decision in outcome.decisions:
        line = f"{decision.key}  {figure(decision.score)}  {figure(decision.cost)}"
        name = names[decision.key]
        line = f"{line}  {name}" if name else line
        if every:
            params = {place: figure(value) for place, value in decision.params.items()}
            yield f"{line}\n    {_(decision.message) % params}"
        elif decision.key in winners:
            yield line


def tie_line(tie: Tie) -> str:
    """Say of a tie whether it mattered and what decided it."""
    place = {
        "score": figure(tie.score),
        "projects": ", ".join(tie.members),
        "contested": ", ".join(tie.contested),
        "lot": LOT,
    }
    if tie.undecided:
        return _("Tie at %(score)s: undecided; a draw decides between %(contested)s.") % place
    if not tie.mattered:
        return _("Tie at %(score)s: %(projects)s. The order makes no difference.") % place
    if LOT in tie.decided_by:
        return _("Tie at %(score)s: %(projects)s. It mattered; the lot decided.") % place
    return _("Tie at %(score)s: %(projects)s. It mattered; the lower cost came first.") % place


def comparison(
    profile: Profile, rule: Rule, winners: frozenset[str], official: frozenset[str]
) -> Iterator[str]:
    """Compare the winners with those that the file itself names."""
    if winners == official:
        yield _("The result is the one recorded in the file.")
        return
    yield _("The file records another result.")
    if only_here := sorted(winners - official):
        yield _("Funded here only: %(projects)s") % {"projects": ", ".join(only_here)}
    if only_there := sorted(official - winners):
        yield _("Funded in the file only: %(projects)s") % {"projects": ", ".join(only_there)}
    if some_order_funds(profile, rule.options, official):
        yield _("It follows from the same rule, with a tie broken otherwise.")


def figure(value: Exact) -> str:
    """Write a number for reading, with commas between thousands."""
    sign = "-" if value < 0 else ""
    whole, point, decimals = exact_text(-value if value < 0 else value).partition(".")
    return f"{sign}{int(whole):,}{point}{decimals}"
