"""The rules by the names PaBuLib uses, as data: what each of them means here.

A rule is a row of `RULES`: a method and its options. A new method is a module that answers a
`Profile` with an `Outcome`, a row of `METHODS`, and rows of `RULES` that use it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from budgets.methods.greedy import GreedyOptions, allocate_greedily
from budgets.methods.outcome import Outcome
from budgets.methods.profile import Profile
from proceedings.refusals import Refusal, mark

Method = Callable[[Profile, GreedyOptions, Sequence[str] | None], Outcome]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule by its PaBuLib name: how it is counted, in words and as data.

    `caveat` is an English msgid that says what the count cannot know, or empty.
    """

    name: str
    summary: str
    method: str
    options: GreedyOptions
    caveat: str = ""

    def with_options(
        self, *, threshold: int | None, tie_orders: tuple[str, ...] | None = None
    ) -> Rule:
        """Return the rule with the minimum score and, unless None, the tie orders of one count."""
        orders = self.options.tie_orders if tie_orders is None else tie_orders
        return replace(self, options=replace(self.options, threshold=threshold, tie_orders=orders))

    def count(self, profile: Profile, tie_break: Sequence[str] | None = None) -> Outcome:
        """Count `profile` by this rule; `tie_break` is the order a lot gave, if one was drawn."""
        return METHODS[self.method](profile, self.options, tie_break)


METHODS: Mapping[str, Method] = MappingProxyType({"greedy": allocate_greedily})

PASS_OVER = mark("by votes; a project that does not fit is passed over")
STOP = mark("by votes; the count stops at the first project that does not fit")

RULES: Mapping[str, Rule] = MappingProxyType(
    {
        rule.name: rule
        for rule in (
            Rule("greedy", PASS_OVER, "greedy", GreedyOptions(skip=True)),
            Rule("greedy-threshold", PASS_OVER, "greedy", GreedyOptions(skip=True)),
            Rule("greedy-no-skip", STOP, "greedy", GreedyOptions(skip=False)),
            Rule(
                "greedy-exclusive",
                PASS_OVER,
                "greedy",
                GreedyOptions(skip=True),
                mark("The file does not say which projects exclude each other; none are excluded."),
            ),
            Rule(
                "greedy-custom",
                STOP,
                "greedy",
                GreedyOptions(skip=False),
                mark("The file's own rule has additions that it describes only in words."),
            ),
        )
    }
)
"""Every rule that can be counted, by name."""

NOT_YET_COUNTED = (
    "equalshares",
    "equalshares-comparison",
    "equalshares/add1",
    "equalshares/add1-comparison",
)
"""Names that PaBuLib files use and that have no row in `RULES` yet."""


def rule_named(name: str) -> Rule | Refusal:
    """Return the rule with this PaBuLib name, or why it cannot be counted and which can."""
    rule = RULES.get(name)
    if rule is not None:
        return rule
    known = ", ".join(RULES)
    if name in NOT_YET_COUNTED:
        return Refusal(
            "rule_not_yet_counted",
            mark("The rule “%(rule)s” is not counted yet."),
            mark("Choose one of: %(known)s."),
            {"rule": name, "known": known},
        )
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
