"""Proposals, their versions and the office's answers, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import django_filters
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.pagination import CursorPagination
from rest_framework.response import Response
from rest_framework.views import APIView

from proceedings.refusals import Refused
from proposals.lifecycle import State, promised_day
from proposals.models import (
    Answer,
    Progress,
    Proposal,
    ProposalState,
    Revision,
    StateChange,
    SupportPreset,
)
from proposals.selectors import (
    author_name,
    department_figures,
    proposal_by_id,
    public_answers,
    search_proposals,
    support_state,
)
from proposals.selectors.distance import MANY, Spot, ever_wider, measured_from, spot_of, within
from proposals.selectors.reading import (
    proposal_rows,
    proposals_whole,
    revisions_of,
    support_presets,
)
from proposals.services import support_proposal, withdraw_support
from proposals.services.supporting import ALREADY_SUPPORTED
from residents.models import Department
from residents.permissions import account_of
from residents.selectors import departments_in_use

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from decimal import Decimal

    from django.db.models import QuerySet
    from rest_framework.request import Request

    from proposals.models import ProposalQuerySet


class Pages(CursorPagination):
    """Newest first, by number: pages never jump while people write. With `near`, nearest first."""

    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100
    ordering = ("-id",)

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: Any) -> tuple[str, ...]:
        """By distance where there is one."""
        is_near = "metres" in queryset.query.annotations
        return ("metres", "id") if is_near else super().get_ordering(request, queryset, view)

    def paginate_queryset(
        self, queryset: QuerySet[Any] | Sequence[Any], request: Request, view: Any = None
    ) -> list[Any] | None:
        """A page; the nearest of many are looked for in ever wider circles."""
        page: list[Any] | None = None
        for circle in self.circles(cast("QuerySet[Any]", queryset), request):
            page = super().paginate_queryset(circle, request, view)
            if self.has_next or (self.cursor is not None and self.cursor.reverse):
                break
        return page

    def circles(self, rows: QuerySet[Any], request: Request) -> Iterable[QuerySet[Any]]:
        """Where to look for a page."""
        if "metres" not in rows.query.annotations or rows[: MANY + 1].count() <= MANY:
            return [rows]
        spot = spot_of(request.query_params.get("near", "")[:60])
        cursor = self.decode_cursor(request)
        begins = str(cursor.position or 0) if cursor is not None else "0"
        beyond = int(begins) if begins.isdecimal() else 0
        return ever_wider(spot, cast("ProposalQuerySet", rows), beyond) if spot else [rows]


class ProposalFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    """By dong, field, stage, words, and whether the answer is late."""

    area = django_filters.CharFilter(field_name="area__code")
    field = django_filters.CharFilter(field_name="field__slug")
    state = django_filters.ChoiceFilter(
        choices=[choice for choice in ProposalState.choices if choice[0] != ProposalState.DRAFT]
    )
    q = django_filters.CharFilter(method="by_words", label="search words")
    near = django_filters.CharFilter(
        method="by_distance",
        label=(
            "The nearest first, from “latitude,longitude” (three decimals are used) or a centre's "
            "code; only proposals that name their point, each with `metres`."
        ),
    )
    is_overdue = django_filters.BooleanFilter(
        method="by_lateness", label="Whether the promised day of the answer has gone by."
    )
    within = django_filters.NumberFilter(
        method="only_near", label="With `near`: at most so many metres away."
    )

    spot: Spot | None = None
    """What `near` names, once it is read."""

    class Meta:
        model = Proposal
        fields = ("area", "field", "state")

    def by_distance(self, rows: QuerySet[Proposal], _name: str, value: str) -> QuerySet[Proposal]:
        """With how far each is; a place that is none is said."""
        spot = spot_of(value[:60])
        if spot is None:
            raise serializers.ValidationError(
                {"near": [gettext("This is neither “latitude,longitude” nor a centre's code.")]}
            )
        self.spot = spot
        return measured_from(spot, cast("ProposalQuerySet", rows))

    def only_near(self, rows: QuerySet[Proposal], _name: str, value: Decimal) -> QuerySet[Proposal]:
        """At most so far from the place that `near` names."""
        if self.spot is None:
            raise serializers.ValidationError(
                {"within": [gettext("Please say with “near” from where.")]}
            )
        return within(int(value), self.spot, cast("ProposalQuerySet", rows))

    def by_lateness(self, rows: QuerySet[Proposal], _name: str, value: bool) -> QuerySet[Proposal]:  # noqa: FBT001 - django-filter calls it so
        """As the page of answers and deadlines lists them, or all others."""
        late = cast("ProposalQuerySet", rows).overdue(timezone.localdate())
        return late if value else rows.exclude(pk__in=late.values("pk"))

    def by_words(self, rows: QuerySet[Proposal], _name: str, value: str) -> QuerySet[Proposal]:
        """As the page searches: with other particles and spaces too."""
        return rows.filter(pk__in=search_proposals(value[:100]).values("pk"))


class AnswerSerializer(serializers.ModelSerializer[Answer]):
    """An official answer; the official who signed is not named."""

    department = serializers.CharField(source="department.name", read_only=True)
    transferred_to = serializers.CharField(source="transferred_to.name", default=None)

    class Meta:
        model = Answer
        fields = (
            "id",
            "proposal",
            "kind",
            "reason",
            "department",
            "transferred_to",
            "next_step",
            "next_date",
            "cost",
            "contact",
            "published_at",
        )


class ProgressSerializer(serializers.ModelSerializer[Progress]):
    """A report on the way from decision to done."""

    department = serializers.CharField(source="department.name", read_only=True)

    class Meta:
        model = Progress
        fields = ("title", "body", "percent", "is_done", "happened_on", "department")


class ProposalSerializer(serializers.ModelSerializer[Proposal]):
    """A proposal as it stands in lists; counts are a few seconds old."""

    author = serializers.SerializerMethodField()
    area = serializers.CharField(source="area.code", read_only=True)
    field = serializers.CharField(source="field.slug", read_only=True)
    department = serializers.CharField(source="department.name", default=None)
    centre = serializers.CharField(source="centre.code", default=None)
    supports = serializers.IntegerField(source="figures.supports", default=0)
    comments = serializers.IntegerField(source="figures.comments", default=0)
    metres = serializers.IntegerField(default=None, read_only=True, allow_null=True)
    answer_due_on = serializers.SerializerMethodField()

    class Meta:
        model = Proposal
        fields = (
            "id",
            "title",
            "body",
            "author",
            "centre",
            "area",
            "field",
            "place",
            "longitude",
            "latitude",
            "metres",
            "state",
            "supports",
            "threshold",
            "comments",
            "published_at",
            "closes_at",
            "reached_at",
            "department",
            "answer_due_on",
            "merged_into",
            "thread",
        )

    def get_author(self, proposal: Proposal) -> str:
        """The masked name."""
        return author_name(proposal)

    @extend_schema_field(serializers.DateField(allow_null=True))
    def get_answer_due_on(self, proposal: Proposal) -> date | None:
        """The day by which the answer is promised; null too while the clock stands for a repair."""
        return promised_day(State(proposal.state), proposal.answer_due_on)


class PictureSerializer(serializers.Serializer[Any]):
    """A picture's address and what it shows."""

    url = serializers.URLField(source="image.url")
    alt = serializers.CharField()


