"""A Django cache in an SQLite file, shared by all processes of a machine, with exact counters.

`add` and `incr` are single statements, so concurrent counts are never lost. Django's
file and database caches do not guarantee that, and its memory cache is separate in each
process. It is a file of its own, so that counting never waits for a long write to the
register.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import tempfile
import threading
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache

TABLE = """
CREATE TABLE entries (key TEXT PRIMARY KEY, value, expires REAL) WITHOUT ROWID;
CREATE INDEX entries_expires ON entries (expires);
"""
# Seconds to wait for the lock of another process, which takes microseconds.
LOCK_TIMEOUT = 5
# Expired entries are deleted at one in so many additions.
CLEAR_EVERY = 500


class SharedCache(BaseCache):
    """Stores JSON values; integers can be incremented."""

    def __init__(self, location: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self.file = Path(location)
        self.local = threading.local()

    def _connection(self) -> sqlite3.Connection:
        """The thread's connection; a new one after a fork, as SQLite's do not survive it."""
        if getattr(self.local, "process", None) != os.getpid():
            if not self.file.exists():
                self._make()
            self.local.connection, self.local.process = _connect(self.file), os.getpid()
        return self.local.connection

    def _make(self) -> None:
        """Create the file atomically, as several processes may do so at once.

        SQLite ignores its timeout when two processes switch to WAL mode at once, so
        the file is created under another name first.
        """
        self.file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=self.file.parent) as folder:
            made = Path(folder) / self.file.name
            with closing(_connect(made)) as connection:
                connection.execute("PRAGMA journal_mode = WAL")
                connection.executescript(TABLE)
            # A file that another process has created meanwhile stays.
            with suppress(FileExistsError):
                self.file.hardlink_to(made)

    def _key(self, key: str, version: int | None) -> str:
        return self.make_and_validate_key(key, version=version)

    def _expires(self, timeout: Any) -> float:
        moment = self.get_backend_timeout(timeout)
        return float("inf") if moment is None else moment

    def add(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> bool:
        now = time.time()
        if random.randrange(CLEAR_EVERY) == 0:  # noqa: S311  Chance, not a secret.
            self._connection().execute("DELETE FROM entries WHERE expires <= ?", (now,))
        written = self._connection().execute(
            "INSERT INTO entries VALUES (?, ?, ?) ON CONFLICT (key) DO UPDATE"
            " SET value = excluded.value, expires = excluded.expires WHERE expires <= ?",
            (self._key(key, version), _stored(value), self._expires(timeout), now),
        )
        return written.rowcount == 1

    def get(self, key: str, default: Any = None, version: int | None = None) -> Any:
        found = (
            self._connection()
            .execute(
                "SELECT value FROM entries WHERE key = ? AND expires > ?",
                (self._key(key, version), time.time()),
            )
            .fetchone()
        )
        return default if found is None else _loaded(found[0])

    def set(
        self, key: str, value: Any, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None
    ) -> None:
        self._connection().execute(
            "INSERT OR REPLACE INTO entries VALUES (?, ?, ?)",
            (self._key(key, version), _stored(value), self._expires(timeout)),
        )

    def touch(self, key: str, timeout: Any = DEFAULT_TIMEOUT, version: int | None = None) -> bool:
        touched = self._connection().execute(
            "UPDATE entries SET expires = ? WHERE key = ? AND expires > ?",
            (self._expires(timeout), self._key(key, version), time.time()),
        )
        return touched.rowcount == 1

    def delete(self, key: str, version: int | None = None) -> bool:
        deleted = self._connection().execute(
            "DELETE FROM entries WHERE key = ?", (self._key(key, version),)
        )
        return deleted.rowcount == 1

    def incr(self, key: str, delta: int = 1, version: int | None = None) -> int:
        """The incremented number. Raises ValueError if the key has none."""
        # Read to the end: an unfinished statement keeps its lock.
        [*found] = self._connection().execute(
            "UPDATE entries SET value = value + ? WHERE key = ? AND expires > ?"
            " AND typeof(value) = 'integer' RETURNING value",
            (delta, self._key(key, version), time.time()),
        )
        if not found:
            raise ValueError(f"Key {key!r} is missing or not a number")
        return found[0][0]

    def clear(self) -> None:
        self._connection().execute("DELETE FROM entries")

    def close(self, **kwargs: Any) -> None:
        """Does nothing: the connection is kept for the thread's next request."""


def _connect(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(file, timeout=LOCK_TIMEOUT, isolation_level=None)
    # Counting does not wait for the disk.
    connection.execute("PRAGMA synchronous = NORMAL")
    return connection


def _stored(value: Any) -> int | str:
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return value if is_number else json.dumps(value)


def _loaded(value: int | str) -> Any:
    return value if isinstance(value, int) else json.loads(value)
