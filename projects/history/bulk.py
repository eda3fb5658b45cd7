"""Many records of one noun in one write, with the promises of a single one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import IntegrityError, connection, transaction

from projects.conversion import recompute_new_receipts
from projects.models import (
    Allocation,
    Enterprise,
    Project,
    ProjectConversion,
    ProjectSector,
    Receipt,
    ReceiptConversion,
)
from projects.models.chunking import WRITTEN_AT_ONCE, batches

from .conflicts import ConflictError
from .links import Written, link
from .locking import lock
from .single import AffectedRows, affected_rows, recompute

# So many records at once make what a database knows of its tables worthless.
MANY_RECORDS = 1_000
# What is written with projects and receipts, and joined when they are summed.
GROWING = (Project, ProjectSector, ProjectConversion, Receipt, ReceiptConversion, Allocation)


def bulk_save(written: Sequence[Written]) -> int:
    """Save checked records of one model with their links; returns how many were new or changed.

    Each leaves one row of history, or none where nothing changed. The rules of
    the records themselves have been checked (`check` with `without_queries`); what
    the database forbids is an IntegrityError, and then nothing is written. What
    a record refers to needs its key by now, not when it was assigned. About
    thirty queries for each 2,500 new records, and forty for as many that are there.
    """
    reached: list[AffectedRows] = []
    added: list[Receipt] = []
    changed = 0
    new = [one for one in written if one[0].pk is None]
    standing = [one for one in written if one[0].pk is not None]
    with transaction.atomic():
        for group in (new, standing):
            for batch in batches(group, WRITTEN_AT_ONCE):
                records, before = _save(batch, new=group is new)
                changed += len(records)
                if records and not before and isinstance(records[0], Receipt):
                    added += records
                else:
                    reached += map(affected_rows, (*before, *records))
        # Once for all: a year of rates reaches the same projects again and again.
        recompute(*reached)
        derived = {key for keys, _rates in reached for key in keys}
        recompute_new_receipts(receipt for receipt in added if receipt.project_id not in derived)
        if changed >= MANY_RECORDS:
            _tell_planner()
    return changed


def _tell_planner() -> None:
    """Have PostgreSQL look at the tables that have just grown.

    It does so by itself only after a while. Until then it takes them for empty, and
    looks for each row of the one in the whole of the other: minutes for a total.
    """
    if connection.vendor == "postgresql":
        tables = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in GROWING)
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {tables}")


def _save(written: Sequence[Written], *, new: bool) -> tuple[list[Any], list[Any]]:
    """Write one batch; returns the records that changed, and those as they were before."""
    records = [record for record, _links in written]
    model = type(records[0])
    for record in records:
        if hasattr(record, "search_key"):
            record.search_key = record.make_search_key()
    before = []
    if new:
        if model is Enterprise and model.objects.formerly([one.code for one in records]).exists():
            # No constraint spans two tables; whoever asks the model gets its sentence.
            raise IntegrityError("a former code of an enterprise cannot be given to another")
        model._base_manager.bulk_create(records)
    else:
        before = _as_read(records)
        columns = [
            column.name
            for column in model._meta.concrete_fields
            if not column.primary_key and column.name not in ("created_at", "updated_at", "version")
        ]
        # They are all there and locked, so that none is inserted. `bulk_update` takes far
        # longer, as it tells the rows apart again for each column.
        model._base_manager.bulk_create(
            records, update_conflicts=True, update_fields=columns, unique_fields=["pk"]
        )
    link(written)
    changed = model.register_history.keep_many(records, new=new)
    keys = {record.pk for record in changed}
    return changed, [record for record in before if record.pk in keys]


def _as_read(records: Sequence[Any]) -> list[Any]:
    """These records' current rows, locked. Raises ConflictError if one was changed or deleted."""
    found = type(records[0])._base_manager.filter(pk__in=[record.pk for record in records])
    projects = [record.project_id for record in records if isinstance(record, Receipt)]
    before = lock(found, projects=projects)
    versions = {one.pk: one.version for one in before}
    for record in records:
        if versions.get(record.pk) != record.version:
            raise ConflictError(record)
    return before
