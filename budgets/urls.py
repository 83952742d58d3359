"""Addresses of budgets."""

from __future__ import annotations

from django.urls import path

from budgets import api, views

urlpatterns = [
    path("budgets/", views.budget_list, name="budgets"),
    path("budgets/<int:pk>/", views.budget_detail, name="budget"),
    path("budgets/<int:pk>/export.pb", views.budget_export, name="budget_export"),
    path("budgets/<int:budget_pk>/projects/<int:pk>/", views.project_detail, name="project"),
]

api_urlpatterns = [
    path("budgets/", api.BudgetList.as_view(), name="api_budgets"),
    path("budgets/<int:pk>/", api.BudgetDetail.as_view(), name="api_budget"),
    path("budgets/<int:pk>/allocations/", api.AllocationList.as_view(), name="api_allocations"),
    path("projects/", api.ProjectList.as_view(), name="api_projects"),
    path("projects/<int:pk>/", api.ProjectDetail.as_view(), name="api_project"),
]
