"""Debates and what is said in conversations, as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field, extend_schema_view
from rest_framework import generics, serializers, status
from rest_framework.pagination import CursorPagination
from rest_framework.response import Response
from rest_framework.views import APIView

from debates.forms import OPINION_LENGTH, REACTIONS, CommentForm
from debates.models import Comment, CommentState, Debate, HouseRule, Position, Thread
from debates.moderation import is_open
from debates.opinion import Liking
from debates.selectors import (
    author_name,
    comment_with_thread,
    comments_of,
    debate_author,
    debates_on_show,
    house_rules,
    moderation_figures,
    opinion_map,
    public_thread,
    still_open,
    threads_with_subject,
)
from debates.services import post_comment, react_to_comment
from residents.permissions import account_of

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from rest_framework.request import Request

    from debates.selectors import ModerationFigures
    from debates.selectors.maps import OpinionMap


class Pages(CursorPagination):
    """Newest first, by number: pages never jump while people write."""

    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100
    ordering = ("-id",)


class ConversationFiguresSerializer(serializers.Serializer[Any]):
    """Counts of a conversation, refreshed every few seconds."""

    opinions = serializers.IntegerField(source="comments")
    people = serializers.IntegerField(help_text="Who said something or rated an opinion")
    agree = serializers.IntegerField(source="in_favour")
    neutral = serializers.IntegerField()
    against = serializers.IntegerField()


class DebateSerializer(serializers.ModelSerializer[Debate]):
    """A debate with its counts; its opinions are at `threads/<thread>/comments/`."""

    author = serializers.SerializerMethodField()
    area = serializers.CharField(source="area.code", read_only=True)
    field = serializers.CharField(source="field.slug", read_only=True)
    is_open = serializers.SerializerMethodField()
    figures = ConversationFiguresSerializer(source="thread.figures", default=None, read_only=True)

    class Meta:
        model = Debate
        fields = (
            "id",
            "title",
            "body",
            "author",
            "asked_by_office",
            "area",
            "field",
            "thread",
            "created_at",
            "closes_at",
            "is_open",
            "summary",
            "figures",
        )

    def get_author(self, debate: Debate) -> str:
        """The masked name, or the office."""
        return debate_author(debate)

    def get_is_open(self, debate: Debate) -> bool:
        """Whether it takes opinions now."""
        return is_open(debate.thread.closed_at, timezone.now())


class DebateFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    """By dong, field, the office's own, and whether it is open."""

    area = django_filters.CharFilter(field_name="area__code")
    field = django_filters.CharFilter(field_name="field__slug")
    is_open = django_filters.BooleanFilter(method="by_standing")

    class Meta:
        model = Debate
        fields = ("area", "field", "asked_by_office")

    def by_standing(self, debates: QuerySet[Debate], _name: str, value: bool) -> QuerySet[Debate]:  # noqa: FBT001 - django-filter calls it so
        """Open or closed at this moment."""
        return debates.filter(still_open()) if value else debates.exclude(still_open())


class DotSerializer(serializers.Serializer[Any]):
    """An opinion on the map: which share of either side that rated it found it useful."""

    opinion = serializers.IntegerField(
        source="pk", help_text="Its number at `threads/<thread>/comments/`"
    )
    page = serializers.CharField(source="url")
    words = serializers.CharField(help_text="Its first words")
    share_for = serializers.IntegerField(help_text="Per cent of those in favour, in steps of 5")
    share_against = serializers.IntegerField(help_text="Per cent of those against, in steps of 5")
    liking = serializers.ChoiceField(
        choices=[one.value for one in Liking], help_text="Which side finds it useful"
    )


class MapSerializer(serializers.Serializer[Any]):
    """The map of opinions of a debate: those that enough people of both sides rated, 60 at most."""

    least = serializers.IntegerField(
        help_text="How many people of each side rated every opinion that is shown"
    )
    opinions = DotSerializer(source="dots", many=True)
    agreed = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.IntegerField()))
    def get_agreed(self, found: OpinionMap) -> list[int]:
        """Up to three opinions that both sides find useful, best first."""
        return [dot.pk for dot in found.agreed]


class ThreadSerializer(serializers.ModelSerializer[Thread]):
    """A conversation under a subject; what is said in it is at `threads/<id>/comments/`."""

    title = serializers.CharField(source="subject_title", read_only=True)
    url = serializers.CharField(source="subject_url", read_only=True)
    is_open = serializers.SerializerMethodField()
    figures = ConversationFiguresSerializer(default=None, read_only=True)

    class Meta:
        model = Thread
        fields = ("id", "subject", "title", "url", "asks_position", "is_open", "figures")

    def get_is_open(self, thread: Thread) -> bool:
        """Whether it takes opinions now."""
        return is_open(thread.closed_at, timezone.now())


class ThreadFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    """By the subject's name in the record, such as `voting.contest:12`."""

    class Meta:
        model = Thread
        fields = ("subject",)


class CommentSerializer(serializers.ModelSerializer[Comment]):
    """An opinion or a reply; the words of what is hidden or withdrawn are null."""

    author = serializers.SerializerMethodField()
    body = serializers.SerializerMethodField()
    centre = serializers.CharField(source="centre.code", default=None, read_only=True)
    useful = serializers.IntegerField(read_only=True)
    not_useful = serializers.IntegerField(read_only=True)
    replies = serializers.IntegerField(source="reply_count", read_only=True)

    class Meta:
        model = Comment
        fields = (
            "id",
            "thread",
            "parent",
            "position",
            "author",
            "body",
            "state",
            "centre",
            "created_at",
            "useful",
            "not_useful",
            "replies",
        )

    @extend_schema_field(OpenApiTypes.STR)
    def get_author(self, comment: Comment) -> str | None:
        """The masked name; null for what is not shown."""
        return author_name(comment) if comment.state == CommentState.VISIBLE else None

    @extend_schema_field(OpenApiTypes.STR)
    def get_body(self, comment: Comment) -> str | None:
        """The words; null for what is hidden or withdrawn."""
        return comment.body if comment.state == CommentState.VISIBLE else None


class SayingSerializer(serializers.Serializer[Any]):
    """An opinion or a reply to be posted."""

    body = serializers.CharField(
        max_length=OPINION_LENGTH, allow_blank=True, help_text="Up to 1,000 characters"
    )
    position = serializers.ChoiceField(
        choices=Position.choices,
        required=False,
        help_text="Needed where the conversation asks for it; a reply stands on no side",
    )
    parent = serializers.IntegerField(  # type: ignore[assignment]  # a declared field is no attribute
        required=False, allow_null=True, help_text="The opinion replied to"
    )
    contacts_meant = serializers.BooleanField(
        required=False,
        help_text="True if everybody may see the phone number or e-mail address in it",
    )


class RatingSerializer(serializers.Serializer[Any]):
    """What the caller finds of an opinion."""

    value = serializers.ChoiceField(choices=list(REACTIONS), help_text="`none` takes it back")


class CommentFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    """By position, and opinions apart from replies."""

    position = django_filters.ChoiceFilter(choices=Position.choices)
    is_reply = django_filters.BooleanFilter(field_name="parent", lookup_expr="isnull", exclude=True)
    parent = django_filters.NumberFilter(field_name="parent_id")

    class Meta:
        model = Comment
        fields = ("position", "parent")


@extend_schema(summary="Debates", tags=["debates"])
class DebateListView(generics.ListAPIView[Debate]):
    """Every debate that is not hidden, newest first."""

    serializer_class = DebateSerializer
    pagination_class = Pages
    filterset_class = DebateFilter

    def get_queryset(self) -> QuerySet[Debate]:
        """The same debates as on the page."""
        return debates_on_show()


@extend_schema(summary="One debate", tags=["debates"])
class DebateView(generics.RetrieveAPIView[Debate]):
    """A debate that is not hidden."""

    serializer_class = DebateSerializer

    def get_queryset(self) -> QuerySet[Debate]:
        """The same debates as in the list."""
        return debates_on_show()


def readable(pk: int) -> Thread:
    """A conversation that everybody may read. Raises Http404, also where its debate is hidden."""
    thread = public_thread(pk)
    if thread is None:
        raise Http404
    return thread


class DebateMapView(APIView):
    """Where the two sides of a debate agree."""

    @extend_schema(
        summary="Opinions that both sides of a debate rated",
        tags=["debates"],
        responses=MapSerializer,
    )
    def get(self, _request: Request, pk: int) -> Response:
        """The same map as on the page; 404 where the debate is hidden or asks for no side."""
        debate = debates_on_show().filter(pk=pk, thread__asks_position=True).first()
        if debate is None:
            raise Http404
        return Response(MapSerializer(opinion_map(debate.thread)).data)


@extend_schema(summary="Conversations about votes", tags=["debates"])
class ThreadListView(generics.ListAPIView[Thread]):
    """Conversations found by their subject; debates, proposals and projects name theirs."""

    serializer_class = ThreadSerializer
    pagination_class = Pages
    filterset_class = ThreadFilter

    def get_queryset(self) -> QuerySet[Thread]:
        """Conversations that name their subject."""
        return threads_with_subject()


