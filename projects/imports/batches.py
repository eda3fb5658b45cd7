"""A file from being brought in to being written, and back: what the pages, the worker and the
commands have in common.

Each step is one function and leaves the batch in a state that says what may come
next. What is written is exactly what the preview showed, or nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Collection
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _

from projects import review, serializers
from projects.accounts import audit_log
from projects.filters import ProjectFilterSet
from projects.models import Basis, BatchState, ImportBatch, ImportRow, Project, RowStatus, chunking
from projects.models.chunking import WRITTEN_AT_ONCE
from projects.models.import_batch import OPEN, WAITING
from projects.spreadsheets.reading import FileError, Table, read
from projects.totals import totals

from . import preview as planning
from . import workers
from .column_matching import recognised, suggest
from .lookup import Finder
from .mapping import Mapping, MappingError, mapping_of
from .rows import text_of
from .validate import Checked, Checker
from .warnings import note_doubts
from .write import Keep, write

# What takes no longer than a person waits is done at once.
AT_ONCE = 500

_SURROGATE = re.compile("[\ud800-\udfff]")


class BatchError(Exception):
    """Why a step cannot be taken, as a sentence."""


def receive(
    content: bytes, file_name: str, noun: str, *, user: Any = None, sheet: str = ""
) -> ImportBatch:
    """Keep a file that was brought in, with the mapping that it seems to need.

    The mapping is that of the last written file with the same headings, or else
    what the headings' words suggest. A file that cannot be read is kept as well,
    with the reason.
    """
    return _receive(content, file_name, noun, user=user, sheet=sheet)[0]


def receive_mapped(
    content: bytes,
    file_name: str,
    noun: str,
    mapping: Mapping,
    *,
    user: Any = None,
    sheet: str = "",
) -> ImportBatch:
    """Keep a file as `receive` does, and have it checked by this mapping; a small one at once.

    Raises BatchError for a mapping that does not fit the file, which is then given up.
    """
    batch, table = _receive(content, file_name, noun, user=user, sheet=sheet)
    if table is not None:
        try:
            map_columns(batch, mapping, table=table)
        except BatchError:
            cancel(batch)
            raise
        work_at_once(batch, table)
    return batch


def _receive(
    content: bytes, file_name: str, noun: str, *, user: Any, sheet: str
) -> tuple[ImportBatch, Table | None]:
    """The batch, and the table in its file; None where it cannot be read."""
    batch = ImportBatch(
        user=user,
        noun=noun,
        file_name=file_name[-255:],
        sha256=hashlib.sha256(content).hexdigest(),
        size=len(content),
        content=content,
        sheet=sheet,
    )
    table = None
    try:
        table = table_of(batch)
    except FileError as error:
        batch.state, batch.message, batch.content = BatchState.UNREADABLE, str(error), b""
    else:
        batch.total = len(table.rows)
        batch.headings_digest = _headings_digest(noun, table)
        batch.mapping = _mapping_for(batch, table).as_data()
    batch.save()
    return batch, table


def kept(
    content: bytes, file_name: str, noun: str, mapping: Mapping | None, *, sheet: str = ""
) -> Keep:
    """What keeps a file that a command writes, so that it can be taken back like any other.

    A file that changes nothing is not kept.
    """

    def keep(checked: Checked, finder: Finder, checker: Checker) -> None:
        batch = ImportBatch(
            user=review.person(finder.user),
            noun=noun,
            file_name=file_name[-255:],
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
            content=b"",
            sheet=sheet,
            mapping=(mapping or checker.mapping).as_data(),
            state=BatchState.WRITTEN,
            written_at=timezone.now(),
        )
        rows = planning.rows_of(batch, checked, finder, checker)
        batch.counts = planning.counts_of(rows)
        batch.total = sum(row.fate != RowStatus.MADE for row in rows)
        if any(batch.counts[fate] for fate in (RowStatus.NEW, RowStatus.CHANGED, RowStatus.MADE)):
            batch.save()
            ImportRow.objects.bulk_create(rows, batch_size=WRITTEN_AT_ONCE)
            _keep_written(batch, checked, finder)

    return keep


def table_of(batch: ImportBatch) -> Table:
    """The table in a batch's file. Raises FileError."""

    def score(cells: Collection[str]) -> int:
        return recognised(batch.noun, cells)

    table = read(bytes(batch.content), known=score, sheet=batch.sheet or None)
    if table.is_json:
        _refuse_what_is_no_text(table)
    return table


