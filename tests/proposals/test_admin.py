"""The official's desk."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from debates.models import HouseRule
from proceedings.audit import Action
from proceedings.models import AuditEvent
from proposals.lifecycle import AnswerKind
from proposals.models import Answer, Proposal, ProposalState, SupportPreset
from tests.factories.proposals import make_answer, make_preset, make_proposal, make_reviewed
from tests.factories.residents import grant, make_department, make_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from residents.models import Department, User

pytestmark = pytest.mark.django_db
LIST = "/admin/proposals/proposal/"


@pytest.fixture
def department() -> Department:
    return make_department(name="안전도시과", phone="062-000-0100")


@pytest.fixture
def desk(department: Department, client_of: Callable[[User], Client]) -> Client:
    return client_of(make_user(role="official", department=department))


def page(proposal: Proposal) -> str:
    return f"{LIST}{proposal.pk}/change/"


def answer(department: Department, **columns: Any) -> dict[str, Any]:
    given = {
        "kind": "adopted",
        "reason": "점검 결과 바꿀 수 있습니다.",
        "department": department.pk,
        "next_step": "11월에 바꿉니다.",
        "next_date": (timezone.localdate() + timedelta(days=9)).isoformat(),
        "contact": "062-000-0100",
        **columns,
    }
    return {"act": "answer", **{f"answer-{name}": value for name, value in given.items()}}


def test_the_morning_list_shows_due_dates_in_words_and_colours(
    desk: Client, department: Department
) -> None:
    late, soon = make_reviewed(title="늦은 제안입니다"), make_reviewed(title="곧 기한입니다")
    make_proposal(title="아직 공감 모으는 제안")
    today = timezone.localdate()
    for proposal, days in ((late, -2), (soon, 2)):
        Proposal.objects.filter(pk=proposal.pk).update(
            department=department, answer_due_on=today + timedelta(days=days)
        )
    text = desk.get(LIST).content.decode()
    assert text.index("늦은 제안입니다") < text.index("곧 기한입니다")
    assert "due is-red" in text
    assert "due is-amber" in text
    assert "아직 공감" not in text
    assert "아직 공감" in desk.get(LIST, {"due": "all"}).content.decode()
    assert "곧 기한입니다" not in desk.get(LIST, {"due": "overdue"}).content.decode()


def test_the_list_costs_the_same_with_one_row_and_with_three(desk: Client) -> None:
    def cost() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert desk.get(LIST).status_code == 200
        return len(captured)

    make_reviewed()
    one = cost()
    make_reviewed()
    make_reviewed()
    assert cost() == one


def test_an_answer_without_reason_keeps_what_was_typed(
    desk: Client, department: Department
) -> None:
    proposal = make_reviewed()
    response = desk.post(page(proposal), answer(department, reason=""))
    text = response.content.decode()
    assert "까닭을 적어 주세요" in text
    assert "11월에 바꿉니다." in text
    late = desk.post(page(proposal), answer(department, next_date=""))
    assert "다음 소식을 알릴 날짜를 적어 주세요." in late.content.decode()
    assert not Answer.objects.exists()


def test_an_answer_is_sent_and_can_be_seen(desk: Client, department: Department) -> None:
    proposal = make_reviewed()
    assert desk.post(page(proposal), answer(department)).status_code == 302
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.ANSWERED
    assert "점검 결과" in desk.get(proposal.get_absolute_url()).content.decode()


def test_a_good_old_answer_is_reused(desk: Client) -> None:
    old = make_reviewed(title="느티로 보안등을 켜 주세요")
    past = make_answer(old, AnswerKind.ADOPTED, reason="전력 여유가 있어 바꿉니다.")
    proposal = make_reviewed(title="장터로 보안등을 켜 주세요")
    text = desk.get(page(proposal)).content.decode()
    assert f"?reuse={past.pk}" in text
    form = desk.get(page(proposal), {"reuse": past.pk}).context["forms"]["answer"]
    assert form.initial["reason"] == "전력 여유가 있어 바꿉니다."
    assert "next_date" not in form.initial


def test_another_departments_proposal_shows_why_it_cannot_be_answered(desk: Client) -> None:
    proposal = make_reviewed()
    Proposal.objects.update(department=make_department(name="건설과"))
    response = desk.get(page(proposal))
    assert "answer" not in response.context["forms"]
    assert "건설과" in response.content.decode()
    assert desk.post(page(proposal), {"act": "answer"}).status_code == 200
    assert not Answer.objects.exists()


def test_naming_a_department_is_offered_until_one_owes_the_answer(
    desk: Client, department: Department
) -> None:
    proposal = make_reviewed()
    assert "assign-department" in desk.get(page(proposal)).content.decode()
    desk.post(page(proposal), {"act": "assign", "assign-department": department.pk})
    assert "assign-department" not in desk.get(page(proposal)).content.decode()


def test_assign_merge_and_progress(desk: Client, department: Department) -> None:
    proposal, target = make_reviewed(), make_reviewed()
    desk.post(page(proposal), {"act": "assign", "assign-department": department.pk})
    proposal.refresh_from_db()
    assert proposal.department == department
    unknown = desk.post(
        page(proposal), {"act": "merge", "merge-into": 999999, "merge-reason": "같음"}
    )
    assert "이 번호의 제안이 없습니다." in unknown.content.decode()
    desk.post(page(proposal), {"act": "merge", "merge-into": target.pk, "merge-reason": "같음"})
    proposal.refresh_from_db()
    assert proposal.merged_into == target
    desk.post(page(target), answer(department))
    report = {
        "act": "progress",
        "progress-title": "발주",
        "progress-percent": "40",
        "progress-happened_on": timezone.localdate().isoformat(),
    }
    desk.post(page(target), report)
    target.refresh_from_db()
    assert target.state == ProposalState.IN_PROGRESS


def test_a_moderator_hides_under_a_rule_and_answers_nothing(
    client_of: Callable[[User], Client],
) -> None:
    rule = HouseRule.objects.create(number=93, title="개인정보 노출", body="쓰지 않습니다.")
    proposal, client = make_reviewed(), client_of(make_user(role="moderator"))
    assert set(client.get(page(proposal)).context["forms"]) == {"hide"}
    client.post(page(proposal), {"act": "hide", "hide-rule": rule.pk, "hide-reason": "전화번호"})
    proposal.refresh_from_db()
    assert proposal.is_hidden
    author, ask = client_of(proposal.author), f"/proposals/{proposal.pk}/appeal/"
    assert ask in author.get(proposal.get_absolute_url()).content.decode()
    assert author.post(ask, {"reason": ""}).status_code == 422
    assert author.post(ask, {"reason": "제 번호가 아닙니다."}).status_code == 302
    assert set(client.get(page(proposal)).context["forms"]) == {"restore", "keep"}
    assert proposal.title in client.get(LIST, {"due": "appeal"}).content.decode()
    client.post(page(proposal), {"act": "restore", "restore-reason": "고쳤습니다"})
    proposal.refresh_from_db()
    assert not proposal.is_hidden


def test_drafts_and_unknown_numbers_do_not_open(desk: Client) -> None:
    assert desk.get(f"{LIST}999999/change/").status_code == 404
    assert desk.get(f"{LIST}add/").status_code == 403


def test_one_preset_is_chosen_for_new_proposals(client_of: Callable[[User], Client]) -> None:
    old = make_preset()
    client = client_of(make_user(role="administrator"))
    url = "/admin/proposals/supportpreset/"
    rules = {
        "name": "50명 20일",
        "threshold": 50,
        "days": 20,
        "debate_days": 0,
        "answer_months": 1,
        "editable_until": 10,
    }
    assert client.post(f"{url}add/", rules).status_code == 302
    new = SupportPreset.objects.get(name="50명 20일")
    assert not new.is_default

    def choose(*presets: SupportPreset) -> str:
        chosen = {"action": "use_for_new", "_selected_action": [preset.pk for preset in presets]}
        return client.post(url, chosen, follow=True).content.decode()

    assert "하나만 골라 주세요." in choose(old, new)
    choose(new)
    old.refresh_from_db()
    new.refresh_from_db()
    assert (old.is_default, new.is_default) == (False, True)
    assert AuditEvent.objects.filter(action=Action.PRESET_CHANGED).count() == 2


def test_a_moderator_of_an_area_finds_second_looks_asked_there(
    client_of: Callable[[User], Client],
) -> None:
    rule = HouseRule.objects.create(number=94, title="개인정보 노출", body="쓰지 않습니다.")
    asked: dict[str, Any] = {
        "is_hidden": True,
        "hidden_rule": rule,
        "hidden_at": timezone.now(),
        "appeal": "다시 봐 주세요.",
        "appealed_at": timezone.now(),
    }
    here, elsewhere = make_proposal(title="여기", **asked), make_proposal(title="저기", **asked)
    client = client_of(make_user(role="moderator", area=here.area))
    text = client.get(LIST, {"due": "appeal"}).text
    assert f"{here.pk}/change/" in text
    assert f"{elsewhere.pk}/change/" not in text
    assert set(client.get(page(here)).context["forms"]) == {"restore", "keep"}
    assert client.get(page(elsewhere)).context["forms"] == {}


def test_an_answer_begins_with_the_department_in_charge_not_with_the_first_of_mine(
    desk: Client, department: Department, client_of: Callable[[User], Client]
) -> None:
    proposal, other = make_reviewed(), make_department(name="건설과", phone="062-000-0200")
    Proposal.objects.update(department=other)
    both = make_user(role="official", department=department)
    grant(both, "official", department=other)
    client = client_of(both)
    form = client.get(page(proposal)).context["forms"]["answer"]
    assert (form.initial["department"], form.initial["contact"]) == (
        other.pk,
        "건설과 062-000-0200",
    )
    refused = client.post(page(proposal), answer(department, kind="interim")).text
    assert "다른 부서가 맡아야 하면 이송해 주세요." in refused
    assert not Answer.objects.exists()
    client.post(page(proposal), answer(other, kind="interim"))
    proposal.refresh_from_db()
    assert proposal.department == other


@pytest.mark.parametrize("typed", ["", "안전도시과 062-000-0100"])
def test_the_contact_follows_the_department_unless_another_was_typed(
    desk: Client, department: Department, typed: str, client_of: Callable[[User], Client]
) -> None:
    proposal = make_reviewed()
    form = desk.get(page(proposal)).context["forms"]["answer"]
    assert form.initial["contact"] == "안전도시과 062-000-0100"
    desk.post(page(proposal), answer(department, contact=typed))
    desk.post(page(proposal), answer(department, contact="민원실 062-000-0999"))
    assert set(Answer.objects.values_list("contact", flat=True)) == {
        "안전도시과 062-000-0100",
        "민원실 062-000-0999",
    }
    other = make_department(name="건설과", phone="062-000-0200")
    chief, second = client_of(make_user(role="administrator")), make_reviewed()
    assert "contact" not in chief.get(page(second)).context["forms"]["answer"].initial
    chief.post(page(second), answer(other, contact=""))
    assert second.answers.get().contact == "건설과 062-000-0200"


def test_fields_and_rules_of_answers_that_do_not_fit_are_left_out(
    desk: Client, department: Department
) -> None:
    proposal = make_reviewed()
    fields = desk.get(page(proposal)).context["forms"]["answer"].fields
    assert "transferred_to" in fields
    assert "이송" in fields["next_date"].help_text
    desk.post(page(proposal), answer(department, kind="repair"))
    text = desk.get(page(proposal))
    fields = text.context["forms"]["answer"].fields
    assert "transferred_to" not in fields
    assert "이송" not in fields["next_date"].help_text
    assert [kind for kind, _label in fields["kind"].choices] == ["adopted", "partly", "not_adopted"]
    assert "잘못 보낸 요청이라면" in text.text


def test_each_act_says_what_was_done(desk: Client, department: Department) -> None:
    proposal = make_reviewed()

    def said(**data: Any) -> str:
        return " ".join(
            str(m) for m in desk.post(page(proposal), data, follow=True).context["messages"]
        )

    day = timezone.localdate() + timedelta(days=9)
    assert "건설과" in said(
        act="assign", **{"assign-department": make_department(name="건설과").pk}
    )
    Proposal.objects.update(department=department)
    assert f"{day.year}. {day.month}. {day.day}." in said(**answer(department, kind="interim"))
    assert "시계는 멈춰 있습니다" in said(**answer(department, kind="repair"))
    assert "채택" in said(**answer(department))


def test_a_decision_that_was_not_chosen_is_asked_for(desk: Client, department: Department) -> None:
    text = desk.post(page(make_reviewed()), answer(department, kind="")).text
    assert "결정을 골라 주세요." in text
