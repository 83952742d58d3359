"""One search over all rooms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from django.shortcuts import render
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from civic.selectors import MOST, found
from proceedings.refusals import Refused
from proceedings.services import spend
from proceedings.wording import status_of
from proposals.selectors.cards import Card
from residents.permissions import who_asks

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse
    from rest_framework.request import Request

    from civic.selectors import Found

LONGEST_QUERY = 80
MOST_PAGES = 50
"""A search that needs more pages is better asked with more words."""
ROOMS = ("proposals", "debates", "contests", "projects")


class QuerySerializer(serializers.Serializer[Any]):
    """What a search asks for."""

    q = serializers.CharField(
        max_length=LONGEST_QUERY, help_text="Words; particles and spacing do not matter"
    )
    page = serializers.IntegerField(
        default=1, min_value=1, max_value=MOST_PAGES, help_text="Which page of every kind"
    )
    page_size = serializers.IntegerField(
        default=MOST, min_value=1, max_value=20, help_text="How many of each kind"
    )


class HitSerializer(serializers.Serializer[Any]):
    """One thing that was found; its own address has the rest."""

    id = serializers.IntegerField(source="pk")
    title = serializers.CharField()
    page = serializers.SerializerMethodField()

    def get_page(self, hit: Any) -> str:
        """The address of its page; a proposal comes as the card that the page shows."""
        return hit.url if isinstance(hit, Card) else str(hit.get_absolute_url())


class FoundSerializer(serializers.Serializer[Any]):
    """What holds the words, the newest of each kind first."""

    next = serializers.CharField(allow_null=True, help_text="The address of the next page")
    proposals = HitSerializer(many=True)
    debates = HitSerializer(many=True)
    contests = HitSerializer(many=True)
    projects = HitSerializer(many=True)


class SearchView(APIView):
    """One search over all rooms, as data."""

    @extend_schema(
        summary="Search over everything public",
        tags=["search"],
        parameters=[QuerySerializer],
        responses=FoundSerializer,
    )
    def get(self, request: Request) -> Response:
        """The same search as on the page, and the same limit on how often."""
        asked = QuerySerializer(data=request.query_params)
        asked.is_valid(raise_exception=True)
        wanted = asked.validated_data
        spend("search", who_asks(request._request))  # noqa: SLF001 - the request below the framework's
        hits = found(wanted["q"], page=wanted["page"], size=wanted["page_size"])
        rooms = {name: getattr(hits, name) for name in ROOMS}
        return Response(FoundSerializer({**rooms, "next": next_page(request, wanted, hits)}).data)


def next_page(request: Request, wanted: dict[str, Any], hits: Found) -> str | None:
    """The whole address of the page that reads on; None if there is none."""
    if not hits.has_more or wanted["page"] == MOST_PAGES:
        return None
    query = urlencode({**wanted, "page": wanted["page"] + 1})
    return request.build_absolute_uri(f"{request.path}?{query}")


def search(request: HttpRequest) -> HttpResponse:
    """Show what holds the words; an empty question shows only the field."""
    query = " ".join(request.GET.get("q", "").split())[:LONGEST_QUERY]
    context: dict[str, Any] = {"query": query}
    status = 200
    if query:
        try:
            spend("search", who_asks(request))
            context["found"] = found(query)
        except Refused as refused:
            context["refusal"] = refused.refusal
            status = status_of(refused.refusal)
    return render(request, "civic/search.html", context, status=status)
