"""Made-up ballot boxes at any step of their way, through the services that make real ones."""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from allauth.mfa.utils import decrypt
from django.db import connection

from tests.factories.places import make_area, make_centre
from tests.factories.residents import make_resident
from tests.factories.voting import make_clerk, make_open_contest, pass_the_close
from voting.services.clock import advance_contests
from voting.services.paper import (
    SheetTyping,
    enter_sheet,
    issue_paper,
    open_batch,
    record_count,
    return_paper,
    seal_batch,
    sign_batch,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from places.models import Centre
    from residents.models import Resident, User
    from voting.models import Batch, Contest, PaperStub


class Desk:
    """An open contest with a box at one centre and four clerks, and the steps a test takes.

    The contest is `of` one centre that a test made, or a new one.
    """

    def __init__(
        self, *beside: Centre, of: tuple[Contest, Centre] | None = None, **columns: Any
    ) -> None:
        self.centre: Centre = of[1] if of else make_centre()
        self.contest: Contest = (
            of[0]
            if of
            else make_open_contest(
                **{
                    "paper": True,
                    "centres": [self.centre, *beside],
                    "max_picks": 2,
                    "kind": "pick",
                    **columns,
                }
            )
        )
        self.dong = make_area(parent=self.contest.area)
        self.first, self.second, self.third, self.fourth = (
            make_clerk(self.centre) for _ in range(4)
        )
        self.batch: Batch = self.open()

    def open(self) -> Batch:
        """Open a box, signed by the first two clerks."""
        return open_batch(
            actor=self.first,
            second=self.second,
            contest_id=self.contest.pk,
            centre=self.centre,
        )

    def resident(self, **columns: Any) -> Resident:
        """Somebody who may vote and stands at the desk."""
        return make_resident(area=self.dong, **columns)

    def issue(self, resident: Resident | None = None, **columns: Any) -> PaperStub:
        """Hand out a sheet."""
        return issue_paper(
            **{
                "actor": self.first,
                "batch_id": self.batch.pk,
                "resident": resident or self.resident(),
                "request_id": uuid.uuid4(),
                **columns,
            }
        )

    def take_back(self, serial: int) -> None:
        """Take an unused sheet back, signed by the first two clerks."""
        return_paper(actor=self.first, second=self.second, batch_id=self.batch.pk, serial=serial)

    def close(self) -> None:
        """Let the hour of closing have passed."""
        with connection.cursor() as cursor:  # rows of the same transaction wait for their checks
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        pass_the_close(self.contest)

    def publish(self) -> None:
        """Close, count and publish as the clock would."""
        self.close()
        for _tick in range(3):
            advance_contests()
        self.contest.refresh_from_db()

    def seal(self) -> Batch:
        """Seal the box."""
        return seal_batch(
            actor=self.first, second=self.second, batch_id=self.batch.pk, seal_numbers="0021"
        )

    def count(
        self, *, sheets: int, stubs: int | None = None, signatures: int | None = None
    ) -> None:
        """Let two people count the same."""
        figures = {
            "sheets": sheets,
            "stubs": sheets if stubs is None else stubs,
            "signatures": sheets if signatures is None else signatures,
        }
        for clerk in (self.first, self.second):
            record_count(actor=clerk, batch_id=self.batch.pk, **figures)

    def type(self, number: int, pass_number: int, keys: object, *, by: User | None = None) -> Any:
        """Type one sheet; pass 1 by the first clerk, 2 by the second, 3 by the third."""
        clerk = by or (self.first, self.second, self.third)[pass_number - 1]
        typing = keys if isinstance(keys, SheetTyping) else SheetTyping(keys)
        return enter_sheet(
            actor=clerk,
            batch_id=self.batch.pk,
            number=number,
            pass_number=pass_number,
            typing=typing,
        )

    def counted(self, number: int) -> Desk:
        """Hand out `number` sheets, seal and count them."""
        for _ in range(number):
            self.issue()
        self.seal()
        self.count(sheets=number)
        return self

    def compared(self, first: Sequence[object], second: Sequence[object]) -> Desk:
        """A box of which both passes are typed."""
        self.counted(len(first))
        for pass_number, readings in ((1, first), (2, second)):
            for number, keys in enumerate(readings, start=1):
                self.type(number, pass_number, keys)
        self.batch.refresh_from_db()
        return self

    def certified(self, sheets: Sequence[object]) -> Desk:
        """A box that two people have signed."""
        self.compared(sheets, sheets)
        for clerk in (self.first, self.second):
            sign_batch(actor=clerk, batch_id=self.batch.pk)
        self.batch.refresh_from_db()
        return self


def code_of(user: User) -> str:
    """The code that the app of a member of staff shows now."""
    app = Authenticator.objects.get(user=user, type=Authenticator.Type.TOTP)
    return code_at(app, int(time.time()))


def code_at(app: Authenticator, second: int) -> str:
    """The code that an app shows at a second."""
    assert isinstance(app.wrap(), TOTP)
    code: str = format_hotp_value(hotp_value(decrypt(app.data["secret"]), second // 30))
    return code
