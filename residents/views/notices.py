"""What was told to oneself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from residents.forms import NoticePreferenceForm
from residents.models import Notice
from residents.selectors import mailed_kinds, notices_of, offered_kinds, unread_count
from residents.services import mark_read, set_preferences
from residents.views.residency import account_of, typed

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

PAGE = 20


@login_required
@require_GET
def notice_list(request: HttpRequest) -> HttpResponse:
    """Show notices, newest first; `before` is the id where the page before ended."""
    user = account_of(request.user)
    before = request.GET.get("before", "")
    rows = notices_of(user, before=int(before) if before.isdecimal() else None, size=PAGE + 1)
    return render(
        request,
        "residents/notice_list.html",
        {
            "notices": rows[:PAGE],
            "unread": unread_count(user),
            "next_url": f"?before={rows[PAGE - 1].notice.pk}" if len(rows) > PAGE else "",
        },
    )


@login_required
@require_POST
def notice_open(request: HttpRequest, pk: int) -> HttpResponse:
    """Mark a notice as read and go to what it tells about."""
    notice = get_object_or_404(Notice, pk=pk, user=account_of(request.user))
    mark_read(actor=account_of(request.user), notice_ids=[notice.pk])
    if not url_has_allowed_host_and_scheme(notice.url, allowed_hosts=None):
        return redirect("notices")
    return redirect(notice.url)


@login_required
@require_POST
def notices_read(request: HttpRequest) -> HttpResponse:
    """Mark all notices as read."""
    mark_read(actor=account_of(request.user))
    messages.success(request, _("All notices are marked as read."))
    return redirect("notices")


@login_required
@require_http_methods(["GET", "POST"])
def notice_preferences(request: HttpRequest) -> HttpResponse:
    """Choose which kinds of notices come by mail too."""
    user = account_of(request.user)
    form = NoticePreferenceForm(
        typed(request),
        kinds=offered_kinds(user),
        initial={"kinds": sorted(mailed_kinds(user))},
    )
    if form.is_valid():
        set_preferences(actor=user, mailed_kinds=form.cleaned_data["kinds"])
        messages.success(request, _("Saved."))
        return redirect("notice_preferences")
    return render(
        request,
        "residents/notice_preferences.html",
        {"form": form},
        status=422 if form.errors else 200,
    )
