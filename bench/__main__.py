"""Builds a made-up register, asks it the questions of `bench.questions`, prints the figures.

Then a file of projects is imported, once by our importer and once by the usual one.
"""

import contextlib
import os
import sys
import tempfile
from pathlib import Path

ROWS, ROUNDS, IMPORTED = 10_000, 7, 10_000


def number(name: str, default: int) -> int:
    """A whole number from the environment; ends the run with a sentence if it is none."""
    given = os.environ.get(name, str(default))
    if not given.isascii() or not given.isdecimal() or not 1 <= int(given) <= 9_999_999:
        sys.exit(f"{name} cannot be {given!r}: give a whole number from 1 to 9999999.")
    return int(given)


def main() -> None:
    rows, rounds = number("ROWS", ROWS), number("ROUNDS", ROUNDS)
    imported = number("IMPORTED", IMPORTED)
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        start_django(Path(folder))
        from django.db import connection

        from bench import data, imports, measuring, questions, tables

        try:
            built = data.build(rows)
            print(tables.heading(built))
            # Flushed, as the figures of a large register take their time.
            print(tables.columns(), flush=True)
            measured = {}
            for question in questions.QUESTIONS:
                measured[question.name] = measuring.measure(question, built, rounds)
                print(tables.row(question.name, measured[question.name]), flush=True)
            print(tables.ratios(questions.RATIOS, measured))
            print(tables.import_columns(imported), flush=True)
            costs = {}
            for importer, turn, cost in imports.compared(imported):
                costs[importer, turn] = cost
                print(tables.import_row(importer, turn, cost, imported), flush=True)
            print(tables.import_ratios(costs))
        except data.NotOursError as error:
            sys.exit(str(error))
        finally:
            connection.close()


def start_django(folder: Path) -> None:
    """Settings of the bench's own, whatever the shell has: a database in `folder`, no limits.

    BENCH_DATABASE_URL names another database, which must be empty or hold
    nothing but what an earlier run has made: it is kept, and filled up to ROWS.
    (Not DATABASE_URL, which may well be the register itself.)
    """
    for name in ("ALLOWED_HOSTS", "BASE_CURRENCY", "CACHE_URL", "CSRF_TRUSTED_ORIGINS"):
        os.environ.pop(name, None)
    os.environ["DATABASE_URL"] = (
        os.environ.get("BENCH_DATABASE_URL") or f"sqlite:///{folder / 'bench.sqlite3'}"
    )
    # Without DEBUG every request would be sent on to TLS.
    os.environ["DEBUG"] = "true"
    os.environ["LOG_LEVEL"] = "ERROR"
    # A benchmark asks more in a second than a visitor may in a minute.
    os.environ["API_RATE_ANON"] = os.environ["API_RATE_USER"] = "1000000/s"
    os.environ["DJANGO_SETTINGS_MODULE"] = "ftz_site.settings"
    import django
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    # With it, Django would keep the text of every query.
    settings.DEBUG = False


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        main()
