"""Where moderators work off reports, and the office closes its debates."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from debates import services
from debates.forms import DecisionForm, HidingForm, SummaryForm
from debates.models import Comment, CommentState, Debate, HouseRule, Moderation
from debates.moderation import is_open
from debates.permissions import codes_moderated, refuse_unless_moderator
from debates.selectors import (
    author_name,
    comment_with_thread,
    comments_for,
    debate_author,
    debate_page,
    queue_item,
    waiting_comments,
    waiting_order,
)
from hangul.formats import when
from proceedings.office import SafeFields
from proceedings.refusals import Refused, mark
from proceedings.wording import show_refusal

if TYPE_CHECKING:
    from datetime import datetime

    from django import forms
    from django.db.models import QuerySet
    from django.http import HttpResponse

    from residents.models import User

    Admin = admin.ModelAdmin[Any]
else:
    Admin = admin.ModelAdmin  # Django's class takes no type at run time

AMBER, RED = timedelta(days=1), timedelta(days=3)
"""How long a report may wait before its row turns amber, then red."""


class ReadOnly(Admin):
    """Shows what services own: nothing is added, changed or deleted by Django's own forms."""

    class Media:
        css = {"all": ["css/pages/debates-admin.css"]}

    actions = None
    list_per_page = 50
    show_full_result_count = False

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def page(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        """A page of our own within the admin's frame."""
        frame = {**self.admin_site.each_context(request), "opts": self.opts}
        return render(request, template, {**frame, **context})


class QueueFilter(admin.SimpleListFilter):
    """Which opinions the list shows; what waits comes first of all."""

    title = _("queue")
    parameter_name = "queue"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002 - Django's signature
        return [("hidden", _("Hidden")), ("all", _("All opinions"))]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        yield {**first, "display": _("Waiting for a decision")}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Comment]) -> QuerySet[Comment]:  # noqa: ARG002 - Django's signature
        if self.value() == "hidden":
            return queryset.filter(state=CommentState.HIDDEN)
        return queryset if self.value() == "all" else waiting_comments(queryset)


@admin.register(Comment)
class CommentAdmin(ReadOnly):
    """The moderation queue: opinions with open reports, oldest first; one page to decide."""

    list_display = ("excerpt", "about", "who", "state", "reports", "appealed", "waiting")
    list_filter = (QueueFilter, "position")
    ordering = ()
    search_fields = ("body",)
    search_help_text = _("Words of an opinion")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Comment]:
        rows = super().get_queryset(request)
        return waiting_order(comments_for(cast("User", request.user), rows))

    @admin.display(description=_("opinion"))
    def excerpt(self, comment: Comment) -> str:
        return comment.body[:60]

    @admin.display(description=_("about"))
    def about(self, comment: Comment) -> str:
        return comment.thread.subject_title

    @admin.display(description=_("author"))
    def who(self, comment: Comment) -> str:
        return author_name(comment)

    @admin.display(description=_("reports"))
    def reports(self, comment: Any) -> int:
        return int(comment.reports)

    @admin.display(description=_("second look asked"), boolean=True)
    def appealed(self, comment: Any) -> bool:
        return bool(comment.is_appealed)

    @admin.display(description=_("waiting since"))
    def waiting(self, comment: Any) -> str:
        since: datetime | None = comment.waiting_since
        if since is None:
            return "–"
        age = timezone.now() - since
        tone = "is-red" if age > RED else "is-amber" if age > AMBER else ""
        return format_html(
            '<span class="waiting {}">{}</span>', tone, when(since, get_language() or "ko")
        )

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",  # noqa: ARG002 - Django's signature
        extra_context: Any = None,  # noqa: ARG002 - Django's signature
    ) -> HttpResponse:
        """One opinion with its reports and surroundings, and the decisions that are possible."""
        comment = comment_with_thread(int(object_id)) if object_id.isdecimal() else None
        if comment is None:
            raise Http404
        if not self.has_view_permission(request, comment):
            raise PermissionDenied
        insist_on_reading(cast("User", request.user), comment)
        verdict = request.POST.get("verdict", "")
        forms_: dict[str, Any] = {
            "hide": HidingForm(request.POST if verdict == "hide" else None, prefix="hide"),
            "leave": DecisionForm(request.POST if verdict == "leave" else None, prefix="leave"),
            "restore": DecisionForm(
                request.POST if verdict == "restore" else None, prefix="restore"
            ),
        }
        if verdict in forms_ and self.decided(request, comment, verdict, forms_[verdict]):
            return redirect("admin:debates_comment_changelist")
        return self.page(
            request,
            "debates/admin_comment.html",
            title=gettext("Decide about an opinion"),
            item=queue_item(comment),
            who=author_name(comment),
            may_decide=refuse_unless_moderator(request.user, comment.thread.area) is None,
            forms=forms_,
        )

    def decided(
        self, request: HttpRequest, comment: Comment, verdict: str, form: forms.Form
    ) -> bool:
        """Whether the decision was taken; if not, the form says why."""
        if not form.is_valid():
            return False
        given: dict[str, Any] = {
            "actor": cast("User", request.user),
            "comment_id": comment.pk,
            **form.cleaned_data,
        }
        try:
            VERDICTS[verdict](**given)
        except Refused as refused:
            show_refusal(form, refused.refusal)
            return False
        messages.success(request, gettext(DECIDED[verdict]) % {"opinion": comment.body[:40]})
        return True


