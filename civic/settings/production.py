"""A real town. Refuses to start on a missing or example secret, on DEBUG and on the demo."""

from django.core.exceptions import ImproperlyConfigured

from civic.settings.base import *  # noqa: F403 - settings are built in layers by design
from civic.settings.base import (
    ALLOWED_HOSTS,
    DEMO,
    IDENTITY_KEY,
    LOG_KEY,
    ROLL_KEY,
    SECRET_KEY,
    SITE_URL,
    env,
)

LEAST_LENGTH = {
    "SECRET_KEY": 40,
    "MADANG_IDENTITY_KEY": 32,
    "MADANG_ROLL_KEY": 32,
    "MADANG_LOG_KEY": 64,
}
SECRETS = {
    "SECRET_KEY": SECRET_KEY,
    "MADANG_IDENTITY_KEY": IDENTITY_KEY,
    "MADANG_ROLL_KEY": ROLL_KEY,
    "MADANG_LOG_KEY": LOG_KEY,
}


def secret_problem(name: str, value: str) -> str:
    """What is wrong with one secret; empty if nothing is."""
    if not value:
        return f"{name} is missing."
    if "example" in value.lower() or "change" in value.lower() or len(set(value)) < 8:
        return f"{name} is an example or too simple; make one of your own."
    if len(value) < LEAST_LENGTH[name]:
        return f"{name} is shorter than {LEAST_LENGTH[name]} characters."
    return ""


def refuse_unsafe_settings() -> None:
    """Name every setting that must not go to production; raise once, with all of them."""
    checks = {
        "MADANG_LOG_KEY must be 64 hexadecimal digits.": len(LOG_KEY) == 64
        and any(c not in "0123456789abcdefABCDEF" for c in LOG_KEY),
        "SECRET_KEY, MADANG_IDENTITY_KEY and MADANG_ROLL_KEY must differ.": len(
            {IDENTITY_KEY, ROLL_KEY, SECRET_KEY}
        )
        < 3,
        "DEBUG must be off.": env.bool("DEBUG", default=False),
        "MADANG_DEMO must be off.": DEMO,
        "ALLOWED_HOSTS must name the site's own host names.": not ALLOWED_HOSTS
        or "*" in ALLOWED_HOSTS,
        "SITE_URL must start with https://.": not SITE_URL.startswith("https://"),
        "DATABASE_URL is missing.": not env.str("DATABASE_URL", ""),
        "REDIS_URL is missing.": not env.str("REDIS_URL", ""),
    }
    problems = [found for each in SECRETS.items() if (found := secret_problem(*each))]
    problems += [words for words, is_wrong in checks.items() if is_wrong]
    if problems:
        raise ImproperlyConfigured("This is not safe to run: " + " ".join(problems))


refuse_unsafe_settings()

DEBUG = False
SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", default=True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 60 * 60 * 24 * 365)
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True
