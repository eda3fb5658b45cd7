"""Template workbooks: headings with drop-down lists, and sheets that explain them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum, auto
from typing import Any

import xlsxwriter
from xlsxwriter.utility import quote_sheetname, xl_range_abs

from .writing import FIRST_DAY, MOST_ROWS, Sheet, SheetWriter, write_sheet

_WIDTH = 18
# The number of the built-in text format.
_TEXT = 49


class OtherValues(Enum):
    """How a spreadsheet treats a value that its drop-down list does not contain."""

    REFUSED = auto()
    WARNED = auto()
    ACCEPTED = auto()


@dataclass(frozen=True)
class Choices:
    """The options of a drop-down list: the value written into the cell, and its meaning.

    Several columns may share one list.
    """

    name: str
    options: Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Column:
    """A column of a template. Everything but days is text, so that no zero or digit is lost."""

    heading: str
    comment: str
    is_required: bool = False
    is_day: bool = False
    choices: Choices | None = None
    otherwise: OtherValues = OtherValues.REFUSED


@dataclass(frozen=True)
class ErrorMessages:
    """Messages for invalid cells: a title of at most 32 characters, the others at most 255."""

    title: str
    choice: str
    day: str


def template_workbook(
    name: str,
    columns: Sequence[Column],
    *,
    refusals: ErrorMessages,
    lists: str,
    explained: Sequence[Sheet] = (),
) -> bytes:
    """The workbook as bytes: the sheet `name` with headings only comes first.

    The explaining sheets follow, and last the sheet `lists` with the options of the
    drop-down lists, which people can read as well.
    """
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True}) as workbook:
        sheet = SheetWriter(workbook, name)
        sheet.write_headings([column.heading for column in columns])
        for each in explained:
            write_sheet(workbook, each)
        ranges = _write_lists(workbook, lists, columns)
        form = _Form(workbook, sheet, refusals)
        for at, column in enumerate(columns):
            form.add(at, column, ranges)
    return file.getvalue()


def _write_lists(workbook: Any, name: str, columns: Sequence[Column]) -> dict[str, str]:
    """Write the options, two columns for each list; returns their ranges by list name."""
    every = {c.choices.name: c.choices for c in columns if c.choices and c.choices.options}
    if not every:
        return {}
    sheet = SheetWriter(workbook, name)
    sheet.write_headings([cell for one in every for cell in (one, "")])
    depth = max(len(one.options) for one in every.values())
    for row in range(depth):
        cells: list[Any] = []
        for one in every.values():
            cells += one.options[row] if row < len(one.options) else (None, None)
        sheet.write(cells)
    sheet.finish()
    return {
        one.name: f"={quote_sheetname(name)}!{xl_range_abs(1, at, len(one.options), at)}"
        for at, one in zip(range(0, 2 * len(every), 2), every.values(), strict=True)
    }


class _Form:
    """Adds formats and drop-down lists to the empty cells, and comments to the headings."""

    def __init__(self, workbook: Any, sheet: SheetWriter, refusals: ErrorMessages) -> None:
        self.sheet = sheet.sheet
        self.refusals = refusals
        self.required = workbook.add_format({"bold": True, "bottom": 1, "bg_color": "#FFF2CC"})
        self.text = workbook.add_format({"num_format": _TEXT})
        self.day = workbook.add_format({"num_format": "yyyy-mm-dd"})

    def add(self, at: int, column: Column, ranges: dict[str, str]) -> None:
        if column.is_required:
            self.sheet.write_string(0, at, column.heading, self.required)
        self.sheet.write_comment(0, at, column.comment, {"x_scale": 2.5, "y_scale": 2})
        width = max(_WIDTH, len(column.heading) + 2)
        self.sheet.set_column(at, at, width, self.day if column.is_day else self.text)
        if column.is_day:
            rule = {
                "validate": "date",
                "criteria": ">=",
                "value": FIRST_DAY,
                "error_message": self.refusals.day,
            }
        elif column.choices is not None and column.choices.name in ranges:
            rule = {
                "validate": "list",
                "source": ranges[column.choices.name],
                "error_message": self.refusals.choice,
                "error_type": "warning" if column.otherwise == OtherValues.WARNED else "stop",
                "show_error": column.otherwise != OtherValues.ACCEPTED,
            }
        else:
            return
        rule["error_title"] = self.refusals.title
        if self.sheet.data_validation(1, at, MOST_ROWS - 1, at, rule):
            raise ValueError(f"no drop-down for {column.heading}: {rule}")
