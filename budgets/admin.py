"""Where the office works on budgets: set up, review, put to the vote, report; all by services."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from budgets.forms import (
    BudgetForm,
    LineForms,
    PictureForm,
    PlanForm,
    ProjectForm,
    ReportForm,
    ReviewForm,
    UploadForm,
    line_start,
    typed,
)
from budgets.forms.money import ContestForm
from budgets.lifecycle import MOVES, State, check_move, check_open
from budgets.models import Allocation, Budget, BudgetState, Milestone, Project
from budgets.permissions import refuse_unless_administrator, refuse_unless_in_charge
from budgets.selectors.queues import (
    PROJECT_ORDER,
    STEP_ORDER,
    budget_projects,
    latest_uploads,
    office_budgets,
    office_projects,
    office_steps,
    own_departments,
    project_for_office,
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
from budgets.services.execution import CHOSEN, plan_milestone, report_milestone
from budgets.services.pictures import put_picture, refuse_picture, remove_picture
from budgets.services.planning import (
    change_budget,
    change_project,
    create_budget,
    create_project,
    move_budget,
)
from budgets.services.reviewing import review_project
from budgets.services.uploads import take_upload
from hangul.formats import day, dday, money, when
from proceedings.office import ReadOnlyAdmin
from proceedings.refusals import Refused
from proceedings.texts import SafeWords
from proceedings.wording import say, say_next

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.db.models import QuerySet
    from django.http import HttpResponse

    from proceedings.refusals import Refusal
    from residents.models import User

AMBER_DAYS = 3
"""A step that is planned for so few days from now turns amber; a late one is red."""


def actor_of(request: HttpRequest) -> User:
    """Who works in the admin, which lets only accounts in."""
    return cast("User", request.user)


def spoken(amount: Any, currency: str) -> str:
    """Money in the reader's language."""
    return money(amount, currency, get_language() or "ko")


def done(request: HttpRequest, form: SafeWords, act: Callable[[], object]) -> bool:
    """Whether the act was done; if it was refused, the form says why and keeps what was typed."""
    try:
        act()
    except Refused as refused:
        form.refuse(refused.refusal, f"{say(refused.refusal)} {say_next(refused.refusal)}".strip())
        return False
    messages.success(request, gettext("This is recorded and can be seen by everybody."))
    return True


class OfficePages(ReadOnlyAdmin):
    """Lists that Django draws and pages of our own, each act of which calls a service."""

    class Media:
        css = {"all": ["css/pages/proposals-admin.css"]}

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """Django's list, under its plain name."""
        title = {"title": self.opts.verbose_name_plural}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    def page(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        """A page of the admin; a form that was refused or is wrong makes it a 422."""
        shown = [context.get("form"), *context.get("forms", {}).values()]
        wrong = any(form is not None and form.errors for form in shown)
        return render(
            request,
            f"budgets/{template}.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "media": self.media,
                **context,
            },
            status=422 if wrong else 200,
        )


