"""Records as rows of cells, and back: the columns of a file are the serializer's fields.

Exports have all fields, in the serializer's order. Imports accept read-only columns and
ignore them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from projects.money.hundredths import in_common_width
from projects.names.messages import truncate_for_display
from projects.names.text_rules import join_lines
from projects.spreadsheets.cells import Cell

from .fields import LinesField, MoneyField, RateField
from .project import RateUsedSerializer, SectorShareSerializer

_BETWEEN = re.compile(r"[;；、\r\n]")
_SHARE = re.compile(r"([0-9]{1,3}(?:\.[0-9]{1,2})?)%?")


def headings(serializer_class: Any) -> list[str]:
    """All fields of a record, in order."""
    return [name for name, _column in _columns(serializer_class)]


def to_cells(serializer_class: Any, data: Mapping[str, Any]) -> list[Cell]:
    """The cells of a record, in the order of `headings`; `data` as the serializer returns it."""
    return [
        None if data[name] is None else column.write(data[name])
        for name, column in _columns(serializer_class)
    ]


def from_cells(serializer_class: Any, cells: Mapping[str, str]) -> dict[str, Any]:
    """The data for the serializer from a row of a file.

    Fields of blank cells are left out, and keep their values. Read-only columns are
    ignored; unknown ones are left to the serializer to refuse. Raises rest_framework's
    ValidationError, by field, for a cell that cannot be parsed.
    """
    columns = dict(_columns(serializer_class))
    found: dict[str, Any] = {}
    errors: dict[str, Any] = {}
    for name, text in cells.items():
        column = columns.get(name)
        if column is None:
            found[name] = text
        elif text.strip() and column.read is not None:
            try:
                found[name] = column.read(text)
            except serializers.ValidationError as error:
                errors[name] = error.detail
    if errors:
        raise serializers.ValidationError(errors)
    return found


class _Column:
    """How a field is written into a cell, and read from one; `read` is None if read-only."""

    def __init__(
        self, write: Callable[[Any], Cell], read: Callable[[str], Any] | None = None
    ) -> None:
        self.write = write
        self.read = read


@cache
def _columns(serializer_class: Any) -> list[tuple[str, _Column]]:
    return [(name, _column(field)) for name, field in serializer_class().fields.items()]


def _column(field: Any) -> _Column:
    column = _form(field)
    return _Column(column.write) if field.read_only else column


def _form(field: Any) -> _Column:
    match field:
        case MoneyField() | RateField() | serializers.DecimalField():
            return _Column(Decimal, str)
        case serializers.DateField():
            return _Column(date.fromisoformat, str)
        case serializers.DateTimeField():
            return _Column(datetime.fromisoformat, str)
        case serializers.ListSerializer(child=RateUsedSerializer()):
            return _Column(_write_rates)
        case LinesField():
            return _Column("\n".join, _read_lines)
        case serializers.ManyRelatedField():
            return _Column("; ".join, _read_list)
        case serializers.ListSerializer(child=SectorShareSerializer()):
            return _Column(_write_sectors, _read_sectors)
        case serializers.CharField() if field.style.get("base_template") != "textarea.html":
            return _Column(_unchanged, join_lines)
    return _Column(_unchanged, str)


def _unchanged(value: Any) -> Cell:
    return value


def _read_lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _read_list(text: str) -> list[str]:
    """`a; b`, also with `；` or `、` or a line for each, as `["a", "b"]`."""
    return [item.strip() for item in _BETWEEN.split(text) if item.strip()]


def _write_sectors(sectors: list[Mapping[str, Any]]) -> str:
    return "; ".join(
        sector["sector"] if sector["share"] is None else f"{sector['sector']} {sector['share']}"
        for sector in sectors
    )


def _read_sectors(text: str) -> list[dict[str, Any]]:
    """`trade 60; logistics 40`, or `trade; logistics` where the shares are not known."""
    return [_read_sector(item) for item in _read_list(text)]


def _read_sector(item: str) -> dict[str, Any]:
    code, _space, rest = in_common_width(item).partition(" ")
    share = _SHARE.fullmatch(rest.replace(" %", "%"))
    if rest and share is None:
        raise serializers.ValidationError(
            _(
                "“%(value)s” is not a sector with a share: write the code of a sector and, if the "
                "shares are known, its percentage after a space, such as “trade 60; logistics 40”."
            )
            % {"value": truncate_for_display(item)}
        )
    return {"sector": code, "share": share[1] if share else None}


def _write_rates(rates: list[Mapping[str, Any]]) -> str:
    """The published rates of a conversion, for people."""
    return "; ".join(
        "1 {from_currency} = {rate} {to_currency} ({quoted_on}, {source})".format_map(rate)
        for rate in rates
    )
