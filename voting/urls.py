"""Addresses of votes: pages for citizens, the desk's paper pages, the API.

The page of one vote stands in `civic.urls`, with the conversation that the roof puts under it.
"""

from __future__ import annotations

from django.urls import URLPattern, path

from voting import api
from voting.views import ballots, citizens, desk, draws, named

urlpatterns = [
    path("votes/", citizens.contest_list, name="votes"),
    path("votes/<int:pk>/ballot/", ballots.ballot, name="ballot"),
    path("votes/<int:pk>/cast/", ballots.cast_vote, name="ballot_cast"),
    path("votes/<int:pk>/receipt/", ballots.receipt, name="receipt"),
    path("votes/<int:pk>/result/", citizens.contest_result, name="contest_result"),
    path(
        "votes/<int:pk>/result/<int:version>/",
        citizens.contest_result,
        name="contest_result_version",
    ),
    path("votes/<int:pk>/counting/", citizens.counting, name="contest_counting"),
    path("votes/<int:pk>/named/", named.named, name="contest_named"),
    path("votes/<int:pk>/recount/", citizens.recount, name="contest_recount"),
    path("votes/<int:pk>/log/", citizens.log, name="contest_log"),
    path("votes/<int:pk>/log.jsonl", citizens.log_file, name="contest_log_file"),
    path("votes/<int:pk>/heads.jsonl", citizens.heads_file, name="contest_heads_file"),
    path("votes/<int:pk>/bundle/<int:version>.zip", citizens.bundle, name="contest_bundle"),
    path(
        "votes/<int:pk>/bundle/<int:version>/<str:name>",
        citizens.bundle_file,
        name="contest_bundle_file",
    ),
    path("verify.py", citizens.verifier, name="verifier"),
    path("draws/", draws.draw_list, name="draws"),
    path("draws/<int:pk>/", draws.draw_detail, name="draw"),
    path("draws/<int:pk>/draw.json", draws.draw_file, name="draw_file"),
    path("desk/votes/", desk.paper_home, name="desk_paper"),
    path("desk/votes/<int:pk>/open/", desk.batch_open, name="desk_batch_open"),
    path("desk/votes/<int:pk>/stickers/", desk.stickers, name="desk_stickers"),
    path("desk/votes/<int:pk>/stickers.pdf", desk.stickers_pdf, name="desk_stickers_pdf"),
    path("desk/stickers/<int:pk>/", desk.stickers_correct, name="desk_stickers_correct"),
    path("desk/boxes/<int:pk>/", desk.batch, name="desk_batch"),
    path("desk/boxes/<int:pk>/hand-out/", desk.hand_out, name="desk_hand_out"),
    path("desk/boxes/<int:pk>/stubs/<int:serial>/", desk.stub, name="desk_stub"),
    path("desk/boxes/<int:pk>/stubs/<int:serial>.pdf", desk.stub_pdf, name="desk_stub_pdf"),
    path("desk/boxes/<int:pk>/sheets.pdf", desk.sheets_pdf, name="desk_sheets_pdf"),
    path("desk/boxes/<int:pk>/envelopes/", desk.provisional, name="desk_provisional"),
    path(
        "desk/boxes/<int:pk>/envelopes/<int:number>/",
        desk.provisional_decide,
        name="desk_provisional_decide",
    ),
    path("desk/boxes/<int:pk>/seal/", desk.seal, name="desk_seal"),
    path("desk/boxes/<int:pk>/count/", desk.count, name="desk_count"),
    path("desk/boxes/<int:pk>/type/<int:number>/", desk.type_sheets, name="desk_type"),
    path("desk/boxes/<int:pk>/settle/", desk.settle, name="desk_settle"),
    path("desk/boxes/<int:pk>/reconcile/", desk.reconcile, name="desk_reconcile"),
    path("desk/boxes/<int:pk>/sign/", desk.sign, name="desk_sign"),
    path("desk/boxes/<int:pk>/report.pdf", desk.report_pdf, name="desk_report_pdf"),
    path("desk/boxes/<int:pk>/correction/", desk.correction, name="desk_correction"),
    path("desk/corrections/<int:pk>/", desk.correction_decide, name="desk_correction_decide"),
]

api_urlpatterns: list[URLPattern] = [
    path("contests/", api.ContestList.as_view(), name="api_contests"),
    path("contests/<int:pk>/", api.ContestDetail.as_view(), name="api_contest"),
    path(
        "contests/<int:pk>/named-ballots/",
        api.NamedBallotList.as_view(),
        name="api_named_ballots",
    ),
    path("contests/<int:pk>/heads/", api.HeadList.as_view(), name="api_contest_heads"),
    path("contests/<int:pk>/leaves/<str:leaf>/", api.LeafDetail.as_view(), name="api_contest_leaf"),
    path("contests/<int:pk>/publications/", api.PublicationList.as_view(), name="api_publications"),
    path(
        "contests/<int:pk>/publications/<int:version>/",
        api.PublicationDetail.as_view(),
        name="api_publication",
    ),
    path("contests/<int:pk>/turnout/", api.TurnoutList.as_view(), name="api_turnout"),
    path("draws/", api.DrawList.as_view(), name="api_draws"),
    path("draws/<int:pk>/", api.DrawDetail.as_view(), name="api_draw"),
]
