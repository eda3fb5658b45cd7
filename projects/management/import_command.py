"""The base of the commands that import files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects import imports, serializers
from projects.accounts import audit_log
from projects.imports import commit, permissions
from projects.models import RowStatus
from projects.names.messages import truncate_for_display
from projects.serializers.cells import headings
from projects.spreadsheets import reading


class ImportCommand(BaseCommand):
    """Imports files of one kind of record; each file is written whole or not at all."""

    model_name: str

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("files", nargs="+", metavar="FILE", type=Path)
        parser.add_argument(
            "--mapping", type=Path, help="a TOML file that says what the columns mean"
        )
        parser.add_argument("--dry-run", action="store_true", help="check without writing")
        parser.add_argument("--sheet", help="the sheet of a workbook")
        parser.add_argument(
            "--partial",
            action="store_true",
            help="write the valid rows although others are refused",
        )

    def handle(self, *args: Any, files: list[Path], **options: Any) -> None:
        mapping = None
        if options["mapping"]:
            try:
                mapping = imports.read_mapping(options["mapping"])
            except imports.MappingError as error:
                raise CommandError(f"{options['mapping']}: {error}") from None
        bad = 0
        for file in files:
            bad += self._import(file, mapping, options)
        if bad:
            raise CommandError(
                ngettext("%(count)s error.", "%(count)s errors.", bad) % {"count": bad}
            )

    def _import(self, file: Path, mapping: Any, options: dict[str, Any]) -> int:
        """Import one file; returns the number of errors."""
        serializer_class = serializers.BY_MODEL_NAME[self.model_name]
        known = mapping.headings if mapping else headings(serializer_class)
        try:
            content = reading.content_of(file)
            table = reading.read(content, known=known, sheet=options["sheet"])
        except reading.FileError as error:
            raise CommandError(f"{file}: {error}") from None
        report = imports.import_table(
            self.model_name,
            table,
            mapping,
            dry_run=options["dry_run"],
            partial=options["partial"],
            progress=self._progress if options["verbosity"] else None,
            on_written=self._keeper(content, file.name, mapping, options["sheet"]),
            with_warnings=True,
        )
        if report.written:
            audit_log.log(
                audit_log.Action.IMPORTED,
                subject=f"{self.model_name}/{file.name}",
                **{str(status): count for status, count in report.counts.items()},
            )
        self._print_report(file, report, options)
        return len(report.errors)

    def _keeper(self, content: bytes, name: str, mapping: Any, sheet: str | None) -> Any:
        if self.model_name not in permissions.IMPORTABLE:
            return None
        return commit.keeper(content, name, self.model_name, mapping, sheet=sheet or "")

    def _progress(self, done: int, total: int) -> None:
        if total > 500:
            self.stderr.write(_("checked %(done)s of %(total)s") % {"done": done, "total": total})

    def _print_report(self, file: Path, report: imports.Report, options: dict[str, Any]) -> None:
        self.stdout.write(f"{file}")
        for status, count in report.counts.items():
            # Commands publish what they write and propose nothing.
            if status == RowStatus.PROPOSED:
                continue
            self.stdout.write(f"{status}: {count}")
        self.stdout.write(f"errors: {len(report.errors)}")
        if report.warnings:
            self.stdout.write(f"warnings: {len(report.warnings)}")
        if report.excluded:
            self.stdout.write(f"left out by the mapping: {len(report.excluded)}")
        if report.emptied:
            self.stdout.write(f"cells left empty by the mapping: {len(report.emptied)}")
        if report.created:
            created = ", ".join(
                f"{count} × {model._meta.verbose_name}" for model, count in report.created.items()
            )
            self.stdout.write(f"created by the mapping: {created}")
        if options["verbosity"] > 1:
            for error in (*report.excluded, *report.emptied):
                self.stdout.write(describe(error))
        for error in (*report.warnings, *report.errors):
            self.stderr.write(describe(error))
        if not report.written:
            self.stdout.write(
                _("Nothing was written.")
                if report.errors or not options["dry_run"]
                else _("Dry run: nothing was written.")
            )


def describe(error: imports.RowError) -> str:
    """`row 12, amount, “1.234,50”: …`"""
    where = [f"row {error.row}"] if error.row else []
    where += [error.column] if error.column else []
    where += [f"“{truncate_for_display(error.value)}”"] if error.value else []
    return ", ".join(where) + (f": {error.reason}" if error.reason else "")
