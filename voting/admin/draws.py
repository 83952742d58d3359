"""Draws by lot in the office: prepare, publish the list, and draw in front of people."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from proceedings.office import error_of
from proceedings.refusals import Refused
from proceedings.tables import BadLines
from voting.admin.frame import OfficePages, actor_of, sets_up
from voting.forms.draws import (
    CalledForm,
    DemandForms,
    DrawForm,
    DrawPresetForm,
    ListForm,
    demand_rows,
    demands_in,
    start_of,
)
from voting.models import Draw, DrawPreset, DrawState
from voting.selectors.draws import demands_of, draw_presets, missing_for_draw, office_draw
from voting.services.draws import (
    change_draw,
    create_draw,
    hold_draw,
    import_people,
    publish_draw,
    save_draw_preset,
)
from voting.wording import draw_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from django import forms
    from django.http import HttpResponse


@admin.register(Draw)
class DrawAdmin(OfficePages):
    """Every draw, and one page each with its next step."""

    list_display = ("title", "area", "stage", "draws_at", "seats")
    list_filter = ("state",)
    search_fields = ("title",)
    change_list_template = "voting/admin_draws.html"

    def get_queryset(self, request: HttpRequest) -> Any:  # noqa: ARG002 - Django's signature
        return Draw.objects.select_related("area").defer("people", "outcome")

    @admin.display(description=_("state"), ordering="state")
    def stage(self, draw: Draw) -> str:
        return str(draw.get_state_display())

    def get_urls(self) -> list[Any]:
        view = self.admin_site.admin_view
        return [
            path("new/", view(self.new_view), name="voting_draw_new"),
            path("<int:pk>/hold/", view(self.hold_view), name="voting_draw_hold"),
            *super().get_urls(),
        ]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Django's list, with the way to a new draw for those who prepare one."""
        return super().changelist_view(
            request, {"sets_up": sets_up(request), **(extra_context or {})}
        )

    def draw_or_404(self, request: HttpRequest, object_id: str | int) -> Draw:
        """The draw that an address names; PermissionDenied for those who may not look."""
        named = str(object_id)
        draw = office_draw(int(named)) if named.isdecimal() and len(named) < 18 else None
        if draw is None:
            raise Http404
        if not self.has_view_permission(request, draw):
            raise PermissionDenied
        return draw

    def new_view(self, request: HttpRequest) -> HttpResponse:
        """Begin a draw, with the rules of `?preset=…` if one is named."""
        if not sets_up(request):
            raise PermissionDenied
        named, presets = request.GET.get("preset", ""), list(draw_presets())
        preset = next((one for one in presets if one.slug == named), None)
        if named and preset is None:
            raise Http404
        form = DrawForm(request.POST or None, initial=start_of(preset))
        rows = DemandForms(request.POST or None, initial=demand_rows(demands_of(preset)))
        if request.method == "POST" and all([form.is_valid(), rows.is_valid()]):
            draw = create_draw(
                actor=actor_of(request), demands=demands_in(rows), **form.cleaned_data
            )
            return redirect("admin:voting_draw_change", draw.pk)
        title = gettext("New draw by lot")
        wrong = bool(form.errors or rows.is_bound)
        return self.page(
            request, "admin_draw_form", title=title, form=form, rows=rows, presets=presets,
            chosen=preset, save=gettext("Save as a draft"), status=422 if wrong else 200,
        )  # fmt: skip

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",  # noqa: ARG002 - Django's signature
        extra_context: Any = None,  # noqa: ARG002 - Django's signature
    ) -> HttpResponse:
        """One draw: what is still missing, and the acts that are possible now."""
        draw = self.draw_or_404(request, object_id)
        act = request.POST.get("act", "")
        if request.method == "POST" and not sets_up(request):
            raise PermissionDenied
        form = DrawForm(request.POST if act == "change" else None, instance=draw)
        rows = DemandForms(
            request.POST if act == "change" else None, initial=demand_rows(demands_of(draw))
        )
        upload = ListForm(
            request.POST if act == "list" else None, request.FILES if act == "list" else None
        )
        done = self._act(request, draw.pk, act, form, rows, upload)
        if done:
            return redirect("admin:voting_draw_change", draw.pk)
        draw = self.draw_or_404(request, object_id)  # as stored, not as typed
        missing = missing_for_draw(draw, timezone.now()) if draw.state == DrawState.DRAFT else []
        wrong = bool(form.errors or upload.errors or (rows.is_bound and not rows.is_valid()))
        return self.page(
            request,
            "admin_draw",
            title=draw.title,
            draw=draw,
            form=form,
            rows=rows,
            upload=upload,
            missing=missing,
            words=draw_words(draw),
            is_due=draw.draws_at <= timezone.now(),
            status=422 if wrong else 200,
        )

    def _act(
        self, request: HttpRequest, pk: int, act: str, form: Any, rows: Any, upload: Any
    ) -> bool:
        actor = actor_of(request)
        if act == "change" and all([form.is_valid(), rows.is_valid()]):
            fields = {name: form.cleaned_data[name] for name in form.fields}
            demands = demands_in(rows)
            return tell(
                request, form,
                lambda: change_draw(actor=actor, draw_id=pk, demands=demands, fields=fields),
                gettext("The draw was changed."),
            )  # fmt: skip
        if act == "list" and upload.is_valid():
            data = upload.cleaned_data["file"].read()
            return tell(
                request, upload,
                lambda: import_people(actor=actor, draw_id=pk, data=data),
                gettext("The list was taken over."),
            )  # fmt: skip
        if act == "publish":
            return tell(
                request, None,
                lambda: publish_draw(actor=actor, draw_id=pk),
                gettext("List, digest and commitment are published."),
            )  # fmt: skip
        return False

    def hold_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The page on the big screen: list, commitment, two fields for the numbers."""
        draw = self.draw_or_404(request, pk)
        if not sets_up(request):
            raise PermissionDenied
        form = CalledForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            called = form.called
            if tell(
                request, form,
                lambda: hold_draw(actor=actor_of(request), draw_id=draw.pk, called=called),
                gettext("The lots are drawn. Everybody can see and repeat it."),
            ):  # fmt: skip
                return redirect(draw.get_absolute_url())
        return self.page(
            request,
            "admin_draw_hold",
            title=draw.title,
            draw=draw,
            form=form,
            words=draw_words(draw),
            is_due=draw.draws_at <= timezone.now(),
            back=reverse("admin:voting_draw_change", args=[draw.pk]),
            status=422 if form.errors else 200,
        )


@admin.register(DrawPreset)
class DrawPresetAdmin(OfficePages):
    """Rules that new draws begin with, for those who prepare draws."""

    list_display = ("name", "note", "seats", "reserves")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return sets_up(request)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> Any:  # noqa: ARG002 - Django's signature
        """A preset of one's own."""
        return self._edit(request, None)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",  # noqa: ARG002 - Django's signature
        extra_context: Any = None,  # noqa: ARG002 - Django's signature
    ) -> HttpResponse:
        """One preset."""
        named = object_id if object_id.isdecimal() and len(object_id) < 18 else "0"
        preset = draw_presets().filter(pk=named).first()
        if preset is None:
            raise Http404
        return self._edit(request, preset)

    def _edit(self, request: HttpRequest, preset: DrawPreset | None) -> HttpResponse:
        if not sets_up(request):
            raise PermissionDenied
        title = preset.name if preset else gettext("New preset")
        demands = demand_rows(demands_of(preset))
        form = DrawPresetForm(request.POST or None, instance=preset)
        rows = DemandForms(request.POST or None, initial=demands)
        if request.method == "POST" and all([form.is_valid(), rows.is_valid()]):
            save_draw_preset(
                actor=actor_of(request),
                preset=preset,
                demands=demands_in(rows),
                fields=form.cleaned_data,
            )
            messages.success(request, gettext("Saved. Draws begun before keep their rules."))
            return redirect("admin:voting_drawpreset_changelist")
        wrong = bool(form.errors or rows.is_bound)
        return self.page(
            request, "admin_draw_form", title=title, form=form, rows=rows,
            save=gettext("Save"), status=422 if wrong else 200,
        )  # fmt: skip


def tell(
    request: HttpRequest, form: forms.BaseForm | None, act: Callable[[], object], words: str
) -> bool:
    """Whether the act was done; a refusal is said in the form, or above the page without one."""
    try:
        act()
    except (Refused, BadLines) as answer:
        error = error_of(answer)
        if form is None:
            messages.error(request, " ".join(error.messages))
        else:
            form.add_error(None, error)
        return False
    messages.success(request, words)
    return True
