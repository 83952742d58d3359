"""What every test may ask for."""

from __future__ import annotations

import gc
import os
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from hypothesis import HealthCheck
from hypothesis import settings as property_settings

from tests.factories.residents import signed_in
from tests.tables import filled_template

if TYPE_CHECKING:
    from collections.abc import Callable

    from django.test import Client
    from pytest_django.plugin import DjangoDbBlocker

    from residents.models import User


property_settings.register_profile(
    "house",
    deadline=None,  # how fast something is belongs into a bench, not into a test
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,  # a build judges the change, not its luck; developers explore
)
property_settings.load_profile("house")


def pytest_collection_finish() -> None:
    """Look for garbage more seldom, and not in what is loaded by now: a quarter of a run was that."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """Test databases are copies of one that has all tables."""
    with django_db_blocker.unblock():
        connection.settings_dict["TEST"]["TEMPLATE"] = filled_template()


@pytest.fixture(autouse=True)
def _own_cache(settings: Any) -> None:
    """Each test has a cache of its own, so that limits on tries do not leak between tests."""
    settings.CACHES = {
        "default": {**settings.CACHES["default"], "KEY_PREFIX": f"test-{uuid.uuid4().hex}"},
    }


@pytest.fixture
def client_of() -> Callable[[User], Client]:
    """Make a client that is logged in as an account, with its second factor if it has one."""
    return signed_in


@pytest.fixture
def limit_to(settings: Any) -> Callable[[str, str], None]:
    """Set a limit on how often: `limit_to("opinion", "2/hour")`."""

    def set_limit(name: str, rate: str) -> None:
        settings.LIMITS = {**settings.LIMITS, name: rate}

    return set_limit
