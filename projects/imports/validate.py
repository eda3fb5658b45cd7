"""Validate matched rows as the API validates requests, with the same messages. Writes nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.core.exceptions import ValidationError as ModelError
from rest_framework import serializers as rest

from projects import review
from projects.models import RowStatus, permissions
from projects.serializers.errors import api_error

from .lookup import Key, RecordLookup, references
from .match import MatchedRow
from .natural_keys import NaturalKeys
from .permissions import refusal
from .rows import ParsedRow, RowError

# The permission that writing a row of this status needs.
ACTIONS = {RowStatus.NEW: "add", RowStatus.CHANGED: "change", RowStatus.PROPOSED: "change"}


@dataclass(frozen=True)
class ValidatedRow:
    """A row whose record can be saved, or the errors for which it cannot.

    `record`: with the row's values, unsaved; `links`: the related records that
    it gets, None for those that stay. `created`: the new records that it refers
    to. `changes`: field, old and new value, as the API has them; old is empty
    for a new record. `version`: that of an existing record when it was read.
    `was_in_scope`: whether the user might change the record before this row.
    """

    number: int
    record: Any = None
    links: Mapping[str, Any] = field(default_factory=dict)
    status: RowStatus = RowStatus.REFUSED
    created: frozenset[Key] = frozenset()
    changes: tuple[tuple[str, str, str], ...] = ()
    version: int | None = None
    was_in_scope: bool = True
    errors: tuple[RowError, ...] = ()

    def refuse(self, reason: str) -> ValidatedRow:
        """The same row, which may not be written."""
        error = RowError(self.number, "", "", reason)
        return replace(self, status=RowStatus.REFUSED, errors=(*self.errors, error))


@dataclass(frozen=True)
class _Before:
    """An existing record before a row's values are set on it."""

    version: int
    in_scope: bool
    compared: Any
    values: Mapping[str, str]


class Validator:
    """Validates rows by the fields of the serializer, the model's rules and permissions."""

    def __init__(self, serializer: Any, lookup: RecordLookup, keys: NaturalKeys) -> None:
        self.serializer = serializer
        self.model = serializer.Meta.model
        self.lookup = lookup
        self.keys = keys
        self.user = lookup.user
        self.links = self.model.links()
        # Fields that the text of an amount may set as well.
        self._set_by_amount = [
            name for name in ("currency", "qualifier", "amount_text") if name in serializer.fields
        ]

    def validate(self, rows: Sequence[MatchedRow]) -> list[ValidatedRow]:
        """One result for each row. A query for each model that the rows refer to."""
        data = [row.parsed.data for row in rows]
        for model, codes in references(self.serializer, data).items():
            self.lookup.known.read(model, codes)
        validated = self._mark_existing([self._validate(row) for row in rows])
        return [self._check_permission(row) for row in validated]

    def _validate(self, row: MatchedRow) -> ValidatedRow:
        parsed, record = row.parsed, row.record
        names = self._fields_of(parsed)
        before = None if record is None else self._before(record, names)
        if not self.serializer.is_valid_for(parsed.data, record):
            parsed = parsed.add_errors(rest.ValidationError(self.serializer.errors))
        if parsed.errors:
            return ValidatedRow(parsed.number, errors=parsed.errors)
        record, links = self.serializer.apply()
        proposed = review.is_proposal(self.user, record)
        try:
            links = review.check_rules(self.user, record, links, without_queries=True)
        except ModelError as error:
            return ValidatedRow(parsed.number, errors=parsed.add_errors(api_error(error)).errors)
        created = self._created(parsed.data)
        status = RowStatus.NEW
        if before is not None:
            # A record that is still to be created has no key, so that it is a change.
            same = not created and before.compared == self._compared(record, links)
            changed = RowStatus.PROPOSED if proposed else RowStatus.CHANGED
            status = RowStatus.UNCHANGED if same else changed
        return ValidatedRow(
            number=parsed.number,
            record=record,
            links=links,
            status=status,
            created=created,
            changes=self._changes(record, links, names, before),
            version=before.version if before else None,
            was_in_scope=before.in_scope if before else True,
        )

    def _mark_existing(self, rows: Sequence[ValidatedRow]) -> list[ValidatedRow]:
        """New records without a key of their own that exist already are unchanged."""
        new = [row for row in rows if row.status == RowStatus.NEW]
        exists = self.keys.existing([row.record for row in new])
        existing = {row.number for row, is_there in zip(new, exists, strict=True) if is_there}
        return [
            replace(row, status=RowStatus.UNCHANGED) if row.number in existing else row
            for row in rows
        ]

    def _check_permission(self, row: ValidatedRow) -> ValidatedRow:
        """The row, refused where the user may not write it."""
        action = ACTIONS.get(row.status)
        if action is None:
            return row
        if not permissions.has_permission(self.user, action, self.model):
            return row.refuse(refusal(action, self.model))
        if not (row.was_in_scope and permissions.in_scope(self.user, row.record)):
            return row.refuse(permissions.out_of_scope(self.user))
        return row

    # --- What a row changes ----------------------------------------------------

    def _fields_of(self, parsed: ParsedRow) -> list[str]:
        """The fields that a row may change."""
        also = self._set_by_amount if "amount" in parsed.data else ()
        return list(dict.fromkeys((*parsed.data, *also)))

    def _before(self, record: Any, names: Sequence[str]) -> _Before:
        return _Before(
            record.version,
            permissions.in_scope(self.user, record),
            self._compared(record),
            {name: self._value(record, name) for name in names},
        )

    def _created(self, data: Mapping[str, Any]) -> frozenset[Key]:
        """The new records that a row refers to."""
        if not self.lookup.created:
            return frozenset()
        return frozenset(
            (model, code)
            for model, codes in references(self.serializer, [data]).items()
            for code in codes
            if (model, code) in self.lookup.created
        )

    def _changes(
        self, record: Any, links: Mapping[str, Any], names: Sequence[str], before: _Before | None
    ) -> tuple[tuple[str, str, str], ...]:
        old = before.values if before else {}
        new = {name: self._value(record, name, links) for name in names}
        return tuple(
            (name, old.get(name, ""), new[name]) for name in names if new[name] != old.get(name, "")
        )

    def _value(self, record: Any, name: str, links: Mapping[str, Any] | None = None) -> str:
        """A field of a record as a cell has it; `links`: the related records that it is to get."""
        column = self.serializer.fields.get(name)
        if column is None or column.read_only:
            return ""
        if kind := self.links.get(name):
            linked = (links or {}).get(name)
            parts = map(kind.parts, kind.read(record) if linked is None else linked)
            return "; ".join(kind.as_text(other.code, *rest) for other, *rest in parts)
        value = getattr(record, name, None)
        return "" if value is None else str(getattr(value, "code", value))

    def _compared(self, record: Any, links: Mapping[str, Any] | None = None) -> Any:
        """What history compares of a record; `links`: the related records that it is to get."""
        columns = self.model.register_history.compared_fields(self.model)
        linked: dict[str, Any] = {}
        for name, kind in self.links.items():
            wanted = (links or {}).get(name)
            linked[name] = set(map(kind.key, kind.read(record) if wanted is None else wanted))
        return [getattr(record, column) for column in columns], linked
