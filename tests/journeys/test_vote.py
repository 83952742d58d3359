"""One vote on a phone, from the ballot to a count that anybody repeats."""

from __future__ import annotations

import io
import subprocess
import sys
import urllib.request
import zipfile
from typing import TYPE_CHECKING

import pytest

from places.models import Area
from tests.factories.residents import make_resident, make_user
from tests.factories.voting import make_open_contest, pass_the_close, vote
from tests.journeys.conftest import until
from tests.journeys.walks import Walker
from voting.models import Contest, ContestState

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.journey


def test_a_vote_is_cast_counted_published_and_recounted(
    site: str, browser: Browser, tmp_path: Path
) -> None:
    district = Area.objects.get(name="무등구")
    dong = Area.objects.get(name="느티동")
    contest = make_open_contest(area=district, kind="pick", max_picks=2, keys=("a", "b", "c"))
    user = make_user()
    make_resident(user, area=dong)
    for _ in range(11):
        voter = make_user()
        make_resident(voter, area=dong)
        vote(contest, "a", user=voter)
    person = Walker(browser, site)

    person.go(f"/votes/{contest.pk}/")
    person.check()
    page = person.go(f"/votes/{contest.pk}/ballot/")
    page.check("#pick-1")
    page.check("#pick-2")
    person.check()
    page.locator("form.ballot button[type=submit]").first.click()
    assert page.locator("h1").is_visible()

    person.log_in(user)
    page = person.go(f"/votes/{contest.pk}/ballot/")
    assert page.is_checked("#pick-1")
    assert page.is_checked("#pick-2")
    page.locator("form.ballot button[type=submit]").first.click()
    person.check()
    person.press("투표하기")
    page.wait_for_url("**/receipt/**")
    person.check()

    pass_the_close(contest)
    until(lambda: Contest.objects.get(pk=contest.pk).state == ContestState.PUBLISHED, 90, "result")
    person.go(f"/votes/{contest.pk}/result/")
    person.check()
    person.go(f"/votes/{contest.pk}/recount/")
    person.check()

    with urllib.request.urlopen(f"{site}/votes/{contest.pk}/bundle/1.zip") as answer:  # noqa: S310 - our own server
        zipfile.ZipFile(io.BytesIO(answer.read())).extractall(tmp_path)
    good = verify(tmp_path)
    assert good.returncode == 0, good.stdout
    assert "초록" in good.stdout

    ballots = tmp_path / "ballots.jsonl"
    text = bytearray(ballots.read_bytes())
    text[2] = ord("c")
    ballots.write_bytes(bytes(text))
    bad = verify(tmp_path)
    assert bad.returncode == 1
    assert "빨강" in bad.stdout
    assert "ballots.jsonl" in bad.stdout


def verify(bundle: Path) -> subprocess.CompletedProcess[str]:
    """Run the bundle's own verifier as anybody would."""
    return subprocess.run(  # noqa: S603 - fixed words
        [sys.executable, str(bundle / "verify.py"), str(bundle)],
        capture_output=True,
        text=True,
        check=False,
    )
