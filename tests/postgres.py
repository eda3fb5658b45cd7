"""Run a command beside a PostgreSQL cluster of its own: `python tests/postgres.py pytest …`.

The cluster lives in a new folder, listens on a socket in that folder and on
no port, and is gone when the command ends; no other cluster is touched.
Where PostgreSQL is not installed the command does not run, which is a
failure with REQUIRE_POSTGRES=1.
"""

import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

# Nothing here outlives the run, so nothing has to reach the disk.
SPEED = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]


def binaries() -> Path | None:
    """The folder of `initdb`: the newest under Debian's, or the one in the PATH."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    found = debian[-1] if debian else shutil.which("initdb")
    return Path(found).parent if found else None


def account() -> dict[str, str | int]:
    """Whom the cluster runs as: PostgreSQL refuses root."""
    if os.geteuid() != 0:
        return {}
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}
    sys.exit("PostgreSQL cannot run as root, and there is neither a user postgres nor nobody.")


@contextmanager
def cluster(folder: Path) -> Iterator[str]:
    """The DATABASE_URL of a new cluster in `folder`, which only its account may enter."""
    programs, owner = binaries(), account()
    if owner:
        os.chown(folder, owner["user"], owner["group"])
    initdb = [programs / "initdb", "--pgdata", folder / "data", "--username=register"]
    # Not C: with it, PostgreSQL knows no case but that of ASCII.
    initdb += ["--encoding=UTF8", "--locale=C.UTF-8", "--auth=trust", "--no-sync"]
    subprocess.run(initdb, check=True, stdout=subprocess.DEVNULL, cwd=folder, **owner)
    control = [programs / "pg_ctl", "--pgdata", folder / "data", "--log", folder / "log"]
    server = ["-c", "listen_addresses=", "-c", f"unix_socket_directories={folder}", *SPEED]
    start = [*control, "start", "--wait", "--options", " ".join(server)]
    subprocess.run(start, check=True, stdout=subprocess.DEVNULL, cwd=folder, **owner)
    try:
        yield f"postgres://register@/postgres?host={folder}"
    finally:
        stop = [*control, "stop", "--mode=immediate"]
        subprocess.run(stop, check=False, stdout=subprocess.DEVNULL, cwd=folder, **owner)


def main(command: list[str]) -> int:
    if binaries() is None:
        required = os.environ.get("REQUIRE_POSTGRES") == "1"
        print(
            "PostgreSQL is not installed (package postgresql), "
            + ("and REQUIRE_POSTGRES=1." if required else "so the suite does not run on it."),
            flush=True,
        )
        return int(required)
    # So that an end from outside stops the cluster as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    with (
        tempfile.TemporaryDirectory(prefix="ftz-postgres-") as folder,
        cluster(Path(folder)) as url,
    ):
        return subprocess.run(command, env=os.environ | {"DATABASE_URL": url}).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
