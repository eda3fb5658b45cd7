"""Counting attempts: as many as a limit allows, by however many at once."""

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db import connection

from projects.models import AttemptCount, AttemptLimit

ROOT = Path(__file__).resolve().parents[2]
NOW = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
LIMIT = AttemptLimit("test", number=3, period=10 * MINUTE, lockout=15 * MINUTE)
WIDER = AttemptLimit("wider", number=4, period=10 * MINUTE, lockout=30 * MINUTE)

counts = AttemptCount.objects


def attempt(*keys, after=0):
    return counts.register_attempt(keys, NOW + after * MINUTE)


@pytest.mark.django_db
def test_the_attempt_after_the_last_is_refused_until_the_lockout_ends():
    key = LIMIT.key("wang", "192.0.2.7")

    attempts = [attempt(key, after=minute) for minute in (0, 1, 2)]

    assert [one.is_exceeded for one in attempts] == [False] * 3
    assert [one.exhausted for one in attempts] == [[], [], [LIMIT]]
    assert attempt(key, after=3).locked_until == NOW + 17 * MINUTE
    # The refused attempt has not extended it.
    assert not attempt(key, after=17).is_exceeded


@pytest.mark.django_db
def test_counting_restarts_after_the_period():
    key = LIMIT.key("wang")
    attempt(key)
    attempt(key, after=9)

    assert [attempt(key, after=10).is_exceeded for _ in range(4)] == [False, False, False, True]


@pytest.mark.django_db
def test_of_several_limits_one_that_refuses_leaves_the_others_uncounted():
    narrow, wide = LIMIT.key("wang"), WIDER.key("192.0.2.7")
    for _ in range(3):
        attempt(narrow, wide)

    refused = [attempt(narrow, wide) for _ in range(5)]
    other = [attempt(LIMIT.key("li"), wide) for _ in range(2)]

    assert {one.locked_until for one in refused} == {NOW + 15 * MINUTE}
    assert [one.is_exceeded for one in other] == [False, True]


@pytest.mark.django_db
def test_keys_of_different_parts_differ():
    assert LIMIT.key("a", "b").digest != LIMIT.key("ab").digest
    assert LIMIT.key("a").digest != WIDER.key("a").digest


@pytest.mark.django_db
def test_undone_or_reset_attempts_do_not_count():
    key = LIMIT.key("wang")
    for _ in range(3):
        attempt(key)

    counts.undo_attempt(key)
    assert [attempt(key).is_exceeded for _ in range(2)] == [False, True]

    counts.reset(key)
    assert not attempt(key).is_exceeded


@pytest.mark.django_db
def test_a_key_is_remembered_for_its_period():
    key = AttemptLimit("known", number=1, period=MINUTE, lockout=MINUTE).key("wang")
    counts.remember(key, NOW)
    counts.remember(key, NOW + MINUTE)

    assert counts.is_remembered(key, NOW + 1.5 * MINUTE)
    assert not counts.is_remembered(key, NOW + 2 * MINUTE)


@pytest.mark.django_db
def test_expired_counts_are_deleted():
    for number in range(5):
        attempt(LIMIT.key(number))

    attempt(LIMIT.key("later"), after=60)

    assert counts.count() == 1


@pytest.mark.django_db
def test_neither_name_nor_address_is_stored():
    attempt(LIMIT.key("wang", "192.0.2.7"))

    kept = str(list(counts.values()))
    assert "wang" not in kept
    assert "192.0.2.7" not in kept


@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="a database in memory is shared by no two connections"
)
@pytest.mark.django_db(transaction=True)
def test_concurrent_attempts_do_not_exceed_the_limit():
    keys = [LIMIT.key("wang"), WIDER.key("192.0.2.7")]

    def attempt(number):
        try:
            # Whatever the order, as two views may name them differently.
            return counts.register_attempt(keys[:: 1 if number % 2 else -1]).is_exceeded
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        refused = list(pool.map(attempt, range(16)))

    assert refused.count(False) == LIMIT.number


def test_all_processes_of_the_site_count_together(tmp_path, migrated_file):
    shutil.copy(migrated_file, tmp_path / "db.sqlite3")
    environment = {
        "PATH": os.environ["PATH"],
        "DEBUG": "true",
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
    }
    manage = [sys.executable, "manage.py"]
    attempts = (
        "from datetime import timedelta; from projects.models import AttemptCount, AttemptLimit;"
        "keys = [AttemptLimit('test', 7, timedelta(1)).key('wang')];"
        "attempt = AttemptCount.objects.register_attempt;"
        "print(sum(not attempt(keys).is_exceeded for _ in range(20)))"
    )

    command = [*manage, "shell", "--no-imports", "--command", attempts]
    workers = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]

    assert sum(int(worker.communicate()[0]) for worker in workers) == 7
