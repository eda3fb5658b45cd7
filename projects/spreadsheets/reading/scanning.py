"""What a workbook holds, found out before it is opened.

The library that reads workbooks takes memory for the whole rectangle between
the first cell and the last, reads a failed formula as an empty cell, and stops
the process where a broken file asks for too much. So the parts are gone through
first: how far the cells reach, what cannot be read in them, what is merged.
"""

from __future__ import annotations

import posixpath
import re
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from .archives import Archive, refuse_damaged, refuse_password, refuse_program
from .limits import (
    MOST_CHARACTERS,
    MOST_MERGED,
    check_extent,
    check_length,
    letters,
    refuse,
)
from .tables import Merged, refuse_error

_PLACE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")


@dataclass
class Scanned:
    """One sheet. `bottom` and `right` count the rows and columns up to its last cell.

    `full_bottom` and `full_right` are those of its last cell that is not empty.
    """

    name: str = ""
    is_hidden: bool = False
    bottom: int = 0
    right: int = 0
    full_bottom: int = 0
    full_right: int = 0
    characters: int = 0
    error: tuple[str, int, int] | None = None
    uncomputed: str = ""
    merged: list[Merged] = field(default_factory=list)

    def add(self, row: int, column: int, length: int) -> None:
        """Note a cell, counted from 0, with as many characters."""
        if row >= self.bottom or column >= self.right:
            self.bottom = max(self.bottom, row + 1)
            self.right = max(self.right, column + 1)
            check_extent(self.bottom, self.right)
        if length:
            self.full_bottom = max(self.full_bottom, row + 1)
            self.full_right = max(self.full_right, column + 1)
            self.count(length)

    def count(self, characters: int) -> None:
        self.characters += characters
        if self.characters > MOST_CHARACTERS:
            _refuse_texts()

    def fail(self, value: str, row: int, column: int) -> None:
        """Note a cell where a formula failed; the first is told."""
        self.error = self.error or (value, row + 1, column)

    def miss(self, row: int, column: int) -> None:
        """Note a formula whose result was not saved."""
        self.uncomputed = self.uncomputed or f"{letters(column)}{row + 1}"

    def merge(self, one: Merged) -> None:
        self.merged.append(one)
        if len(self.merged) > MOST_MERGED:
            refuse(
                _("The sheet has more than %(most)s merged cells: take the merging off."),
                most=f"{MOST_MERGED:,}",
            )

    def check(self) -> None:
        """Raise FileError for a cell that would be read as an empty one."""
        if self.error:
            refuse_error(*self.error)
        if self.uncomputed:
            refuse(
                _(
                    "The cell %(cell)s holds a formula without its result: open the workbook in a "
                    "spreadsheet, and save it."
                ),
                cell=self.uncomputed,
            )


def _refuse_texts() -> None:
    refuse(
        _("The texts of the workbook have more than %(most)s characters in all: split it."),
        most=f"{MOST_CHARACTERS:,}",
    )


def local(name: str) -> str:
    return name.rpartition(":")[2] if ":" in name else name


class Ignored:
    """A part that the library reads, so that it may not be too large."""

    def start(self, name: str, attributes: dict[str, str]) -> None:
        pass

    def end(self, name: str) -> None:
        pass

    def text(self, data: str) -> None:
        pass


# --- XLSX ---------------------------------------------------------------------


def scan_xlsx(archive: Archive) -> list[Scanned]:
    """Its sheets with cells, in their order. Goes through all parts."""
    shared = _SharedStrings()
    sheets: dict[str, _Sheet] = {}
    book = _Book()
    relations: dict[str, _Relations] = {}
    # The texts first, which the cells refer to by their numbers.
    for name in sorted(archive.parts, key=lambda name: "sharedstrings" not in name.lower()):
        here = posixpath.normpath(name).lower().lstrip("/")

        def reader_of(root: str, here: str = here) -> Ignored | None:
            match root:
                case "sst" if not sheets:
                    return shared
                case "sst":
                    refuse_damaged()
                case "worksheet":
                    return sheets.setdefault(here, _Sheet(shared.lengths))
                case "workbook":
                    book.part = here
                    return book
                case "Relationships":
                    return relations.setdefault(here, _Relations())
                case "externalLink":
                    return _ExternalLink()
                case "styleSheet":
                    return Ignored()
            return None

        archive.read(name, reader_of)
    folder, file = posixpath.split(book.part)
    related = relations.get(f"{folder}/_rels/{file}.rels", _Relations()).targets
    found = []
    for name, relation, is_hidden in book.sheets:
        target = related.get(relation, "").lower()
        part = posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")
        if part in sheets:
            sheet = sheets[part].scanned
            sheet.name, sheet.is_hidden = name, is_hidden
            found.append(sheet)
    if not found:
        refuse_damaged()
    return found


