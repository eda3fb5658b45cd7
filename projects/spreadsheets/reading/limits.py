"""How large a file may be, and how a file is refused. An interface may print these."""

from __future__ import annotations

from typing import Any, NoReturn

from django.utils.translation import gettext as _

# Of the file, as it is given.
MOST_BYTES = 50 * 1024 * 1024
# Below the headings.
MOST_ROWS = 200_000
MOST_COLUMNS = 500
# Rows times columns: what is read is held in memory.
MOST_CELLS = 4_000_000
# Some cells hold a whole report.
LONGEST_CELL = 1_000_000
# A workbook is a ZIP archive: how many parts it may have, and how large they may be unpacked.
MOST_PARTS = 500
MOST_UNPACKED = 300 * 1024 * 1024
# A text that stands once in a workbook may be shown by all of its cells.
MOST_CHARACTERS = 50_000_000
MOST_MERGED = 100_000
# Titles, dates and units stand above the headings of many files, but not more rows of them.
HEADINGS_WITHIN = 20


class FileError(Exception):
    """Why a file cannot be read, as a sentence with its remedy."""


def refuse(message: str, **params: Any) -> NoReturn:
    raise FileError(message % params if params else message) from None


def too_many_rows(row: int | None = None) -> NoReturn:
    """`row`: where a workbook has a cell so far down."""
    if row is None:
        refuse(_("The file has more than %(most)s rows: split it."), most=f"{MOST_ROWS:,}")
    refuse(
        _(
            "The file has a cell in row %(row)s, and at most %(most)s rows can be read: delete "
            "what stands below the table, or split it."
        ),
        row=f"{row:,}",
        most=f"{MOST_ROWS:,}",
    )


def too_many_columns(count: int) -> NoReturn:
    refuse(
        _(
            "The file has %(count)s columns, and at most %(most)s can be read: delete what stands "
            "to the right of the table."
        ),
        count=f"{count:,}",
        most=MOST_COLUMNS,
    )


def too_many_cells(count: int) -> NoReturn:
    refuse(
        _("The file has %(count)s cells, and at most %(most)s can be read: split it."),
        count=f"{count:,}",
        most=f"{MOST_CELLS:,}",
    )


def check_extent(rows: int, columns: int) -> None:
    """Refuse a rectangle of cells that is too large to be held."""
    if rows > MOST_ROWS + HEADINGS_WITHIN:
        too_many_rows(rows)
    if columns > MOST_COLUMNS:
        too_many_columns(columns)
    if rows * columns > MOST_CELLS:
        too_many_cells(rows * columns)


def check_length(length: int, place: str = "") -> None:
    if length > LONGEST_CELL:
        refuse(
            _(
                "The cell %(place)s has more than %(most)s characters, which is more than can be "
                "read: shorten it."
            )
            if place
            else _(
                "A cell has more than %(most)s characters, which is more than can be read: "
                "shorten it."
            ),
            place=place,
            most=f"{LONGEST_CELL:,}",
        )


def letters(at: int) -> str:
    """The letters of the column at this place, counted from 0: A, …, Z, AA, …"""
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
