"""The house rules are the administrators'."""

from __future__ import annotations

import pytest

from debates import services
from proceedings.refusals import Refused
from tests.factories.debates import make_house_rule
from tests.factories.residents import make_user


@pytest.mark.django_db
def test_moderators_do_not_write_the_rules_they_apply() -> None:
    rule = make_house_rule()
    rule.title = "내 마음대로"
    with pytest.raises(Refused):
        services.save_house_rule(actor=make_user("moderator"), rule=rule)
    rule.refresh_from_db()
    assert rule.title == "개인정보 노출"
