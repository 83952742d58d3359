"""Settings that are read from text."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
from celery import Celery
from django.conf import settings
from redis import Redis

from civic.settings.base import BASE_DIR, LIMITS, broker_of, limits_from

if TYPE_CHECKING:
    from django.test import Client


def test_limits_of_a_town_replace_those_of_the_house() -> None:
    assert limits_from("proposal=3/day, search=off") == {"proposal": "3/day", "search": "off"}
    assert limits_from("") == {}


@pytest.mark.parametrize("text", ["votes=3/day", "proposal=3", "proposal=0/day", "search=3/week"])
def test_limit_that_cannot_be_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        limits_from(text)


def test_every_limit_can_be_read() -> None:
    for name, rate in LIMITS.items():
        assert limits_from(f"{name}={rate}") == {name: rate}


@pytest.mark.parametrize(
    ("redis_url", "broker"),
    [
        ("redis://redis:6379/3", "redis://redis:6379/3"),
        ("unix:///run/redis.sock", "redis+socket:///run/redis.sock?virtual_host=0"),
        ("unix:///run/my%20redis.sock?db=9", "redis+socket:///run/my%20redis.sock?virtual_host=9"),
    ],
)
def test_broker_is_the_same_redis_and_number(redis_url: str, broker: str) -> None:
    assert broker_of(redis_url) == broker


def test_two_sites_on_one_redis_have_a_queue_each() -> None:
    ours = settings.REDIS_URL.replace("db=0", "db=7").replace("/0", "/7")
    with Redis.from_url(ours) as redis:
        redis.flushdb()
        with Celery(broker=broker_of(ours), set_as_current=False) as app:
            app.send_task("somebody.elses", queue="ours")
        assert redis.llen("ours") == 1
        redis.flushdb()


def test_what_the_clock_repeats_does_not_pile_up() -> None:
    repeated = [
        e for e in settings.CELERY_BEAT_SCHEDULE.values() if isinstance(e["schedule"], float)
    ]
    assert repeated
    for entry in repeated:
        assert entry["options"]["expires"] >= max(60, entry["schedule"])


def test_proxies_are_trusted_alike_for_log_in_and_limits() -> None:
    assert settings.ALLAUTH_TRUSTED_PROXY_COUNT == settings.TRUSTED_PROXIES


# --- A real town: each of these starts a process of its own ---

TOWN = {
    "SECRET_KEY": "kPz7-vQ2m_8RtX4wLb9Ns1Yd6Hf3Gj5Ac0Ee-UoTq5",
    "MADANG_IDENTITY_KEY": "b1946ac92492d2347c6235b4d2611184",
    "MADANG_ROLL_KEY": "591785b794601e212b260e25925636fd",
    "MADANG_LOG_KEY": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
    "ALLOWED_HOSTS": "madang.mudeung.example",
    "SITE_URL": "https://madang.mudeung.example",
    "DATABASE_URL": "postgresql://madang_app@/madang?host=/nowhere",
    "REDIS_URL": "unix:///nowhere/redis.sock?db=0",
}
KEYS = ("SECRET_KEY", "MADANG_IDENTITY_KEY", "MADANG_ROLL_KEY", "MADANG_LOG_KEY")
WRONG: list[tuple[dict[str, str], list[str]]] = [
    (dict.fromkeys(KEYS, ""), [f"{key} is missing." for key in KEYS]),
    (
        {key: f"example-{number}-" + "0123456789" * 6 for number, key in enumerate(KEYS)},
        [f"{key} is an example" for key in KEYS],
    ),
    ({key: TOWN[key][:20] for key in KEYS}, [f"{key} is shorter" for key in KEYS]),
    ({"SECRET_KEY": "a" * 50}, ["SECRET_KEY is an example or too simple"]),
    ({"MADANG_LOG_KEY": "xyzuvwrs" * 8}, ["MADANG_LOG_KEY must be 64 hexadecimal digits."]),
    ({"MADANG_ROLL_KEY": TOWN["MADANG_IDENTITY_KEY"]}, ["must differ."]),
    ({"DEBUG": "1"}, ["DEBUG must be off."]),
    ({"MADANG_DEMO": "1"}, ["MADANG_DEMO must be off."]),
    ({"ALLOWED_HOSTS": ""}, ["ALLOWED_HOSTS must name"]),
    ({"ALLOWED_HOSTS": "madang.example,*"}, ["ALLOWED_HOSTS must name"]),
    ({"SITE_URL": "http://madang.mudeung.example"}, ["SITE_URL must start with https://."]),
    (
        {"DATABASE_URL": "", "REDIS_URL": ""},
        ["DATABASE_URL is missing.", "REDIS_URL is missing."],
    ),
]


def started(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Run Python with nothing in its environment but a town's variables."""
    plain = {"PATH": os.environ["PATH"], "DJANGO_SETTINGS_MODULE": "civic.settings.production"}
    return subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", code],
        cwd=BASE_DIR,
        env={**plain, **TOWN, **variables},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(("variables", "sentences"), WRONG)
