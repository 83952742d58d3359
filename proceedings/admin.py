"""Where the offices keep processes and places, and read the record."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib import admin
from django.contrib.admin.widgets import AdminSplitDateTime
from django.core.exceptions import PermissionDenied
from django.db.models import DateTimeField
from django.forms import SplitDateTimeField
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from places.models import Area, Centre, Room
from places.selectors import dongs_in_force
from proceedings.audit import Action
from proceedings.forms import AreaCsvForm, CsvForm
from proceedings.models import AuditEvent, Field, Phase, Process
from proceedings.office import OfficeAdmin, ReadOnlyAdmin, SafeFields, form_page
from proceedings.services import (
    import_areas,
    import_centres,
    save_area,
    save_centre,
    save_field,
    save_process,
    save_room,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from proceedings.tables import ImportReport

    PhaseRows = admin.StackedInline[Phase, Process]
else:
    PhaseRows = admin.StackedInline  # Django's class takes no type at run time


def actor_of(request: HttpRequest) -> str:
    """The opaque reference of who works in the admin."""
    return str(request.user.actor_ref)  # type: ignore[union-attr]  # the admin lets only accounts in


class SplitMoment(AdminSplitDateTime):
    """Day and time in two fields that each say what they are."""

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        """Django's own, with a label on each of the two."""
        context: dict[str, Any] = super().get_context(name, value, attrs)
        for part, words in zip(
            context["widget"]["subwidgets"], (gettext("Day"), gettext("Hour")), strict=True
        ):
            part["attrs"]["aria-label"] = words
        return context


class PhaseInline(SafeFields, PhaseRows):
    """Phases of a process, in order of time."""

    model = Phase
    extra = 0
    formfield_overrides: ClassVar = {
        DateTimeField: {"form_class": SplitDateTimeField, "widget": SplitMoment}
    }
    fields = (("kind", "title"), ("opens_at", "closes_at"), "note", ("opened_at", "closed_at"))
    readonly_fields = ("opened_at", "closed_at")


@admin.register(Process)
class ProcessAdmin(OfficeAdmin):
    """Processes with their phases; what has happened is not moved."""

    list_display = ("title", "area", "is_public", "created_on")
    list_filter = ("is_public", "area")
    search_fields = ("title",)
    prepopulated_fields = {"slug": ("title",)}
    inlines = (PhaseInline,)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:
        """Nothing yet: a process is stored with its phases, or not at all."""

    def save_related(self, request: Any, form: Any, formsets: Any, change: Any) -> None:  # noqa: ARG002 - Django's signature
        """All of the form through one service."""
        (rows,) = formsets
        phases = rows.save(commit=False)
        save_process(
            actor_ref=actor_of(request),
            process=form.instance,
            phases=phases,
            removed=rows.deleted_objects,
        )


@admin.register(Field)
class FieldAdmin(OfficeAdmin):
    """Fields of public life."""

    list_display = ("name", "english_name", "position")
    prepopulated_fields = {"slug": ("english_name",)}

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:  # noqa: ARG002 - Django's signature
        """Through the service."""
        save_field(actor_ref=actor_of(request), field=obj)


class PartFilter(admin.SimpleListFilter):
    """By the part of the house in which something happened."""

    title = _("part")
    parameter_name = "part"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - Django's signature
        """The parts that record anything."""
        names = {
            "proceedings": gettext("Processes"),
            "places": gettext("Places"),
            "residents": gettext("People"),
            "debates": gettext("Debates"),
            "voting": gettext("Votes"),
            "proposals": gettext("Proposals"),
            "budgets": gettext("Budgets"),
        }
        used = {action.value.partition(".")[0] for action in Action}
        return [(part, name) for part, name in names.items() if part in used]

    def queryset(self, request: Any, queryset: QuerySet[AuditEvent]) -> QuerySet[AuditEvent]:  # noqa: ARG002 - Django's signature
        """Actions that begin with the part."""
        if not self.value():
            return queryset
        wanted = [a.value for a in Action if a.value.startswith(f"{self.value()}.")]
        return queryset.filter(action__in=wanted)


@admin.register(AuditEvent)
class AuditEventAdmin(ReadOnlyAdmin):
    """What happened: read, never changed."""

    list_display = ("at", "action", "subject", "actor_ref", "actor_role", "why")
    fields = ("at", "action", "subject", "actor_ref", "actor_role", "why", "details")
    readonly_fields = ("why", "details")
    list_filter = (PartFilter, ("at", admin.DateFieldListFilter))
    search_fields = ("=subject", "=actor_ref")
    search_help_text = _("A subject such as voting.contest:12, or who, such as user:…")

    @admin.display(description=_("reason"), ordering="reason")
    def why(self, event: AuditEvent) -> str:
        """The words of a person, or the code of a rule as such."""
        is_code = event.reason.isascii() and event.reason.isidentifier()
        return format_html("<code>{}</code>", event.reason) if is_code else event.reason

    @admin.display(description=_("data"))
    def details(self, event: AuditEvent) -> str:
        """What was written down, as data."""
        return format_html("<code>{}</code>", json.dumps(event.data, ensure_ascii=False))


