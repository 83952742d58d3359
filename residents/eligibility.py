"""Who may take part: pure questions about a person and a rule, with the reason for each no."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from proceedings.refusals import Refusal, mark

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True)
class PersonFacts:
    """What counts about a person: codes of the dong and all above it, birth date, basis, term."""

    area_codes: frozenset[str]
    birth_date: date
    basis: str
    verified_until: date


@dataclass(frozen=True)
class EligibilityRule:
    """Who counts: people of an area (and all below it), on some bases, from an age on a day.

    `bases` empty means that no basis counts; `min_age` None means any age.
    """

    area_code: str
    bases: tuple[str, ...]
    min_age: int | None
    age_on: date | None


def age_on_day(birth_date: date, day: date) -> int:
    """Age in full years (만 나이) on `day`; who is born on 29 February turns older on 1 March."""
    before_birthday = (day.month, day.day) < (birth_date.month, birth_date.day)
    return day.year - birth_date.year - before_birthday


def latest_birth_date(age: int, day: date) -> date:
    """The last birth date with which somebody is `age` on `day` (29 February counts as 1 March)."""
    year = day.year - age
    try:
        return day.replace(year=year)
    except ValueError:  # 29 February of a year that has none
        return day.replace(year=year, day=28)


def check_eligibility(facts: PersonFacts, rule: EligibilityRule, today: date) -> Refusal | None:
    """None if the person may take part; else exactly why not and what to do."""
    if facts.verified_until < today:
        return Refusal(
            "confirmation_ended",
            mark("Your residency confirmation ended on %(when)s."),
            mark("Please confirm it again online or at your centre."),
            {"when": facts.verified_until},
        )
    if rule.area_code not in facts.area_codes:
        return Refusal(
            "other_area",
            mark("This is for people of another area than the one you are confirmed for."),
            mark("If you have moved, your centre can change your dong."),
        )
    if facts.basis not in rule.bases:
        return Refusal(
            "basis_not_counted",
            mark("The rules of this vote do not count the reason for which you belong here."),
            mark("The page of the vote says who may take part."),
        )
    if rule.min_age is not None:
        day = rule.age_on or today
        if age_on_day(facts.birth_date, day) < rule.min_age:
            return Refusal(
                "too_young",
                mark("People aged %(age)s or older on %(when)s may take part."),
                mark("You can still read and join the discussion."),
                {"age": rule.min_age, "when": day},
            )
    return None