class StepSerializer(serializers.ModelSerializer[StateChange]):
    """A step in a proposal's life; who took it is not named."""

    class Meta:
        model = StateChange
        fields = ("from_state", "to_state", "reason", "at")


class ProposalDetailSerializer(ProposalSerializer):
    """A proposal with its pictures, answers, progress and history."""

    pictures = serializers.SerializerMethodField()
    answers = AnswerSerializer(many=True, read_only=True)
    progress = ProgressSerializer(many=True, read_only=True)
    history = StepSerializer(source="changes", many=True, read_only=True)

    class Meta(ProposalSerializer.Meta):
        fields = (*ProposalSerializer.Meta.fields, "pictures", "answers", "progress", "history")  # type: ignore[assignment] # longer

    @extend_schema_field(PictureSerializer(many=True))
    def get_pictures(self, proposal: Proposal) -> list[dict[str, Any]]:
        """Addresses and descriptions."""
        return [dict(PictureSerializer(each).data) for each in proposal.pictures.all()]


class RevisionSerializer(serializers.ModelSerializer[Revision]):
    """A version of title, text, point on the map and dong."""

    area = serializers.CharField(source="area.code", default=None, read_only=True)

    class Meta:
        model = Revision
        fields = ("number", "title", "body", "longitude", "latitude", "area", "note", "at")


class ProposalList(generics.ListAPIView[Proposal]):
    """Public proposals, newest first."""

    serializer_class = ProposalSerializer
    pagination_class = Pages
    filterset_class = ProposalFilter

    def get_queryset(self) -> QuerySet[Proposal]:
        """What the page lists."""
        return proposal_rows()


class ProposalDetail(generics.RetrieveAPIView[Proposal]):
    """One public proposal with its answers, progress and history."""

    serializer_class = ProposalDetailSerializer
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Proposal]:
        """Proposals with all that is shown of them."""
        return proposals_whole()


