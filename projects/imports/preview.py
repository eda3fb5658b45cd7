"""The preview of a file: what writing it would change, row by row, with totals before and after.

The digest of the rows is kept: what is written later must have the same digest, or
the preview is made again.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from rapidfuzz import process

from projects import names
from projects.filters import ProjectFilterSet
from projects.models import WRITABLE, Basis, BatchState, ImportBatch, ImportRow, Project, RowStatus
from projects.spreadsheets.reading import Table
from projects.totals import totals

from .batch_state import finish
from .lookup import RecordLookup, referred
from .mapping import Column, mapping_of
from .pipeline import CheckedFile, Pipeline, Progress
from .rows import RowError

# From this similarity on, of 100, a valid value is suggested.
_SIMILAR = 60


class CancelledError(Exception):
    """The file was cancelled while it was being checked."""


def make_preview(batch: ImportBatch, table: Table) -> None:
    """Check a file and keep what it would change, with the totals before and after."""
    try:
        pipeline, checked = check(batch, table, _progress_of(batch))
    except CancelledError:
        return
    checked = pipeline.add_warnings(checked)
    user = pipeline.lookup.user
    before = sums(user)
    with transaction.atomic():
        checked, _written = pipeline.write(checked, as_accepted=True)
        after = sums(user)
        transaction.set_rollback(True)
    rows = rows_of(batch, checked, pipeline)
    with transaction.atomic():
        batch.rows.all().delete()
        ImportRow.objects.bulk_create(rows)
        finished = finish(
            batch,
            BatchState.PREVIEWED,
            counts=counts_of(rows),
            sums={"before": before, "after": after},
            undecided=_undecided(pipeline.lookup),
            preview_digest=digest_of(rows),
        )
        if not finished:
            transaction.set_rollback(True)


def check(
    batch: ImportBatch, table: Table, progress: Progress | None = None
) -> tuple[Pipeline, CheckedFile]:
    """Check the file of a batch by its mapping and decisions, as its user."""
    mapping = mapping_of(batch.mapping).of_file(table.headings)
    lookup = RecordLookup(batch.user, {**mapping.decisions, **batch.decisions})
    pipeline = Pipeline(batch.model_name, mapping, lookup)
    return pipeline, pipeline.check(table, progress)


def _progress_of(batch: ImportBatch) -> Progress | None:
    """Keeps how far the check of a batch is. Raises CancelledError once it was cancelled."""
    if batch.state != BatchState.CHECKING:
        return None

    def report(done: int, total: int) -> None:
        checking = ImportBatch.objects.filter(pk=batch.pk, state=BatchState.CHECKING)
        if not checking.update(done=done, total=total, heartbeat_at=timezone.now()):
            raise CancelledError

    return report


def _undecided(lookup: RecordLookup) -> list[dict[str, Any]]:
    """The names that a person must decide about, with the records that they may be of."""
    return [
        {
            "key": one.key,
            "name": one.name,
            "alike": [[code, score, lookup.label(one.model, code)] for code, score in one.similar],
        }
        for one in lookup.undecided.values()
    ]


# --- Totals --------------------------------------------------------------------


def sums(user: Any) -> dict[str, str]:
    """The contracted totals by sector as `user` sees them, drafts and all, as texts by the
    sector's code ("" where not stated)."""
    filterset = ProjectFilterSet(QueryDict(), Project.objects.visible_to(user), user=user)
    table = totals.totals(filterset, ["sector"], Basis.CONTRACTED)
    found = {row.keys["sector"] or "": f"{row.amount:.2f}" for row in table.rows}
    return {**found, "total": f"{table.total.amount:.2f}"}


def differences(batch: ImportBatch) -> list[tuple[str, Decimal, Decimal]]:
    """Sector, sum before and sum after, where they differ; the total last."""
    before, after = batch.sums.get("before", {}), batch.sums.get("after", {})
    keys = [*sorted({*before, *after} - {"total"}), "total"]
    return [
        (key, Decimal(before.get(key, "0")), Decimal(after.get(key, "0")))
        for key in keys
        if key == "total" or before.get(key, "0.00") != after.get(key, "0.00")
    ]


# --- Rows ----------------------------------------------------------------------