class OwnFilter(admin.SimpleListFilter):
    """The morning list of an official: what waits for the own department."""

    title = _("what waits")
    parameter_name = "waits"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002 - Django's signature
        return [
            ("review", _("Waiting for a verdict")),
            ("own", _("My department")),
            ("own_review", _("My department, waiting for a verdict")),
            ("nobody", _("No department yet")),
            ("doing", _("Being carried out")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        mine = queryset.filter(department__in=own_departments(actor_of(request)))
        chosen: Mapping[str | None, QuerySet[Any]] = {
            "review": queryset.filter(waits=0),
            "own": mine,
            "own_review": mine.filter(waits=0),
            "nobody": queryset.filter(department__isnull=True),
            "doing": queryset.filter(state__in=CHOSEN),
        }
        return chosen.get(self.value(), queryset)


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
                words = f"{say(refused.refusal)} {say_next(refused.refusal)}".strip()
                form.add_error("rule" if "rule" in refused.refusal.code else "file", words)
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
            if done(request, form, lambda: BUDGET_ACTS[act](actor_of(request), budget, form)):
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


def words_of(refusal: Refusal) -> str:
    """Why something was refused, and what can be done."""
    return f"{say(refusal)} {say_next(refusal)}".strip()


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


@admin.register(Project)
class ProjectAdmin(OfficePages):
    """Projects: the own department's first, those that wait for a verdict above all."""

    list_display = ("title", "budget", "department", "area", "amount", "stage")
    list_filter = (OwnFilter, "budget", "state", "department", "area")
    search_fields = ("title", "code")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Project]:
        return office_projects(actor_of(request))

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:  # noqa: ARG002 - Django's signature
        return PROJECT_ORDER

    @admin.display(description=_("cost"), ordering="cost")
    def amount(self, project: Project) -> str:
        return spoken(project.cost, project.budget.currency)

    @admin.display(description=_("state"))
    def stage(self, project: Any) -> str:
        tone = "is-amber" if project.waits == 0 else ""
        return format_html('<span class="due {}">{}</span>', tone, project.get_state_display())

    def get_urls(self) -> list[Any]:
        write = self.admin_site.admin_view(self.write)
        return [
            path("new/<int:budget_pk>/", write, name="budgets_project_new"),
            path("<int:pk>/write/", write, name="budgets_project_write"),
            *super().get_urls(),
        ]

    def write(
        self, request: HttpRequest, budget_pk: int | None = None, pk: int | None = None
    ) -> HttpResponse:
        """Write a project and its cost breakdown, new or again."""
        project = project_for_office(pk) if pk is not None else None
        budget = project.budget if project else budget_by_id(budget_pk or 0)
        if budget is None:
            raise Http404
        actor = actor_of(request)
        refusal = (
            refuse_unless_in_charge(actor, project)
            if project
            else refuse_unless_administrator(actor)
        ) or check_open(budget.state, imported=budget.is_imported)
        if refusal is not None:
            raise PermissionDenied(say(refusal))
        amount = {"cost": typed(project.cost)} if project else {}
        form = ProjectForm(request.POST or None, instance=project, budget=budget, initial=amount)
        start = line_start(list(project.cost_lines.all())) if project else []
        lines = LineForms(request.POST or None, initial=start, prefix="lines")
        stored: list[Project] = []
        if all([form.is_valid(), lines.is_valid()]) and done(
            request,
            form,
            lambda: stored.append(write_project(actor, budget, project, form, lines)),
        ):
            return redirect("admin:budgets_project_change", stored[0].pk)
        title = gettext("Change the project") if project else gettext("New project")
        return self.page(
            request,
            "admin_project_form",
            form=form,
            lines=lines,
            budget=budget,
            project=project,
            title=title,
        )

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",  # noqa: ARG002 - Django's signature
        extra_context: Any = None,  # noqa: ARG002 - Django's signature
    ) -> HttpResponse:
        """One project: what it says, the verdicts, the steps, and what can be done now."""
        project = project_for_office(int(object_id)) if object_id.isdecimal() else None
        if project is None:
            raise Http404
        if not self.has_view_permission(request, project):
            raise PermissionDenied
        act, forms_ = request.POST.get("act", ""), project_acts(request, project)
        if act in forms_ and forms_[act].is_valid():
            form = forms_[act]
            if done(request, form, lambda: PROJECT_ACTS[act](actor_of(request), project, form)):
                return redirect("admin:budgets_project_change", project.pk)
        actor, budget = actor_of(request), project.budget
        refusal = refuse_unless_in_charge(actor, project)
        is_open = check_open(budget.state, imported=budget.is_imported) is None
        return self.page(
            request,
            "admin_project",
            title=project.title,
            project=project,
            budget=budget,
            forms=forms_,
            refusal=refusal,
            can_write=refusal is None and is_open,
        )