class PlaceAdmin(OfficeAdmin):
    """Shared by areas and centres: a list that can be filled from a file."""

    change_list_template = "proceedings/admin_import_list.html"

    def get_urls(self) -> list[Any]:
        """Django's addresses and the one of the import."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_import"
        page = self.admin_site.admin_view(self.import_page)
        return [path("import/", page, name=name), *super().get_urls()]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """The list, with the way to the import."""
        name = f"admin:{self.opts.app_label}_{self.opts.model_name}_import"
        return super().changelist_view(
            request, {**(extra_context or {}), "import_url": reverse(name)}
        )

    def import_page(self, request: HttpRequest) -> HttpResponse:
        """Subclasses say what is imported."""
        raise NotImplementedError


def said(report: ImportReport) -> str:
    """The words after an import."""
    return gettext("%(stored)d stored, %(left)d left out.") % {
        "stored": report.stored,
        "left": len(report.problems),
    }


@admin.register(Area)
class AreaAdmin(PlaceAdmin):
    """Areas over time."""

    list_display = ("code", "name", "kind", "parent", "population", "valid_from", "valid_to")
    list_filter = ("kind",)
    search_fields = ("=code", "name")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:  # noqa: ARG002 - Django's signature
        """Through the service."""
        save_area(actor_ref=actor_of(request), area=obj)

    def import_page(self, request: HttpRequest) -> HttpResponse:
        """Import areas and outlines from files."""
        if not self.has_add_permission(request):
            raise PermissionDenied

        def run(data: dict[str, Any]) -> str:
            outlines = data["outlines"]
            report = import_areas(
                actor_ref=actor_of(request),
                data=data["file"].read(),
                outlines=outlines.read() if outlines else None,
                keep_good=data["keep_good"],
            )
            return said(report)

        return form_page(
            request,
            model_admin=self,
            form=AreaCsvForm(request.POST or None, request.FILES or None),
            title=gettext("Import areas"),
            label=gettext("Import"),
            run=run,
            help_text=gettext(
                "Columns: 코드, 이름, 종류(시·구·동), 상위 코드, 주민 수, 시작일, 종료일, 소개"
            ),
        )


@admin.register(Centre)
class CentreAdmin(PlaceAdmin):
    """Centres with their hours."""

    list_display = ("name", "area", "phone", "hours", "is_open", "board")
    list_filter = ("is_open", "area")
    search_fields = ("name", "=code")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:  # noqa: ARG002 - Django's signature
        """Through the service."""
        save_centre(actor_ref=actor_of(request), centre=obj)

    @admin.display(description=_("wall display"))
    def board(self, centre: Centre) -> str:
        """The way to the centre's wall display."""
        return format_html(
            '<a href="{}">{}</a>', centre.get_absolute_url(), gettext("See the display")
        )

    def import_page(self, request: HttpRequest) -> HttpResponse:
        """Import centres from a file."""
        if not self.has_add_permission(request):
            raise PermissionDenied

        def run(data: dict[str, Any]) -> str:
            report = import_centres(
                actor_ref=actor_of(request),
                data=data["file"].read(),
                keep_good=data["keep_good"],
            )
            return said(report)

        return form_page(
            request,
            model_admin=self,
            form=CsvForm(request.POST or None, request.FILES or None),
            title=gettext("Import centres"),
            label=gettext("Import"),
            run=run,
            help_text=gettext(
                "Columns: 코드, 이름, 동 코드, 주소, 전화, 여는 시간, 이용 안내, 경도, 위도"
            ),
        )


@admin.register(Room)
class RoomAdmin(OfficeAdmin):
    """Rooms that residents may ask for."""

    list_display = ("name", "area", "centre", "size", "seats", "hours", "phone", "is_open")
    list_filter = ("is_open", "area")
    list_select_related = ("area", "centre")
    search_fields = ("name", "=code", "location")

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        """Only the dong of today."""
        if db_field.name == "area":
            kwargs["queryset"] = dongs_in_force()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:  # noqa: ARG002 - Django's signature
        """Through the service."""
        save_room(actor_ref=actor_of(request), room=obj)
