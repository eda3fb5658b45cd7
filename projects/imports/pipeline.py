"""The way of a file into the register, from top to bottom.

    table ─ column_matching ─ mapping     which field each column is
    row ─ rows ─ ParsedRow                cells to values, names to codes
        ─ match ─ MatchedRow              the record that the row is about
        ─ validate ─ ValidatedRow         the record as it is to be saved, or errors
    all rows ─ CheckedFile                footers compared, warnings added
        ─ preview                         what would change, row by row
        ─ write                           saved in one transaction, or nothing

Each stage takes the value of the one before and returns a new one. What the stages
share is `RecordLookup`: the records that were found, and the new ones that rows name.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Any

from django.db import transaction

from projects import serializers
from projects.models import ImportBatch, RowStatus
from projects.models.chunking import WRITTEN_AT_ONCE, batches
from projects.serializers.cells import headings
from projects.spreadsheets.reading import Row, Table

from . import footers
from .lookup import RecordLookup
from .mapping import Mapping
from .mapping_checks import check_mapping
from .match import Mode, RowMatcher
from .rows import RowError, RowParser
from .validate import ValidatedRow, Validator
from .warnings import amount_warnings
from .write import Written, write

# Called with the rows checked so far, and all rows.
Progress = Callable[[int, int], None]
# What a row of a file can become by itself.
STATUSES = (RowStatus.NEW, RowStatus.CHANGED, RowStatus.PROPOSED, RowStatus.UNCHANGED)


@dataclass(frozen=True)
class CheckedFile:
    """The result of checking a file: nothing is written.

    `rows`: those that can be written; `excluded`: rows that the mapping leaves
    out; `emptied`: cells that it leaves empty; `footers`: rows that sum others.
    """

    rows: tuple[ValidatedRow, ...] = ()
    errors: tuple[RowError, ...] = ()
    excluded: tuple[RowError, ...] = ()
    emptied: tuple[RowError, ...] = ()
    footers: tuple[footers.Footer, ...] = ()
    warnings: tuple[RowError, ...] = ()


@dataclass(frozen=True)
class Report(CheckedFile):
    """What was found in a file, and whether it was written.

    `counts`: rows by status; `created`: by model, how many records were created
    because rows or the mapping name them; `conflict`: whether rows were refused
    because of what others wrote meanwhile.
    """

    counts: AnyMapping[RowStatus, int] = field(default_factory=dict)
    created: AnyMapping[Any, int] = field(default_factory=dict)
    written: bool = False
    conflict: bool = False


class Pipeline:
    """The stages of one file's import. Used once."""

    def __init__(
        self, model_name: str, mapping: Mapping, lookup: RecordLookup, mode: Mode = Mode.UPSERT
    ) -> None:
        self.mapping = mapping
        self.lookup = lookup
        units = [one.unit for one in mapping.columns.values() if one.unit != 1]
        context = {"known": lookup.known, "unit": units[0] if units else 1}
        self.serializer = serializers.BY_MODEL_NAME[model_name](context=context)
        self.model = self.serializer.Meta.model
        self.parser = RowParser(self.serializer, mapping, lookup)
        self.matcher = RowMatcher(self.model, lookup, mode)
        self.validator = Validator(self.serializer, lookup, self.matcher.keys)

    def check(self, table: Table, progress: Progress | None = None) -> CheckedFile:
        """Check every row, and find all errors at once. About ten queries for 2,500 rows."""
        errors = check_mapping(table, self.mapping, self.serializer, self.lookup)
        if errors:
            # Every row would only repeat them.
            return CheckedFile(errors=tuple(errors))
        sums = {row.number: word for row in table.rows if (word := footers.footer_word(row))}
        parts = []
        done = 0
        for rows in batches(table.rows, WRITTEN_AT_ONCE):
            counted = [row for row in rows if row.number not in sums]
            parts.append(self._check_rows(counted, is_json=table.is_json))
            done += len(rows)
            if progress is not None:
                progress(done, len(table.rows))
        checked = CheckedFile(
            rows=_joined(part.rows for part in parts),
            errors=_joined(part.errors for part in parts),
            excluded=_joined(part.excluded for part in parts),
            emptied=_joined(part.emptied for part in parts),
        )
        compared = footers.compare(sums, table.rows, checked.rows, checked.errors, self.mapping)
        return replace(checked, footers=compared)

    def _check_rows(self, rows: Sequence[Row], *, is_json: bool) -> CheckedFile:
        parsed = [self.parser.parse(row, is_json=is_json) for row in rows]
        counted = [row for row in parsed if row.excluded is None]
        matched = self.matcher.match(counted, by_name=not is_json)
        validated = self.validator.validate(matched)
        return CheckedFile(
            rows=tuple(row for row in validated if not row.errors),
            errors=_joined(row.errors for row in validated),
            excluded=tuple(row.excluded for row in parsed if row.excluded is not None),
            emptied=_joined(row.emptied for row in parsed),
        )

    def add_warnings(self, checked: CheckedFile) -> CheckedFile:
        """The same with warnings about amounts; to be called before anything is written."""
        warnings = amount_warnings(checked.rows, self.model, self.lookup.user, self.mapping)
        return replace(checked, warnings=tuple(warnings))

    def write(
        self, checked: CheckedFile, batch: ImportBatch | None = None, *, as_accepted: bool = False
    ) -> tuple[CheckedFile, Written]:
        """Write the rows (see `write.write`); those that the database refuses become errors."""
        written = write(checked.rows, self.lookup, self.mapping, batch, as_accepted=as_accepted)
        errors = (*checked.errors, *written.errors)
        return replace(checked, rows=written.rows, errors=errors), written


