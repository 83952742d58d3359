"""What every installation shares. Each environment variable is read here, once, and typed.

`.env.example` lists all of them with what they are for.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import django_stubs_ext
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _
from environs import Env

django_stubs_ext.monkeypatch()  # lets Django's generic classes be written with their types

env = Env()
BASE_DIR = Path(__file__).resolve().parent.parent.parent
VAR_DIR = Path(env.str("MADANG_VAR_DIR", "") or BASE_DIR / "var")

# --- Secrets. Empty here; dev and test put examples in, production refuses them. ---
SECRET_KEY = env.str("SECRET_KEY", "")
IDENTITY_KEY = env.str("MADANG_IDENTITY_KEY", "")
"""Keys the hashes by which one person is found again (names and birth dates are never stored)."""
ROLL_KEY = env.str("MADANG_ROLL_KEY", "")
"""Keys the person keys of voter rolls; each contest derives its own key from it."""
LOG_KEY = env.str("MADANG_LOG_KEY", "")
"""Ed25519 seed (64 hex digits) that signs tree heads, receipts and bundles."""

# --- Where things are ---
DATABASE_URL = (
    env.str("DATABASE_URL", "") or f"postgresql://madang_owner@/madang?host={VAR_DIR}/dev/run"
)
REDIS_URL = env.str("REDIS_URL", "") or f"unix://{VAR_DIR}/dev/run/redis.sock?db=0"
"""Unset, both mean the servers that `bin/services` runs; production refuses to start unset."""
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", [])
SITE_URL = env.str("SITE_URL", "http://localhost:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", [])
TRUSTED_PROXIES = env.int("TRUSTED_PROXIES", 0)
"""How many reverse proxies stand in front; the client's address is that far from the right."""

# --- How often (proceedings/services/limits.py) ---
LIMITS = {
    "proposal": "5/day",
    "draft": "60/hour",
    "picture": "30/hour",
    "debate": "3/day",
    "opinion": "30/hour",
    "report": "30/day",
    "reaction": "300/hour",
    "support": "120/hour",
    "hint": "120/minute",
    "search": "60/minute",
    "desk_lookup": "300/hour",
    "desk_code": "60/hour",
    "api": "120/minute",
    "api_account": "300/minute",
}
"""Each for one account, or for one address where nobody is logged in. Votes have no limit."""


def limits_from(text: str) -> dict[str, str]:
    """Read `name=5/day,name=off`. Raises ValueError for a name or number that cannot be."""
    chosen = dict(part.strip().partition("=")[::2] for part in text.split(",") if part.strip())
    for name, rate in chosen.items():
        if name not in LIMITS or not re.fullmatch(r"off|[1-9]\d*/(minute|hour|day)", rate):
            raise ValueError(
                f"MADANG_LIMITS: {name}={rate} is no limit. Write it like proposal=5/day or "
                f"search=off; the names are {', '.join(LIMITS)}."
            )
    return chosen


LIMITS |= limits_from(env.str("MADANG_LIMITS", ""))

# --- The town ---
SITE_NAME = env.str("SITE_NAME", "무등구 마당")
SITE_PHONE = env.str("SITE_PHONE", "062-000-0000")
SITE_HOURS = env.str("SITE_HOURS", "평일 09:00–18:00")
SITE_OFFICIAL = env.bool("SITE_OFFICIAL", default=False)
"""Shows the bar of an official government site: only for a real one."""
DEMO = env.bool("MADANG_DEMO", default=False)
"""Shows the demo people, their codes and the outgoing mail at /demo/. Refused in production."""

DEBUG = False
ROOT_URLCONF = "civic.urls"
WSGI_APPLICATION = "civic.wsgi.application"

