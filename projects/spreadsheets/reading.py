"""A file to a table of texts: CSV, XLSX, XLS, ODS and JSON. Knows no model.

Nothing is guessed that could be read in two ways, and nothing is skipped but
blank rows and what stands above the headings.
"""

from __future__ import annotations

import codecs
import csv
import io
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from itertools import chain, zip_longest
from pathlib import Path
from typing import Any, NoReturn

import python_calamine
from django.utils.translation import gettext as _

from projects.wording import shown

from .cells import restore

MOST_BYTES = 50 * 1024 * 1024
MOST_ROWS = 200_000
MOST_COLUMNS = 500
# Titles, dates and units stand above the headings of many files, but not more rows of them.
HEADINGS_WITHIN = 20
# Some cells hold a whole report.
LONGEST_CELL = 1_000_000

# Headings to be looked for, or how many of a row's cells are headings.
Known = Collection[str] | Callable[[list[str]], int]
# A byte order mark that was read as Latin-1 once and saved anew.
BROKEN_MARK = "ï»¿"

_BOOKS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")


class FileError(Exception):
    """Why a file cannot be read, as a sentence with its remedy."""


@dataclass(frozen=True)
class Row:
    """One row of a file: its number there, and what stands under each heading.

    Cells are texts, stripped; of a JSON file they are its values as they are.
    """

    number: int
    cells: dict[str, Any]


@dataclass(frozen=True)
class Table:
    """The rows of a file below its headings; blank ones are left out.

    `is_json`: the cells are values of JSON, and not texts.
    """

    headings: list[str]
    rows: list[Row] = field(default_factory=list)
    is_json: bool = False


def read_file(path: Path, *, known: Known = (), sheet: str | None = None) -> Table:
    """The table in a file. Raises FileError.

    The headings are the first row, among the first twenty, that holds most of
    the `known` ones. `sheet` names one of a workbook's sheets: the first that
    has rows otherwise.
    """
    try:
        size = path.stat().st_size
        if size > MOST_BYTES:
            refuse(
                _("The file has %(size)s bytes, and at most %(most)s can be read: split it."),
                size=size,
                most=MOST_BYTES,
            )
        content = path.read_bytes()
    except OSError as error:
        refuse(
            _("“%(path)s” cannot be read: %(reason)s."), path=path, reason=error.strerror or error
        )
    return read(content, known=known, sheet=sheet)


def read(content: bytes, *, known: Known = (), sheet: str | None = None) -> Table:
    """The same of a file's content; its kind is told by what it holds, not by its name."""
    if content.startswith(_BOOKS):
        return _table(_numbered(_sheet(content, sheet)), known)
    if sheet is not None:
        refuse(_("Only workbooks have sheets, and this file is none: leave the sheet out."))
    text = _decoded(content)
    start = text.lstrip()[:1]
    if not start:
        refuse(_("The file is empty."))
    if start in "[{":
        return _json(text)
    if text.lstrip()[:200].lower().startswith(("<!doctype", "<html", "<?xml", "<table")):
        refuse(_("This is a web page or XML, whatever its name says: save it as XLSX or CSV."))
    return _table(_csv(text), known)


def refuse(message: str, **params: Any) -> NoReturn:
    raise FileError(message % params if params else message) from None


# --- Texts --------------------------------------------------------------------


def _decoded(content: bytes) -> str:
    """UTF-8, UTF-16 by its mark, or GB18030, in which Chinese offices save."""
    encodings = ["utf-8-sig", "gb18030"]
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        encodings = ["utf-16"]
    for encoding in encodings:
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\x00" not in text:
            return text.removeprefix(BROKEN_MARK)
    refuse(
        _(
            "This is no file of a kind that can be read: give XLSX, XLS, ODS, JSON, or CSV in "
            "UTF-8, UTF-16 or GB18030."
        )
    )


