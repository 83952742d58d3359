"""Addresses of proposals."""

from __future__ import annotations

from django.urls import path

from proposals import api
from proposals.views import desk, reading, supporting, writing

urlpatterns = [
    path("proposals/", reading.proposals, name="proposals"),
    path("proposals/map/", reading.proposals_map, name="proposals_map"),
    path("proposals/near/", reading.near, name="proposals_near"),
    path("proposals/overdue/", reading.overdue, name="proposals_overdue"),
    path("proposals/hints/", reading.hints, name="proposal_hints"),
    path("proposals/new/", writing.guide, name="proposal_new"),
    path("proposals/new/write/", writing.write, name="proposal_new_write"),
    path("proposals/new/similar/", writing.similar, name="proposal_new_similar"),
    path("proposals/new/continue/", writing.continue_draft, name="proposal_new_continue"),
    path("proposals/<int:pk>/", reading.proposal, name="proposal"),
    path("proposals/<int:pk>/write/", writing.write, name="proposal_draft_write"),
    path("proposals/<int:pk>/similar/", writing.similar, name="proposal_draft_similar"),
    path("proposals/<int:pk>/preview/", writing.preview, name="proposal_preview"),
    path(
        "proposals/<int:pk>/pictures/<int:picture>/remove/",
        writing.drop_picture,
        name="proposal_picture_remove",
    ),
    path("proposals/<int:pk>/submit/", writing.submit, name="proposal_submit"),
    path("proposals/<int:pk>/discard/", writing.discard, name="proposal_discard"),
    path("proposals/<int:pk>/support/", supporting.support, name="proposal_support"),
    path("proposals/<int:pk>/edit/", writing.edit, name="proposal_edit"),
    path(
        "proposals/<int:pk>/edit/pictures/<int:picture>/",
        writing.take_picture_away,
        name="proposal_picture_take_away",
    ),
    path("proposals/<int:pk>/appeal/", writing.appeal, name="proposal_appeal"),
    path("proposals/<int:pk>/withdraw/", writing.withdraw, name="proposal_withdraw"),
    path("proposals/<int:pk>/versions/", reading.versions, name="proposal_versions"),
    path("proposals/<int:pk>/versions/<int:number>/", reading.versions, name="proposal_version"),
    path("desk/proposals/", desk.find, name="desk_proposals"),
    path("desk/proposals/<str:ref>/", desk.for_resident, name="desk_proposals_for"),
    path("desk/proposals/<str:ref>/new/", desk.write_down, name="desk_proposal_write"),
]

api_urlpatterns = [
    path("proposals/", api.ProposalList.as_view(), name="api_proposals"),
    path("proposals/<int:pk>/", api.ProposalDetail.as_view(), name="api_proposal"),
    path("proposals/<int:pk>/support/", api.SupportView.as_view(), name="api_support"),
    path("proposals/<int:pk>/revisions/", api.RevisionList.as_view(), name="api_revisions"),
    path("answers/", api.AnswerList.as_view(), name="api_answers"),
    path(
        "departments/figures/",
        api.DepartmentFiguresView.as_view(),
        name="api_department_figures",
    ),
    path("departments/", api.DepartmentList.as_view(), name="api_departments"),
    path("support-presets/", api.PresetList.as_view(), name="api_support_presets"),
]
