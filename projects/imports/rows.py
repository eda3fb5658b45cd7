"""Parse the rows of a file: cells to values of the API's fields, as the mapping describes them."""

from __future__ import annotations

import json
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers as rest
from rest_framework.settings import api_settings

from projects.filters.fields import parse_iso_date
from projects.names import places
from projects.names.text_rules import clean_text, join_lines
from projects.serializers.cells import from_cells
from projects.serializers.errors import flat
from projects.spreadsheets.cells import as_text
from projects.spreadsheets.reading import Row

from .lookup import RecordLookup, referred
from .mapping import CellError, Column, Mapping

# A cell with one of these empties the field; a blank cell leaves it as it is.
CLEAR = frozenset({"[clear]", "[清空]"})


@dataclass(frozen=True)
class RowError:
    """An error or a warning about a cell, or about a whole row (`column` empty).

    `row` is 0 where the file as a whole is meant.
    """

    row: int
    column: str
    value: str
    reason: str


@dataclass(frozen=True)
class ParsedRow:
    """A row in the fields of the API, with what could not be parsed.

    `texts`: the text of each field as the file has it, for error messages.
    `excluded`: why the mapping leaves the row out; None for a row that counts.
    `emptied`: dates that the mapping dropped; each is also told in the note.
    """

    number: int
    mapping: Mapping = field(repr=False)
    data: AnyMapping[str, Any] = field(default_factory=dict)
    texts: AnyMapping[str, str] = field(default_factory=dict)
    errors: tuple[RowError, ...] = ()
    excluded: RowError | None = None
    emptied: tuple[RowError, ...] = ()

    def add_error(self, name: str, reason: str, value: str | None = None) -> ParsedRow:
        """The same row with an error of the field `name`; of the whole row where it is empty.

        `value` is what is quoted: by default the text in the file.
        """
        column = self.mapping.column_of(name) if name else ""
        if value is None:
            value = self.texts.get(name) or text_of(self.data.get(name))
        error = RowError(self.number, column, value, reason)
        return replace(self, errors=(*self.errors, error))

    def add_errors(self, error: rest.ValidationError) -> ParsedRow:
        """The same with the errors of a serializer, but for columns that have one already."""
        row = self
        reported = {one.column for one in self.errors}
        for name, messages in flat(error.detail).items():
            name = "" if name == api_settings.NON_FIELD_ERRORS_KEY else name
            if (self.mapping.column_of(name) if name else "") not in reported:
                for message in messages:
                    row = row.add_error(name, message)
        return row


@dataclass
class _Cells:
    """The texts and codes in the cells of one row, by field, before their types are parsed.

    `originals`: the texts as the file has them; `errors`: field, reason and text.
    """

    originals: dict[str, str] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    codes: dict[str, list[str]] = field(default_factory=dict)
    cleared: list[str] = field(default_factory=list)
    errors: list[tuple[str, str, str]] = field(default_factory=list)