def rows_of(batch: ImportBatch, checked: CheckedFile, pipeline: Pipeline) -> list[ImportRow]:
    """A row for each row of the file and for each record that is created for it, unsaved."""
    row_of = partial(ImportRow, batch=batch, model_name=batch.model_name)
    rows = [
        *_created(batch, checked, pipeline.lookup),
        *_validated(row_of, checked),
        *_refused(row_of, checked, pipeline),
    ]
    for one in checked.excluded:
        errors = [[one.column, one.value, one.reason, ""]]
        rows.append(row_of(number=one.row, status=RowStatus.LEFT_OUT, errors=errors))
    for footer in checked.footers:
        counts = ["", "", str(footer.undisclosed), str(footer.refused)]
        rows.append(
            row_of(
                number=footer.row,
                status=RowStatus.FOOTER,
                key=footer.text[:600],
                changes=[["amount", _amount(footer.stated), _amount(footer.computed)]],
                errors=[counts] if footer.differs else [],
            )
        )
    return sorted(rows, key=lambda row: row.number)


def _created(batch: ImportBatch, checked: CheckedFile, lookup: RecordLookup) -> Iterator[ImportRow]:
    wanted = {key for row in checked.rows for key in row.created}
    for (model, code), (record, _links) in lookup.created.items():
        if (model, code) in wanted:
            yield ImportRow(
                batch=batch,
                model_name=model._meta.model_name,
                number=0,
                status=RowStatus.MADE,
                key=key_of(record),
                changes=[["code", "", code], ["name", "", str(record)]],
            )


def _validated(row_of: Callable[..., ImportRow], checked: CheckedFile) -> Iterator[ImportRow]:
    warnings: dict[int, list[list[str]]] = defaultdict(list)
    for one in checked.warnings:
        warnings[one.row].append([one.column, one.value, one.reason, ""])
    for row in checked.rows:
        is_changed = row.status != RowStatus.UNCHANGED
        yield row_of(
            number=row.number,
            status=row.status,
            key=key_of(row.record),
            record_id=row.record.pk if row.version is not None else None,
            version_before=row.version,
            changes=[list(change) for change in row.changes] if is_changed else [],
            warnings=warnings.get(row.number, []) if row.status in WRITABLE else [],
        )


def key_of(record: Any) -> str:
    """The code and name of a record, as its row keeps them."""
    code = getattr(record, "code", "")
    return f"{code}: {record}"[:600] if code else str(record)[:600]


def _refused(
    row_of: Callable[..., ImportRow], checked: CheckedFile, pipeline: Pipeline
) -> Iterator[ImportRow]:
    by_row: dict[int, list[list[str]]] = defaultdict(list)
    for error in checked.errors:
        nearest = nearest_value(pipeline, error)
        by_row[error.row].append([error.column, error.value, error.reason, nearest])
    for number, errors in by_row.items():
        yield row_of(number=number, status=RowStatus.REFUSED, errors=errors)


def _amount(amount: Decimal | None) -> str:
    return "" if amount is None else f"{amount:.2f}"


def nearest_value(pipeline: Pipeline, error: RowError) -> str:
    """The valid value that is most similar to a refused one; empty where none is."""
    column = pipeline.mapping.columns.get(error.column)
    if column is None or not error.value:
        return ""
    possible = _possible_values(pipeline, column)
    found = process.extractOne(error.value, possible, score_cutoff=_SIMILAR) if possible else None
    # A name that several records have is its own nearest.
    return found[0] if found and found[0] != names.normalise(error.value) else ""


def _possible_values(pipeline: Pipeline, column: Column) -> Collection[str]:
    """What a cell of a column may hold, as far as that can be listed."""
    if column.values:
        return column.values
    field = pipeline.serializer.fields.get(column.field)
    model = referred(field) if field is not None else None
    if model is not None:
        return pipeline.lookup.all_names(model)
    return list(getattr(field, "choices", None) or ())


def digest_of(rows: Iterable[ImportRow]) -> str:
    """A digest of the rows, with their statuses and versions.

    Warnings are not part of it: they depend on other records, and change nothing.
    """
    digest = hashlib.sha256()
    for row in rows:
        shown = [row.number, row.status, row.key, row.version_before, row.changes, row.errors]
        digest.update(json.dumps(shown, ensure_ascii=False).encode())
    return digest.hexdigest()


def counts_of(rows: Sequence[ImportRow]) -> dict[str, int]:
    found = Counter(row.status for row in rows)
    return {str(status): found[status] for status in RowStatus}
