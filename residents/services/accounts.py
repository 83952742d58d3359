"""Open, change and erase accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.db import transaction
from django.utils import timezone

from proceedings.audit import Action
from proceedings.refusals import Refusal, Refused, mark
from proceedings.services import SYSTEM, record_event
from proceedings.texts import clean_text
from residents.models import Notice, NoticePreference, Resident, User, VerificationAttempt
from residents.services.consents import record_consent

if TYPE_CHECKING:
    from places.models import Area
    from residents.models import ConsentText


@transaction.atomic(durable=True)
def welcome_account(*, user: User, text: ConsentText | None, language: str) -> None:
    """Complete an account that sign-up has just stored: its language, its consent, its record."""
    User.objects.filter(pk=user.pk).update(language=language)
    user.language = language
    record_event(
        action=Action.ACCOUNT_CREATED,
        actor_ref=user.actor_ref,
        subject=f"residents.user:{user.pk}",
    )
    if text is not None:
        record_consent(text=text, subject_ref=user.actor_ref, recorded_by_ref=user.actor_ref)


@transaction.atomic(durable=True)
def create_staff_account(*, email: str, name: str) -> User:
    """Open an account with a confirmed e-mail for staff, from the command line; it logs in by code.

    An account with that e-mail that is there already is taken as it is.
    """
    found = User.objects.filter(email=email.lower()).first()
    user = found or User.objects.create_user(email=email, name=clean_text(name))
    EmailAddress.objects.get_or_create(
        user=user, email=user.email, defaults={"verified": True, "primary": True}
    )
    if found is None:
        record_event(
            action=Action.ACCOUNT_CREATED,
            actor_ref=SYSTEM,
            subject=f"residents.user:{user.pk}",
        )
    return user


@transaction.atomic(durable=True)
def change_profile(*, actor: User, name: str, home_area: Area | None, language: str) -> User:
    """Keep a new name shown, dong and language of an account."""
    user = User.objects.select_for_update().get(pk=actor.pk)
    user.name, user.home_area, user.language = name, home_area, language
    user.save(update_fields=["name", "home_area", "language"])
    return user


def check_erasable(user: User) -> Refusal | None:
    """None if the account may be erased; staff end their roles first."""
    if not user.current_roles:
        return None
    return Refusal(
        "staff_role_in_force",
        mark("An account with a staff role in force cannot be closed."),
        mark("Please ask the administrator to end the role first."),
    )


@transaction.atomic(durable=True)
def erase_account(*, actor: User) -> None:
    """Close an account for good and forget who it was.

    The row stays with its opaque reference, so that proposals, opinions and the record stay whole;
    e-mail, name, log-ins, notices and the link to the resident go. A confirmed residence stays as
    keyed hashes until it ends, so that nobody votes twice by opening a new account. Raises Refused
    for staff.
    """
    user = User.objects.select_for_update().get(pk=actor.pk)
    refusal = check_erasable(user)
    if refusal is not None:
        raise Refused(refusal)
    Resident.objects.filter(user=user).update(user=None)
    EmailAddress.objects.filter(user=user).delete()
    SocialAccount.objects.filter(user=user).delete()
    Authenticator.objects.filter(user=user).delete()
    Notice.objects.filter(user=user).delete()
    NoticePreference.objects.filter(user=user).delete()
    VerificationAttempt.objects.filter(user=user).delete()
    user.email = f"{user.ref}@erased.invalid"
    user.name = ""
    user.home_area = None
    user.is_active = False
    user.last_login = None
    user.erased_at = timezone.now()
    user.set_unusable_password()
    user.save()
    record_event(
        action=Action.ACCOUNT_ERASED,
        actor_ref=user.actor_ref,
        subject=f"residents.user:{user.pk}",
    )
