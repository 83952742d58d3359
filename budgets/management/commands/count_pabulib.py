"""Counts a PaBuLib file at the command line, without the database."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import translation
from django.utils.translation import gettext as _

from budgets.methods.equal_shares import Completion, StepOf, Utility
from budgets.methods.exact import Exact, exact_text, plain, read_plain, rounded, whole
from budgets.methods.greedy import GreedyOptions, some_order_funds
from budgets.methods.orders import LOT, TIE_ORDERS
from budgets.methods.rules import EQUAL_SHARES, RULES, Options, Rule, rule_named
from budgets.pabulib import PabulibError, profile_of, read_pabulib
from proceedings.refusals import Refusal
from voting.words import POINTS, VOTES, money_sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from django.core.management.base import CommandParser

    from budgets.methods.outcome import Outcome, Tie
    from budgets.methods.profile import Profile
    from budgets.pabulib import PabulibElection, PabulibProblem, PabulibReading

RULE_CHOICES = {
    "greedy": RULES["greedy"],
    "greedy_noskip": RULES["greedy-no-skip"],
    "equal_shares": EQUAL_SHARES,
}
GREEDY_TIES = ("lower_cost",)
SHARES_TIES = ("lower_cost", "more_votes")
CANNOT_COUNT = 2


class Command(BaseCommand):
    """`count_pabulib FILE [--rule auto|greedy|greedy_noskip|equal_shares] [--lot A,B] [--json]`."""

    help = "Count a PaBuLib .pb file, plain or gzipped, without touching the database."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the file, the rule with its options, the lot and the forms of output."""
        languages = [code for code, _name in settings.LANGUAGES]
        parser.add_argument("file", type=Path, help="a .pb file, plain or packed with gzip")
        parser.add_argument(
            "--rule",
            choices=["auto", *RULE_CHOICES],
            default="auto",
            help="auto counts by the rule the file declares",
        )
        shares = parser.add_argument_group("equal shares")
        shares.add_argument("--utility", choices=[one.value for one in Utility])
        shares.add_argument("--completion", choices=[one.value for one in Completion])
        shares.add_argument(
            "--step", help="an amount for each voter, or a part of the share such as 1/500"
        )
        shares.add_argument("--then-greedy", action="store_true", default=None)
        shares.add_argument("--comparison", action="store_true", default=None)
        parser.add_argument(
            "--threshold", help="the least score, or with a % sign the least part of the voters"
        )
        parser.add_argument("--outside", help="greedy: percent of a cost that must be left")
        parser.add_argument(
            "--exclude", action="append", default=[], help="project ids of which one may win: A,B"
        )
        parser.add_argument("--tie", help=f"orders of tied projects: {', '.join(TIE_ORDERS)}")
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
            rule = self._rule(election, options)
            profile = profile_of(election, with_ballots=rule.needs_ballots)
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

    def _rule(self, election: PabulibElection, given: Mapping[str, Any]) -> Rule:
        rule = RULE_CHOICES.get(given["rule"]) or rule_named(election.rule)
        if isinstance(rule, Refusal):
            message = _(rule.message) % rule.params
            hint = _("--rule greedy or --rule greedy_noskip counts the ballots by another rule.")
            raise CommandError(f"{message} {hint}", returncode=CANNOT_COUNT)
        ties = SHARES_TIES if rule.needs_ballots else GREEDY_TIES
        rule = rule.with_options(threshold=election.threshold, tie_orders=ties)
        try:
            return replace(rule, options=chosen_options(rule.options, election, given))
        except ValueError as error:
            raise CommandError(str(error), returncode=CANNOT_COUNT) from error

    def _lot(self, election: PabulibElection, text: str) -> list[str]:
        lot = listed(text)
        known = {project.project_id for project in election.projects}
        if not known.issuperset(lot) or len(set(lot)) < len(lot):
            message = _("--lot must name projects of the file, each of them once.")
            raise CommandError(message, returncode=CANNOT_COUNT)
        return lot

    def _complain(self, problems: Iterable[PabulibProblem]) -> None:
        for problem in problems:
            place = _("line %(line)s: ") % {"line": problem.line} if problem.line else ""
            self.stderr.write(place + _(problem.message) % problem.params)


