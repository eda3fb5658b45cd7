"""Rows of a file to records that can be written, or to what is wrong with them. Writes nothing."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError as ModelError
from django.utils.translation import gettext as _
from rest_framework import serializers as rest
from rest_framework.settings import api_settings

from projects import recording, serializers
from projects.derived import WRITTEN_AT_ONCE, batches
from projects.filters.values import read_day
from projects.serializers.cells import from_cells, headings
from projects.serializers.errors import flat, outward
from projects.spreadsheets.reading import Row, Table

from .finding import Finder, Key, references, referred
from .keys import Keys, keys_of
from .mapping import CellError, Column, Mapping

Progress = Callable[[int, int], None]


class Fate(StrEnum):
    """What becomes of the record of a row."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


class Mode(StrEnum):
    """Which records rows may be about: any, or only new ones, or only those that are there."""

    UPSERT = "upsert"
    CREATE = "create"
    UPDATE = "update"


@dataclass(frozen=True)
class Fault:
    """What is wrong with a cell, or with a row as a whole (`column` empty)."""

    row: int
    column: str
    value: str
    reason: str


@dataclass
class Candidate:
    """A row that can be written: its record as it is to stand, unsaved, with its links."""

    row: int
    record: Any
    links: dict[str, Any]
    fate: Fate
    made: set[Key] = field(default_factory=set)


@dataclass
class Checked:
    """All rows of a file: those that can be written, what is wrong, and what is left out.

    `left_out`: rows that the mapping leaves out; `emptied`: cells that it leaves
    empty, told in the note of their record.
    """

    candidates: list[Candidate] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    left_out: list[Fault] = field(default_factory=list)
    emptied: list[Fault] = field(default_factory=list)
    overtaken: bool = False


@dataclass
class _Reading:
    """One row on its way: what it says in the fields of the API, and what was wrong with it."""

    row: Row
    data: dict[str, Any] = field(default_factory=dict)
    # The text from which each field was read, as errors repeat it.
    said: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)


