"""The rules by the names PaBuLib uses, as data: what each of them means here.

A rule is a row of `RULES`: a name and the options of a method. A new method is a module that
answers a `Profile` with an `Outcome`, a row of `OPTIONS`, and rows of `RULES` that use it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from budgets.methods.equal_shares import (
    Completion,
    EqualSharesOptions,
    StepOf,
    allocate_equal_shares,
)
from budgets.methods.greedy import GreedyOptions, allocate_greedily
from proceedings.refusals import Refusal, mark

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from budgets.methods.outcome import Outcome
    from budgets.methods.profile import Profile

Options = GreedyOptions | EqualSharesOptions
"""A variant of one of the methods."""


def count(profile: Profile, options: Options, tie_break: Sequence[str] | None = None) -> Outcome:
    """Count `profile` by a variant; `tie_break` is the order that a lot gave, if one was drawn."""
    if isinstance(options, EqualSharesOptions):
        return allocate_equal_shares(profile, options, tie_break)
    return allocate_greedily(profile, options, tie_break)


OPTIONS: Mapping[str, type[Options]] = MappingProxyType(
    {"greedy": GreedyOptions, "equal_shares": EqualSharesOptions}
)
"""The methods by the name that their frozen options carry as `rule`."""


def options_from_data(data: Mapping[str, Any]) -> Options:
    """Read options as their `as_data` wrote them, and a contest froze them.

    Raises ValueError or KeyError for what no options wrote.
    """
    method = OPTIONS.get(data["rule"])
    if method is None:
        raise ValueError(f"There is no method {data['rule']!r}.")
    return method.from_data(data)


def options_of_preset(settings: Mapping[str, Any]) -> Options | None:
    """The rule of the money that a preset of a contest names, if it names one."""
    given = settings.get("rule_options", {}).get("allocation", {})
    return options_from_data(given) if "rule" in given else None


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule by its PaBuLib name: how it is counted, in words and as data.

    `caveat` is an English msgid that says what the count cannot know, or empty.
    """

    name: str
    summary: str
    options: Options
    caveat: str = ""

    @property
    def needs_ballots(self) -> bool:
        """Whether the rule counts ballots and not only scores."""
        return isinstance(self.options, EqualSharesOptions)

    def with_options(
        self, *, threshold: int | None, tie_orders: tuple[str, ...] | None = None
    ) -> Rule:
        """Return the rule with the minimum score and, unless None, the tie orders of one count."""
        orders = self.options.tie_orders if tie_orders is None else tie_orders
        return replace(self, options=replace(self.options, threshold=threshold, tie_orders=orders))

    def count(self, profile: Profile, tie_break: Sequence[str] | None = None) -> Outcome:
        """Count `profile` by this rule; `tie_break` is the order a lot gave, if one was drawn."""
        return count(profile, self.options, tie_break)


PASS_OVER = mark("by votes; a project that does not fit is passed over")
STOP = mark("by votes; the count stops at the first project that does not fit")
SHARES = mark("equal shares: supporters pay together, each from the same share of the money")
COMPARED = mark("equal shares; or greedy, if more voters have more funded projects in that")

ADD1 = EqualSharesOptions(step=1, step_of=StepOf.MONEY)
ALONE = EqualSharesOptions(completion=Completion.NONE)

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        rule.name: rule
        for rule in (
            Rule("greedy", PASS_OVER, GreedyOptions(skip=True)),
            Rule("greedy-threshold", PASS_OVER, GreedyOptions(skip=True)),
            Rule("greedy-no-skip", STOP, GreedyOptions(skip=False)),
            Rule(
                "greedy-exclusive",
                PASS_OVER,
                GreedyOptions(skip=True),
                mark("The file does not say which projects exclude each other; none are excluded."),
            ),
            Rule(
                "greedy-custom",
                STOP,
                GreedyOptions(skip=False),
                mark("The file's own rule has additions that it describes only in words."),
            ),
            Rule("equalshares", SHARES, ALONE),
            Rule("equalshares-comparison", COMPARED, replace(ALONE, comparison=True)),
            Rule("equalshares/add1", SHARES, ADD1),
            Rule("equalshares/add1-comparison", COMPARED, replace(ADD1, comparison=True)),
        )
    }
)
"""Every rule that can be counted, by name."""

EQUAL_SHARES = Rule("equal_shares", SHARES, EqualSharesOptions())
"""Equal shares as this platform suggests it: its own step, which fits every currency."""


def name_of(options: Options) -> str:
    """The PaBuLib name that comes nearest to a variant."""
    if isinstance(options, EqualSharesOptions):
        add1 = "" if options.completion is Completion.NONE else "/add1"
        return f"equalshares{add1}{'-comparison' if options.comparison else ''}"
    if not options.skip:
        return "greedy-no-skip"
    return "greedy-threshold" if options.threshold else "greedy"


def rule_named(name: str) -> Rule | Refusal:
    """Return the rule with this PaBuLib name, or why it cannot be counted and which can."""
    rule = RULES.get(name)
    if rule is not None:
        return rule
    known = ", ".join(RULES)
    if name in {"", "unknown"}:
        return Refusal(
            "rule_not_stated",
            mark("The rule of this election is not known."),
            mark("Choose one of: %(known)s."),
            {"known": known},
        )
    return Refusal(
        "rule_unknown",
        mark("There is no rule named “%(rule)s”."),
        mark("Choose one of: %(known)s."),
        {"rule": name, "known": known},
    )
