"""The site's settings: first what the environment decides, then what it does not.

The environment is read whole before it is judged, so that one start names
every wrong value. Nothing else in the project reads the environment.
"""

import os
import tomllib
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import dj_database_url
import dj_email_url
import django
import django_cache_url
from babel.numbers import is_currency
from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvValidationError, ValidationError

from ftz_site.validators import (
    are_hosts,
    are_origins,
    counts_exactly,
    is_email,
    is_hard_to_guess,
    is_one_line,
    is_rate,
    is_time_zone,
)

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"
VERSION = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]


# --- The environment ---------------------------------------------------------

# What to give instead; a refusal ends with it.
REMEDIES = {
    "SECRET_KEY": (
        "give a long random text, of 50 characters or more, or DEBUG=true on your own machine"
    ),
    "DEBUG": "give true or false",
    "ALLOWED_HOSTS": "give host names with commas between them, such as register.example.org",
    "CSRF_TRUSTED_ORIGINS": (
        "give origins with commas between them, such as https://register.example.org, each over TLS"
    ),
    "DATABASE_URL": (
        "give postgres://user:password@host/name, or sqlite:////folder/file in a folder that exists"
    ),
    "CACHE_URL": (
        "give redis://host/0 or pymemcache://host:11211 with its client installed, or leave it out"
    ),
    "EMAIL_URL": "give submission://user:password@host for TLS, or console:// to print mails",
    "DEFAULT_FROM_EMAIL": "give an e-mail address, such as register@example.org",
    "DATA_LICENCE": "give a sentence or two on one line, of 500 characters at most",
    "REQUIRE_SECOND_FACTOR": "give none, superusers or staff",
    "BASE_CURRENCY": "give a currency's three letters (ISO 4217), such as CNY",
    "TIME_ZONE": "give a zone's name, such as Asia/Shanghai",
    "REVIEW_OWN_ENTRIES": "give true or false",
    "API_RATE_ANON": "give a number up to 1000000 and sec, min, hour or day, such as 120/min",
    "API_RATE_USER": "give a number up to 1000000 and sec, min, hour or day, such as 1200/min",
    "HSTS_PRELOAD": "give true or false",
    "LOG_LEVEL": "give DEBUG, INFO, WARNING, ERROR or CRITICAL",
    "WEB_CONCURRENCY": "give a number of worker processes from 1 to 256",
    "PORT": "give a port number from 1 to 65535",
}
# A refusal may land in a log, so these are named without their value.
SECRETS = {"SECRET_KEY", "DATABASE_URL", "CACHE_URL", "EMAIL_URL"}


def accepts(test):
    """A validator for environs that refuses whatever `test` finds false."""

    def validate(value):
        if not test(value):
            raise ValidationError("refused")

    return validate


# Every variable is read before any is judged.
env = Env(eager=False)


@env.parser_for("database")
def read_database(url: str) -> dj_database_url.DBConfig:
    """Django's configuration of the database at `url`: SQLite or PostgreSQL."""
    try:
        database = dj_database_url.parse(url)
    except ValueError as error:
        raise ValidationError(str(error)) from error
    given = database.get("OPTIONS", {})
    match database["ENGINE"].rpartition(".")[2]:
        case "sqlite3" if database["NAME"] != ":memory:":
            file = BASE_DIR / database["NAME"]
            if file.parent == VAR_DIR:
                VAR_DIR.mkdir(exist_ok=True)
            if not file.parent.is_dir():
                raise ValidationError("no such folder")
            database["NAME"] = str(file)
            # Django's own, but for the number of parameters; see docs/decisions/0006.
            database["ENGINE"] = "ftz_site.sqlite3"
            # Its default, which test runners know of Django's own backend only.
            database["TEST"] = {"NAME": ":memory:"}
            database["OPTIONS"] = {
                # A transaction that means to write takes the lock at its start: one
                # that reads first and is overtaken would fail without waiting.
                "transaction_mode": "IMMEDIATE",
                # Seconds that a writer waits for another.
                "timeout": 20,
                # Readers never wait for a writer in WAL, and with it NORMAL loses
                # no consistency: a power cut may only undo the last commits.
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL;",
            } | given
        case "postgresql" if database["NAME"]:
            # At least one connection a thread of `serve`, kept open between requests.
            database["OPTIONS"] = {"pool": {"min_size": 1, "max_size": 8, "timeout": 10}} | given
        case _:
            raise ValidationError("neither a file of SQLite nor a database of PostgreSQL")
    return database