def _joined(parts: Iterable[Iterable[Any]]) -> tuple[Any, ...]:
    return tuple(chain.from_iterable(parts))


# Called in the transaction in which a file is written.
OnWritten = Callable[[CheckedFile, Pipeline], None]


def import_table(
    model_name: str,
    table: Table,
    mapping: Mapping | None = None,
    *,
    user: Any = None,
    mode: Mode = Mode.UPSERT,
    dry_run: bool = False,
    partial: bool = False,
    progress: Progress | None = None,
    on_written: OnWritten | None = None,
    with_warnings: bool = False,
) -> Report:
    """Check every row and write them in one transaction; nothing, if a row has an error.

    Without a mapping the headings are the fields. `mode`: which records rows may
    be about. `partial`: write the valid rows although others have errors.
    `dry_run`: write nothing, but report what the database would refuse as well.
    `with_warnings`: report outliers among the amounts. The record of each row gets one row
    of history, by `user`; an unchanged one gets none.
    """
    if mapping is None:
        fields = headings(serializers.BY_MODEL_NAME[model_name])
        mapping = Mapping.of_fields([one for one in table.headings if one in fields])
    mapping = mapping.of_file(table.headings)
    pipeline = Pipeline(model_name, mapping, RecordLookup(user, mapping.decisions), mode)
    checked = pipeline.check(table, progress)
    if with_warnings:
        checked = pipeline.add_warnings(checked)
    with transaction.atomic():
        checked, outcome = pipeline.write(checked)
        written = not dry_run and (partial or not checked.errors)
        if not written:
            transaction.set_rollback(True)
        elif on_written is not None:
            on_written(checked, pipeline)
    place = {heading: number for number, heading in enumerate(table.headings)}
    statuses = Counter(row.status for row in checked.rows)
    errors = sorted(checked.errors, key=lambda one: (one.row, place.get(one.column, len(place))))
    return Report(
        **{**vars(checked), "errors": tuple(errors)},
        counts={status: statuses[status] for status in STATUSES},
        created=outcome.created,
        written=written,
        conflict=outcome.conflict,
    )
