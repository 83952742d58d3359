"""Where officials answer: the morning list by due date, one page per proposal, all by services."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import F
from django.http import Http404, HttpRequest
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from hangul.formats import day, dday
from hangul.sentences import fill
from proceedings.office import SafeFields
from proceedings.refusals import Refused, mark
from proceedings.wording import say, say_next
from proposals import services
from proposals.forms import (
    AnswerForm,
    AssignForm,
    HideForm,
    MergeForm,
    ProgressForm,
    ReasonForm,
    RefusableForm,
    contact_of,
)
from proposals.lifecycle import AMBER_DAYS, AnswerKind, State, Urgency, check_assignable, urgency
from proposals.models import Answer, Progress, Proposal, ProposalState, SupportPreset
from proposals.permissions import refuse_unless_answering, refuse_unless_moderating
from proposals.selectors import (
    appealed,
    due_for,
    proposal_by_id,
    proposal_page,
    similar_answers,
)
from proposals.services.answering import AnswerWords
from residents.models import Department
from residents.roles import RoleKind
from residents.selectors import departments_in_use

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.db.models import QuerySet
    from django.http import HttpResponse

    from residents.models import User

    Admin = admin.ModelAdmin[Any]
else:
    Admin = admin.ModelAdmin  # Django's class takes no type at run time

TONES = {Urgency.RED: "is-red", Urgency.AMBER: "is-amber"}


class ReadOnly(Admin):
    """Shows what services own: nothing is added, changed or deleted by Django's own forms."""

    actions = None
    list_per_page = 50
    show_full_result_count = False

    class Media:
        css = {"all": ["css/pages/proposals-admin.css"]}

    def has_add_permission(self, request: HttpRequest) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        return False


class DueFilter(admin.SimpleListFilter):
    """The morning list; what waits for an answer comes first of all."""

    title = _("deadline")
    parameter_name = "due"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002 - Django's signature
        return [
            ("overdue", _("Overdue")),
            ("soon", _("Due within three days")),
            ("own", _("My department")),
            ("nobody", _("No department yet")),
            ("repair", _("Waiting for the proposer")),
            ("appeal", _("Hidden, author asks to look again")),
            ("all", _("All proposals")),
        ]

    def choices(self, changelist: Any) -> Any:
        first, *others = super().choices(changelist)
        yield {**first, "display": _("Waiting for an answer")}
        yield from others

    def queryset(self, request: HttpRequest, queryset: Any) -> Any:
        today, value = timezone.localdate(), self.value()
        soon = today + timedelta(days=AMBER_DAYS)
        waiting = queryset.awaiting_answer()
        return {
            "overdue": waiting.filter(answer_due_on__lt=today),
            "soon": waiting.filter(answer_due_on__gte=today, answer_due_on__lte=soon),
            "own": waiting.filter(turn=0),
            "nobody": waiting.filter(department__isnull=True),
            "repair": queryset.filter(state=ProposalState.REPAIR),
            "appeal": appealed(cast("User", request.user), queryset),
            "all": queryset,
        }.get(value or "", waiting)


@admin.register(Proposal)
class ProposalAdmin(ReadOnly):
    """Own department first, by due date: amber from three days before, red when overdue."""

    list_display = ("title", "stage", "due", "department", "area", "field", "supports", "is_hidden")
    list_filter = (DueFilter, "state", "department", "field", "area", "is_hidden")
    search_fields = ("title", "body")
    search_help_text = _("Words of the title or the text")
    all_done = _("No proposal waits for an answer.")

    def get_ordering(self, request: HttpRequest) -> Any:  # noqa: ARG002 - Django's signature
        return ("turn", F("answer_due_on").asc(nulls_last=True), "pk")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Proposal]:
        return due_for(cast("User", request.user))

    @admin.display(description=_("state"))
    def stage(self, proposal: Proposal) -> str:
        return str(proposal.get_state_display())

    @admin.display(description=_("answer due"), ordering="answer_due_on")
    def due(self, proposal: Proposal) -> str:
        if proposal.answer_due_on is None:
            return "–"
        today, language = timezone.localdate(), get_language() or "ko"
        tone = TONES.get(urgency(proposal.answer_due_on, today), "")
        if proposal.state == ProposalState.REPAIR:
            return gettext("clock stopped")
        return format_html(
            '<span class="due {}">{} <b>{}</b></span>',
            tone,
            day(proposal.answer_due_on, language),
            dday(proposal.answer_due_on, today, language),
        )

    @admin.display(description=_("supports"))
    def supports(self, proposal: Proposal) -> str:
        figures = getattr(proposal, "figures", None)
        return f"{figures.supports if figures else 0:,}/{proposal.threshold:,}"

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",  # noqa: ARG002 - Django's signature
        extra_context: Any = None,  # noqa: ARG002 - Django's signature
    ) -> HttpResponse:
        """One proposal with everything an answer needs, and what may be done with it now."""
        proposal = proposal_by_id(int(object_id), request.user) if object_id.isdecimal() else None
        if proposal is None or proposal.state == ProposalState.DRAFT:
            raise Http404
        if not self.has_view_permission(request, proposal):
            raise PermissionDenied
        act = request.POST.get("act", "")
        forms_ = acts_for(request, proposal)
        if act in forms_ and self.acted(request, proposal, act, forms_[act]):
            return redirect("admin:proposals_proposal_change", proposal.pk)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "media": self.media,
            "title": proposal.title,
            "proposal": proposal,
            "page": proposal_page(proposal, request.user),
            "due": self.due(proposal),
            "forms": forms_,
            "refusal": refuse_unless_answering(cast("User", request.user), proposal),
            "past": similar_answers(proposal) if "answer" in forms_ else [],
        }
        return render(request, "proposals/admin_proposal.html", context)

    def acted(
        self, request: HttpRequest, proposal: Proposal, act: str, form: RefusableForm
    ) -> bool:
        """Whether it was done; if not, the form says why."""
        if not form.is_valid():
            return False
        try:
            done = ACTS[act](cast("User", request.user), proposal, dict(form.cleaned_data))
        except Refused as refused:
            form.refuse(
                refused.refusal, f"{say(refused.refusal)} {say_next(refused.refusal)}".strip()
            )
            return False
        except Proposal.DoesNotExist:
            form.add_error("into", gettext("There is no proposal with this number."))
            return False
        messages.success(request, done)
        return True


