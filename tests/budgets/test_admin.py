"""The office's pages: what each role sees and does, and that mistakes keep what was typed."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from PIL import Image

from budgets.models import (
    Budget,
    BudgetState,
    ElectionUpload,
    Milestone,
    Project,
    ProjectState,
)
from budgets.services.uploads import store_upload
from proceedings.models import AuditEvent
from residents.roles import RoleKind
from tests.factories.budgets import (
    OWN_FILES,
    make_administrator,
    make_allocated_budget,
    make_budget,
    make_project,
    make_reviewing_budget,
    review,
)
from tests.factories.places import make_area, make_district
from tests.factories.residents import make_user
from voting.models import Contest, ContestFigures, ContestPreset
from voting.selectors.what_if import MOST_BALLOTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from residents.models import User

    ClientOf = Callable[[User], Client]

pytestmark = pytest.mark.django_db

BUDGETS, PROJECTS = "/admin/budgets/budget/", "/admin/budgets/project/"


@pytest.fixture
def office(client_of: ClientOf) -> Client:
    return client_of(make_administrator())


def official_of(project: Project) -> User:
    return make_user(role=RoleKind.OFFICIAL, department=project.department)


def page(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


# --- Setting up ---


def test_an_administrator_announces_a_budget(office: Client) -> None:
    data = {
        "title": "2027년 주민참여예산",
        "area": make_district().pk,
        "year": 2027,
        "cap": "300000000",
    }
    answer = office.post(f"{BUDGETS}add/", data)
    budget = Budget.objects.get()
    assert answer["Location"] == f"{BUDGETS}{budget.pk}/change/"
    assert "2027년 주민참여예산" in page(office, BUDGETS)


def test_a_budget_without_a_cap_keeps_what_was_typed(office: Client) -> None:
    answer = office.post(f"{BUDGETS}add/", {"title": "이름만 있는 예산", "cap": "0"})
    assert answer.status_code == 422
    assert "이름만 있는 예산" in answer.content.decode()


def test_a_resident_number_is_not_kept(office: Client) -> None:
    data = {
        "title": "예산",
        "summary": "문의 900101-1234568",
        "area": make_district().pk,
        "year": 2027,
        "cap": "1000",
    }
    assert office.post(f"{BUDGETS}add/", data).status_code == 422
    assert not Budget.objects.exists()


def test_a_project_is_written_with_its_breakdown(office: Client) -> None:
    budget = make_budget()
    data = {
        "title": "보안등 교체",
        "area": make_area(parent=budget.area).pk,
        "cost": "48000000",
        "lines-TOTAL_FORMS": "2",
        "lines-INITIAL_FORMS": "0",
        "lines-0-label": "보안등",
        "lines-0-quantity": "60",
        "lines-0-unit": "등",
        "lines-0-unit_price": "800000",
    }
    office.post(f"{PROJECTS}new/{budget.pk}/", data)
    project = Project.objects.get()
    assert (project.title, project.cost_lines.get().amount) == ("보안등 교체", Decimal(48_000_000))
    changed = {**data, "title": "보안등 바꾸기", "lines-INITIAL_FORMS": "1", "lines-0-DELETE": "on"}
    office.post(f"{PROJECTS}{project.pk}/write/", changed)
    project.refresh_from_db()
    assert (project.title, project.cost_lines.count()) == ("보안등 바꾸기", 0)


def test_a_breakdown_that_differs_is_shown_with_both_figures(office: Client) -> None:
    budget = make_budget()
    data = {
        "title": "보안등 교체",
        "area": make_area(parent=budget.area).pk,
        "cost": "47000000",
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "0",
        "lines-0-label": "보안등",
        "lines-0-quantity": "60",
        "lines-0-unit_price": "800000",
    }
    answer = office.post(f"{PROJECTS}new/{budget.pk}/", data)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "산출내역 합계는 48,000,000원인데 사업비는 47,000,000원입니다." in text
    assert 'value="보안등"' in text


def test_the_office_moves_a_budget_and_prepares_its_contest(office: Client) -> None:
    budget = make_budget()
    project = make_project(budget)
    address = f"{BUDGETS}{budget.pk}/change/"
    assert "부서 검토 시작하기" in page(office, address)
    office.post(address, {"to": "reviewing"})
    text = page(office, address)
    assert "부서 검토를 기다리는 사업이 1개 있습니다" in text
    assert "투표 준비하기" not in text
    review(project)
    assert "투표 준비하기" in page(office, address)
    made = office.post(
        address,
        {
            "act": "contest",
            "contest-method": "equal_shares",
            "contest-step": "0.2",
            "contest-tie_rule": "lower_cost",
        },
    )
    budget.refresh_from_db()
    assert made["Location"] == f"/admin/voting/contest/{budget.contest_id}/change/"
    assert "사업을 담아 투표 초안을 만들었습니다." in page(office, made["Location"])
    assert budget.state == BudgetState.VOTING
    assert budget.rule["rule"] == "equal_shares"
    assert budget.contest is not None
    assert "투표용지에서 내리고 부서 검토로 되돌리기" in page(office, address)


def test_a_rule_is_tried_before_the_projects_go_on_the_ballot(office: Client) -> None:
    earlier = make_allocated_budget((200_000_000, 90_000_000), (["01", "02"], ["02"]))
    budget = make_reviewing_budget((200_000_000, 150_000_000, 90_000_000))
    for project in budget.projects.all():
        review(project)
    address = f"{BUDGETS}{budget.pk}/change/"
    before = (Contest.objects.count(), AuditEvent.objects.count())
    data = {
        "act": "try",
        "contest-method": "equal_shares",
        "contest-step": "0.7",
        "contest-tie_rule": "lower_cost",
        "ballots": "",
    }
    text = office.post(address, data).content.decode()
    assert "아직 저장한 것은 없습니다" in text
    assert "지어낸 표" in text
    assert 'value="0.7"' in text
    assert office.post(address, data).content.decode().count("명") == text.count("명")
    text = office.post(address, {**data, "ballots": earlier.pk}).content.decode()
    assert f"“{earlier.title}”" in text
    ContestFigures.objects.filter(contest=earlier.contest).update(web=MOST_BALLOTS + 1)
    assert f"/budgets/{earlier.pk}/export.pb" in page(office, address)
    pointed = {**data, "contest-method": "greedy", "contest-points": "10"}
    assert "아직 저장한 것은 없습니다" in office.post(address, pointed).content.decode()
    assert (Contest.objects.count(), AuditEvent.objects.count()) == before
    budget.refresh_from_db()
    assert (budget.state, budget.contest) == (BudgetState.REVIEWING, None)


def test_a_rule_that_cannot_be_counted_is_refused_when_it_is_tried(office: Client) -> None:
    budget = make_reviewing_budget((200_000_000, 150_000_000))
    for project in budget.projects.all():
        review(project)
    address = f"{BUDGETS}{budget.pk}/change/"
    data = {
        "act": "try",
        "contest-method": "greedy",
        "contest-tie_rule": "lower_cost",
        "contest-exclusions": "01, 99",
    }
    answer = office.post(address, data)
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "01, 99" in text
    assert "아직 저장한 것은 없습니다" not in text
    answer = office.post(address, {**data, "contest-exclusions": "", "contest-method": "x"})
    assert answer.status_code == 422
    nothing = ContestPreset.objects.create(
        slug="none", name="없음", position=99, settings={"kind": "budget", "min_picks": 9}
    )
    answer = office.post(address, {**data, "contest-exclusions": "", "contest-preset": nothing.pk})
    assert answer.status_code == 422
    assert "아직 저장한 것은 없습니다" not in answer.content.decode()


def test_a_budget_is_changed_and_a_low_cap_is_refused_beside_its_field(office: Client) -> None:
    budget = make_budget()
    project = make_project(budget)
    data = {
        "act": "change",
        "change-title": budget.title,
        "change-area": budget.area_id,
        "change-year": 2027,
        "change-cap": "40000000",
    }
    answer = office.post(f"{BUDGETS}{budget.pk}/change/", data)
    assert answer.status_code == 422
    assert f"“{project.title}” 사업이 이 한도보다 큽니다." in answer.content.decode()


# --- The upload ---


def upload(office: Client, name: str, **data: Any) -> Any:
    file = SimpleUploadedFile(name.rsplit("/", maxsplit=1)[-1], (OWN_FILES / name).read_bytes())
    sent = {"file": file, "area": make_district().pk, "rule": "", **data}
    return office.post(f"{BUDGETS}import/", sent)


def test_a_file_waits_for_the_worker_and_the_page_tells_how_far_it_is(office: Client) -> None:
    answer = upload(office, "approval_greedy.pb")
    waiting = ElectionUpload.objects.get()
    address = answer["Location"]
    assert address == f"{BUDGETS}import/{waiting.pk}/"
    text = page(office, address)
    assert 'data-board="?part=1"' in text
    assert "작업 프로그램을 기다립니다" in text
    assert not Budget.objects.exists()
    store_upload(waiting.pk)
    budget = Budget.objects.get()
    assert budget.state == BudgetState.COUNTING
    for found in (page(office, address), page(office, f"{address}?part=1")):
        assert f'href="{BUDGETS}{budget.pk}/change/"' in found
        assert 'data-board="' not in found
    assert "<html" not in page(office, f"{address}?part=1")
    assert address in page(office, f"{BUDGETS}import/")
    assert "approval_greedy.pb" in page(office, f"{BUDGETS}{budget.pk}/change/")
    assert office.get(f"{BUDGETS}import/999999/").status_code == 404


def test_a_ballot_that_is_missing_is_told_on_the_page_of_the_upload(office: Client) -> None:
    text = (OWN_FILES / "approval_greedy.pb").read_text()
    short = "".join(text.splitlines(keepends=True)[:-1])  # as cut off by a slip
    file = SimpleUploadedFile("x.pb", short.encode())
    sent = {"file": file, "area": make_district().pk, "rule": ""}
    address = office.post(f"{BUDGETS}import/", sent)["Location"]
    found = page(office, address)
    assert "num_votes 값이 7인데, 파일에는 6건이 있습니다." in found
    assert '<th scope="row">8</th>' in found


def test_an_upload_that_could_not_be_stored_says_why(office: Client) -> None:
    address = upload(office, "approval_greedy.pb")["Location"]
    ElectionUpload.objects.update(attempts=3)
    store_upload(ElectionUpload.objects.get().pk)
    assert 'data-code="upload_unreadable"' in page(office, address)


@pytest.mark.parametrize("place", ["description;", "마을 쉼터", "v2"])
def test_a_resident_number_in_a_file_is_refused_by_its_line(office: Client, place: str) -> None:
    text = (OWN_FILES / "approval_greedy.pb").read_text()
    line = next(n for n, row in enumerate(text.splitlines(), 1) if place in row)
    bad = text.replace(place, f"{place} 900101-1234567", 1)
    file = SimpleUploadedFile("x.pb", bad.encode())
    answer = office.post(f"{BUDGETS}import/", {"file": file, "area": make_district().pk})
    found = answer.content.decode()
    assert answer.status_code == 422
    assert f'<th scope="row">{line}</th>' in found
    assert "주민등록번호" in found
    assert "1234567" not in found
    assert not ElectionUpload.objects.exists()


def test_a_resident_number_in_the_name_of_a_file_is_refused(office: Client) -> None:
    file = SimpleUploadedFile("900101-1234567.pb", (OWN_FILES / "threshold.pb").read_bytes())
    answer = office.post(f"{BUDGETS}import/", {"file": file, "area": make_district().pk})
    assert answer.status_code == 422
    assert not ElectionUpload.objects.exists()


def test_bad_lines_are_named_by_number_and_nothing_is_stored(office: Client) -> None:
    answer = upload(office, "broken/several.pb")
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "아무것도 저장하지 않았습니다" in text
    assert text.count('<th scope="row">') > 1
    assert not Budget.objects.exists()


def test_a_rule_that_is_not_counted_is_refused_beside_the_rule(office: Client) -> None:
    answer = upload(office, "unknown_rule.pb")
    assert answer.status_code == 422
    assert not Budget.objects.exists()
    upload(office, "unknown_rule.pb", rule="greedy")
    assert ElectionUpload.objects.get().rule_name == "greedy"


# --- The department ---


def test_an_official_finds_the_own_waiting_projects_first(client_of: ClientOf) -> None:
    budget = make_reviewing_budget([48_000_000, 62_500_000])
    other, own = budget.projects.select_related("department").order_by("pk")
    text = page(client_of(official_of(own)), PROJECTS)
    assert 0 < text.index(own.title) < text.index(other.title)
    filtered = page(client_of(official_of(own)), f"{PROJECTS}?waits=own_review")
    assert other.title not in filtered.split('id="changelist"')[1].split("changelist-filter")[0]


def test_an_official_gives_a_verdict_on_the_own_project_only(client_of: ClientOf) -> None:
    budget = make_reviewing_budget([48_000_000, 62_500_000])
    other, own = budget.projects.select_related("department").order_by("pk")
    client = client_of(official_of(own))
    verdict = {
        "act": "review",
        "review-is_eligible": "1",
        "review-note": "설치할 수 있습니다.",
        "review-reviewed_cost": "60000000",
    }
    client.post(f"{PROJECTS}{own.pk}/change/", verdict)
    client.post(f"{PROJECTS}{other.pk}/change/", verdict)
    own.refresh_from_db()
    other.refresh_from_db()
    assert (own.state, own.cost) == (ProjectState.ELIGIBLE.value, Decimal(60_000_000))
    assert other.state == ProjectState.SUBMITTED
    assert "다른 부서" in page(client, f"{PROJECTS}{other.pk}/change/")


def test_a_verdict_without_a_note_keeps_the_rest(client_of: ClientOf) -> None:
    budget = make_reviewing_budget([48_000_000])
    project = budget.projects.select_related("department").get()
    data = {"act": "review", "review-is_eligible": "1", "review-reviewed_cost": "45000001"}
    answer = client_of(official_of(project)).post(f"{PROJECTS}{project.pk}/change/", data)
    assert answer.status_code == 422
    assert "45000001" in answer.content.decode()


def test_steps_are_planned_reported_and_late_ones_are_red(client_of: ClientOf) -> None:
    budget = make_allocated_budget((200_000_000, 150_000_000), (["01"],))
    project = budget.projects.select_related("department").get(code="01")
    client = client_of(official_of(project))
    address = f"{PROJECTS}{project.pk}/change/"
    late = timezone.localdate() - timedelta(days=2)
    client.post(address, {"act": "plan", "plan-title": "설계", "plan-planned_on": late})
    step = Milestone.objects.get()
    assert "is-red" in page(client, "/admin/budgets/milestone/")
    report = {
        "act": "report",
        "report-milestone": step.pk,
        "report-done_on": timezone.localdate(),
        "report-note": "설계를 마쳤습니다.",
        "report-spent": "5000000",
    }
    client.post(address, report)
    step.refresh_from_db()
    assert step.spent == 5_000_000
    assert "is-red" not in page(client, "/admin/budgets/milestone/")


# --- Who sees what ---


@pytest.mark.parametrize("address", [f"{BUDGETS}add/", f"{BUDGETS}import/", f"{BUDGETS}import/1/"])
def test_officials_neither_announce_nor_import_budgets(client_of: ClientOf, address: str) -> None:
    client = client_of(make_user(role=RoleKind.OFFICIAL))
    assert client.get(address).status_code == 403


def test_an_auditor_reads_and_finds_no_forms(client_of: ClientOf) -> None:
    budget = make_allocated_budget((200_000_000,), (["01"],), max_picks=1)
    client = client_of(make_user(role=RoleKind.AUDITOR))
    text = page(client, f"{BUDGETS}{budget.pk}/change/")
    assert 'name="act"' not in text
    assert 'name="to"' not in text
    assert 'name="act"' not in page(client, f"{PROJECTS}{budget.projects.get().pk}/change/")
    assert budget.allocations.get().digest in page(client, "/admin/budgets/allocation/")


def test_another_department_does_not_open_the_form_of_a_project(client_of: ClientOf) -> None:
    project = make_project()
    client = client_of(make_user(role=RoleKind.OFFICIAL))
    assert client.get(f"{PROJECTS}{project.pk}/write/").status_code == 403
    assert client.get(f"{PROJECTS}new/{project.budget_id}/").status_code == 403


# --- Pictures ---


def jpeg() -> SimpleUploadedFile:
    file = BytesIO()
    Image.new("RGB", (60, 40), "red").save(file, "JPEG")
    return SimpleUploadedFile("p.jpg", file.getvalue(), "image/jpeg")


def test_an_official_shows_a_project_with_a_picture_and_its_words(
    client_of: ClientOf, client: Client
) -> None:
    project = make_project(make_reviewing_budget())
    official, address = client_of(official_of(project)), f"{PROJECTS}{project.pk}/change/"
    assert 'enctype="multipart/form-data"' in page(official, address)
    sent = {"act": "picture", "picture-image": jpeg(), "picture-alt": " "}
    answer = official.post(address, sent)
    assert answer.status_code == 422
    assert "사진에 무엇이 있는지" in answer.content.decode()
    wrong = SimpleUploadedFile("p.jpg", b"no picture", "image/jpeg")
    sent = {"act": "picture", "picture-image": wrong, "picture-alt": "골목"}
    answer = official.post(address, sent)
    assert answer.status_code == 422
    assert 'value="골목"' in answer.content.decode()
    sent = {"act": "picture", "picture-image": jpeg(), "picture-alt": "새 보안등이 켜진 골목"}
    assert official.post(address, sent).status_code == 302
    project.refresh_from_db()
    shown = page(client, project.get_absolute_url())
    assert f'src="{project.picture.url}" alt="새 보안등이 켜진 골목"' in shown
    listed = page(client, project.budget.get_absolute_url())
    assert f'src="{project.thumbnail.url}" alt="새 보안등이 켜진 골목"' in listed
    row = client.get(f"/api/v1/projects/{project.pk}/").json()
    assert (row["picture_alt"], row["picture"]) == (
        "새 보안등이 켜진 골목",
        f"http://testserver{project.picture.url}",
    )
    assert official.post(address, {"act": "no_picture"}).status_code == 302
    assert "<figure" not in page(client, f"{project.get_absolute_url()}?sort=new")
    assert client.get(f"/api/v1/projects/{project.pk}/").json()["picture"] is None
