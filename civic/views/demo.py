"""The demo town only: who can log in, with what code, and the mail that went out."""

from __future__ import annotations

import email
import time
from datetime import UTC
from email import policy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.shortcuts import render

from civic.demo import DOMAIN, PASSWORD, PEOPLE, WALK_IN

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


def current_code(authenticator: Authenticator | None) -> str:
    """The six digits an authenticator app would show now."""
    if authenticator is None:
        return ""
    secret = get_adapter().decrypt(authenticator.data["secret"])
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30)))


def people(request: HttpRequest) -> HttpResponse:
    """The demo people, what each can do, and how each logs in."""
    rows: list[dict[str, Any]] = []
    authenticators = {
        each.user.email: each
        for each in Authenticator.objects.filter(
            user__email__endswith=f"@{DOMAIN}", type=Authenticator.Type.TOTP
        ).select_related("user")
    }
    for person in PEOPLE:
        code = current_code(authenticators.get(person.email))
        rows.append({"person": person, "code": code, "password": PASSWORD})
    return render(request, "civic/demo_people.html", {"rows": rows, "walk_in": WALK_IN})


def mail(request: HttpRequest) -> HttpResponse:
    """The newest mails that the site sent."""
    mails = newest_mails(Path(settings.EMAIL_FILE_PATH))
    return render(request, "civic/demo_mail.html", {"mails": mails})


def newest_mails(folder: Path, most: int = 40) -> list[dict[str, Any]]:
    """The newest mails of a folder, newest first: each file holds one worker's, oldest first."""
    files = sorted(folder.glob("*.log"), key=lambda p: p.stat().st_mtime, reverse=True)[:20]
    mails = []
    for file in files:
        for raw in file.read_bytes().split(b"-" * 79):
            message = email.message_from_bytes(raw.strip(), policy=policy.default)
            body = message.get_body(("plain",))
            if message["Subject"] and body is not None:
                mails.append(
                    {
                        "to": message["To"],
                        "subject": message["Subject"],
                        # Django writes the hour in UTC without saying so.
                        "sent_at": message["Date"].datetime.replace(tzinfo=UTC),
                        "body": body.get_content(),
                    }
                )
    mails.sort(key=lambda one: one["sent_at"], reverse=True)
    return mails[:most]