@env.parser_for("cache")
def read_cache(url: str) -> dict | None:
    """Django's configuration of the cache at `url`, whose client must be installed; or none."""
    if not url:
        return None
    try:
        cache = django_cache_url.parse(url)
    except Exception as error:  # the library raises nothing narrower
        raise ValidationError(str(error)) from error
    clients = {"RedisCache": "redis", "PyLibMCCache": "pylibmc", "PyMemcacheCache": "pymemcache"}
    package, _, name = cache["BACKEND"].rpartition(".")
    # Django would ask for the client at the first request only.
    if not package.startswith("django.") or (name in clients and not find_spec(clients[name])):
        raise ValidationError("no client")
    return cache


@env.parser_for("mail")
def read_mail(url: str) -> dict:
    """Django's settings of e-mail for `url`: a server of SMTP, or the console; "" for neither."""
    if not url:
        return {}
    try:
        mail = dj_email_url.parse(url)
    except Exception as error:  # the library raises nothing narrower
        raise ValidationError(str(error)) from error
    match mail.get("EMAIL_BACKEND", "").rpartition(".")[0].rpartition(".")[2]:
        case "smtp" if mail["EMAIL_HOST"]:
            pass
        case "console":
            pass
        case _:
            raise ValidationError("neither a server of SMTP nor the console")
    return mail


DEBUG = env.bool("DEBUG", default=False)
if DEBUG is True:
    REMEDIES["ALLOWED_HOSTS"] = (
        "give names of this machine alone, such as localhost, while DEBUG shows every error to "
        "every visitor"
    )
# The development key is public, which harms nobody while DEBUG serves this
# machine only. One generated into a file would make loading settings write.
SECRET_KEY = (
    env.str("SECRET_KEY", validate=accepts(is_hard_to_guess))
    if DEBUG is False
    else env.str("SECRET_KEY", default="django-insecure-for-development-on-this-machine-only")
)
ALLOWED_HOSTS = env.list(
    "ALLOWED_HOSTS",
    default=["localhost", "127.0.0.1", "[::1]"],
    validate=accepts(partial(are_hosts, in_debug=DEBUG is True)),
)
CSRF_TRUSTED_ORIGINS: list[str] = env.list(
    "CSRF_TRUSTED_ORIGINS",
    default=[],
    validate=accepts(partial(are_origins, in_debug=DEBUG is True)),
)
DATABASES = {
    "default": env.database(
        "DATABASE_URL", default=f"sqlite:///{quote(str(VAR_DIR / 'db.sqlite3'))}"
    )
}
CACHE: dict | None = env.cache("CACHE_URL", default="")
BASE_CURRENCY = env.str("BASE_CURRENCY", default="CNY", validate=accepts(is_currency))
TIME_ZONE = env.str("TIME_ZONE", default="Asia/Shanghai", validate=accepts(is_time_zone))
API_RATE_ANON = env.str("API_RATE_ANON", default="120/min", validate=accepts(is_rate))
API_RATE_USER = env.str("API_RATE_USER", default="1200/min", validate=accepts(is_rate))
# For an office of one: whoever entered something may publish it as well.
REVIEW_OWN_ENTRIES = env.bool("REVIEW_OWN_ENTRIES", default=False)
# By itself it binds nobody: the browsers' list takes in a whole domain, and only where its
# owner hands it in. A register at the bare domain, whose owner does not wish that, says false.
HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=True)
MAIL = env.mail("EMAIL_URL", default="console://" if DEBUG else "")
DEFAULT_FROM_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL", default="register@localhost", validate=accepts(is_email)
)
# What readers may do with the data, in the office's own words; the page of methods says it.
DATA_LICENCE = env.str("DATA_LICENCE", default="", validate=accepts(is_one_line))
REQUIRE_SECOND_FACTOR = env.str(
    "REQUIRE_SECOND_FACTOR",
    default="none",
    validate=accepts(("none", "superusers", "staff").__contains__),
)
LOG_LEVEL = env.str(
    "LOG_LEVEL",
    default="INFO",
    validate=accepts(("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL").__contains__),
)
WEB_CONCURRENCY = env.int(
    "WEB_CONCURRENCY", default=2, validate=accepts(lambda number: 1 <= number <= 256)
)
PORT = env.int("PORT", default=8000, validate=accepts(lambda number: 1 <= number <= 65535))


