"""What the second sheet of a workbook says of the first, row by row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.conf import settings
from django.utils.translation import gettext as _

from projects import filters
from projects.spreadsheets import writing
from projects.spreadsheets.writing import Row, TooLong

_MOST_NAMED = 100


def filter_rows(filterset: filters.RegisterFilterSet) -> Iterator[Row]:
    """Which records are meant, as in the address, and in words."""
    given = filterset.active_parameters()
    if order := filterset.cleaned_data.get("ordering"):
        given["ordering"] = [order]
    if not given:
        yield [_("Filter"), _("all records")]
    for name, values in given.items():
        yield [_("Filter"), f"{name}={', '.join(values)}", str(filterset.filters[name].label)]


def moments() -> Row:
    return [_("Times are in the time zone %(zone)s.") % {"zone": settings.TIME_ZONE}]


def long_numbers() -> Row:
    return [_("Numbers of more than 15 digits are text, as spreadsheets would change them.")]


def columns(words: Mapping[str, str]) -> Iterator[Row]:
    """What each column holds, in words; the headings are the fields of the API."""
    for name, said in words.items():
        yield [_("Column"), name, said]


def kept_out(too_long: list[TooLong]) -> Iterator[Row]:
    """The cells that hold less than the register does."""
    for each in too_long[:_MOST_NAMED]:
        yield [
            _(
                "The cell %(cell)s (%(heading)s) is left empty: its text has %(length)s "
                "characters, and a cell at most %(most)s. CSV and JSON contain it."
            )
            % {
                "cell": each.cell,
                "heading": each.heading,
                "length": f"{each.length:,}",
                "most": f"{writing.LONGEST_TEXT:,}",
            }
        ]
    if (more := len(too_long) - _MOST_NAMED) > 0:
        yield [_("More cells left empty for the same reason: %(more)s.") % {"more": f"{more:,}"}]
