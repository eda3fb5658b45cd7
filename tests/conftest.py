"""What every test stands on.

CHAOS=1 (`make chaos`) runs what is worth running longer: hypothesis with more
and with random examples, the tests that count in `rounds`, and those marked
`chaos`, which are left out otherwise.
"""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.cache import caches
from hypothesis import HealthCheck, settings

from tests.helpers.selection import CHAOS

# Where databases may differ: locks, concurrent writes, exact sums, search, order, constraints,
# bulk writes. Directories, or modules of a directory. Marked `postgres` here and nowhere else.
POSTGRES = (
    "accounts/test_lockout.py",
    "accounts/test_rate_limit.py",
    "admin/test_lists.py",
    "admin/test_merge.py",
    "api/test_bulk.py",
    "api/test_conditional.py",
    "api/test_idempotency.py",
    "api/test_paging.py",
    "api/test_read.py",
    "api/test_totals.py",
    "commands/test_check_data.py",
    "commands/test_rebuild.py",
    "commands/test_worker_killed.py",
    "conversion",
    "data_quality",
    "exports",
    "filters",
    "history",
    "imports",
    "models",
    "races",
    "review",
    "site/test_setup.py",
    "sweeps/test_former_codes.py",
    "sweeps/test_same_answers.py",
    "sweeps/test_text_rules.py",
    "totals",
    "views/test_facets.py",
    "views/test_import_undo.py",
    "views/test_overview.py",
    "views/test_page_cache.py",
    "views/test_projects.py",
)

# A slow machine is no fault of the code, hence no deadline and no health check
# on time. The quick examples are the same in each run, so that a failure in
# one run is a failure in the next.
unhurried = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("quick", max_examples=25, derandomize=True, **unhurried)
settings.register_profile("full", max_examples=1000, print_blob=True, **unhurried)
settings.load_profile("full" if CHAOS else "quick")


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


@pytest.fixture
def rounds() -> Callable[[int, int], int]:
    """`rounds(few, many)`: how often to try, in the suite and under CHAOS=1."""
    return lambda few, many: many if CHAOS else few


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Callable[[str, object], None]:
    """`figure("seconds of the slowest answer", 0.4)`: said at the end of a run under CHAOS=1."""
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
        said = ", ".join(f"{name}: {value}" for name, value in report.user_properties)
        terminalreporter.write_line(f"{report.nodeid}: {said}")


@pytest.fixture(autouse=True)
def an_empty_cache() -> None:
    """What one test's requests left in the cache is not the next one's."""
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
