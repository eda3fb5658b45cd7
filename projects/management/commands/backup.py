from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils.translation import gettext as _

from projects.management import backups


class Command(BaseCommand):
    help = (
        "Back up the SQLite database, also while it is in use. On PostgreSQL, print the "
        "pg_dump command line."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="the file to write")
        parser.add_argument("--force", action="store_true", help="replace FILE if it exists")

    def handle(self, *args: Any, **options: Any) -> None:
        file = options["file"]
        if connection.vendor != "sqlite":
            raise CommandError(
                _("The register uses PostgreSQL: back it up with its own tool:\n  %(line)s")
                % {"line": backups.dump_line(connection.settings_dict, file)}
            )
        try:
            backups.backup(backups.live_database(), file, force=options["force"])
        except backups.BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            _("Copied to %(file)s: %(projects)s projects, %(size)s bytes, checked.")
            % {
                "file": file,
                "projects": f"{backups.count_projects(file) or 0:,}",
                "size": f"{file.stat().st_size:,}",
            }
        )
