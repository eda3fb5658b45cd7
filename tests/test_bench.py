"""The benchmark runs through. What it measures is for people to judge, not for a test."""

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# A name, four times and the queries; and the records a second, where it deals with any.
LINE = re.compile(r"(\S.*?\S)  +([\d,]+\.\d +){4}([\d,]+)( +[\d,]+)?")
RATIO = re.compile(r"(\S.*?\S)  +\d+\.\d\d")
# Whose importer and which turn; seconds twice, rows a second, queries, rows of history.
IMPORT = re.compile(r"import, (\w+): (\S.*?\S)  +[\d.]+ +[\d.]+ +[\d,]+ +([\d,]+) +([\d,]+)")


TURNS = ("dry run", "commit", "again, unchanged")


def has_usual_importer() -> bool:
    """Only `make bench` installs it."""
    return importlib.util.find_spec("import_export") is not None


def bench(**environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bench"],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"]} | environment,
        capture_output=True,
        text=True,
    )


def test_it_runs_through_and_prints_its_tables():
    run = bench(ROWS="60", ROUNDS="1", IMPORTED="12")

    assert (run.returncode, run.stderr) == (0, "")
    heading, figures, ratios, imports, comparison = run.stdout.split("\n\n")
    assert heading.startswith("60 projects, 21 enterprises, ")
    measured = {}
    for line in figures.splitlines()[1:]:
        found = LINE.fullmatch(line)
        assert found, line
        measured[found[1]] = int(found[3])
    assert len(measured) > 15
    assert all(measured.values()), "each question asks the database something"
    assert {"list, page 1", "totals by sector", "API, cursor walk", "admin, list"} < set(measured)
    assert all(RATIO.fullmatch(line) for line in ratios.splitlines()[1:])
    history = {}
    for line in imports.splitlines()[1:]:
        found = IMPORT.fullmatch(line)
        assert found, line
        history[found[1], found[2]] = int(found[4])
    # One row for each record; the usual importer leaves one for each change of links besides.
    assert [history["ours", turn] for turn in TURNS] == [0, 12, 0]
    if has_usual_importer():
        assert [history["usual", turn] for turn in TURNS] == [0, 12 + 12 + 12 + 3, 0]
        assert len(comparison.splitlines()) == 1 + len(TURNS)
    else:
        assert "not installed" in comparison


def test_a_second_run_on_a_database_of_its_own_makes_only_what_is_missing(tmp_path):
    database = f"sqlite:///{tmp_path / 'kept.sqlite3'}"
    bench(ROWS="4", ROUNDS="1", IMPORTED="1", BENCH_DATABASE_URL=database)

    run = bench(ROWS="9", ROUNDS="1", IMPORTED="1", BENCH_DATABASE_URL=database)

    assert run.returncode == 0, run.stderr
    assert run.stdout.startswith("9 projects, ")
    assert "\n5 projects made in " in run.stdout


def test_the_register_itself_is_never_filled(tmp_path):
    database = tmp_path / "db.sqlite3"

    run = bench(ROWS="4", ROUNDS="1", IMPORTED="1", DATABASE_URL=f"sqlite:///{database}")

    assert run.returncode == 0, run.stderr
    assert not database.exists()


def test_a_wrong_number_is_a_sentence():
    run = bench(ROWS="many")

    assert run.returncode == 1
    assert run.stderr == "ROWS cannot be 'many': give a whole number from 1 to 9999999.\n"
