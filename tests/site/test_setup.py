"""The start: the environment, the first run, the locks, and how the site says that it lives."""

import os
import re
import shutil
import subprocess
import sys
import tomllib
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.contrib.auth import get_user_model
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

from projects.management.commands.prepare import is_register_empty

ROOT = Path(__file__).resolve().parents[2]
PRODUCTION = {
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ALLOWED_HOSTS": "register.example.org",
}


def manage(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """`manage.py` in nothing but this environment."""
    return subprocess.run(
        [sys.executable, ROOT / "manage.py", *arguments],
        env={"PATH": os.environ["PATH"]} | environment,
        capture_output=True,
        text=True,
    )


# --- The environment ---------------------------------------------------------


def test_the_site_does_not_start_in_production_without_a_key():
    run = manage("check")

    assert run.returncode == 1
    assert run.stderr == (
        "SECRET_KEY is missing: give a long random text, of 50 characters or more, or DEBUG=true "
        "on your own machine.\n"
    )


def test_every_wrong_value_is_named_with_its_remedy_only():
    wrong = {
        "ALLOWED_HOSTS": "https://register.example.org",
        "CSRF_TRUSTED_ORIGINS": "register.example.org",
        "BASE_CURRENCY": "RMB",
        "TIME_ZONE": "Beijing",
        "API_RATE_ANON": "many",
        "API_RATE_USER": "0/min",
        "DEFAULT_FROM_EMAIL": "the register",
        "DATA_LICENCE": "Free to use.\nMostly.",
        "REQUIRE_SECOND_FACTOR": "everybody",
        "LOG_LEVEL": "loud",
        "WEB_CONCURRENCY": "0",
        "PORT": "65536",
    }

    run = manage("check", DEBUG="ture", **wrong)

    assert run.returncode == 1
    told = run.stderr.splitlines()
    assert told[0] == "DEBUG cannot be 'ture': give true or false."
    assert [line.split(": give ")[0] for line in told[1:]] == [
        f"{name} cannot be {value!r}" for name, value in wrong.items()
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "mysql://reader:hunter2@db/register"),
        ("DATABASE_URL", "postgres://reader:hunter2@db:port/register"),
        ("DATABASE_URL", "postgres://reader:hunter2@db"),
        ("DATABASE_URL", "sqlite:////no-such-folder/hunter2.sqlite3"),
        ("DATABASE_URL", "sqlite://:memory:"),
        ("CACHE_URL", "carrier-pigeon://hunter2"),
        ("EMAIL_URL", "hunter2"),
        ("EMAIL_URL", "carrier-pigeon://hunter2"),
        ("EMAIL_URL", "submission://register:hunter2@"),
        ("EMAIL_URL", "memory://"),
        ("SECRET_KEY", " "),
        ("SECRET_KEY", "hunter2"),
        ("SECRET_KEY", "hunter2" * 20),
        ("SECRET_KEY", "hunter2".ljust(60, "x")),
        ("SECRET_KEY", "django-insecure-hunter2-abcdefghijklmnopqrstuvwxyz-0123456789"),
    ],
)
def test_a_wrong_address_or_key_is_refused_without_repeating_it(name, value):
    run = manage("check", **PRODUCTION | {name: value})

    assert run.returncode == 1
    assert run.stderr.startswith(f"{name} cannot be used: give ")
    assert len(run.stderr.splitlines()) == 1
    assert "hunter2" not in run.stderr


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("ALLOWED_HOSTS", "*"),
        ("ALLOWED_HOSTS", "register.example.org,*"),
        ("ALLOWED_HOSTS", ""),
        ("CSRF_TRUSTED_ORIGINS", "http://register.example.org"),
        ("CSRF_TRUSTED_ORIGINS", "https://*"),
        ("API_RATE_ANON", "1000001/min"),
        ("API_RATE_USER", "99999999999999999999/s"),
        ("HSTS_PRELOAD", "perhaps"),
    ],
)
def test_a_value_that_is_unsafe_in_production_stops_the_start(name, value):
    run = manage("check", **PRODUCTION | {name: value})

    assert run.returncode == 1
    assert run.stderr.startswith(f"{name} cannot be {value!r}: give ")
    assert len(run.stderr.splitlines()) == 1


