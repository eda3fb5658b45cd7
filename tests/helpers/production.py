"""Responses of the site with production settings.

`answers` runs this file in a process of its own: the suite itself has DEBUG's settings.
"""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ENVIRONMENT = {
    "SECRET_KEY": "0123456789abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ALLOWED_HOSTS": "register.example.org",
}
STYLE = "projects/register.css"


def answers(folder: Path, migrated: Path, steps: list, **environment: str) -> list[dict]:
    """Responses to one client over TLS, in the order of the steps, on a copy of `migrated`.

    Each step is an address, or a dictionary with `address` and keyword arguments of the test
    client. The register has the sample.
    """
    shutil.copy(migrated, folder / "db.sqlite3")
    shutil.copytree(ROOT / "projects/static", folder / "static")
    run = subprocess.run(
        [sys.executable, Path(__file__), folder, json.dumps(steps)],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": "ftz_site.settings",
            "DATABASE_URL": f"sqlite:///{folder}/db.sqlite3",
            **ENVIRONMENT,
            **environment,
        },
        capture_output=True,
        text=True,
        cwd=ROOT,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


def main(folder: str, steps: str) -> None:
    import django
    from django.conf import settings

    # In place of `collectstatic`, which takes seconds.
    settings.STATIC_ROOT = Path(folder) / "static"
    settings.STORAGES["staticfiles"]["BACKEND"] = (
        "django.contrib.staticfiles.storage.StaticFilesStorage"
    )
    django.setup()

    from django.contrib.auth import get_user_model
    from django.core.management import call_command
    from django.test import Client

    call_command("load_sample", verbosity=0)
    get_user_model().objects.create_superuser("admin", password="correct horse")
    client = Client(
        raise_request_exception=False, SERVER_NAME="register.example.org", enforce_csrf_checks=True
    )
    told = []
    for step in json.loads(steps):
        step = {"address": step} if isinstance(step, str) else step
        method, address = step.pop("method", "get"), step.pop("address")
        given = {"secure": True, "headers": {"referer": "https://register.example.org/"}} | step
        if method == "post" and "csrftoken" in given.get("data", {}):
            # As in a form of the site.
            given["data"]["csrfmiddlewaretoken"] = client.cookies["__Host-csrftoken"].value
        answer = getattr(client, method)(address, **given)
        told.append(
            {
                "address": address,
                "status": answer.status_code,
                "headers": {name.lower(): value for name, value in answer.headers.items()},
                "cookies": {
                    name: {key: value for key, value in morsel.items() if value}
                    for name, morsel in answer.cookies.items()
                },
            }
        )
    sys.stdout.write(json.dumps(told))


if __name__ == "__main__":
    main(*sys.argv[1:])
