"""Read who somebody is and what was told to them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, gettext

from hangul.sentences import fill
from places.selectors import ancestor_codes, subtree_codes
from proceedings.models import AuditEvent
from residents import notices
from residents.eligibility import PersonFacts, latest_birth_date
from residents.identity import MARKS, identity_hash
from residents.models import (
    ConsentRecord,
    ConsentText,
    Department,
    Notice,
    NoticeKind,
    NoticePreference,
    Resident,
    StaffRole,
    User,
    VerificationAttempt,
)
from residents.roles import RoleKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from django.contrib.auth.models import AnonymousUser
    from django.db.models import QuerySet

    from places.models import Area

DESK_KINDS = (RoleKind.CLERK, RoleKind.COORDINATOR)
TRIES_A_DAY = 5
"""Failed residency checks of one account within 24 hours; then a code or the centre."""


def current_resident(user: User | AnonymousUser) -> Resident | None:
    """The resident behind an account, if the confirmation is in force today, with the dong."""
    if not isinstance(user, User) or not user.is_active:
        return None
    return residents_behind(user).first()


def residents_behind(user: User) -> QuerySet[Resident]:
    """The same as a query of one row or none, for services that ask for more beside it."""
    residents = Resident.objects.select_related("area").filter(
        user_id=user.pk, verified_until__gte=timezone.localdate()
    )
    return residents if user.is_active else residents.none()


def person_facts(resident: Resident, steps: Iterable[tuple[str, str]] | None = None) -> PersonFacts:
    """What counts about a resident for a rule.

    Asks for the areas above the dong (one query) unless `steps` are at hand (`places.steps_up`).
    """
    return PersonFacts(
        area_codes=ancestor_codes(resident.area, steps),
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


def find_resident(name: str, birth_date: date, mark: str = "") -> Resident | None:
    """The resident with this name and birth date, by keyed hash; what was typed is not kept.

    `mark` ("", "2", "3", "4") tells homonyms born on the same day apart.
    """
    wanted = identity_hash(settings.IDENTITY_KEY, name, birth_date, mark)
    return Resident.objects.select_related("area").filter(identity_hash=wanted).first()


def find_residents(name: str, birth_date: date) -> list[tuple[str, Resident]]:
    """All residents with this name and birth date as (mark, resident); homonyms are real."""
    marks = {identity_hash(settings.IDENTITY_KEY, name, birth_date, mark): mark for mark in MARKS}
    found = Resident.objects.select_related("area").filter(identity_hash__in=marks)
    return sorted(((marks[each.identity_hash], each) for each in found), key=lambda pair: pair[0])


def resident_by_ref(ref: str) -> Resident | None:
    """The resident with this opaque reference, or None for anything else."""
    try:
        wanted = uuid.UUID(ref)
    except ValueError:
        return None
    return Resident.objects.select_related("area").filter(ref=wanted).first()


def desk_roles(user: User) -> list[StaffRole]:
    """Roles in force that let somebody work at a centre's desk, with the centre at hand."""
    return [role for role in user.current_roles if role.kind in DESK_KINDS and role.centre]


def roles_over(roles: Sequence[StaffRole], area: Area) -> list[StaffRole]:
    """Those of `roles` that hold for something in `area`: bound to no area, to it or to one above.

    Asks for the areas above only where a role is bound to one.
    """
    if all(role.area is None for role in roles):
        return list(roles)
    above = ancestor_codes(area)
    return [role for role in roles if role.area is None or role.area.code in above]


def codes_of_roles(user: User | AnonymousUser, kind: str) -> frozenset[str] | None:
    """The codes of all areas for which somebody's roles of `kind` hold; None for the whole town."""
    roles = [role for role in user.current_roles if role.kind == kind] if user.pk else []
    if any(role.area is None for role in roles):
        return None
    bound = [role.area for role in roles if role.area is not None]
    return frozenset().union(*(subtree_codes(area) for area in bound))


def consent_text(purpose: str) -> ConsentText | None:
    """The text for `purpose` that holds today: the highest version that has begun."""
    return (
        ConsentText.objects.filter(purpose=purpose, valid_from__lte=timezone.localdate())
        .order_by("-version")
        .first()
    )


