"""Scan XLSX files before opening them."""

from __future__ import annotations

import posixpath
import re

from .archives import Archive, Reader, refuse_damaged, refuse_program
from .limits import MOST_CHARACTERS, check_length
from .scanning import CellReader, ScannedSheet, local, refuse_texts
from .tables import Merged

_PLACE = re.compile(r"\$?([A-Za-z]{1,3})\$?([0-9]{1,7})")


def scan_xlsx(archive: Archive) -> list[ScannedSheet]:
    """The sheets of an XLSX file that have cells, in order. Reads all parts."""
    shared = _SharedStrings()
    sheets: dict[str, _Sheet] = {}
    book = _Book()
    relations: dict[str, _Relations] = {}
    # Shared texts first, as cells refer to them by number.
    for name in sorted(archive.parts, key=lambda name: "sharedstrings" not in name.lower()):
        here = posixpath.normpath(name).lower().lstrip("/")

        def reader_of(root: str, here: str = here) -> Reader | None:
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
                    return Reader()
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


class _Book(Reader):
    def __init__(self) -> None:
        self.part = ""
        self.sheets: list[tuple[str, str, bool]] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if local(name) == "sheet":
            relation = next((v for k, v in attributes.items() if local(k) == "id"), "")
            is_hidden = attributes.get("state", "visible") != "visible"
            self.sheets.append((attributes.get("name", ""), relation, is_hidden))


class _Relations(Reader):
    def __init__(self) -> None:
        self.targets: dict[str, str] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if local(name) == "Relationship":
            self.targets[attributes.get("Id", "")] = attributes.get("Target", "")


class _ExternalLink(Reader):
    def start(self, name: str, attributes: dict[str, str]) -> None:
        if local(name) == "ddeLink":
            refuse_program()


class _SharedStrings(Reader):
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
            refuse_texts()
        if self.is_text:
            self.lengths[-1] += len(data)
            check_length(self.lengths[-1])


class _Sheet(CellReader):
    def __init__(self, lengths: list[int]) -> None:
        super().__init__()
        self.scanned = ScannedSheet()
        self.lengths = lengths
        self.row = self.column = -1
        self.kind = ""
        self.has_value = self.has_formula = False
        self.columns: dict[str, int] = {}

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if ":" in name:
            name = local(name)
        if name == "c":
            self._begin_cell(attributes)
        elif name in ("v", "t"):
            self.is_text = self.has_value = True
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
            self.is_text = False
        elif name == "c":
            self._end_cell()

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self.kind = attributes.get("t", "n")
        self.has_value = self.has_formula = False
        self.content, self.length = "", 0
        row, column = self.row, self.column + 1
        if place := attributes.get("r"):
            row, column = self._place(place)
        # A cell that occurs twice, or out of order: a value would be lost or misplaced.
        if row != self.row or column <= self.column:
            refuse_damaged()
        self.column = column

    def _end_cell(self) -> None:
        if not self.has_value:
            if self.has_formula:
                self.scanned.miss(self.row, self.column)
            return
        if self.kind == "e":
            self.scanned.fail(self.content, self.row, self.column)
        if self.kind == "s" and self.content:
            index = self._number(self.content)
            if index >= len(self.lengths):
                refuse_damaged()
            self.length = self.lengths[index]
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
