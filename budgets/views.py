"""Pages of budgets: read by everybody, without an account."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from budgets.forms import BudgetFilterForm, ProjectFilterForm
from budgets.selectors.listing import BudgetQuery
from budgets.selectors.listing import budget_list as listed_budgets
from budgets.selectors.projects import project_by_id, project_page
from budgets.selectors.reading import BudgetPage, ProjectQuery, budget_by_id, budget_page
from budgets.selectors.results import published_file
from budgets.selectors.words import local_name
from debates.selectors import thread_page, thread_query
from places.selectors import MapArea

if TYPE_CHECKING:
    from django.http import HttpRequest

    from budgets.models import Budget


@require_safe
def budget_list(request: HttpRequest) -> HttpResponse:
    """All budgets, the newest year first."""
    query = BudgetQuery.read(request.GET)
    form = BudgetFilterForm(vars(query))
    chips = [
        {"label": dict(form.fields[name].choices)[value], "remove_url": query.url(**{name: ""})}  # type: ignore[attr-defined]  # choice fields
        for name in form.fields
        if (value := getattr(query, name)) and value in dict(form.fields[name].choices)  # type: ignore[attr-defined]  # the same
    ]
    context = {
        "page": listed_budgets(query),
        "form": form,
        "chips": chips,
        "clear_url": reverse("budgets") if chips else "",
        "crumbs": [(_("Budget"), "")],
    }
    return render(request, "budgets/budget_list.html", context)


def _budget(pk: int) -> Budget:
    """A budget. Raises Http404."""
    found = budget_by_id(pk)
    if found is None:
        raise Http404
    return found


@require_safe
def budget_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One budget with its projects, its vote, its result and what is being done."""
    budget, query = _budget(pk), ProjectQuery.read(request.GET)
    page = budget_page(budget, query)
    context = {
        "page": page,
        "budget": budget,
        "crumbs": [(_("Budget"), reverse("budgets")), (budget.title, "")],
        **_projects(page, query),
    }
    return render(request, "budgets/budget_detail.html", context)


def _projects(page: BudgetPage, query: ProjectQuery) -> dict[str, Any]:
    """Filters, chips, orders and the map of a budget's projects."""
    budget, form = page.budget, ProjectFilterForm(vars(query), page=page)
    chips = [
        {
            "label": dict(form.fields[name].choices)[value],  # type: ignore[attr-defined]  # choice fields
            "remove_url": query.url(budget, **{name: ""}),
        }
        for name in form.fields
        if (value := getattr(query, name)) and value in dict(form.fields[name].choices)  # type: ignore[attr-defined]  # the same
    ]
    orders = [
        ("order", _("By result") if page.result else _("By number")),
        ("cheap", _("Lowest cost")),
        ("dear", _("Highest cost")),
    ]
    if len(page.areas) > 1:
        orders.append(("dong", _("By dong")))
    return {
        "form": form if form.fields else None,
        "chips": chips,
        "clear_url": query.url(budget, area="", field="", result="") if chips else "",
        "kept": [("sort", query.sort)] if query.sort != "order" else [],
        "sorts": [
            {"label": label, "url": query.url(budget, sort=name), "current": query.sort == name}
            for name, label in orders
        ],
        "every_url": query.url(budget, every="1") if page.found > len(page.rows) else "",
        "map_areas": [
            MapArea(
                key=area.code,
                label=local_name(area),
                value=count,
                url=query.url(budget, area=area.code) if count else "",
                geometry=area.shape or {},
            )
            for area, count in page.dongs
        ],
    }


@require_safe
def project_detail(request: HttpRequest, budget_pk: int, pk: int) -> HttpResponse:
    """One project: text, cost, review, result and execution."""
    project = project_by_id(budget_pk, pk, request.user)
    if project is None:
        raise Http404
    context = {
        "page": project_page(project),
        "project": project,
        "budget": project.budget,
        "thread_page": thread_page(
            project.thread,
            **thread_query(request.GET),
            user=request.user,
            follows=getattr(project, "is_followed", None),
        )
        if project.thread
        else None,
        "crumbs": [
            (_("Budget"), reverse("budgets")),
            (project.budget.title, project.budget.get_absolute_url()),
            (project.title, ""),
        ],
    }
    return render(request, "budgets/project_detail.html", context)


@require_safe
def budget_export(request: HttpRequest, pk: int) -> HttpResponse:  # noqa: ARG001 - Django's signature
    """The published election as a PaBuLib file, byte for byte as in the recount kit."""
    stored = published_file(_budget(pk))
    if stored is None:
        raise Http404
    answer = HttpResponse(bytes(stored.content), content_type="text/plain; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="budget-{pk}.pb"'
    answer["ETag"] = f'"{stored.sha256}"'
    return answer
