"""Proposals, their versions and the office's answers, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import django_filters
from django.db.models import Q
from django.http import Http404
from django.utils.translation import gettext
from drf_spectacular.utils import extend_schema_field
from rest_framework import generics, serializers
from rest_framework.pagination import CursorPagination

from proposals.models import Answer, Progress, Proposal, ProposalState, Revision
from proposals.selectors import author_name, public_answers, search_proposals
from proposals.selectors.distance import measured_from, spot_of
from proposals.selectors.reading import proposal_rows, proposals_whole, revisions_of

if TYPE_CHECKING:
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


class ProposalFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    """By dong, field, stage and words."""

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
    within = django_filters.NumberFilter(
        method="only_near", label="With `near`: at most so many metres away."
    )

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
        return measured_from(spot, cast("ProposalQuerySet", rows))

    def only_near(self, rows: QuerySet[Proposal], _name: str, value: Decimal) -> QuerySet[Proposal]:
        """At most so far from the place that `near` names."""
        if "metres" not in rows.query.annotations:
            raise serializers.ValidationError(
                {"within": [gettext("Please say with “near” from where.")]}
            )
        return rows.filter(Q(("metres__lte", value)))

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


class PictureSerializer(serializers.Serializer[Any]):
    """A picture's address and what it shows."""

    url = serializers.URLField(source="image.url")
    alt = serializers.CharField()


class ProposalDetailSerializer(ProposalSerializer):
    """A proposal with its pictures, answers and progress."""

    pictures = serializers.SerializerMethodField()
    answers = AnswerSerializer(many=True, read_only=True)
    progress = ProgressSerializer(many=True, read_only=True)

    class Meta(ProposalSerializer.Meta):
        fields = (*ProposalSerializer.Meta.fields, "pictures", "answers", "progress")  # type: ignore[assignment] # longer

    @extend_schema_field(PictureSerializer(many=True))
    def get_pictures(self, proposal: Proposal) -> list[dict[str, Any]]:
        """Addresses and descriptions."""
        return [dict(PictureSerializer(each).data) for each in proposal.pictures.all()]


class RevisionSerializer(serializers.ModelSerializer[Revision]):
    """A version of title and text."""

    class Meta:
        model = Revision
        fields = ("number", "title", "body", "note", "at")


class ProposalList(generics.ListAPIView[Proposal]):
    """Public proposals, newest first."""

    serializer_class = ProposalSerializer
    pagination_class = Pages
    filterset_class = ProposalFilter

    def get_queryset(self) -> QuerySet[Proposal]:
        """What the page lists."""
        return proposal_rows()


class ProposalDetail(generics.RetrieveAPIView[Proposal]):
    """One public proposal with its answers and progress."""

    serializer_class = ProposalDetailSerializer
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Proposal]:
        """Proposals with all that is shown of them."""
        return proposals_whole()


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
