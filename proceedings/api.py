"""Processes and their phases as data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import django_filters
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.pagination import CursorPagination

from proceedings.models import Field, Phase, Process
from proceedings.selectors import fields_of_life, public_processes

if TYPE_CHECKING:
    from django.db.models import QuerySet


class Pages(CursorPagination):
    """Newest processes first."""

    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100
    ordering = ("-created_on", "-id")


class FieldPages(CursorPagination):
    """Fields in their order."""

    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100
    ordering = ("position", "id")


class PhaseSerializer(serializers.ModelSerializer[Phase]):
    """A stretch of time in a process."""

    class Meta:
        model = Phase
        fields = ("kind", "title", "note", "opens_at", "closes_at")


class ProcessSerializer(serializers.ModelSerializer[Process]):
    """A process with its phases in order of time."""

    area = serializers.CharField(source="area.code", read_only=True)
    phases = PhaseSerializer(many=True, read_only=True)

    class Meta:
        model = Process
        fields = ("slug", "title", "summary", "area", "created_on", "phases")


class FieldSerializer(serializers.ModelSerializer[Field]):
    """A field of public life."""

    class Meta:
        model = Field
        fields = ("slug", "name", "english_name", "position")


class ProcessFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    """By the code of the area."""

    area = django_filters.CharFilter(field_name="area__code")

    class Meta:
        model = Process
        fields = ("area",)


@extend_schema(summary="Processes", tags=["processes"])
class ProcessList(generics.ListAPIView[Process]):
    """Every public process with its phases, newest first."""

    serializer_class = ProcessSerializer
    pagination_class = Pages
    filterset_class = ProcessFilter

    def get_queryset(self) -> QuerySet[Process]:
        """Public processes with area and phases at hand."""
        return public_processes()


@extend_schema(summary="One process", tags=["processes"])
class ProcessDetail(generics.RetrieveAPIView[Process]):
    """The public process with this address."""

    serializer_class = ProcessSerializer
    lookup_field = "slug"

    def get_queryset(self) -> QuerySet[Process]:
        """Public processes with area and phases at hand."""
        return public_processes()


@extend_schema(summary="Fields of public life", tags=["processes"])
class FieldList(generics.ListAPIView[Field]):
    """The fields by which proposals, debates and projects are sorted."""

    serializer_class = FieldSerializer
    pagination_class = FieldPages
    filter_backends = ()

    def get_queryset(self) -> QuerySet[Field]:
        """All fields."""
        return fields_of_life()
