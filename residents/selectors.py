"""Read who somebody is and what was told to them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from places.selectors import ancestor_codes, subtree_codes
from residents.eligibility import PersonFacts, latest_birth_date
from residents.models import Resident, User

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from places.models import Area


def current_resident(user: User | AnonymousUser) -> Resident | None:
    """The resident behind an account, if the confirmation is in force today, with the dong."""
    if not isinstance(user, User) or not user.is_active:
        return None
    return (
        Resident.objects.select_related("area")
        .filter(user_id=user.pk, verified_until__gte=timezone.localdate())
        .first()
    )


def person_facts(resident: Resident) -> PersonFacts:
    """What counts about a resident for a rule; asks for the areas above the dong (one query)."""
    return PersonFacts(
        area_codes=ancestor_codes(resident.area),
        birth_date=resident.birth_date,
        basis=resident.basis,
        verified_until=resident.verified_until,
    )


def eligible_residents(
    *, area: Area, bases: Sequence[str], min_age: int | None, age_on: date | None
) -> QuerySet[Resident]:
    """Everybody confirmed today in `area` or below it who counts: the same rule as
    `residents.eligibility.check_eligibility`, as one query.
    """
    today = timezone.localdate()
    residents = Resident.objects.filter(
        area__code__in=subtree_codes(area), basis__in=list(bases), verified_until__gte=today
    )
    if min_age is not None:
        residents = residents.filter(birth_date__lte=latest_birth_date(min_age, age_on or today))
    return residents
