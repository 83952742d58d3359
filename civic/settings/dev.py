"""A machine of one's own: the demo town, or development. Secrets here are examples."""

from civic.settings.base import *  # noqa: F403 - settings are built in layers by design
from civic.settings.base import env

DEBUG = env.bool("DEBUG", default=False)
SECRET_KEY = (
    env.str("SECRET_KEY", "") or "example-only-for-development-and-the-demo-town-0123456789"
)
IDENTITY_KEY = env.str("MADANG_IDENTITY_KEY", "") or "example-identity-key"
ROLL_KEY = env.str("MADANG_ROLL_KEY", "") or "example-roll-key"
LOG_KEY = env.str("MADANG_LOG_KEY", "") or "e0" * 32
ALLOWED_HOSTS = ["*"]
EMAIL_BACKEND = env.str("EMAIL_BACKEND", "") or "django.core.mail.backends.filebased.EmailBackend"
"""Mail is laid into a folder, and the demo shows it."""
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
if DEBUG:
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
    }