class SupportView(APIView):
    """The caller's own support of a public proposal; asking twice changes nothing more."""

    @extend_schema(summary="Support a proposal", request=None, responses=ProposalSerializer)
    def put(self, request: Request, pk: int) -> Response:
        """Count the caller's support; answers with the proposal and the sum at once."""
        actor = account_of(request.user)
        get_object_or_404(proposal_rows(), pk=pk)
        try:
            supports = support_proposal(actor=actor, proposal_id=pk).supports
        except Refused as refused:
            known = proposal_by_id(pk, actor)
            if refused.refusal.code != ALREADY_SUPPORTED or known is None:
                raise
            supports = support_state(known).count
        return self.answer(pk, supports)

    @extend_schema(summary="Take a support back", request=None, responses={200: ProposalSerializer})
    def delete(self, request: Request, pk: int) -> Response:
        """Take the caller's support back while that is possible; answers as PUT does."""
        actor = account_of(request.user)
        get_object_or_404(proposal_rows(), pk=pk)
        return self.answer(pk, withdraw_support(actor=actor, proposal_id=pk).supports)

    def answer(self, pk: int, supports: int) -> Response:
        """The proposal as it stands now, with the sum just counted."""
        data = ProposalSerializer(get_object_or_404(proposal_rows(), pk=pk)).data
        return Response({**data, "supports": supports})


class RevisionPages(Pages):
    """The first version first."""

    ordering = ("number",)


class RevisionList(generics.ListAPIView[Revision]):
    """All versions of a public proposal, the first one first."""

    queryset = Revision.objects.none()  # tells the schema the model
    serializer_class = RevisionSerializer
    pagination_class = RevisionPages
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Revision]:
        """The versions of the proposal in the address; 404 if there is none."""
        found = revisions_of(self.kwargs["pk"])
        if found is None:
            raise Http404
        return found


class AnswerFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    """By decision and department."""

    department = django_filters.CharFilter(field_name="department__name")

    class Meta:
        model = Answer
        fields = ("kind", "proposal")


class AnswerList(generics.ListAPIView[Answer]):
    """Official answers, newest first."""

    serializer_class = AnswerSerializer
    pagination_class = Pages
    filterset_class = AnswerFilter

    def get_queryset(self) -> QuerySet[Answer]:
        """Answers to public proposals."""
        return public_answers()


class DepartmentSerializer(serializers.ModelSerializer[Department]):
    """A department and how to reach it."""

    class Meta:
        model = Department
        fields = ("name", "english_name", "phone")


class DepartmentPages(Pages):
    """Departments by name."""

    ordering = ("name",)


@extend_schema(summary="Departments")
class DepartmentList(generics.ListAPIView[Department]):
    """Departments in use that review and answer, by name."""

    serializer_class = DepartmentSerializer
    pagination_class = DepartmentPages
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Department]:
        """Those that an official can choose."""
        return departments_in_use()


class DepartmentFiguresSerializer(serializers.Serializer[Any]):
    """How a department keeps its word, in proposals."""

    department = serializers.CharField(
        source="name", help_text="Empty for those that wait until a department is named"
    )
    waiting = serializers.IntegerField(help_text="Whose answer is due")
    overdue = serializers.IntegerField(help_text="Of these, whose promised day has gone by")
    answered = serializers.IntegerField(help_text="Decided")
    adopted = serializers.IntegerField(help_text="Of these, adopted in whole or in part")
    done = serializers.IntegerField(help_text="Carried out")


class PromisesSerializer(serializers.Serializer[Any]):
    """How the office keeps its word."""

    departments = DepartmentFiguresSerializer(many=True)


class DepartmentFiguresView(APIView):
    """The figures of the page of answers and deadlines, as fresh as there."""

    @extend_schema(summary="How departments keep their word", responses=PromisesSerializer)
    def get(self, _request: Request) -> Response:
        """Every department in use, by name."""
        return Response(PromisesSerializer({"departments": department_figures()}).data)


class PresetSerializer(serializers.ModelSerializer[SupportPreset]):
    """How many supports in how many days carry a proposal on."""

    class Meta:
        model = SupportPreset
        fields = (
            "name",
            "threshold",
            "days",
            "debate_days",
            "answer_months",
            "editable_until",
            "is_default",
        )


@extend_schema(summary="Rules of support")
class PresetList(generics.ListAPIView[SupportPreset]):
    """The rules of support; a new proposal takes those of the default one and keeps them."""

    serializer_class = PresetSerializer
    pagination_class = Pages
    filter_backends = ()

    def get_queryset(self) -> QuerySet[SupportPreset]:
        """The rules as the office set them."""
        return support_presets()
