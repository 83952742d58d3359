"""Opening, exporting and erasing accounts; consents; disposal."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core.serializers.json import DjangoJSONEncoder
from django.db import DatabaseError, transaction
from django.utils import timezone

from proceedings.audit import Action
from proceedings.models import AuditEvent
from proceedings.refusals import Refused
from residents.models import (
    Applicant,
    ApplicantRoll,
    ConsentRecord,
    Notice,
    NoticeKind,
    PaperCode,
    Resident,
    User,
    VerificationAttempt,
)
from residents.roles import RoleKind
from residents.selectors import consent_text, consents_of, export_of, find_resident
from residents.services import (
    dispose_expired,
    erase_account,
    record_consent,
    send_notice,
    welcome_account,
    withdraw_residency_consent,
)
from tests.factories.places import make_area
from tests.factories.residents import (
    give_second_factor,
    make_consent_text,
    make_resident,
    make_user,
)

pytestmark = pytest.mark.django_db


def test_new_account_has_its_consent_language_and_record() -> None:
    user, text = make_user(), consent_text("account")
    welcome_account(user=user, text=text, language="en")
    assert User.objects.get(pk=user.pk).language == "en"
    assert ConsentRecord.objects.get(subject_ref=user.actor_ref).text == text
    assert AuditEvent.objects.filter(action=Action.ACCOUNT_CREATED).exists()


def test_consent_text_in_force_is_the_newest_that_has_begun() -> None:
    today = timezone.localdate()
    now = make_consent_text(version=7, valid_from=today)
    make_consent_text(version=8, valid_from=today + timedelta(days=1))
    assert consent_text("residency") == now


def test_consent_records_are_never_changed() -> None:
    user = make_user()
    text = make_consent_text()
    with transaction.atomic():
        record_consent(text=text, subject_ref=user.actor_ref, recorded_by_ref=user.actor_ref)
    with pytest.raises(DatabaseError), transaction.atomic():
        ConsentRecord.objects.update(given=False)


def test_withdrawn_consent_ends_the_confirmation() -> None:
    user = make_user()
    resident = make_resident(user)
    withdraw_residency_consent(actor=user)
    resident.refresh_from_db()
    assert resident.user is None
    assert resident.verified_until < timezone.localdate()
    assert [record.given for record in consents_of(user.actor_ref)] == [False]


def test_withdrawal_without_confirmation_is_refused() -> None:
    with pytest.raises(Refused):
        withdraw_residency_consent(actor=make_user())


def test_erased_account_forgets_the_person_and_keeps_the_reference() -> None:
    user = make_user(name="강변")
    give_second_factor(user)
    resident = make_resident(user)
    with transaction.atomic():
        params = {"title": "t"}
        send_notice(user_ids=[user.pk], kind=NoticeKind.COMMENT_REPLY, params=params, url="/")
    ref, email = user.ref, user.email
    erase_account(actor=user)
    left = User.objects.get(ref=ref)
    resident.refresh_from_db()
    assert (left.name, left.is_active, resident.user) == ("", False, None)
    assert email not in left.email
    assert not left.has_usable_password()
    assert not EmailAddress.objects.filter(email=email).exists()
    assert not Authenticator.objects.exists()
    assert not Notice.objects.exists()
    assert AuditEvent.objects.get(action=Action.ACCOUNT_ERASED).actor_ref == f"user:{ref}"


def test_staff_account_is_not_erased_while_a_role_holds() -> None:
    with pytest.raises(Refused) as refused:
        erase_account(actor=make_user(RoleKind.MODERATOR))
    assert refused.value.refusal.code == "staff_role_in_force"


def test_export_holds_everything_and_is_plain_json() -> None:
    user = make_user()
    make_resident(user)
    welcome_account(user=user, text=consent_text("account"), language="ko")
    exported = json.loads(json.dumps(export_of(user), cls=DjangoJSONEncoder))
    assert exported["account"]["email"] == user.email
    assert exported["residence"]["basis"] == "lives"
    assert [each["purpose"] for each in exported["consents"]] == ["account"]
    assert exported["record"][0]["action"] == Action.ACCOUNT_CREATED


def test_disposal_deletes_what_is_past_its_term_and_only_that() -> None:
    now = timezone.now()
    user, area = make_user(), make_area()
    old, new = (VerificationAttempt.objects.create(user=user, ok=False) for _ in range(2))
    VerificationAttempt.objects.filter(pk=old.pk).update(at=now - timedelta(days=8))
    roll = ApplicantRoll.objects.create(title="t", digest="d", imported_by_ref="system")
    for number, matched in enumerate([now.date() - timedelta(days=366), now.date(), None]):
        Applicant.objects.create(
            roll=roll,
            match_hash=str(number),
            identity_hash=str(number),
            birth_date=date(1990, 5, 5),
            area=area,
            basis="lives",
            matched_on=matched,
        )
    resident = make_resident()
    for number, days in enumerate([31, 1]):
        PaperCode.objects.create(
            code_hash=str(number),
            resident=resident,
            issued_by_ref="system",
            expires_at=now - timedelta(days=days),
        )
    counts = dispose_expired()
    assert counts == {
        "attempts": 1,
        "codes": 1,
        "applicants": 1,
        "reserved": 0,
        "notices": 0,
        "residents": 0,
    }
    assert VerificationAttempt.objects.get() == new
    assert AuditEvent.objects.get(action=Action.TRACES_DISPOSED).data == counts
    assert not any(dispose_expired().values())


def test_resident_long_after_the_end_cannot_be_found_again() -> None:
    today = timezone.localdate()
    gone = make_resident(make_user(), verified_until=today - timedelta(days=31))
    fresh = make_resident(verified_until=today - timedelta(days=29))
    old_hash = gone.identity_hash
    assert dispose_expired()["residents"] == 1
    gone.refresh_from_db()
    assert gone.identity_hash == f"disposed:{gone.ref}" != old_hash
    assert (gone.birth_date, gone.user) == (date(1990, 1, 1), None)
    assert Resident.objects.get(pk=fresh.pk).identity_hash == fresh.identity_hash
    assert find_resident("김무등", date(1990, 5, 5)) is None
    assert dispose_expired()["residents"] == 0
