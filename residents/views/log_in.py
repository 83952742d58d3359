"""Logging in: the page is allauth's, that somebody may have to come back in a moment is ours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from allauth.account.views import LoginView

if TYPE_CHECKING:
    from django.forms import Form
    from django.http import HttpResponse


class LogIn(LoginView):  # type: ignore[misc]  # allauth ships no types
    """What was typed stays, but the password, which no page shows again."""

    def form_invalid(self, form: Form) -> HttpResponse:
        """Answer 503 with Retry-After while too many log in."""
        response: HttpResponse = super().form_invalid(form)
        seconds = wait_of(form)
        if seconds is not None:
            response.status_code = 503
            response["Retry-After"] = str(seconds)
        return response

    def get_context_data(self, **given: Any) -> dict[str, Any]:
        """Tell the page that it is to wait, not what was typed that is wrong."""
        context: dict[str, Any] = super().get_context_data(**given)
        context["waits"] = wait_of(context["form"]) is not None
        return context


def wait_of(form: Form) -> int | None:
    """In how many seconds to try again; None if nobody is to wait."""
    if not form.is_bound:
        return None
    for error in form.non_field_errors().as_data():
        if error.code == "many_log_in":
            return int((error.params or {})["seconds"])
    return None
