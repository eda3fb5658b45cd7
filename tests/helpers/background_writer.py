"""Somebody who writes to a register without end, while something else is tried."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Thread


@contextmanager
def writing(database: Path) -> Iterator[Callable[[], int]]:
    """A thread whose every transaction sets both rows of the table `pair` to the next number.

    Gives a function that tells how many transactions have been committed; the
    first is before the body begins.
    """
    begun, enough = Event(), Event()
    committed = 0
    faults: list[Exception] = []

    def write() -> None:
        nonlocal committed
        try:
            with closing(sqlite3.connect(database, timeout=20, isolation_level=None)) as opened:
                opened.execute("PRAGMA journal_mode = WAL")
                opened.execute("PRAGMA synchronous = NORMAL")
                opened.execute("CREATE TABLE pair (id INTEGER PRIMARY KEY, value INTEGER)")
                opened.execute("INSERT INTO pair VALUES (1, 0), (2, 0)")
                while not enough.is_set():
                    opened.execute("BEGIN IMMEDIATE")
                    for row in (1, 2):
                        opened.execute("UPDATE pair SET value = value + 1 WHERE id = ?", [row])
                    opened.execute("COMMIT")
                    committed += 1
                    begun.set()
        except Exception as error:
            faults.append(error)
            begun.set()

    thread = Thread(target=write)
    thread.start()
    begun.wait()
    try:
        yield lambda: committed
    finally:
        enough.set()
        thread.join()
    assert not faults, faults