def test_production_does_not_start_and_names_what_is_wrong(
    variables: dict[str, str], sentences: list[str]
) -> None:
    done = started("import civic.settings.production", **variables)
    assert done.returncode == 1
    last = done.stderr.strip().splitlines()[-1]
    assert last.startswith("django.core.exceptions.ImproperlyConfigured: This is not safe to run:")
    assert [each for each in sentences if each not in last] == []
    assert not any(value in last for value in variables.values() if len(value) > 4)


ASK = """
import json, django
django.setup()
from django.conf import settings
from django.test import Client
names = ["SESSION_COOKIE_SECURE", "CSRF_COOKIE_SECURE", "LANGUAGE_COOKIE_SECURE", "DEBUG"]
client = Client(SERVER_NAME=settings.ALLOWED_HOSTS[0])
page = client.get("/healthz", secure=True)
chosen = client.get("/display/?text=130", secure=True)
print(json.dumps({
    "headers": dict(page.headers),
    "settings": {name: getattr(settings, name) for name in names},
    "plain": client.get("/desk/")["Location"],
    "watched": client.get("/healthz").status_code,
    "cookie": bool(chosen.cookies["display"]["secure"]),
}))
"""
PROVIDERS = {
    "KAKAO_CLIENT_ID": "kakao-id",
    "NAVER_CLIENT_ID": "naver-id",
    "OIDC_CLIENT_ID": "oidc-id",
    "OIDC_SERVER_URL": "https://login.mudeung.example/realms/town",
}


def form_action(headers: Any) -> list[str]:
    """Where forms may lead, by the Content Security Policy."""
    policy = dict(
        part.strip().split(" ", 1) for part in headers["Content-Security-Policy"].split(";")
    )
    return sorted(policy["form-action"].split())


@pytest.fixture(scope="module")
def town() -> Any:
    """What a town with all three other log-ins answers."""
    done = started(ASK, **PROVIDERS)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_a_town_is_reached_by_https_only(town: Any) -> None:
    assert town["headers"]["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"
    assert town["plain"] == "https://madang.mudeung.example/desk/"
    assert town["watched"] == 200
    assert town["settings"] == {
        "SESSION_COOKIE_SECURE": True,
        "CSRF_COOKIE_SECURE": True,
        "LANGUAGE_COOKIE_SECURE": True,
        "DEBUG": False,
    }
    assert town["cookie"] is True


def test_a_town_asks_browsers_for_nothing_it_does_not_need(town: Any) -> None:
    headers = town["headers"]
    assert "camera=()" in headers["Permissions-Policy"]
    assert "geolocation=()" in headers["Permissions-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "unsafe" not in headers["Content-Security-Policy"]


def test_forms_may_lead_to_the_log_ins_that_are_switched_on(town: Any) -> None:
    assert form_action(town["headers"]) == [
        "'self'",
        "https://accounts.kakao.com",
        "https://kauth.kakao.com",
        "https://login.mudeung.example",
        "https://nid.naver.com",
    ]


def test_without_other_log_ins_forms_lead_nowhere_else(client: Client) -> None:
    assert form_action(client.get("/healthz").headers) == ["'self'"]
