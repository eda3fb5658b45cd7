import re
import sqlite3
import stat
from contextlib import closing
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from projects.management import backups
from tests.helpers.background_writer import writing


def values(file: Path, sql: str) -> list[tuple]:
    with closing(sqlite3.connect(file)) as opened:
        return opened.execute(sql).fetchall()


def test_the_copy_has_the_records_of_the_register(live, on_the_file, tmp_path):
    file = tmp_path / "copy.sqlite3"

    run = on_the_file("backup", file)

    assert run.returncode == 0, run.stderr
    size = f"{file.stat().st_size:,}"
    assert run.stdout == f"Copied to {file}: 300 projects, {size} bytes, checked.\n"
    everything = "SELECT * FROM projects_project ORDER BY id"
    assert values(file, everything) == values(live, everything)


def test_changes_in_the_write_ahead_log_are_copied_too(live, tmp_path):
    file = tmp_path / "copy.sqlite3"
    with closing(sqlite3.connect(live)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("PRAGMA wal_autocheckpoint = 0")
        writer.execute("UPDATE projects_project SET note = 'the newest'")
        writer.commit()

        backups.backup(live, file)

    assert values(file, "SELECT DISTINCT note FROM projects_project") == [("the newest",)]


def test_a_copy_is_one_file_that_only_its_owner_reads(live, tmp_path):
    folder = tmp_path / "copies"
    folder.mkdir()
    file = folder / "copy.sqlite3"

    backups.backup(live, file)

    assert list(folder.iterdir()) == [file]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert values(file, "PRAGMA journal_mode") == [("delete",)]


def test_every_copy_made_while_others_write_is_one_state_of_the_register(live, tmp_path, rounds):
    """Each transaction moves two rows together, so that a copy between them would show."""
    overlapped = 0
    with writing(live) as written:
        for number in range(rounds(200, 1000)):
            file = tmp_path / f"copy-{number}.sqlite3"
            before = written()

            backups.backup(live, file)

            after = written()
            [(one, other)] = values(file, "SELECT MIN(value), MAX(value) FROM pair")
            assert one == other
            assert before <= one <= after + 1
            assert values(file, "PRAGMA integrity_check") == [("ok",)]
            file.unlink()
            overlapped += after > before
            if overlapped >= 10:
                break

    assert overlapped


def test_a_file_that_is_there_is_not_replaced(live, on_the_file, tmp_path):
    file = tmp_path / "copy.sqlite3"
    file.write_text("a letter")

    run = on_the_file("backup", file)

    assert run.returncode == 1
    assert run.stderr == (
        f"CommandError: {file} already exists: name another file, or add --force to replace it.\n"
    )
    assert file.read_text() == "a letter"


def test_with_force_it_is(live, on_the_file, tmp_path):
    file = tmp_path / "copy.sqlite3"
    file.write_text("a letter")

    assert on_the_file("backup", file, "--force").returncode == 0

    assert values(file, "SELECT COUNT(*) FROM projects_project") == [(300,)]


@pytest.mark.parametrize("suffix", ["", "-wal", "-shm"])
def test_the_database_itself_is_never_written_over(live, suffix):
    with pytest.raises(backups.BackupError, match="the register's own database"):
        backups.backup(live, live.with_name(live.name + suffix), force=True)

    assert values(live, "SELECT COUNT(*) FROM projects_project") == [(300,)]


def test_nor_through_a_link_to_it(live, tmp_path):
    link = tmp_path / "link"
    link.hardlink_to(live)

    with pytest.raises(backups.BackupError, match="the register's own database"):
        backups.backup(live, link, force=True)


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("missing/copy.sqlite3", "There is no folder {folder}/missing: create it first."),
        (".", "{folder} is a folder: name a file in it."),
    ],
)
def test_a_place_that_cannot_hold_a_copy_is_a_sentence(live, tmp_path, name, sentence):
    with pytest.raises(backups.BackupError) as refusal:
        backups.backup(live, tmp_path / name)

    assert str(refusal.value) == sentence.format(folder=tmp_path)


def test_a_register_that_is_not_there_yet_is_a_sentence(tmp_path):
    with pytest.raises(backups.BackupError, match=r"run manage\.py migrate"):
        backups.backup(tmp_path / "db.sqlite3", tmp_path / "copy.sqlite3")

    assert list(tmp_path.iterdir()) == []


def test_a_damaged_register_leaves_no_copy_that_passes_for_one(live, tmp_path):
    folder = tmp_path / "copies"
    folder.mkdir()
    with live.open("r+b") as opened:
        opened.seek(4096 * 20)
        opened.write(b"\xff" * 4096 * 40)

    with pytest.raises(backups.BackupError, match="is damaged"):
        backups.backup(live, folder / "copy.sqlite3")

    assert list(folder.iterdir()) == []


def test_a_copy_that_fails_leaves_the_one_that_was_there(live, tmp_path, monkeypatch):
    file = tmp_path / "copy.sqlite3"
    backups.backup(live, file)
    before = file.read_bytes()

    def no_room(_descriptor):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(backups.os, "fsync", no_room)
    with pytest.raises(backups.BackupError, match="No space left on device"):
        backups.backup(live, file, force=True)

    assert file.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["copy.sqlite3", "var"]


def test_the_line_for_postgresql_names_everything_but_the_password(tmp_path):
    database = {
        "NAME": "the register",
        "HOST": "db.example.org",
        "PORT": 5433,
        "USER": "office",
        "PASSWORD": "hunter2",
    }

    dump = backups.dump_line(database, Path("copy file"))
    restore = backups.restore_line(database, Path("copy file"))

    assert dump == (
        "pg_dump --format=custom --no-owner --host=db.example.org --port=5433 --username=office "
        "'--dbname=the register' '--file=copy file'"
    )
    assert restore == (
        "pg_restore --clean --if-exists --no-owner --single-transaction --host=db.example.org "
        "--port=5433 --username=office '--dbname=the register' 'copy file'"
    )


@pytest.mark.skipif(connection.vendor != "postgresql", reason="about PostgreSQL")
@pytest.mark.parametrize(("command", "tool"), [("backup", "pg_dump"), ("restore", "pg_restore")])
def test_on_postgresql_they_say_what_to_use(command, tool, tmp_path):
    with pytest.raises(CommandError) as advice:
        call_command(command, str(tmp_path / "copy"), stdout=StringIO())

    assert re.search(rf"\n  {tool} --.*{tmp_path}/copy$", str(advice.value))
    assert list(tmp_path.iterdir()) == []
