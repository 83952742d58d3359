"""Admin pages over services: what the offices see, where every write is one service call.

Django's admin opens a transaction of its own around each form; services open theirs and refuse to
run inside another, so `OfficeAdmin` leaves Django's out. A refusal of the service is shown in the
form, with everything that was typed kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.contrib.admin.helpers import AdminForm
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from proceedings.refusals import Refused
from proceedings.reports import problem_lines, refusal_text
from proceedings.tables import BadLines
from proceedings.texts import checked

if TYPE_CHECKING:
    from collections.abc import Callable

    from django import forms
    from django.http import HttpRequest, HttpResponse

    Admin = admin.ModelAdmin[Any]
else:
    Admin = admin.ModelAdmin  # Django's class takes no type at run time


class SafeFields:
    """For Django's own forms in the admin, rows of tables too: no text holds a resident number."""

    def formfield_for_dbfield(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Django's field, checked."""
        return checked(super().formfield_for_dbfield(db_field, request, **kwargs))  # type: ignore[misc]  # Django's, in what it is mixed into


class OfficeAdmin(SafeFields, Admin):
    """An admin whose `save_model` calls a service."""

    actions = None
    list_per_page = 50
    show_full_result_count = False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002 - Django's signature
        """Nothing is deleted here: things end, with a reason."""
        return False

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        """Show or save a form without Django's transaction; show refusals in the form."""
        view = super()._changeform_view  # type: ignore[misc]  # not in the stubs
        try:
            return view(request, object_id, form_url, extra_context)
        except (Refused, BadLines, ValidationError) as answer:
            request.refused_with = error_of(answer)  # type: ignore[attr-defined]  # read below
            return view(request, object_id, form_url, extra_context)

    def get_form(
        self,
        request: HttpRequest,
        obj: Any = None,
        change: bool = False,  # noqa: FBT001, FBT002 - Django's signature
        **kwargs: Any,
    ) -> type[Any]:
        """Django's form; on the second try of one request with the refusal as its error."""
        form = super().get_form(request, obj, change=change, **kwargs)
        if not hasattr(request, "refused_with"):
            return form
        error: ValidationError = request.refused_with

        class RefusedForm(form):  # type: ignore[misc, valid-type]  # the class is made by Django
            def clean(self) -> Any:
                """Say why the service refused."""
                super().clean()
                raise error

        return RefusedForm


class ReadOnlyAdmin(OfficeAdmin):
    """Shows what services own."""

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        """Services add."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002 - Django's signature
        """Services change."""
        return False


def error_of(answer: Refused | BadLines | ValidationError) -> ValidationError:
    """A refusal of a service as the error of a form, in the reader's language."""
    if isinstance(answer, Refused):
        return ValidationError(refusal_text(answer.refusal), code=answer.refusal.code)
    if isinstance(answer, BadLines):
        return ValidationError([ValidationError(line) for line in problem_lines(answer.problems)])
    return answer


def form_page(  # the pieces of one page, all by name
    request: HttpRequest,
    *,
    model_admin: Admin,
    form: forms.Form,
    title: str,
    label: str,
    run: Callable[[dict[str, Any]], str],
    help_text: str = "",
) -> HttpResponse:
    """A page of the admin with one form and one button.

    `run` gets the cleaned data, calls one service and returns the words of success; a refusal is
    shown in the form. Raises PermissionDenied for those who may not see the model; whether they may
    do this is for the caller or the service to say.
    """
    if not model_admin.has_view_permission(request):
        raise PermissionDenied
    if request.method == "POST" and form.is_valid():
        try:
            done = run(form.cleaned_data)
        except (Refused, BadLines, ValidationError) as answer:
            form.add_error(None, error_of(answer))
        else:
            messages.success(request, done)
            meta = model_admin.model._meta  # noqa: SLF001 - Django's documented API
            return redirect(f"admin:{meta.app_label}_{meta.model_name}_changelist")
    return TemplateResponse(
        request,
        "proceedings/admin_form.html",
        {
            **model_admin.admin_site.each_context(request),
            "opts": model_admin.model._meta,  # noqa: SLF001 - Django's documented API
            "adminform": AdminForm(
                form,  # type: ignore[arg-type]  # any form will do
                [(None, {"fields": list(form.fields)})],
                {},
            ),
            "form": form,
            "title": title,
            "label": label,
            "help_text": help_text,
            "has_file": form.is_multipart(),
        },
        status=422 if form.errors else 200,
    )
