"""What the pages of the budgets' office share: who works there, words, a page, an act done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import messages
from django.shortcuts import render
from django.utils.translation import get_language, gettext

from hangul.formats import money
from proceedings.office import ReadOnlyAdmin
from proceedings.refusals import Refused
from proceedings.wording import say, say_next

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.http import HttpRequest, HttpResponse
    from django.utils.functional import _StrPromise

    from proceedings.refusals import Refusal
    from proceedings.texts import SafeWords
    from residents.models import User


def actor_of(request: HttpRequest) -> User:
    """Who works in the admin, which lets only accounts in."""
    return cast("User", request.user)


def spoken(amount: Any, currency: str) -> str:
    """Money in the reader's language."""
    return money(amount, currency, get_language() or "ko")


def words_of(refusal: Refusal) -> str:
    """Why something was refused, and what can be done."""
    return f"{say(refusal)} {say_next(refusal)}".strip()


def done(
    request: HttpRequest, form: SafeWords, act: Callable[[], object], said: str | _StrPromise = ""
) -> bool:
    """Whether the act was done; if it was refused, the form says why and keeps what was typed.

    `said` is what the next page tells of it, in the place of the usual words.
    """
    try:
        act()
    except Refused as refused:
        form.refuse(refused.refusal, words_of(refused.refusal))
        return False
    messages.success(
        request, str(said or gettext("This is recorded and can be seen by everybody."))
    )
    return True


class OfficePages(ReadOnlyAdmin):
    """Lists that Django draws and pages of our own, each act of which calls a service."""

    class Media:
        css = {"all": ["css/pages/proposals-admin.css"]}

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Django's list, under its plain name."""
        title = {"title": self.opts.verbose_name_plural}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    def page(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        """A page of the admin; a form that was refused or is wrong makes it a 422."""
        shown = [context.get("form"), *context.get("forms", {}).values()]
        wrong = any(form is not None and form.errors for form in shown)
        return render(
            request,
            f"budgets/{template}.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "media": self.media,
                **context,
            },
            status=422 if wrong else 200,
        )
