"""Every setting, read once from the environment, typed, and loud when it is missing.

`./run` writes the environment for a machine of your own; production sets it by hand. The README's
section "Settings" lists each name.
"""

import operator
from base64 import b64decode
from datetime import timedelta
from pathlib import Path
from urllib.parse import unquote, urlsplit

import environ
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

env = environ.Env()
BASE_DIR = Path(__file__).resolve().parent.parent


def required(read, name: str, **options):
    """The setting `name`, or a refusal that names it and the README section that explains it."""
    try:
        return read(name, **options)
    except (ImproperlyConfigured, ValueError, TypeError) as problem:
        raise ImproperlyConfigured(
            f"The setting {name} is missing or malformed: see “Settings” in README.md."
        ) from problem


def a_secret(name: str) -> str:
    """Long enough that nobody guesses it (Django's own check asks for 50 characters)."""
    if len(env.str(name)) < 50:
        raise ValueError(name)
    return env.str(name)


def a_key(name: str, **options) -> str:
    """Base64 of 32 bytes; empty only where there is a default."""
    text = env.str(name, **options)
    if text != options.get("default"):
        whole_key(text)
    return text


def an_address(name: str, **options) -> str:
    """Where to call another system; empty only where there is a default."""
    text = env.str(name, **options)
    where = urlsplit(text)
    if text and (where.scheme not in {"https", "http"} or not where.hostname):
        raise ValueError(name)
    return text


def some_keys(name: str) -> dict[str, str]:
    """Numbered keys, `1=KEY,2=NEWER`: at least one."""
    keys = {str(int(number)): whole_key(text) for number, text in env.dict(name).items()}
    return keys or whole_key("")


def whole_key(text: str) -> str:
    """The same text, or `ValueError` when it is not a key."""
    if len(b64decode(text, validate=True)) != 32:
        raise ValueError("A key has 32 bytes.")
    return text


# Where it runs ------------------------------------------------------------------------------------
SECRET_KEY = required(a_secret, "SECRET_KEY")
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
# Blank ones are left out of the public pages, and stop `check --deploy`.
HELPLINE_EMAIL = env.str("HELPLINE_EMAIL", default="talk@helpline.example" if DEMO else "")
REGISTRATION = env.str(
    "REGISTRATION",
    default="Registered charity in England and Wales (1020419) and in Scotland (SC057419).",
)
EXIT_TO = env.str("EXIT_TO", default="https://www.bbc.co.uk/weather")
ICO_NUMBER = env.str("ICO_NUMBER", default="Z4558221")
ICO_URL = env.str("ICO_URL", default="https://ico.org.uk/")
ICO_REGISTER_URL = env.str(
    "ICO_REGISTER_URL", default=f"https://ico.org.uk/ESDWebPages/Entry/{ICO_NUMBER}"
)
DPO_NAME = env.str("DPO_NAME", default="James Rowley")
DPO_EMAIL = env.str("DPO_EMAIL", default="dpo@helpline.example" if DEMO else "")
DPO_ADDRESS = env.str(
    "DPO_ADDRESS",
    default="Missing People, 284 Upper Richmond Road West, London SW14 7JE",
)
PRIVACY_STATEMENT_URL = env.str(  # of the whole charity
    "PRIVACY_STATEMENT_URL", default="https://charity.example/privacy" if DEMO else ""
)
DATA_KEPT_IN = env.str("DATA_KEPT_IN", default="the United Kingdom")
# Who else can help, at any hour: name, number, and for whom.
HELP_ELSEWHERE = required(
    env.json,
    "HELP_ELSEWHERE",
    default=[
        ["Childline", "0800 1111", "for anyone under 19, free, day and night"],
        ["Samaritans", "116 123", "for anyone, free, day and night"],
    ],
)

