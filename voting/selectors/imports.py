"""Read imported rolls: the one that will open, whom it may name, its size and fingerprint."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from residents.eligibility import EligibilityRule
from residents.models import Basis
from voting.log import canonical, digest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from voting.models import Contest, RollImport


def roll_import_of(contest: Contest) -> RollImport | None:
    """The imported roll with which the contest opens; None if none was brought in, or given up."""
    newest = next(iter(contest.roll_imports.all()), None)  # newest first, by the model's order
    return newest if newest is not None and newest.people else None


def roll_rule(contest: Contest) -> EligibilityRule:
    """Whom a roll may name. Where no basis is set the roll alone says who belongs."""
    return EligibilityRule(
        area_code=contest.area.code,
        bases=tuple(sorted(contest.bases)) or tuple(Basis.values),
        min_age=contest.min_age,
        age_on=contest.age_on,
    )


def rule_digest(contest: Contest) -> str:
    """Fingerprint of the rule a roll is checked by: another one means that it is out of date."""
    rule = roll_rule(contest)
    return digest(
        canonical(
            {
                "area": rule.area_code,
                "bases": list(rule.bases),
                "min_age": rule.min_age,
                "age_on": rule.age_on.isoformat() if rule.age_on else None,
            }
        )
    )


def keys_digest(keys: Iterable[str]) -> tuple[int, str]:
    """Number of person keys, and SHA-256 over them one per line; they come sorted."""
    total, found = 0, sha256()
    for key in keys:
        found.update(key.encode() + b"\n")
        total += 1
    return total, found.hexdigest()


def roll_facts(contest: Contest) -> dict[str, Any]:
    """Size and digest of the roll: SHA-256 over its sorted person keys, one per line."""
    keys = contest.roll.order_by("person_key").values_list("person_key", flat=True)
    total, found = keys_digest(keys.iterator(chunk_size=5000))
    return {"count": total, "digest": found}