def refusal(name: str) -> str:
    if name not in os.environ:
        trouble = "is missing"
    elif name in SECRETS:
        trouble = "cannot be used"
    else:
        trouble = f"cannot be {os.environ[name]!r}"
    return f"{name} {trouble}: {REMEDIES[name]}."


try:
    env.seal()
except EnvValidationError as error:
    raise ImproperlyConfigured("\n".join(map(refusal, error.error_messages))) from None

# --- Caches ------------------------------------------------------------------

SHARED_CACHE = {
    "BACKEND": "ftz_site.shared_cache.SharedCache",
    "LOCATION": str(VAR_DIR / "cache.sqlite3"),
}
CACHES = {
    "default": CACHE or SHARED_CACHE,
    # Limits hold however many workers count at once, so a cache that miscounts then, or is
    # another one in each of them, is not asked to.
    "limits": CACHE if CACHE and counts_exactly(CACHE) else SHARED_CACHE,
    # Pages, each under the state of the register that it shows: every worker keeps its own.
    # Not where templates are being written, which they would outlive.
    "pages": {
        "BACKEND": "django.core.cache.backends."
        + ("dummy.DummyCache" if DEBUG else "locmem.LocMemCache"),
        "LOCATION": "pages",
        "OPTIONS": {"MAX_ENTRIES": 200},
    },
}

# --- The site ----------------------------------------------------------------

INSTALLED_APPS = [
    "projects",
    "rest_framework",
    "django_filters",
    # Only for htmx itself, which it carries as a static file.
    "django_htmx",
    "simple_history",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_otp",
    "django_otp.plugins.otp_totp",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    # Before Django's own, whose development server hands static files out past all middleware.
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
]

MIDDLEWARE = [
    # Outermost, so that no answer goes out without them.
    "ftz_site.header_middleware.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Around all that says something, refusals included; files have no language.
    "projects.i18n.languages.LanguageMiddleware",
    "projects.i18n.amount_units.AmountUnitsMiddleware",
    "ftz_site.body_middleware.ContentLengthRequiredMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # After authentication: it keeps what nobody who is signed in has sent.
    "projects.accounts.keeping.KeepTyped",
    # After authentication: it leads away who lacks a second factor.
    "projects.accounts.second_factor_middleware.RequireSecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # After authentication: it notes who makes the change.
    "simple_history.middleware.HistoryRequestMiddleware",
]

ROOT_URLCONF = "ftz_site.urls"
WSGI_APPLICATION = "ftz_site.wsgi.application"

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
            ],
        },
    },
]

DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

LANGUAGE_CODE = "en"
# Each as its readers call it.
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
# One catalogue for all that is ours, templates included.
LOCALE_PATHS = [BASE_DIR / "projects" / "locale"]
USE_I18N = True
USE_TZ = True

# --- Signing in --------------------------------------------------------------

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "overview"
LOGOUT_REDIRECT_URL = "overview"

AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{validator}"}
    for validator in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# Sessions that know whose they are, so that all of a user's can be ended at once.
SESSION_ENGINE = "projects.accounts.sessions"
# A day at the office: then one signs in again, however busy one was.
SESSION_COOKIE_AGE = 12 * 60 * 60
# Seconds for which a link to a new password holds, once.
PASSWORD_RESET_TIMEOUT = 60 * 60

# What an authenticator shows beside the user's name.
OTP_TOTP_ISSUER = "Investment register"
# The library would let a thief of the password keep the owner waiting ever longer:
# how often a code may be tried is for projects.accounts.lockout to say.
OTP_TOTP_THROTTLE_FACTOR = 0

# Without a server of mail, the page for a new password says that there is none.
CAN_SEND_MAIL = bool(MAIL)
# A worker sends one mail after another: a server that does not answer must not hold it.
MAIL_TIMEOUT = 20
if django.VERSION < (6, 1):
    EMAIL_BACKEND = MAIL.get("EMAIL_BACKEND", "django.core.mail.backends.dummy.EmailBackend")
    EMAIL_HOST = MAIL.get("EMAIL_HOST")
    EMAIL_PORT = MAIL.get("EMAIL_PORT")
    EMAIL_HOST_USER = MAIL.get("EMAIL_HOST_USER")
    EMAIL_HOST_PASSWORD = MAIL.get("EMAIL_HOST_PASSWORD")
    EMAIL_USE_TLS = MAIL.get("EMAIL_USE_TLS")
    EMAIL_USE_SSL = MAIL.get("EMAIL_USE_SSL")
    EMAIL_TIMEOUT = MAIL_TIMEOUT
