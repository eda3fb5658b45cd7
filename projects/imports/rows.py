"""A row of a file to what it says in the fields of the API, by what the mapping says of it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers as rest
from rest_framework.settings import api_settings

from projects.filters.fields import read_day
from projects.names import places
from projects.names.text_rules import clean_text, join_lines
from projects.serializers.cells import from_cells
from projects.serializers.errors import flat
from projects.spreadsheets.cells import as_text
from projects.spreadsheets.reading import Row

from .lookup import Finder, referred
from .mapping import CellError, Column, Mapping

# What a cell says to take away what the register has: a blank one says nothing.
CLEAR = frozenset({"[clear]", "[清空]"})


@dataclass(frozen=True)
class Fault:
    """What is wrong with a cell, or with a row as a whole (`column` empty)."""

    row: int
    column: str
    value: str
    reason: str


@dataclass
class Reading:
    """One row on its way: what it says in the fields of the API, and what was wrong with it.

    `left_out`: the mapping leaves the row out, and why; `emptied`: cells that it
    leaves empty, told in the note.
    """

    row: Row
    mapping: Mapping
    data: dict[str, Any] = field(default_factory=dict)
    # The text from which each field was read, as errors repeat it.
    said: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    left_out: Fault | None = None
    emptied: list[Fault] = field(default_factory=list)

    def blame(self, name: str, reason: str, value: str | None = None) -> None:
        """Note what is wrong with a field, or with the row as a whole (`name` empty)."""
        column = self.mapping.column_of(name) if name else ""
        if value is None:
            value = self.said.get(name) or text_of(self.data.get(name))
        self.faults.append(Fault(self.row.number, column, value, reason))

    def blame_all(self, error: rest.ValidationError) -> None:
        """Note the errors of a serializer, but for fields that are blamed already."""
        blamed = {fault.column for fault in self.faults}
        for name, messages in flat(error.detail).items():
            name = "" if name == api_settings.NON_FIELD_ERRORS_KEY else name
            if (self.mapping.column_of(name) if name else "") in blamed:
                continue
            for message in messages:
                self.blame(name, message)


class RowReader:
    """Reads rows by a mapping; names are found, and made, by the finder."""

    def __init__(self, serializer: Any, mapping: Mapping, finder: Finder) -> None:
        self.serializer = serializer
        self.mapping = mapping
        self.finder = finder
        self.is_of_fields = all(
            column == Column(name, name) for name, column in mapping.columns.items()
        )

    def read(self, row: Row, *, is_json: bool) -> Reading:
        reading = Reading(row, self.mapping)
        if is_json and self.is_of_fields:
            ignored = self.mapping.ignored
            cells = {name: value for name, value in row.cells.items() if name not in ignored}
            reading.data = {**self.mapping.constants, **cells}
            reading.said = {name: text_of(value) for name, value in cells.items()}
            return reading
        texts: dict[str, str] = {}
        linked: dict[str, list[Any]] = {}
        cleared: list[str] = []
        for column in self.mapping.columns.values():
            text = text_of(row.cells.get(column.heading))
            try:
                said = column.texts(text)
                if said is None:
                    reason = _("The mapping leaves rows with this value out.")
                    reading.left_out = Fault(row.number, column.heading, text, reason)
                    return reading
                if not said:
                    continue
                reading.said[column.field] = text
                if text in CLEAR:
                    cleared.append(column.field)
                elif column.find:
                    found = self._found(column, said)
                    linked[column.field] = [*linked.get(column.field, ()), *found]
                else:
                    self._say(column, said, texts)
            except CellError as error:
                reading.blame(column.field, str(error), text)
        self._empty_what_lies_before(reading, texts)
        try:
            data = from_cells(type(self.serializer), texts)
        except rest.ValidationError as error:
            data = {}
            reading.blame_all(error)
        for name, codes in linked.items():
            try:
                data[name] = self._linked(name, list(dict.fromkeys(codes)))
            except CellError as error:
                reading.blame(name, str(error))
        for name in cleared:
            data[name] = self._nothing(name)
        reading.data = {**self.mapping.constants, **data}
        if "id" in texts:
            reading.data["id"] = texts["id"]
        return reading

    def _nothing(self, name: str) -> Any:
        """What an empty field is in the API: null, an empty text or an empty list."""
        field_ = self.serializer.fields.get(name)
        if isinstance(field_, (rest.ListSerializer, rest.ManyRelatedField, rest.ListField)):
            return []
        return None if getattr(field_, "allow_null", False) else ""

    def _say(self, column: Column, said: list[str], texts: dict[str, str]) -> None:
        field_ = self.serializer.fields.get(column.field)
        text = "; ".join(said)
        if isinstance(field_, rest.DateField):
            text = column.day(text)
        if column.field == "origin":
            text = places.find_place(text) or text
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
        return [self.finder.find(model, join_lines(one), column.make) for one in said]

    def _linked(self, name: str, codes: list[str]) -> Any:
        field_ = self.serializer.fields[name]
        if isinstance(field_, rest.ListSerializer):
            return [{"sector": code} for code in codes]
        if isinstance(field_, rest.ManyRelatedField):
            return codes
        if len(codes) > 1:
            raise CellError(_("this field names one record, and here are several"))
        return codes[0]

    def _empty_what_lies_before(self, reading: Reading, texts: dict[str, str]) -> None:
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
                    reading.emptied.append(
                        Fault(reading.row.number, column.heading, day.isoformat(), reason)
                    )
                    break


def text_of(value: Any) -> str:
    """A cell, or a value of JSON, as text, mended where a program has spoilt it."""
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return clean_text(as_text(value))