@admin.register(Moderation)
class ModerationAdmin(ReadOnly):
    """Every decision, newest first."""

    list_display = ("decided_at", "verdict", "rule", "opinion", "note", "decided_by_ref")
    list_filter = ("verdict", "rule", "decided_at")
    list_display_links = None

    def get_queryset(self, request: HttpRequest) -> QuerySet[Moderation]:
        rows = super().get_queryset(request).select_related("comment", "rule")
        codes = codes_moderated(cast("User", request.user))
        return rows if codes is None else rows.filter(comment__thread__area__code__in=codes)

    @admin.display(description=_("opinion"))
    def opinion(self, moderation: Moderation) -> str:
        url = reverse("admin:debates_comment_change", args=[moderation.comment_id])
        return format_html('<a href="{}">{}</a>', url, moderation.comment.body[:60])


@admin.register(Debate)
class DebateAdmin(ReadOnly):
    """Debates; the office closes them with words about what came of them."""

    list_display = ("title", "area", "field", "asked_by_office", "standing", "is_hidden")
    list_filter = ("asked_by_office", "is_hidden", "field", "area")
    search_fields = ("title", "body")
    search_help_text = _("Words of the question or the text")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Debate]:
        return super().get_queryset(request).select_related("area", "field", "thread")

    @admin.display(description=_("state"))
    def standing(self, debate: Debate) -> str:
        running = is_open(debate.thread.closed_at, timezone.now())
        return gettext("Open") if running else gettext("Closed")

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",  # noqa: ARG002 - Django's signature
        extra_context: Any = None,  # noqa: ARG002 - Django's signature
    ) -> HttpResponse:
        """One debate: its text, its figures, and what the office or a moderator can do."""
        debate = debate_page(int(object_id)) if object_id.isdecimal() else None
        if debate is None:
            raise Http404
        if not self.has_view_permission(request, debate):
            raise PermissionDenied
        act = request.POST.get("act", "")
        typed = {name: request.POST if act == name else None for name in DEBATE_ACTS}
        forms_: dict[str, Any] = {
            "close": SummaryForm(typed["close"], prefix="close"),
            "summarise": SummaryForm(
                typed["summarise"], prefix="summarise", initial={"summary": debate.summary}
            ),
            "hide": HidingForm(typed["hide"], prefix="hide"),
            "restore": DecisionForm(typed["restore"], prefix="restore"),
        }
        if act in forms_ and self.acted(request, debate, act, forms_[act]):
            return redirect("admin:debates_debate_change", debate.pk)
        return self.page(
            request,
            "debates/admin_debate.html",
            title=debate.title,
            debate=debate,
            who=debate_author(debate),
            is_open=is_open(debate.thread.closed_at, timezone.now()),
            for_office=self.has_change_permission(request, debate),
            for_moderator=refuse_unless_moderator(request.user, debate.area) is None,
            forms=forms_,
        )

    def acted(self, request: HttpRequest, debate: Debate, act: str, form: forms.Form) -> bool:
        """Whether it was done; if not, the form says why."""
        if not form.is_valid():
            return False
        given: dict[str, Any] = {
            "actor": cast("User", request.user),
            "debate_id": debate.pk,
            **form.cleaned_data,
        }
        try:
            DEBATE_ACTS[act](**given)
        except Refused as refused:
            show_refusal(form, refused.refusal)
            return False
        messages.success(request, gettext(DEBATE_DONE[act]))
        return True


def insist_on_reading(user: User, comment: Comment) -> None:
    """Raise Refused for a moderator of another area, who does not read its reports either."""
    codes, area = codes_moderated(user), comment.thread.area
    refusal = refuse_unless_moderator(user, area) if codes is not None else None
    if refusal is not None:
        raise Refused(refusal)


VERDICTS: dict[str, Any] = {
    "hide": services.hide_comment,
    "leave": services.leave_comment,
    "restore": services.restore_comment,
}
DECIDED = {
    "hide": mark("The opinion is hidden; everybody sees why: “%(opinion)s”"),
    "leave": mark("The opinion stays as it is: “%(opinion)s”"),
    "restore": mark("The opinion is shown again: “%(opinion)s”"),
}
"""What each verdict did."""
DEBATE_ACTS: dict[str, Any] = {
    "close": services.close_debate,
    "summarise": services.summarise_debate,
    "hide": services.hide_debate,
    "restore": services.restore_debate,
}
DEBATE_DONE = {
    "close": mark("The debate is closed. What came of it can be read by everybody."),
    "summarise": mark("What came of it is published."),
    "hide": mark("The debate is hidden; everybody sees why."),
    "restore": mark("The debate is shown again."),
}
"""What each act did."""


@admin.register(HouseRule)
class HouseRuleAdmin(SafeFields, Admin):
    """The rules by number. Those that were applied keep their number; their words can change."""

    list_display = ("number", "title")
    fields = ("number", "title", "body", "english_title", "english_body")

    def get_readonly_fields(self, request: HttpRequest, obj: HouseRule | None = None) -> Any:  # noqa: ARG002 - Django's signature
        return ("number",) if obj else ()

    def has_delete_permission(self, request: HttpRequest, obj: HouseRule | None = None) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def save_model(self, request: HttpRequest, obj: HouseRule, form: Any, change: Any) -> None:  # noqa: ARG002 - Django's signature
        services.save_house_rule(actor=cast("User", request.user), rule=obj)
