"""Exports of totals: the same rows as the page and the API, exact to the hundredth.

CSV ends with the total in a row of its own, with empty keys and the label
"Total". In a workbook the total is on the second sheet, so that summing a column
does not count it twice. JSON is the response of the API.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import IO, Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from rest_framework.renderers import JSONRenderer

from projects import filters
from projects.filters.totals import DIMENSIONS
from projects.models import (
    Basis,
    ExchangeRate,
    Project,
    ProjectConversion,
    Qualifier,
    Receipt,
    ReceiptConversion,
    Source,
    base_currency,
)
from projects.serializers.totals import FigureSerializer, RowSerializer, TotalsSerializer
from projects.spreadsheets import writing
from projects.spreadsheets.cells import Cell, QualifiedNumber
from projects.spreadsheets.writing import Row, Sheet, SheetFullError, TooLong
from projects.totals import totals

from . import about_sheet
from .base import Export, read_snapshot

# A wider cross-table would not be readable; the first sheet has all figures.
MOST_ACROSS = 200
# The exports of records have all sources.
MOST_SOURCES = 1_000

_FIGURES = (
    "projects",
    "disclosed",
    "undisclosed",
    "left_out",
    "amount",
    "base_currency",
    "basis",
    "bound",
    "share",
    "href",
)
_MARKS = {Qualifier.AT_LEAST: "≥", Qualifier.ABOUT: "≈", Qualifier.AT_MOST: "≤"}


class TotalsExport(Export):
    """The files of totals. The whole table is in memory, as for the page and the API."""

    name = "totals"
    filterset_class = filters.TotalsFilterSet

    def chunks(self, filterset: Any, form: str) -> Iterator[bytes]:
        with read_snapshot():
            table = _table(filterset)
        if form == "json":
            return iter([JSONRenderer().render(TotalsSerializer(table).data)])
        return writing.csv_lines(headings(table.by), [*rows(table), total_row(table)])

    def xlsx(self, filterset: Any, file: IO[bytes]) -> None:
        """Write the workbook. The number of queries does not depend on that of rows."""
        exported_at = timezone.localtime()
        with read_snapshot():
            table = _table(filterset)
            if len(table.rows) >= writing.MOST_ROWS:
                raise SheetFullError
            cross = totals.pivot(filterset, table) if fits_across(table) else None
            sources = list(cited_sources(filterset, table.basis)[: MOST_SOURCES + 1])
            of_rates = list(sources_of_rates(filterset, table.basis)[: MOST_SOURCES + 1])

        def about_rows(too_long: list[TooLong]) -> Iterator[Row]:
            yield [_("Contents of this file"), self.name]
            yield from about_sheet.filter_rows(filterset)
            for dimension in table.by:
                yield [_("By"), dimension, str(DIMENSIONS[dimension].label)]
            yield [_("Basis"), table.basis.value, str(table.basis.label)]
            yield [_("Currency"), table.currency]
            yield [_("Exported at"), exported_at]
            yield from _total(table)
            yield from _notes(table, has_cross=cross is not None)
            yield from about_sheet.omitted_cells(too_long)
            yield from about_sheet.columns(column_labels(table.by))
            yield from _sources(_("Source"), sources)
            yield from _sources(_("Source of exchange rates"), of_rates)

        writing.xlsx(
            headings(table.by),
            rows(table),
            file,
            sheet=self.name,
            about=about_rows,
            about_sheet=pgettext("sheet", "about"),
            further=[pivot_sheet(table, cross)] if cross is not None else [],
        )


def _table(filterset: Any) -> totals.Totals:
    return totals.totals(filterset, filterset.dimensions, filterset.requested_basis)


def headings(by: tuple[str, ...]) -> list[str]:
    """The columns of a table by these dimensions: keys, labels, figures."""
    return [*by, *("label", "then_label")[: len(by)], *_FIGURES]


def rows(table: totals.Totals) -> Iterator[Row]:
    """The representation of each row in the API, in the order of `headings`."""
    for data in RowSerializer(table.rows, many=True).data:
        yield _cells(table, data)


def total_row(table: totals.Totals) -> Row:
    share = table.total.share
    data = {
        **FigureSerializer(table.total).data,
        "label": _("Total"),
        "share": None if share is None else f"{share:.4f}",
    }
    return _cells(table, data)


def _cells(table: totals.Totals, data: Mapping[str, Any]) -> list[Cell]:
    data = {**data, "base_currency": table.currency, "basis": table.basis.value}
    for name in ("amount", "share"):
        data[name] = None if data[name] is None else Decimal(data[name])
    return [data.get(name) for name in headings(table.by)]


def column_labels(by: tuple[str, ...]) -> dict[str, str]:
    """The description of each column by its heading."""
    labels = [DIMENSIONS[dimension].label for dimension in by]
    keys = {
        name: _("%(dimension)s (code); empty where not stated") % {"dimension": label}
        for name, label in zip(by, labels, strict=True)
    }
    names = {
        name: _("%(dimension)s (name)") % {"dimension": label}
        for name, label in zip(("label", "then_label"), labels, strict=False)
    }
    figures = (
        _("Number of projects"),
        _("Number of projects that disclose an amount"),
        _("Number of projects without a disclosed amount, which is not zero"),
        _("How many of those that do are left out for lack of a rate"),
        _("Sum of the other projects, in the base currency"),
        _("Base currency"),
        _("Basis"),
        _("Bound of the amount: exact, about, at_least or at_most"),
        _("Share of the total's amount, from 0 to 1"),
        _("Address of the list of these projects"),
    )
    return keys | names | dict(zip(_FIGURES, figures, strict=True))


# --- The cross-table -----------------------------------------------------------


def fits_across(table: totals.Totals) -> bool:
    if len(table.by) < 2 or not table.rows:
        return False
    first, second = ({row.keys[dimension] for row in table.rows} for dimension in table.by)
    return len(first) < writing.MOST_ROWS - 1 and len(second) <= MOST_ACROSS


def pivot_sheet(table: totals.Totals, cross: totals.CrossTable) -> Sheet:
    """The amounts as rows and columns, with the totals of both."""
    first, second = (str(DIMENSIONS[dimension].label) for dimension in table.by)
    return Sheet(
        name=_("cross-table"),
        headings=[
            f"{first} / {second}",
            *(column.label for column in cross.columns),
            _("Total"),
        ],
        rows=[
            *([row.label, *map(_amount, cells), _amount(row)] for row, cells in cross.rows),
            [_("Total"), *map(_amount, cross.columns), _amount(table.total)],
        ],
    )


def _amount(figure: totals.Figure | None) -> Cell:
    """A figure in one cell: empty without projects, a text where the amount is not known."""
    if figure is None:
        return None
    if not figure.is_known:
        return _not_known(figure)
    mark = _MARKS.get(figure.bound)
    return QualifiedNumber(figure.amount, mark) if mark else figure.amount


def _not_known(figure: totals.Figure) -> str:
    if not figure.disclosed:
        return _("undisclosed")
    return _("not known in %(currency)s") % {"currency": base_currency()}


# --- The sheet about it ---------------------------------------------------------


def _total(table: totals.Totals) -> Iterator[Row]:
    total = table.total
    yield [_("Total"), total.amount if total.is_known else _not_known(total)]
    yield [_("Bound of the total"), total.bound.value, str(total.bound.label)]
    yield [_("Projects"), total.projects]
    yield [_("Disclosed"), total.disclosed]
    yield [_("Undisclosed"), total.undisclosed]
    yield [_("Left out for lack of a rate"), total.left_out]


def _notes(table: totals.Totals, *, has_cross: bool) -> Iterator[Row]:
    yield [_("The rows of the first sheet add up to this total, which is not one of them.")]
    if table.overlap > 0:
        yield [
            _(
                "A project in several sectors counts in the row of each, and once in the total: "
                "the rows count %(more)s more."
            )
            % {"more": f"{table.overlap:,}"}
        ]
    yield [
        _(
            "Amounts exclude projects that are undisclosed or left out; they are then “at "
            "least”. An amount of 0.00 without any counted project is unknown, not zero: the "
            "columns next to it count what is missing."
        )
    ]
    if has_cross:
        yield [
            _(
                "On the sheet “%(sheet)s”, ≥ means at least, ≈ about and ≤ at most; a "
                "cell is empty where there are no projects."
            )
            % {"sheet": _("cross-table")}
        ]
    elif len(table.by) > 1 and table.rows:
        yield [
            _("A cross-table would have more than %(most)s columns, so it is left out.")
            % {"most": MOST_ACROSS}
        ]
    yield about_sheet.long_numbers()
    yield about_sheet.time_zone()


def _sources(name: str, sources: list[Source]) -> Iterator[Row]:
    for source in sources[:MOST_SOURCES]:
        yield [name, source.code, source.title, source.publisher, source.published_on, source.url]
    if len(sources) > MOST_SOURCES:
        yield [name, _("and more")]


def cited_sources(filterset: Any, basis: Basis) -> Any:
    """The sources of the counted projects, or of the counted receipts."""
    counted = totals.allocations(filterset, basis)
    if basis == Basis.RECEIVED:
        cited = Receipt.objects.filter(pk__in=counted.values("receipt"), source__isnull=False)
        wanted = cited.order_by().values("source")
    else:
        links = Project.sources.through.objects
        wanted = links.filter(project__in=counted.values("project")).values("source")
    return Source.objects.visible_to(filterset.user).filter(pk__in=wanted)


def sources_of_rates(filterset: Any, basis: Basis) -> Any:
    """The sources of the exchange rates at which the amounts were converted."""
    counted = totals.allocations(filterset, basis)
    if basis == Basis.RECEIVED:
        conversions = ReceiptConversion.objects.filter(receipt__in=counted.values("receipt"))
    else:
        conversions = ProjectConversion.objects.filter(project__in=counted.values("project"))
    conversions = conversions.current()
    rates = ExchangeRate.objects.filter(
        Q(pk__in=conversions.filter(rate_from__isnull=False).values("rate_from"))
        | Q(pk__in=conversions.filter(rate_to__isnull=False).values("rate_to"))
    )
    return Source.objects.visible_to(filterset.user).filter(
        pk__in=rates.order_by().values("source")
    )


TOTALS = TotalsExport()
