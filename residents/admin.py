"""Where administrators keep staff roles, consent texts and rolls, and look at accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from hangul.formats import when
from hangul.masking import mask_email, mask_name
from proceedings.office import OfficeAdmin, ReadOnlyAdmin, form_page
from residents import slips
from residents.forms import ReasonForm
from residents.models import (
    ApplicantRoll,
    ConsentRecord,
    ConsentText,
    Department,
    PaperCode,
    Resident,
    StaffRole,
    User,
    Verification,
)
from residents.services import (
    end_role,
    grant_role,
    import_applicants,
    issue_codes,
    revoke_verification,
    save_consent_text,
    save_department,
)

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest

    RoleRows = admin.TabularInline[StaffRole, User]
    CheckRows = admin.TabularInline[Verification, Resident]
else:
    RoleRows = CheckRows = admin.TabularInline  # Django's class takes no type at run time


def account(request: HttpRequest) -> User:
    """Who works in the admin."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


class ReadOnlyRows:
    """Rows inside another page that are only read."""

    extra = 0
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002 - Django's signature
        """Services add."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002 - Django's signature
        """Services change."""
        return False


class RoleInline(ReadOnlyRows, RoleRows):
    """Roles of an account."""

    model = StaffRole
    fields = ("kind", "centre", "department", "area", "valid_from", "valid_to")


@admin.register(User)
class UserAdmin(ReadOnlyAdmin):
    """Accounts, masked: staff need to find one, not to read them."""

    list_display = ("masked_name", "masked_email", "date_joined", "is_active")
    list_filter = ("is_active",)
    search_fields = ("=email",)
    search_help_text = _("The whole e-mail of the account")
    fields = ("masked_name", "masked_email", "date_joined", "is_active", "erased_at", "code")
    readonly_fields = fields
    inlines = (RoleInline,)

    @admin.display(description=_("reference"))
    def code(self, user: User) -> str:
        """What stands for the account in the record."""
        return format_html("<code>{}</code>", user.ref)

    @admin.display(description=_("name shown"))
    def masked_name(self, user: User) -> str:
        """The first letter of the name."""
        return mask_name(user.name) or gettext("(closed)")

    @admin.display(description=_("e-mail"))
    def masked_email(self, user: User) -> str:
        """The e-mail without most of its letters."""
        return mask_email(user.email) if user.is_active else "–"


@admin.register(Department)
class DepartmentAdmin(OfficeAdmin):
    """Departments that review and answer."""

    list_display = ("name", "phone", "email", "is_active")
    list_filter = ("is_active",)
    search_fields = ("name",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:  # noqa: ARG002 - Django's signature
        """Through the service."""
        save_department(actor=account(request), department=obj)


class RoleForm(forms.ModelForm[StaffRole]):
    """A role for the account with an e-mail."""

    email = forms.EmailField(
        label=_("E-mail of the account"),
        help_text=_("The account must exist; its holder sets up two-step log-in at the first use."),
    )

    class Meta:
        model = StaffRole
        fields = ("kind", "centre", "department", "area", "valid_from", "valid_to")

    def clean_email(self) -> str:
        """An account that exists and is open."""
        email: str = self.cleaned_data["email"].lower()
        user = User.objects.filter(email=email, is_active=True).first()
        if user is None:
            raise forms.ValidationError(_("No account has this e-mail."))
        self.instance.user = user
        return email


class InForceFilter(admin.SimpleListFilter):
    """Roles in force, or ended."""

    title = _("in force")
    parameter_name = "now"

    def lookups(self, request: Any, model_admin: Any) -> list[tuple[str, str]]:  # noqa: ARG002 - Django's signature
        """Both."""
        return [("yes", gettext("in force")), ("no", gettext("ended"))]

    def queryset(self, request: Any, queryset: QuerySet[StaffRole]) -> QuerySet[StaffRole]:  # noqa: ARG002 - Django's signature
        """By the last day."""
        if self.value() == "yes":
            return queryset.filter(pk__in=StaffRole.objects.in_force())
        if self.value() == "no":
            return queryset.filter(valid_to__lt=timezone.localdate())
        return queryset


@admin.register(StaffRole)
class StaffRoleAdmin(OfficeAdmin):
    """Staff roles: given and ended, never changed or deleted."""

    form = RoleForm
    fields = ("email", "kind", "centre", "department", "area", "valid_from", "valid_to")
    list_display = ("masked", "kind", "scope", "valid_from", "valid_to", "end")
    list_filter = (InForceFilter, "kind", "centre")
    list_select_related = ("user", "centre", "department", "area")
    search_fields = ("=user__email",)
    search_help_text = _("The whole e-mail of the account")

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002 - Django's signature
        """A role is ended and given anew."""
        return False

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002 - Django's signature
        """The e-mail is asked for, not shown."""
        return self.fields if obj is None else ("masked", *self.fields[1:])

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002 - Django's signature
        """What a stored role shows."""
        return () if obj is None else ("masked",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:  # noqa: ARG002 - Django's signature
        """Through the service."""
        grant_role(actor=account(request), role=obj)

    @admin.display(description=_("account"))
    def masked(self, role: StaffRole) -> str:
        """Who has the role, masked."""
        return f"{mask_name(role.user.name)} ({mask_email(role.user.email)})"

    @admin.display(description=_("where"))
    def scope(self, role: StaffRole) -> str:
        """Centre, or department and area."""
        bound = [str(each) for each in (role.centre, role.department, role.area) if each]
        return " · ".join(bound) or "–"

    @admin.display(description=_("ending"))
    def end(self, role: StaffRole) -> str:
        """The way to ending it."""
        if role.valid_to is not None and role.valid_to < timezone.localdate():
            return gettext("ended")
        url = reverse("admin:residents_staffrole_end", args=[role.pk])
        return format_html('<a class="button" href="{}">{}</a>', url, gettext("End"))

    def get_urls(self) -> list[Any]:
        """Django's addresses and the one to end a role."""
        page = self.admin_site.admin_view(self.end_page)
        return [path("<int:pk>/end/", page, name="residents_staffrole_end"), *super().get_urls()]

    def end_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the reason, then end the role."""
        role = get_object_or_404(StaffRole.objects.select_related("user"), pk=pk)

        def run(data: dict[str, Any]) -> str:
            end_role(actor=account(request), role=role, reason=data["reason"])
            return gettext("The role has ended.")

        return form_page(
            request,
            model_admin=self,
            form=ReasonForm(request.POST or None),
            title=f"{gettext('End the role')}: {role.get_kind_display()} · {self.masked(role)}",
            label=gettext("End the role"),
            run=run,
        )


class VerificationInline(ReadOnlyRows, CheckRows):
    """Evidence for one resident."""

    model = Verification
    fields = ("method", "centre", "checked_at", "valid_until", "revoke")
    readonly_fields = fields

    @admin.display(description=_("Revoke"))
    def revoke(self, verification: Verification) -> str:
        """The way to taking it back."""
        if verification.valid_until < timezone.localdate():
            return gettext("ended")
        url = reverse("admin:residents_resident_revoke", args=[verification.pk])
        return format_html('<a class="button" href="{}">{}</a>', url, gettext("Revoke"))


@admin.register(Resident)
class ResidentAdmin(ReadOnlyAdmin):
    """Confirmed people: no names exist."""

    list_display = ("code", "area", "basis", "birth_year", "verified_until", "has_account")
    list_filter = ("basis", "area")
    list_select_related = ("area",)
    search_fields = ("=ref",)
    fields = ("code", "area", "basis", "birth_year", "verified_until", "has_account", "created_on")
    readonly_fields = fields
    inlines = (VerificationInline,)

    @admin.display(description=_("reference"))
    def code(self, resident: Resident) -> str:
        """What stands for the person in the record."""
        return format_html("<code>{}</code>", resident.ref)

    @admin.display(description=_("born in"))
    def birth_year(self, resident: Resident) -> int:
        """The year is enough for an office."""
        return resident.birth_date.year

    @admin.display(description=_("has an account"), boolean=True)
    def has_account(self, resident: Resident) -> bool:
        """Whether an account is tied to it."""
        return resident.user_id is not None

    def get_urls(self) -> list[Any]:
        """Django's addresses and the one to revoke evidence."""
        page = self.admin_site.admin_view(self.revoke_page)
        revoke = path("check/<int:pk>/revoke/", page, name="residents_resident_revoke")
        return [revoke, *super().get_urls()]

    def revoke_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask for the reason, then take one piece of evidence back."""
        if not account(request).has_perm("residents.view_verification"):
            raise PermissionDenied
        verification = get_object_or_404(Verification, pk=pk)

        def run(data: dict[str, Any]) -> str:
            revoke_verification(
                actor=account(request), verification=verification, reason=data["reason"]
            )
            return gettext("The confirmation is revoked.")

        return form_page(
            request,
            model_admin=self,
            form=ReasonForm(request.POST or None),
            title=f"{gettext('Revoke')}: {verification}",
            label=gettext("Revoke"),
            run=run,
        )


@admin.register(ConsentText)
class ConsentTextAdmin(OfficeAdmin):
    """What people agree to; a text that somebody agreed to stays, a new version is added."""

    list_display = ("purpose", "version", "title", "is_required", "valid_from")
    list_filter = ("purpose",)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:  # noqa: ARG002 - Django's signature
        """Through the service."""
        save_consent_text(actor=account(request), text=obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Only texts that nobody has agreed to yet."""
        may = super().has_change_permission(request, obj)
        return may and (obj is None or not obj.records.exists())


