"""The benchmark runs to its end. Its figures are not tested."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# A name, four times and the number of queries; records a second if there are any.
LINE = re.compile(r"(\S.*?\S)  +([\d,]+\.\d +){4}([\d,]+)( +[\d,]+)?")
RATIO = re.compile(r"(\S.*?\S)  +\d+\.\d\d")
# Importer and turn; seconds twice, rows a second, queries, rows of history.
IMPORT = re.compile(r"import, (\w+): (\S.*?\S)  +[\d.]+ +[\d.]+ +[\d,]+ +([\d,]+) +([\d,]+)")


TURNS = ("dry run", "commit", "again, unchanged")


def has_import_export() -> bool:
    """Whether django-import-export is installed, which only `make bench` does."""
    return importlib.util.find_spec("import_export") is not None


def bench(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bench"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]} | environment,
        capture_output=True,
        text=True,
    )


def test_it_prints_its_tables_and_leaves_the_database_of_the_register_alone(tmp_path):
    database = tmp_path / "db.sqlite3"

    run = bench(ROWS="60", ROUNDS="1", IMPORTED="12", DATABASE_URL=f"sqlite:///{database}")

    assert (run.returncode, run.stderr) == (0, "")
    assert not database.exists()
    heading, figures, ratios, imports, comparison = run.stdout.split("\n\n")
    assert heading.startswith("60 projects, 21 enterprises, ")
    measured = {}
    for line in figures.splitlines()[1:]:
        found = LINE.fullmatch(line)
        assert found, line
        measured[found[1]] = int(found[3])
    assert len(measured) > 15
    assert all(measured.values()), "each case asks the database something"
    assert {"list, page 1", "totals by sector", "API, cursor walk", "admin, list"} < set(measured)
    assert all(RATIO.fullmatch(line) for line in ratios.splitlines()[1:])
    history = {}
    for line in imports.splitlines()[1:]:
        found = IMPORT.fullmatch(line)
        assert found, line
        history[found[1], found[2]] = int(found[4])
    # One row for each record; django-import-export leaves another for each change of links.
    assert [history["ours", turn] for turn in TURNS] == [0, 12, 0]
    if has_import_export():
        assert [history["stock", turn] for turn in TURNS] == [0, 12 + 12 + 12 + 3, 0]
        assert len(comparison.splitlines()) == 1 + len(TURNS)
    else:
        assert "not installed" in comparison


@pytest.mark.chaos
def test_a_second_run_on_a_given_database_only_adds_what_is_missing(tmp_path, migrated_file):
    shutil.copy(migrated_file, tmp_path / "kept.sqlite3")
    database = f"sqlite:///{tmp_path / 'kept.sqlite3'}"
    subprocess.run(
        [sys.executable, "manage.py", "fill", "4"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "DEBUG": "true", "DATABASE_URL": database},
        stdout=subprocess.DEVNULL,
        check=True,
    )

    run = bench(ROWS="9", ROUNDS="1", IMPORTED="1", BENCH_DATABASE_URL=database)

    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("9 projects, ")
    assert "\n5 projects made in " in run.stdout


def test_an_invalid_number_is_reported_in_a_sentence():
    run = bench(ROWS="many")

    assert run.returncode == 1
    assert run.stderr == "ROWS cannot be 'many': give a whole number from 1 to 9999999.\n"
