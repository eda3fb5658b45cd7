"""Counting attempts: as many as a limit allows, by however many at once."""

import os
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
LIMIT = AttemptLimit("test", most=3, within=10 * MINUTE, rest=15 * MINUTE)
WIDER = AttemptLimit("wider", most=4, within=10 * MINUTE, rest=30 * MINUTE)

counts = AttemptCount.objects


def take(*keys, after=0):
    return counts.take(keys, NOW + after * MINUTE)


@pytest.mark.django_db
def test_the_attempt_after_the_last_is_refused_until_the_rest_is_over():
    key = LIMIT.of("wang", "192.0.2.7")

    taken = [take(key, after=minute) for minute in (0, 1, 2)]

    assert [one.is_refused for one in taken] == [False] * 3
    assert [one.used_up for one in taken] == [[], [], [LIMIT]]
    assert take(key, after=3).until == NOW + 17 * MINUTE
    # What was refused has not made it longer.
    assert not take(key, after=17).is_refused


@pytest.mark.django_db
def test_counting_begins_anew_after_a_while():
    key = LIMIT.of("wang")
    take(key)
    take(key, after=9)

    assert [take(key, after=10).is_refused for _ in range(4)] == [False, False, False, True]


@pytest.mark.django_db
def test_of_several_limits_one_that_refuses_leaves_the_others_uncounted():
    narrow, wide = LIMIT.of("wang"), WIDER.of("192.0.2.7")
    for _ in range(3):
        take(narrow, wide)

    refused = [take(narrow, wide) for _ in range(5)]
    other = [take(LIMIT.of("li"), wide) for _ in range(2)]

    assert {one.until for one in refused} == {NOW + 15 * MINUTE}
    assert [one.is_refused for one in other] == [False, True]


@pytest.mark.django_db
def test_names_that_could_be_run_together_are_apart():
    assert LIMIT.of("a", "b").digest != LIMIT.of("ab").digest
    assert LIMIT.of("a").digest != WIDER.of("a").digest


@pytest.mark.django_db
def test_what_is_given_back_or_forgotten_does_not_count():
    key = LIMIT.of("wang")
    for _ in range(3):
        take(key)

    counts.give_back(key)
    assert [take(key).is_refused for _ in range(2)] == [False, True]

    counts.forget(key)
    assert not take(key).is_refused


@pytest.mark.django_db
def test_what_is_remembered_is_known_for_as_long_as_that():
    key = AttemptLimit("known", most=1, within=MINUTE, rest=MINUTE).of("wang")
    counts.remember(key, NOW)
    counts.remember(key, NOW + MINUTE)

    assert counts.knows(key, NOW + 1.5 * MINUTE)
    assert not counts.knows(key, NOW + 2 * MINUTE)


@pytest.mark.django_db
def test_counts_that_are_over_do_not_pile_up():
    for number in range(5):
        take(LIMIT.of(number))

    take(LIMIT.of("later"), after=60)

    assert counts.count() == 1


@pytest.mark.django_db
def test_neither_name_nor_address_is_kept():
    take(LIMIT.of("wang", "192.0.2.7"))

    kept = str(list(counts.values()))
    assert "wang" not in kept
    assert "192.0.2.7" not in kept


@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="a database in memory is shared by no two connections"
)
@pytest.mark.django_db(transaction=True)
def test_many_at_once_are_allowed_no_more_than_one_after_another():
    keys = [LIMIT.of("wang"), WIDER.of("192.0.2.7")]

    def attempt(number):
        try:
            # Whatever the order, as two doors may name them differently.
            return counts.take(keys[:: 1 if number % 2 else -1]).is_refused
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        refused = list(pool.map(attempt, range(16)))

    assert refused.count(False) == LIMIT.most


def test_all_processes_of_the_site_count_together(tmp_path):
    environment = {
        "PATH": os.environ["PATH"],
        "DEBUG": "true",
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
    }
    manage = [sys.executable, "manage.py"]
    attempts = (
        "from datetime import timedelta as t; from projects.models import AttemptCount, Limit;"
        "key = Limit('test', 7, t(1), t(1)).of('wang');"
        "print(sum(not AttemptCount.objects.take([key]).is_refused for _ in range(20)))"
    )
    subprocess.run([*manage, "migrate", "-v0"], cwd=ROOT, env=environment, check=True)

    command = [*manage, "shell", "--no-imports", "--command", attempts]
    workers = [
        subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True)
        for _ in range(2)
    ]

    assert sum(int(worker.communicate()[0]) for worker in workers) == 7