class _Book(Ignored):
    def __init__(self) -> None:
        self.part = ""
        self.sheets: list[tuple[str, str, bool]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if local(name) == "sheet":
            relation = next((v for k, v in attributes.items() if local(k) == "id"), "")
            is_hidden = attributes.get("state", "visible") != "visible"
            self.sheets.append((attributes.get("name", ""), relation, is_hidden))


class _Relations(Ignored):
    def __init__(self) -> None:
        self.targets: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if local(name) == "Relationship":
            self.targets[attributes.get("Id", "")] = attributes.get("Target", "")


class _ExternalLink(Ignored):
    def start(self, name: str, attributes: dict[str, str]) -> None:
        if local(name) == "ddeLink":
            refuse_program()


class _SharedStrings(Ignored):
    holds_cells = True

    def __init__(self) -> None:
        self.lengths: list[int] = []
        self.characters = 0
        self.is_text = False
        self.is_sound = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match local(name):
            case "si":
                self.lengths.append(0)
            case "rPh":
                self.is_sound = True
            case "t":
                self.is_text = bool(self.lengths) and not self.is_sound

    def end(self, name: str) -> None:
        match local(name):
            case "rPh":
                self.is_sound = False
            case "t":
                self.is_text = False

    def text(self, data: str) -> None:
        self.characters += len(data)
        if self.characters > MOST_CHARACTERS:
            _refuse_texts()
        if self.is_text:
            self.lengths[-1] += len(data)
            check_length(self.lengths[-1])


class _Sheet(Ignored):
    holds_cells = True

    def __init__(self, lengths: list[int]) -> None:
        self.scanned = Scanned()
        self.lengths = lengths
        self.row = self.column = -1
        self.kind = ""
        self.is_value = self.has_value = self.has_formula = False
        self.said = ""
        self.length = 0
        self.columns: dict[str, int] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if ":" in name:
            name = local(name)
        if name == "c":
            self._begin_cell(attributes)
        elif name in ("v", "t"):
            self.is_value = self.has_value = True
        elif name == "f":
            self.has_formula = True
        elif name == "row":
            row = self._number(attributes.get("r", self.row + 2)) - 1
            if row <= self.row:
                refuse_damaged()
            self.row, self.column = row, -1
        elif name == "mergeCell":
            self._merge(attributes.get("ref", ""))

    def end(self, name: str) -> None:
        if ":" in name:
            name = local(name)
        if name in ("v", "t"):
            self.is_value = False
        elif name == "c":
            self._end_cell()

    def text(self, data: str) -> None:
        if self.is_value:
            self.length += len(data)
            check_length(self.length)
            if self.length < 100:
                self.said += data

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self.kind = attributes.get("t", "n")
        self.has_value = self.has_formula = False
        self.said, self.length = "", 0
        row, column = self.row, self.column + 1
        if place := attributes.get("r"):
            row, column = self._place(place)
        # One cell twice, of which one would be lost; or out of order, by which the other is read.
        if row != self.row or column <= self.column:
            refuse_damaged()
        self.column = column

    def _end_cell(self) -> None:
        if not self.has_value:
            if self.has_formula:
                self.scanned.miss(self.row, self.column)
            return
        if self.kind == "e":
            self.scanned.fail(self.said, self.row, self.column)
        if self.kind == "s" and self.said:
            at = self._number(self.said)
            if at >= len(self.lengths):
                refuse_damaged()
            self.length = self.lengths[at]
        self.scanned.add(self.row, self.column, self.length)

    def _place(self, text: str) -> tuple[int, int]:
        found = _PLACE.fullmatch(text)
        if found is None:
            refuse_damaged()
        column = self.columns.get(found[1])
        if column is None:
            column = 0
            for letter in found[1].upper():
                column = column * 26 + ord(letter) - ord("A") + 1
            column = self.columns[found[1]] = column - 1
        return int(found[2]) - 1, column

    def _number(self, text: str | int) -> int:
        if isinstance(text, str):
            if not (text.isascii() and text.isdigit() and len(text) < 10):
                refuse_damaged()
            return int(text)
        return text

    def _merge(self, text: str) -> None:
        first, _colon, last = text.partition(":")
        top, left = self._place(first)
        bottom, right = self._place(last or first)
        self.scanned.merge(Merged(top + 1, left, bottom + 1, right))


# --- ODS ----------------------------------------------------------------------


def scan_ods(archive: Archive) -> list[Scanned]:
    """Its sheets, in their order. Goes through all parts."""
    found = _Tables()

    def reader_of(root: str) -> Ignored | None:
        if root == "document-content":
            return found
        if root == "manifest":
            return _Manifest()
        return Ignored()

    # What it says of itself first, since encrypted parts look damaged.
    for name in sorted(archive.parts, key=lambda name: not name.lower().startswith("meta-inf/")):
        archive.read(name, reader_of)
    if not found.sheets:
        refuse_damaged()
    return found.sheets


class _Manifest(Ignored):
    def start(self, name: str, attributes: dict[str, str]) -> None:
        if local(name) == "encryption-data":
            refuse_password()


class _Tables(Ignored):
    holds_cells = True

    def __init__(self) -> None:
        self.sheets: list[Scanned] = []
        self.is_table = self.is_cell = self.is_text = False
        self.row = self.column = 0
        self.rows = self.columns = 1
        self.length = self.filled = 0
        self.has_value = False
        self.is_error = False
        self.said = ""
        self.notes = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = local(name)
        match name:
            case "table":
                if self.is_table:
                    refuse(
                        _("A cell of the sheet holds a table of its own: take it out of the cell.")
                    )
                self.is_table = True
                self.sheets.append(Scanned(self._of(attributes, "name")))
                self.row = 0
            case "table-row" if self.is_table:
                self.rows = self._repeated(attributes, "number-rows-repeated")
                self.column = self.filled = 0
            case "table-cell" | "covered-table-cell" if self.is_table:
                self._begin_cell(attributes)
            case "annotation":
                self.notes += 1
            case "p" if self.is_cell and not self.notes:
                self.is_text = True
            case "dde-link" | "dde-source":
                refuse_program()

    def end(self, name: str) -> None:
        match local(name):
            case "table":
                self.is_table = False
            case "table-row" if self.is_table:
                if self.filled:
                    sheet = self.sheets[-1]
                    sheet.add(self.row + self.rows - 1, 0, 0)
                    sheet.full_bottom = self.row + self.rows
                    sheet.count(self.filled * (self.rows - 1))
                self.row += self.rows
            case "table-cell" | "covered-table-cell" if self.is_cell:
                self._end_cell()
            case "annotation":
                self.notes -= 1
            case "p":
                self.is_text = False

    def text(self, data: str) -> None:
        if self.is_text:
            self.length += len(data)
            check_length(self.length)
            if self.length < 100:
                self.said += data

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self.is_cell = True
        self.columns = self._repeated(attributes, "number-columns-repeated")
        kinds = {v for k, v in attributes.items() if local(k) == "value-type"}
        self.has_value = bool(kinds)
        self.is_error = "error" in kinds
        self.length, self.said = 0, ""
        formula = self._of(attributes, "formula")
        if "DDE(" in formula.upper().replace(" ", ""):
            refuse_program()
        if formula and not kinds:
            self.sheets[-1].miss(self.row, self.column)
        down = self._repeated(attributes, "number-rows-spanned")
        across = self._repeated(attributes, "number-columns-spanned")
        if down > 1 or across > 1:
            top = self.row + 1
            self.sheets[-1].merge(
                Merged(top, self.column, top + down - 1, self.column + across - 1)
            )

    def _end_cell(self) -> None:
        self.is_cell = False
        if self.has_value or self.length:
            length = self.length or 1
            sheet = self.sheets[-1]
            if self.is_error:
                sheet.fail(self.said, self.row, self.column)
            self.filled += length * self.columns
            sheet.add(self.row, self.column + self.columns - 1, length)
            sheet.count(length * (self.columns - 1))
        self.column += self.columns

    def _repeated(self, attributes: dict[str, str], name: str) -> int:
        text = self._of(attributes, name) or "1"
        if not (text.isascii() and text.isdigit() and 0 < len(text) < 10 and int(text)):
            refuse_damaged()
        return int(text)

    def _of(self, attributes: dict[str, str], name: str) -> str:
        return next((v for k, v in attributes.items() if local(k) == name), "")