def _refuse_what_is_no_text(table: Table) -> None:
    """JSON can spell a null character and half a surrogate pair, which no database holds."""
    for row in table.rows:
        text = "".join([*row.cells, *map(text_of, row.cells.values())])
        if "\x00" in text or _SURROGATE.search(text):
            raise FileError(
                _("Record %(number)s holds what is no character: take it out of its texts.")
                % {"number": row.number}
            )


def _headings_digest(noun: str, table: Table) -> str:
    shape = "\n".join([noun, *sorted(table.headings)])
    return hashlib.sha256(shape.encode()).hexdigest()


def _mapping_for(batch: ImportBatch, table: Table) -> Mapping:
    written = ImportBatch.objects.filter(
        headings_digest=batch.headings_digest, noun=batch.noun, state=BatchState.WRITTEN
    )
    remembered = written.without_content().order_by("-pk").first()
    if remembered is not None:
        return _mapping_of(remembered)
    return suggest(batch.noun, table).mapping


def _mapping_of(batch: ImportBatch) -> Mapping:
    return mapping_of(batch.mapping, list(serializers.BY_NOUN))


def map_columns(
    batch: ImportBatch,
    mapping: Mapping,
    decisions: dict[str, str] | None = None,
    *,
    table: Table | None = None,
) -> Table:
    """Take a mapping and have the file checked by it; returns the table in the file.

    `table`: the same, where it has been read already. Raises BatchError and FileError.
    """
    table = table or table_of(batch)
    batch.mapping = mapping.as_data()
    known = mapping.headings
    if left := [heading for heading in table.headings if heading not in known]:
        raise BatchError(
            _("Say what these columns mean, or that they are ignored: %(headings)s.")
            % {"headings": ", ".join(left)}
        )
    _move(
        batch,
        OPEN,
        BatchState.QUEUED,
        mapping=batch.mapping,
        decisions=batch.decisions if decisions is None else decisions,
        message="",
        plan="",
    )
    return table


def decide(batch: ImportBatch, decisions: dict[str, str]) -> Table:
    """Take what a person says of names that are like others, and have the file checked anew.

    By the key of `undecided`: a code, or `new`. Returns and raises what `map_columns` does.
    """
    return map_columns(batch, _mapping_of(batch), {**batch.decisions, **decisions})


def approve(batch: ImportBatch, *, partial: bool = False) -> None:
    """Have what the preview showed written; the second time has no effect. Raises BatchError."""
    if batch.counts.get(RowStatus.REFUSED) and not partial:
        raise BatchError(
            _("Rows are refused: mend them, or ask for the good rows alone by explicit wish.")
        )
    _move(batch, [BatchState.PREVIEWED], BatchState.APPROVED, partial=partial)


def cancel(batch: ImportBatch) -> None:
    """Give a file up before it is written. Raises BatchError where it is too late."""
    _move(batch, OPEN, BatchState.CANCELLED, content=b"")
    batch.rows.all().delete()


def _move(batch: ImportBatch, states: Any, to: BatchState, **columns: Any) -> None:
    """From one of `states` into another, unless somebody was faster. Raises BatchError."""
    columns = {"beat_at": timezone.now()} | columns
    changed = ImportBatch.objects.filter(pk=batch.pk, state__in=list(states)).update(
        state=to, **columns
    )
    batch.refresh_from_db()
    if not changed:
        raise BatchError(
            _("This cannot be done now. The state of the file: %(state)s.")
            % {"state": batch.get_state_display()}
        )


# --- Work ----------------------------------------------------------------------


def work_at_once(batch: ImportBatch, table: Table | None = None) -> None:
    """Do what a file of few rows waits for; a larger one waits for a worker."""
    if batch.total <= AT_ONCE:
        work_on(batch, table)


def work_on(batch: ImportBatch, table: Table | None = None) -> bool:
    """Do what a batch waits for; False where it waits for nothing or another was faster.

    `table`: that in the file, where it has been read already. Raises nothing for
    what is wrong with the file: the batch says it.
    """
    to = WAITING.get(BatchState(batch.state))
    if to is None:
        return False
    try:
        _move(batch, [batch.state], to, worker=workers.me(), done=0)
    except BatchError:
        return False
    try:
        if to == BatchState.CHECKING:
            preview(batch, table)
        else:
            commit(batch, table)
    except (FileError, MappingError, BatchError) as error:
        _finish(batch, BatchState.UNREADABLE, message=str(error))
    except BaseException:
        _finish(batch, BatchState.INTERRUPTED)
        raise
    return True


