"""What the list of boxes and the page of a box say to whom, once one of two people has signed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.urls import reverse

from tests.factories.paper import Desk
from tests.factories.residents import signed_in
from voting.services.paper import sign_batch

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from residents.models import User

pytestmark = pytest.mark.django_db


def pages_for(user: User, desk: Desk) -> list[str]:
    """The list of boxes and the page of this one."""
    client = signed_in(user)
    addresses = (reverse("desk_paper"), reverse("desk_batch", args=[desk.batch.pk]))
    return [client.get(address).content.decode() for address in addresses]


def test_a_signed_box_asks_the_second_person_and_lets_the_first_one_wait() -> None:
    desk = Desk()
    desk.compared([["a"], []], [["a"], []])
    sign_batch(actor=desk.first, batch_id=desk.batch.pk)
    link = f'href="{reverse("desk_sign", args=[desk.batch.pk])}"'
    assert [link in page for page in pages_for(desk.first, desk)] == [False, False]
    assert [link in page for page in pages_for(desk.second, desk)] == [True, True]
    listed, own = pages_for(desk.first, desk)
    assert "서명하셨습니다. 둘째 사람의 서명을 기다립니다." in listed
    assert "서명하셨습니다" in own


@pytest.mark.parametrize("boxes", [1, 3])
def test_the_list_asks_once_for_all_boxes_that_wait_for_a_signature(
    boxes: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    desk = Desk()
    for _ in range(boxes):
        desk.compared([["a"]], [["a"]])
        sign_batch(actor=desk.first, batch_id=desk.batch.pk)
        desk.batch = desk.open()
    client = signed_in(desk.first)
    client.get(reverse("desk_paper"))
    with django_assert_num_queries(7):  # user, roles, four of its own, signatures
        page = client.get(reverse("desk_paper")).content.decode()
    assert page.count("둘째 사람의 서명을 기다립니다.") == boxes
