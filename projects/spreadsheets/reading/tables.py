"""Find the headings among lines of cells, and build the table below them."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from django.utils.translation import gettext as _

from projects.names.messages import truncate_for_display

from .limits import (
    HEADINGS_WITHIN,
    LONGEST_CELL,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_ROWS,
    check_length,
    column_letters,
    refuse,
    too_many_cells,
    too_many_columns,
    too_many_rows,
)

# What spreadsheets write for failed formulas, except #N/A, which people also type.
_ERRORS = re.compile(r"#(?:REF!|DIV/0!|VALUE!|NAME\?|NUM!|NULL!|SPILL!|CALC!|FIELD!)|Err:[0-9]{3}")
_NUMBER = re.compile(r"[-+]?[0-9][0-9,，]*(?:\.[0-9]+)?%?")
# A number with a unit of money: if merged over several rows, it cannot be assigned to one.
_AMOUNT = re.compile(
    r"[^0-9]{0,8}[0-9][0-9,，.]*\s*(?:万|亿|元|million|billion|bn|[¥￥$€£%]).{0,12}"
)


@dataclass(frozen=True)
class Row:
    """One row of a file: its number there, and its cells by heading.

    Cells are stripped texts; those of a JSON file are its unchanged values.
    """

    number: int
    cells: dict[str, Any]


@dataclass(frozen=True)
class Line:
    """A row of a file before the headings are known."""

    number: int
    cells: list[str]


@dataclass(frozen=True)
class Merged:
    """A merged range: row numbers and columns (from 0), both ends included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True)
class Table:
    """The rows of a file below its headings, without blank ones.

    `is_json`: cells are JSON values, not texts. `columns`: the column letters of
    each heading; empty for JSON. `above`: the lines above the headings, such as a
    title or a unit. `encoding` and `delimiter` are those of CSV. `sheet`: the sheet
    that was read; `other_sheets`: other sheets that are not empty.
    """

    headings: list[str]
    rows: list[Row] = field(default_factory=list)
    is_json: bool = False
    columns: dict[str, str] = field(default_factory=dict)
    above: list[Line] = field(default_factory=list)
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    other_sheets: list[str] = field(default_factory=list)


# Known headings, or a function that counts the known ones among some cells.
KnownHeadings = Collection[str] | Callable[[Collection[str]], int]


def recognised(cells: Iterable[str], known: KnownHeadings) -> int:
    """The number of cells that are known headings."""
    found = {plain_heading(cell) for cell in cells if cell}
    return known(found) if callable(known) else len(found & set(map(plain_heading, known)))


def table_of(
    lines: Iterable[Line],
    known: KnownHeadings,
    merged: Sequence[Merged] = (),
    *,
    is_ragged: bool = False,
    **about: Any,
) -> Table:
    """The table in these lines. Raises FileError.

    `is_ragged`: each line has its own number of cells, as in CSV, so that a line
    with fewer cells than headings is damaged.
    """
    lines = iter(lines)
    first: list[Line] = []
    for line in lines:
        if any(line.cells):
            first.append(line)
        if len(first) == HEADINGS_WITHIN:
            break
    if not first:
        refuse(_("The file has no rows."))
    start, end = _heading_lines(first, known, merged)
    headings = _checked(_joined(first[start:end], merged))
    table = Table(
        [heading for heading in headings if heading],
        columns={heading: column_letters(at) for at, heading in enumerate(headings) if heading},
        above=first[:start],
        **about,
    )
    if not table.headings:
        refuse(_("The file has no rows."))
    below = _filled(chain(first[end:], lines), first[end - 1].number, merged)
    for line in below:
        _add(table, headings, line, is_ragged=is_ragged)
    return table


def _add(table: Table, headings: Sequence[str], line: Line, *, is_ragged: bool) -> None:
    cells = line.cells
    if len(table.rows) == MOST_ROWS:
        too_many_rows()
    if (len(table.rows) + 1) * len(headings) > MOST_CELLS:
        too_many_cells((len(table.rows) + 1) * len(headings))
    if is_ragged and len(cells) < len(headings):
        refuse(
            _(
                "Line %(number)s has %(count)s cells, but there are %(headings)s headings: the "
                "file is cut off there, or a cell has a line break without quotation marks. "
                "Correct the line."
            ),
            number=line.number,
            count=len(cells),
            headings=len(headings),
        )
    for at, cell in enumerate(cells):
        if not cell:
            continue
        if len(cell) > LONGEST_CELL:
            check_length(len(cell), f"{column_letters(at)}{line.number}")
        if cell[0] in "#E" and _ERRORS.fullmatch(cell):
            refuse_error(cell, line.number, at, headings[at] if at < len(headings) else "")
        if at >= len(headings) or not headings[at]:
            refuse(
                _(
                    "Row %(number)s has “%(value)s” in column %(column)s, which has no heading: "
                    "add a heading, or empty the cell."
                ),
                number=line.number,
                value=truncate_for_display(cell),
                column=column_letters(at),
            )
    named = {
        heading: cells[at] if at < len(cells) else ""
        for at, heading in enumerate(headings)
        if heading
    }
    table.rows.append(Row(line.number, named))


def refuse_error(value: str, number: int, at: int, heading: str = "") -> None:
    refuse(
        _(
            "Row %(number)s has the error %(value)s in column %(column)s, where a formula could "
            "not be computed: correct or empty the cell."
        ),
        number=number,
        value=value,
        column=f"{column_letters(at)} (“{heading}”)" if heading else column_letters(at),
    )


