"""Mappings: TOML files that say what the columns of a file mean, read strictly.

docs/importing.md describes the format. A file with the register's own headings
needs no mapping: each heading is the field of that name.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping as AnyMapping
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NoReturn

from django.utils.translation import gettext as _

from projects import serializers
from projects.filters.fields import parse_iso_date
from projects.models.date_parsing import DATE_FORMATS, read_date
from projects.names.messages import truncate_for_display
from projects.spreadsheets.reading import plain_heading

# Day 0 of the date serial numbers of spreadsheets, valid from March 1900 on.
FIRST_SERIAL = date(1899, 12, 30)


class MappingError(Exception):
    """A mapping cannot be used; the message names the key."""


class CellError(Exception):
    """A cell cannot be read."""


@dataclass(frozen=True)
class Column:
    """What one column of a file means.

    `also`: headings that it has in other files. `required`: refuse a blank cell.
    `values`: replacements of values; `others`: whether other values are refused,
    kept, or leave out their row. `leave_out`: values whose rows are left out.
    `prefix`: text before each value. `split`: the characters that separate values in a cell.
    `dates`: `strptime` formats; a date in none of them is refused. `round`: decimals
    to which longer numbers are rounded half up; None refuses them. `unit`: the
    factor of plain numbers. `not_before`: date fields that may not be later than
    this one, which is left empty otherwise and told in the note. `find`: cells
    contain names, not codes; `make`: fields with which unknown ones are created,
    None to refuse them.
    """

    heading: str
    field: str
    also: tuple[str, ...] = ()
    required: bool = False
    values: AnyMapping[str, str] | None = None
    others: str = "refuse"
    leave_out: tuple[str, ...] = ()
    prefix: str = ""
    sentence_case: bool = False
    split: str = ""
    dates: tuple[str, ...] = ()
    not_before: tuple[str, ...] = ()
    round: int | None = None
    unit: int = 1
    find: bool = False
    make: AnyMapping[str, Any] | None = None

    def texts(self, text: str) -> list[str] | None:
        """The values in a cell, replaced as `values` says; None if the row is left out.

        Raises CellError for a value that the mapping refuses.
        """
        if text in self.leave_out:
            return None
        if self.required and not text:
            raise CellError(_("the mapping requires a value here"))
        if self.values is not None and (text or "" in self.values):
            if text in self.values:
                text = self.values[text]
            elif self.others == "leave out":
                return None
            elif self.others == "refuse":
                raise CellError(
                    _("the mapping does not say what “%(value)s” means: add it to its values")
                    % {"value": truncate_for_display(text)}
                )
        texts = re.split(f"[{re.escape(self.split)}]", text) if self.split else [text]
        return [self.prefix + self._formatted(one.strip()) for one in texts if one.strip()]

    def _formatted(self, text: str) -> str:
        if not self.dates:
            return self._cased(text)
        day = self.day(text)
        if parse_iso_date(day) is None:
            raise CellError(
                _("“%(value)s” is not a date in the format of the mapping (%(forms)s)")
                % {"value": truncate_for_display(text), "forms": ", ".join(self.dates)}
            )
        return day

    def _cased(self, text: str) -> str:
        return text[:1].upper() + text[1:].lower() if self.sentence_case else text

    def day(self, text: str) -> str:
        """A date in ISO format; text in no known format is returned as it is.

        A number of five digits is a date serial number of a spreadsheet.
        """
        if re.fullmatch(r"[2-6][0-9]{4}", text):
            return (FIRST_SERIAL + timedelta(days=int(text))).isoformat()
        day = read_date(text, self.dates or DATE_FORMATS)
        return text if day is None else day.isoformat()

    def rounded(self, text: str) -> str:
        """A plain number, rounded as the mapping says; other text as it is."""
        if self.round is None or not re.fullmatch(r"-?[0-9,]+\.[0-9]+", text):
            return text
        try:
            number = Decimal(text.replace(",", ""))
        except InvalidOperation:
            return text
        if len(text.partition(".")[2]) <= self.round:
            return text
        return f"{number.quantize(Decimal(1).scaleb(-self.round), ROUND_HALF_UP):f}"


@dataclass(frozen=True)
class Mapping:
    """The columns of a file by heading, and what holds for the whole file.

    `ignored`: headings of columns that are not read. `constants`: values of fields
    for rows that have none. `records`: by model (plural), records to be created
    if they do not exist, in the fields of the API. `decisions`: see
    `projects.imports.lookup.RecordLookup`.
    """

    columns: AnyMapping[str, Column] = field(default_factory=dict)
    ignored: frozenset[str] = frozenset()
    constants: AnyMapping[str, Any] = field(default_factory=dict)
    records: AnyMapping[str, Sequence[AnyMapping[str, Any]]] = field(default_factory=dict)
    decisions: AnyMapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_fields(cls, names: Sequence[str]) -> Mapping:
        """The mapping of a file whose headings are the fields themselves."""
        return cls({name: Column(name, name) for name in names})

    def as_data(self) -> dict[str, Any]:
        """The data from which `mapping_of` makes this mapping."""
        return {
            "columns": {heading: _options(column) for heading, column in self.columns.items()},
            "ignored": sorted(self.ignored),
            "constants": dict(self.constants),
            "records": {model_name: list(several) for model_name, several in self.records.items()},
            "decisions": dict(self.decisions),
        }

    @property
    def headings(self) -> frozenset[str]:
        also = {heading for column in self.columns.values() for heading in column.also}
        return frozenset(self.columns) | also | self.ignored

    def of_file(self, headings: Sequence[str]) -> Mapping:
        """The mapping for one file: each column by that of its headings which the file has."""
        columns = {}
        for column in self.columns.values():
            several = (column.heading, *column.also)
            heading = next((one for one in several if one in headings), column.heading)
            columns[heading] = replace(column, heading=heading, also=())
        # In the order of the file, which a mapping from the database may have lost.
        places = {heading: place for place, heading in enumerate(headings)}
        ordered = sorted(columns.values(), key=lambda one: places.get(one.heading, len(places)))
        return replace(self, columns={one.heading: one for one in ordered})

    def column_of(self, name: str) -> str:
        """The heading of the column of a field; the name of the field if there is none."""
        return next((c.heading for c in self.columns.values() if c.field == name), name)


def _options(column: Column) -> dict[str, Any]:
    """The options of a column that differ from their defaults."""
    found: dict[str, Any] = {}
    for option in fields(Column):
        value = getattr(column, option.name)
        if option.name != "heading" and value != option.default:
            found[option.name] = list(value) if isinstance(value, tuple) else value
    return found


def read_mapping(path: Path) -> Mapping:
    """The mapping in a TOML file. Raises MappingError."""
    try:
        with path.open("rb") as file:
            data = tomllib.load(file)
    except OSError as error:
        refuse(
            _("“%(path)s” cannot be read: %(reason)s."), path=path, reason=error.strerror or error
        )
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        refuse(_("The mapping is not valid TOML: %(reason)s."), reason=error)
    return mapping_of(data)


def mapping_of(data: AnyMapping[str, Any]) -> Mapping:
    """The mapping that this data describes. Raises MappingError, which names the key."""
    _known(data, {"columns", "ignored", "constants", "records", "decisions"}, "")
    columns: dict[str, Column] = {}
    for heading, given in _table(data, "columns").items():
        heading = plain_heading(heading)
        given = {"field": given} if isinstance(given, str) else given
        columns[heading] = _column(heading, given)
    _no_heading_twice(columns)
    ignored = data.get("ignored", [])
    _texts(ignored, "ignored")
    records = _table(data, "records")
    _known(records, set(serializers.BY_MODEL_NAME), "records.")
    for model_name, several in records.items():
        if not isinstance(several, list) or not all(isinstance(one, dict) for one in several):
            refuse(_("“%(key)s” must be a list of tables."), key=f"records.{model_name}")
        for one in several:
            if not isinstance(one.get("code"), str):
                refuse(_("Each record under “%(key)s” needs a code."), key=f"records.{model_name}")
    decisions = _table(data, "decisions")
    _texts(list(decisions.values()), "decisions")
    return Mapping(
        columns,
        frozenset(map(plain_heading, ignored)),
        _as_json(_table(data, "constants")),
        _as_json(records),
        decisions,
    )


def _column(heading: str, given: Any) -> Column:
    key = f"columns.{heading}"
    if not isinstance(given, dict):
        refuse(_("“%(key)s” must be the name of a field, or a table."), key=key)
    options = {option.name: option for option in fields(Column) if option.name != "heading"}
    _known(given, set(options), f"{key}.")
    if not isinstance(given.get("field"), str):
        refuse(_("“%(key)s” must name its field."), key=key)
    found: dict[str, Any] = {}
    for name, value in given.items():
        where = f"{key}.{name}"
        match name:
            case "field" | "prefix" | "split":
                _is(value, str, where)
            case "sentence_case" | "find" | "required":
                _is(value, bool, where)
            case "round" | "unit":
                _is(value, int, where)
                if not 0 <= value <= 10**12:
                    refuse(_("“%(key)s” is out of range."), key=where)
            case "leave_out" | "not_before" | "dates":
                _texts(value, where)
                value = tuple(value)
            case "also":
                _texts(value, where)
                value = tuple(map(plain_heading, value))
            case "values":
                _is(value, dict, where)
                _texts(list(value.values()), where)
            case "make":
                _is(value, dict, where)
                value = _as_json(value)
            case "others":
                if value not in ("refuse", "keep", "leave out"):
                    refuse(_("“%(key)s” must be “refuse”, “keep” or “leave out”."), key=where)
        found[name] = value
    if "make" in found and not found.get("find"):
        refuse(
            _("“%(key)s” creates records that are not found: add find = true."), key=f"{key}.make"
        )
    if "unit" in found and (found["field"] != "amount" or "round" in found):
        refuse(
            _("“%(key)s” is only for the amount, and cannot be used with “round”."),
            key=f"{key}.unit",
        )
    return Column(heading, **found)


def _no_heading_twice(columns: AnyMapping[str, Column]) -> None:
    seen = set(columns)
    for column in columns.values():
        for heading in column.also:
            if heading in seen:
                refuse(
                    _("“%(key)s” repeats the heading “%(heading)s”."),
                    key=f"columns.{column.heading}.also",
                    heading=heading,
                )
            seen.add(heading)


def refuse(message: str, **params: Any) -> NoReturn:
    raise MappingError(message % params) from None


def _known(data: AnyMapping[str, Any], names: set[str], before: str) -> None:
    for name in data:
        if name not in names:
            refuse(
                _("The mapping has no key “%(key)s”: its keys are %(names)s."),
                key=f"{before}{name}",
                names=", ".join(sorted(names)),
            )


def _table(data: AnyMapping[str, Any], name: str) -> dict[str, Any]:
    value = data.get(name, {})
    _is(value, dict, name)
    return value


def _is(value: Any, kind: type, key: str) -> None:
    names = {str: _("a text"), bool: _("true or false"), int: _("a number"), dict: _("a table")}
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        refuse(_("“%(key)s” must be %(kind)s."), key=key, kind=names[kind])


def _texts(value: Any, key: str) -> None:
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        refuse(_("“%(key)s” may contain texts only."), key=key)


def _as_json(value: Any) -> Any:
    """TOML's dates are texts in JSON."""
    if isinstance(value, dict):
        return {name: _as_json(one) for name, one in value.items()}
    if isinstance(value, list):
        return [_as_json(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value
