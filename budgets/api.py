"""Budgets, projects and what came out, as data; nothing here is personal."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django.http import Http404
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import generics, serializers
from rest_framework.pagination import CursorPagination

from budgets.models import (
    Allocation,
    Budget,
    BudgetState,
    CostLine,
    Milestone,
    Project,
    ProjectReview,
    ProjectState,
)
from budgets.selectors.listing import (
    allocations_of,
    project_rows,
    projects_whole,
    public_budgets,
)
from budgets.selectors.results import public_contest_of
from voting.selectors import has_result

if TYPE_CHECKING:
    from django.db.models import QuerySet


class Pages(CursorPagination):
    """Newest first, by number."""

    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100
    ordering = ("-id",)


class BudgetFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    """By area, year and stage."""

    area = django_filters.CharFilter(field_name="area__code")
    state = django_filters.ChoiceFilter(choices=BudgetState.choices)

    class Meta:
        model = Budget
        fields = ("area", "year", "state")


class ProjectFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    """By budget, dong, field, state and department."""

    area = django_filters.CharFilter(field_name="area__code")
    field = django_filters.CharFilter(field_name="field__slug")
    state = django_filters.ChoiceFilter(choices=ProjectState.choices)
    department = django_filters.CharFilter(field_name="department__name")

    class Meta:
        model = Project
        fields = ("budget", "area", "field", "state", "department")


class BudgetSerializer(serializers.ModelSerializer[Budget]):
    """A budget; `rule` is how the money is given out, `contest` its vote once that is public."""

    area = serializers.CharField(source="area.code", read_only=True)
    contest = serializers.SerializerMethodField()
    election_file = serializers.SerializerMethodField()
    rule = serializers.SerializerMethodField()

    class Meta:
        model = Budget
        fields = (
            "id",
            "title",
            "summary",
            "area",
            "year",
            "cap",
            "currency",
            "state",
            "effect",
            "rule",
            "contest",
            "election_file",
            "imported_from",
        )

    def get_contest(self, budget: Budget) -> int | None:
        """The number of the public contest."""
        contest = public_contest_of(budget)
        return contest.pk if contest else None

    def get_election_file(self, budget: Budget) -> str | None:
        """The address of the published election in PaBuLib's format."""
        contest = public_contest_of(budget)
        if contest is None or not has_result(contest):
            return None
        request = self.context["request"]
        return str(request.build_absolute_uri(reverse("budget_export", args=[budget.pk])))

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_rule(self, budget: Budget) -> dict[str, Any]:
        """The allocation rule with its options."""
        return dict(budget.rule)


class ProjectSerializer(serializers.ModelSerializer[Project]):
    """A project as it stands in lists; opinions on it are at `threads/<thread>/comments/`."""

    area = serializers.CharField(source="area.code", read_only=True)
    field = serializers.CharField(source="field.slug", default=None)
    department = serializers.CharField(source="department.name", default=None)
    picture = serializers.ImageField(read_only=True, use_url=True, allow_null=True)

    class Meta:
        model = Project
        fields = (
            "id",
            "budget",
            "code",
            "title",
            "summary",
            "area",
            "field",
            "place",
            "longitude",
            "latitude",
            "proposal",
            "cost",
            "state",
            "department",
            "picture",
            "picture_alt",
            "thread",
        )


class CostLineSerializer(serializers.ModelSerializer[CostLine]):
    """A line of a cost breakdown."""

    class Meta:
        model = CostLine
        fields = ("label", "quantity", "unit", "unit_price")


class ReviewSerializer(serializers.ModelSerializer[ProjectReview]):
    """A department's verdict; who gave it is not named."""

    department = serializers.CharField(source="department.name", read_only=True)

    class Meta:
        model = ProjectReview
        fields = (
            "department",
            "is_eligible",
            "note",
            "reviewed_cost",
            "expected_effect",
            "reviewed_at",
        )


class MilestoneSerializer(serializers.ModelSerializer[Milestone]):
    """A step of a project, planned or done."""

    class Meta:
        model = Milestone
        fields = ("title", "planned_on", "done_on", "note", "spent")


class ProjectDetailSerializer(ProjectSerializer):
    """A project with its costs, reviews and steps."""

    cost_lines = CostLineSerializer(many=True, read_only=True)
    reviews = ReviewSerializer(many=True, read_only=True)
    milestones = MilestoneSerializer(many=True, read_only=True)

    class Meta(ProjectSerializer.Meta):
        fields = (*ProjectSerializer.Meta.fields, "cost_lines", "reviews", "milestones")  # type: ignore[assignment]  # longer


class AllocationSerializer(serializers.ModelSerializer[Allocation]):
    """What the count gave: winners, a reason per project, ties; as in the recount kit."""

    rule = serializers.DictField()
    result = serializers.DictField()

    class Meta:
        model = Allocation
        fields = ("version", "rule", "result", "digest", "computed_at")


class BudgetList(generics.ListAPIView[Budget]):
    """All budgets, newest first."""

    serializer_class = BudgetSerializer
    pagination_class = Pages
    filterset_class = BudgetFilter

    def get_queryset(self) -> QuerySet[Budget]:
        """What the page lists."""
        return public_budgets()


class BudgetDetail(generics.RetrieveAPIView[Budget]):
    """One budget."""

    serializer_class = BudgetSerializer
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Budget]:
        """What the list has."""
        return public_budgets()


class ProjectList(generics.ListAPIView[Project]):
    """Projects of all budgets, newest first."""

    serializer_class = ProjectSerializer
    pagination_class = Pages
    filterset_class = ProjectFilter

    def get_queryset(self) -> QuerySet[Project]:
        """Projects with dong, field and department at hand."""
        return project_rows()


class ProjectDetail(generics.RetrieveAPIView[Project]):
    """One project with its costs, reviews and steps."""

    serializer_class = ProjectDetailSerializer
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Project]:
        """Projects with all that is shown of them."""
        return projects_whole()


class AllocationPages(Pages):
    """The newest version first."""

    ordering = ("-version",)


class AllocationList(generics.ListAPIView[Allocation]):
    """Every allocation of a budget, the newest version first."""

    queryset = Allocation.objects.none()  # tells the schema the model
    serializer_class = AllocationSerializer
    pagination_class = AllocationPages
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Allocation]:
        """Those of the budget in the address; 404 if there is none."""
        found = allocations_of(self.kwargs["pk"])
        if found is None:
            raise Http404
        return found