def acts_for(request: HttpRequest, proposal: Proposal) -> dict[str, RefusableForm]:
    """The forms for what this member of staff may do with `proposal` at this stage."""
    user, act = cast("User", request.user), request.POST.get("act", "")

    def typed(name: str) -> dict[str, Any]:
        return {"data": request.POST if act == name else None, "prefix": name}

    forms_: dict[str, RefusableForm] = {}
    if refuse_unless_answering(user, proposal) is None:
        signers = signing(user, proposal)
        answer = AnswerForm(
            **typed("answer"),
            proposal=proposal,
            signers=signers,
            initial=answer_start(request, signers),
        )
        if cast("Any", answer.fields["kind"]).choices:
            forms_["answer"] = answer
        if proposal.state == ProposalState.TRANSFERRED:
            forms_["receive"] = RefusableForm(**typed("receive"))
        if proposal.state in {ProposalState.ANSWERED, ProposalState.IN_PROGRESS}:
            today = timezone.localdate()
            forms_["progress"] = ProgressForm(**typed("progress"), initial={"happened_on": today})
        held = check_assignable(State(proposal.state), has_department=bool(proposal.department_id))
        if held is None and (proposal.answer_due_on or proposal.state in OPEN):
            start = {"department": proposal.department_id}
            forms_["assign"] = AssignForm(**typed("assign"), initial=start)
        if proposal.state in MERGEABLE:
            forms_["merge"] = MergeForm(**typed("merge"))
    if refuse_unless_moderating(user, proposal) is None:
        name = "restore" if proposal.is_hidden else "hide"
        forms_[name] = (ReasonForm if proposal.is_hidden else HideForm)(**typed(name))
        if proposal.appeal:
            forms_["keep"] = ReasonForm(**typed("keep"))
    return forms_


def signing(user: User, proposal: Proposal) -> QuerySet[Department]:
    """The departments that may answer it: the one in charge; while none is, those of `user`."""
    if proposal.department_id is not None:
        return Department.objects.filter(pk=proposal.department_id)
    if user.has_role(RoleKind.ADMINISTRATOR):
        return departments_in_use()
    own = [r.department_id for r in user.current_roles if r.kind == RoleKind.OFFICIAL]
    return departments_in_use().filter(pk__in=[pk for pk in own if pk is not None])


def answer_start(request: HttpRequest, signers: QuerySet[Department]) -> dict[str, Any]:
    """What the answer form begins with: the only department that may sign, an answer reused."""
    start: dict[str, Any] = {}
    only = list(signers[:2])
    if len(only) == 1:
        start = {"department": only[0].pk, "contact": contact_of(only[0])}
    reused = request.GET.get("reuse", "")
    if reused.isdecimal() and len(reused) < 18:
        found = Answer.objects.filter(pk=int(reused), proposal__is_hidden=False).first()
        if found is not None:
            start |= {"kind": found.kind, "reason": found.reason, "next_step": found.next_step}
    return start


OPEN = {ProposalState.GATHERING, ProposalState.DEBATING, ProposalState.REPAIR}
MERGEABLE = {
    ProposalState.GATHERING,
    ProposalState.DEBATING,
    ProposalState.REVIEWING,
    ProposalState.EXPIRED,
}