@pytest.mark.parametrize("hosts", ["register.example.org", "0.0.0.0", "localhost,192.168.1.7", "*"])
def test_while_errors_are_shown_the_site_is_for_this_machine_only(hosts):
    run = manage("check", DEBUG="true", ALLOWED_HOSTS=hosts)

    assert run.returncode == 1
    assert run.stderr.startswith(f"ALLOWED_HOSTS cannot be {hosts!r}: give names of this machine")


def test_this_machine_has_several_names():
    names = "localhost,register.localhost,.localhost,127.0.0.1,[::1]"

    assert manage("check", DEBUG="true", ALLOWED_HOSTS=names).returncode == 0


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.7", "register.example.org"])
def test_serving_others_is_refused_while_errors_are_shown(settings, host):
    settings.DEBUG = True

    with pytest.raises(CommandError, match="DEBUG"):
        call_command("serve", host=host)


@pytest.mark.parametrize("url", ["", "locmem://", "file:///tmp", "db://cache", "dummy://"])
def test_rate_limits_are_counted_where_all_workers_count_together(url):
    code = "from ftz_site import settings; print(settings.CACHES['limits']['BACKEND'])"
    given = {"CACHE_URL": url} if url else {}

    run = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=PRODUCTION | given,
        capture_output=True,
        text=True,
    )

    assert run.stdout.endswith(".SharedCache\n"), run.stderr


@pytest.mark.parametrize("value", ["Asia", "../etc/passwd", "/etc/localtime", ""])
def test_a_time_zone_is_a_name_of_the_zone_database(value):
    run = manage("check", DEBUG="true", TIME_ZONE=value)

    assert run.returncode == 1
    assert run.stderr.startswith(f"TIME_ZONE cannot be {value!r}")


def test_production_settings_pass_the_deployment_check_and_none_of_it_is_silenced():
    from django.conf import settings

    assert settings.SILENCED_SYSTEM_CHECKS == []
    run = manage("check", "--deploy", "--fail-level", "WARNING", **PRODUCTION)

    assert run.returncode == 0, run.stderr


def test_production_answers_over_tls_only_but_for_health_checks(tmp_path, migrated_file):
    shutil.copy(migrated_file, tmp_path / "db.sqlite3")
    script = (
        "from django.test import Client; visitor = Client(SERVER_NAME='localhost');"
        "print([visitor.get(path).status_code for path in ('/healthz', '/readyz', '/projects/')])"
    )

    run = manage(
        "shell",
        "--no-imports",
        "--command",
        script,
        SECRET_KEY=PRODUCTION["SECRET_KEY"],
        DATABASE_URL=f"sqlite:///{tmp_path}/db.sqlite3",
    )

    assert run.stdout == "[200, 200, 301]\n", run.stderr


def test_serving_in_production_asks_for_the_static_files_first(settings, tmp_path):
    settings.STATIC_ROOT = tmp_path

    with pytest.raises(CommandError, match="collectstatic"):
        call_command("serve")


# --- The first run -----------------------------------------------------------


def counts() -> dict[str, int]:
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.managed
    }


@pytest.mark.usefixtures("applied_migrations")
def test_preparing_makes_the_sample_and_an_administrator():
    told = StringIO()

    call_command("prepare", stdout=told)

    user = get_user_model().objects.get()
    password = re.search(r"User: admin   Password: (\S+)\n", told.getvalue())[1]
    assert (user.username, user.is_superuser) == ("admin", True)
    assert user.check_password(password)
    assert "changepassword admin" in told.getvalue()
    assert not is_register_empty()


@pytest.mark.usefixtures("applied_migrations")
def test_preparing_twice_changes_nothing():
    call_command("prepare", stdout=StringIO())
    before, told = counts(), StringIO()

    call_command("prepare", stdout=told)

    assert counts() == before
    assert told.getvalue() == ""


