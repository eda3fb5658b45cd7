"""Limits on the size of files, and the error for files that cannot be read."""

from __future__ import annotations

from typing import Any, NoReturn

from django.utils.translation import gettext as _

# Of the uploaded file.
MOST_BYTES = 50 * 1024 * 1024
# Below the headings.
MOST_ROWS = 200_000
MOST_COLUMNS = 500
# Rows times columns: all cells are kept in memory.
MOST_CELLS = 4_000_000
# Some cells contain a whole report.
LONGEST_CELL = 1_000_000
# A workbook is a ZIP archive: the number of its parts, and their unpacked size.
MOST_PARTS = 500
MOST_UNPACKED = 300 * 1024 * 1024
# All cells of a workbook may refer to one long text.
MOST_CHARACTERS = 50_000_000
MOST_MERGED = 100_000
# Many files have titles, dates and units above the headings, but no more rows of them.
HEADINGS_WITHIN = 20


class FileError(Exception):
    """A file that cannot be read; the message says why and what to do."""


def refuse(message: str, **params: Any) -> NoReturn:
    raise FileError(message % params if params else message) from None


def too_many_rows(row: int | None = None) -> NoReturn:
    """`row`: the row of a workbook's last cell, if that is known."""
    if row is None:
        refuse(_("The file has more than %(most)s rows: split it."), most=f"{MOST_ROWS:,}")
    refuse(
        _(
            "The file has a cell in row %(row)s, and at most %(most)s rows can be read: delete "
            "everything below the table, or split it."
        ),
        row=f"{row:,}",
        most=f"{MOST_ROWS:,}",
    )


def too_many_columns(count: int) -> NoReturn:
    refuse(
        _(
            "The file has %(count)s columns, and at most %(most)s can be read: delete "
            "everything to the right of the table."
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
    """Raise FileError if a rectangle of cells is too large to keep in memory."""
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


def column_letters(at: int) -> str:
    """The letters of a column, counted from 0: A, …, Z, AA, …"""
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(ord("A") + rest) + name
    return name
