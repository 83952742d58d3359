"""What each page asks of the database: a bound per page, and never more for more rows.

Each look is the first in a while: no cache knows anything, but the session. The account is counted,
the frames of transactions are not.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from django.core.cache import cache
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from proposals.lifecycle import AnswerKind
from proposals.models import Proposal
from proposals.services import refresh_figures, support_proposal
from residents.models import NoticeKind
from residents.services import send_notice
from tests.factories.budgets import make_allocated_budget, make_project
from tests.factories.debates import make_comment, make_debate, make_hidden_comment
from tests.factories.draws import make_published_draw
from tests.factories.paper import Desk
from tests.factories.places import make_area, make_centre, make_district
from tests.factories.proceedings import make_field, make_phase, make_process
from tests.factories.proposals import make_answer, make_draft, make_proposal, make_reviewed
from tests.factories.residents import make_resident, make_user
from tests.factories.voting import make_contest, make_open_contest, run_to_the_end, vote
from voting.models import PromisedLeaf
from voting.services.contests import freeze
from voting.services.leaves import sequence_leaves, sign_heads

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from django.test import Client

    from places.models import Area, Centre
    from residents.models import User
    from voting.models import Contest

pytestmark = pytest.mark.django_db
FRAMES = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE")
SESSION = 'FROM "django_session"'
LIST, DETAIL = 8, 10
"""What a list and a page of one thing may ask. The pages of a proposal
(`tests/proposals/views/test_reading.py`) and of a project keep to it with their conversation."""
API = {
    f"/api/v1/{path}" if "?" in path else f"/api/v1/{path}/": most
    for most, paths in {
        3: (
            *("areas", "centres", "fields", "processes", "debates", "threads", "contests"),
            *("draws", "proposals", "answers", "budgets", "projects", "house-rules"),
            *("departments", "departments/figures", "support-presets"),
            *(
                "debates/{debate}/map",
                "areas/geojson",
                "centres/geojson",
                "areas/{area}",
                "centres/{centre}",
            ),
            *("processes/{process}", "debates/{debate}", "draws/{draw}", "budgets/{budget}"),
            *("contests/{contest}", "contests/{contest}/heads", "contests/{contest}/turnout"),
            *("contests/{contest}/publications", "budgets/{budget}/allocations"),
            *("threads/{thread}/comments", "proposals/{proposal}/revisions"),
        ),
        8: (
            *("contests/{contest}/publications/1", "contests/{contest}/leaves/{leaf}"),
            *(
                "house-rules/figures",
                "search/?q=골목",
                "proposals/{proposal}",
                "projects/{project}",
                "boards/{centre}",
            ),
        ),
    }.items()
    for path in paths
}
"""Each address of the API with the most that it may ask, the account included."""


def cost(client: Client, address: str) -> int:
    """How much a look asks once the process knows what it reads once; caches know nothing."""
    assert client.get(address).status_code == 200, address
    cache.version += 1  # nothing is found any more
    with CaptureQueriesContext(connection) as caught:
        client.get(address)
    asked = [q["sql"] for q in caught if not q["sql"].startswith(FRAMES)]
    return len([sql for sql in asked if SESSION not in sql])


def hold(limits: Mapping[str, int], more: Callable[[], object], *clients: Client) -> None:
    """Each address stays within its bound, and costs no more after `more` rows came."""
    few = {(n, page): cost(one, page) for n, one in enumerate(clients) for page in limits}
    more()
    many = {(n, page): cost(one, page) for n, one in enumerate(clients) for page in limits}
    assert many == few
    above = {page: count for (n, page), count in many.items() if count > limits[page]}
    assert above == {}


class Town:
    """A dong with its centre, and somebody who takes part in everything."""

    def __init__(self) -> None:
        self.district: Area = make_district()
        self.dong: Area = make_area(parent=self.district)
        self.centre: Centre = make_centre(area=self.dong)
        self.reader: User = make_user(home_area=self.dong)
        make_resident(self.reader, area=self.dong)
        self.field = make_field()

    def live(self, rows: int) -> None:
        """Let `rows` of everything happen."""
        for _ in range(rows):
            gathering = make_proposal(area=self.dong, field=self.field, author=self.reader)
            support_proposal(actor=self.reader, proposal_id=gathering.pk)
            make_draft(self.reader, area=self.dong)
            make_answer(make_reviewed(area=self.dong), AnswerKind.ADOPTED)
            done = make_proposal(area=self.dong, last_word_on=timezone.localdate())
            Proposal.objects.filter(pk=done.pk).update(state="done")
            make_comment(thread=make_debate(area=self.dong).thread, author=self.reader)
            for _ in range(2):
                # Longer ago than these looks take, which share one transaction.
                opened = timezone.now() - timedelta(hours=1)
                contest = make_open_contest(area=self.district, opens_at=opened)
            vote(contest, "a", user=self.reader)
            soon = make_contest(area=self.district, opens_at=timezone.now() + timedelta(hours=1))
            freeze(contest_id=soon.pk, actor_ref="system")
            make_project(area=self.dong)
        with transaction.atomic():
            send_notice(
                user_ids={self.reader.pk},
                kind=NoticeKind.PROPOSAL_EXPIRED,
                params={"title": "보안등", "count": "41", "threshold": "50"},
                url=reverse("proposals"),
            )
        refresh_figures()


def test_pages_of_the_frame_cost_no_more_for_more_rows(
    client: Client, client_of: Callable[[User], Client]
) -> None:
    town = Town()
    town.live(1)
    pages = {
        "/?dong=all": DETAIL,
        f"/?dong={town.dong.code}": DETAIL,
        "/search/?q=골목": LIST,
        "/places/": LIST,
        "/places/rooms/": LIST,
        f"/places/{town.dong.code}/": DETAIL,
        f"/places/{town.district.code}/": DETAIL,
        f"/board/{town.centre.code}/": LIST,
        f"/board/{town.centre.code}/live/": LIST,
        "/proposals/": LIST,
        "/proposals/?q=골목": LIST,
        "/proposals/map/": LIST,
        "/proposals/overdue/": LIST,
        "/debates/": LIST,
        "/votes/": LIST,
        "/budgets/": LIST,
    }
    hold(pages, lambda: town.live(4), client, client_of(town.reader))


def test_ones_own_page_costs_no_more_for_more_rows(client_of: Callable[[User], Client]) -> None:
    town = Town()
    town.live(1)
    hold({"/me/": DETAIL}, lambda: town.live(4), client_of(town.reader))


def test_the_desk_costs_no_more_for_more_boxes(client_of: Callable[[User], Client]) -> None:
    desk = Desk()

    def more() -> None:
        for _ in range(3):
            desk.seal()
            desk.batch = desk.open()
            make_open_contest(area=desk.contest.area, paper=True, centres=[desk.batch.centre])

    hold({"/desk/": LIST, "/desk/votes/": LIST}, more, client_of(desk.first))


def test_a_debate_costs_no_more_for_more_opinions(
    client: Client, client_of: Callable[[User], Client]
) -> None:
    debate = make_debate()

    def talk(rows: int) -> None:
        for side in ("for", "neutral", "against"):
            for _ in range(rows):
                one = make_comment(thread=debate.thread, position=side)
                make_comment(thread=debate.thread, parent=one, position="")
                make_hidden_comment(thread=debate.thread, position=side)

    talk(1)
    here = debate.get_absolute_url()
    pages = {here: LIST, f"{here}?position=for": LIST, f"{here}?position=for&sort=new": LIST}
    hold(pages, lambda: talk(8), client, client_of(make_user()))


def publish(*, options: int, voters: int) -> tuple[Contest, User]:
    """A published vote, its log signed, and one of its voters."""
    contest = make_open_contest(keys=[f"의제{n}" for n in range(options)])
    receipts = [vote(contest, f"의제{n % options}") for n in range(voters)]
    assert receipts
    voter = make_user()
    make_resident(voter, area=make_area(parent=contest.area))
    vote(contest, "의제1", user=voter)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    contest = run_to_the_end(contest)
    sequence_leaves(contest.pk)
    sign_heads(contest.pk)
    return contest, voter


def test_a_vote_costs_no_more_for_more_options_and_voters(
    client_of: Callable[[User], Client],
) -> None:
    def costs(options: int, voters: int) -> dict[str, int]:
        contest, voter = publish(options=options, voters=voters)
        reader = client_of(voter)
        here = contest.get_absolute_url()
        names = ("", "counting/", "result/", "recount/", "log/", "receipt/")
        return {name: cost(reader, f"{here}{name}") for name in names}

    few, many = costs(2, 1), costs(20, 12)
    assert few == many
    assert max(many.values()) <= DETAIL


def test_a_ballot_and_its_confirmation_cost_no_more_for_more_options(
    client_of: Callable[[User], Client],
) -> None:
    def costs(options: int) -> tuple[int, int]:
        contest = make_open_contest(keys=[f"의제{n}" for n in range(options)])
        user = make_user()
        make_resident(user, area=make_area(parent=contest.area))
        client = client_of(user)
        here = contest.get_absolute_url()
        asked = cost(client, f"{here}ballot/")
        client.post(f"{here}ballot/", {"pick": "의제0"})
        return asked, cost(client, f"{here}cast/")

    assert costs(2) == costs(20)
    assert max(costs(2)) <= LIST


def test_a_budget_and_its_projects_cost_no_more_for_more_projects(
    client: Client, client_of: Callable[[User], Client]
) -> None:
    def costs(projects: int) -> list[int]:
        budget = make_allocated_budget(
            [50_000_000] * projects, [["01", "02"], ["01"], ["03"]], cap=150_000_000
        )
        project = budget.projects.get(code="01")
        assert project.thread is not None
        for _ in range(projects):
            one = make_comment(thread=project.thread)
            make_comment(thread=project.thread, parent=one, position="")
            make_hidden_comment(thread=project.thread)
        addresses = (budget.get_absolute_url(), project.get_absolute_url())
        readers = (client, client_of(make_user()))
        return [cost(reader, address) for reader in readers for address in addresses]

    few, many = costs(3), costs(9)
    assert few == many
    budget, project = many[0::2], many[1::2]
    assert max(budget) <= DETAIL
    assert max(project) <= DETAIL


def test_a_budget_of_160_projects_costs_no_more_than_one_of_three(client: Client) -> None:
    def costs(projects: int) -> int:
        budget = make_allocated_budget(
            [50_000_000] * projects, [["01", "02"], ["01"], ["03"]], cap=150_000_000
        )
        return cost(client, budget.get_absolute_url())

    many = costs(160)
    assert many == costs(3)
    assert many <= DETAIL


def test_each_resource_of_the_api_costs_no_more_for_more_rows(
    client: Client,
    client_of: Callable[[User], Client],
    limit_to: Callable[[str, str], None],
) -> None:
    limit_to("api", "off")
    limit_to("api_account", "off")

    def addresses(rows: int) -> dict[str, str]:
        """Every address of the API, with `rows` of everything behind it."""
        town = Town()
        contest, _voter = publish(options=2 * rows, voters=rows)
        leaf = PromisedLeaf.objects.filter(contest=contest, kind="ballot").first()
        proposal = make_reviewed(area=town.dong)
        budget = make_allocated_budget([50_000_000] * 3 * rows, [["01"]], cap=150_000_000)
        project = budget.projects.get(code="01")
        process = make_process()
        draw = make_published_draw()
        for _ in range(rows):
            make_answer(proposal, AnswerKind.INTERIM)
            make_comment(thread=proposal.thread)
            make_debate(area=town.dong)
            make_phase(process=process)
            make_centre(area=town.dong)
            make_open_contest(area=town.district)
        return {
            "area": town.dong.code,
            "centre": town.centre.code,
            "contest": str(contest.pk),
            "leaf": leaf.leaf_hash if leaf else "",
            "proposal": str(proposal.pk),
            "thread": str(proposal.thread_id),
            "debate": str(make_debate().pk),
            "budget": str(budget.pk),
            "project": str(project.pk),
            "process": process.slug,
            "draw": str(draw.pk),
        }

    few_of, many_of = addresses(1), addresses(4)
    for reader in (client, client_of(make_user())):
        few = {page: cost(reader, page.format(**few_of)) for page in API}
        many = {page: cost(reader, page.format(**many_of)) for page in API}
        assert many == few
        assert {page: count for page, count in many.items() if count > API[page]} == {}
