"""Every address of the site, put together from the apps' own lists."""

from __future__ import annotations

from django.conf import settings
from django.contrib import admin
from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView

import budgets.urls
import debates.urls
import places.urls
import proceedings.urls
import proposals.urls
import residents.urls
import voting.urls
from civic.conversations import talk_under
from civic.views import api, board, desk, display, health, home, me, pages, pictures, search
from civic.views import places as area_pages
from civic.views.gallery import gallery
from voting.views.citizens import contest_detail

api_urlpatterns: list[URLPattern | URLResolver] = [
    *places.urls.api_urlpatterns,
    *proceedings.urls.api_urlpatterns,
    *debates.urls.api_urlpatterns,
    *voting.urls.api_urlpatterns,
    *proposals.urls.api_urlpatterns,
    *budgets.urls.api_urlpatterns,
    path("search/", search.SearchView.as_view(), name="api_search"),
    path("boards/<str:code>/", board.BoardFigures.as_view(), name="api_board"),
    path("schema/", SpectacularAPIView.as_view(), name="api_schema"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("healthz", health.process, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("search/", search.search, name="search"),
    path("display/", display.display, name="display"),
    path("me/", me.me, name="me"),
    path("me/data/export/", me.my_data_export, name="my_data_export"),
    path("desk/", desk.desk, name="desk"),
    path("board/<str:code>/", board.board, name="board"),
    path("board/<str:code>/live/", board.live, name="board_live"),
    *[path(f"{name}/", pages.page, {"name": name}, name=name) for name in pages.PAGES],
    path("api/", api.api_page, name="api-docs"),
    path("api/v1/", include(api_urlpatterns)),
    path("accounts/", include(residents.urls.account_urlpatterns)),
    path("accounts/", include("allauth.urls")),
    path("admin/", admin.site.urls),
    path("media/<path:name>", pictures.picture, name="media"),
    *places.urls.urlpatterns,
    path("places/<str:code>/", area_pages.area, name="area"),
    *proceedings.urls.urlpatterns,
    *residents.urls.urlpatterns,
    *debates.urls.urlpatterns,
    *voting.urls.urlpatterns,
    path("votes/<int:pk>/", contest_detail, {"talk": talk_under}, name="contest"),
    *proposals.urls.urlpatterns,
    *budgets.urls.urlpatterns,
]

handler429 = "civic.views.errors.too_many_tries"
"""Asked for by allauth, when one of its limits is reached."""

if settings.DEMO or settings.DEBUG:
    from civic.views import demo

    urlpatterns += [
        path("gallery/", gallery, name="gallery"),
        path("demo/", demo.people, name="demo"),
        path("demo/mail/", demo.mail, name="demo_mail"),
    ]