def chosen_options(
    options: Options, election: PabulibElection, given: Mapping[str, Any]
) -> Options:
    """Return the options of a rule with those of the command line; raises ValueError."""
    changes: dict[str, Any] = {}
    if given["tie"] is not None:
        changes["tie_orders"] = tie_orders(given["tie"])
    constraints = options.constraints
    threshold = given["threshold"]
    if threshold is not None and threshold.endswith("%"):
        percent = percentage_of("--threshold", threshold)
        constraints = replace(constraints, threshold_percent=percent)
    elif threshold is not None:
        changes["threshold"] = whole_number_of("--threshold", threshold)
    if given["exclude"]:
        constraints = replace(constraints, exclusions=exclusions(election, given["exclude"]))
    changes["constraints"] = constraints
    return replace(options, **changes, **own_options(options, election, given))


def tie_orders(text: str) -> tuple[str, ...]:
    """Read the orders of tied projects; raises ValueError."""
    orders = tuple(listed(text))
    if set(orders) <= TIE_ORDERS.keys() and len(set(orders)) == len(orders):
        return orders
    known = {"known": ", ".join(TIE_ORDERS)}
    raise ValueError(_("--tie takes these orders, each of them once: %(known)s.") % known)


def exclusions(election: PabulibElection, groups: Iterable[str]) -> tuple[tuple[str, ...], ...]:
    """Read the groups of which one project may win; raises ValueError."""
    read = tuple(tuple(listed(group)) for group in groups)
    known = {project.project_id for project in election.projects}
    if any(len(set(group)) < max(2, len(group)) or not known.issuperset(group) for group in read):
        message = _("--exclude must name two or more projects of the file, each of them once.")
        raise ValueError(message)
    return read


