"""Contests, their logs and their results as data. Nothing about voters."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import django_filters
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import generics, serializers
from rest_framework.exceptions import NotFound
from rest_framework.pagination import CursorPagination
from rest_framework.response import Response
from rest_framework.views import APIView

from places.selectors import ancestor_codes, area_by_code
from voting.models import (
    Ballot,
    Contest,
    ContestFigures,
    ContestKind,
    ContestState,
    Draw,
    DrawState,
    Publication,
    PublicationFile,
    TreeHead,
    TurnoutPoint,
)
from voting.selectors import PUBLIC_STATES, public_contests
from voting.selectors.draws import draw_document, public_draw, public_draws
from voting.selectors.named import named_ballots
from voting.selectors.pages import (
    check_leaf,
    heads_of,
    public_contest,
    publication_of,
    publications_of,
    shown_result,
    shows_turnout,
    turnout_of,
)
from voting.summaries import summaries_of

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

    from voting.selectors.pages import LeafCheck


class Pages(CursorPagination):
    """Newest first, by number: pages never jump while contests are added."""

    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100
    ordering: tuple[str, ...] = ("-id",)


class HeadPages(Pages):
    """The largest head first."""

    ordering = ("-size",)


class PublicationPages(Pages):
    """The newest version first."""

    ordering = ("-version",)


class FiguresSerializer(serializers.ModelSerializer[ContestFigures]):
    """People who took part so far, by channel; refreshed every few seconds."""

    class Meta:
        model = ContestFigures
        fields = ("web", "paper", "refreshed_at")


class ContestSerializer(serializers.ModelSerializer[Contest]):
    """A contest as it stands in the list."""

    area = serializers.CharField(source="area.code", read_only=True)
    figures = serializers.SerializerMethodField()
    page = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = Contest
        fields: tuple[str, ...] = (
            "id",
            "key",
            "title",
            "summary",
            "effect",
            "area",
            "kind",
            "state",
            "web",
            "paper",
            "opens_at",
            "closes_at",
            "result_on",
            "decided_by",
            "secrecy",
            "config_digest",
            "figures",
            "page",
        )

    @extend_schema_field(FiguresSerializer(allow_null=True))
    def get_figures(self, contest: Contest) -> dict[str, Any] | None:
        """Turnout, unless the contest keeps it back while it is open."""
        if not shows_turnout(contest):
            return None
        return dict(FiguresSerializer(contest.figures).data)


class ContestDetailSerializer(ContestSerializer):
    """A contest with its frozen configuration (options, rule, roll) and its result, if any."""

    config = serializers.SerializerMethodField()
    result = serializers.SerializerMethodField()

    class Meta(ContestSerializer.Meta):
        fields = (*ContestSerializer.Meta.fields, "config", "result")

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_config(self, contest: Contest) -> Any:
        """The frozen configuration; the SHA-256 of its canonical bytes is `config_digest`."""
        return json.loads(contest.config)

    @extend_schema_field(serializers.JSONField(allow_null=True))
    def get_result(self, contest: Contest) -> Any:
        """The result in force, as in `result.json` of the bundle."""
        newest = publication_of(contest)
        return json.loads(newest.result) if newest else None


class HeadSerializer(serializers.ModelSerializer[TreeHead]):
    """A signed head of the log (RFC 6962 root, Ed25519 signature, both in hex)."""

    class Meta:
        model = TreeHead
        fields = ("size", "root", "at", "signature")


class LeafSerializer(serializers.Serializer[Any]):
    """A leaf's place; without a place it waits for at most a minute."""

    leaf = serializers.CharField(source="place.leaf.leaf_hash")
    kind = serializers.CharField(source="place.leaf.kind")
    promise = serializers.CharField(source="place.leaf.signature")
    index = serializers.IntegerField(source="place.index", allow_null=True)
    head = HeadSerializer(source="place.head", allow_null=True)
    proof = serializers.ListField(child=serializers.CharField(), source="place.proof")
    proven = serializers.BooleanField()


class FileSerializer(serializers.ModelSerializer[PublicationFile]):
    """A file of a bundle."""

    url = serializers.SerializerMethodField()

    class Meta:
        model = PublicationFile
        fields = ("name", "size", "sha256", "url")

    def get_url(self, found: PublicationFile) -> str:
        """Where its bytes are."""
        publication = found.publication
        return reverse(
            "contest_bundle_file",
            args=[publication.contest_id, publication.version, found.name],
        )


