"""One tap."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from proposals.models import ProposalState
from proposals.services import refresh_figures
from tests.factories.proposals import make_preset, make_proposal, make_supporter, support
from tests.factories.residents import make_user

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client

    from proposals.models import Proposal
    from residents.models import User

pytestmark = pytest.mark.django_db


def shown_sum(client: Client, proposal: Proposal) -> str:
    """How many support it, as the page writes it."""
    text = client.get(proposal.get_absolute_url()).content.decode()
    found = re.search(r"<td><b>(\d+명)</b></td>", text)
    assert found is not None
    return found[1]


def test_without_a_script_the_page_comes_back_with_the_new_sum(
    client_of: Callable[[User], Client],
) -> None:
    proposal, client = make_proposal(), client_of(make_supporter())
    url = f"/proposals/{proposal.pk}/support/"
    assert client.post(url)["Location"] == f"/proposals/{proposal.pk}/#support"
    assert proposal.supports.count() == 1
    assert "공감 거두기" in client.get(proposal.get_absolute_url()).content.decode()
    assert shown_sum(client, proposal) == "1명"
    client.post(url, {"withdraw": "1"})
    assert proposal.supports.count() == 0
    assert shown_sum(client, proposal) == "0명"


def test_the_page_shows_the_figures_and_ones_own_support_at_once(
    client_of: Callable[[User], Client],
) -> None:
    make_preset(threshold=500)
    proposal, client = make_proposal(), client_of(make_supporter())
    support(proposal, 9)
    assert shown_sum(client, proposal) == "0명"  # not counted up yet
    refresh_figures()
    assert shown_sum(client, proposal) == "9명"
    client.post(f"/proposals/{proposal.pk}/support/")
    assert shown_sum(client, proposal) == "10명"
    assert shown_sum(client_of(make_user()), proposal) == "9명"
    refresh_figures()
    assert shown_sum(client, proposal) == shown_sum(client_of(make_user()), proposal) == "10명"


def test_a_tap_in_the_debate_counts_on_from_the_figures(
    client_of: Callable[[User], Client],
) -> None:
    make_preset(threshold=2, debate_days=10)
    proposal = make_proposal()
    for _ in range(2):
        client_of(make_supporter()).post(f"/proposals/{proposal.pk}/support/")
    refresh_figures()
    with CaptureQueriesContext(connection) as captured:
        answer = client_of(make_supporter()).post(
            f"/proposals/{proposal.pk}/support/", headers={"HX-Request": "true"}
        )
    assert "3명" in answer.content.decode()
    assert not [q for q in captured if q["sql"].startswith("SELECT COUNT")]


def test_with_htmx_no_whole_page_comes_back(client_of: Callable[[User], Client]) -> None:
    proposal, client = make_proposal(), client_of(make_supporter())
    response = client.post(f"/proposals/{proposal.pk}/support/", headers={"HX-Request": "true"})
    text = response.content.decode()
    assert response.status_code == 200
    assert "<html" not in text
    assert 'role="status"' in text
    assert "1명" in text


def test_with_htmx_the_strip_below_tells_the_same_figure(
    client_of: Callable[[User], Client],
) -> None:
    make_preset(threshold=500)
    proposal, client = make_proposal(), client_of(make_supporter())
    assert "500명이 더" in client.get(proposal.get_absolute_url()).content.decode()
    url = f"/proposals/{proposal.pk}/support/"
    text = client.post(url, headers={"HX-Request": "true"}).content.decode()
    strip = text.split('id="strip" hx-swap-oob="true"')[1]
    assert "499명이 더" in strip


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
