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


def refuse_unsafe_settings() -> None:
    """Name every setting that must not go to production; raise once, with all of them."""
    problems = []
    for name, value, least in (
        ("SECRET_KEY", SECRET_KEY, 40),
        ("MADANG_IDENTITY_KEY", IDENTITY_KEY, 32),
        ("MADANG_ROLL_KEY", ROLL_KEY, 32),
        ("MADANG_LOG_KEY", LOG_KEY, 64),
    ):
        if not value:
            problems.append(f"{name} is missing.")
        elif "example" in value.lower() or "change" in value.lower() or len(set(value)) < 8:
            problems.append(f"{name} is an example or too simple; make one of your own.")
        elif len(value) < least:
            problems.append(f"{name} is shorter than {least} characters.")
    if len(LOG_KEY) == 64 and any(c not in "0123456789abcdefABCDEF" for c in LOG_KEY):
        problems.append("MADANG_LOG_KEY must be 64 hexadecimal digits.")
    if len({IDENTITY_KEY, ROLL_KEY, SECRET_KEY}) < 3:
        problems.append("SECRET_KEY, MADANG_IDENTITY_KEY and MADANG_ROLL_KEY must differ.")
    if env.bool("DEBUG", default=False):
        problems.append("DEBUG must be off.")
    if DEMO:
        problems.append("MADANG_DEMO must be off.")
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        problems.append("ALLOWED_HOSTS must name the site's own host names.")
    if not SITE_URL.startswith("https://"):
        problems.append("SITE_URL must start with https://.")
    if not env.str("DATABASE_URL", ""):
        problems.append("DATABASE_URL is missing.")
    if not env.str("REDIS_URL", ""):
        problems.append("REDIS_URL is missing.")
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