def own_options(
    options: Options, election: PabulibElection, given: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the options of one method only; those of the other or without effect are refused."""
    of_shares = {
        name: given[name]
        for name in ("utility", "completion", "step", "then_greedy", "comparison")
        if given[name] is not None
    }
    if isinstance(options, GreedyOptions):
        if of_shares:
            name = next(iter(of_shares)).replace("_", "-")
            raise ValueError(_("--%(name)s is an option of equal shares.") % {"name": name})
        return outside_of(given["outside"])
    if given["outside"] is not None:
        raise ValueError(_("--outside is an option of greedy."))
    utility = Utility(of_shares.get("utility", options.utility))
    if utility is Utility.POINTS and election.vote_type.is_set:
        message = _("--utility points counts points, but the ballots of the file have none.")
        raise ValueError(message)
    completion = Completion(of_shares.get("completion", options.completion))
    if "step" in of_shares:
        if completion is Completion.NONE:
            message = _("--step changes nothing in a single run; choose another --completion.")
            raise ValueError(message)
        of_shares |= step_of(of_shares["step"])
    return of_shares | {"utility": utility, "completion": completion}


def outside_of(text: str | None) -> dict[str, Any]:
    """Read how much of a project must be left if others pay the rest; raises ValueError."""
    if text is None:
        return {}
    percent = percentage_of("--outside", text)
    if percent == 100:
        raise ValueError(_("--outside must be less than 100."))
    return {"outside_percent": percent}


def step_of(text: str) -> dict[str, Any]:
    """Read what is added to the share from run to run; raises ValueError."""
    step = number_of("--step", text)
    if step <= 0:
        raise ValueError(_("--step must be more than 0."))
    return {"step": step, "step_of": StepOf.SHARE if "/" in text else StepOf.MONEY}


def percentage_of(name: str, text: str) -> Exact:
    """Read a percentage of the command line, with its sign or not; raises ValueError."""
    percent = number_of(name, text.removesuffix("%"))
    if not 0 < percent <= 100:
        message = _("%(name)s: a percentage is more than 0 and at most 100.") % {"name": name}
        raise ValueError(message)
    return percent


def number_of(name: str, text: str) -> Exact:
    """Read a number or a fraction of the command line; raises ValueError."""
    try:
        return read_plain(text) if "/" in text else read_plain(exact_text(whole(Fraction(text))))
    except (ValueError, ZeroDivisionError) as error:
        message = _("%(name)s: “%(text)s” is not a number.") % {"name": name, "text": text}
        raise ValueError(message) from error


def whole_number_of(name: str, text: str) -> int:
    """Read a whole number of the command line; raises ValueError."""
    number = number_of(name, text)
    if not isinstance(number, int) or number < 0:
        message = _("%(name)s: “%(text)s” is not a whole number.") % {"name": name, "text": text}
        raise ValueError(message)
    return number


def listed(text: str) -> list[str]:
    """Split a list with commas."""
    return [item for item in map(str.strip, text.split(",")) if item]


def as_json(rule: Rule, outcome: Outcome) -> dict[str, object]:
    """Return what `--json` prints: the certain winners in order, their cost, and every tie.

    Equal shares have so many variants that the one that was counted is told as well.
    """
    data: dict[str, object] = {
        "rule": rule.name,
        "winners": list(outcome.winners),
        "cost": plain(outcome.cost),
        "ties": [tie.as_data() for tie in outcome.ties],
    }
    return {**data, "options": rule.options.as_data()} if rule.needs_ballots else data


def report(
    election: PabulibElection, rule: Rule, profile: Profile, outcome: Outcome, *, every: bool
) -> Iterator[str]:
    """Write the result in words, line by line: the funded projects or, with `every`, all."""
    yield election.meta.get("description", "")
    yield _("Rule: %(rule)s, %(summary)s") % {"rule": rule.name, "summary": _(rule.summary)}
    yield from (f"  {said}" for said in variant_sentences(election, rule))
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
    if outcome.outside:
        yield _("From outside: %(outside)s") % {"outside": figure(outcome.outside)}
    yield from share_lines(outcome)
    yield ""
    yield from project_lines(election, outcome, every=every)
    if outcome.ties:
        yield ""
        yield from map(tie_line, told_ties(outcome.ties))
    official = election.official_winners
    if official is not None:
        yield ""
        yield from comparison(profile, rule, frozenset(outcome.winners), official)


def variant_sentences(election: PabulibElection, rule: Rule) -> list[str]:
    """Say how this variant counts, condition by condition; the least score is told apart."""
    options = rule.options.as_data() | {"threshold": None}
    unit = VOTES if election.vote_type.is_set else POINTS
    said = money_sentences(options, LOT, election.meta.get("currency", ""), unit)
    return [" ".join(one.split()) for one in said]  # one space where the currency is not told


def share_lines(outcome: Outcome) -> Iterator[str]:
    """Say with which share equal shares counted, and how voters compared the outcomes."""
    if outcome.shares is not None:
        yield _("Share of each voter: %(first)s, in the end %(share)s; runs: %(runs)s") % {
            "first": figure(outcome.shares.first),
            "share": figure(outcome.shares.share),
            "runs": figure(outcome.shares.runs),
        }
    if outcome.comparison is not None:
        yield _("Voters with more funded projects: equal shares %(shares)s, greedy %(greedy)s") % {
            "shares": figure(outcome.comparison.equal_shares),
            "greedy": figure(outcome.comparison.greedy),
        }


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
            yield f"{line}\n    {_(decision.message) % (params | decision.names)}"
        elif decision.key in winners:
            yield line


def told_ties(ties: Sequence[Tie]) -> list[Tie]:
    """The ties to tell in words: of those that make no difference, none that lies in a larger one.

    Each way to break a tie meets what is left of it again; as JSON all of them are told.
    """

    def lies_in(tie: Tie, other: Tie) -> bool:
        same = (tie.score, tie.run) == (other.score, other.run)
        return same and not other.mattered and {*tie.members} < {*other.members}

    return [tie for tie in ties if tie.mattered or not any(lies_in(tie, one) for one in ties)]


def tie_line(tie: Tie) -> str:
    """Say of a tie whether it mattered and what decided it."""
    said = _tie_words(tie)
    return said if tie.run is None else _("Run %(run)s: ") % {"run": tie.run} + said


def _tie_words(tie: Tie) -> str:
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
    if not tie.decided_by:
        return _("Tie at %(score)s: %(projects)s. What is still level makes no difference.") % place
    if "lower_cost" in tie.decided_by:
        return _("Tie at %(score)s: %(projects)s. It mattered; the lower cost came first.") % place
    return _("Tie at %(score)s: %(projects)s. It mattered; more votes came first.") % place


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
    if isinstance(rule.options, GreedyOptions) and some_order_funds(
        profile, rule.options, official
    ):
        yield _("It follows from the same rule, with a tie broken otherwise.")


def figure(value: Exact) -> str:
    """Write a number for reading, with commas between thousands, cut after six decimals."""
    sign = "-" if value < 0 else ""
    text = exact_text(rounded(-value if value < 0 else value))
    units, point, decimals = text.partition(".")
    return f"{sign}{int(units):,}{point}{decimals}"