INSTALLED_APPS = [
    "civic",
    "budgets",
    "proposals",
    "debates",
    "voting",
    "residents",
    "proceedings",
    "places",
    "civic.office.OfficeConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.kakao",
    "allauth.socialaccount.providers.naver",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.mfa",
    "rest_framework",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_htmx",
    "csp",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "civic.middleware.RequestLogMiddleware",
    "csp.middleware.CSPMiddleware",
    "civic.middleware.PermissionsPolicyMiddleware",
    "civic.page_cache.PageCacheMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "civic.middleware.StaffSecondFactorMiddleware",
    "civic.middleware.RefusalMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "civic.context.site",
            ],
            "builtins": ["civic.templatetags.ui", "civic.templatetags.korean"],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"


def database_from_url(url: str) -> dict[str, Any]:
    """Turn `postgresql://user:pass@host:port/name?host=/socket/dir` into Django's settings."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ValueError("DATABASE_URL must start with postgresql://")
    query = dict(parse_qsl(parts.query))
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")) or "madang",
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": query.pop("host", parts.hostname or ""),
        "PORT": query.pop("port", str(parts.port or "")),
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {**query, "pool": {"min_size": 1, "max_size": 4, "timeout": 10}},
        "ATOMIC_REQUESTS": False,
    }


DATABASES = {"default": database_from_url(DATABASE_URL)}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
MIGRATION_MODULES: dict[str, str] = {}

CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "madang",
    },
}
PAGE_CACHE = env.bool("PAGE_CACHE", default=True)
"""Whether pages are kept for some seconds for readers without a session (civic/page_cache.py)."""
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "civic.views.errors.csrf_failure"

# --- People ---
AUTH_USER_MODEL = "residents.User"
AUTHENTICATION_BACKENDS = ["residents.adapters.AccountBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGINS_AT_ONCE = env.int("LOGINS_AT_ONCE", 0) or max((os.cpu_count() or 1) // 2, 1)
"""How many passwords a machine checks at once; without it, on half of its cores, so that votes go
on while many log in (residents/services/logins.py)."""
LOGINS_WAITING = max((os.cpu_count() or 1) - LOGINS_AT_ONCE - 1, 0)
"""How many others wait their turn: each holds a web process, and one is to stay free."""
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "me"
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "residents.forms.SignupFields"
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = f"[{SITE_NAME}] "
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_FORMS = {
    "confirm_email_verification_code": "residents.adapters.EmailCodeForm",
    "confirm_login_code": "residents.adapters.LoginCodeForm",
}
ACCOUNT_RATE_LIMITS = {
    "signup": "30/m/ip,300/h/ip",
    "login": "120/m/ip",
    "request_login_code": "60/m/ip,3/m/key,10/h/key",
    "confirm_email": "3/m/key,10/h/key",
    "reset_password": "20/m/ip,3/m/key,10/h/key",
}
"""Where they differ from allauth's: many people share one address (a school, a mobile network),
but a mailbox is one person's, who should not drown in codes."""
ALLAUTH_TRUSTED_PROXY_COUNT = TRUSTED_PROXIES
ACCOUNT_ADAPTER = "residents.adapters.AccountAdapter"
SOCIALACCOUNT_ADAPTER = "residents.adapters.SocialAccountAdapter"
SOCIALACCOUNT_EMAIL_AUTHENTICATION = False  # a provider's e-mail never joins two accounts
SOCIALACCOUNT_QUERY_EMAIL = True
SOCIALACCOUNT_STORE_TOKENS = False
MFA_ADAPTER = "residents.adapters.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_TOTP_ISSUER = SITE_NAME
KAKAO_CLIENT_ID = env.str("KAKAO_CLIENT_ID", "")
KAKAO_SECRET = env.str("KAKAO_SECRET", "")
NAVER_CLIENT_ID = env.str("NAVER_CLIENT_ID", "")
NAVER_SECRET = env.str("NAVER_SECRET", "")
OIDC_NAME = env.str("OIDC_NAME", "")
OIDC_SERVER_URL = env.str("OIDC_SERVER_URL", "")
OIDC_CLIENT_ID = env.str("OIDC_CLIENT_ID", "")
OIDC_SECRET = env.str("OIDC_SECRET", "")


