"""Generate a register, measure the cases of `bench.cases`, and print the figures.

Then import a file of projects with our importer and with django-import-export.
"""

import contextlib
import os
import sys
import tempfile
from pathlib import Path

ROWS, ROUNDS, IMPORTED = 10_000, 7, 10_000


def number(name: str, default: int) -> int:
    """A whole number from the environment; exits with a message if it is invalid."""
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

        from bench import cases, data, imports, measuring, tables

        try:
            built = data.build(rows)
            print(tables.heading(built))
            # Flushed, as a large register takes a while.
            print(tables.columns(), flush=True)
            measured = {}
            for case in cases.CASES:
                measured[case.name] = measuring.measure(case, built, rounds)
                print(tables.row(case.name, measured[case.name]), flush=True)
            print(tables.ratios(cases.RATIOS, measured))
            print(tables.import_columns(imported), flush=True)
            costs = {}
            for importer, turn, cost in imports.compared(imported):
                costs[importer, turn] = cost
                print(tables.import_row(importer, turn, cost, imported), flush=True)
            print(tables.import_ratios(costs))
        except data.ForeignRecordsError as error:
            sys.exit(str(error))
        finally:
            connection.close()


def start_django(folder: Path) -> None:
    """Set up Django with a database in `folder` and no rate limits, whatever the shell has.

    BENCH_DATABASE_URL names another database, which must be empty or contain
    only records of earlier runs; it is kept, and filled up to ROWS.
    (Not DATABASE_URL, which may be that of the real register.)
    """
    for name in ("ALLOWED_HOSTS", "BASE_CURRENCY", "CACHE_URL", "CSRF_TRUSTED_ORIGINS"):
        os.environ.pop(name, None)
    os.environ["DATABASE_URL"] = (
        os.environ.get("BENCH_DATABASE_URL") or f"sqlite:///{folder / 'bench.sqlite3'}"
    )
    # Without DEBUG every request would be redirected to TLS.
    os.environ["DEBUG"] = "true"
    os.environ["LOG_LEVEL"] = "ERROR"
    # A benchmark sends more requests a second than visitors may in a minute.
    os.environ["API_RATE_ANON"] = os.environ["API_RATE_USER"] = "1000000/s"
    os.environ["DJANGO_SETTINGS_MODULE"] = "ftz_site.settings"
    import django
    from django.conf import settings
    from django.core.exceptions import ImproperlyConfigured

    try:
        django.setup()
    except ImproperlyConfigured as error:
        sys.exit(str(error))
    # With DEBUG, Django would keep the text of every query.
    settings.DEBUG = False


if __name__ == "__main__":
    with contextlib.suppress(BrokenPipeError):
        main()
