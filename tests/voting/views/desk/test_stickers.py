"""The desk's pages of stickers: who types, what is refused and kept, corrections, the result."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.factories.places import make_centre
from tests.factories.residents import make_user, signed_in
from tests.factories.voting import make_clerk, make_open_contest, vote
from tests.voting.services.test_stickers import published
from voting.models import StickerCount
from voting.selectors.stickers import counts_of
from voting.services.stickers import count_stickers

if TYPE_CHECKING:
    from pytest_django import DjangoAssertNumQueries

    from places.models import Centre
    from residents.models import User
    from voting.models import Contest

pytestmark = pytest.mark.django_db


class Hall:
    """An assembly with a board: its vote, the centre that counts, a clerk there."""

    def __init__(self) -> None:
        self.centre: Centre = make_centre()
        self.contest: Contest = make_open_contest(stickers=True, centres=[self.centre])
        self.clerk: User = make_clerk(self.centre)
        self.client = signed_in(self.clerk)
        self.page = reverse("desk_stickers", args=[self.contest.pk])

    def form(self, **more: Any) -> dict[str, Any]:
        today = timezone.localdate().isoformat()
        figures = {"stickers-1": "4", "stickers-2": "31", "stickers-3": "0"}
        return {"day": today, "place": "총회장 입구", **figures, **more}

    def count(self, place: str = "총회장 입구") -> StickerCount:
        return count_stickers(
            actor=self.clerk,
            contest_id=self.contest.pk,
            centre=self.centre,
            place=place,
            day=timezone.localdate(),
            counts={"a": 4, "b": 31, "c": 0},
        )

    def publish(self) -> None:
        vote(self.contest, "a")
        published(self.contest)


@pytest.fixture
def hall() -> Hall:
    return Hall()


def text(response: Any) -> str:
    body: str = response.content.decode()
    return body


def test_pages_are_closed_to_everybody_but_staff_of_the_centre(hall: Hall) -> None:
    fix = reverse("desk_stickers_correct", args=[hall.count().pk])
    for address in (hall.page, fix):
        assert Client().get(address).status_code == 302
        assert signed_in(make_user()).get(address).status_code == 403
    elsewhere = signed_in(make_clerk(make_centre()))
    assert elsewhere.get(hall.page).status_code == 404
    assert elsewhere.get(fix).status_code == 403


def test_the_desk_leads_to_the_stickers_also_of_a_vote_without_paper(hall: Hall) -> None:
    page = text(hall.client.get(reverse("desk_paper")))
    assert "스티커 세기" in page
    assert hall.page in page
    assert "투표함 열기" not in page
    make_open_contest(centres=[hall.centre], title="스티커 없는 투표")
    assert "스티커 없는 투표" not in text(hall.client.get(reverse("desk_paper")))


def test_typed_figures_stand_in_the_list_with_who_typed_them(hall: Hall) -> None:
    page = text(hall.client.post(hall.page, hall.form(), follow=True))
    assert "저장했습니다. 아래 목록에 있습니다." in page
    for words in ("총회장 입구", "35장", f"적은 사람 {hall.clerk.name}", "31장"):
        assert words in page
    assert counts_of(StickerCount.objects.get()) == {"a": 4, "b": 31, "c": 0}


def test_a_board_at_the_centre_needs_no_place(hall: Hall) -> None:
    page = text(hall.client.post(hall.page, hall.form(place=""), follow=True))
    assert StickerCount.objects.get().place == ""
    assert hall.centre.name in page


def test_what_is_wrong_is_said_and_stays(hall: Hall) -> None:
    later = (timezone.localdate() + timedelta(days=2)).isoformat()
    wrong = {
        "": "스티커가 없는 선택지에는 0을 적어 주세요.",
        "열": "숫자로 적어 주세요.",
    }
    for typed, words in wrong.items():
        answer = hall.client.post(hall.page, hall.form(**{"stickers-3": typed}))
        assert answer.status_code == 422
        assert words in text(answer)
        assert 'value="31"' in text(answer)
        assert 'value="총회장 입구"' in text(answer)
    answer = hall.client.post(hall.page, hall.form(day=later))
    assert answer.status_code == 422
    assert "오늘까지의 날로만" in text(answer)
    assert f'value="{later}"' in text(answer)
    assert hall.client.post(hall.page, hall.form(day="어제")).status_code == 422
    hall.count()
    answer = hall.client.post(hall.page, hall.form(**{"stickers-3": "9"}))
    assert answer.status_code == 422
    assert "이 게시판은 그날 이미 세었습니다." in text(answer)
    assert StickerCount.objects.count() == 1


def test_a_correction_keeps_the_figures_before_and_needs_a_reason(hall: Hall) -> None:
    row = hall.count()
    address = reverse("desk_stickers_correct", args=[row.pk])
    assert address in text(hall.client.get(hall.page))
    assert 'value="31"' in text(hall.client.get(address))
    figures = {"stickers-1": "4", "stickers-2": "30", "stickers-3": "1"}
    answer = hall.client.post(address, {**figures, "reason": " "})
    assert answer.status_code == 422
    assert 'value="30"' in text(answer)
    page = text(
        hall.client.post(address, {**figures, "reason": "한 장이 옆 칸에 있었습니다."}, follow=True)
    )
    assert f"고친 사람 {hall.clerk.name}" in page
    assert "한 장이 옆 칸에 있었습니다." in page
    assert [one.version for one in StickerCount.objects.order_by("version")] == [1, 2]
    again = reverse("desk_stickers_correct", args=[row.pk])  # an old link fixes the newest version
    assert 'value="30"' in text(hall.client.get(again))


def test_after_the_publication_nothing_is_typed(hall: Hall) -> None:
    row = hall.count()
    hall.publish()
    page = text(hall.client.get(hall.page))
    assert "지금은 스티커 수를 적을 수 없습니다" in page
    assert '<form class="form"' not in page
    assert hall.client.post(hall.page, hall.form(place="뒷문")).status_code == 422
    fix = reverse("desk_stickers_correct", args=[row.pk])
    assert hall.client.get(fix)["Location"] == hall.page
    assert StickerCount.objects.count() == 1


def test_the_board_is_printed_for_the_staff_of_the_centre(hall: Hall) -> None:
    address = reverse("desk_stickers_pdf", args=[hall.contest.pk])
    assert address in text(hall.client.get(hall.page))
    answer = hall.client.get(address)
    assert (answer["Content-Type"], answer.content[:4]) == ("application/pdf", b"%PDF")
    assert signed_in(make_clerk(make_centre())).get(address).status_code == 404
    assert hall.client.post(address).status_code == 405


def test_unknown_votes_and_boards_are_not_found(hall: Hall) -> None:
    plain = make_open_contest(centres=[hall.centre])
    assert hall.client.get(reverse("desk_stickers", args=[plain.pk])).status_code == 404
    assert hall.client.get(reverse("desk_stickers", args=[999_999])).status_code == 404
    assert hall.client.get(reverse("desk_stickers_correct", args=[999_999])).status_code == 404


@pytest.mark.parametrize("boards", [1, 4])
def test_the_page_asks_the_same_for_one_board_and_for_four(
    hall: Hall, boards: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(boards):
        hall.count(f"{number}번 게시판")
    hall.client.get(hall.page)
    with django_assert_num_queries(5):
        hall.client.get(hall.page)


def test_the_result_shows_them_apart_in_words_and_rows(hall: Hall, client: Client) -> None:
    before = text(client.get(hall.contest.get_absolute_url()))
    assert "표에 더하지 않습니다" in before
    hall.count()
    hall.publish()
    page = text(client.get(reverse("contest_result", args=[hall.contest.pk])))
    for words in (
        "확인하지 않은 공감 스티커 35장은 참고로만 보여 드립니다.",
        "표에 더하지 않은 공감 스티커",
        "한 사람이 여러 장을 붙였을 수 있습니다",
        "총회장 입구",
    ):
        assert words in page
    told = client.get(f"/api/v1/contests/{hall.contest.pk}/publications/1/").json()
    assert told["stickers"]["sums"] == {"a": 4, "b": 31, "c": 0}
    assert "공감 스티커 35장" in told["summary"]["ko"]
    plain = make_open_contest()
    vote(plain, "a")
    published(plain)
    assert "스티커" not in text(client.get(reverse("contest_result", args=[plain.pk])))
    told = client.get(f"/api/v1/contests/{plain.pk}/publications/1/").json()
    assert told["stickers"] is None
