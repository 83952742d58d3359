"""Tests: real PostgreSQL and Redis, tasks run where they are called, mail stays in memory."""

import os

from civic.settings.base import *  # noqa: F403 - settings are built in layers by design
from civic.settings.base import DATABASE_URL, VAR_DIR, database_from_url

SECRET_KEY = "example-for-tests-only-0123456789-0123456789"  # noqa: S105 - guards nothing
IDENTITY_KEY = "example-identity-key-for-tests"
ROLL_KEY = "example-roll-key-for-tests"
LOG_KEY = "0f" * 32
ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CELERY_TASK_ALWAYS_EAGER = True
CELERY_TASK_EAGER_PROPAGATES = True
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
PAGE_CACHE = False  # a test that reads twice means to see what happened in between
MEDIA_ROOT = VAR_DIR / "test-media"
STATIC_ROOT = VAR_DIR / "test-static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # the server of files warns without it

DATABASES = {"default": database_from_url(DATABASE_URL)}
DATABASES["default"]["OPTIONS"].pop("pool")  # threads of race tests open their own connections
DATABASES["default"]["OPTIONS"]["options"] = "-c synchronous_commit=off -c madang.allow_truncate=on"
DATABASES["default"]["TEST"] = {"NAME": "test_" + os.environ.get("MADANG_TEST_DB", "madang")}
LOGGING = {"version": 1, "disable_existing_loggers": False}
