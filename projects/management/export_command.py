"""The base of the export commands."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any

from django.core.management.base import BaseCommand, CommandError
from django.http import QueryDict
from django.utils.translation import gettext

from projects import exports
from projects.accounts import audit_log
from projects.spreadsheets.writing import SheetFullError


class ExportCommand(BaseCommand):
    """Exports the public records of a model; invalid filters write nothing."""

    export: exports.Export

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--format", required=True, choices=exports.CONTENT_TYPES)
        parser.add_argument(
            "--filter",
            default="",
            metavar="FILTER",
            help="which records, as in the address of the list: 'area=kashi&stage=signed'",
        )
        parser.add_argument(
            "--output", metavar="FILE", help="write to this file, replacing it atomically"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        query = QueryDict(options["filter"].removeprefix("?"))
        filterset = self.export.filterset(query, None)
        if refusals := self.export.refusals(filterset):
            raise CommandError("\n".join(refusals))
        form = options["format"]
        audit_log.log(
            audit_log.Action.EXPORTED,
            subject=f"{self.export.name}/export.{form}",
            filters=audit_log.safe_query(query),
        )
        try:
            if options["output"]:
                with replacing(Path(options["output"])) as file:
                    self.export.write(filterset, form, file)
            else:
                self.print_out(filterset, form)
        except SheetFullError as error:
            raise CommandError(gettext(error.message) % error.params) from None

    def print_out(self, filterset: Any, form: str) -> None:
        # Bypass the wrapper, which only writes text and adds line ends.
        out = self.stdout._out
        file = getattr(out, "buffer", None)
        try:
            if form != "xlsx":
                for piece in self.export.chunks(filterset, form):
                    file.write(piece) if file else out.write(piece.decode())
            elif file is None or out.isatty():
                raise CommandError(gettext("XLSX cannot be printed: give a file with --output."))
            else:
                # A workbook is not written sequentially.
                with TemporaryFile() as workbook:
                    self.export.xlsx(filterset, workbook)
                    workbook.seek(0)
                    shutil.copyfileobj(workbook, file)
            out.flush()
        except BrokenPipeError:
            # The reader, such as `head`, has closed the pipe; without this, the rest would
            # be flushed, and fail again, at exit.
            os.dup2(os.open(os.devnull, os.O_WRONLY), out.fileno())


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """A new file that replaces `path` once it is complete. Raises CommandError on failure."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with part.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError as error:
        raise CommandError(
            gettext("“%(path)s” cannot be written: %(reason)s.")
            % {"path": path, "reason": error.strerror or error}
        ) from None
    finally:
        with suppress(OSError):
            part.unlink()
