"""Scan ODS files before opening them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from .archives import Archive, Reader, refuse_damaged, refuse_password, refuse_program
from .limits import refuse
from .scanning import CellReader, ScannedSheet, local
from .tables import Merged


def scan_ods(archive: Archive) -> list[ScannedSheet]:
    """The sheets of an ODS file, in order. Reads all parts."""
    found = _Tables()

    def reader_of(root: str) -> Reader | None:
        if root == "document-content":
            return found
        if root == "manifest":
            return _Manifest()
        return Reader()

    # The manifest first: it says whether parts are encrypted, which otherwise look damaged.
    for name in sorted(archive.parts, key=lambda name: not name.lower().startswith("meta-inf/")):
        archive.read(name, reader_of)
    if not found.sheets:
        refuse_damaged()
    return found.sheets


class _Manifest(Reader):
    def start(self, name: str, attributes: dict[str, str]) -> None:
        if local(name) == "encryption-data":
            refuse_password()


class _Tables(CellReader):
    def __init__(self) -> None:
        super().__init__()
        self.sheets: list[ScannedSheet] = []
        self.is_table = self.is_cell = False
        self.row = self.column = 0
        self.rows = self.columns = 1
        self.filled = 0
        self.has_value = False
        self.is_error = False
        self.notes = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        name = local(name)
        match name:
            case "table":
                if self.is_table:
                    refuse(_("A cell of the sheet contains a table: move it out of the cell."))
                self.is_table = True
                self.sheets.append(ScannedSheet(self._of(attributes, "name")))
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

    def _begin_cell(self, attributes: dict[str, str]) -> None:
        self.is_cell = True
        self.columns = self._repeated(attributes, "number-columns-repeated")
        kinds = {v for k, v in attributes.items() if local(k) == "value-type"}
        self.has_value = bool(kinds)
        self.is_error = "error" in kinds
        self.length, self.content = 0, ""
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
                sheet.fail(self.content, self.row, self.column)
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
