"""A centre's wall display: the same figures as the web, in the same minute, for days."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.shortcuts import render
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from civic.selectors import board_of
from places.selectors import centre_by_code

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from rest_framework.request import Request

    from civic.selectors import BoardVote


def _context(code: str) -> dict[str, Any]:
    centre = centre_by_code(code)
    if centre is None:
        raise Http404
    return {"board": board_of(centre), "now": timezone.now()}


def board(request: HttpRequest, code: str) -> HttpResponse:
    """The whole page; it reloads itself only in browsers that run no scripts."""
    return render(request, "civic/board.html", _context(code))


def live(request: HttpRequest, code: str) -> HttpResponse:
    """The part that changes, fetched every few seconds."""
    return render(request, "civic/_board.html", _context(code))


class BoardVoteSerializer(serializers.Serializer[Any]):
    """A vote on the display; the figures are null while the vote keeps its turnout back."""

    contest = serializers.IntegerField(source="card.contest.pk")
    title = serializers.CharField(source="card.contest.title")
    closes_at = serializers.DateTimeField(source="card.contest.closes_at")
    web = serializers.SerializerMethodField()
    paper = serializers.SerializerMethodField()
    issued = serializers.IntegerField(help_text="Ballot papers handed out at this centre")
    typed = serializers.IntegerField(help_text="Ballot papers of this centre that are typed")

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_web(self, vote: BoardVote) -> int | None:
        """People who voted on the web."""
        return vote.web if vote.card.contest.live_turnout else None

    @extend_schema_field(serializers.IntegerField(allow_null=True))
    def get_paper(self, vote: BoardVote) -> int | None:
        """People who voted on paper."""
        return vote.paper if vote.card.contest.live_turnout else None


class BoardSerializer(serializers.Serializer[Any]):
    """What a centre's wall display shows of votes."""

    centre = serializers.CharField(source="centre.code")
    votes = BoardVoteSerializer(many=True)


class BoardFigures(APIView):
    """The figures of a centre's wall display, as fresh as there."""

    @extend_schema(
        summary="Figures of a centre's wall display", tags=["votes"], responses=BoardSerializer
    )
    def get(self, _request: Request, code: str) -> Response:
        """Answer with the open votes that concern the centre's dong; 404 for no centre."""
        return Response(BoardSerializer(_context(code)["board"]).data)
