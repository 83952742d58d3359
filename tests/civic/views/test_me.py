"""My participation: the next step first."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from django.db import transaction
from django.urls import reverse

from proposals.services import support_proposal
from residents.models import Notice, NoticeKind
from residents.roles import RoleKind
from residents.services import send_notice
from tests.factories.debates import make_comment
from tests.factories.paper import Desk
from tests.factories.places import make_area, make_centre, make_district
from tests.factories.proposals import make_draft, make_proposal
from tests.factories.residents import make_resident, make_user
from tests.factories.voting import make_open_contest, make_voter, vote
from voting.services.paper import return_paper

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from residents.models import User

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_open_vote_is_the_next_step_until_one_has_voted(
    client_of: Callable[[User], Client],
) -> None:
    contest = make_open_contest()
    voter = make_voter(contest)
    client = client_of(voter)
    assert reverse("ballot", args=[contest.pk]) in client.get(reverse("me")).text
    vote(contest, "a", user=voter)
    page = client.get(reverse("me"))
    assert page.context["open_votes"] == []
    assert reverse("receipt", args=[contest.pk]) in page.text


def test_a_vote_of_others_waits_for_nobody(client_of: Callable[[User], Client]) -> None:
    """Of another dong, on paper only, or by a roll that is fixed without them."""
    district = make_district()
    user = make_user()
    make_resident(user, area=make_area(parent=district))
    make_open_contest(area=make_area(parent=district))
    make_open_contest(area=district, web=False, paper=True, centres=[make_centre()])
    fixed = make_open_contest(area=district, roll_mode="fixed")
    late = make_user()
    make_resident(late, area=make_area(parent=district))
    mine = client_of(user).get(reverse("me"))
    assert [contest.pk for contest in mine.context["open_votes"]] == [fixed.pk]
    assert client_of(late).get(reverse("me")).context["open_votes"] == []


def test_a_sheet_that_was_handed_back_is_no_vote(client_of: Callable[[User], Client]) -> None:
    desk = Desk()
    voter = make_user()
    stub = desk.issue(desk.resident(user=voter))
    client = client_of(voter)
    assert [one.pk for one, _event in client.get(reverse("me")).context["votes"]] == [
        desk.contest.pk
    ]
    return_paper(actor=desk.first, second=desk.second, batch_id=desk.batch.pk, serial=stub.serial)
    page = client.get(reverse("me"))
    assert page.context["votes"] == ()
    assert [one.pk for one in page.context["open_votes"]] == [desk.contest.pk]


def test_export_is_a_file_with_everything_of_ones_own_and_is_not_kept(
    client_of: Callable[[User], Client],
) -> None:
    contest, other = make_open_contest(), make_user()
    user = make_voter(contest)
    vote(contest, "a", user=user)
    proposal = make_proposal(author=user, title="느티로 보안등")
    draft = make_draft(user)
    make_proposal(author=other)
    make_comment(author=user, body="찬성합니다. 밤길이 어둡습니다.")
    make_comment(author=other)
    support_proposal(actor=user, proposal_id=proposal.pk)
    response = client_of(user).get(reverse("my_data_export"))
    kept = json.loads(response.content)
    assert kept["account"]["email"] == user.email
    assert [one["title"] for one in kept["proposals"]] == ["느티로 보안등"]
    assert [one["title"] for one in kept["drafts"]] == [draft.title]
    assert [one["proposal"] for one in kept["supports"]] == [proposal.pk]
    assert [one["body"] for one in kept["opinions"]] == ["찬성합니다. 밤길이 어둡습니다."]
    assert [(one["title"], one["how"]) for one in kept["votes"]] == [(contest.title, "web")]
    assert response["Content-Disposition"].startswith("attachment")
    assert response["Cache-Control"] == "no-store"


def test_a_notice_is_opened_by_a_button_because_opening_marks_it_as_read(
    client_of: Callable[[User], Client],
) -> None:
    user = make_user()
    with transaction.atomic():
        send_notice(
            user_ids={user.pk},
            kind=NoticeKind.PROPOSAL_EXPIRED,
            params={"title": "느티로 보안등", "count": "41", "threshold": "50"},
            url=reverse("proposals"),
        )
    client = client_of(user)
    address = reverse("notice_open", args=[Notice.objects.get().pk])
    page = client.get(reverse("me")).text
    assert f'method="post" action="{address}"' in page
    assert f'href="{address}"' not in page
    assert client.post(address).headers["Location"] == reverse("proposals")


@pytest.mark.parametrize(
    ("role", "is_shown"),
    [
        (RoleKind.CLERK, True),
        (RoleKind.COORDINATOR, True),
        (RoleKind.OFFICIAL, False),
        (None, False),
    ],
)
def test_the_desk_is_shown_to_those_who_work_at_one(
    role: str | None, *, is_shown: bool, client_of: Callable[[User], Client]
) -> None:
    page = client_of(make_user(role)).get(reverse("me")).text
    assert (f'href="{reverse("desk")}"' in page) is is_shown


@pytest.mark.parametrize(
    ("role", "way"),
    [
        (RoleKind.CLERK, "desk"),
        (RoleKind.ADMINISTRATOR, "admin:index"),
        (None, "residency"),
    ],
)
def test_the_next_step_of_staff_is_their_work_and_of_a_citizen_to_belong_here(
    role: str | None, way: str, client_of: Callable[[User], Client]
) -> None:
    page = client_of(make_user(role)).get(reverse("me")).text
    first = page.split("panel--next", 1)[1].split("</section>", 1)[0]
    assert f'href="{reverse(way)}"' in first
    assert page.count("panel--next") == 1
