"""Back up and restore the SQLite database, also while it is in use.

Both use SQLite's own backup, which reads one consistent state during concurrent writes
and restores in one transaction, so that readers see the old state or the new one. A
copy of the file would miss the write-ahead log.
"""

from __future__ import annotations

import os
import shlex
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone
from django.utils.translation import gettext as _

# Seconds to wait for a lock.
LOCK_TIMEOUT = 20
_HEADER = b"SQLite format 3\x00"
_SIDE_FILES = ("-wal", "-shm", "-journal")


class BackupError(Exception):
    """A backup or restore that failed; the message names the file and what to do."""

    def __init__(self, message: str, **params: object) -> None:
        super().__init__(message % params)


@dataclass(frozen=True)
class Restored:
    """The result of a restore.

    `kept` is the previous database, None if there was none; `is_older`: the copy must
    be migrated.
    """

    kept: Path | None
    is_older: bool


def live_database() -> Path:
    """The file of the register's database. Raises BackupError on PostgreSQL."""
    if connection.vendor != "sqlite":
        raise BackupError(_("The register uses PostgreSQL, which has its own tools."))
    return Path(connection.settings_dict["NAME"])


def dump_line(database: Mapping[str, Any], file: Path) -> str:
    """The command line that backs up a PostgreSQL database; it prompts for the password."""
    options = [*_server(database), f"--dbname={database['NAME']}", f"--file={file}"]
    return shlex.join(["pg_dump", "--format=custom", "--no-owner", *options])


def restore_line(database: Mapping[str, Any], file: Path) -> str:
    """The command line that restores such a backup, all of it or nothing."""
    options = [*_server(database), f"--dbname={database['NAME']}", str(file)]
    return shlex.join(
        ["pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction", *options]
    )


def _server(database: Mapping[str, Any]) -> list[str]:
    given = {"host": "HOST", "port": "PORT", "username": "USER"}
    return [f"--{option}={database[key]}" for option, key in given.items() if database.get(key)]


# --- Backup ------------------------------------------------------------------


def backup(live: Path, file: Path, *, force: bool = False) -> None:
    """Copy the database at `live` to `file`, atomically.

    Only its owner may read the copy. Raises BackupError, also if `file` exists and
    `force` is not set.
    """
    if not live.is_file():
        raise BackupError(
            _("There is no database at %(live)s yet: run manage.py migrate."), live=live
        )
    _refuse_the_database_itself(live, file)
    if file.is_dir():
        raise BackupError(_("%(file)s is a folder: name a file in it."), file=file)
    if file.exists() and not force:
        raise BackupError(
            _("%(file)s already exists: name another file, or add --force to replace it."),
            file=file,
        )
    if not file.parent.is_dir():
        raise BackupError(_("There is no folder %(folder)s: create it first."), folder=file.parent)
    with _sentences(file):
        _copy(live, file)


def _copy(live: Path, file: Path) -> None:
    handle, name = tempfile.mkstemp(prefix=f".{file.name}.", suffix=".part", dir=file.parent)
    os.close(handle)
    part = Path(name)
    try:
        with closing(_open(live, "rw")) as source, closing(_open(part, "rw")) as copy:
            source.backup(copy)
            # Without a write-ahead log the copy is one file, readable in read-only folders.
            copy.execute("PRAGMA journal_mode = DELETE")
            _refuse_damage(copy, live)
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.replace(file)
        _sync_folder(file.parent)
    finally:
        part.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


# --- Restore -----------------------------------------------------------------


def refuse_unfit(live: Path, file: Path) -> bool:
    """Raise BackupError unless `file` is an intact copy of this register that this code can read.

    Returns whether it is of an older version and must be migrated after the restore.
    """
    if not file.is_file():
        raise BackupError(_("There is no file %(file)s."), file=file)
    _refuse_the_database_itself(live, file)
    with _sentences(file):
        with file.open("rb") as opened:
            header = opened.read(len(_HEADER))
        if header != _HEADER:
            raise BackupError(
                _("%(file)s is not an SQLite database: name a file created by manage.py backup."),
                file=file,
            )
        with closing(_open(file, "ro")) as source:
            _refuse_damage(source, file)
            return _is_older(source, file)


def _is_older(source: sqlite3.Connection, file: Path) -> bool:
    tables = {name for (name,) in source.execute("SELECT name FROM sqlite_master")}
    applied: set[tuple[str, str]] = set()
    if "django_migrations" in tables:
        applied = set(source.execute("SELECT app, name FROM django_migrations"))
    if "projects_project" not in tables or not any(app == "projects" for app, _name in applied):
        raise BackupError(
            _("%(file)s is a database, but not one of this register: its tables are missing."),
            file=file,
        )
    loader = MigrationLoader(None)
    known = set(loader.disk_migrations)
    for migration in loader.disk_migrations.values():
        known.update(migration.replaces)
    if unknown := sorted(applied - known):
        raise BackupError(
            _(
                "%(file)s is of a newer version of the register (%(migration)s is not known "
                "here): install that version, then restore it."
            ),
            file=file,
            migration=".".join(unknown[0]),
        )
    return not set(loader.graph.nodes) <= applied


