import os
import re
import sys

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

# A request spends most of its time waiting for the database.
THREADS = 4


class Command(BaseCommand):
    help = (
        "Serve the site with gunicorn, behind a proxy that terminates TLS: "
        "WEB_CONCURRENCY workers, on PORT."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="the address to listen on")

    def handle(self, *args, host: str, **options) -> None:
        if settings.DEBUG and not re.fullmatch(r"localhost|127[.0-9]+|::1|\[::1\]", host):
            raise CommandError(
                f"With DEBUG the site shows error details to every visitor, so it only listens on "
                f"this machine, not on {host}: turn DEBUG off, or give --host 127.0.0.1."
            )
        if not settings.DEBUG and not (settings.STATIC_ROOT / "staticfiles.json").exists():
            raise CommandError(
                "The static files are not collected yet: run manage.py collectstatic first."
            )
        self.stdout.flush()
        # Replaces this process, so that signals reach gunicorn. Started from here because
        # the settings have validated WEB_CONCURRENCY and PORT, for which gunicorn itself
        # would print a traceback.
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
                # The maximum: filters may contain two hundred codes.
                "--limit-request-line=8190",
                # It would be created in the home folder, which a service may not have.
                "--no-control-socket",
                "ftz_site.wsgi",
            ],
        )
