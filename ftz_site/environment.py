"""Reading of environment variables: parsers, and one error that names every wrong value.

Each variable is read by `ftz_site.settings`; `check_environment()` then raises
ImproperlyConfigured with a sentence for each that is missing or cannot be used.
"""

import os
from importlib.util import find_spec
from pathlib import Path

import dj_database_url
import dj_email_url
import django_cache_url
from django.core.exceptions import ImproperlyConfigured
from environs import Env, EnvValidationError, ValidationError

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = BASE_DIR / "var"

# How to correct each variable; the last part of its error message.
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
# Error messages may be logged, so the values of these are left out.
SECRETS = {"SECRET_KEY", "DATABASE_URL", "CACHE_URL", "EMAIL_URL"}


def accepts(test):
    """Return a validator for environs that refuses values for which `test` is false."""

    def validate(value):
        if not test(value):
            raise ValidationError("refused")

    return validate


# Not eager: every variable is read before errors are raised, so that one start names them all.
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


def error_message(name: str) -> str:
    """The sentence about the wrong or missing variable `name`, with its remedy."""
    if name not in os.environ:
        problem = "is missing"
    elif name in SECRETS:
        problem = "cannot be used"
    else:
        problem = f"cannot be {os.environ[name]!r}"
    return f"{name} {problem}: {REMEDIES[name]}."


def check_environment() -> None:
    """Raise ImproperlyConfigured with one line for each variable that cannot be used."""
    try:
        env.seal()
    except EnvValidationError as error:
        raise ImproperlyConfigured("\n".join(map(error_message, error.error_messages))) from None
