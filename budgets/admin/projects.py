"""Projects in the office: written, reviewed, shown with a picture, planned and reported on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from budgets.admin.frame import OfficePages, actor_of, done, spoken
from budgets.forms import (
    LineForms,
    PictureForm,
    PlanForm,
    ProjectForm,
    ReportForm,
    ReviewForm,
    line_start,
    typed,
)
from budgets.lifecycle import check_open
from budgets.models import Budget, BudgetState, Project
from budgets.permissions import refuse_unless_administrator, refuse_unless_in_charge
from budgets.selectors.queues import (
    PROJECT_ORDER,
    office_projects,
    own_departments,
    project_for_office,
)
from budgets.selectors.reading import budget_by_id
from budgets.services.execution import CHOSEN, plan_milestone, report_milestone
from budgets.services.pictures import put_picture, refuse_picture, remove_picture
from budgets.services.planning import change_project, create_project
from budgets.services.reviewing import review_project
from proceedings.refusals import mark
from proceedings.texts import SafeWords
from proceedings.wording import say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from residents.models import User


class OwnFilter(admin.SimpleListFilter):
    """The morning list of an official: what waits for the own department."""

    title = _("what waits")
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002 - Django's signature
        return [
            ("review", _("Waiting for a verdict")),
            ("own", _("My department")),
            ("own_review", _("My department, waiting for a verdict")),
            ("nobody", _("No department yet")),
            ("doing", _("Being carried out")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        mine = queryset.filter(department__in=own_departments(actor_of(request)))
        chosen: Mapping[str | None, QuerySet[Any]] = {
            "review": queryset.filter(waits=0),
            "own": mine,
            "own_review": mine.filter(waits=0),
            "nobody": queryset.filter(department__isnull=True),
            "doing": queryset.filter(state__in=CHOSEN),
        }
        return chosen.get(self.value(), queryset)


@admin.register(Project)
class ProjectAdmin(OfficePages):
    """Projects: the own department's first, those that wait for a verdict above all."""

    list_display = ("title", "budget", "department", "area", "amount", "stage")
    list_filter = (OwnFilter, "budget", "state", "department", "area")
    search_fields = ("title", "code")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Project]:
        return office_projects(actor_of(request))

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:  # noqa: ARG002 - Django's signature
        return PROJECT_ORDER

    @admin.display(description=_("cost"), ordering="cost")
    def amount(self, project: Project) -> str:
        return spoken(project.cost, project.budget.currency)

    @admin.display(description=_("state"))
    def stage(self, project: Any) -> str:
        tone = "is-amber" if project.waits == 0 else ""
        return format_html('<span class="due {}">{}</span>', tone, project.get_state_display())

    def get_urls(self) -> list[Any]:
        write = self.admin_site.admin_view(self.write)
        return [
            path("new/<int:budget_pk>/", write, name="budgets_project_new"),
            path("<int:pk>/write/", write, name="budgets_project_write"),
            *super().get_urls(),
        ]

    def write(
        self, request: HttpRequest, budget_pk: int | None = None, pk: int | None = None
    ) -> HttpResponse:
        """Write a project and its cost breakdown, new or again."""
        project = project_for_office(pk) if pk is not None else None
        budget = project.budget if project else budget_by_id(budget_pk or 0)
        if budget is None:
            raise Http404
        actor = actor_of(request)
        refusal = (
            refuse_unless_in_charge(actor, project)
            if project
            else refuse_unless_administrator(actor)
        ) or check_open(budget.state, imported=budget.is_imported)
        if refusal is not None:
            raise PermissionDenied(say(refusal))
        amount = {"cost": typed(project.cost)} if project else {}
        form = ProjectForm(request.POST or None, instance=project, budget=budget, initial=amount)
        start = line_start(list(project.cost_lines.all())) if project else []
        lines = LineForms(request.POST or None, initial=start, prefix="lines")
        stored: list[Project] = []
        if all([form.is_valid(), lines.is_valid()]) and done(
            request,
            form,
            lambda: stored.append(write_project(actor, budget, project, form, lines)),
        ):
            return redirect("admin:budgets_project_change", stored[0].pk)
        title = gettext("Change the project") if project else gettext("New project")
        return self.page(
            request,
            "admin_project_form",
            form=form,
            lines=lines,
            budget=budget,
            project=project,
            title=title,
        )

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",  # noqa: ARG002 - Django's signature
        extra_context: Any = None,  # noqa: ARG002 - Django's signature
    ) -> HttpResponse:
        """One project: what it says, the verdicts, the steps, and what can be done now."""
        project = project_for_office(int(object_id)) if object_id.isdecimal() else None
        if project is None:
            raise Http404
        if not self.has_view_permission(request, project):
            raise PermissionDenied
        act, forms_ = request.POST.get("act", ""), project_acts(request, project)
        if act in forms_ and forms_[act].is_valid():
            form = forms_[act]
            if done(
                request,
                form,
                lambda: PROJECT_ACTS[act](actor_of(request), project, form),
                gettext(PROJECT_DONE[act]),
            ):
                return redirect("admin:budgets_project_change", project.pk)
        actor, budget = actor_of(request), project.budget
        refusal = refuse_unless_in_charge(actor, project)
        is_open = check_open(budget.state, imported=budget.is_imported) is None
        return self.page(
            request,
            "admin_project",
            title=project.title,
            project=project,
            budget=budget,
            forms=forms_,
            refusal=refusal,
            can_write=refusal is None and is_open,
        )


