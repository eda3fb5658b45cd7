"""Exports of records, with the serializers of the API and in the order of the filter set.

CSV, XLSX and JSON have the same fields under the same names. Records are streamed, so that
memory does not grow with their number.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import IO, Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from rest_framework.renderers import JSONRenderer

from projects import filters, serializers
from projects.filters.parameters import ParameterForm, file_form
from projects.models import base_currency
from projects.serializers.cells import headings, to_cells
from projects.serializers.labels import field_labels
from projects.spreadsheets import writing
from projects.spreadsheets.writing import Row, SheetFullError, TooLong

from . import about_sheet
from .base import Export, read_snapshot

CHUNK = 500
# Columns that a file has as well, as a list shows them in the same cell.
_COMPANIONS = {
    "name": ["name_zh"],
    "amount": ["currency", "qualifier"],
    "amount_base": ["base_currency"],
    "received": ["base_currency"],
}
_CHUNK_SIZE = 64 * 1024


@dataclass
class Counts:
    """The numbers on the second sheet, complete once the first is written."""

    records: int = 0
    undisclosed: int = 0
    left_out: int = 0
    sources: set[str] = field(default_factory=set)

    def through(self, objects: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
        """The same objects, counted on the way."""
        for data in objects:
            self.records += 1
            self.sources.update(data.get("sources") or filter(None, [data.get("source")]))
            if "amount" in data:
                self.undisclosed += data["amount"] is None
                self.left_out += data["amount"] is not None and data["amount_base"] is None
            yield data


@dataclass(frozen=True)
class RecordsExport(Export):
    """The files of one model, whose name in addresses is `name`."""

    name: str
    filterset_class: type[filters.RegisterFilterSet]
    serializer_class: Any

    @property
    def parameters(self) -> type[ParameterForm]:
        return file_form(headings(self.serializer_class))

    def columns(self, filterset: filters.RegisterFilterSet) -> list[str]:
        """The columns of the file: the requested ones with those that explain them, or all."""
        wanted = set(filterset.cleaned_data["columns"])
        for name in tuple(wanted):
            wanted.update(_COMPANIONS.get(name, ()))
        return [name for name in headings(self.serializer_class) if name in wanted or not wanted]

    def objects(self, filterset: filters.RegisterFilterSet) -> Iterator[dict[str, Any]]:
        """The representation in the API of each record of a valid filter set.

        One query for the records, and one for each relation of each 500 of them.
        """
        serializer = self.serializer_class()
        with read_snapshot():
            for record in filterset.qs.with_related(filterset.user).iterator(chunk_size=CHUNK):
                yield serializer.to_representation(record)

    def rows(self, objects: Iterable[dict[str, Any]], columns: list[str]) -> Iterator[Row]:
        places = [headings(self.serializer_class).index(name) for name in columns]
        for data in objects:
            cells = to_cells(self.serializer_class, data)
            yield [cells[place] for place in places]

    def chunks(self, filterset: filters.RegisterFilterSet, form: str) -> Iterator[bytes]:
        # Errors of the database are raised here: the generators run after the response began.
        filterset.qs.exists()
        return {"csv": self.csv, "json": self.json}[form](filterset)

    def csv(self, filterset: filters.RegisterFilterSet) -> Iterator[bytes]:
        columns = self.columns(filterset)
        return writing.csv_lines(columns, self.rows(self.objects(filterset), columns))

    def json(self, filterset: filters.RegisterFilterSet) -> Iterator[bytes]:
        """One array, with one object on each line."""
        renderer = JSONRenderer()
        columns = self.columns(filterset)
        chunk, before = bytearray(b"["), b"\n"
        for data in self.objects(filterset):
            chunk += before + renderer.render({name: data[name] for name in columns})
            before = b",\n"
            if len(chunk) > _CHUNK_SIZE:
                yield bytes(chunk)
                chunk.clear()
        yield bytes(chunk + b"\n]\n")

    def xlsx(self, filterset: filters.RegisterFilterSet, file: IO[bytes]) -> None:
        # Checked first as well, since writing a million rows takes minutes.
        if filterset.qs.order_by().count() >= writing.MOST_ROWS:
            raise SheetFullError
        columns = self.columns(filterset)
        counts = Counts()
        exported_at = timezone.localtime()

        def about_rows(too_long: list[TooLong]) -> Iterator[Row]:
            yield [_("Contents of this file"), self.name]
            yield from about_sheet.filter_rows(filterset)
            yield [_("Exported at"), exported_at]
            yield from self._counts(counts, columns)
            yield about_sheet.time_zone()
            yield from about_sheet.omitted_cells(too_long)
            words = field_labels(self.serializer_class)
            yield from about_sheet.columns({name: words[name] for name in columns})

        writing.xlsx(
            columns,
            self.rows(counts.through(self.objects(filterset)), columns),
            file,
            sheet=self.name,
            about=about_rows,
            about_sheet=pgettext("sheet", "about"),
        )

    def _counts(self, counts: Counts, columns: list[str]) -> Iterator[Row]:
        has_amounts = "amount" in columns
        yield [_("Records"), counts.records]
        if has_amounts:
            yield [_("Records without a disclosed amount"), counts.undisclosed]
            yield [_("Records with an amount and no exchange rate"), counts.left_out]
        if "sources" in columns or "source" in columns:
            yield [_("Sources cited"), len(counts.sources)]
        if has_amounts:
            yield [_("An empty amount is undisclosed, which is not zero.")]
            yield [
                _(
                    "The column amount_base is in %(currency)s, at the rates in the "
                    "column rates; it is empty where there is no rate within the 45 days "
                    "before."
                )
                % {"currency": base_currency()}
            ]
            yield about_sheet.long_numbers()


# By the plural of the model, with which the file's name begins.
RECORDS = {
    plural: RecordsExport(plural, filters.BY_MODEL_NAME[plural], serializer_class)
    for plural, serializer_class in serializers.BY_MODEL_NAME.items()
}
