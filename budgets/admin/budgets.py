"""Budgets in the office: set up, put to the vote, moved on; uploads, and what money was given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from budgets.admin.frame import OfficePages, actor_of, done, spoken, words_of
from budgets.forms import BudgetForm, UploadForm, typed
from budgets.forms.money import ContestForm
from budgets.lifecycle import MOVES, State, check_move, check_open
from budgets.models import Allocation, Budget, BudgetState
from budgets.permissions import refuse_unless_administrator
from budgets.selectors.queues import (
    budget_projects,
    latest_uploads,
    office_budgets,
    upload_by_id,
    upload_problem,
)
from budgets.selectors.reading import budget_by_id
from budgets.selectors.trying import budgets_to_try, try_rule
from budgets.services.contests import (
    ballot_gaps,
    candidates_of,
    contest_to_try,
    prepare_budget_contest,
)
from budgets.services.planning import change_budget, create_budget, move_budget
from budgets.services.uploads import take_upload
from hangul.formats import when
from proceedings.office import ReadOnlyAdmin
from proceedings.refusals import Refused
from proceedings.texts import SafeWords

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.db.models import QuerySet
    from django.http import HttpRequest, HttpResponse

    from residents.models import User


@admin.register(Budget)
class BudgetAdmin(OfficePages):
    """Budgets: set up, gather projects, open the review, prepare the contest, import a file."""

    list_display = ("title", "area", "year", "amount", "stage", "projects", "waiting")
    list_filter = ("state", "year", "area")
    search_fields = ("title",)
    change_list_template = "budgets/admin_budgets.html"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Budget]:  # noqa: ARG002 - Django's signature
        return office_budgets()

    @admin.display(description=_("budget cap"), ordering="cap")
    def amount(self, budget: Budget) -> str:
        return spoken(budget.cap, budget.currency)

    @admin.display(description=_("state"))
    def stage(self, budget: Budget) -> str:
        return str(budget.get_state_display())

    @admin.display(description=_("projects"))
    def projects(self, budget: Any) -> int:
        return int(budget.projects_count)

    @admin.display(description=_("without a verdict"))
    def waiting(self, budget: Any) -> str:
        return str(budget.waiting_count or "–")

    def get_urls(self) -> list[Any]:
        own = [
            path("import/", self.admin_site.admin_view(self.upload), name="budgets_budget_import"),
            path(
                "import/<int:pk>/",
                self.admin_site.admin_view(self.uploaded),
                name="budgets_budget_upload",
            ),
            path(
                "<int:pk>/what-if/",
                self.admin_site.admin_view(self.what_if),
                name="budgets_budget_what_if",
            ),
        ]
        return own + super().get_urls()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return refuse_unless_administrator(actor_of(request)) is None

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        links = {"import_url": reverse("admin:budgets_budget_import")}
        return super().changelist_view(request, {**(extra_context or {}), **links})

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> Any:  # noqa: ARG002 - Django's signature
        """A new budget."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = BudgetForm(request.POST or None, initial={"year": timezone.localdate().year + 1})
        if form.is_valid():
            budget = create_budget(actor=actor_of(request), words=form.words())
            messages.success(request, gettext("The budget is there. Now gather its projects."))
            return redirect("admin:budgets_budget_change", budget.pk)
        title = gettext("New budget")
        return self.page(request, "admin_budget_form", form=form, title=title)

    def upload(self, request: HttpRequest) -> HttpResponse:
        """Take a PaBuLib file in; what is wrong with it is named line by line."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = UploadForm(request.POST or None, request.FILES or None)
        if form.is_valid():
            try:
                upload = take_upload(
                    actor=actor_of(request),
                    content=form.content,
                    reading=form.reading,
                    area=form.cleaned_data["area"],
                    source=form.cleaned_data["file"].name,
                    rule_name=form.cleaned_data["rule"],
                )
            except Refused as refused:
                field = "rule" if "rule" in refused.refusal.code else "file"
                form.add_error(field, words_of(refused.refusal))
            else:
                return redirect("admin:budgets_budget_upload", upload.pk)
        return self.page(
            request,
            "admin_import",
            form=form,
            title=gettext("Import a PaBuLib file"),
            problems=[
                (problem.line, gettext(problem.message) % problem.params)
                for problem in form.problems
            ],
            uploads=latest_uploads(),
        )

    def uploaded(self, request: HttpRequest, pk: int) -> HttpResponse:
        """How far an uploaded file is; the part that changes alone for the page's own script."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        upload = upload_by_id(pk)
        if upload is None:
            raise Http404
        return self.page(
            request,
            "_admin_upload" if "part" in request.GET else "admin_upload",
            upload=upload,
            title=upload.source,
            problem=upload_problem(upload),
            warnings=[(line, gettext(words) % params) for line, words, params in upload.warnings],
        )

    def what_if(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Try the rule of the money on other ballots, before the vote."""
        budget = budget_by_id(pk)
        if budget is None:
            raise Http404
        if not self.has_view_permission(request, budget):
            raise PermissionDenied
        earlier, too_large = budgets_to_try(budget)
        asked = request.GET.get("ballots", "")
        chosen = next((one for one in earlier if str(one.pk) == asked), None)
        return self.page(
            request,
            "admin_what_if",
            title=gettext("Under this rule these would have been funded"),
            budget=budget,
            earlier=earlier,
            too_large=too_large,
            chosen=chosen,
            found=try_rule(budget, chosen),
        )

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",  # noqa: ARG002 - Django's signature
        extra_context: Any = None,  # noqa: ARG002 - Django's signature
    ) -> HttpResponse:
        """One budget with its projects, and what can be done with it now."""
        budget = office_budgets().filter(pk=object_id).first() if object_id.isdecimal() else None
        if budget is None:
            raise Http404
        if not self.has_view_permission(request, budget):
            raise PermissionDenied
        act, forms_ = request.POST.get("act", ""), budget_acts(request, budget)
        moves = budget_moves(request, budget)
        if act in forms_ and forms_[act].is_valid():
            form = forms_[act]
            said = CONTEST_MADE if act == "contest" else ""
            if done(request, form, lambda: BUDGET_ACTS[act](actor_of(request), budget, form), said):
                if act == "contest":
                    budget.refresh_from_db(fields=["contest"])
                    return redirect("admin:voting_contest_change", budget.contest_id)
                return redirect("admin:budgets_budget_change", budget.pk)
        trial = tried(request, budget, forms_["contest"]) if "contest" in forms_ else {}
        move = request.POST.get("to", "")
        if move in dict(moves):
            form = SafeWords(request.POST)
            form.is_valid()
            if done(
                request,
                form,
                lambda: move_budget(actor=actor_of(request), budget_id=budget.pk, to=move),
            ):
                return redirect("admin:budgets_budget_change", budget.pk)
            messages.error(request, " ".join(str(error) for error in form.non_field_errors()))
        return self.page(
            request,
            "admin_budget",
            title=budget.title,
            budget=budget,
            projects=list(budget_projects(budget)),
            forms=forms_,
            **trial,
            moves=moves,
            gaps=ballot_gaps(budget) if "contest" in forms_ or show_gaps(request, budget) else [],
            can_add=refuse_unless_administrator(actor_of(request)) is None
            and check_open(budget.state, imported=budget.is_imported) is None,
        )


TRY = "try"
"""The act that counts by what the form of the contest holds and stores nothing."""


def tried(request: HttpRequest, budget: Budget, form: Any) -> dict[str, Any]:
    """Ballots to try the form of the contest on; if that was asked for, what would be funded."""
    drafted = None
    if request.POST.get("act") == TRY and form.is_valid():
        try:
            drafted = contest_to_try(budget, **form.choices())
        except Refused as refused:
            form.refuse(refused.refusal, words_of(refused.refusal))
    earlier, too_large = budgets_to_try(budget, drafted[0] if drafted else None)
    asked = request.POST.get("ballots", "")
    chosen = next((one for one in earlier if str(one.pk) == asked), None)
    shown = {"earlier": earlier, "too_large": too_large, "chosen": chosen}
    if drafted is None:
        return shown
    problems = [] if chosen else drafted[1].check()
    if problems:
        form.refuse(problems[0], words_of(problems[0]))
        return shown
    return {**shown, "found": try_rule(budget, chosen, drafted)}


def show_gaps(request: HttpRequest, budget: Budget) -> bool:
    """Whether the list of what is missing for the vote helps whoever reads the page."""
    reviewing = budget.state in {BudgetState.PREPARING, BudgetState.REVIEWING}
    return reviewing and refuse_unless_administrator(actor_of(request)) is None


def budget_acts(request: HttpRequest, budget: Budget) -> dict[str, SafeWords]:
    """The forms for what this member of staff may do with `budget` at this stage."""
    if refuse_unless_administrator(actor_of(request)) is not None:
        return {}
    act = request.POST.get("act", "")
    forms_: dict[str, SafeWords] = {}
    if check_open(budget.state, imported=budget.is_imported) is None:
        own = Budget.objects.get(pk=budget.pk)  # a form of a model writes into its row
        data = request.POST if act == "change" else None
        amount = {"cap": typed(own.cap)}
        forms_["change"] = BudgetForm(data, instance=own, prefix="change", initial=amount)
    if budget.state == BudgetState.REVIEWING and not ballot_gaps(budget):
        data = request.POST if act in {"contest", TRY} else None
        forms_["contest"] = ContestForm(data, prefix="contest", candidates=candidates_of(budget))
    return forms_


MOVE_WORDS: Mapping[tuple[State, State], Any] = {
    (State.PREPARING, State.REVIEWING): _("Open the department review"),
    (State.REVIEWING, State.PREPARING): _("Go back to gathering projects"),
    (State.VOTING, State.REVIEWING): _("Take the projects off the ballot, back to the review"),
    (State.ALLOCATED, State.EXECUTING): _("Begin to carry out"),
    (State.EXECUTING, State.SETTLED): _("Settle the budget"),
}


def budget_moves(request: HttpRequest, budget: Budget) -> list[tuple[str, str]]:
    """Where the budget can be moved by hand now: stage and verb."""
    if refuse_unless_administrator(actor_of(request)) is not None:
        return []
    state, contest = State(budget.state), budget.contest.state if budget.contest else None
    return [
        (to.value, str(MOVE_WORDS[state, to]))
        for to in MOVES.get(state, frozenset())
        if check_move(state, to, contest_state=contest, imported=budget.is_imported) is None
    ]


CONTEST_MADE = _("The projects are on the ballot of this draft. What is missing is listed here.")
BUDGET_ACTS: Mapping[str, Callable[[User, Budget, Any], object]] = {
    "change": lambda actor, budget, form: change_budget(
        actor=actor, budget_id=budget.pk, words=form.words()
    ),
    "contest": lambda actor, budget, form: prepare_budget_contest(
        actor=actor,
        budget_id=budget.pk,
        **form.choices(),
    ),
}


@admin.register(Allocation)
class AllocationAdmin(ReadOnlyAdmin):
    """Every allocation that was computed; a recount adds a version."""

    list_display = ("of_budget", "number", "winners", "code", "at")
    list_display_links = None
    list_select_related = ("budget",)

    @admin.display(description=_("budget"))
    def of_budget(self, allocation: Allocation) -> str:
        return allocation.budget.title

    @admin.display(description=_("version"), ordering="version")
    def number(self, allocation: Allocation) -> int:
        return allocation.version

    @admin.display(description=_("digest"))
    def code(self, allocation: Allocation) -> str:
        return format_html("<code>{}</code>", allocation.digest)

    @admin.display(description=_("computed at"), ordering="computed_at")
    def at(self, allocation: Allocation) -> str:
        return when(allocation.computed_at, get_language() or "ko")

    @admin.display(description=_("projects chosen"))
    def winners(self, allocation: Allocation) -> int:
        return len(allocation.result["outcome"]["winners"])
