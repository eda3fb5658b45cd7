import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import IntegrityError
from django.utils.translation import gettext as _

from projects.management.demo import generate

# Seconds between progress messages.
REPORTED_EVERY = 10


class Command(BaseCommand):
    help = (
        "Generate N plausible projects with their enterprises for benchmarks, the same in every "
        "run. Refuses a database with real records. A second run adds more."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("count", metavar="N", type=int, help="how many projects")

    def handle(self, *args: Any, **options: Any) -> None:
        reported_at = time.monotonic()

        def report(done: int) -> None:
            nonlocal reported_at
            if time.monotonic() - reported_at >= REPORTED_EVERY:
                reported_at = time.monotonic()
                self.stderr.write(f"{done:,} / {options['count']:,}")

        try:
            filled = generate.fill(options["count"], report)
        except (generate.RealRecordsError, ValueError) as error:
            raise CommandError(str(error)) from None
        except IntegrityError as error:
            raise CommandError(
                _("Another process is writing to this register (%(error)s): stop it first.")
                % {"error": error}
            ) from error
        self.stdout.write(
            _(
                "Created %(projects)s projects (%(first)s to %(last)s), %(enterprises)s "
                "enterprises and %(receipts)s receipts."
            )
            % {
                "projects": f"{filled.projects:,}",
                "first": generate.project_code(filled.first),
                "last": generate.project_code(filled.last),
                "enterprises": f"{filled.enterprises:,}",
                "receipts": f"{filled.receipts:,}",
            }
        )
