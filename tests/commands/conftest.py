"""A register in a file of its own, as the commands that work on files need one."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROJECTS = 300


def manage(database: Path, *arguments: str, **also) -> subprocess.CompletedProcess[str]:
    """`manage.py` on this SQLite file, in nothing else of the caller's environment."""
    return subprocess.run(
        [sys.executable, ROOT / "manage.py", *arguments],
        env={
            "PATH": os.environ["PATH"],
            "DEBUG": "true",
            "DATABASE_URL": f"sqlite:///{database}",
        },
        capture_output=True,
        text=True,
        **also,
    )


@pytest.fixture(scope="session")
def _filled(tmp_path_factory, migrated_file) -> Path:
    database = tmp_path_factory.mktemp("filled") / "register.sqlite3"
    shutil.copy(migrated_file, database)
    run = manage(database, "fill", str(PROJECTS))
    assert run.returncode == 0, run.stderr
    return database


@pytest.fixture
def live(_filled, tmp_path) -> Path:
    """The file of a register with made-up projects, each test's own."""
    folder = tmp_path / "var"
    folder.mkdir()
    return Path(shutil.copy(_filled, folder / "db.sqlite3"))


@pytest.fixture
def on_the_file(live) -> Callable[..., subprocess.CompletedProcess[str]]:
    """`manage.py` on that file."""
    return lambda *arguments, **also: manage(live, *map(str, arguments), **also)