# Keys: see “Operations: keys” in README.md --------------------------------------------------------
KEYS_DIR = Path(required(env.str, "KEYS_DIR"))
ROOT_KEY = required(a_key, "ROOT_KEY")
ROOT_KEY_BEFORE = required(a_key, "ROOT_KEY_BEFORE", default="")
INDEX_KEYS = required(some_keys, "INDEX_KEYS")
TRAIL_KEY = required(a_key, "TRAIL_KEY")
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
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "helpline.foundation.staff.sessions.SessionMiddleware",
    "helpline.foundation.visits.VisitMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "helpline.foundation.staff.middleware.WhoMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "helpline.foundation.staff.middleware.SignInMiddleware",
    "helpline.foundation.states.RefusalMiddleware",
    "helpline.context.FreshCountsMiddleware",
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
            "builtins": ["helpline.foundation.drawing"],
        },
    }
]

if DEMO:
    TEMPLATES[0]["OPTIONS"]["context_processors"].append("helpline.demo.context.roles")

# Data ---------------------------------------------------------------------------------------------


# A machine that vanishes says nothing: without these whoever speaks to it hangs for a quarter of an
# hour and who listens for two, and the server keeps the locks of a process that is gone as long.
# In seconds, the last in milliseconds; over a socket they mean nothing.
NEVER_WAIT_FOR_EVER = {
    "connect_timeout": 5,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20000,
    "options": "-c tcp_keepalives_idle=15 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"
    " -c tcp_user_timeout=20000",
}


def database(name: str) -> dict:
    """A PostgreSQL URL as settings; a socket folder is written into it as `%2Fpath%2Fto%2Fit`."""
    parts = env.db(name)
    if not parts.get("ENGINE", "").endswith("postgresql"):
        raise ValueError(name)
    kept = {"CONN_MAX_AGE": None, "CONN_HEALTH_CHECKS": True}
    ours = {"ENGINE": "helpline.foundation.postgresql", "HOST": unquote(parts["HOST"])}
    return parts | kept | ours | {"OPTIONS": NEVER_WAIT_FOR_EVER | parts.get("OPTIONS", {})}


DATABASES = {"default": required(database, "DATABASE_URL")}
if env.str("DATABASE_OWNER_URL", default=""):
    # Migrations run as the owner of the tables; everything else as a role that cannot change them.
    DATABASES["owner"] = required(database, "DATABASE_OWNER_URL")
REDIS_URL = required(env.str, "REDIS_URL")
CACHES = {"default": {"BACKEND": "helpline.foundation.counters.Counters", "LOCATION": REDIS_URL}}

# Celery: the schedule itself stands in helpline/celery.py -----------------------------------------
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
# Bank holidays proclaimed after the package `holidays` was made: "2027-06-04", or for one nation
# "SCT:2027-06-04" (ENG, which is also Wales, SCT, NIR).
PROCLAIMED_HOLIDAYS = env.list("PROCLAIMED_HOLIDAYS", default=[])

# The web server: database connections are processes x (threads + readers + 3) ------------------
WEB_THREADS = required(env.int, "WEB_THREADS", default=8)
STREAM_READERS = required(env.int, "STREAM_READERS", default=4)

# How many may wait for a service at once before newcomers are told of other help.
QUEUE_LIMIT = required(env.int, "QUEUE_LIMIT", default=200)

# Partner systems: see helpline/api.py -------------------------------------------------------------
PARTNER_PACE = required(env.int, "PARTNER_PACE", default=120)  # requests of one key in a minute
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["helpline.foundation.staff.partner_access.ByKey"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],  # opens nothing
    "DEFAULT_THROTTLE_CLASSES": ["helpline.foundation.staff.partner_access.Pace"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": [],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "helpline.api.explained",
    "UNAUTHENTICATED_USER": None,
    "URL_FORMAT_OVERRIDE": None,
}
SPECTACULAR_SETTINGS = {
    "TITLE": HELPLINE_NAME,
    "VERSION": "1.0.0",
    "OAS_VERSION": "3.1.1",
    "DESCRIPTION": "What partner systems can do: add transcripts, read figures.",
    "ENUM_GENERATE_CHOICE_DESCRIPTION": False,
}

