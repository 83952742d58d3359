"""The command line takes a file in whole, or nothing of it and says why."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import pytest
from django.core.management import CommandError, call_command

from budgets.models import Budget, BudgetState
from tests.factories.budgets import OWN_FILES
from tests.factories.places import make_district
from voting.models import Contest

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.django_db


def test_a_packed_file_is_stored_and_waits_for_its_count(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packed = tmp_path / "election.pb.gz"
    packed.write_bytes(gzip.compress((OWN_FILES / "approval_greedy.pb").read_bytes()))
    call_command("import_pabulib", str(packed), "--area", make_district().code)
    budget = Budget.objects.get()
    assert (budget.state, budget.imported_from) == (BudgetState.COUNTING, "election.pb.gz")
    assert f"예산 {budget.pk}번으로 저장했습니다. 사업 4개" in capsys.readouterr().out


def test_a_broken_file_names_its_lines_and_stores_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(CommandError):
        call_command(
            "import_pabulib", str(OWN_FILES / "broken/several.pb"), "--area", make_district().code
        )
    assert capsys.readouterr().err.count("줄") > 1
    assert not Budget.objects.exists()


def test_a_rule_that_is_not_counted_stores_nothing() -> None:
    with pytest.raises(CommandError, match="규칙"):
        call_command(
            "import_pabulib", str(OWN_FILES / "unknown_rule.pb"), "--area", make_district().code
        )
    assert not Budget.objects.exists()
    assert not Contest.objects.exists()


def test_an_area_and_a_file_must_be_there() -> None:
    with pytest.raises(CommandError, match="지역이 없습니다"):
        call_command("import_pabulib", str(OWN_FILES / "approval_greedy.pb"), "--area", "0")
    with pytest.raises(CommandError, match="No such file"):
        call_command("import_pabulib", "/nowhere.pb", "--area", make_district().code)
