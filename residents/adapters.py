"""How allauth's sign-up and log-in meet our accounts (ADR 0002 explains this file)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter

if TYPE_CHECKING:
    from django.forms import Form
    from django.http import HttpRequest

    from residents.models import User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth ships no types
    """Accounts have a name to show and no user name."""

    def save_user(
        self,
        request: HttpRequest,
        user: User,
        form: Form,
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