# Headers: the door adds the rest to every answer, static files and refusals included --------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "object-src": [NONE],
    }
}
SECURE_REFERRER_POLICY = "same-origin"  # `no-referrer` would break every plain form
SECURE_SSL_REDIRECT = SECURE
SECURE_HSTS_SECONDS = 63072000 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE
SECURE_HSTS_PRELOAD = SECURE

# Static files -------------------------------------------------------------------------------------
STATIC_URL = "static/"
STATIC_ROOT = Path(env.str("STATIC_ROOT", default=str(BASE_DIR / ".dev" / "static")))
STATICFILES_DIRS = [BASE_DIR / "helpline" / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 600
WHITENOISE_ALLOW_ALL_ORIGINS = False

# Escalations: figures that no law fixes (minutes; planned in working days) ------------------------


def at_least_one(name: str, **options) -> int:
    """A whole number above 0: with none an alert would be due again in the same moment for ever."""
    if (number := env.int(name, **options)) < 1:
        raise ValueError(name)
    return number


ESCALATION_ACKNOWLEDGE = {
    "immediate": timedelta(
        minutes=required(at_least_one, "ESCALATION_ACKNOWLEDGE_IMMEDIATE", default=5)
    ),
    "today": timedelta(minutes=required(at_least_one, "ESCALATION_ACKNOWLEDGE_TODAY", default=30)),
}
ESCALATION_DECIDE = {
    "immediate": timedelta(minutes=required(env.int, "ESCALATION_DECIDE_IMMEDIATE", default=15)),
    "today": timedelta(minutes=required(env.int, "ESCALATION_DECIDE_TODAY", default=480)),
}
# How long what is shared waits before it leaves, unless a life is at risk: a slip can be stopped.
SHARING_DELAY = timedelta(minutes=required(env.int, "SHARING_DELAY", default=10))
ESCALATION_PLANNED_DAYS = required(env.int, "ESCALATION_PLANNED_DAYS", default=2)

# How many days after a review of a supplier was due nothing new goes through it any more.
SUPPLIER_REVIEW_GRACE = timedelta(days=required(env.int, "SUPPLIER_REVIEW_GRACE", default=90))

# Data rights --------------------------------------------------------------------------------------
# Whether the Secretary of State has designated the charity (DPA 2018 Sch 3 para 8(1)(k)).
DESIGNATED_FOR_SOCIAL_WORK = required(env.bool, "DESIGNATED_FOR_SOCIAL_WORK", default=False)

# Where an alert goes besides pages and e-mail; neutral, and signed with the secret.
ALERT_WEBHOOK_URL = required(an_address, "ALERT_WEBHOOK_URL", default="")
ALERT_WEBHOOK_SECRET = required(a_key, "ALERT_WEBHOOK_SECRET") if ALERT_WEBHOOK_URL else ""

# Staff, their sessions and their sign-in ----------------------------------------------------------
AUTH_USER_MODEL = "staff.Staff"
IDLE_LIMIT = timedelta(minutes=15)
IDLE_WARNING = timedelta(minutes=13)
SESSION_LIMIT = timedelta(hours=8)
SESSION_ENGINE = "helpline.foundation.staff.sessions"
SESSION_COOKIE_NAME = "__Host-staff" if SECURE else "staff"
VISIT_COOKIE_NAME = "__Host-visit" if SECURE else "visit"
SESSION_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
CSRF_USE_SESSIONS = True  # Django's own CSRF cookie would live for a year
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "staff_home"
PASSWORD_RESET_TIMEOUT = 3600
PASSWORD_HASHERS = ["helpline.foundation.staff.passwords.Argon2id"]
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["email", "name", "alias"]},
    },
    {"NAME": "helpline.foundation.staff.passwords.NotKnown"},
    {"NAME": "helpline.foundation.staff.passwords.NotTooLong"},
]
ACCOUNT_ADAPTER = "helpline.foundation.staff.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_USER_DISPLAY = operator.attrgetter("alias")
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation that was opened has verified the address
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_PASSWORD_RESET_TOKEN_GENERATOR = "django.contrib.auth.tokens.PasswordResetTokenGenerator"  # noqa: S105
ACCOUNT_FORMS = {
    "login": "helpline.foundation.staff.forms.SignInForm",
    "reset_password": "helpline.foundation.staff.forms.ResetForm",
}
# No limit may have a network address in its key. Passwords are guarded by staff/slow_down.py;
# `login_failed` here is the limit on second-factor codes, after the right password.
ACCOUNT_RATE_LIMITS = {
    "login": None,
    "login_failed": "10/10m/key",
    "reset_password": "5/h/key",
    "reset_password_from_key": None,
    "signup": None,
    "request_login_code": None,
    "verify_phone": None,
}
MFA_ADAPTER = "helpline.foundation.staff.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_ALLOW_UNVERIFIED_EMAIL = True
MFA_TOTP_ISSUER = HELPLINE_NAME
MFA_TOTP_TOLERANCE = 1
MFA_RATE_LIMITS = {"webauthn_login": None}
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
MFA_FORMS = {
    "authenticate": "helpline.foundation.staff.forms.CodeForm",
    "reauthenticate": "helpline.foundation.staff.forms.AgainCodeForm",
    "activate_totp": "helpline.foundation.staff.forms.EnrolAppForm",
}

