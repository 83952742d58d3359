"""Presets in the office: sets of rules with a name, changed in a form that says what each means."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import redirect
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from proceedings.refusals import Refused
from proceedings.reports import refusal_text
from voting.admin.frame import OfficePages, actor_of, sets_up
from voting.admin.words import contest_of_preset, preset_card
from voting.forms.office import NewPresetForm, PresetForm
from voting.forms.sections import SECTIONS
from voting.models import ContestPreset
from voting.services.presets import save_preset

if TYPE_CHECKING:
    from django.http import HttpResponse

SETTLED = {"tie_rule": "report", "publication": "full"}
"""What a new preset begins with besides its kind of ballot."""


@admin.register(ContestPreset)
class PresetAdmin(OfficePages):
    """All presets with what they set; those who may not set up contests only read."""

    list_display = ("name", "note", "sets")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return sets_up(request)

    @admin.display(description=_("what it sets"))
    def sets(self, preset: ContestPreset) -> str:
        return " · ".join(words for _label, words in preset_card(preset).facts if words)

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> Any:  # noqa: ARG002 - Django's signature
        """A preset of one's own."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = NewPresetForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            preset = save_preset(
                actor=actor_of(request),
                name=form.cleaned_data["name"],
                note=form.cleaned_data["note"],
                on_plan=form.cleaned_data["on_plan"],
                settings={"kind": form.cleaned_data["kind"], **SETTLED},
            )
            messages.success(request, gettext("The preset is there. Now set its rules."))
            return redirect("admin:voting_contestpreset_change", preset.pk)
        return self.page(
            request,
            "admin_preset",
            title=gettext("New preset"),
            form=form,
            parts=[],
            status=422 if form.errors else 200,
        )

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",  # noqa: ARG002 - Django's signature
        extra_context: Any = None,  # noqa: ARG002 - Django's signature
    ) -> HttpResponse:
        """One preset: its name, and all sections that do not belong to one contest alone."""
        preset = (
            ContestPreset.objects.filter(pk=object_id).first() if object_id.isdecimal() else None
        )
        if preset is None:
            raise Http404
        if not self.has_view_permission(request, preset):
            raise PermissionDenied
        if not sets_up(request):
            return self.page(
                request, "admin_preset_read", title=preset.name, card=preset_card(preset)
            )
        data, contest = request.POST or None, contest_of_preset(preset)
        held = {name: getattr(preset, name) for name in PresetForm.Meta.fields}
        form = PresetForm(data, instance=ContestPreset(**held))
        parts = [
            (section.title, section.form(data, instance=contest, for_preset=True))
            for section in SECTIONS
        ]
        valid = [one.is_valid() for one in (form, *(part for _title, part in parts))]
        if request.method == "POST" and all(valid):
            settings: dict[str, Any] = {}
            for _title, part in parts:
                settings |= part.settings()
            try:
                save_preset(
                    actor=actor_of(request),
                    preset=preset,
                    name=form.cleaned_data["name"],
                    note=form.cleaned_data["note"],
                    advance_days=form.cleaned_data["advance_days"],
                    on_plan=form.cleaned_data["on_plan"],
                    settings=settings,
                )
            except Refused as refused:
                form.refuse(refused.refusal, refusal_text(refused.refusal))
            else:
                messages.success(request, gettext("Saved. Drafts begun before keep their rules."))
                return redirect("admin:voting_contestpreset_change", preset.pk)
        return self.page(
            request,
            "admin_preset",
            title=preset.name,
            form=form,
            parts=parts,
            status=422 if request.method == "POST" else 200,
        )
