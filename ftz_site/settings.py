"""The site's settings: first those that the environment decides, then the fixed ones.

All environment variables are read here and nowhere else. They are checked
together, so that one start names every wrong value.
"""

import tomllib
from functools import partial
from urllib.parse import quote

import django
from babel.numbers import is_currency

from ftz_site.environment import BASE_DIR, REMEDIES, VAR_DIR, accepts, check_environment, env
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

VERSION = tomllib.loads((BASE_DIR / "pyproject.toml").read_text())["project"]["version"]


# --- The environment ---------------------------------------------------------

DEBUG = env.bool("DEBUG", default=False)
if DEBUG is True:
    REMEDIES["ALLOWED_HOSTS"] = (
        "give names of this machine alone, such as localhost, while DEBUG shows every error to "
        "every visitor"
    )
# The development key is public: with DEBUG on, only this machine is served. A key
# generated into a file would make loading the settings write.
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
# For an office of one person, who then publishes their own entries.
REVIEW_OWN_ENTRIES = env.bool("REVIEW_OWN_ENTRIES", default=False)
# Only a request to be on the browsers' preload list: the owner of the domain must submit it there,
# and it then covers the whole domain. Set it to false to stay off the list.
HSTS_PRELOAD = env.bool("HSTS_PRELOAD", default=True)
MAIL = env.mail("EMAIL_URL", default="console://" if DEBUG else "")
DEFAULT_FROM_EMAIL = env.str(
    "DEFAULT_FROM_EMAIL", default="register@localhost", validate=accepts(is_email)
)
# The licence of the data, as a sentence on the methods page.
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

check_environment()

# --- Caches ------------------------------------------------------------------

SHARED_CACHE = {
    "BACKEND": "ftz_site.shared_cache.SharedCache",
    "LOCATION": str(VAR_DIR / "cache.sqlite3"),
}
CACHES = {
    "default": CACHE or SHARED_CACHE,
    # Rate limits need exact counts over all workers: a cache that miscounts under concurrency,
    # or that each worker has for itself, is not used for them.
    "limits": CACHE if CACHE and counts_exactly(CACHE) else SHARED_CACHE,
    # Pages, keyed by the version of the register that they show; each worker has its own.
    # None with DEBUG on, where templates change.
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
    # Outermost, so that every response has these headers.
    "ftz_site.middleware.SecurityHeadersMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    # Around everything that has a language, error pages included; static files have none.
    "projects.i18n.middleware.LanguageMiddleware",
    "projects.i18n.middleware.AmountUnitsMiddleware",
    "ftz_site.middleware.ContentLengthRequiredMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    # After the session's own: it renews the session that was loaded.
    "projects.accounts.middleware.SlidingSessionMiddleware",
    # After authentication: it redirects users who need a second factor and have none.
    "projects.accounts.middleware.RequireSecondFactorMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    # After authentication: it records the user of each change.
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
# Each in its own language.
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
# One catalogue for all our own messages, templates included.
LOCALE_PATHS = [BASE_DIR / "projects" / "locale"]
USE_I18N = True
USE_TZ = True

# --- Signing in --------------------------------------------------------------

LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "overview"
LOGOUT_REDIRECT_URL = "overview"

AUTH_USER_MODEL = "projects.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{validator}"}
    for validator in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

# Sessions in the database that slide, up to a maximum age.
SESSION_ENGINE = "projects.accounts.sessions"
# Seconds after the last request; see also projects.accounts.middleware.
SESSION_COOKIE_AGE = 12 * 60 * 60
# Seconds for which a password reset link is valid.
PASSWORD_RESET_TIMEOUT = 60 * 60

# What an authenticator shows with the user's name.
OTP_TOTP_ISSUER = "Investment register"
# The library's throttling would let somebody who has the password lock out the owner;
# projects.accounts.lockout limits the attempts instead.
OTP_TOTP_THROTTLE_FACTOR = 0

# Without a mail server, the password reset page says that no mail can be sent.
CAN_SEND_MAIL = bool(MAIL)
# The worker sends one mail after another, so a server that does not answer must not block it.
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
    # Django's check asks for a real default, even where nothing is sent.
    SMTP = "django.core.mail.backends.smtp.EmailBackend"
    MAILERS: dict[str, dict] = {"default": {"BACKEND": MAIL.get("EMAIL_BACKEND", SMTP)}}
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


# --- Uploads -----------------------------------------------------------------

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

# In production a proxy ends TLS and sets (or removes) this header on every request.
SECURE_PROXY_SSL_HEADER = None if DEBUG else ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = not DEBUG
# Monitoring asks the process directly, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 0 if DEBUG else 365 * 24 * 60 * 60
SECURE_HSTS_INCLUDE_SUBDOMAINS = not DEBUG
SECURE_HSTS_PRELOAD = HSTS_PRELOAD and not DEBUG
# With this prefix browsers accept the cookies from this host over TLS only, so that no
# other host of the domain can set them.
SESSION_COOKIE_NAME = "sessionid" if DEBUG else "__Host-sessionid"
SESSION_COOKIE_SECURE = not DEBUG
CSRF_COOKIE_NAME = "csrftoken" if DEBUG else "__Host-csrftoken"
CSRF_COOKIE_SECURE = not DEBUG
# Pages and scripts that need the token contain it.
CSRF_COOKIE_HTTPONLY = True
# Django's own page has inline style.
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
    # Rates are counted by the last address of X-Forwarded-For, which the proxy added; a
    # visitor can make up the ones before it.
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
    # Without these, the schema would name each vocabulary after the field that uses it first.
    "ENUM_NAME_OVERRIDES": {
        "Basis": "projects.models.Basis",
        "BatchState": "projects.models.BatchState",
        "HeadlineBasis": "projects.models.HeadlineBasis",
        "EnterpriseKind": "projects.models.EnterpriseKind",
        "Qualifier": "projects.models.Qualifier",
        "Stage": "projects.models.Stage",
        "State": "projects.models.base.State",
        "HeadlineKind": "projects.models.HeadlineKind",
    },
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
}


# --- Logging -----------------------------------------------------------------

# To standard error, where the process manager collects it.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    # Django's own handlers would log everything twice, or by mail.
    "loggers": {"django": {"handlers": [], "level": LOG_LEVEL}},
}
