"""Every setting, read once from the environment, typed, and loud when it is missing.

`./run` writes the environment for a machine of your own; production sets it by hand. The README's
section "Settings" lists each name.
"""

from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote

import environ
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent


def required(read, name: str, **options):
    """The setting `name`, or a refusal that names it and the README section that explains it."""
    try:
        return read(name, **options)
    except (ImproperlyConfigured, ValueError, TypeError) as problem:
        raise ImproperlyConfigured(
            f"The setting {name} is missing or malformed. See “Settings” in README.md."
        ) from problem


# Where it runs ------------------------------------------------------------------------------------
SECRET_KEY = required(env.str, "SECRET_KEY")
SITE_URL = env.str("SITE_URL", default="http://127.0.0.1:8000").rstrip("/")
SECURE = SITE_URL.startswith("https://")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=[])
CSRF_TRUSTED_ORIGINS = [SITE_URL]
DEMO = env.bool("DEMO", default=False)
ROOT_URLCONF = "helpline.urls"
ASGI_APPLICATION = "helpline.asgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# What the charity calls itself --------------------------------------------------------------------
ORGANISATION = env.str("ORGANISATION", default="Missing People")
HELPLINE_NAME = env.str("HELPLINE_NAME", default="Harbour Line")
HELPLINE_NUMBER = env.str("HELPLINE_NUMBER", default="116 000")
EXIT_TO = env.str("EXIT_TO", default="https://www.bbc.co.uk/weather")

# Keys: see “Operations: keys” in README.md ---------------------------------------------------------
KEYS_DIR = Path(required(env.str, "KEYS_DIR"))
ROOT_KEY = required(env.str, "ROOT_KEY")
ROOT_KEY_BEFORE = env.str("ROOT_KEY_BEFORE", default="")
INDEX_KEYS = required(env.dict, "INDEX_KEYS")
TRAIL_KEY = required(env.str, "TRAIL_KEY")
ANCHOR_FILE = Path(env.str("ANCHOR_FILE", default=str(KEYS_DIR / "anchor.jsonl")))

# Apps ---------------------------------------------------------------------------------------------
INSTALLED_APPS = [
    "helpline.foundation.vault",
    "helpline.foundation.audit",
    "helpline.foundation.staff",
    "helpline.foundation.outbox",
    "contacts",
    "safeguarding",
    "privacy",
    "helpline",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.humanize",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    "heroicons",
    "csp",
]
if DEMO:
    INSTALLED_APPS.append("helpline.demo")

MIDDLEWARE = [
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "csp.middleware.CSPMiddleware",
    "helpline.foundation.staff.sessions.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "helpline.foundation.staff.middleware.SignInMiddleware",
    "helpline.foundation.states.RefusalMiddleware",
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
                "helpline.context.everywhere",
            ],
            "builtins": ["heroicons.templatetags.heroicons"],
        },
    }
]

# Data ---------------------------------------------------------------------------------------------


def database(name: str) -> dict:
    """A PostgreSQL URL as settings; a socket folder is written into it as `%2Fpath%2Fto%2Fit`."""
    parts = required(env.db, name)
    kept = {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}
    return parts | kept | {"HOST": unquote(parts["HOST"])}


DATABASES = {"default": database("DATABASE_URL")}
if env.str("DATABASE_OWNER_URL", default=""):
    # Migrations run as the owner of the tables; everything else as a role that cannot change them.
    DATABASES["owner"] = database("DATABASE_OWNER_URL")
REDIS_URL = required(env.str, "REDIS_URL")
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}
}

# Celery: the schedule itself stands in helpline/celery.py ------------------------------------------
CELERY_BROKER_URL = REDIS_URL.replace("unix://", "redis+socket://")
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 3600
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = "Europe/London"

# Language and time --------------------------------------------------------------------------------
LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_TZ = True
USE_I18N = False

# Static files -------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / ".dev" / "static")))
STATICFILES_DIRS = [BASE_DIR / "helpline" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 600

# Staff, their sessions and their sign-in ----------------------------------------------------------
AUTH_USER_MODEL = "staff.Staff"
IDLE_LIMIT = timedelta(minutes=15)
IDLE_WARNING = timedelta(minutes=13)
SESSION_LIMIT = timedelta(hours=8)

# Mail leaves through the outbox -------------------------------------------------------------------
EMAIL_CONFIG = env.email("EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL = env.str("FROM_EMAIL", default="helpline@localhost")
ADMINS: list[tuple[str, str]] = []

# Nothing that identifies may reach a log ----------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
}
