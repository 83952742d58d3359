"""One tap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from proposals.models import ProposalState
from tests.factories.proposals import make_preset, make_proposal, make_supporter
from tests.factories.residents import make_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from residents.models import User

pytestmark = pytest.mark.django_db


def test_without_a_script_the_page_comes_back_with_the_new_sum(
    client_of: Callable[[User], Client],
) -> None:
    proposal, client = make_proposal(), client_of(make_supporter())
    url = f"/proposals/{proposal.pk}/support/"
    assert client.post(url)["Location"] == f"/proposals/{proposal.pk}/#support"
    assert proposal.supports.count() == 1
    assert "공감 거두기" in client.get(proposal.get_absolute_url()).content.decode()
    client.post(url, {"withdraw": "1"})
    assert proposal.supports.count() == 0


def test_with_htmx_only_the_panel_comes_back(client_of: Callable[[User], Client]) -> None:
    proposal, client = make_proposal(), client_of(make_supporter())
    response = client.post(f"/proposals/{proposal.pk}/support/", headers={"HX-Request": "true"})
    text = response.content.decode()
    assert response.status_code == 200
    assert "<html" not in text
    assert 'role="status"' in text
    assert "1명" in text


def test_a_refusal_says_what_to_do_next_with_and_without_a_script(
    client_of: Callable[[User], Client],
) -> None:
    proposal, client = make_proposal(), client_of(make_user())
    url = f"/proposals/{proposal.pk}/support/"
    for headers in ({}, {"HX-Request": "true"}):
        response = client.post(url, headers=headers)
        text = response.content.decode()
        assert response.status_code == 409
        assert 'data-code="residence_not_confirmed"' in text
        assert "주민 확인하기" in text


def test_somebody_not_logged_in_comes_back_after_logging_in(client: Client) -> None:
    proposal = make_proposal()
    response = client.post(f"/proposals/{proposal.pk}/support/")
    assert response["Location"].startswith("/accounts/login/?next=%2Fproposals%2F")
    assert not proposal.supports.exists()


def test_the_crossing_tap_shows_the_next_stage(client_of: Callable[[User], Client]) -> None:
    make_preset(threshold=1)
    proposal, client = make_proposal(), client_of(make_supporter())
    client.post(f"/proposals/{proposal.pk}/support/")
    proposal.refresh_from_db()
    assert proposal.state == ProposalState.REVIEWING
    assert "부서 검토" in client.get(proposal.get_absolute_url()).content.decode()


def test_looking_does_not_support(client_of: Callable[[User], Client]) -> None:
    proposal, client = make_proposal(), client_of(make_supporter())
    assert client.get(f"/proposals/{proposal.pk}/support/").status_code == 405
    assert not proposal.supports.exists()


def test_a_tap_does_not_cost_more_with_many_supports(client_of: Callable[[User], Client]) -> None:
    make_preset(threshold=500)
    proposal = make_proposal()
    counts = []
    for _ in range(3):
        client = client_of(make_supporter())
        with CaptureQueriesContext(connection) as captured:
            client.post(f"/proposals/{proposal.pk}/support/")
        counts.append(len(captured))
    assert len(set(counts)) == 1


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_too_many_taps_are_told_when_to_come_back(
    client_of: Callable[[User], Client],
    limit_to: Callable[[str, str], None],
    headers: dict[str, str],
) -> None:
    limit_to("support", "1/hour")
    client = client_of(make_supporter())
    first, second = make_proposal(), make_proposal()
    client.post(f"/proposals/{first.pk}/support/", headers=headers)
    answer = client.post(f"/proposals/{second.pk}/support/", headers=headers)
    assert answer.status_code == 429
    assert "한 시간에 1번까지" in answer.content.decode()
    assert not second.supports.exists()
