"""The second signature on one screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.utils import timezone

from proceedings.refusals import Refused
from residents.roles import RoleKind
from tests.factories.paper import code_of
from tests.factories.places import make_centre
from tests.factories.residents import make_user
from tests.factories.voting import make_clerk, make_contest
from voting.services.cosign import (
    NOT_CONFIRMED,
    SECONDS,
    TRIES,
    confirm_roll_second,
    confirm_second,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from places.models import Centre
    from residents.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _clock_stands() -> Iterator[None]:
    """A code holds for half a minute: no test runs into the next one."""
    with time_machine.travel(timezone.now(), tick=False):
        yield


@pytest.fixture
def centre() -> Centre:
    return make_centre()


@pytest.fixture
def actor(centre: Centre) -> User:
    return make_clerk(centre)


def refused(actor: User, centre: Centre, email: str, code: str) -> str:
    with pytest.raises(Refused) as caught:
        confirm_second(actor=actor, centre=centre, email=email, code=code)
    return caught.value.refusal.code


@pytest.mark.parametrize("role", [RoleKind.CLERK, RoleKind.COORDINATOR])
def test_colleague_of_the_centre_with_the_code_of_now_is_confirmed(
    actor: User, centre: Centre, role: RoleKind
) -> None:
    second = make_user(role=role, centre=centre)
    code = code_of(second)
    found = confirm_second(
        actor=actor, centre=centre, email=second.email.upper(), code=f"{code[:3]} {code[3:]}"
    )
    assert found == second


def test_code_works_once(actor: User, centre: Centre) -> None:
    second = make_clerk(centre)
    code = code_of(second)
    confirm_second(actor=actor, centre=centre, email=second.email, code=code)
    assert refused(actor, centre, second.email, code) == NOT_CONFIRMED.code


def test_own_email_is_refused_and_uses_up_no_code(actor: User, centre: Centre) -> None:
    code = code_of(actor)
    assert refused(actor, centre, actor.email, code) == "same_person"
    other = make_clerk(centre)
    assert confirm_second(actor=other, centre=centre, email=actor.email, code=code) == actor


def test_every_wrong_part_gets_the_same_answer(actor: User, centre: Centre) -> None:
    here = make_clerk(centre)
    elsewhere, resident = make_clerk(make_centre()), make_user()
    observer = make_user(role=RoleKind.OBSERVER)
    wrong = f"{(int(code_of(here)) + 1) % 10**6:06}"
    tries = [
        (here.email, wrong),
        (elsewhere.email, code_of(elsewhere)),
        (resident.email, "123456"),
        (observer.email, code_of(observer)),
    ]
    answers = {refused(actor, centre, email, code) for email, code in tries}
    assert answers == {NOT_CONFIRMED.code}
    assert refused(make_clerk(centre), centre, "nobody@example.org", "123456") in answers


def test_recovery_code_is_refused(actor: User, centre: Centre) -> None:
    second = make_clerk(centre)
    codes = Authenticator.objects.get(user=second, type=Authenticator.Type.RECOVERY_CODES)
    assert refused(actor, centre, second.email, codes.wrap().get_unused_codes()[0]) == (
        NOT_CONFIRMED.code
    )


def test_account_without_an_app_is_refused(actor: User, centre: Centre) -> None:
    second = make_clerk(centre)
    code = code_of(second)
    Authenticator.objects.filter(user=second).delete()
    assert refused(actor, centre, second.email, code) == NOT_CONFIRMED.code


def test_inactive_colleague_is_refused(actor: User, centre: Centre) -> None:
    second = make_clerk(centre)
    second.is_active = False
    second.save()
    assert refused(actor, centre, second.email, code_of(second)) == NOT_CONFIRMED.code


def test_after_five_wrong_codes_even_the_right_one_waits(actor: User, centre: Centre) -> None:
    second = make_clerk(centre)
    for _ in range(TRIES):
        assert refused(actor, centre, second.email, "abcdef") == NOT_CONFIRMED.code
    assert refused(actor, centre, second.email, code_of(second)) == "second_too_many_tries"
    other_asks = make_clerk(centre)
    assert refused(other_asks, centre, second.email, code_of(second)) == "second_too_many_tries"
    assert SECONDS == 600


def test_wrong_codes_of_one_person_do_not_stop_others(actor: User, centre: Centre) -> None:
    for number in range(TRIES):
        refused(actor, centre, f"guess{number}@example.org", "123456")
    second, other = make_clerk(centre), make_clerk(centre)
    assert refused(actor, centre, second.email, code_of(second)) == "second_too_many_tries"
    assert (
        confirm_second(actor=other, centre=centre, email=second.email, code=code_of(second))
        == second
    )


@pytest.mark.parametrize("role", [RoleKind.ADMINISTRATOR, RoleKind.COORDINATOR])
def test_keeper_of_the_roll_signs_for_a_change_of_it(centre: Centre, role: RoleKind) -> None:
    contest = make_contest(paper=True, centres=[centre])
    where = {"centre": centre} if role == RoleKind.COORDINATOR else {}
    second = make_user(role=role, **where)
    found = confirm_roll_second(
        actor=make_user(role=RoleKind.ADMINISTRATOR),
        contest=contest,
        email=second.email,
        code=code_of(second),
    )
    assert found == second


@pytest.mark.parametrize("role", [RoleKind.CLERK, RoleKind.COORDINATOR, RoleKind.OBSERVER])
def test_others_do_not_sign_for_a_change_of_a_roll(centre: Centre, role: RoleKind) -> None:
    contest = make_contest(paper=True, centres=[centre])
    second = make_user(role=role)  # of another centre, or of none
    with pytest.raises(Refused) as caught:
        confirm_roll_second(
            actor=make_user(role=RoleKind.ADMINISTRATOR),
            contest=contest,
            email=second.email,
            code=code_of(second),
        )
    assert caught.value.refusal.code == "second_not_confirmed"
