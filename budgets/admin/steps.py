"""The steps of projects in the office: what is planned, late or done."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from budgets.admin.frame import OfficePages, actor_of, spoken
from budgets.models import Milestone
from budgets.selectors.queues import STEP_ORDER, office_steps
from hangul.formats import day, dday

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

AMBER_DAYS = 3
"""A step that is planned for so few days from now turns amber; a late one is red."""


@admin.register(Milestone)
class MilestoneAdmin(OfficePages):
    """Every step: what is late is red; a click leads to its project."""

    list_display = ("step", "due", "department", "done_on", "money_spent")
    list_display_links = None
    list_filter = (
        ("done_on", admin.EmptyFieldListFilter),
        "project__department",
        "project__budget",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Milestone]:
        return office_steps(actor_of(request))

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:  # noqa: ARG002 - Django's signature
        return STEP_ORDER

    @admin.display(description=_("step"))
    def step(self, milestone: Milestone) -> str:
        url = reverse("admin:budgets_project_change", args=[milestone.project_id])
        return format_html('<a href="{}">{}</a> · {}', url, milestone.project, milestone.title)

    @admin.display(description=_("planned for"))
    def due(self, milestone: Milestone) -> str:
        today, language = timezone.localdate(), get_language() or "ko"
        words = day(milestone.planned_on, language)
        if milestone.done_on is not None:
            return words
        left = (milestone.planned_on - today).days
        tone = "is-red" if left < 0 else "is-amber" if left <= AMBER_DAYS else ""
        return format_html(
            '<span class="due {}">{} <b>{}</b></span>',
            tone,
            words,
            dday(milestone.planned_on, today, language),
        )

    @admin.display(description=_("department"))
    def department(self, milestone: Milestone) -> str:
        return str(milestone.project.department or "–")

    @admin.display(description=_("spent"))
    def money_spent(self, milestone: Milestone) -> str:
        return spoken(milestone.spent, milestone.project.budget.currency)
