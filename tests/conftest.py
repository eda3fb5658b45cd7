"""Fixtures and selection for the whole suite.

CHAOS=1 (`make chaos`) runs what is worth running longer: hypothesis with more
and with random examples, the tests that count in `rounds`, and those marked
`chaos`, which are left out otherwise.
"""

import gc
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.core.cache import caches
from django.core.management import call_command
from django.db import connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from hypothesis import HealthCheck, settings

from projects.accounts.roles import make_groups
from tests.helpers.selection import CHAOS

# What may differ between databases, as modules or directories of the suite: locks and concurrent
# writes, exact sums, search and order, constraints, bulk writes, imports, migrations. Marked
# `postgres` here and nowhere else; `make chaos` runs the rest on PostgreSQL as well.
POSTGRES = (
    "accounts/test_lockout.py",
    "admin/test_merge.py",
    "api/test_bulk.py",
    "api/test_bulk_options.py",
    "api/test_conditional.py",
    "api/test_hostile_bodies.py",
    "api/test_idempotency.py",
    "api/test_paging.py",
    "commands/test_rebuild.py",
    "commands/test_worker_killed.py",
    "conversion",
    "data_quality/test_duplicates.py",
    "exports",
    "filters",
    "history",
    "imports/test_batches.py",
    "imports/test_mapped_projects.py",
    "imports/test_projects.py",
    "imports/test_real_projects.py",
    "imports/test_receipts_and_rates.py",
    "imports/test_round_trip.py",
    "imports/test_similar_names.py",
    "models",
    "races",
    "review/test_merge.py",
    "review/test_proposals.py",
    "review/test_references.py",
    "review/test_state_machine.py",
    "review/test_submit.py",
    "sweeps/test_random_queries.py",
    "sweeps/test_same_answers.py",
    "sweeps/test_same_totals.py",
    "sweeps/test_text_rules.py",
    "sweeps/test_unique_names.py",
    "totals",
    "views/test_import_undo.py",
)

# A slow machine is no fault of the code, hence no deadline and no health check
# on time. The quick examples are the same in each run, so that a failure in
# one run is a failure in the next.
unhurried = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("quick", max_examples=15, derandomize=True, **unhurried)
settings.register_profile("full", max_examples=1000, print_blob=True, **unhurried)
settings.load_profile("full" if CHAOS else "quick")


def pytest_collection_finish() -> None:
    """Spare the garbage collector the modules and the tests: a tenth of the suite's time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if is_on_postgres(item):
            item.add_marker("postgres")
        if item.get_closest_marker("chaos"):
            if not CHAOS:
                item.add_marker(pytest.mark.skip(reason="a long run: make chaos"))
        elif "rounds" in getattr(item, "fixturenames", ()) or is_property(item):
            item.add_marker("chaos")


def is_on_postgres(item: pytest.Item) -> bool:
    path = item.path.relative_to(Path(__file__).parent)
    return path.parts[0] in POSTGRES or path.as_posix() in POSTGRES


def is_property(item: pytest.Item) -> bool:
    return getattr(getattr(item, "obj", None), "is_hypothesis_test", False)


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    """Create the tables from the models (`--nomigrations`) and what a migration creates: the roles.

    Tests about migrations request `applied_migrations`; those that start a process migrate for
    themselves.
    """
    with django_db_blocker.unblock():
        make_groups(apps)
        MigrationRecorder(connection).ensure_schema()


@pytest.fixture(scope="module")
def module_db(django_db_setup, django_db_blocker) -> Iterator[None]:
    """A transaction around all tests of a module, for fixtures of the scope `module` that write.

    What they write is built once in a process; each test runs in a savepoint of its own. Not for
    modules with a test marked `transaction=True` or with a TestCase that builds its own records.
    """
    atomic = transaction.atomic()
    # As in Django's TestCase: blocks marked durable may be nested in it.
    atomic._from_testcase = True
    with django_db_blocker.unblock(), atomic:
        yield
        transaction.set_rollback(True)


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory) -> Path:
    """A migrated SQLite file without records, to be copied by tests that start processes."""
    file = tmp_path_factory.mktemp("migrated") / "register.sqlite3"
    subprocess.run(
        [sys.executable, Path(__file__).parents[1] / "manage.py", "migrate", "--verbosity=0"],
        env={"PATH": os.environ["PATH"], "DEBUG": "true", "DATABASE_URL": f"sqlite:///{file}"},
        check=True,
    )
    return file


@pytest.fixture
def applied_migrations(db, settings):
    """The test's database says that all migrations are applied, as they are on a server."""
    settings.MIGRATION_MODULES = {}
    call_command("migrate", fake=True, verbosity=0)


@pytest.fixture
def rounds() -> Callable[[int, int], int]:
    """`rounds(few, many)`: how often to try, in the suite and under CHAOS=1."""
    return lambda few, many: many if CHAOS else few


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Callable[[str, object], None]:
    """`figure("seconds of the slowest answer", 0.4)`: printed at the end of a run under CHAOS=1."""
    return record_property


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    reports = [
        report
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
        if CHAOS and report.user_properties
    ]
    if reports:
        terminalreporter.section("figures")
    for report in reports:
        figures = ", ".join(f"{name}: {value}" for name, value in report.user_properties)
        terminalreporter.write_line(f"{report.nodeid}: {figures}")


@pytest.fixture(autouse=True)
def an_empty_cache() -> None:
    """Clear the caches, so that no test reads what another left there."""
    for cache in caches.all(initialized_only=True):
        cache.clear()


@pytest.fixture(autouse=True)
def no_clean_up_of_recent_writes(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every 32nd write deletes old marks, so the queries of a test would depend on those before it.

    Marked `cleans_up` where that is what is tested.
    """
    if "cleans_up" not in request.keywords:
        monkeypatch.setattr("projects.models.recent_write.CLEARED_EVERY", sys.maxsize)