class Checker:
    """Checks the rows of a file as the API checks its requests, and by the same sentences."""

    def __init__(
        self, noun: str, mapping: Mapping, finder: Finder, mode: Mode = Mode.UPSERT
    ) -> None:
        self.mapping = mapping
        self.mode = mode
        self.finder = finder
        self.serializer_class = serializers.BY_NOUN[noun]
        self.model = self.serializer_class.Meta.model
        units = [one.unit for one in mapping.columns.values() if one.unit != 1]
        self.serializer = self.serializer_class(
            context={"known": finder.known, "unit": units[0] if units else 1}
        )
        self.keys: Keys = keys_of(self.model, finder.user)
        self.checked = Checked()
        self._rows_by_identity: dict[Any, int] = {}

    def check(self, table: Table, progress: Progress | None = None) -> Checked:
        """All that is wrong at once. About ten queries for each 2,500 rows."""
        self._check_headings(table)
        self._check_constants()
        if self.checked.faults:
            # Every row would only repeat them.
            return self.checked
        done = 0
        for rows in batches(table.rows, WRITTEN_AT_ONCE):
            self._check_batch(rows, is_json=table.is_json)
            done += len(rows)
            if progress is not None:
                progress(done, len(table.rows))
        return self.checked

    # --- The file as a whole ---------------------------------------------------

    def _check_headings(self, table: Table) -> None:
        known = set(headings(self.serializer_class))
        for heading in table.headings:
            if heading not in self.mapping.headings:
                self._fault(
                    0,
                    heading,
                    "",
                    _(
                        "No field is called so: the fields are %(fields)s. Rename the column, or "
                        "let a mapping say what it means or that it is ignored."
                    )
                    % {"fields": ", ".join(headings(self.serializer_class))},
                )
        for column in self.mapping.columns.values():
            if column.field not in known:
                self._fault(
                    0,
                    column.heading,
                    "",
                    _("The mapping names a field “%(name)s”, which does not exist.")
                    % {"name": column.field},
                )
        there = {c.field for c in self.mapping.columns.values() if c.heading in table.headings}
        for name in {column.field for column in self.mapping.columns.values()} - there:
            if name in known:
                self._fault(
                    0,
                    self.mapping.column_of(name),
                    "",
                    _("The file has no column for “%(name)s”.") % {"name": name},
                )

    def _check_constants(self) -> None:
        for name in self.mapping.constants:
            field_ = self.serializer.fields.get(name)
            if field_ is None or field_.read_only:
                reason = _("The mapping gives every row a field that cannot be written.")
                self._fault(0, name, "", reason)
        for noun, records in self.mapping.records.items():
            model = serializers.BY_NOUN[noun].Meta.model
            for one in records:
                try:
                    self.finder.make(model, one)
                except rest.ValidationError as error:
                    for name, messages in flat(error.detail).items():
                        for message in messages:
                            where = f"records.{noun}.{name}"
                            self._fault(0, where, str(one.get(name, "")), message)

    def _fault(self, row: int, column: str, value: str, reason: str) -> None:
        self.checked.faults.append(Fault(row, column, value, reason))

    # --- One batch -------------------------------------------------------------

    def _check_batch(self, rows: Sequence[Row], *, is_json: bool) -> None:
        readings = []
        for row in rows:
            reading = _Reading(row)
            left_out = self._read(reading, is_json=is_json)
            if left_out is None:
                readings.append(reading)
            else:
                self.checked.left_out.append(left_out)
        data = [reading.data for reading in readings]
        for model, codes in references(self.serializer, data).items():
            self.finder.known.read(model, codes)
        unkeyed: list[Candidate] = []
        for reading, record in zip(readings, self.keys.standing(data), strict=True):
            candidate = self._check_row(reading, record)
            if reading.faults:
                self.checked.faults += reading.faults
            elif candidate is not None:
                self.checked.candidates.append(candidate)
                if candidate.fate == Fate.NEW:
                    unkeyed.append(candidate)
        records = [candidate.record for candidate in unkeyed]
        for candidate, is_there in zip(unkeyed, self.keys.already(records), strict=True):
            if is_there:
                candidate.fate = Fate.UNCHANGED

    def _read(self, reading: _Reading, *, is_json: bool) -> Fault | None:
        """Read what a row says, in the fields of the API; or return why it is left out."""
        if is_json and self._is_of_fields():
            reading.data = {**self.mapping.constants, **reading.row.cells}
            reading.said = {name: _shown(value) for name, value in reading.row.cells.items()}
            return None
        texts: dict[str, str] = {}
        linked: dict[str, list[Any]] = {}
        for column in self.mapping.columns.values():
            text = _shown(reading.row.cells.get(column.heading))
            try:
                said = column.texts(text)
                if said is None:
                    reason = _("The mapping leaves rows with this value out.")
                    return Fault(reading.row.number, column.heading, text, reason)
                if not said:
                    continue
                reading.said[column.field] = text
                if column.find:
                    found = self._found(column, said)
                    linked[column.field] = [*linked.get(column.field, ()), *found]
                else:
                    self._say(column, said, texts)
            except CellError as error:
                self._blame(reading, column.field, text, str(error))
        self._empty_what_lies_before(reading, texts)
        try:
            data = from_cells(self.serializer_class, texts)
        except rest.ValidationError as error:
            data = {}
            self._blame_all(reading, error)
        for name, codes in linked.items():
            try:
                data[name] = self._linked(name, list(dict.fromkeys(codes)))
            except CellError as error:
                self._blame(reading, name, reading.said[name], str(error))
        reading.data = {**self.mapping.constants, **data}
        if "id" in texts:
            reading.data["id"] = texts["id"]
        return None

    def _is_of_fields(self) -> bool:
        return all(column == Column(name, name) for name, column in self.mapping.columns.items())

    def _say(self, column: Column, said: list[str], texts: dict[str, str]) -> None:
        field_ = self.serializer.fields.get(column.field)
        text = "; ".join(said)
        if isinstance(field_, rest.DateField):
            text = column.day(text)
        rounded = column.rounded(text)
        if rounded != text and column.field == "amount":
            texts.setdefault("amount_text", text)
        if column.field in texts and isinstance(field_, rest.CharField):
            # Several columns of one text stand one below the other.
            rounded = f"{texts[column.field]}\n{rounded}"
        texts[column.field] = rounded

    def _found(self, column: Column, said: list[str]) -> list[str]:
        field_ = self.serializer.fields.get(column.field)
        model = referred(field_) if field_ is not None else None
        if model is None:
            raise CellError(_("this field names no records that could be found"))
        return [self.finder.find(model, one, column.make) for one in said]

    def _linked(self, name: str, codes: list[str]) -> Any:
        field_ = self.serializer.fields[name]
        if isinstance(field_, rest.ListSerializer):
            return [{"sector": code} for code in codes]
        if isinstance(field_, rest.ManyRelatedField):
            return codes
        if len(codes) > 1:
            raise CellError(_("this field names one record, and here are several"))
        return codes[0]

    def _empty_what_lies_before(self, reading: _Reading, texts: dict[str, str]) -> None:
        """Leave empty, by the mapping's wish, a date that others may not follow; say so in note."""
        for column in self.mapping.columns.values():
            day = read_day(texts.get(column.field, ""))
            if day is None or not column.not_before:
                continue
            for earlier in column.not_before:
                other = read_day(texts.get(earlier, ""))
                if other is not None and day < other:
                    reason = _("%(day)s lies before “%(other)s” (%(earlier)s) and is left out.") % {
                        "day": day,
                        "other": self.mapping.column_of(earlier),
                        "earlier": other,
                    }
                    note = f"{column.heading}: {reason}"
                    texts["note"] = f"{texts['note']}\n{note}" if texts.get("note") else note
                    del texts[column.field]
                    self.checked.emptied.append(
                        Fault(reading.row.number, column.heading, day.isoformat(), reason)
                    )
                    break

    def _check_row(self, reading: _Reading, record: Any) -> Candidate | None:
        data = reading.data
        self._check_identity(reading, record)
        before = self._state(record) if record is not None else None
        if not self.serializer.ask(data, record):
            self._blame_all(reading, rest.ValidationError(self.serializer.errors))
        if reading.faults:
            return None
        record, links = self.serializer.apply()
        try:
            recording.check(
                record,
                without_asking=True,
                **{name: links[name] for name in ("sectors", "partners") if name in links},
            )
        except ModelError as error:
            self._blame_all(reading, outward(error))
            return None
        made = {key for key in self._named(data) if key in self.finder.made}
        fate = Fate.NEW
        if before is not None:
            # What is still to be made has no key, and so was not there before.
            same = not made and before == self._state(record, links)
            fate = Fate.UNCHANGED if same else Fate.CHANGED
        return Candidate(reading.row.number, record, links, fate, made)

    def _check_identity(self, reading: _Reading, record: Any) -> None:
        if fault := self.keys.fault(reading.data, record) or self._out_of_mode(reading, record):
            self._blame(reading, fault[0], reading.said.get(fault[0], ""), fault[1])
        identity = self.keys.identity(reading.data)
        if identity is None:
            return
        first = self._rows_by_identity.setdefault(identity, reading.row.number)
        if first != reading.row.number:
            name = "code" if "code" in self.serializer.fields else ""
            reason = _("Row %(row)s is about the same record: keep one of them.") % {"row": first}
            self._blame(reading, name, reading.said.get(name, ""), reason)

    def _out_of_mode(self, reading: _Reading, record: Any) -> tuple[str, str] | None:
        name = "code" if "code" in self.serializer.fields else ""
        if self.mode == Mode.CREATE and record is not None:
            return name, _("There is such a record already, and rows only make new ones here.")
        # What a row without its key lacks is said by its field.
        is_keyed = not name or reading.data.get(name)
        if self.mode == Mode.UPDATE and record is None and is_keyed:
            return name, _("There is no such record, and rows only change what is there here.")
        return None

    def _named(self, data: dict[str, Any]) -> list[Key]:
        return [
            (model, code)
            for model, codes in references(self.serializer, [data]).items()
            for code in codes
        ]

    def _state(self, record: Any, links: dict[str, Any] | None = None) -> Any:
        """What is compared of a record, as history compares it; links as they are to stand."""
        columns = self.model.register_history.compared_fields(self.model)
        standing: dict[str, Any] = {}
        for name in self.serializer_class.LINKS:
            wanted = (links or {}).get(name)
            if name == "sectors":
                standing[name] = (
                    {(share.sector_id, share.share) for share in record.shares.all()}
                    if wanted is None
                    else {(sector.pk, share) for sector, share in wanted}
                )
            else:
                linked = getattr(record, name).all() if wanted is None else wanted
                standing[name] = {one.pk for one in linked}
        return [getattr(record, column) for column in columns], standing

    # --- Blame -----------------------------------------------------------------

    def _blame(self, reading: _Reading, name: str, value: str, reason: str) -> None:
        column = self.mapping.column_of(name) if name else ""
        reading.faults.append(Fault(reading.row.number, column, value, reason))

    def _blame_all(self, reading: _Reading, error: rest.ValidationError) -> None:
        blamed = {fault.column for fault in reading.faults}
        for name, messages in flat(error.detail).items():
            name = "" if name == api_settings.NON_FIELD_ERRORS_KEY else name
            column = self.mapping.column_of(name) if name else ""
            if column in blamed:
                continue
            value = reading.said.get(name) or _shown(reading.data.get(name))
            for message in messages:
                self._blame(reading, name, value, message)


def _shown(value: Any) -> str:
    """A cell, or a value of JSON, as text."""
    match value:
        case None:
            return ""
        case str():
            return value
        case Decimal():
            return format(value, "f")
    return json.dumps(value, ensure_ascii=False, default=str)
