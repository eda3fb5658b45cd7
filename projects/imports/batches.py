"""The steps of a file from its upload to being written; pages, worker and commands share them.

Each step is one function and leaves the batch in a state that says what may come
next. What is written is exactly what the preview showed, or nothing.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection
from typing import Any

from django.utils.translation import gettext as _

from projects.models import BatchState, ImportBatch, RowStatus
from projects.models.import_batch import OPEN, WAITING
from projects.spreadsheets.reading import FileError, Table, read

from . import workers
from .batch_state import BatchError, finish, move, new_batch
from .column_matching import recognised, suggest
from .commit import commit
from .mapping import Mapping, MappingError, mapping_of
from .preview import make_preview
from .rows import text_of

# Files of at most so many rows are checked and written within the request.
AT_ONCE = 500

_SURROGATE = re.compile("[\ud800-\udfff]")


def receive(
    content: bytes, file_name: str, model_name: str, *, user: Any = None, sheet: str = ""
) -> ImportBatch:
    """Store an uploaded file with a suggested mapping.

    The mapping is that of the last written file with the same headings, or else
    suggested by the headings. A file that cannot be read is recorded as well,
    with the reason.
    """
    return _receive(content, file_name, model_name, user=user, sheet=sheet)[0]


def receive_mapped(
    content: bytes,
    file_name: str,
    model_name: str,
    mapping: Mapping,
    *,
    user: Any = None,
    sheet: str = "",
) -> ImportBatch:
    """Store a file as `receive` does, and queue it with this mapping; check a small one at once.

    Raises BatchError for a mapping that does not fit the file; the import is then cancelled.
    """
    batch, table = _receive(content, file_name, model_name, user=user, sheet=sheet)
    if table is not None:
        try:
            map_columns(batch, mapping, table=table)
        except BatchError:
            cancel(batch)
            raise
        work_at_once(batch, table)
    return batch


def _receive(
    content: bytes, file_name: str, model_name: str, *, user: Any, sheet: str
) -> tuple[ImportBatch, Table | None]:
    """The batch, and the table in its file; None where it cannot be read."""
    batch = new_batch(
        content, file_name, user=user, model_name=model_name, content=content, sheet=sheet
    )
    table = None
    try:
        table = table_of(batch)
    except FileError as error:
        batch.state, batch.message, batch.content = BatchState.UNREADABLE, str(error), b""
    else:
        batch.total = len(table.rows)
        batch.headings_digest = _headings_digest(model_name, table)
        batch.mapping = _mapping_for(batch, table).as_data()
    batch.save()
    return batch, table


def table_of(batch: ImportBatch) -> Table:
    """The table in a batch's file. Raises FileError."""

    def score(cells: Collection[str]) -> int:
        return recognised(batch.model_name, cells)

    table = read(bytes(batch.content), known=score, sheet=batch.sheet or None)
    if table.is_json:
        _refuse_invalid_characters(table)
    return table


def _refuse_invalid_characters(table: Table) -> None:
    """Raise FileError for null characters and lone surrogates: JSON has them, databases do not."""
    for row in table.rows:
        text = "".join([*row.cells, *map(text_of, row.cells.values())])
        if "\x00" in text or _SURROGATE.search(text):
            raise FileError(
                _("Record %(number)s contains invalid characters: remove them from its texts.")
                % {"number": row.number}
            )


def _headings_digest(model_name: str, table: Table) -> str:
    shape = "\n".join([model_name, *sorted(table.headings)])
    return hashlib.sha256(shape.encode()).hexdigest()


def _mapping_for(batch: ImportBatch, table: Table) -> Mapping:
    written = ImportBatch.objects.filter(
        headings_digest=batch.headings_digest, model_name=batch.model_name, state=BatchState.WRITTEN
    )
    remembered = written.without_content().order_by("-pk").first()
    if remembered is not None:
        return _mapping_of(remembered)
    return suggest(batch.model_name, table).mapping


def _mapping_of(batch: ImportBatch) -> Mapping:
    return mapping_of(batch.mapping)


def map_columns(
    batch: ImportBatch,
    mapping: Mapping,
    decisions: dict[str, str] | None = None,
    *,
    table: Table | None = None,
) -> Table:
    """Set the mapping and queue the file to be checked; returns the table in the file.

    `table`: the same, if it has been read already. Raises BatchError and FileError.
    """
    table = table or table_of(batch)
    batch.mapping = mapping.as_data()
    known = mapping.headings
    if left := [heading for heading in table.headings if heading not in known]:
        raise BatchError(
            _("Choose a field for these columns, or ignore them: %(headings)s.")
            % {"headings": ", ".join(left)}
        )
    move(
        batch,
        OPEN,
        BatchState.QUEUED,
        mapping=batch.mapping,
        decisions=batch.decisions if decisions is None else decisions,
        message="",
        preview_digest="",
    )
    return table


def decide(batch: ImportBatch, decisions: dict[str, str]) -> Table:
    """Add decisions about similar names, and queue the file to be checked again.

    `decisions`: by the key of `undecided`, a code or `new`. Returns and raises what
    `map_columns` does.
    """
    return map_columns(batch, _mapping_of(batch), {**batch.decisions, **decisions})


def approve(batch: ImportBatch, *, partial: bool = False) -> None:
    """Queue what the preview showed to be written. Raises BatchError, also the second time."""
    if batch.counts.get(RowStatus.REFUSED) and not partial:
        raise BatchError(
            _("Some rows are refused. Correct them, or choose to write the valid rows only.")
        )
    move(batch, [BatchState.PREVIEWED], BatchState.APPROVED, partial=partial)


def cancel(batch: ImportBatch) -> None:
    """Cancel an import before it is written. Raises BatchError if it is too late."""
    move(batch, OPEN, BatchState.CANCELLED, content=b"")
    batch.rows.all().delete()


# --- Work ----------------------------------------------------------------------


def work_at_once(batch: ImportBatch, table: Table | None = None) -> None:
    """Check or write a small file now; a larger one waits for a worker."""
    if batch.total <= AT_ONCE:
        work_on(batch, table)


def work_on(batch: ImportBatch, table: Table | None = None) -> bool:
    """Check or write a batch that waits for it; False if it does not, or another worker has it.

    `table`: the table in the file, if it has been read already. Errors of the file
    are not raised, but kept in the batch.
    """
    to = WAITING.get(BatchState(batch.state))
    if to is None:
        return False
    try:
        move(batch, [batch.state], to, worker=workers.worker_name(), done=0)
    except BatchError:
        return False
    step = make_preview if to == BatchState.CHECKING else commit
    try:
        step(batch, table or table_of(batch))
    except (FileError, MappingError, BatchError) as error:
        finish(batch, BatchState.UNREADABLE, message=str(error))
    except BaseException:
        finish(batch, BatchState.INTERRUPTED)
        raise
    return True
