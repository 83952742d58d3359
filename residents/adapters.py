"""How allauth's sign-up and log-in meet our accounts (ADR 0002 explains this file)."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from allauth.account import app_settings as account_settings
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from allauth.account.forms import ConfirmEmailVerificationCodeForm, ConfirmLoginCodeForm
from allauth.core import context as allauth_context
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from django import forms
from django.conf import settings
from django.contrib.sites.shortcuts import get_current_site
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from proceedings.refusals import Refused
from proceedings.reports import refusal_text
from proceedings.texts import clean_text
from residents.models import User
from residents.services import hand_over_mail, login_turn

if TYPE_CHECKING:
    from allauth.mfa.models import Authenticator
    from django.http import HttpRequest


class AccountBackend(AuthenticationBackend):  # type: ignore[misc]  # allauth ships no types
    """Finds the account behind a session."""

    def get_user(self, user_id: int) -> User | None:
        """Read along whether it is a staff account: every page must know, none asks again."""
        user = User.objects.signed_in(user_id)
        return user if user is not None and self.user_can_authenticate(user) else None


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # the same
    """Accounts have a name to show and no user name; errors say what to do."""

    error_messages: ClassVar = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("This account is closed."),
        "cannot_remove_primary_email": _("The main address cannot be removed."),
        "duplicate_email": _("This e-mail belongs to your account already."),
        "email_password_mismatch": _("E-mail or password is wrong. Please check both."),
        "email_taken": _("An account has this e-mail already."),
        "enter_current_password": _("Please type your present password."),
        "incorrect_code": _("The code is wrong. Please check it, or ask for a new one."),
        "incorrect_password": _("The password is wrong."),
        "invalid_or_expired_key": _("This link no longer works. Please ask for a new one."),
        "invalid_login": _("You cannot log in with this. Please check it."),
        "invalid_password_reset": _("This link no longer works. Please ask for a new one."),
        "too_many_login_attempts": _(
            "There were too many tries. Please wait five minutes and try again."
        ),
        "unknown_email": _("No account has this e-mail."),
        "unverified_primary_email": _("The main address must be confirmed."),
        "select_only_one": _("Please choose one only."),
        "same_as_current": _("This is what it is already. Please type something new."),
        "rate_limited": _("There were many tries in a short time. Please wait a moment."),
    }

    def authenticate(self, request: HttpRequest, **credentials: Any) -> User | None:
        """Check a password when its turn comes; a form says why it has not come."""
        try:
            with login_turn():
                user: User | None = super().authenticate(request, **credentials)
        except Refused as refused:
            told = refused.refusal
            raise ValidationError(
                refusal_text(told), code=told.code, params=dict(told.params)
            ) from None
        return user

    def clean_email(self, email: str) -> str:
        """Take no address that holds a resident registration number: it would be kept."""
        return str(super().clean_email(clean_text(email)))

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write the mail now, with the request at hand; the worker sends it after the commit."""
        request = allauth_context.request
        known = {
            "request": request,
            "email": email,
            "current_site": get_current_site(request),
            "site_name": settings.SITE_NAME,
        }
        message = self.render_mail(template_prefix, email, {**known, **context})
        hand_over_mail(subject=message.subject, body=str(message.body), address=email)

    def save_user(
        self,
        request: HttpRequest,
        user: User,
        form: forms.Form,
        commit: bool = True,  # noqa: FBT001, FBT002 - allauth's signature
    ) -> User:
        """Keep the name shown that was typed at sign-up."""
        user.name = form.cleaned_data.get("name", "").strip()
        saved: User = super().save_user(request, user, form, commit)
        return saved


class SocialAccountAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]  # the same
    """A provider's e-mail is never proof enough: it joins no account, and is confirmed by code."""

    def pre_social_login(self, request: HttpRequest, sociallogin: Any) -> None:  # noqa: ARG002 - allauth's signature
        """Take the provider's word for no address (Naver calls every address verified)."""
        if not sociallogin.is_existing:
            for address in sociallogin.email_addresses:
                address.verified = False

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002 - allauth's signature
        """Nobody gets an account without seeing the form: it asks for name and consent."""
        return False

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> User:
        """Take the nickname as the name shown; the sign-up form asks for the rest."""
        user: User = super().populate_user(request, sociallogin, data)
        user.name = str(data.get("name") or data.get("username") or "")[:30]
        return user


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]  # the same
    """The two-step log-in of staff stays on."""

    error_messages: ClassVar = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": _(
            "Staff accounts keep it on. It can be turned off once the role has ended."
        ),
    }

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Whether an account may do without: not while a staff role is in force."""
        user: User = authenticator.user
        return not user.is_staff


def code_field() -> forms.CharField:
    """The field for a code that came by e-mail, under the name that mail and page give it."""
    widget = forms.TextInput(attrs={"autocomplete": "one-time-code"})
    return forms.CharField(label=_("Code from the mail"), widget=widget)


class EmailCodeForm(ConfirmEmailVerificationCodeForm):  # type: ignore[misc]  # the same
    """Confirm an address with the code that was sent to it."""

    code = code_field()
    minutes = account_settings.EMAIL_VERIFICATION_BY_CODE_TIMEOUT // 60


class LoginCodeForm(ConfirmLoginCodeForm):  # type: ignore[misc]  # the same
    """Log in with a code that came by e-mail."""

    code = code_field()
    minutes = account_settings.LOGIN_BY_CODE_TIMEOUT // 60


def free_again_at(request: HttpRequest) -> datetime:
    """When allauth's limits let this address, account and mailbox try again, on a full minute.

    Of those that are used up the last one counts; in a minute where none is known to be.
    """
    typed = {request.POST.get(name, "").strip().lower() for name in ("email", "login")} - {""}
    frees = [time.time() + 60]
    for action in account_settings.RATE_LIMITS:
        for rate in ratelimit.get_rates(app="allauth.account", action=action):
            if rate.per == "user" and not request.user.is_authenticated:
                continue
            for key in typed if rate.per == "key" else [""]:
                name = ratelimit.get_cache_key(
                    request, app="allauth.account", action=action, rate=rate, key=key
                )
                history = cache.get(name, [])
                if len(history) >= rate.amount:
                    frees.append(history[-1] + rate.duration)
    again = timezone.localtime(datetime.fromtimestamp(max(frees), tz=UTC))
    return again.replace(second=0, microsecond=0) + timedelta(minutes=1)