@extend_schema_view(get=extend_schema(summary="What is said in a conversation", tags=["debates"]))
class CommentListView(generics.ListAPIView[Comment]):
    """Opinions and replies of one conversation, newest first."""

    serializer_class = CommentSerializer
    pagination_class = Pages
    filterset_class = CommentFilter
    queryset = Comment.objects.none()  # tells the schema the model

    def get_queryset(self) -> QuerySet[Comment]:
        """The conversation's opinions."""
        return comments_of(readable(self.kwargs["thread"]))

    @extend_schema(
        summary="Say something in a conversation, or reply to an opinion",
        tags=["debates"],
        request=SayingSerializer,
        responses={201: CommentSerializer},
    )
    def post(self, request: Request, thread: int) -> Response:
        """Post an opinion under the rules of the page; the same again gives the first one back."""
        actor = account_of(request.user)
        here = readable(thread)
        asked = SayingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        parent = asked.validated_data.get("parent")
        if parent is not None and not comments_of(here).filter(pk=parent).exists():
            raise serializers.ValidationError(
                {"parent": [_("There is no such opinion in this conversation.")]}
            )
        takes_side = here.asks_position and parent is None
        form = CommentForm(asked.validated_data, asks_position=takes_side)
        if not form.is_valid():
            raise serializers.ValidationError(
                {name: [str(one) for one in errors] for name, errors in form.errors.items()}
            )
        said = post_comment(
            actor=actor,
            thread_id=here.pk,
            body=form.cleaned_data["body"],
            position=form.cleaned_data.get("position", Position.NEUTRAL),
            parent_id=parent,
        )
        shown = CommentSerializer(comments_of(here).get(pk=said.pk))
        return Response(shown.data, status=status.HTTP_201_CREATED)


class ReactionView(APIView):
    """What the caller finds of an opinion; the last word counts."""

    @extend_schema(
        summary="Find an opinion useful or not",
        tags=["debates"],
        request=RatingSerializer,
        responses=CommentSerializer,
    )
    def put(self, request: Request, pk: int) -> Response:
        """Rate an opinion of somebody else; its counts follow within seconds."""
        actor = account_of(request.user)
        found = comment_with_thread(pk)
        if found is None:
            raise Http404
        here = readable(found.thread_id)
        asked = RatingSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        value = asked.validated_data["value"]
        react_to_comment(actor=actor, comment_id=pk, useful=REACTIONS[value])
        return Response(CommentSerializer(comments_of(here).get(pk=pk)).data)


class RulePages(CursorPagination):
    """Rules by number."""

    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100
    ordering = ("number",)


class RuleSerializer(serializers.ModelSerializer[HouseRule]):
    """A house rule in both languages."""

    class Meta:
        model = HouseRule
        fields = ("number", "title", "body", "english_title", "english_body")


@extend_schema(summary="House rules", tags=["debates"])
class RuleListView(generics.ListAPIView[HouseRule]):
    """The rules under which something is hidden, by number."""

    serializer_class = RuleSerializer
    pagination_class = RulePages
    filter_backends = ()

    def get_queryset(self) -> QuerySet[HouseRule]:
        """The same rules as on the page."""
        return house_rules()


class RuleFiguresSerializer(serializers.Serializer[Any]):
    """How often a rule was named."""

    rule = serializers.IntegerField()
    reports = serializers.IntegerField()
    hidden = serializers.IntegerField()


class ModerationSerializer(serializers.Serializer[Any]):
    """What moderation came to so far; no opinion, reporter or moderator is named."""

    opinions = serializers.IntegerField()
    reports = serializers.IntegerField()
    waiting = serializers.IntegerField(help_text="Reported opinions that wait for a decision")
    hidden = serializers.IntegerField()
    restored = serializers.IntegerField(help_text="Shown again")
    left = serializers.IntegerField(help_text="Left as they were")
    appeals = serializers.IntegerField(help_text="Second looks that authors asked for")
    appeals_upheld = serializers.IntegerField(help_text="Of these, led to showing again")
    by_rule = serializers.SerializerMethodField()

    @extend_schema_field(RuleFiguresSerializer(many=True))
    def get_by_rule(self, figures: ModerationFigures) -> list[dict[str, int]]:
        """Each rule by number with its reports and hidings."""
        return [
            {"rule": rule.number, "reports": reports, "hidden": hidden}
            for rule, reports, hidden in figures.by_rule
        ]


class ModerationView(APIView):
    """The figures of the page of house rules, as fresh as there."""

    @extend_schema(
        summary="What moderation came to", tags=["debates"], responses=ModerationSerializer
    )
    def get(self, _request: Request) -> Response:
        """Counts of opinions, reports, decisions and second looks, and by rule."""
        return Response(ModerationSerializer(moderation_figures()).data)