class RowParser:
    """Parses rows by a mapping; names of records are resolved to codes by `lookup`."""

    def __init__(self, serializer: Any, mapping: Mapping, lookup: RecordLookup) -> None:
        self.serializer = serializer
        self.mapping = mapping
        self.lookup = lookup
        self.has_own_headings = all(
            column == Column(name, name) for name, column in mapping.columns.items()
        )

    def parse(self, row: Row, *, is_json: bool) -> ParsedRow:
        if is_json and self.has_own_headings:
            return self._parse_json(row)
        cells = _Cells()
        for column in self.mapping.columns.values():
            text = text_of(row.cells.get(column.heading))
            try:
                values = column.texts(text)
                if values is None:
                    reason = _("The mapping leaves out rows with this value.")
                    error = RowError(row.number, column.heading, text, reason)
                    return ParsedRow(row.number, self.mapping, excluded=error)
                if values:
                    cells.originals[column.field] = text
                    self._read_cell(column, text, values, cells)
            except CellError as error:
                cells.errors.append((column.field, str(error), text))
        return self._parse_cells(row.number, cells)

    def _parse_json(self, row: Row) -> ParsedRow:
        ignored = self.mapping.ignored
        values = {name: value for name, value in row.cells.items() if name not in ignored}
        return ParsedRow(
            row.number,
            self.mapping,
            {**self.mapping.constants, **values},
            {name: text_of(value) for name, value in values.items()},
        )

    def _read_cell(self, column: Column, text: str, values: list[str], cells: _Cells) -> None:
        """Raises CellError for a name that no record has, or that several have."""
        if text in CLEAR:
            cells.cleared.append(column.field)
        elif column.find:
            found = self._find_codes(column, values)
            cells.codes[column.field] = [*cells.codes.get(column.field, ()), *found]
        else:
            cells.texts |= self._normalise(column, "; ".join(values), cells.texts)

    def _parse_cells(self, number: int, cells: _Cells) -> ParsedRow:
        parsed = ParsedRow(number, self.mapping, texts=cells.originals)
        for error in cells.errors:
            parsed = parsed.add_error(*error)
        texts, emptied = self._drop_dates_before_others(number, cells.texts)
        data: dict[str, Any] = {}
        try:
            data = from_cells(type(self.serializer), texts)
        except rest.ValidationError as error:
            parsed = parsed.add_errors(error)
        for name, codes in cells.codes.items():
            try:
                data[name] = self._link(name, list(dict.fromkeys(codes)))
            except CellError as error:
                parsed = parsed.add_error(name, str(error))
        data |= {name: self._empty_value(name) for name in cells.cleared}
        data = {**self.mapping.constants, **data}
        if "id" in texts:
            data["id"] = texts["id"]
        return replace(parsed, data=data, emptied=tuple(emptied))

    def _normalise(self, column: Column, text: str, before: AnyMapping[str, str]) -> dict[str, str]:
        """The text of a cell as its field parses it; `before`: of the columns left of it."""
        field_ = self.serializer.fields.get(column.field)
        if isinstance(field_, rest.DateField):
            text = column.day(text)
        if column.field == "origin":
            text = places.find_place(text) or text
        found = {}
        rounded = column.rounded(text)
        if rounded != text and column.field == "amount" and "amount_text" not in before:
            found["amount_text"] = text
        if column.field in before and isinstance(field_, rest.CharField):
            # Several columns of one text become lines of it.
            rounded = f"{before[column.field]}\n{rounded}"
        return {**found, column.field: rounded}

    def _find_codes(self, column: Column, names: list[str]) -> list[str]:
        field_ = self.serializer.fields.get(column.field)
        model = referred(field_) if field_ is not None else None
        if model is None:
            raise CellError(
                _("this field does not refer to other records, so “find” cannot be used")
            )
        return [self.lookup.find(model, join_lines(name), column.make) for name in names]

    def _link(self, name: str, codes: list[str]) -> Any:
        field_ = self.serializer.fields[name]
        if isinstance(field_, rest.ListSerializer):
            return [{"sector": code} for code in codes]
        if isinstance(field_, rest.ManyRelatedField):
            return codes
        if len(codes) > 1:
            raise CellError(_("this field takes one record, and the row has several"))
        return codes[0]

    def _empty_value(self, name: str) -> Any:
        """What an empty field is in the API: null, an empty text or an empty list."""
        field_ = self.serializer.fields.get(name)
        if isinstance(field_, (rest.ListSerializer, rest.ManyRelatedField, rest.ListField)):
            return []
        return None if getattr(field_, "allow_null", False) else ""

    def _drop_dates_before_others(
        self, number: int, given: AnyMapping[str, str]
    ) -> tuple[dict[str, str], list[RowError]]:
        """The texts without the dates that `not_before` forbids, and a warning for each.

        The note of the row tells the dropped dates as well.
        """
        texts, dropped = dict(given), []
        for column in self.mapping.columns.values():
            day = parse_iso_date(texts.get(column.field, ""))
            if day is None:
                continue
            for name in column.not_before:
                earliest = parse_iso_date(texts.get(name, ""))
                if earliest is None or day >= earliest:
                    continue
                reason = _("%(day)s is before “%(other)s” (%(earlier)s) and is left out.") % {
                    "day": day,
                    "other": self.mapping.column_of(name),
                    "earlier": earliest,
                }
                note = f"{column.heading}: {reason}"
                texts["note"] = f"{texts['note']}\n{note}" if texts.get("note") else note
                del texts[column.field]
                dropped.append(RowError(number, column.heading, day.isoformat(), reason))
                break
        return texts, dropped


def text_of(value: Any) -> str:
    """A cell, or a value of JSON, as text, repaired if some program decoded it wrongly."""
    if isinstance(value, (list, dict)):
        return json.dumps(value, ensure_ascii=False, default=str)
    return clean_text(as_text(value))