def write_project(
    actor: User, budget: Budget, project: Project | None, form: ProjectForm, lines: Any
) -> Project:
    """Store what the two forms hold."""
    if project is None:
        return create_project(
            actor=actor, budget_id=budget.pk, words=form.words(), lines=lines.lines()
        )
    return change_project(
        actor=actor, project_id=project.pk, words=form.words(), lines=lines.lines()
    )


def project_acts(request: HttpRequest, project: Project) -> dict[str, SafeWords]:
    """The forms for what this member of staff may do with `project` now."""
    if refuse_unless_in_charge(actor_of(request), project) is not None:
        return {}
    act = request.POST.get("act", "")

    def sent(name: str) -> dict[str, Any]:
        return {"data": request.POST if act == name else None, "prefix": name}

    forms_: dict[str, SafeWords] = {}
    if project.budget.state == BudgetState.REVIEWING and not project.budget.is_imported:
        start = {"reviewed_cost": typed(project.cost)}
        forms_["review"] = ReviewForm(**sent("review"), initial=start)
    if refuse_picture(actor_of(request), project) is None:
        files = request.FILES if act == "picture" else None
        forms_["picture"] = PictureForm(**sent("picture"), files=files)
        if project.picture:
            forms_["no_picture"] = SafeWords(**sent("no_picture"))
    if project.state in CHOSEN:
        forms_["plan"] = PlanForm(**sent("plan"))
        if any(step.done_on is None for step in project.milestones.all()):
            today = {"done_on": timezone.localdate()}
            forms_["report"] = ReportForm(**sent("report"), project=project, initial=today)
    return forms_


PROJECT_ACTS: Mapping[str, Callable[[User, Project, Any], object]] = {
    "review": lambda actor, project, form: review_project(
        actor=actor, project_id=project.pk, verdict=form.verdict()
    ),
    "picture": lambda actor, project, form: put_picture(
        actor=actor,
        project_id=project.pk,
        image=form.cleaned_data["image"],
        size=form.cleaned_data["image"].size,
        alt=form.cleaned_data["alt"],
    ),
    "no_picture": lambda actor, project, _form: remove_picture(actor=actor, project_id=project.pk),
    "plan": lambda actor, project, form: plan_milestone(
        actor=actor, project_id=project.pk, **form.cleaned_data
    ),
    "report": lambda actor, _project, form: report_milestone(
        actor=actor, milestone_id=form.cleaned_data["milestone"].pk, report=form.report()
    ),
}
PROJECT_DONE: Mapping[str, str] = {
    "review": mark("The review is recorded. Everybody can read it."),
    "picture": mark("The picture is shown with the project."),
    "no_picture": mark("The picture is taken out."),
    "plan": mark("The step is planned. Everybody can see it and its date."),
    "report": mark("The step is reported. Everybody can read it."),
}
"""What each act did."""
