"""What a town on a server is given: the example of its variables, and the containers."""

from __future__ import annotations

import ast
import re
from typing import Any

import pytest
import yaml
from groundwork import paths

EXAMPLE = paths.ROOT / ".env.example"
COMPOSE = yaml.safe_load((paths.ROOT / "docker-compose.yml").read_text())
APP_PARTS = ("web", "worker", "beat")


def example() -> dict[str, str]:
    """Every variable of the example, also those that stand there as a comment."""
    return dict(re.findall(r"^#?([A-Z][A-Z0-9_]+)=(.*)$", EXAMPLE.read_text(), re.MULTILINE))


def read_by_settings() -> set[str]:
    """Every name that a settings module asks of the environment."""
    names = set()
    for path in (paths.ROOT / "civic" / "settings").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "env"
                and node.args
                and isinstance(node.args[0], ast.Constant)
            ):
                names.add(str(node.args[0].value))
    return names


def test_the_example_holds_every_variable_of_the_settings() -> None:
    assert read_by_settings()
    assert read_by_settings() - set(example()) == set()


def test_the_example_holds_nothing_that_nobody_reads() -> None:
    sources = [path.read_text() for path in (paths.ROOT / "civic" / "settings").glob("*.py")]
    others = ("docker-compose.yml", "deploy/gunicorn.conf.py", "bin/demo", "civic/wsgi.py")
    sources += [(paths.ROOT / name).read_text() for name in others]
    sources.append((paths.ROOT / "bin" / "groundwork" / "checks.py").read_text())

    assert [name for name in example() if not any(name in text for text in sources)] == []


def test_every_secret_of_the_example_is_empty_or_refused_in_production() -> None:
    secrets = {
        name: value
        for name, value in example().items()
        if re.search(r"(PASSWORD|SECRET|_KEY)$", name) or name == "SECRET_KEY"
    }

    assert len(secrets) >= 10
    assert [name for name, value in secrets.items() if value and "change" not in value] == []


@pytest.mark.parametrize("name", APP_PARTS)
def test_what_runs_logs_in_with_the_lesser_role_and_has_no_other_password(name: str) -> None:
    variables = COMPOSE["services"][name]["environment"]

    assert variables["DATABASE_URL"].startswith("postgresql://madang_app:")
    assert variables["OWNER_DB_PASSWORD"] == ""
    assert variables["POSTGRES_PASSWORD"] == ""


def test_only_migrations_log_in_as_the_owner() -> None:
    owners = [
        name
        for name, service in COMPOSE["services"].items()
        if "madang_owner" in str(service.get("environment", {}).get("DATABASE_URL", ""))
    ]

    assert owners == ["migrate"]


def test_only_the_proxy_can_be_reached_from_outside() -> None:
    services: dict[str, Any] = COMPOSE["services"]

    assert [name for name, service in services.items() if "ports" in service] == ["proxy"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert services["database"]["networks"] == services["redis"]["networks"] == ["inside"]


def test_the_database_writes_no_refused_statement_into_its_log() -> None:
    command = COMPOSE["services"]["database"]["command"]

    assert "-clog_min_error_statement=panic" in command
    assert "-clog_error_verbosity=terse" in command
