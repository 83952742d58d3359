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
    """A provider's e-mail is never proof enough to join an account that exists."""

    def populate_user(self, request: HttpRequest, sociallogin: Any, data: dict[str, Any]) -> User:  # noqa: ANN401 - allauth's object
        """Take the nickname as the name shown; the sign-up form asks for the rest."""
        user: User = super().populate_user(request, sociallogin, data)
        user.name = str(data.get("name") or data.get("username") or "")[:30]
        return user