class PublicationSerializer(serializers.ModelSerializer[Publication]):
    """A published result; corrections add versions, none is ever changed."""

    bundle = serializers.SerializerMethodField()

    class Meta:
        model = Publication
        fields: tuple[str, ...] = ("version", "published_at", "result_digest", "note", "bundle")

    def get_bundle(self, publication: Publication) -> str:
        """Where the whole bundle is, as one ZIP file."""
        return reverse("contest_bundle", args=[publication.contest_id, publication.version])


class SummarySerializer(serializers.Serializer[Any]):
    """A result in one paragraph."""

    ko = serializers.CharField()
    en = serializers.CharField()


class PublicationDetailSerializer(PublicationSerializer):
    """A published result with its figures, files and a paragraph that says it in words."""

    summary = serializers.SerializerMethodField()
    result = serializers.SerializerMethodField()
    reconciliation = serializers.SerializerMethodField()
    stickers = serializers.SerializerMethodField()
    files = FileSerializer(many=True, read_only=True)

    class Meta(PublicationSerializer.Meta):
        fields = (
            *PublicationSerializer.Meta.fields,
            "summary",
            "result",
            "reconciliation",
            "stickers",
            "files",
        )

    @extend_schema_field(SummarySerializer)
    def get_summary(self, publication: Publication) -> dict[str, str]:
        """The result in plain Korean and English, as on its page."""
        shown = shown_result(publication.contest, publication.version)
        return summaries_of(shown) if shown else {}

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_result(self, publication: Publication) -> Any:
        """Votes, winners, ties, quorum."""
        return json.loads(publication.result)

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_reconciliation(self, publication: Publication) -> Any:
        """Roll, web, paper, boxes, channels."""
        return json.loads(publication.reconciliation)

    @extend_schema_field(serializers.JSONField(allow_null=True))
    def get_stickers(self, publication: Publication) -> Any:
        """Stickers on boards, beside the votes and in none of them; null where none are shown."""
        return json.loads(publication.stickers) if publication.stickers else None


class ContestFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    """By state, by kind of ballot, by the area it concerns."""

    state = django_filters.ChoiceFilter(
        choices=[choice for choice in ContestState.choices if choice[0] in set(PUBLIC_STATES)]
    )
    kind = django_filters.ChoiceFilter(choices=ContestKind.choices)
    area = django_filters.CharFilter(
        method="filter_area", label="Code of an area: its contests and those of the areas above"
    )

    class Meta:
        model = Contest
        fields = ("state", "kind", "area")

    def filter_area(self, contests: QuerySet[Contest], _name: str, code: str) -> QuerySet[Contest]:
        """Contests of the area with `code` and of all areas above it."""
        area = area_by_code(code)
        return contests.filter(area__code__in=ancestor_codes(area)) if area else contests.none()


def known(pk: int) -> Contest:
    """The contest with this number, or 404."""
    contest = public_contest(pk)
    if contest is None:
        raise NotFound
    return contest


@extend_schema(summary="Contests", tags=["votes"])
class ContestList(generics.ListAPIView[Contest]):
    """Every contest that is public, newest first."""

    serializer_class = ContestSerializer
    pagination_class = Pages
    filterset_class = ContestFilter

    def get_queryset(self) -> QuerySet[Contest]:
        """Contests with area and figures at hand."""
        return public_contests()


@extend_schema(summary="One contest", tags=["votes"])
class ContestDetail(generics.RetrieveAPIView[Contest]):
    """A contest with its frozen rules and options, and its result once published."""

    serializer_class = ContestDetailSerializer
    queryset = Contest.objects.none()

    def get_object(self) -> Contest:
        """The contest if it is public; else 404."""
        return known(self.kwargs["pk"])


@extend_schema(summary="Signed heads of a contest's log", tags=["votes"])
class HeadList(generics.ListAPIView[TreeHead]):
    """Every signed head, largest first; each extends the one before."""

    serializer_class = HeadSerializer
    pagination_class = HeadPages
    queryset = TreeHead.objects.none()

    def get_queryset(self) -> QuerySet[TreeHead]:
        """The heads of one public contest."""
        return heads_of(known(self.kwargs["pk"]))


class LeafDetail(APIView):
    """Whether a receipt's leaf is in the log, with the proof."""

    @extend_schema(
        summary="A leaf of a contest's log by its hash", tags=["votes"], responses=LeafSerializer
    )
    def get(self, _request: Request, pk: int, leaf: str) -> Response:
        """Answer with place and inclusion proof under the newest head; 404 for an unknown leaf."""
        found: LeafCheck | None = check_leaf(known(pk), leaf.lower())
        if found is None:
            raise NotFound
        return Response(LeafSerializer(found).data)


