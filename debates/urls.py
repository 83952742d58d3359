"""Addresses of debates, opinions and the house rules."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from debates import api, views

if TYPE_CHECKING:
    from django.urls import URLPattern

urlpatterns: list[URLPattern] = [
    path("debates/", views.debates, name="debates"),
    path("debates/new/", views.debate_new, name="debate_new"),
    path("debates/<int:pk>/", views.debate, name="debate"),
    path("comments/<int:pk>/", views.comment, name="comment"),
    path("comments/<int:pk>/reply/", views.comment_reply, name="comment_reply"),
    path("comments/<int:pk>/reaction/", views.comment_react, name="comment_react"),
    path("comments/<int:pk>/report/", views.comment_flag, name="comment_flag"),
    path("comments/<int:pk>/withdraw/", views.comment_withdraw, name="comment_withdraw"),
    path("comments/<int:pk>/appeal/", views.comment_appeal, name="comment_appeal"),
    path("threads/<int:pk>/opinions/", views.thread_comment, name="thread_comment"),
    path("threads/<int:pk>/follow/", views.thread_follow, name="thread_follow"),
    path("house-rules/", views.rules, name="house_rules"),
]
api_urlpatterns: list[URLPattern] = [
    path("debates/", api.DebateListView.as_view(), name="api_debates"),
    path("debates/<int:pk>/", api.DebateView.as_view(), name="api_debate"),
    path("debates/<int:pk>/map/", api.DebateMapView.as_view(), name="api_debate_map"),
    path("threads/", api.ThreadListView.as_view(), name="api_threads"),
    path("threads/<int:thread>/comments/", api.CommentListView.as_view(), name="api_comments"),
    path("comments/<int:pk>/reaction/", api.ReactionView.as_view(), name="api_reaction"),
    path("house-rules/figures/", api.ModerationView.as_view(), name="api_moderation"),
    path("house-rules/", api.RuleListView.as_view(), name="api_house_rules"),
]