def plain_heading(heading: str) -> str:
    """A heading with single spaces instead of line breaks and other white space."""
    return " ".join(heading.split())


# --- The headings -------------------------------------------------------------


def _heading_lines(
    first: Sequence[Line], known: KnownHeadings, merged: Sequence[Merged]
) -> tuple[int, int]:
    """The first line of the headings, and the first line below them.

    Chosen by the number of known headings, then by the number of texts that are
    not numbers; ties go to the first line.
    """
    best, found = (-1, -1), (0, 1)
    for start in range(len(first)):
        end = _end_of_headings(first, start, merged)
        headings = {plain_heading(one) for one in _joined(first[start:end], merged) if one}
        texts = sum(not _NUMBER.fullmatch(one) for one in headings)
        score = (recognised(headings, known), texts)
        if score[0] == best[0] == 0 and texts == best[1] and end - start > 1:
            continue
        if score > best:
            best, found = score, (start, end)
    return found


def _end_of_headings(first: Sequence[Line], start: int, merged: Sequence[Merged]) -> int:
    """The line after headings that start at `start`: the next one, unless cells are merged."""
    top = first[start].number
    here = [one for one in merged if one.top == top]
    wide = [one for one in here if one.right > one.left]
    filled = {at for at, cell in enumerate(first[start].cells) if cell}
    grouped = {at for one in wide for at in range(one.left, one.right + 1)}
    bottom = max((one.bottom for one in here if one.left in filled), default=top)
    if bottom == top:
        # A group of columns has the names of its columns in the next line, which has no other
        # cells. A line that consists of groups only is a title of the whole table.
        if not filled - grouped or start + 1 == len(first) or first[start + 1].number != top + 1:
            return start + 1
        below = {at for at, cell in enumerate(first[start + 1].cells) if cell}
        named = [one for one in wide if len(below & set(range(one.left, one.right + 1))) > 1]
        return start + 2 if below and below <= grouped and named else start + 1
    if len(filled) == 1:
        return start + 1
    end = start + 1
    while end < len(first) and first[end].number <= bottom:
        end += 1
    return end


def _joined(lines: Sequence[Line], merged: Sequence[Merged]) -> list[str]:
    """The heading of each column: the name of its group, if any, then its own name."""
    if len(lines) == 1:
        return list(lines[0].cells)
    numbers = {line.number for line in lines}
    wide = [one for one in merged if one.top in numbers and one.right > one.left]
    width = max(len(line.cells) for line in lines)
    headings = [""] * width
    for line in lines:
        cells = line.cells + [""] * (width - len(line.cells))
        for one in wide:
            if one.top == line.number and one.left < width:
                for at in range(one.left, min(one.right + 1, width)):
                    cells[at] = cells[one.left]
        headings = [
            f"{above} {here}" if above and here and above != here else above or here
            for above, here in zip(headings, cells, strict=True)
        ]
    return headings


def _checked(cells: Sequence[str]) -> list[str]:
    """The headings; an empty text for a column without one. Raises FileError for duplicates."""
    headings = [plain_heading(cell) for cell in cells]
    while headings and not headings[-1]:
        headings.pop()
    if len(headings) > MOST_COLUMNS:
        too_many_columns(len(headings))
    seen: set[str] = set()
    for heading in headings:
        if heading in seen:
            refuse(
                _("Two columns have the heading “%(heading)s”: name them apart."), heading=heading
            )
        if heading:
            seen.add(heading)
            check_length(len(heading))
    return headings


# --- Merged cells below the headings ------------------------------------------


def _filled(lines: Iterable[Line], above: int, merged: Sequence[Merged]) -> Iterator[Line]:
    """Yield lines that are not blank, with merged cells repeated in each of their rows.

    A number that is merged over several rows is refused: it would count once per row.
    """
    tall = sorted(
        (one for one in merged if one.bottom > one.top and one.top > above),
        key=lambda one: one.top,
        reverse=True,
    )
    spanning: dict[int, tuple[Merged, str]] = {}
    for line in lines:
        if not any(line.cells):
            continue
        while tall and tall[-1].top <= line.number:
            one = tall.pop()
            text = line.cells[one.left] if one.left < len(line.cells) else ""
            if one.top == line.number and text:
                _check_merged(one, text)
                spanning[one.left] = (one, text)
        if not spanning:
            yield line
            continue
        cells = list(line.cells)
        for at, (one, text) in list(spanning.items()):
            if line.number > one.bottom:
                del spanning[at]
            elif line.number > one.top:
                if at < len(cells) and cells[at] not in ("", text):
                    refuse(
                        _(
                            "The cell %(cell)s has “%(value)s” hidden under a merged cell: unmerge "
                            "it, and enter what is meant."
                        ),
                        cell=f"{column_letters(at)}{line.number}",
                        value=truncate_for_display(cells[at]),
                    )
                cells += [""] * (at + 1 - len(cells))
                cells[at] = text
        yield Line(line.number, cells)


def _check_merged(one: Merged, text: str) -> None:
    if _NUMBER.fullmatch(text) or _AMOUNT.fullmatch(text):
        refuse(
            _(
                "“%(value)s” in the cell %(cell)s is merged over the rows %(top)s to %(bottom)s, "
                "so it is unclear which row it belongs to: unmerge it, and give each row its own "
                "value."
            ),
            value=truncate_for_display(text),
            cell=f"{column_letters(one.left)}{one.top}",
            top=one.top,
            bottom=one.bottom,
        )