ANSWERED = {
    AnswerKind.TRANSFER: mark("It is passed on to %(to)s. The proposer is told."),
    AnswerKind.REPAIR: mark("The proposer is asked to complete it. The clock stands still."),
    AnswerKind.INTERIM: mark("The interim answer is published. The answer is due on %(day)s."),
}
"""What was done, where an answer does not decide."""


def _answer(actor: User, proposal: Proposal, data: dict[str, Any]) -> str:
    answer = services.answer_proposal(
        actor=actor, proposal_id=proposal.pk, words=AnswerWords(**data)
    )
    frame = ANSWERED.get(
        AnswerKind(answer.kind), mark("The answer is published: %(kind)s. All supporters are told.")
    )
    values = {
        "to": answer.transferred_to,
        "day": answer.next_date,
        "kind": answer.get_kind_display(),
    }
    return fill(gettext(frame), values, get_language() or "ko")


def _receive(actor: User, proposal: Proposal, _data: dict[str, Any]) -> str:
    services.receive_transfer(actor=actor, proposal_id=proposal.pk)
    return gettext("Your department has taken the proposal in.")


def _merge(actor: User, proposal: Proposal, data: dict[str, Any]) -> str:
    services.merge_proposal(
        actor=actor, proposal_id=proposal.pk, into_id=data["into"], reason=data["reason"]
    )
    return gettext("It is merged into proposal no. %s.") % str(data["into"])


def _plainly(
    service: Callable[..., object], done: str
) -> Callable[[User, Proposal, dict[str, Any]], str]:
    def act(actor: User, proposal: Proposal, data: dict[str, Any]) -> str:
        service(actor=actor, proposal_id=proposal.pk, **data)
        return fill(gettext(done), data, get_language() or "ko")

    return act


ACTS: dict[str, Callable[[User, Proposal, dict[str, Any]], str]] = {
    "answer": _answer,
    "receive": _receive,
    "merge": _merge,
    "progress": _plainly(services.report_progress, mark("The report is published: “%(title)s”.")),
    "assign": _plainly(services.assign_department, mark("%(department)s is in charge now.")),
    "hide": _plainly(
        services.hide_proposal, mark("It is hidden; everybody sees why. Its author is told.")
    ),
    "restore": _plainly(services.restore_proposal, mark("It is shown again. Its author is told.")),
    "keep": _plainly(services.keep_hidden, mark("It stays hidden. Its author is told why.")),
}
"""What each act does, and the words for what was done."""


@admin.register(Answer)
class AnswerAdmin(ReadOnly):
    """Every official answer, newest first."""

    list_display = ("published_at", "kind", "of_proposal", "department", "next_date")
    list_filter = ("kind", "department", "published_at")
    list_display_links = None
    ordering = ("-id",)
    search_fields = ("reason", "proposal__title")
    search_help_text = _("Words of the answer or of the proposal's title")
    list_select_related = ("proposal", "department")

    @admin.display(description=_("proposal"))
    def of_proposal(self, row: Answer) -> str:
        return row.proposal.title


@admin.register(Progress)
class ProgressAdmin(ReadOnly):
    """Every progress report, newest first."""

    list_display = ("happened_on", "of_proposal", "title", "percent", "department", "is_done")
    list_filter = ("department", "is_done")
    list_display_links = None
    ordering = ("-id",)
    list_select_related = ("proposal", "department")

    @admin.display(description=_("proposal"))
    def of_proposal(self, row: Progress) -> str:
        return row.proposal.title


@admin.register(SupportPreset)
class SupportPresetAdmin(SafeFields, Admin):
    """The rules of support as data; those published keep the rules they began with."""

    readonly_fields = ("is_default",)
    actions = ("use_for_new",)
    list_display = (
        "name",
        "threshold",
        "days",
        "debate_days",
        "answer_months",
        "editable_until",
        "is_default",
    )

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002 - Django's signature
        return False

    def save_model(self, request: HttpRequest, obj: SupportPreset, form: Any, change: Any) -> None:  # noqa: ARG002 - Django's signature
        services.save_preset(actor=cast("User", request.user), preset=obj)

    @admin.action(description=_("Use for new proposals (choose one)"))
    def use_for_new(self, request: HttpRequest, queryset: QuerySet[SupportPreset]) -> None:
        """Make the chosen rules those of new proposals."""
        if queryset.count() != 1:
            messages.error(request, gettext("Please choose exactly one."))
            return
        preset = queryset.get()
        preset.is_default = True
        services.save_preset(actor=cast("User", request.user), preset=preset)
        messages.success(request, gettext("New proposals follow “%s” from now on.") % preset)