def _csv(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows with the numbers of the lines on which they begin."""
    before = csv.field_size_limit(LONGEST_CELL)
    try:
        lines = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
        number = 1
        while True:
            try:
                cells = next(lines)
            except StopIteration:
                return
            yield number, [restore(cell.strip()) for cell in cells]
            number = lines.line_num + 1
    except csv.Error as error:
        refuse(
            _("The file breaks off as CSV at line %(line)s: %(reason)s."),
            line=lines.line_num,
            reason=error,
        )
    finally:
        csv.field_size_limit(before)


def _delimiter(text: str) -> str:
    """What parts the cells: the one of comma, semicolon and tab that the first lines agree on."""
    sample = [line for line in text[:20_000].splitlines()[:HEADINGS_WITHIN] if line.strip()]

    def columns(delimiter: str) -> list[int]:
        try:
            return [len(row) for row in csv.reader(sample, delimiter=delimiter)]
        except csv.Error:
            return [0]

    return max(",;\t", key=lambda delimiter: max(columns(delimiter), default=0))


def _json(text: str) -> Table:
    try:
        data = json.loads(text, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        refuse(_("The file cannot be read as JSON: %(reason)s."), reason=str(error)[:200])
    if isinstance(data, dict) and isinstance(data.get("results"), list):
        data = data["results"]
    if not isinstance(data, list) or not all(isinstance(one, dict) for one in data):
        refuse(_("The JSON must be a list of records, as the exports and the API give it."))
    if len(data) > MOST_ROWS:
        too_many_rows()
    headings = list(dict.fromkeys(name for one in data for name in one))
    return Table(headings, [Row(at, one) for at, one in enumerate(data, 1)], is_json=True)


def _no_number(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a number in JSON")


# --- Workbooks ----------------------------------------------------------------


def _sheet(content: bytes, name: str | None) -> list[list[Any]]:
    try:
        book = python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(content))
        names = book.sheet_names
        if name is not None and name not in names:
            refuse(
                _("There is no sheet “%(name)s”: the file has %(names)s."),
                name=name,
                names=", ".join(f"“{one}”" for one in names),
            )
        for one in [name] if name is not None else names:
            rows = book.get_sheet_by_name(one).to_python(skip_empty_area=False)
            if rows:
                return rows
    except FileError:
        raise
    # The library has an error of its own for each kind of file, and panics on some broken ones.
    except BaseException as error:
        if isinstance(error, (KeyboardInterrupt, SystemExit, MemoryError)):
            raise
        refuse(
            _(
                "The workbook cannot be read (%(reason)s): if it has a password, take it off, "
                "and save it anew as XLSX."
            ),
            reason=str(error)[:200] or type(error).__name__,
        )
    refuse(_("The file holds no rows."))


def _numbered(rows: Iterable[Sequence[Any]]) -> Iterator[tuple[int, list[str]]]:
    for number, row in enumerate(rows, 1):
        yield number, [text_of(cell) for cell in row]


def text_of(cell: Any) -> str:
    """What a cell of a workbook shows: numbers with the 15 digits that one keeps, ISO dates."""
    match cell:
        case str():
            return cell.strip()
        case bool():
            return "true" if cell else "false"
        case float():
            return format(Decimal(f"{cell:.15g}"), "f")
        case datetime():
            is_day = cell.time() == time.min
            return cell.date().isoformat() if is_day else cell.isoformat(" ", "seconds")
        case date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
        case None:
            return ""
        case _:
            return str(cell)


# --- Rows to a table ----------------------------------------------------------


def _table(lines: Iterable[tuple[int, list[str]]], known: Known) -> Table:
    lines = iter(lines)
    first: list[tuple[int, list[str]]] = []
    for number, cells in lines:
        if any(cells):
            first.append((number, cells))
        if len(first) == HEADINGS_WITHIN:
            break
    if not first:
        refuse(_("The file holds no rows."))
    if callable(known):
        counts = [known(cells) for _number, cells in first]
    else:
        wanted = {plain(heading) for heading in known}
        counts = [len({plain(cell) for cell in cells} & wanted) for _number, cells in first]
    at = counts.index(max(counts))
    headings = _headings(first[at][1])
    table = Table([heading for heading in headings if heading])
    for number, cells in chain(first[at + 1 :], lines):
        if not any(cells):
            continue
        if len(table.rows) == MOST_ROWS:
            too_many_rows()
        named = zip_longest(headings, cells, fillvalue="")
        for place, (heading, cell) in enumerate(named):
            if cell and not heading:
                refuse(
                    _(
                        "Row %(number)s has “%(value)s” in column %(column)s, which has no "
                        "heading: give it one, or empty it."
                    ),
                    number=number,
                    value=shown(cell),
                    column=letters(place),
                )
        pairs = zip(headings, cells, strict=False)
        table.rows.append(Row(number, {heading: cell for heading, cell in pairs if heading}))
    return table


def plain(heading: str) -> str:
    """A heading as it is recognised: line breaks in it are spaces."""
    return " ".join(heading.split())


def _headings(cells: Sequence[str]) -> list[str]:
    """The headings; an empty text for a column that has none."""
    headings = [plain(cell) for cell in cells]
    while headings and not headings[-1]:
        headings.pop()
    if len(headings) > MOST_COLUMNS:
        refuse(
            _("The file has %(count)s columns, and at most %(most)s can be read."),
            count=len(headings),
            most=MOST_COLUMNS,
        )
    for heading in headings:
        if heading and headings.count(heading) > 1:
            refuse(
                _("Two columns have the heading “%(heading)s”: name them apart."), heading=heading
            )
    return headings


def letters(at: int) -> str:
    """The letters of the column at this place, counted from 0: A, …, Z, AA, …"""
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(ord("A") + rest) + name
    return name


def too_many_rows() -> NoReturn:
    refuse(_("The file has more than %(most)s rows: split it."), most=MOST_ROWS)