# Mail leaves through the outbox -------------------------------------------------------------------
EMAIL_CONFIG = required(env.email, "EMAIL_URL", default="consolemail://")
vars().update(EMAIL_CONFIG)
if EMAIL_CONFIG["EMAIL_BACKEND"].endswith(".smtp.EmailBackend"):
    EMAIL_BACKEND = "helpline.foundation.outbox.post.NeutralPost"
EMAIL_TIMEOUT = 20  # seconds; without it a silent mail server would hold the outbox for ever
DEFAULT_FROM_EMAIL = env.str("FROM_EMAIL", default="helpline@localhost")
ADMINS: list[tuple[str, str]] = []

# Texts and e-mail with people who get in touch: see “Texts and e-mail” in README.md ---------------
ANSWERS_FROM = env.str("ANSWERS_FROM", default=DEFAULT_FROM_EMAIL)  # neutral, and read by us
MAIL_BY = env.str("MAIL_BY", default="")  # whose webhook brings e-mail, as Anymail calls it
ANYMAIL = required(env.json, "ANYMAIL", default={})  # its secrets, under Anymail’s own names
TEXTS_BY = env.str("TEXTS_BY", default="")  # signed (our small protocol) or twilio
TEXTS_URL = env.str("TEXTS_URL", default="https://api.twilio.com")
TEXTS_ACCOUNT = env.str("TEXTS_ACCOUNT", default="")
TEXTS_SECRET = env.str("TEXTS_SECRET", default="")
TEXTS_FROM = env.str("TEXTS_FROM", default=HELPLINE_NUMBER)
# What arrives stays in memory until it is clean: no part of it is ever in a file. An e-mail with
# photos is the largest; the door lets less in everywhere else.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 50 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = DATA_UPLOAD_MAX_MEMORY_SIZE

# Nothing that identifies may reach a log ----------------------------------------------------------
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["stderr"], "level": "WARNING"},
    "loggers": {
        # Django names the path, host or origin of what it refuses, and those may name a person.
        "django.request": {"level": "ERROR"},
        "django.security": {"level": "CRITICAL"},
        # It names what it asks a provider for, which may be a number.
        "urllib3": {"level": "CRITICAL"},
    },
}