def _finish(batch: ImportBatch, state: BatchState, **columns: Any) -> bool:
    """Leave a batch in a state; False where somebody has taken it out of our hands meanwhile."""
    held = ImportBatch.objects.filter(pk=batch.pk, state=batch.state, worker=batch.worker)
    finished = held.update(state=state, worker="", **columns)
    batch.refresh_from_db()
    return bool(finished)


class CancelledError(Exception):
    """Somebody gave the file up while it was being checked."""


def _progress(batch: ImportBatch) -> Callable[[int, int], None]:
    def report(done: int, total: int) -> None:
        still = ImportBatch.objects.filter(pk=batch.pk, state=BatchState.CHECKING).update(
            done=done, total=total, beat_at=timezone.now()
        )
        if not still:
            raise CancelledError

    return report


def _checked(
    batch: ImportBatch, table: Table, report: Any = None
) -> tuple[Checked, Finder, Checker]:
    mapping = _mapping_of(batch).of_file(table.headings)
    finder = Finder(batch.user, {**mapping.decisions, **batch.decisions})
    checker = Checker(batch.noun, mapping, finder)
    return checker.check(table, report), finder, checker


def preview(batch: ImportBatch, table: Table | None = None) -> None:
    """Check a file and keep what it would do, row by row, with the sums before and after."""
    report = _progress(batch) if batch.state == BatchState.CHECKING else None
    try:
        checked, finder, checker = _checked(batch, table or table_of(batch), report)
    except CancelledError:
        return
    note_doubts(checked, finder.user, checker)
    before = sums(finder.user)
    with transaction.atomic():
        write(checked, finder, checker.mapping, as_accepted=True)
        after = sums(finder.user)
        transaction.set_rollback(True)
    rows = planning.rows_of(batch, checked, finder, checker)
    with transaction.atomic():
        batch.rows.all().delete()
        ImportRow.objects.bulk_create(rows)
        finished = _finish(
            batch,
            BatchState.PREVIEWED,
            counts=planning.counts_of(rows),
            sums={"before": before, "after": after},
            undecided=[
                {
                    "key": one.key,
                    "name": one.name,
                    "alike": [
                        [code, score, finder.label(one.model, code)] for code, score in one.alike
                    ],
                }
                for one in finder.undecided.values()
            ],
            plan=planning.digest_of(rows),
        )
        if not finished:
            transaction.set_rollback(True)


def commit(batch: ImportBatch, table: Table | None = None) -> None:
    """Write what the preview showed, in one transaction; or, if the register has changed since,
    show the new preview and write nothing."""
    table = table or table_of(batch)
    checked, finder, checker = _checked(batch, table)
    with transaction.atomic():
        write(checked, finder, checker.mapping, batch)
        # What only the database refuses is known by now, as it was in the preview.
        rows = planning.rows_of(batch, checked, finder, checker)
        if planning.digest_of(rows) == batch.plan:
            _keep_written(batch, checked, finder)
            # The rows that were refused are still to be mended.
            content = {} if batch.counts.get(RowStatus.REFUSED) else {"content": b""}
            if not _finish(batch, BatchState.WRITTEN, written_at=timezone.now(), **content):
                # Given up, or mapped anew, in the last moment: then nothing is written.
                transaction.set_rollback(True)
                return
            audit_log.log(
                audit_log.Action.IMPORTED,
                user=batch.user,
                subject=f"import/{batch.pk}",
                noun=batch.noun,
                file=batch.file_name,
                **batch.counts,
            )
            return
        transaction.set_rollback(True)
    preview(batch, table)
    message = _("The register changed meanwhile, so nothing was written: look at it once more.")
    ImportBatch.objects.filter(pk=batch.pk).update(message=message)
    batch.refresh_from_db()


def _keep_written(batch: ImportBatch, checked: Checked, finder: Finder) -> None:
    """Note which record each row has become, and in which version it was left."""
    by_row = {one.row: one.record for one in checked.candidates}
    made = {f"{code}: {record}"[:600]: record for (_m, code), (record, _l) in finder.made.items()}
    changed = []
    for row in batch.rows.filter(fate__in=[RowStatus.NEW, RowStatus.CHANGED, RowStatus.MADE]):
        record = made.get(row.key) if row.fate == RowStatus.MADE else by_row.get(row.number)
        if record is not None and record.pk is not None:
            row.record_id, row.version_after = record.pk, record.version
            changed.append(row)
    for some in chunking.batches(changed):
        ImportRow.objects.bulk_update(some, ["record_id", "version_after"])


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
