"""Save many records of one model, with the guarantees of saving each."""

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

# From so many changed records on, PostgreSQL's statistics are refreshed.
MANY_RECORDS = 1_000
# The tables that are written with projects and receipts, and joined by totals.
ANALYZED = (Project, ProjectSector, ProjectConversion, Receipt, ReceiptConversion, Allocation)


def bulk_save(written: Sequence[Written]) -> int:
    """Save checked records of one model with their links; returns how many were new or changed.

    Each gets one row of history, or none if it has not changed. The records must
    have passed `check` (with `without_queries`). Raises IntegrityError where a
    constraint is violated, and ConflictError; then nothing is written. Related
    records must be saved, but may have been assigned before they were. About thirty
    queries for each 2,500 new records, and forty for as many existing ones.
    """
    affected: list[AffectedRows] = []
    added: list[Receipt] = []
    changed = 0
    new = [one for one in written if one[0].pk is None]
    existing = [one for one in written if one[0].pk is not None]
    with transaction.atomic():
        for group in (new, existing):
            for batch in batches(group, WRITTEN_AT_ONCE):
                records, before = _save(batch, new=group is new)
                changed += len(records)
                if records and not before and isinstance(records[0], Receipt):
                    added += records
                else:
                    affected += map(affected_rows, (*before, *records))
        # Once at the end: the rates of a year affect the same projects again and again.
        recompute(*affected)
        derived = {key for keys, _rates in affected for key in keys}
        recompute_new_receipts(receipt for receipt in added if receipt.project_id not in derived)
        if changed >= MANY_RECORDS:
            _refresh_statistics()
    return changed


def _refresh_statistics() -> None:
    """Run ANALYZE on the tables that have grown (PostgreSQL).

    Autovacuum does so only after a while. Until then the planner takes the tables for
    empty and joins them by nested loops, so that a total takes minutes.
    """
    if connection.vendor == "postgresql":
        tables = ", ".join(connection.ops.quote_name(model._meta.db_table) for model in ANALYZED)
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {tables}")


def _save(written: Sequence[Written], *, new: bool) -> tuple[list[Any], list[Any]]:
    """Write one batch; returns the records that changed, and their rows from before."""
    records = [record for record, _links in written]
    model = type(records[0])
    for record in records:
        if hasattr(record, "search_key"):
            record.search_key = record.make_search_key()
    before = []
    if new:
        if model is Enterprise and model.objects.formerly([one.code for one in records]).exists():
            # No constraint spans two tables. `full_clean` has the message.
            raise IntegrityError("a former code of an enterprise cannot be given to another")
        model._base_manager.bulk_create(records)
    else:
        before = _as_read(records)
        columns = [
            column.name
            for column in model._meta.concrete_fields
            if not column.primary_key and column.name not in ("created_at", "updated_at", "version")
        ]
        # They all exist and are locked, so none is inserted. `bulk_update` takes far longer,
        # as it builds a CASE expression over all rows for each column.
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
