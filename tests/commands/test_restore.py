import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from projects.management import backups
from tests.helpers.background_writer import writing


@pytest.fixture(autouse=True)
def migrations(settings):
    """The migrations are known, although the test's database is made without them."""
    settings.MIGRATION_MODULES = {}


def values(file: Path, sql: str) -> list[tuple]:
    with closing(sqlite3.connect(file)) as opened:
        return opened.execute(sql).fetchall()


def change(file: Path, sql: str) -> None:
    with closing(sqlite3.connect(file)) as opened:
        opened.execute(sql)
        opened.commit()


@pytest.fixture
def copy(live, tmp_path) -> Path:
    """A copy of the register as it was before its projects were all renamed."""
    file = tmp_path / "copy.sqlite3"
    backups.backup(live, file)
    change(live, "UPDATE projects_project SET name = 'renamed since'")
    return file


def names(file: Path) -> set[str]:
    return {name for (name,) in values(file, "SELECT name FROM projects_project")}


def kept(live: Path) -> list[Path]:
    return sorted(live.parent.glob("db.before-*.sqlite3"))


def test_the_copy_replaces_the_database_which_is_kept(live, copy, on_the_file):
    run = on_the_file("restore", copy, "--yes")

    assert run.returncode == 0, run.stderr
    [beside] = kept(live)
    assert run.stdout == (
        f"{copy} was restored and checked.\nThe previous database was kept as {beside}.\n"
    )
    assert names(live) == names(copy) != {"renamed since"}
    assert names(beside) == {"renamed since"}


def test_the_restored_register_is_complete(live, copy, on_the_file):
    on_the_file("restore", copy, "--no-input")

    assert on_the_file("migrate", "--check").returncode == 0
    rebuilt = on_the_file("rebuild")
    assert rebuilt.returncode == 0, rebuilt.stderr
    assert "300\nDerived figures that differed: 0\n" in rebuilt.stdout
    assert on_the_file("fill", "1").returncode == 0


def test_a_second_restore_on_the_same_second_keeps_both(live, copy):
    first = backups.restore(live, copy)
    change(live, "UPDATE projects_project SET name = 'renamed again'")
    second = backups.restore(live, copy)

    assert names(first.kept) == {"renamed since"}
    assert names(second.kept) == {"renamed again"}


def test_changes_in_the_write_ahead_log_do_not_come_back(live, copy):
    with closing(sqlite3.connect(live)) as open_still:
        open_still.execute("PRAGMA journal_mode = WAL")
        open_still.execute("UPDATE projects_project SET name = 'in the log'")
        open_still.commit()

        restored = backups.restore(live, copy)

        assert open_still.execute(
            "SELECT COUNT(*) FROM projects_project WHERE name = 'in the log'"
        ).fetchall() == [(0,)]
    assert names(live) == names(copy)
    assert names(restored.kept) == {"in the log"}
    assert values(live, "PRAGMA journal_mode") == [("wal",)]


def test_a_concurrent_writer_finds_the_old_state_or_the_new_one(live, copy):
    with writing(live) as written:
        backups.backup(live, copy, force=True)
        [(copied,)] = values(copy, "SELECT DISTINCT value FROM pair")
        before = written()

        backups.restore(live, copy)

        while written() < before + 3:
            assert len(values(live, "SELECT DISTINCT value FROM pair")) == 1
    [(now,)] = values(live, "SELECT DISTINCT value FROM pair")
    assert now > copied
    assert values(live, "PRAGMA integrity_check") == [("ok",)]


def test_it_asks_for_confirmation_and_only_yes_confirms(live, copy, on_the_file):
    refused = on_the_file("restore", copy, input="y\n")
    silent = on_the_file("restore", copy, input="")

    for run in (refused, silent):
        assert run.returncode == 1
        assert run.stdout.startswith(
            f"This replaces the database {live} (projects: 300) by {copy} (projects: 300).\n"
        )
        assert run.stderr == "CommandError: Nothing was changed, as the answer was not yes.\n"
    assert names(live) == {"renamed since"}
    assert kept(live) == []

    assert on_the_file("restore", copy, input="yes\n").returncode == 0
    assert names(live) == names(copy)


def test_where_there_was_no_database_none_is_kept(live, copy):
    live.unlink()

    restored = backups.restore(live, copy)

    assert restored.kept is None
    assert names(live) == names(copy)


@pytest.mark.parametrize("damage", ["no database", "damaged pages"])
def test_a_damaged_database_is_kept_as_it_is(live, copy, damage):
    with live.open("r+b") as opened:
        opened.seek(0 if damage == "no database" else 4096 * 20)
        opened.write(b"\xff" * 4096 * 40)
    present = live.read_bytes()

    restored = backups.restore(live, copy)

    assert restored.kept.read_bytes() == present
    assert names(live) == names(copy)


def test_a_copy_of_a_newer_version_is_refused(live, copy, on_the_file):
    change(
        copy, "INSERT INTO django_migrations VALUES (999, 'projects', '0099_later', '2030-01-01')"
    )

    run = on_the_file("restore", copy, "--yes")

    assert run.returncode == 1
    assert run.stderr == (
        f"CommandError: {copy} is of a newer version of the register (projects.0099_later is not "
        "known here): install that version, then restore it.\n"
    )
    assert names(live) == {"renamed since"}
    assert kept(live) == []


def test_a_copy_of_an_older_version_is_put_in_place_to_be_migrated(live, copy, on_the_file):
    change(copy, "DELETE FROM django_migrations WHERE app = 'otp_totp' AND name > '0002'")

    run = on_the_file("restore", copy, "--yes")

    assert run.returncode == 0, run.stderr
    assert run.stdout.endswith("It is of an older version: run manage.py migrate now.\n")
    assert on_the_file("migrate", "--check").returncode == 1


def other_database(file: Path) -> None:
    change(file, "CREATE TABLE letters (id INTEGER)")


def damaged_copy(file: Path) -> None:
    shutil.copy(file.with_name("copy.sqlite3"), file)
    with file.open("r+b") as opened:
        opened.seek(4096 * 20)
        opened.write(b"\xff" * 4096 * 40)


@pytest.mark.parametrize(
    ("make", "sentence"),
    [
        (lambda file: None, "There is no file"),
        (lambda file: file.mkdir(), "There is no file"),
        (lambda file: file.write_bytes(b""), "is not an SQLite database"),
        (lambda file: file.write_text("a letter"), "is not an SQLite database"),
        (other_database, "its tables are missing"),
        (damaged_copy, "is damaged"),
    ],
)
def test_an_invalid_copy_is_refused_and_nothing_changes(live, copy, make, sentence):
    file = copy.with_name("given.sqlite3")
    make(file)

    with pytest.raises(backups.BackupError, match=sentence) as refusal:
        backups.restore(live, file)

    assert str(file) in str(refusal.value)
    assert names(live) == {"renamed since"}
    assert kept(live) == []


def test_the_database_itself_is_no_copy(live):
    with pytest.raises(backups.BackupError, match="the register's own database"):
        backups.restore(live, live)


def test_a_copy_with_another_page_size_is_refused(live, copy):
    with closing(sqlite3.connect(live)) as opened:
        opened.execute("PRAGMA journal_mode = WAL")
    with closing(sqlite3.connect(copy)) as opened:
        opened.execute("PRAGMA page_size = 8192")
        opened.execute("VACUUM")

    with pytest.raises(backups.BackupError, match="pages of 8192 bytes"):
        backups.restore(live, copy)

    assert names(live) == {"renamed since"}
