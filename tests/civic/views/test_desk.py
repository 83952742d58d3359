"""The desk's front page: at the centre that the member of staff chose."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from residents.roles import RoleKind
from tests.factories.places import make_centre
from tests.factories.residents import grant, make_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from residents.models import User

pytestmark = pytest.mark.django_db


def test_a_clerk_of_two_centres_chooses_where_they_work(
    client_of: Callable[[User], Client],
) -> None:
    here, there = make_centre(name="느티동 센터"), make_centre(name="장터동 센터")
    clerk = make_user(role=RoleKind.CLERK, centre=here)
    grant(clerk, RoleKind.CLERK, centre=there)
    client = client_of(clerk)
    assert f'value="{there.code}"' in client.get(reverse("desk")).text
    client.post(reverse("desk_centre"), {"centre": there.code})
    page = client.get(reverse("desk"))
    assert page.context["centre"] == there
    assert f'value="{there.code}" selected' in page.text


def test_a_clerk_of_one_centre_is_not_asked(client_of: Callable[[User], Client]) -> None:
    centre = make_centre()
    client = client_of(make_user(role=RoleKind.CLERK, centre=centre))
    page = client.get(reverse("desk"))
    assert page.context["centre"] == centre
    assert reverse("desk_centre") not in page.text


@pytest.mark.parametrize("role", [None, RoleKind.OBSERVER, RoleKind.AUDITOR])
def test_who_works_at_no_desk_is_told_whose_it_is(
    role: str | None, client_of: Callable[[User], Client]
) -> None:
    client = client_of(make_user(role))
    for name in ("desk", "desk_residents", "desk_proposals", "desk_paper"):
        page = client.get(reverse(name))
        assert page.status_code == 403
        assert "이 화면은 볼 수 없습니다" in page.text
        assert "관리자에게 역할을 요청" in page.text
