"""Check a mapping against a file and the fields of a record, before any row is read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers as rest

from projects import serializers
from projects.serializers.cells import headings
from projects.serializers.errors import flat
from projects.spreadsheets.reading import Table

from .lookup import RecordLookup
from .mapping import Mapping
from .rows import RowError


def check_mapping(
    table: Table, mapping: Mapping, serializer: Any, lookup: RecordLookup
) -> list[RowError]:
    """What is wrong with a file as a whole; prepares the records that the mapping creates."""
    return [
        *_check_headings(table, mapping, headings(type(serializer))),
        *_check_constants(mapping, serializer),
        *_create_records(mapping, lookup),
    ]


def _check_headings(table: Table, mapping: Mapping, fields: list[str]) -> Iterator[RowError]:
    for heading in table.headings:
        if heading not in mapping.headings:
            reason = _(
                "There is no field of this name. The fields are: %(fields)s. Rename the column, "
                "or map or ignore it in a mapping."
            )
            yield RowError(0, heading, "", reason % {"fields": ", ".join(fields)})
    for column in mapping.columns.values():
        if column.field not in fields:
            reason = _("The mapping names a field “%(name)s”, which does not exist.")
            yield RowError(0, column.heading, "", reason % {"name": column.field})
    mapped = {column.field for column in mapping.columns.values()}
    present = {c.field for c in mapping.columns.values() if c.heading in table.headings}
    for name in mapped - present:
        if name in fields:
            reason = _("The file has no column for “%(name)s”.")
            yield RowError(0, mapping.column_of(name), "", reason % {"name": name})


def _check_constants(mapping: Mapping, serializer: Any) -> Iterator[RowError]:
    for name in mapping.constants:
        field = serializer.fields.get(name)
        if field is None or field.read_only:
            reason = _("The mapping sets a constant for a field that cannot be written.")
            yield RowError(0, name, "", reason)


def _create_records(mapping: Mapping, lookup: RecordLookup) -> Iterator[RowError]:
    # In the order in which models refer to each other, not that of the mapping.
    for model_name, serializer_class in serializers.BY_MODEL_NAME.items():
        for given in mapping.records.get(model_name, ()):
            try:
                lookup.create(serializer_class.Meta.model, given)
            except rest.ValidationError as error:
                for name, messages in flat(error.detail).items():
                    for message in messages:
                        column = f"records.{model_name}.{name}"
                        yield RowError(0, column, str(given.get(name, "")), message)