def write_project(
    actor: User, budget: Budget, project: Project | None, form: ProjectForm, lines: Any
) -> Project:
    """Store what the two forms hold."""
    if project is None:
        return create_project(
            actor=actor, budget_id=budget.pk, words=form.words(), lines=lines.lines()
        )
    return change_project(
        actor=actor, project_id=project.pk, words=form.words(), lines=lines.lines()
    )


def project_acts(request: HttpRequest, project: Project) -> dict[str, SafeWords]:
    """The forms for what this member of staff may do with `project` now."""
    if refuse_unless_in_charge(actor_of(request), project) is not None:
        return {}
    act = request.POST.get("act", "")

    def sent(name: str) -> dict[str, Any]:
        return {"data": request.POST if act == name else None, "prefix": name}

    forms_: dict[str, SafeWords] = {}
    if project.budget.state == BudgetState.REVIEWING and not project.budget.is_imported:
        start = {"reviewed_cost": typed(project.cost)}
        forms_["review"] = ReviewForm(**sent("review"), initial=start)
    if refuse_picture(actor_of(request), project) is None:
        files = request.FILES if act == "picture" else None
        forms_["picture"] = PictureForm(**sent("picture"), files=files)
        if project.picture:
            forms_["no_picture"] = SafeWords(**sent("no_picture"))
    if project.state in CHOSEN:
        forms_["plan"] = PlanForm(**sent("plan"))
        if any(step.done_on is None for step in project.milestones.all()):
            today = {"done_on": timezone.localdate()}
            forms_["report"] = ReportForm(**sent("report"), project=project, initial=today)
    return forms_


PROJECT_ACTS: Mapping[str, Callable[[User, Project, Any], object]] = {
    "review": lambda actor, project, form: review_project(
        actor=actor, project_id=project.pk, verdict=form.verdict()
    ),
    "picture": lambda actor, project, form: put_picture(
        actor=actor,
        project_id=project.pk,
        image=form.cleaned_data["image"],
        size=form.cleaned_data["image"].size,
        alt=form.cleaned_data["alt"],
    ),
    "no_picture": lambda actor, project, _form: remove_picture(actor=actor, project_id=project.pk),
    "plan": lambda actor, project, form: plan_milestone(
        actor=actor, project_id=project.pk, **form.cleaned_data
    ),
    "report": lambda actor, _project, form: report_milestone(
        actor=actor, milestone_id=form.cleaned_data["milestone"].pk, report=form.report()
    ),
}


@admin.register(Milestone)
class MilestoneAdmin(OfficePages):
    """Every step: what is late is red; a click leads to its project."""

    list_display = ("step", "due", "department", "done_on", "money_spent")
    list_display_links = None
    list_filter = (
        ("done_on", admin.EmptyFieldListFilter),
        "project__department",
        "project__budget",
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet[Milestone]:
        return office_steps(actor_of(request))

    def get_ordering(self, request: HttpRequest) -> tuple[str, ...]:  # noqa: ARG002 - Django's signature
        return STEP_ORDER

    @admin.display(description=_("step"))
    def step(self, milestone: Milestone) -> str:
        url = reverse("admin:budgets_project_change", args=[milestone.project_id])
        return format_html('<a href="{}">{}</a> · {}', url, milestone.project, milestone.title)

    @admin.display(description=_("planned for"))
    def due(self, milestone: Milestone) -> str:
        today, language = timezone.localdate(), get_language() or "ko"
        words = day(milestone.planned_on, language)
        if milestone.done_on is not None:
            return words
        left = (milestone.planned_on - today).days
        tone = "is-red" if left < 0 else "is-amber" if left <= AMBER_DAYS else ""
        return format_html(
            '<span class="due {}">{} <b>{}</b></span>',
            tone,
            words,
            dday(milestone.planned_on, today, language),
        )

    @admin.display(description=_("department"))
    def department(self, milestone: Milestone) -> str:
        return str(milestone.project.department or "–")

    @admin.display(description=_("spent"))
    def money_spent(self, milestone: Milestone) -> str:
        return spoken(milestone.spent, milestone.project.budget.currency)


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
