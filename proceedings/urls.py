"""Addresses of proceedings."""

from django.urls import path

from proceedings import api, views

urlpatterns = [path("processes/<slug:slug>/", views.process_detail, name="process")]

api_urlpatterns = [
    path("fields/", api.FieldList.as_view(), name="api_fields"),
    path("processes/", api.ProcessList.as_view(), name="api_processes"),
    path("processes/<slug:slug>/", api.ProcessDetail.as_view(), name="api_process"),
]