else:
    MAILERS: dict[str, dict] = {"default": {"BACKEND": MAIL["EMAIL_BACKEND"]}} if MAIL else {}
    if MAIL and "smtp" in MAIL["EMAIL_BACKEND"]:
        MAILERS["default"]["OPTIONS"] = {
            "host": MAIL["EMAIL_HOST"],
            "port": MAIL["EMAIL_PORT"],
            "username": MAIL["EMAIL_HOST_USER"],
            "password": MAIL["EMAIL_HOST_PASSWORD"],
            "use_tls": MAIL["EMAIL_USE_TLS"],
            "use_ssl": MAIL["EMAIL_USE_SSL"],
            "timeout": MAIL_TIMEOUT,
        }


# --- What comes in -----------------------------------------------------------

FILE_UPLOAD_HANDLERS = [
    "projects.views.imports.upload_handler.RefuseTooLarge",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]


# --- Static files ------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": (
            "django.contrib.staticfiles.storage.StaticFilesStorage"
            if DEBUG
            else "whitenoise.storage.CompressedManifestStaticFilesStorage"
        )
    },
}
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG
# No other site builds its pages with these files.
WHITENOISE_ALLOW_ALL_ORIGINS = False


# --- Security ----------------------------------------------------------------

# Without DEBUG the site stands behind a proxy that speaks TLS and sets (or
# removes) this header on every request.
SECURE_PROXY_SSL_HEADER = None if DEBUG else ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = not DEBUG
# Whoever watches over the process asks it directly, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 0 if DEBUG else 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEBUG
SECURE_HSTS_PRELOAD = HSTS_PRELOAD and not DEBUG
# The prefix has browsers take these cookies from this very host over TLS only, so that
# no other host of the domain can plant one.
SESSION_COOKIE_NAME = "sessionid" if DEBUG else "__Host-sessionid"
SESSION_COOKIE_SECURE = not DEBUG
CSRF_COOKIE_NAME = "csrftoken" if DEBUG else "__Host-csrftoken"
CSRF_COOKIE_SECURE = not DEBUG
# Pages and scripts that need the token have it written into them.
CSRF_COOKIE_HTTPONLY = True
# Django's own page has its style written into it.
CSRF_FAILURE_VIEW = "projects.views.errors.form_expired"


# --- The API -----------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "projects.api.authentication.TokenAuthentication",
        "projects.api.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["projects.api.permissions.ReadOnlyOrModelPermission"],
    "DEFAULT_PAGINATION_CLASS": "projects.api.pagination.RegisterPagination",
    "DEFAULT_THROTTLE_CLASSES": ["projects.api.throttling.RateLimit"],
    # Whom a rate is for: the last address that the proxy wrote down, as a
    # visitor may make up the ones before it.
    "NUM_PROXIES": 0 if DEBUG else 1,
    "DEFAULT_RENDERER_CLASSES": [
        "rest_framework.renderers.JSONRenderer",
        "projects.api.formats.PageRenderer",
    ],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "projects.api.errors.exception_handler",
    "COERCE_DECIMAL_TO_STRING": True,
}

SPECTACULAR_SETTINGS = {
    "TITLE": "Free trade zone investment register",
    "DESCRIPTION": (
        "Areas, enterprises, contracted projects and the funds they bring, "
        "each figure with its source."
    ),
    "VERSION": VERSION,
    "SERVE_INCLUDE_SCHEMA": False,
    "SCHEMA_PATH_PREFIX": "/api/v1",
    # Left to itself, the description names a vocabulary after the field it meets it in.
    "ENUM_NAME_OVERRIDES": {
        "Basis": "projects.models.Basis",
        "BatchState": "projects.models.BatchState",
        "HeadlineBasis": "projects.models.HeadlineBasis",
        "Kind": "projects.models.Kind",
        "Qualifier": "projects.models.Qualifier",
        "Stage": "projects.models.Stage",
        "State": "projects.models.base.State",
        "What": "projects.models.What",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}


# --- Logging -----------------------------------------------------------------

# To standard error, where whatever runs the process collects it.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    # Django's own handlers would say everything twice, or by mail.
    "loggers": {"django": {"handlers": [], "level": LOG_LEVEL}},
}
