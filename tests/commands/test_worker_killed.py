"""A worker that is killed while it writes a file leaves all of it written, or nothing."""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from django.db import connection

from projects.models import Allocation, Project, ProjectConversion, ProjectSector

ROOT = Path(__file__).resolve().parents[2]
ROWS = 800

# Scripts for `manage.py shell`, each run in a process of its own.
PREPARE = f"""
from projects.imports import batches
from projects.imports.mapping import mapping_of
from projects.models import Sector
from projects import history
history.save(Sector(code="trade", name="Trade"))
rows = "".join(f"p{{n}},Project {{n}},trade,{{n}}.50\\n" for n in range({ROWS}))
batch = batches.receive(f"code,name,sectors,amount\\n{{rows}}".encode(), "f.csv", "projects")
batches.map_columns(batch, mapping_of(batch.mapping))
batches.work_on(batch)
batches.approve(batch)
"""
QUERIES = [
    "SELECT state FROM projects_importbatch",
    *(
        f"SELECT COUNT(*) FROM {table._meta.db_table}"
        for table in (Project, ProjectSector, ProjectConversion, Allocation, Project.history.model)
    ),
    "SELECT COUNT(record_id) FROM projects_importrow",
]


def environment(url):
    return {"PATH": os.environ["PATH"], "DEBUG": "true", "DATABASE_URL": url}


def manage(url, *arguments):
    run = subprocess.run(
        [sys.executable, ROOT / "manage.py", *arguments],
        env=environment(url),
        capture_output=True,
        text=True,
    )
    assert run.returncode == 0, run.stderr
    return run.stdout


@pytest.fixture
def copies(db, tmp_path, migrated_file):
    """Makes copies of a register in which a file waits to be written, and returns their URL."""
    if connection.vendor == "sqlite":
        base = Path(shutil.copy(migrated_file, tmp_path / "base.sqlite3"))
        url = f"sqlite:///{base}"

        def copy(number):
            target = tmp_path / f"copy{number}.sqlite3"
            shutil.copy(base, target)
            return f"sqlite:///{target}"

        manage(url, "shell", "--verbosity=0", "--command", PREPARE)
        yield copy
        return
    import psycopg

    host = connection.settings_dict["OPTIONS"].get("host") or connection.settings_dict["HOST"]
    names = []

    def execute(sql):
        with psycopg.connect(host=host, user="register", dbname="postgres", autocommit=True) as c:
            c.execute(sql)

    def address(name):
        names.append(name)
        return f"postgres://register@/{name}?host={host}"

    prefix = f"kills_{os.getpid()}"
    execute(f"CREATE DATABASE {prefix}")

    def copy(number):
        execute(f"CREATE DATABASE {prefix}_{number} TEMPLATE {prefix}")
        return address(f"{prefix}_{number}")

    base = address(prefix)
    manage(base, "migrate", "--verbosity=0")
    manage(base, "shell", "--verbosity=0", "--command", PREPARE)
    yield copy
    for name in reversed(names):
        execute(f"DROP DATABASE {name} WITH (FORCE)")


def state_of(url):
    """The state of the import, and the numbers of rows that it has written to each table."""
    if url.startswith("sqlite:"):
        opened = sqlite3.connect(url.removeprefix("sqlite:///"))
    else:
        import psycopg

        opened = psycopg.connect(url)
    with closing(opened):
        state, *counts = [opened.execute(query).fetchone()[0] for query in QUERIES]
    return state, set(counts)


def test_a_worker_killed_in_the_middle_leaves_all_of_a_file_or_nothing(copies, rounds):
    url = copies("whole")
    before = time.monotonic()
    manage(url, "work", "--once")
    whole = time.monotonic() - before
    assert state_of(url) == ("written", {ROWS})
    seen = Counter()

    for number in range(rounds(1, 50)):
        url = copies(number)
        worker = subprocess.Popen(
            [sys.executable, ROOT / "manage.py", "work", "--once"],
            env=environment(url),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            worker.wait(timeout=random.uniform(0.3, 1.0) * whole)
        except subprocess.TimeoutExpired:
            worker.kill()
            worker.wait()
        state, counts = state_of(url)
        seen[state] += 1

        assert counts == ({ROWS} if state == "written" else {0})

        manage(url, "work", "--once")
        state, counts = state_of(url)
        # What it was writing is interrupted; what it had not begun is done now.
        assert (state, counts) in [("written", {ROWS}), ("interrupted", {0})]

    print(f"killed: {dict(seen)}")  # noqa: T201 what a long run showed
