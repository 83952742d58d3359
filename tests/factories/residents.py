"""Made-up accounts, residents, staff and departments."""

from __future__ import annotations

import itertools
import uuid
from datetime import date, timedelta
from typing import Any

from allauth.account.internal.flows.login import record_authentication
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from allauth.mfa.utils import is_mfa_enabled
from django.http import HttpRequest
from django.test import Client
from django.utils import timezone

from residents.models import Basis, ConsentText, Department, Resident, StaffRole, User
from residents.roles import RoleKind
from tests.factories.places import make_area, make_centre

_numbers = itertools.count(1)
PASSWORD = "느티나무-아래-평상-1958"


def make_user(role: str | None = None, **columns: Any) -> User:
    """Store an account with a confirmed e-mail; with `role`, a member of staff with a second factor.

    `centre`, `area` and `department` go to the role; a clerk, coordinator or official gets one of
    their own if none is given. The password is `PASSWORD`.
    """
    number = next(_numbers)
    scope = {key: columns.pop(key) for key in ("centre", "area", "department") if key in columns}
    user = User.objects.create_user(
        **{
            "email": f"person{number}@example.org",
            "password": PASSWORD,
            "name": "김무등",
            **columns,
        },
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    if role is not None:
        grant(user, role, **scope)
        give_second_factor(user)
    return user


def grant(user: User, role: str, **columns: Any) -> StaffRole:
    """Store a staff role in force since yesterday; a desk role gets a centre, an official a department."""
    if role in {RoleKind.CLERK, RoleKind.COORDINATOR} and "centre" not in columns:
        columns["centre"] = make_centre()
    if role == RoleKind.OFFICIAL and "department" not in columns:
        columns["department"] = make_department()
    user.__dict__.pop("current_roles", None)
    return StaffRole.objects.create(
        **{
            "user": user,
            "kind": role,
            "valid_from": timezone.localdate() - timedelta(days=1),
            "granted_by_ref": "system",
            **columns,
        },
    )


def give_second_factor(user: User) -> str:
    """Store a one-time-password app and recovery codes for `user`; returns the app's secret."""
    secret: str = generate_totp_secret()
    TOTP.activate(user, secret)
    RecoveryCodes.activate(user)
    return secret


def signed_in(user: User) -> Client:
    """Make a client with a session as log-in leaves it: with a second factor, it was typed."""
    client = Client()
    client.force_login(user)
    if is_mfa_enabled(user):
        prove_second_factor(client, user)
    return client


def prove_second_factor(client: Client, user: User) -> None:
    """Note in the client's session that the second factor was typed."""
    request = HttpRequest()
    request.session = client.session
    record_authentication(request, user, "mfa", type="totp")
    request.session.save()


def make_department(**columns: Any) -> Department:
    """Store a department."""
    number = next(_numbers)
    return Department.objects.create(
        **{"name": f"안전도시과 {number}", "phone": "062-000-0100", **columns},
    )


def make_resident(user: User | None = None, **columns: Any) -> Resident:
    """Store a resident born in 1990 and confirmed for a year, in a dong of their own unless given."""
    area = columns.pop("area", None) or make_area()
    return Resident.objects.create(
        **{
            "identity_hash": uuid.uuid4().hex * 2,
            "birth_date": date(1990, 5, 5),
            "area": area,
            "basis": Basis.LIVES,
            "user": user,
            "verified_until": timezone.localdate() + timedelta(days=365),
            **columns,
        },
    )


def make_consent_text(**columns: Any) -> ConsentText:
    """Store a consent text in force since 2020, numbered above those a town starts with."""
    number = 100 + next(_numbers)
    return ConsentText.objects.create(
        **{
            "purpose": "residency",
            "version": number,
            "is_required": True,
            "title": "주민 확인을 위한 개인정보 수집·이용 동의",
            "body": "주민 확인을 위해 이름, 생년월일, 휴대전화 뒤 4자리를 받습니다.",
            "valid_from": date(2020, 1, 1),
            **columns,
        },
    )
