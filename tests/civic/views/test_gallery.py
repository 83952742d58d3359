"""The gallery shows every part of the design, and only to those who build."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site_settings
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpResponse
from django.test import RequestFactory
from django.utils import translation

from civic.views.gallery import gallery

COMPONENTS = Path(site_settings.BASE_DIR, "templates/components")


def show(settings: Any, query: str = "") -> HttpResponse:
    settings.DEMO = True
    request = RequestFactory().get("/gallery/" + query)
    request.user = AnonymousUser()
    request.htmx = False  # type: ignore[attr-defined]  # what the middleware of django-htmx sets
    with translation.override("ko"):
        return gallery(request)


def test_gallery_is_not_there_in_production(settings: Any) -> None:
    settings.DEMO = settings.DEBUG = False
    with pytest.raises(Http404):
        gallery(RequestFactory().get("/gallery/"))


def test_gallery_carries_no_token_no_inline_code_and_unique_ids(settings: Any) -> None:
    html = show(settings).content.decode()
    assert "csrfmiddlewaretoken" not in html
    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:", html)
    assert all(" src=" in tag for tag in re.findall(r"<script[^>]*>", html))
    ids = re.findall(r'\bid="([^"]+)"', html)
    assert sorted(ids) == sorted(set(ids))


def test_gallery_sent_empty_shows_every_error_beside_its_field(settings: Any) -> None:
    html = show(settings, "?errors=1").content.decode()
    assert "가지를 확인해 주세요" in html
    for name in ("title", "text", "area", "born", "field", "agree"):
        assert f'id="id_{name}_error"' in html


def test_gallery_shows_every_public_part(settings: Any) -> None:
    source = Path(site_settings.BASE_DIR, "templates/civic/gallery.html").read_text()
    everything = source + "".join(
        path.read_text()
        for path in [*COMPONENTS.glob("*.html"), Path(COMPONENTS.parent, "base.html")]
    )
    tags = {"disclosure", "table_box", *{path.stem for path in COMPONENTS.glob("chart_*")}}
    posted = {"confirm"}  # carries a token, which a page for everybody must not
    for path in COMPONENTS.glob("[a-z]*.html"):
        if path.stem not in tags | posted:
            assert f'"components/{path.name}"' in everything, path.name
    assert show(settings).status_code == 200