@pytest.mark.usefixtures("applied_migrations")
def test_prepare_does_not_load_the_sample_into_a_register_with_records():
    from tests.factories import make_zone

    zone = make_zone()

    call_command("prepare", stdout=StringIO())

    assert list(type(zone).objects.all()) == [zone]


@pytest.mark.usefixtures("applied_migrations")
def test_preparing_leaves_users_alone():
    user = get_user_model().objects.create_user("office")

    call_command("prepare", stdout=StringIO())

    assert list(get_user_model().objects.all()) == [user]


@pytest.mark.django_db
def test_a_database_from_before_the_first_release_is_refused_and_left_alone():
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE auth_user (id integer)")
    before = counts()

    with pytest.raises(CommandError, match="back it up, move it away") as refusal:
        call_command("prepare", stdout=StringIO())

    assert str(refusal.value).startswith(connection.settings_dict["NAME"])
    assert counts() == before


# --- Whether it lives --------------------------------------------------------


def test_the_process_answers_without_a_database(client):
    # No mark of this test allows a query: one would be an error.
    response = client.get("/healthz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.usefixtures("applied_migrations")
def test_a_migrated_database_is_ready(client):
    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


@pytest.mark.usefixtures("applied_migrations")
def test_a_database_that_lacks_a_migration_is_not_ready(client):
    [(app, newest)] = MigrationLoader(connection).graph.leaf_nodes("projects")
    MigrationRecorder(connection).record_unapplied(app, newest)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert f"projects.{newest}" in response.json()["reason"]


@pytest.mark.django_db
def test_a_database_that_does_not_answer_is_not_ready(client, monkeypatch):
    def refuse(*args, **options):
        raise DatabaseError("no route to db.internal")

    monkeypatch.setattr(MigrationRecorder, "applied_migrations", refuse)

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["reason"] == "The database does not answer."


# --- What the repository says about itself -----------------------------------


LOCKS = ["requirements.lock", "tests/requirements.lock", "tests/requirements-newest.lock"]


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_has_names_versions_and_hashes_only(lock):
    line = re.compile(
        r"[a-z0-9-]+==[A-Za-z0-9.]+( ; [A-Za-z_0-9 '.=<>!()]+)? \\"
        r"|    --hash=sha256:[0-9a-f]{64}( \\)?"
    )

    strange = [text for text in (ROOT / lock).read_text().splitlines() if not line.fullmatch(text)]

    assert strange == []


def test_both_locks_pin_the_same_versions():
    def pins(lock: str) -> set[str]:
        return set(re.findall(r"^\S+==\S+", (ROOT / lock).read_text(), re.MULTILINE))

    assert pins("requirements.lock") - pins("tests/requirements.lock") == set()


def test_the_lock_has_every_declared_dependency():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    declared = [
        *project["project"]["dependencies"],
        *project["project"]["optional-dependencies"]["postgres"],
        *project["dependency-groups"]["tests"],
        *project["dependency-groups"]["lint"],
    ]
    locked = re.findall(r"^(\S+)==", (ROOT / "tests/requirements.lock").read_text(), re.MULTILINE)

    names = {re.match(r"[A-Za-z0-9-]+", requirement)[0] for requirement in declared}

    assert names - set(locked) == set()


def test_help_has_a_sentence_for_every_target():
    targets = re.search(r"^\.PHONY: (help .*)$", (ROOT / "Makefile").read_text(), re.MULTILINE)

    told = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True).stdout

    assert re.findall(r"^  make (\S+) +\S", told, re.MULTILINE) == targets[1].split()


@pytest.mark.parametrize("host", ["0.0.0.0", "192.168.1.7", "register.example.org"])
def test_the_development_server_is_for_this_machine_only(host):
    run = subprocess.run(["make", "run", f"HOST={host}"], cwd=ROOT, capture_output=True, text=True)

    assert run.returncode != 0
    assert f", not {host}." in run.stderr
