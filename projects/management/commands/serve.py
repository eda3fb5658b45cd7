import os
import re
import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

# A request spends most of its time waiting for the database.
THREADS = 4


class Command(BaseCommand):
    help = (
        "Serve the site with gunicorn, behind a proxy that speaks TLS: "
        "WEB_CONCURRENCY workers, on PORT."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")

    def handle(self, *args, host: str, **options) -> None:
        if settings.DEBUG and not re.fullmatch(r"localhost|127[.0-9]+|::1|\[::1\]", host):
            raise CommandError(
                f"With DEBUG the site shows its errors to every visitor, so it listens to this "
                f"machine only, and not on {host}: leave DEBUG off, or give --host 127.0.0.1."
            )
        if not settings.DEBUG and not (settings.STATIC_ROOT / "staticfiles.json").exists():
            raise CommandError(
                "The static files are not collected yet: run manage.py collectstatic first."
            )
        self.stdout.flush()
        # In place of this process, so that signals reach gunicorn itself. It is
        # started from here because it would answer a wrong WEB_CONCURRENCY or
        # PORT with a traceback; the settings have read both by now.
        os.execv(  # noqa: S606
            sys.executable,
            [
                sys.executable,
                "-m",
                "gunicorn",
                f"--bind={host}:{settings.PORT}",
                f"--workers={settings.WEB_CONCURRENCY}",
                "--worker-class=gthread",
                f"--threads={THREADS}",
                # The longest it knows: a question may name two hundred codes.
                "--limit-request-line=8190",
                # It would be made in the home folder, which a service may not have.
                "--no-control-socket",
                "ftz_site.wsgi",
            ],
        )
