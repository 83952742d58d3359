"""A second person signs on the same screen: their e-mail and the code of their app.

For steps at which two people stand at one box (opening, sealing). Where each signs for figures,
each does it in their own account instead (`sign_batch`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from allauth.mfa.models import Authenticator
from django.core.cache import cache

from proceedings.refusals import Refusal, Refused, mark
from residents.models import User
from residents.permissions import refuse_unless_role
from residents.roles import RoleKind
from voting.permissions import refuse_roll_keeper

if TYPE_CHECKING:
    from collections.abc import Callable

    from places.models import Centre
    from voting.models import Contest

TRIES = 5
SECONDS = 10 * 60
"""Wrong codes of one asking person, and for one e-mail, before everybody waits."""

NOT_CONFIRMED = Refusal(
    "second_not_confirmed",
    mark("E-mail and code are not those of a colleague of this centre."),
    mark("Ask your colleague for the code their app shows now; each code works once."),
    form_field="code",
)
NO_ROLL_KEEPER = Refusal(
    "second_not_confirmed",
    mark("E-mail and code are not those of somebody who may decide on this roll."),
    mark(
        "Ask an administrator, or a coordinator of a centre of this vote, for the code shown now."
    ),
    form_field="code",
)
TOO_MANY_TRIES = Refusal(
    "second_too_many_tries",
    mark("There were too many wrong codes."),
    mark("Please wait 10 minutes, then try again."),
    form_field="code",
)
SAME_PERSON = Refusal(
    "same_person",
    mark("The second person must be somebody else."),
    mark("Ask a colleague to sign with their own code."),
    form_field="email",
)


def confirm_second(*, actor: User, centre: Centre, email: str, code: str) -> User:
    """The colleague with this e-mail whose app shows `code` now.

    Raises Refused for the actor's own e-mail; after 5 wrong tries within 10 minutes; and, without
    telling which part was wrong, for anybody who is not another clerk or coordinator of `centre`
    with this one-time code. Recovery codes do not count, and a code works once.
    """
    return _confirm(
        actor, email, code, lambda second: _refuse_colleague(second, centre), NOT_CONFIRMED
    )


def confirm_roll_second(*, actor: User, contest: Contest, email: str, code: str) -> User:
    """The same for a change of a roll: somebody else who keeps the roll of `contest`."""
    return _confirm(
        actor, email, code, lambda second: refuse_roll_keeper(second, contest), NO_ROLL_KEEPER
    )


def _confirm(
    actor: User,
    email: str,
    code: str,
    refuse: Callable[[User], Refusal | None],
    unknown: Refusal,
) -> User:
    if email.casefold() == actor.email.casefold():
        raise Refused(SAME_PERSON)
    counters = [f"cosign:by:{actor.pk}", f"cosign:for:{email.casefold()}"]
    if any(cache.get(name, 0) >= TRIES for name in counters):
        raise Refused(TOO_MANY_TRIES)
    second = User.objects.filter(email__iexact=email, is_active=True).first()
    if second is None or refuse(second) is not None or not _shows(second, code):
        for name in counters:
            cache.add(name, 0, SECONDS)
            cache.incr(name)
        raise Refused(unknown)
    return second


def _refuse_colleague(second: User, centre: Centre) -> Refusal | None:
    return refuse_unless_role(second, RoleKind.CLERK, RoleKind.COORDINATOR, centre=centre)


def _shows(second: User, code: str) -> bool:
    """Whether the person's app shows `code` now; the app's code is used up by asking."""
    app = Authenticator.objects.filter(user=second, type=Authenticator.Type.TOTP).first()
    return app is not None and bool(app.wrap().validate_code("".join(code.split())))
