"""Lists: filters, orders, search, keyset paging, the map."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.utils import timezone

from proposals.models import Proposal, ProposalFigures, ProposalState
from proposals.selectors import (
    ListQuery,
    map_of,
    proposal_list,
    search_proposals,
    similar_proposals,
)
from tests.factories.places import make_area
from tests.factories.proceedings import make_field
from tests.factories.proposals import make_draft, make_proposal

pytestmark = pytest.mark.django_db

SQUARE = {"type": "Polygon", "coordinates": [[[126, 35], [127, 35], [127, 36], [126, 35]]]}


def shown(query: ListQuery) -> list[int]:
    return [card.pk for card in proposal_list(query).cards]


def follow(url: str) -> ListQuery:
    return ListQuery.read({k: v[0] for k, v in parse_qs(urlsplit(url).query).items()})


def test_drafts_and_hidden_ones_are_in_no_list() -> None:
    make_draft()
    seen = make_proposal()
    assert shown(ListQuery()) == [seen.pk]
    assert list(search_proposals("골목")) == [seen]


def test_filters_narrow_by_dong_field_and_stage() -> None:
    area, field = make_area(), make_field()
    here = make_proposal(area=area, field=field)
    done = make_proposal(area=area, state=ProposalState.DONE)
    make_proposal(field=field)
    assert shown(ListQuery(area=area.code, sort="new")) == [done.pk, here.pk]
    assert shown(ListQuery(area=area.code, field=field.slug)) == [here.pk]
    assert shown(ListQuery(stage="done")) == [done.pk]


def test_a_renamed_dong_keeps_its_proposals() -> None:
    today = timezone.localdate()
    old = make_area(code="9800", name="옛동", valid_to=today - timedelta(days=1))
    new = make_area(code="9800", name="새동", valid_from=today)
    assert set(shown(ListQuery(area="9800"))) == set()
    proposals = {make_proposal(area=new).pk, make_proposal(area=old).pk}
    assert set(shown(ListQuery(area="9800"))) == proposals


@pytest.mark.parametrize("sort", ["hot", "supports", "new", "closing"])
def test_pages_follow_each_other_both_ways_without_gap_or_double(
    sort: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("proposals.selectors.listing.PAGE_ROWS", 3)
    area, field = make_area(), make_field()
    rows = [make_proposal(area=area, field=field) for _ in range(8)]
    same = timezone.now() + timedelta(days=3)
    Proposal.objects.update(closes_at=same)
    ProposalFigures.objects.filter(proposal__in=rows[:5]).update(supports=2, hot=1.1)
    first = proposal_list(ListQuery(sort=sort))
    second = proposal_list(follow(first.next_url))
    third = proposal_list(follow(second.next_url))
    pages = [[c.pk for c in page.cards] for page in (first, second, third)]
    assert [len(page) for page in pages] == [3, 3, 2]
    assert sorted(pk for page in pages for pk in page) == sorted(row.pk for row in rows)
    assert (first.previous_url, third.next_url) == ("", "")
    back = proposal_list(follow(third.previous_url))
    assert [c.pk for c in back.cards] == pages[1]
    assert [c.pk for c in proposal_list(follow(back.previous_url)).cards] == pages[0]


def test_most_supported_come_first_and_newest_by_time() -> None:
    few, many = make_proposal(), make_proposal()
    ProposalFigures.objects.filter(proposal=few).update(supports=1)
    ProposalFigures.objects.filter(proposal=many).update(supports=9)
    assert shown(ListQuery(sort="supports")) == [many.pk, few.pk]
    assert shown(ListQuery(sort="new")) == [many.pk, few.pk]


def test_ending_soon_shows_only_what_still_gathers() -> None:
    late = make_proposal(closes_at=timezone.now() + timedelta(days=9))
    soon = make_proposal(closes_at=timezone.now() + timedelta(days=1))
    make_proposal(closes_at=timezone.now() - timedelta(days=1))
    make_proposal(state=ProposalState.DONE)
    assert shown(ListQuery(sort="closing")) == [soon.pk, late.pk]


@pytest.mark.parametrize(
    "cursor", ["x", "1_", "_1", "nan_1", "1e999_1", "9" * 50, "1_-1", "~", f"1_{2**70}"]
)
@pytest.mark.parametrize("sort", ["hot", "supports", "new"])
def test_a_broken_place_gives_a_page_instead_of_an_error(cursor: str, sort: str) -> None:
    make_proposal()
    assert proposal_list(ListQuery(sort=sort, cursor=cursor)).count == 1


def test_unknown_words_of_an_address_are_taken_as_not_said() -> None:
    query = ListQuery.read({"sort": "evil", "stage": "evil", "q": " 골목 "})
    assert query == ListQuery(q="골목")
    assert query.url() == "/proposals/?q=%EA%B3%A8%EB%AA%A9"


@pytest.mark.parametrize("q", ["보안등을", "보안 등", "경로당이", "골목에서", "ㄱㅁㅇ"])
def test_search_finds_other_particles_spaces_and_initials(q: str) -> None:
    found = make_proposal(title="골목이 어두운 경로당 옆", body="보안등이 꺼져 있습니다.")
    make_proposal(title="버스 정류장 의자", body="앉을 곳이 없습니다.")
    assert list(search_proposals(q)) == [found]


def test_search_forgives_a_typing_error_in_a_title() -> None:
    found = make_proposal(title="가로등 설치", body="어둡습니다. 어둡습니다.")
    make_proposal(title="도서관 시간", body="늦게까지 열어 주세요.")
    assert list(search_proposals("가로듬 설치")) == [found]


def test_counts_stop_at_a_thousand(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("proposals.selectors.listing.COUNT_CAP", 2)
    for _ in range(3):
        make_proposal()
    page = proposal_list(ListQuery())
    assert (page.count, page.is_capped) == (2, True)


def test_similar_ones_are_found_by_the_words_of_the_title() -> None:
    alike = make_proposal(title="버스 정류장에 온열 의자를 놓아 주세요")
    make_proposal(title="도서관을 늦게까지 열어 주세요")
    own = make_proposal(title="정류장 온열의자 설치")
    cards = similar_proposals("버스 정류장 온열의자", but=own.pk)
    assert [card.pk for card in cards] == [alike.pk]
    assert similar_proposals("   ") == []


def test_the_map_counts_by_dong_and_shows_points() -> None:
    area = make_area(shape=SQUARE)
    point = make_proposal(area=area, longitude="126.500000", latitude="35.500000")
    make_proposal(area=area)
    areas, points = map_of(ListQuery())
    assert [(a.key, a.value) for a in areas] == [(area.code, 2)]
    assert [(p.label, p.longitude, p.url) for p in points] == [
        (point.title, 126.5, point.get_absolute_url())
    ]
