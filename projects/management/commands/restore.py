from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import connection
from django.utils.translation import gettext as _

from projects.management import backups


class Command(BaseCommand):
    help = (
        "Restore the SQLite database from a file of manage.py backup. The previous database is "
        "kept next to it under a dated name. Stop the server first. On PostgreSQL, print the "
        "pg_restore command line."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("file", metavar="FILE", type=Path, help="the copy")
        parser.add_argument(
            "--yes", "--no-input", "--noinput", action="store_true", help="do not ask to confirm"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        file = options["file"]
        if connection.vendor != "sqlite":
            raise CommandError(
                _("The register uses PostgreSQL: restore it with its own tool:\n  %(line)s")
                % {"line": backups.restore_line(connection.settings_dict, file)}
            )
        try:
            live = backups.live_database()
            backups.refuse_unfit(live, file)
            if not options["yes"]:
                self._ask(live, file)
            connection.close()
            restored = backups.restore(live, file)
        except backups.BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(_("%(file)s was restored and checked.") % {"file": file})
        if restored.kept:
            self.stdout.write(
                _("The previous database was kept as %(kept)s.") % {"kept": restored.kept}
            )
        if restored.is_older:
            self.stdout.write(_("It is of an older version: run manage.py migrate now."))

    def _ask(self, live: Path, file: Path) -> None:
        counts = [
            _("unreadable") if count is None else f"{count:,}"
            for count in (backups.count_projects(live), backups.count_projects(file))
        ]
        self.stdout.write(
            _(
                "This replaces the database %(live)s (projects: %(present)s) by %(file)s "
                "(projects: %(copy)s)."
            )
            % {"live": live, "present": counts[0], "file": file, "copy": counts[1]}
        )
        try:
            answer = input(_("Type yes to continue: "))
        except EOFError:
            answer = ""
        if answer.strip().lower() != "yes":
            raise CommandError(_("Nothing was changed, as the answer was not yes."))
