"""Bars that a number of votes must reach: quorum, majority and threshold, in whole votes.

A bar stands in the configuration as `{"of": base, "share": "2/3", "number": null, "strict":
false}`. The base is `roll` (people who may vote), `turnout` (all who took part, void sheets
included), `valid` (ballots, or answers to one item, that say something), `fixed` (`number` itself;
with a share such as 1/200 it is the census) or `members` (`number` members; a share of 3/1 asks
for three times as many). Everything is exact: two thirds of 299 is 200.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

from proceedings.refusals import Refusal, mark
from voting.tally.result import Box, Quorum

if TYPE_CHECKING:
    from collections.abc import Mapping

    from voting.log import Json

COUNTED_BASES = ("roll", "turnout", "valid")
NUMBERED_BASES = ("fixed", "members")
SHARE_FORM = re.compile(r"([0-9]{1,9})/([1-9][0-9]{0,8})")


@dataclass(frozen=True)
class Bar:
    """A share of a base; `strict` asks for more than the share, otherwise the share is enough."""

    of: str
    share: Fraction
    number: int | None
    strict: bool

    def need(self, figures: Mapping[str, int]) -> int:
        """Give the least whole number of votes that clears the bar; never less than 1.

        `figures` holds the counted bases. ⌈share · base⌉, or ⌊share · base⌋ + 1 when strict.
        """
        base = figures[self.of] if self.number is None else self.number
        exact = self.share * base
        whole = exact.numerator // exact.denominator
        if self.strict or whole < exact:
            whole += 1
        return max(1, whole)


def read_bar(plain: Json) -> Bar | None:
    """Read a bar from a configuration; None means that there is none. Raises ValueError."""
    if plain is None:
        return None
    if not isinstance(plain, dict):
        raise ValueError(f"Not a bar: {plain}")  # noqa: TRY004 - a value from a file
    of, number = plain.get("of"), plain.get("number")
    strict = plain.get("strict", False)
    share = SHARE_FORM.fullmatch(str(plain.get("share", "1/1")))
    unknown = set(plain) - {"of", "share", "number", "strict"}
    counted = of in COUNTED_BASES and number is None
    numbered = of in NUMBERED_BASES and type(number) is int and number > 0
    if unknown or share is None or not isinstance(strict, bool) or not (counted or numbered):
        raise ValueError(f"Not a bar: {plain}")
    exact = Fraction(int(share[1]), int(share[2]))
    return Bar(str(of), exact, number if isinstance(number, int) else None, strict)


def is_of_census(bar: Json) -> bool:
    """Whether a bar asks for a share of the census: a fixed number of people and a share of it."""
    return isinstance(bar, dict) and bar.get("of") == "fixed" and bar.get("share", "1/1") != "1/1"


def with_census(rule: Mapping[str, Json], census: int | None) -> dict[str, Json]:
    """The options of a rule, its shares of the census taken of `census`; None leaves them open."""
    return {
        name: {**bar, "number": census} if isinstance(bar, dict) and is_of_census(bar) else bar
        for name, bar in rule.items()
    }


def need_of(rule: Mapping[str, Json], name: str, figures: Mapping[str, int]) -> int | None:
    """Give the votes that the bar `name` of `rule` asks for; None without such a bar."""
    bar = read_bar(rule.get(name))
    return None if bar is None else bar.need(figures)


def quorum_of(rule: Mapping[str, Json], box: Box) -> Quorum | None:
    """Hold the turnout against the quorum of `rule`; None without one."""
    need = need_of(rule, "quorum", box.figures)
    return None if need is None else Quorum(need, box.turnout)


def bar_problem(rule: Mapping[str, Json], name: str) -> list[Refusal]:
    """Name a bar of `rule` that cannot be read, if it cannot."""
    try:
        read_bar(rule.get(name))
    except ValueError:
        return [
            Refusal(
                "bad_bar",
                mark("“%(name)s” is not a share that can be counted."),
                mark("Give the base, a share such as 1/4, and a number where the base needs one."),
                {"name": name},
                form_field=name,
            )
        ]
    return []


def unknown_options(rule: Mapping[str, Json], known: set[str]) -> list[Refusal]:
    """Name the parts of `rule` that it does not know: a misspelt rule must not be frozen."""
    return [
        Refusal(
            "unknown_part",
            mark("The rule “%(rule)s” knows no setting “%(name)s”."),
            mark("Choose from: %(known)s."),
            {"rule": rule.get("name", ""), "name": name, "known": ", ".join(sorted(known))},
            form_field="rule",
        )
        for name in sorted(set(rule) - known - {"name"})
    ]