def social_providers() -> dict[str, Any]:
    """Only the log-ins whose keys are set; the log-in page offers no others."""
    providers: dict[str, Any] = {"kakao": {"APPS": []}, "naver": {"APPS": []}}
    if KAKAO_CLIENT_ID:
        providers["kakao"]["APPS"] = [{"client_id": KAKAO_CLIENT_ID, "secret": KAKAO_SECRET}]
    if NAVER_CLIENT_ID:
        providers["naver"]["APPS"] = [{"client_id": NAVER_CLIENT_ID, "secret": NAVER_SECRET}]
    if OIDC_CLIENT_ID:
        providers["openid_connect"] = {
            "APPS": [
                {
                    "provider_id": "oidc",
                    "name": OIDC_NAME or "OpenID Connect",
                    "client_id": OIDC_CLIENT_ID,
                    "secret": OIDC_SECRET,
                    "settings": {"server_url": OIDC_SERVER_URL},
                },
            ],
        }
    return providers


SOCIALACCOUNT_PROVIDERS = social_providers()


def log_in_origins() -> list[str]:
    """Where the button of another log-in may lead: to those that are switched on, and on to the
    page on which they ask for the password. Browsers hold every hop against `form-action`.
    """
    oidc = urlsplit(OIDC_SERVER_URL)
    origins = {
        ("https://kauth.kakao.com", "https://accounts.kakao.com"): KAKAO_CLIENT_ID,
        ("https://nid.naver.com",): NAVER_CLIENT_ID,
        (f"{oidc.scheme}://{oidc.netloc}",): OIDC_CLIENT_ID,
    }
    return [origin for group, is_on in origins.items() if is_on for origin in group]


# --- Mail ---
EMAIL_BACKEND = env.str("EMAIL_BACKEND", "django.core.mail.backends.smtp.EmailBackend")
EMAIL_HOST = env.str("EMAIL_HOST", "localhost")
EMAIL_PORT = env.int("EMAIL_PORT", 25)
EMAIL_HOST_USER = env.str("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = env.str("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env.bool("EMAIL_USE_TLS", default=False)
EMAIL_TIMEOUT = 20
"""Seconds after which a silent mail server counts as one that does not answer."""
EMAIL_FILE_PATH = env.str("EMAIL_FILE_PATH", "") or str(VAR_DIR / "mail")
"""Where mail is laid by the backend that writes files."""
DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "madang@localhost")
EMAIL_SUBJECT_PREFIX = ""

# --- Language and time ---
LANGUAGE_CODE = "ko"
LANGUAGES = [("ko", _("Korean")), ("en", _("English"))]
LOCALE_PATHS = [
    BASE_DIR / "locale" / app
    for app in (
        "civic",
        "budgets",
        "proposals",
        "debates",
        "voting",
        "residents",
        "proceedings",
        "places",
    )
]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Seoul"
LANGUAGE_COOKIE_NAME = "language"
FORMAT_MODULE_PATH = ["civic.formats"]

# --- Files ---
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", "") or VAR_DIR / "static")
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", "") or VAR_DIR / "media")
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
FONT_DIR = VAR_DIR / "fonts"
"""Where set-up puts the site's own font as ttf, for PDFs."""
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000

# --- Safety in the browser ---
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF, *log_in_origins()],
        "manifest-src": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    },
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"

