"""Addresses of budgets."""

from __future__ import annotations

from django.urls import URLPattern, path

from budgets import views

urlpatterns = [
    path("budgets/", views.budget_list, name="budgets"),
    path("budgets/<int:pk>/", views.budget_detail, name="budget"),
    path("budgets/<int:pk>/export.pb", views.budget_export, name="budget_export"),
    path("budgets/<int:budget_pk>/projects/<int:pk>/", views.project_detail, name="project"),
]

api_urlpatterns: list[URLPattern] = []
