"""Addresses of residents: one's own pages under /me/, those of staff under /desk/residents/."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import path

from residents.views import account, desk, notices, residency
from residents.views.log_in import LogIn
from residents.views.second_factor import SecondFactorSetUp

if TYPE_CHECKING:
    from django.urls import URLPattern

urlpatterns = [
    path("me/residency/", residency.residency, name="residency"),
    path("me/residency/code/", residency.residency_code, name="residency_code"),
    path("me/profile/", account.profile, name="profile"),
    path("me/notices/", notices.notice_list, name="notices"),
    path("me/notices/read/", notices.notices_read, name="notices_read"),
    path("me/notices/settings/", notices.notice_preferences, name="notice_preferences"),
    path("me/notices/<int:pk>/", notices.notice_open, name="notice_open"),
    path("me/consents/", account.consents, name="consents"),
    path("me/consents/withdraw/", account.consent_withdraw, name="consent_withdraw"),
    path("me/data/", account.my_data, name="my_data"),
    path("me/data/erase/", account.my_data_erase, name="my_data_erase"),
    path("me/closed/", account.account_erased, name="account_erased"),
    path("desk/centre/", desk.desk_centre, name="desk_centre"),
    path("desk/residents/", desk.desk_residents, name="desk_residents"),
    path("desk/residents/new/", desk.desk_resident_new, name="desk_resident_new"),
    path("desk/residents/<uuid:ref>/", desk.desk_resident, name="desk_resident"),
    path(
        "desk/residents/<uuid:ref>/extend/",
        desk.desk_resident_extend,
        name="desk_resident_extend",
    ),
    path("desk/residents/<uuid:ref>/move/", desk.desk_resident_move, name="desk_resident_move"),
    path(
        "desk/residents/<uuid:ref>/separate/",
        desk.desk_resident_separate,
        name="desk_resident_separate",
    ),
    path("desk/residents/<uuid:ref>/code/", desk.desk_resident_code, name="desk_resident_code"),
]

account_urlpatterns = [
    path("login/", LogIn.as_view(), name="account_login"),
    path("2fa/totp/activate/", SecondFactorSetUp.as_view(), name="mfa_activate_totp"),
]
"""Below /accounts/, before allauth's own."""

api_urlpatterns: list[URLPattern] = []
"""Nothing about people is public."""
