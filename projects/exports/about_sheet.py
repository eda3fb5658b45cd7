"""Rows of the second sheet of a workbook, which describes the first."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.conf import settings
from django.utils.translation import gettext as _

from projects import filters
from projects.spreadsheets import writing
from projects.spreadsheets.writing import Row, TooLong

_MOST_NAMED = 100


def filter_rows(filterset: filters.RegisterFilterSet) -> Iterator[Row]:
    """The filters, as in the address, with their labels."""
    given = filterset.active_parameters()
    if order := filterset.cleaned_data.get("ordering"):
        given["ordering"] = [order]
    if not given:
        yield [_("Filter"), _("all records")]
    for name, values in given.items():
        yield [_("Filter"), f"{name}={', '.join(values)}", str(filterset.filters[name].label)]


def time_zone() -> Row:
    return [_("Times are in the time zone %(zone)s.") % {"zone": settings.TIME_ZONE}]


def long_numbers() -> Row:
    return [_("Numbers of more than 15 digits are text, as spreadsheets would change them.")]


def columns(labels: Mapping[str, str]) -> Iterator[Row]:
    """The description of each column by its heading, which is the field of the API."""
    for name, label in labels.items():
        yield [_("Column"), name, label]


def omitted_cells(too_long: list[TooLong]) -> Iterator[Row]:
    """The cells that are empty because their text is too long."""
    for cell in too_long[:_MOST_NAMED]:
        yield [
            _(
                "The cell %(cell)s (%(heading)s) is left empty: its text has %(length)s "
                "characters, and a cell at most %(most)s. CSV and JSON contain it."
            )
            % {
                "cell": cell.cell,
                "heading": cell.heading,
                "length": f"{cell.length:,}",
                "most": f"{writing.LONGEST_TEXT:,}",
            }
        ]
    if (more := len(too_long) - _MOST_NAMED) > 0:
        yield [_("More cells left empty for the same reason: %(more)s.") % {"more": f"{more:,}"}]
