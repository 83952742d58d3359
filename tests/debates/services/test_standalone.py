"""Stand-alone debates: refusals that forms cannot show."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import pytest
from django.utils import timezone

from debates import services
from debates.models import Comment, Debate, Flag, Reaction, Thread
from proceedings.refusals import Refused
from residents.models import Notice
from tests.factories.debates import make_comment, make_debate, make_house_rule
from tests.factories.places import make_area
from tests.factories.proceedings import make_field
from tests.factories.residents import make_user

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.django_db


def refusal_of(act: Callable[[], object]) -> str:
    """The code with which `act` is refused."""
    with pytest.raises(Refused) as refused:
        act()
    return refused.value.refusal.code


def test_debate_that_ended_before_it_began_is_refused() -> None:
    code = refusal_of(
        lambda: services.open_debate(
            actor=make_user(),
            title="늦은 물음",
            body="?",
            area=make_area(),
            field=make_field(),
            closes_at=timezone.now(),
        )
    )
    assert code == "ends_in_the_past"
    assert not Thread.objects.exists()


def test_nobody_borrows_the_offices_name() -> None:
    code = refusal_of(
        lambda: services.open_debate(
            actor=make_user("moderator"),
            title="구청인 척",
            body="?",
            area=make_area(),
            field=make_field(),
            asked_by_office=True,
        )
    )
    assert (code, Debate.objects.count()) == ("role_needed", 0)


def test_author_does_not_close_what_others_are_saying() -> None:
    debate = make_debate()
    code = refusal_of(
        lambda: services.close_debate(actor=debate.author, debate_id=debate.pk, summary="끝")
    )
    assert code == "role_needed"


def test_closing_without_words_is_refused() -> None:
    debate = make_debate()
    code = refusal_of(
        lambda: services.close_debate(actor=make_user("official"), debate_id=debate.pk, summary="")
    )
    assert code == "no_summary"


def test_hiding_a_debate_tells_its_author_the_rule() -> None:
    debate, rule = make_debate(), make_house_rule()
    services.hide_debate(actor=make_user("moderator"), debate_id=debate.pk, rule=rule, note="광고")
    notice = Notice.objects.get()
    assert (notice.user, notice.params["rule"]) == (debate.author, rule.number)


def test_below_a_hidden_debate_nothing_is_said_until_it_is_shown_again() -> None:
    debate, moderator, actor = make_debate(), make_user("moderator"), make_user()
    opinion, rule = make_comment(thread=debate.thread), make_house_rule()
    say = partial(
        services.post_comment, actor=actor, thread_id=debate.thread_id, body="밤에는 어둡습니다."
    )
    acts: list[Callable[[], object]] = [
        say,
        partial(say, parent_id=opinion.pk),
        partial(services.react_to_comment, actor=actor, comment_id=opinion.pk, useful=True),
        partial(services.flag_comment, actor=actor, comment_id=opinion.pk, rule=rule),
    ]
    services.hide_debate(actor=moderator, debate_id=debate.pk, rule=rule, note="광고")
    assert [refusal_of(act) for act in acts] == ["conversation_hidden"] * 4
    services.restore_debate(actor=moderator, debate_id=debate.pk, note="광고가 아닙니다")
    for act in acts:
        act()
    assert (Comment.objects.count(), Reaction.objects.count(), Flag.objects.count()) == (3, 1, 1)


def test_the_author_withdraws_an_opinion_below_a_hidden_debate() -> None:
    opinion = make_comment(thread=make_debate(is_hidden=True).thread)
    services.withdraw_comment(actor=opinion.author, comment_id=opinion.pk)
    opinion.refresh_from_db()
    assert opinion.state == "withdrawn"


def test_an_official_bound_to_an_area_speaks_for_the_office_there_only() -> None:
    here, elsewhere = make_debate(), make_debate()
    bound = make_user("official", area=here.area)
    for act in (services.close_debate, services.summarise_debate):
        code = refusal_of(partial(act, actor=bound, debate_id=elsewhere.pk, summary="끝"))
        assert code == "other_area"
    assert services.summarise_debate(actor=bound, debate_id=here.pk, summary="끝").summary == "끝"
    opened = partial(services.open_debate, actor=bound, title="물음", body="?", field=make_field())
    assert refusal_of(partial(opened, area=elsewhere.area, asked_by_office=True)) == "other_area"
    assert opened(area=elsewhere.area).asked_by_office is False


def test_a_moderator_of_an_area_hides_and_shows_debates_there_only() -> None:
    here, elsewhere = make_debate(), make_debate()
    actor, rule = make_user("moderator", area=here.area), make_house_rule()
    hide, show = services.hide_debate, services.restore_debate
    assert hide(actor=actor, debate_id=here.pk, rule=rule, note="연락처").is_hidden
    assert not show(actor=actor, debate_id=here.pk, note="지웠습니다").is_hidden
    for act in (partial(hide, rule=rule), show):
        code = refusal_of(partial(act, actor=actor, debate_id=elsewhere.pk, note="연락처"))
        assert code == "other_area"
