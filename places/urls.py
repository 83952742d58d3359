"""Addresses of places. A dong's page (`area`) and a centre's board belong to `civic`."""

from django.urls import path

from places import api, views

urlpatterns = [
    path("places/", views.place_list, name="places"),
    path("places/rooms/", views.room_list, name="rooms"),
]

api_urlpatterns = [
    path("areas/", api.AreaList.as_view(), name="api_areas"),
    path("areas/geojson/", api.AreaOutlines.as_view(), name="api_areas_geojson"),
    path("areas/<str:code>/", api.AreaDetail.as_view(), name="api_area"),
    path("centres/", api.CentreList.as_view(), name="api_centres"),
    path("centres/geojson/", api.CentrePoints.as_view(), name="api_centres_geojson"),
    path("centres/<str:code>/", api.CentreDetail.as_view(), name="api_centre"),
    path("rooms/", api.RoomList.as_view(), name="api_rooms"),
    path("rooms/<str:code>/", api.RoomDetail.as_view(), name="api_room"),
]