def consents_of(*refs: str) -> list[ConsentRecord]:
    """The newest record for each text that somebody known under `refs` was asked, newest first."""
    newest = (
        ConsentRecord.objects.filter(subject_ref__in=refs)
        .order_by("subject_ref", "text_id", "-pk")
        .distinct("subject_ref", "text_id")
    )
    return list(
        ConsentRecord.objects.filter(pk__in=newest.values("pk"))
        .select_related("text", "centre")
        .order_by("-pk")
    )


@dataclass(frozen=True)
class Told:
    """A notice in the reader's language."""

    title: str
    body: str


def told_in_words(kind: str, params: Mapping[str, object]) -> Told:
    """Put a notice into the words of the language in force."""
    language = get_language() or "ko"
    values = notices.values(params)
    return Told(
        title=fill(gettext(notices.wording(kind, params).title), values, language),
        body=" ".join(
            fill(gettext(each), values, language) for each in notices.usable_sentences(kind, params)
        ),
    )


@dataclass(frozen=True)
class ShownNotice:
    """A notice as its page shows it."""

    notice: Notice
    title: str
    body: str


def departments_in_use() -> QuerySet[Department]:
    """Departments that review and answer today, by name."""
    return Department.objects.filter(is_active=True)


def notices_of(user: User, *, before: int | None = None, size: int = 20) -> list[ShownNotice]:
    """At most `size` notices of `user`, newest first, those older than id `before` if given."""
    rows = Notice.objects.filter(user=user)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    return [
        ShownNotice(row, told.title, told.body)
        for row in rows.order_by("-pk")[:size]
        for told in [told_in_words(row.kind, row.params)]
    ]


def unread_count(user: User, most: int = 100) -> int:
    """How many notices of `user` are unread, counted up to `most`."""
    return len(
        Notice.objects.filter(user=user, read_at__isnull=True).order_by().values_list("pk")[:most]
    )


def offered_kinds(user: User) -> list[tuple[str, str]]:
    """The kinds of notice that may come to `user`, with their names; staff's work only to staff."""
    return [
        (kind.value, str(kind.label))
        for kind in NoticeKind
        if user.is_staff or kind is not NoticeKind.STAFF_DUE
    ]


def mailed_kinds(user: User) -> set[str]:
    """The kinds of notice that `user` gets by mail, of those that may come."""
    chosen = dict(NoticePreference.objects.filter(user=user).values_list("kind", "by_mail"))
    return {
        kind
        for kind, _name in offered_kinds(user)
        if chosen.get(kind, notices.is_mailed_by_default(kind))
    }


def tries_left(user: User) -> int:
    """How many residency checks `user` may still try within 24 hours."""
    since = timezone.now() - timedelta(days=1)
    failed = VerificationAttempt.objects.filter(user=user, ok=False, at__gte=since).count()
    return max(TRIES_A_DAY - failed, 0)


def export_of(user: User) -> dict[str, object]:
    """Everything kept about an account, as plain data for the person it belongs to."""
    resident = Resident.objects.select_related("area").filter(user=user).first()
    refs = [user.actor_ref, *([f"resident:{resident.ref}"] if resident else [])]
    return {
        "account": {
            "email": user.email,
            "name": user.name,
            "dong": user.home_area.name if user.home_area else None,
            "language": user.language,
            "joined": user.date_joined.isoformat(),
            "staff_roles": [
                {"role": role.kind, "from": role.valid_from, "to": role.valid_to}
                for role in user.roles.all()
            ],
        },
        "residence": resident
        and {
            "dong": resident.area.name,
            "birth_date": resident.birth_date,
            "basis": resident.basis,
            "confirmed_until": resident.verified_until,
            "checks": list(
                resident.verifications.values("method", "checked_at", "valid_until"),
            ),
        },
        "consents": [
            {
                "purpose": record.text.purpose,
                "version": record.text.version,
                "agreed": record.given,
                "at": record.at,
            }
            for record in ConsentRecord.objects.filter(subject_ref__in=refs)
            .select_related("text")
            .order_by("pk")
        ],
        "notices_by_mail": sorted(mailed_kinds(user)),
        "notices": [
            {"title": shown.title, "body": shown.body, "at": shown.notice.created_at}
            for shown in notices_of(user, size=10_000)
        ],
        "record": list(
            AuditEvent.objects.filter(actor_ref=user.actor_ref)
            .order_by("pk")
            .values("at", "action", "subject")
        ),
    }
