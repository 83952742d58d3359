"""Contests in the office: a list by state, and one page each with all that can be done."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from hangul.formats import seoul_date
from proceedings.refusals import Refused
from proceedings.reports import refusal_text
from voting.admin.frame import actor_of, sets_up
from voting.admin.rolls import RollPages
from voting.admin.setup import SetUpPages, missing_link
from voting.admin.words import next_words, preset_card, section_words, tone_of
from voting.forms.office import COPY, BeginForm, ReasonForm
from voting.models import Contest, ContestState
from voting.permissions import refuse_roll_keeper
from voting.selectors import ballot_design, readiness
from voting.selectors.bodies import body_standings
from voting.selectors.disputes import dispute_of
from voting.selectors.lots import waits_for_lot
from voting.selectors.office import (
    office_contests,
    record_of,
    watch,
)
from voting.selectors.pages import COUNTING_STATES
from voting.services.contests import create_contest, freeze_contest, unfreeze_contest
from voting.services.counting import recount_contest
from voting.services.presets import copy_contest, proposed_hours
from voting.wording import stages

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

STATES = {
    "draft": (ContestState.DRAFT.label, (ContestState.DRAFT,)),
    "frozen": (ContestState.FROZEN.label, (ContestState.FROZEN,)),
    "open": (ContestState.OPEN.label, (ContestState.OPEN,)),
    "counting": (_("Being counted"), (*COUNTING_STATES, ContestState.RECOUNT)),
    "result": (ContestState.PUBLISHED.label, (ContestState.PUBLISHED,)),
    "final": (ContestState.FINAL.label, (ContestState.FINAL,)),
}
"""What may be chosen: the words of the column, those of a count taken together."""


REASONED = frozenset({"unfreeze", "recount"})
"""Acts that are recorded with their reason."""


class StateFilter(admin.SimpleListFilter):
    """Contests by what the office has to do with them."""

    title = _("state")
    parameter_name = "stands"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002 - Django's signature
        return [(value, label) for value, (label, _states) in STATES.items()]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:  # noqa: ARG002 - Django's signature
        found = STATES.get(self.value() or "")
        return queryset.filter(state__in=found[1]) if found else queryset


@admin.register(Contest)
class ContestAdmin(RollPages, SetUpPages):
    """Every contest with where it stands, what is next and what it lacks."""

    list_display = ("title", "area", "stage", "next", "missing")
    list_filter = (StateFilter, "area")
    search_fields = ("title",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Contest]:  # noqa: ARG002 - Django's signature
        return office_contests()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return sets_up(request)

    @admin.display(description=_("state"), ordering="state")
    def stage(self, contest: Contest) -> str:
        badge = '<span class="stand stand--{}">{}</span>'
        return format_html(badge, tone_of(contest), contest.get_state_display())

    @admin.display(description=_("next"))
    def next(self, contest: Any) -> str:
        published = contest.published_at
        days = timedelta(days=contest.objection_days)
        return next_words(contest, seoul_date(published) + days if published else None)

    @admin.display(description=_("lacking"))
    def missing(self, contest: Any) -> str:
        if contest.state != ContestState.DRAFT:
            return ""
        count = len(readiness(contest))
        if not count:
            return gettext("complete")
        return format_html(
            '<b class="lack">{}</b>', gettext("%(count)s missing") % {"count": count}
        )

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> Any:  # noqa: ARG002 - Django's signature
        """A new contest: its title, its area, and what it begins with."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = BeginForm(request.POST or None, initial=beginning(request))
        if request.method == "POST" and form.is_valid():
            try:
                contest = begun(request, form)
            except Refused as refused:
                form.refuse(refused.refusal, refusal_text(refused.refusal))
            else:
                words = gettext("The draft is there. Fill in what is missing below.")
                messages.success(request, words)
                return redirect("admin:voting_contest_change", contest.pk)
        return self.page(
            request,
            "admin_contest_begin",
            title=gettext("New contest"),
            form=form,
            cards=[preset_card(preset) for preset in form.presets.values()],
            chosen=str(form["begin"].value() or ""),
            copy=COPY,
            status=422 if form.errors else 200,
        )

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",  # noqa: ARG002 - Django's signature
        extra_context: Any = None,  # noqa: ARG002 - Django's signature
    ) -> HttpResponse:
        """One contest: what is next, what is set, what went on, and where work is done."""
        contest = self.contest_or_404(request, object_id)
        act = request.POST.get("act", "")
        reason = ReasonForm(request.POST if act in REASONED else None)
        if act and self.acted(request, contest, act, reason):
            return redirect("admin:voting_contest_change", contest.pk)
        design = ballot_design(contest)
        is_draft = contest.state == ContestState.DRAFT
        lacking = readiness(contest) if is_draft else []
        said = section_words(contest, design)
        shown = watch(contest)
        return self.page(
            request,
            "admin_contest",
            title=contest.title,
            contest=contest,
            tone=tone_of(contest),
            stages=stages(contest, shown.objection_until),
            next=next_words(contest, shown.objection_until),
            lacking=[(refusal, missing_link(contest, refusal)) for refusal in lacking],
            sections=[(step, said[step["slug"]]) for step in self.steps(contest, "")],
            waits_for_lot=waits_for_lot(contest),
            bodies=[] if is_draft else body_standings(contest),
            types_bodies=refuse_roll_keeper(actor_of(request), contest) is None,
            options_count=len(design.options),
            reason=reason,
            dispute=dispute_of(contest),
            watch=shown,
            record=record_of(contest),
            can_change=is_draft and sets_up(request),
            status=422 if reason.errors else 200,
        )

    def acted(self, request: HttpRequest, contest: Contest, act: str, reason: ReasonForm) -> bool:
        """Whether an act of the page was done, or answered by a message; else the form says why."""
        if not sets_up(request):
            raise PermissionDenied
        if act in REASONED and not reason.is_valid():
            return False
        try:
            if act == "freeze":
                freeze_contest(actor=actor_of(request), contest_id=contest.pk)
                words = gettext("The contest is frozen. It opens by itself at its hour.")
            elif act == "unfreeze":
                unfreeze_contest(
                    actor=actor_of(request),
                    contest_id=contest.pk,
                    reason=reason.cleaned_data["reason"],
                )
                words = gettext("The contest is a draft again.")
            elif act == "recount":
                recount_contest(
                    actor=actor_of(request),
                    contest_id=contest.pk,
                    reason=reason.cleaned_data["reason"],
                )
                words = gettext("Both programs count again.")
            else:
                return False
        except Refused as refused:
            messages.error(request, refusal_text(refused.refusal))
        else:
            messages.success(request, words)
        return True


def beginning(request: HttpRequest) -> dict[str, str]:
    """What a link may fill in beforehand."""
    return {
        name: request.GET[name] for name in ("title", "area", "day", "begin") if name in request.GET
    }


def begun(request: HttpRequest, form: BeginForm) -> Contest:
    """The new draft."""
    data = form.cleaned_data
    title, area, today = data["title"], data["area"], timezone.localdate()
    if data["begin"] == COPY:
        earlier = data["earlier"]
        return copy_contest(
            actor=actor_of(request),
            contest_id=earlier.pk,
            title=title,
            area=area,
            **proposed_hours(earlier.preset, data["day"], today),
        )
    preset = form.presets[data["begin"]]
    return create_contest(
        actor=actor_of(request),
        title=title,
        area=area,
        preset=preset,
        census=area.population,
        **proposed_hours(preset, data["day"], today),
    )
