"""Areas, centres and rooms as data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import django_filters
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import generics, serializers
from rest_framework.pagination import CursorPagination
from rest_framework.response import Response
from rest_framework.views import APIView

from places.models import Area, AreaKind, Centre, Room
from places.selectors import areas_in_force, open_centres, open_rooms

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from django.db.models import QuerySet
    from rest_framework.request import Request


class Pages(CursorPagination):
    """Pages by code, which never jump while areas are added."""

    page_size = 20
    page_size_query_param = "page_size"
    max_page_size = 100
    ordering = ("code",)


class AreaSerializer(serializers.ModelSerializer[Area]):
    """An area without its outline, which `areas/geojson/` has."""

    part_of = serializers.CharField(source="parent.code", default=None, read_only=True)

    class Meta:
        model = Area
        fields = (
            "code",
            "name",
            "english_name",
            "kind",
            "part_of",
            "population",
            "profile",
            "valid_from",
            "valid_to",
        )


class CentreSerializer(serializers.ModelSerializer[Centre]):
    """A centre with the code of its dong."""

    area = serializers.CharField(source="area.code", read_only=True)

    class Meta:
        model = Centre
        fields = (
            "code",
            "name",
            "area",
            "address",
            "phone",
            "hours",
            "access",
            "longitude",
            "latitude",
        )


class RoomSerializer(serializers.ModelSerializer[Room]):
    """A room with the codes of its dong and, if it is in one, its centre."""

    area = serializers.CharField(source="area.code", read_only=True)
    centre = serializers.CharField(source="centre.code", default=None, read_only=True)

    class Meta:
        model = Room
        fields = (
            "code",
            "name",
            "area",
            "centre",
            "location",
            "size",
            "seats",
            "hours",
            "phone",
            "fee",
            "access",
            "equipment",
            "rules",
        )


class RoomFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    """By dong, by centre, and by how many people must find a seat."""

    area = django_filters.CharFilter(field_name="area__code")
    centre = django_filters.CharFilter(field_name="centre__code")
    seats = django_filters.NumberFilter(lookup_expr="gte", label="At least so many seats.")

    class Meta:
        model = Room
        fields = ("area", "centre", "seats")


class AreaFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    """By kind and by the area above."""

    kind = django_filters.ChoiceFilter(choices=AreaKind.choices)
    part_of = django_filters.CharFilter(field_name="parent__code")

    class Meta:
        model = Area
        fields = ("kind", "part_of")


class CentreFilter(django_filters.FilterSet):  # type: ignore[misc]  # django-filter ships no types
    """By the code of the dong."""

    area = django_filters.CharFilter(field_name="area__code")

    class Meta:
        model = Centre
        fields = ("area",)


@extend_schema(summary="Areas in force today", tags=["places"])
class AreaList(generics.ListAPIView[Area]):
    """Every area that holds today, by code."""

    serializer_class = AreaSerializer
    pagination_class = Pages
    filterset_class = AreaFilter

    def get_queryset(self) -> QuerySet[Area]:
        """Areas with the code above them at hand."""
        return areas_in_force().select_related("parent").defer("shape")


@extend_schema(summary="One area", tags=["places"])
class AreaDetail(generics.RetrieveAPIView[Area]):
    """The area with this code as it stands today."""

    serializer_class = AreaSerializer
    lookup_field = "code"

    def get_queryset(self) -> QuerySet[Area]:
        """The same areas as in the list."""
        return areas_in_force().select_related("parent").defer("shape")


@extend_schema(summary="Centres in use", tags=["places"])
class CentreList(generics.ListAPIView[Centre]):
    """Every centre in use, by code."""

    serializer_class = CentreSerializer
    pagination_class = Pages
    filterset_class = CentreFilter

    def get_queryset(self) -> QuerySet[Centre]:
        """Centres with their area at hand."""
        return open_centres()


@extend_schema(summary="One centre", tags=["places"])
class CentreDetail(generics.RetrieveAPIView[Centre]):
    """The centre with this code."""

    serializer_class = CentreSerializer

    def get_object(self) -> Centre:
        """The centre if it is in use; else 404."""
        return get_object_or_404(open_centres(), code=self.kwargs["code"])


@extend_schema(summary="Rooms in use", tags=["places"])
class RoomList(generics.ListAPIView[Room]):
    """Every room in use that residents may ask for, by code."""

    serializer_class = RoomSerializer
    pagination_class = Pages
    filterset_class = RoomFilter

    def get_queryset(self) -> QuerySet[Room]:
        """Rooms with their dong and centre at hand."""
        return open_rooms()


@extend_schema(summary="One room", tags=["places"])
class RoomDetail(generics.RetrieveAPIView[Room]):
    """The room with this code."""

    serializer_class = RoomSerializer
    filter_backends = ()

    def get_object(self) -> Room:
        """The room if it is in use; else 404."""
        return get_object_or_404(open_rooms(), code=self.kwargs["code"])


class AreaOutlines(APIView):
    """Outlines of all areas in force today, as one GeoJSON FeatureCollection (WGS84)."""

    @extend_schema(
        summary="Outlines of areas (GeoJSON)", tags=["places"], responses=OpenApiTypes.OBJECT
    )
    def get(self, _request: Request) -> Response:
        """Answer with one feature per area that has an outline."""
        areas = areas_in_force().select_related("parent").exclude(shape=None)
        return Response(
            feature_collection((area.shape, AreaSerializer(area).data) for area in areas)
        )


class CentrePoints(APIView):
    """Places of all centres in use, as one GeoJSON FeatureCollection (WGS84)."""

    @extend_schema(
        summary="Places of centres (GeoJSON)", tags=["places"], responses=OpenApiTypes.OBJECT
    )
    def get(self, _request: Request) -> Response:
        """Answer with one point per centre whose place is known."""
        return Response(
            feature_collection(
                (
                    {
                        "type": "Point",
                        "coordinates": [float(centre.longitude), float(centre.latitude)],
                    },
                    CentreSerializer(centre).data,
                )
                for centre in open_centres()
                if centre.longitude is not None and centre.latitude is not None
            )
        )


def feature_collection(features: Iterable[tuple[Any, Mapping[str, Any]]]) -> dict[str, Any]:
    """A GeoJSON FeatureCollection of (geometry, properties)."""
    return {
        "type": "FeatureCollection",
        "features": [
            {"type": "Feature", "geometry": geometry, "properties": properties}
            for geometry, properties in features
        ],
    }
