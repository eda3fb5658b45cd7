"""Write what the preview of a file showed, or nothing; and keep what became of each row."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils import timezone

from projects import review
from projects.accounts import audit_log
from projects.history import anything_changed
from projects.models import BatchState, ImportBatch, ImportRow, RowStatus
from projects.models.chunking import WRITTEN_AT_ONCE
from projects.spreadsheets.reading import Table

from . import preview
from .batch_state import finish, new_batch
from .lookup import RecordLookup
from .mapping import Mapping
from .pipeline import CheckedFile, OnWritten, Pipeline
from .publish import WRITTEN_STATUSES


def commit(batch: ImportBatch, table: Table) -> None:
    """Write what the preview showed, in one transaction.

    If the register has changed since, nothing is written and a new preview is made.
    """
    pipeline, checked = preview.check(batch, table)
    with transaction.atomic():
        checked, _written = pipeline.write(checked, batch)
        # What only the database refuses is known by now, as it was in the preview.
        rows = preview.rows_of(batch, checked, pipeline)
        if preview.digest_of(rows) == batch.preview_digest:
            _finish(batch, checked, pipeline.lookup)
            return
        transaction.set_rollback(True)
    preview.make_preview(batch, table)
    ImportBatch.objects.filter(pk=batch.pk).update(message=anything_changed())
    batch.refresh_from_db()


def _finish(batch: ImportBatch, checked: CheckedFile, lookup: RecordLookup) -> None:
    """Mark a batch as written; undo everything if it was cancelled or mapped again meanwhile."""
    keep_versions(batch, checked, lookup)
    # The file is needed as long as refused rows may be corrected.
    content = {} if batch.counts.get(RowStatus.REFUSED) else {"content": b""}
    if not finish(batch, BatchState.WRITTEN, written_at=timezone.now(), **content):
        transaction.set_rollback(True)
        return
    audit_log.log(
        audit_log.Action.IMPORTED,
        user=batch.user,
        subject=f"import/{batch.pk}",
        model_name=batch.model_name,
        file=batch.file_name,
        **batch.counts,
    )


def keep_versions(batch: ImportBatch, checked: CheckedFile, lookup: RecordLookup) -> None:
    """Keep which record each row has become, and the version in which it was written."""
    written = with_versions(batch.rows.filter(status__in=WRITTEN_STATUSES), checked, lookup)
    # Much faster than bulk_update(), which makes a case of each row and field.
    ImportRow.objects.bulk_create(
        written,
        batch_size=WRITTEN_AT_ONCE,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["record_id", "version_after"],
    )


def with_versions(
    rows: Iterable[ImportRow], checked: CheckedFile, lookup: RecordLookup
) -> list[ImportRow]:
    """Those of `rows` whose records were written, with their keys and versions; not saved."""
    by_row = {row.number: row.record for row in checked.rows}
    created = {preview.key_of(record): record for record, _links in lookup.created.values()}
    written = []
    for row in rows:
        is_created = row.status == RowStatus.MADE
        record = created.get(row.key) if is_created else by_row.get(row.number)
        if row.status in WRITTEN_STATUSES and record is not None and record.pk is not None:
            row.record_id, row.version_after = record.pk, record.version
            written.append(row)
    return written


def keeper(
    content: bytes, file_name: str, model_name: str, mapping: Mapping | None, *, sheet: str = ""
) -> OnWritten:
    """A function that records the import of a command, so that it can be undone like any other.

    An import that changes nothing is not recorded.
    """

    def keep(checked: CheckedFile, pipeline: Pipeline) -> None:
        batch = new_batch(
            content,
            file_name,
            user=review.user_or_none(pipeline.lookup.user),
            model_name=model_name,
            content=b"",
            sheet=sheet,
            mapping=(mapping or pipeline.mapping).as_data(),
            state=BatchState.WRITTEN,
            written_at=timezone.now(),
        )
        rows = preview.rows_of(batch, checked, pipeline)
        batch.counts = preview.counts_of(rows)
        batch.total = sum(row.status != RowStatus.MADE for row in rows)
        if any(batch.counts[status] for status in WRITTEN_STATUSES):
            batch.save()
            with_versions(rows, checked, pipeline.lookup)
            ImportRow.objects.bulk_create(rows, batch_size=WRITTEN_AT_ONCE)

    return keep
