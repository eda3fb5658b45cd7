"""Rows of a file to records that can be written, or to what is wrong with them. Writes nothing."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from django.core.exceptions import ValidationError as ModelError
from django.utils.translation import gettext as _
from rest_framework import serializers as rest

from projects import history, review, serializers
from projects.models import permissions
from projects.models.chunking import WRITTEN_AT_ONCE, batches
from projects.serializers.cells import headings
from projects.serializers.errors import flat, outward
from projects.spreadsheets.reading import Row, Table

from .footers import Footer, held_against, is_footer
from .lookup import Finder, Key, references, referred
from .mapping import Column, Mapping
from .natural_keys import Found, Keys, keys_of
from .permissions import refusal
from .rows import Fault, Reading, RowReader

Progress = Callable[[int, int], None]


class Fate(StrEnum):
    """What becomes of the record of a row."""

    NEW = "new"
    CHANGED = "changed"
    # It is published, and whoever brings the file in changes nothing published by themselves.
    PROPOSED = "proposed"
    UNCHANGED = "unchanged"


# What whoever has a row written must be permitted to do.
ACTIONS = {Fate.NEW: "add", Fate.CHANGED: "change", Fate.PROPOSED: "change"}


class Mode(StrEnum):
    """Which records rows may be about: any, or only new ones, or only those that are there."""

    UPSERT = "upsert"
    CREATE = "create"
    UPDATE = "update"


@dataclass
class Candidate:
    """A row that can be written: its record as it is to stand, unsaved, with its links."""

    row: int
    record: Any
    links: dict[str, Any]
    fate: Fate
    made: set[Key] = field(default_factory=set)
    # Field, old and new, in the words of the API; old is empty for a new record.
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    # Of a record that is there, as it was found; none of a new one.
    version: int | None = None
    # Whether the record as it was found lay within the areas of whoever brings the file in.
    was_in_reach: bool = True


@dataclass
class Checked:
    """All rows of a file: those that can be written, what is wrong, and what is left out.

    `doubts` are noted by `doubting`, of rows that can be written all the same.

    `left_out`: rows that the mapping leaves out; `emptied`: cells that it leaves
    empty, told in the note of their record; `footers`: rows that sum others.
    """

    candidates: list[Candidate] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    left_out: list[Fault] = field(default_factory=list)
    emptied: list[Fault] = field(default_factory=list)
    footers: list[Footer] = field(default_factory=list)
    doubts: list[Fault] = field(default_factory=list)
    overtaken: bool = False


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
        # What the text of an amount says as well.
        self._beside_an_amount = [
            name
            for name in ("currency", "qualifier", "amount_text")
            if name in self.serializer.fields
        ]
        self.keys: Keys = keys_of(self.model, finder)
        self.reader = RowReader(self.serializer, mapping, finder)
        self.checked = Checked()
        self._footers: list[tuple[Row, str]] = []
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
        self.checked.footers = held_against(
            self._footers,
            [(one.row, one.record) for one in self.checked.candidates],
            [fault.row for fault in self.checked.faults],
            self.mapping,
        )
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
        # In the order in which they refer to each other, whatever the mapping's own is.
        for noun, serializer_class in serializers.BY_NOUN.items():
            model = serializer_class.Meta.model
            for one in self.mapping.records.get(noun, ()):
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
            if text := is_footer(row):
                self._footers.append((row, text))
                continue
            reading = self.reader.read(row, is_json=is_json)
            self.checked.emptied += reading.emptied
            if reading.left_out is None:
                readings.append(reading)
            else:
                self.checked.left_out.append(reading.left_out)
        data = [reading.data for reading in readings]
        about = self.keys.find(data, by_name=not is_json)
        for model, codes in references(self.serializer, data).items():
            self.finder.known.read(model, codes)
        candidates: list[Candidate] = []
        for reading, found in zip(readings, about, strict=True):
            candidate = self._check_row(reading, found)
            if reading.faults:
                self.checked.faults += reading.faults
            elif candidate is not None:
                candidates.append(candidate)
        unkeyed = [one for one in candidates if one.fate == Fate.NEW]
        records = [candidate.record for candidate in unkeyed]
        for candidate, is_there in zip(unkeyed, self.keys.already(records), strict=True):
            if is_there:
                candidate.fate = Fate.UNCHANGED
        for candidate in candidates:
            if reason := self._forbidden(candidate):
                self._fault(candidate.row, "", "", reason)
            else:
                self.checked.candidates.append(candidate)

    def _forbidden(self, candidate: Candidate) -> str:
        """Why the person may not have a row written; empty where they may."""
        action = ACTIONS.get(candidate.fate)
        if action is None:
            return ""
        if not permissions.has_permission(self.finder.user, action, self.model):
            return refusal(action, self.model)
        if not (
            candidate.was_in_reach and permissions.in_scope(self.finder.user, candidate.record)
        ):
            return permissions.out_of_scope(self.finder.user)
        return ""

    def _check_row(self, reading: Reading, found: Found) -> Candidate | None:
        data, record = reading.data, found.record
        self._check_identity(reading, found)
        user = self.finder.user
        version = record.version if record is not None else None
        was_in_reach = record is None or permissions.in_scope(user, record)
        before = self._state(record) if record is not None else None
        names = [*data, *(name for name in self._beside_an_amount if "amount" in data)]
        names = list(dict.fromkeys(names))
        told = {} if record is None else {name: self._told(record, name) for name in names}
        if not self.serializer.ask(data, record):
            reading.blame_all(rest.ValidationError(self.serializer.errors))
        if reading.faults:
            return None
        record, links = self.serializer.apply()
        proposed = review.is_proposal(user, record)
        try:
            if proposed:
                review.check_rules(record, links, without_asking=True)
            else:
                links = review.with_publication_state(user, record, links)
                history.check(record, without_asking=True, **links)
        except ModelError as error:
            reading.blame_all(outward(error))
            return None
        made = {key for key in self._named(data) if key in self.finder.made}
        fate = Fate.NEW
        if before is not None:
            # What is still to be made has no key, and so was not there before.
            same = not made and before == self._state(record, links)
            changed = Fate.PROPOSED if proposed else Fate.CHANGED
            fate = Fate.UNCHANGED if same else changed
        changes = [
            (name, told.get(name, ""), new)
            for name in names
            if (new := self._told(record, name, links)) != told.get(name, "")
        ]
        return Candidate(
            reading.row.number, record, links, fate, made, changes, version, was_in_reach
        )

    def _check_identity(self, reading: Reading, found: Found) -> None:
        if fault := found.fault or self._out_of_mode(reading, found.record):
            reading.blame(*fault)
        identity = found.identity
        if identity is None:
            return
        first = self._rows_by_identity.setdefault(identity, reading.row.number)
        if first != reading.row.number:
            name = "code" if "code" in self.serializer.fields else ""
            reason = _("Row %(row)s is about the same record: keep one of them.") % {"row": first}
            reading.blame(name, reason)

    def possible_values(self, column: Column) -> Collection[str]:
        """What a cell of a column may say, as far as that can be listed."""
        if column.values:
            return column.values
        field_ = self.serializer.fields.get(column.field)
        model = referred(field_) if field_ is not None else None
        if model is not None:
            return self.finder.all_names(model)
        return list(getattr(field_, "choices", None) or ())

    def _told(self, record: Any, name: str, links: dict[str, Any] | None = None) -> str:
        """What a record says in a field, as a cell has it; links as they are to stand."""
        column = self.serializer.fields.get(name)
        if column is None or column.read_only:
            return ""
        if name == "sectors":
            shares = (links or {}).get("sectors")
            if shares is None:
                shares = (
                    [(one.sector, one.share) for one in record.shares.all()] if record.pk else []
                )
            return "; ".join(
                f"{sector.code} {share}" if share is not None else sector.code
                for sector, share in shares
            )
        if name in self.serializer_class.LINKS:
            linked = (links or {}).get(name)
            if linked is None:
                linked = getattr(record, name).all() if record.pk else []
            return "; ".join(one.code for one in linked)
        value = getattr(record, name, None)
        return "" if value is None else str(getattr(value, "code", value))

    def _out_of_mode(self, reading: Reading, record: Any) -> tuple[str, str] | None:
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