@extend_schema(summary="Published results of a contest", tags=["votes"])
class PublicationList(generics.ListAPIView[Publication]):
    """Every version of the result, newest first."""

    serializer_class = PublicationSerializer
    pagination_class = PublicationPages
    queryset = Publication.objects.none()

    def get_queryset(self) -> QuerySet[Publication]:
        """The publications of one public contest, without their long texts."""
        return publications_of(known(self.kwargs["pk"]))


@extend_schema(summary="One published result with its files", tags=["votes"])
class PublicationDetail(generics.RetrieveAPIView[Publication]):
    """A version of the result: figures, reconciliation, files of the bundle."""

    serializer_class = PublicationDetailSerializer
    queryset = Publication.objects.none()

    def get_object(self) -> Publication:
        """The version asked for, or 404."""
        found = publication_of(known(self.kwargs["pk"]), self.kwargs["version"])
        if found is None:
            raise NotFound
        return found


class NamedBallotPages(Pages):
    """By name."""

    ordering = ("named", "id")


class NamedBallotSerializer(serializers.ModelSerializer[Ballot]):
    """A ballot of an open vote: the name shown, and the marks as `ballots.jsonl` writes them."""

    name = serializers.CharField(source="named")
    marks = serializers.SerializerMethodField()

    class Meta:
        model = Ballot
        fields = ("name", "marks")

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_marks(self, ballot: Ballot) -> Any:
        """The marks as plain data."""
        return json.loads(ballot.marks)


@extend_schema(summary="Who voted how in an open vote", tags=["votes"])
class NamedBallotList(generics.ListAPIView[Ballot]):
    """Ballots on the web of a vote that is open by its rules, once it has a result; else 404."""

    serializer_class = NamedBallotSerializer
    pagination_class = NamedBallotPages
    queryset = Ballot.objects.none()
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Ballot]:
        """Those that carry a name."""
        found = named_ballots(known(self.kwargs["pk"]))
        if found is None:
            raise NotFound
        return found


class TurnoutPages(Pages):
    """Hour by hour."""

    ordering = ("hour",)


class TurnoutSerializer(serializers.ModelSerializer[TurnoutPoint]):
    """People who took part until the end of an hour, by channel."""

    class Meta:
        model = TurnoutPoint
        fields = ("hour", "web", "paper")


@extend_schema(summary="Turnout of a contest, hour by hour", tags=["votes"])
class TurnoutList(generics.ListAPIView[TurnoutPoint]):
    """Cumulative turnout; empty while a contest keeps its turnout back until the close."""

    serializer_class = TurnoutSerializer
    pagination_class = TurnoutPages
    queryset = TurnoutPoint.objects.none()
    filter_backends = ()

    def get_queryset(self) -> QuerySet[TurnoutPoint]:
        """The hours of one public contest."""
        return turnout_of(known(self.kwargs["pk"]))


class DrawSerializer(serializers.ModelSerializer[Draw]):
    """A draw by lot as it stands in the list."""

    area = serializers.CharField(source="area.code", read_only=True)
    page = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = Draw
        fields: tuple[str, ...] = (
            "id",
            "key",
            "title",
            "effect",
            "area",
            "state",
            "seats",
            "reserves",
            "draws_at",
            "place",
            "drawn_at",
            "page",
        )


class DrawDetailSerializer(DrawSerializer):
    """A draw with the document that repeats it."""

    document = serializers.SerializerMethodField()

    class Meta(DrawSerializer.Meta):
        fields = (*DrawSerializer.Meta.fields, "document")

    @extend_schema_field(OpenApiTypes.OBJECT)
    def get_document(self, draw: Draw) -> Any:
        """List, rules, commitment, and once drawn secret, numbers and outcome."""
        return draw_document(draw)


class DrawFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    """By the code of the area, and by whether it is drawn."""

    area = django_filters.CharFilter(field_name="area__code")
    state = django_filters.ChoiceFilter(
        choices=[choice for choice in DrawState.choices if choice[0] != DrawState.DRAFT]
    )

    class Meta:
        model = Draw
        fields = ("area", "state")


@extend_schema(summary="Draws by lot", tags=["votes"])
class DrawList(generics.ListAPIView[Draw]):
    """Every draw whose list is published, newest first."""

    serializer_class = DrawSerializer
    pagination_class = Pages
    filterset_class = DrawFilter

    def get_queryset(self) -> QuerySet[Draw]:
        """The same draws as on the page."""
        return public_draws()


@extend_schema(summary="One draw by lot", tags=["votes"])
class DrawDetail(generics.RetrieveAPIView[Draw]):
    """A draw with all that repeats it."""

    serializer_class = DrawDetailSerializer
    queryset = Draw.objects.none()

    def get_object(self) -> Draw:
        """The draw if its list is published; else 404."""
        found = public_draw(self.kwargs["pk"])
        if found is None:
            raise NotFound
        return found
