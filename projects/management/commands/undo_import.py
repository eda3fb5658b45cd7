from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from projects.imports import batches, undo
from projects.models import ImportBatch


class Command(BaseCommand):
    help = (
        "Undo a written import: its records become what they were before, except for those "
        "edited since, which are listed. Without a number, list the last imports."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("number", nargs="?", type=int, help="the number of the import")

    def handle(self, *args: Any, number: int | None, **options: Any) -> None:
        imports = ImportBatch.objects.without_content()
        if number is None:
            for batch in imports.order_by("-pk")[:20]:
                self.stdout.write(f"{batch.pk}: {batch}, {batch.created_at:%Y-%m-%d %H:%M}")
            return
        batch = imports.filter(pk=number).first()
        if batch is None:
            raise CommandError(_("There is no import with the number %(n)s.") % {"n": number})
        try:
            result = undo.undo(batch)
        except batches.BatchError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(_("Undone: %(count)s records.") % {"count": result.count})
        for row, key, reason in result.kept:
            self.stdout.write(_("Kept: row %(row)s, %(key)s. ") % {"row": row, "key": key} + reason)