# --- API ---
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["rest_framework.authentication.SessionAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "DEFAULT_THROTTLE_CLASSES": ["civic.api.AddressThrottle", "civic.api.AccountThrottle"],
    "EXCEPTION_HANDLER": "civic.api.handle_exception",
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Madang API",
    "DESCRIPTION": (
        "Everything public on this site, as data. Reading needs no log-in. Writing goes by the "
        "session of the site, with the value of the cookie `csrftoken` in the header "
        "`X-CSRFToken`. A ballot is cast on its page only. 공개된 모든 내용을 자료로 드립니다."
    ),
    "VERSION": "1",
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "POSTPROCESSING_HOOKS": [
        "drf_spectacular.hooks.postprocess_schema_enums",
        "civic.api.describe_refusals",
    ],
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "ENUM_ADD_EXPLICIT_BLANK_NULL_CHOICE": False,
    "ENUM_NAME_OVERRIDES": {
        "AreaKind": "places.models.AreaKind",
        "PhaseKind": "proceedings.models.PhaseKind",
        "CommentState": "debates.models.CommentState",
        "ContestKind": "voting.models.ContestKind",
        "ContestState": "voting.models.ContestState",
        "DrawState": "voting.models.DrawState",
        "ProposalState": "proposals.models.ProposalState",
        "AnswerKind": "proposals.models.AnswerKind",
        "BudgetState": "budgets.models.BudgetState",
        "ProjectState": "budgets.models.ProjectState",
    },
}


# --- Work behind the pages ---
def broker_of(redis_url: str) -> str:
    """The same Redis and number as a broker: of a socket, Celery reads the number as `virtual_host`
    and would take `db` for 0 in silence, so that two sites would share one queue.
    """
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    number = dict(parse_qsl(parts.query)).get("db", "0")
    return f"redis+socket://{parts.path}?virtual_host={number}"


CELERY_BROKER_URL = broker_of(REDIS_URL)
CELERY_RESULT_BACKEND = None
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 30 * 60
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = TIME_ZONE
CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 60 * 60}
CELERY_BEAT_SCHEDULE: dict[str, dict[str, Any]] = {
    "worker heartbeat": {"task": "proceedings.beat_heart", "schedule": 20.0},
    "phases by the clock": {"task": "proceedings.advance_phases", "schedule": 30.0},
    "contests by the clock": {"task": "voting.advance_contests", "schedule": 5.0},
    "leaves into the log": {"task": "voting.sequence_leaves", "schedule": 20.0},
    "tree heads": {"task": "voting.sign_heads", "schedule": 600.0},
    "turnout figures": {"task": "voting.refresh_figures", "schedule": 3.0},
    "proposals by the clock": {"task": "proposals.advance_proposals", "schedule": 60.0},
    "proposal figures": {"task": "proposals.refresh_figures", "schedule": 20.0},
    "comment figures": {"task": "debates.refresh_figures", "schedule": 20.0},
    "conversations under votes": {"task": "civic.open_conversations", "schedule": 20.0},
    "budget allocations": {"task": "budgets.allocate_due", "schedule": 5.0},
    "uploaded elections left behind": {"task": "budgets.store_waiting", "schedule": 60.0},
    "notices by mail": {"task": "residents.send_mail", "schedule": 30.0},
    "old traces disposed": {
        "task": "residents.dispose_expired",
        "schedule": crontab(hour=4, minute=10),
    },
}
for _entry in CELERY_BEAT_SCHEDULE.values():
    if isinstance(_entry["schedule"], float):  # the next one does the same: none piles up
        _entry["options"] = {"expires": max(60.0, _entry["schedule"])}

# --- Logs: structured, without addresses, names, bodies or query strings ---
LOG_LEVEL = env.str("LOG_LEVEL", "INFO")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {"()": "civic.reporting.QuietFormatter"},
    },
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django.server": {"handlers": [], "propagate": False, "level": "ERROR"},
        "django.request": {"level": "ERROR"},
        "fontTools": {"level": "ERROR"},
        "fpdf": {"level": "ERROR"},
    },
}
DEFAULT_EXCEPTION_REPORTER = "civic.reporting.QuietExceptionReporter"
TEST_RUNNER = "django.test.runner.DiscoverRunner"