def restore(live: Path, file: Path) -> Restored:
    """Replace the database at `live` by the copy `file`; the previous one is kept next to it.

    Stop the server first: what is written between the two steps is lost. A running
    server continues with the restored database. Raises BackupError, and then the
    database is unchanged.
    """
    is_older = refuse_unfit(live, file)
    with _sentences(live):
        kept = _keep(live) if live.exists() else None
        with closing(_open(file, "ro")) as source, closing(_open(live, "rwc")) as target:
            _refuse_other_pages(source, target, file)
            source.backup(target)
            _refuse_damage(target, live)
        return Restored(kept, is_older)


def _keep(live: Path) -> Path:
    """Keep a dated copy of the database; if it is damaged, move its files instead."""
    moment = timezone.localtime().strftime("%Y%m%d-%H%M%S")
    kept, number = live.with_name(f"{live.stem}.before-{moment}{live.suffix}"), 1
    while kept.exists():
        number += 1
        kept = live.with_name(f"{live.stem}.before-{moment}-{number}{live.suffix}")
    try:
        _copy(live, kept)
    except (sqlite3.DatabaseError, BackupError) as error:
        if isinstance(error, sqlite3.OperationalError):
            # Locked, or no space: it need not be damaged.
            raise
        live.replace(kept)
        for suffix in _SIDE_FILES:
            side_file = live.with_name(live.name + suffix)
            if side_file.exists():
                side_file.replace(kept.with_name(kept.name + suffix))
    return kept


def _refuse_other_pages(source: sqlite3.Connection, target: sqlite3.Connection, file: Path) -> None:
    """Raise BackupError if page sizes differ: a database in WAL mode cannot change its own."""
    [[theirs]] = source.execute("PRAGMA page_size").fetchall()
    [[ours]] = target.execute("PRAGMA page_size").fetchall()
    [[pages]] = target.execute("PRAGMA page_count").fetchall()
    if pages and theirs != ours:
        raise BackupError(
            _(
                "%(file)s has pages of %(theirs)s bytes, and the present database of %(ours)s: "
                "run sqlite3 %(file)s 'PRAGMA journal_mode=DELETE; PRAGMA page_size=%(ours)s; "
                "VACUUM' first."
            ),
            file=file,
            theirs=theirs,
            ours=ours,
        )


# --- Both --------------------------------------------------------------------


def _open(file: Path, mode: str) -> sqlite3.Connection:
    return sqlite3.connect(f"{file.resolve().as_uri()}?mode={mode}", uri=True, timeout=LOCK_TIMEOUT)


def count_projects(file: Path) -> int | None:
    """The number of projects in a database; 0 if it does not exist, None if it is unreadable."""
    if not file.exists():
        return 0
    try:
        with closing(_open(file, "ro")) as opened:
            [[count]] = opened.execute("SELECT COUNT(*) FROM projects_project").fetchall()
    except sqlite3.Error:
        return None
    return count


def _refuse_the_database_itself(live: Path, file: Path) -> None:
    own = [live, *(live.with_name(live.name + suffix) for suffix in _SIDE_FILES)]
    if file.resolve() in {path.resolve() for path in own} or (
        live.exists() and file.exists() and file.samefile(live)
    ):
        raise BackupError(
            _("%(file)s is the register's own database: name another file."), file=file
        )


def _refuse_damage(database: sqlite3.Connection, file: Path) -> None:
    found = [text for (text,) in database.execute("PRAGMA integrity_check")]
    if found != ["ok"]:
        raise BackupError(
            _("%(file)s is damaged (%(found)s): use an earlier copy."), file=file, found=found[0]
        )


@contextmanager
def _sentences(file: Path) -> Iterator[None]:
    """Turn errors of the disk and of SQLite into BackupErrors."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise BackupError(
            _(
                "%(file)s cannot be read or written (%(error)s): check permissions and free space, "
                "and that no other program has locked the database."
            ),
            file=file,
            error=error,
        ) from error
    except sqlite3.DatabaseError as error:
        raise BackupError(
            _("%(file)s is damaged (%(found)s): use an earlier copy."), file=file, found=error
        ) from error
    except OSError as error:
        raise BackupError(
            _("%(file)s cannot be read or written: %(error)s."),
            file=file,
            error=error.strerror or error,
        ) from error