@admin.register(ConsentRecord)
class ConsentRecordAdmin(ReadOnlyAdmin):
    """Who agreed to what."""

    list_display = ("at", "text", "subject_ref", "given", "centre", "recorded_by_ref")
    list_filter = ("given", "text__purpose")
    list_select_related = ("text", "centre")
    search_fields = ("=subject_ref",)


class RollImportForm(forms.ModelForm[ApplicantRoll]):
    """A file of applicants."""

    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("Columns: 이름, 생년월일(8자리), 휴대전화, 동 코드, 자격, 동명이인 구분"),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )
    keep_good = forms.BooleanField(
        label=_("Store the good lines even if others are wrong"), required=False
    )

    class Meta:
        model = ApplicantRoll
        fields = ("title",)


@admin.register(ApplicantRoll)
class ApplicantRollAdmin(OfficeAdmin):
    """Rolls of people who applied beforehand."""

    form = RollImportForm
    list_display = ("title", "imported_at", "applicants_count", "matched_count", "print_codes")

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:  # noqa: ARG002 - Django's signature
        """A roll stays as it was imported."""
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[ApplicantRoll]:
        """Rolls with their figures."""
        matched = Q(applicants__matched_on__isnull=False)
        rolls: QuerySet[ApplicantRoll] = super().get_queryset(request)
        return rolls.annotate(
            people=Count("applicants"), confirmed=Count("applicants", filter=matched)
        )

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002 - Django's signature
        """A file goes in; figures come out."""
        figures = ("title", "imported_at", "applicants_count", "matched_count")
        return ("title", "file", "keep_good") if obj is None else figures

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Everything of a stored roll."""
        return () if obj is None else self.get_fields(request, obj)

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: Any) -> None:  # noqa: ARG002 - Django's signature
        """Through the service, which stores a row of its own."""
        upload = form.cleaned_data["file"]
        upload.seek(0)
        roll, report = import_applicants(
            actor=account(request),
            title=form.cleaned_data["title"],
            data=upload.read(),
            keep_good=form.cleaned_data["keep_good"],
        )
        obj.pk = roll.pk
        self.message_user(
            request,
            gettext("%(stored)d stored, %(left)d left out.")
            % {"stored": report.stored, "left": len(report.problems)},
        )

    @admin.display(description=_("people"))
    def applicants_count(self, roll: Any) -> int:
        """How many people are on it."""
        return int(roll.people)

    @admin.display(description=_("confirmed"))
    def matched_count(self, roll: Any) -> int:
        """How many of them are confirmed."""
        return int(roll.confirmed)

    @admin.display(description=_("Paper codes"))
    def print_codes(self, roll: ApplicantRoll) -> str:
        """The way to the slips."""
        url = reverse("admin:residents_applicantroll_codes", args=[roll.pk])
        return format_html('<a class="button" href="{}">{}</a>', url, gettext("Paper codes"))

    def get_urls(self) -> list[Any]:
        """Django's addresses and the one that prints the slips."""
        page = self.admin_site.admin_view(self.codes_page)
        codes = path("<int:pk>/codes/", page, name="residents_applicantroll_codes")
        return [codes, *super().get_urls()]

    def codes_page(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ask first; then make codes for everybody who waits, and answer with the sheets."""
        roll = get_object_or_404(self.get_queryset(request), pk=pk)
        if request.method == "POST":
            issued = issue_codes(actor=account(request), roll=roll)
            sheets = slips.sheets(issued, roll.title)
            response = HttpResponse(sheets, content_type="application/pdf")
            response["Content-Disposition"] = f'attachment; filename="codes-{roll.pk}.pdf"'
            response["Cache-Control"] = "no-store"
            return response
        if not self.has_view_permission(request):
            raise PermissionDenied
        figures: Any = roll
        return TemplateResponse(
            request,
            "residents/admin_codes.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": gettext("Paper codes"),
                "roll": roll,
                "waiting": figures.people - figures.confirmed,
            },
        )


@admin.register(PaperCode)
class PaperCodeAdmin(ReadOnlyAdmin):
    """Codes on paper: when, not which."""

    list_display = ("issued", "given_at", "expires", "used")
    list_filter = (("centre", admin.RelatedOnlyFieldListFilter),)
    list_select_related = ("centre",)
    fields = ("issued", "given_at", "expires", "used", "issued_by")
    readonly_fields = fields

    @admin.display(description=_("handed out at"), ordering="issued_at")
    def issued(self, code: PaperCode) -> str:
        return when(code.issued_at, get_language() or "ko")

    @admin.display(description=_("centre"))
    def given_at(self, code: PaperCode) -> str:
        return code.centre.name if code.centre else "–"

    @admin.display(description=_("good until"), ordering="expires_at")
    def expires(self, code: PaperCode) -> str:
        return when(code.expires_at, get_language() or "ko")

    @admin.display(description=_("used at"), ordering="used_at")
    def used(self, code: PaperCode) -> str:
        return when(code.used_at, get_language() or "ko") if code.used_at else "–"

    @admin.display(description=_("handed out by"))
    def issued_by(self, code: PaperCode) -> str:
        return format_html("<code>{}</code>", code.issued_by_ref)
