"""Scan XLS files before opening them: compound files (MS-CFB) and their records (MS-XLS)."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from .archives import refuse_damaged, refuse_password, refuse_program
from .kinds import OLE, WORD
from .limits import MOST_CELLS, check_length, refuse
from .scanning import ScannedSheet
from .tables import Merged

_END = 0xFFFFFFFA

_BOF, _EOF, _FILEPASS, _SHEET, _SUPBOOK = 0x0809, 0x000A, 0x002F, 0x0085, 0x01AE
_SST, _CONTINUE, _DIMENSIONS, _MERGED = 0x00FC, 0x003C, 0x0200, 0x00E5
_LABELSST, _LABEL, _RSTRING, _NUMBER, _RK, _MULRK, _BOOLERR, _FORMULA, _STRING = (
    *(0x00FD, 0x0204, 0x00D6, 0x0203, 0x027E, 0x00BD, 0x0205, 0x0006, 0x0207),
)
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
# The maximum of the XLS format.
_MOST_ROWS, _MOST_COLUMNS = 65_536, 256


def scan_xls(content: bytes) -> list[ScannedSheet]:
    """The sheets of an XLS file, in order. Raises FileError for other compound files."""
    try:
        streams = _streams(content)
        return _sheets(streams)
    except (struct.error, IndexError, UnicodeDecodeError):
        refuse_damaged()


# --- The file system ----------------------------------------------------------


@dataclass(frozen=True)
class _Entry:
    start: int
    size: int


class _Storage:
    def __init__(self, content: bytes) -> None:
        self.content = content
        shift, mini_shift = struct.unpack_from("<HH", content, 0x1E)
        if not content.startswith(OLE) or shift not in (9, 12) or mini_shift != 6:
            refuse_damaged()
        self.size = 1 << shift
        count, directory = struct.unpack_from("<II", content, 0x2C)
        mini_cutoff, mini_start = struct.unpack_from("<II", content, 0x38)
        more, _more_count = struct.unpack_from("<II", content, 0x44)
        self.sectors = len(content) // self.size
        if count > self.sectors:
            refuse_damaged()
        at = list(struct.unpack_from("<109I", content, 0x4C))
        seen = 0
        while more < _END:
            seen += 1
            if seen > self.sectors:
                refuse_damaged()
            listed = struct.unpack(f"<{self.size // 4}I", self._sector(more))
            at += listed[:-1]
            more = listed[-1]
        table = b"".join(self._sector(one) for one in at[:count])
        self.next = struct.unpack(f"<{len(table) // 4}I", table)
        self.directory = b"".join(self._chain(directory))
        self.entries: dict[str, _Entry] = {}
        root = None
        for start in range(0, len(self.directory) - 127, 128):
            entry = self.directory[start : start + 128]
            length, kind = struct.unpack_from("<HB", entry, 0x40)
            first, size = struct.unpack_from("<IQ", entry, 0x74)
            if shift == 9:
                size &= 0xFFFFFFFF
            if kind == 5:
                root = _Entry(first, size)
            elif kind == 2:
                # The library allocates as much memory as an entry states.
                if size > len(content) or length > 64:
                    refuse_damaged()
                name = entry[: max(length - 2, 0)].decode("utf-16-le")
                self.entries[name] = _Entry(first, size)
        if root is None or root.size > len(content):
            refuse_damaged()
        self.cutoff = mini_cutoff
        self.mini = b"".join(self._chain(root.start)) if root.start < _END else b""
        mini_table = b"".join(self._chain(mini_start)) if mini_start < _END else b""
        self.mini_next = struct.unpack(f"<{len(mini_table) // 4}I", mini_table)

    def _sector(self, at: int) -> bytes:
        start = (at + 1) * self.size
        found = self.content[start : start + self.size]
        if len(found) < self.size:
            # The unused end of the last sector may be missing.
            if not found:
                refuse_damaged()
            found += bytes(self.size - len(found))
        return found

    def _chain(self, at: int) -> Iterator[bytes]:
        seen = 0
        while at < _END:
            seen += 1
            if seen > self.sectors + 1:
                refuse_damaged()
            yield self._sector(at)
            at = self.next[at]

    def stream(self, name: str) -> bytes:
        entry = self.entries[name]
        if entry.size >= self.cutoff:
            found = b"".join(self._chain(entry.start))
        else:
            pieces: list[bytes] = []
            at = entry.start
            while at < _END and len(pieces) <= len(self.mini_next):
                pieces.append(self.mini[at * 64 : at * 64 + 64])
                at = self.mini_next[at]
            found = b"".join(pieces)
        if len(found) < entry.size:
            refuse_damaged()
        return found[: entry.size]


def _streams(content: bytes) -> bytes:
    """The workbook's stream of records."""
    storage = _Storage(content)
    names = storage.entries
    if "EncryptedPackage" in names or "EncryptionInfo" in names:
        refuse_password()
    for name in ("Workbook", "WORKBOOK", "Book", "BOOK"):
        if name in names:
            return storage.stream(name)
    if "WordDocument" in names:
        refuse(str(WORD))
    refuse(
        _(
            "This is an old document of another kind, such as a presentation or a message: give "
            "the spreadsheet, as XLSX or CSV."
        )
    )


# --- The records --------------------------------------------------------------


def _records(stream: bytes, at: int = 0) -> Iterator[tuple[int, int, bytes]]:
    """Yield the position, kind and data of each record."""
    while at + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, at)
        data = stream[at + 4 : at + 4 + length]
        if len(data) < length:
            refuse_damaged()
        yield at, kind, data
        at += 4 + length


def _sheets(stream: bytes) -> list[ScannedSheet]:
    found: list[ScannedSheet] = []
    starts: list[int] = []
    lengths: list[int] = []
    strings: list[bytes] = []
    before = 0
    is_of_8 = True
    is_whole = False
    for at, kind, data in _records(stream):
        if at == 0:
            if kind != _BOF:
                refuse_damaged()
            is_of_8 = struct.unpack_from("<H", data)[0] == 0x0600
        if kind == _EOF:
            is_whole = True
            break
        if kind == _FILEPASS:
            refuse_password()
        if kind == _SUPBOOK and len(data) > 4 and b"\x03" in data[4:]:
            _refuse_dde(data)
        if kind == _SHEET:
            start, state, sort = struct.unpack_from("<IBB", data)
            if sort == 0:
                found.append(ScannedSheet(_sheet_name(data[6:], is_of_8=is_of_8), bool(state & 3)))
                starts.append(start)
        if kind == _SST or (kind == _CONTINUE and before == _SST):
            strings.append(data)
            kind = _SST
        before = kind
    if not is_whole or not found:
        refuse_damaged()
    if strings:
        lengths = _lengths(strings)
    cells = 0
    for sheet, start in zip(found, starts, strict=True):
        cells = _scan_sheet(stream, start, sheet, lengths, cells)
    return found


def _refuse_dde(data: bytes) -> None:
    """Refuse links to programs: unlike links to workbooks, they have a name of two parts."""
    (tabs,) = struct.unpack_from("<H", data)
    if tabs == 0:
        refuse_program()


def _sheet_name(data: bytes, *, is_of_8: bool) -> str:
    length = data[0]
    if not is_of_8:
        return data[1 : 1 + length].decode("gb18030", "replace")
    if data[1] & 1:
        return data[2 : 2 + 2 * length].decode("utf-16-le")
    return data[2 : 2 + length].decode("latin-1")


def _scan_sheet(
    stream: bytes, start: int, sheet: ScannedSheet, lengths: list[int], cells: int
) -> int:
    """Register the cells of one sheet; returns `cells` increased by their number."""
    depth = 0
    seen: set[int] = set()
    for _at, kind, data in _records(stream, start):
        if kind == _BOF:
            depth += 1
            continue
        if kind == _EOF:
            depth -= 1
            if depth == 0:
                return cells
            continue
        # An embedded chart has its own cells.
        if depth != 1:
            if depth == 0:
                refuse_damaged()
            continue
        if kind == _DIMENSIONS:
            if len(data) >= 12:
                top, bottom, left, right = struct.unpack_from("<IIHH", data)
                if bottom > _MOST_ROWS or right > _MOST_COLUMNS or top > bottom or left > right:
                    refuse_damaged()
        elif kind == _MERGED:
            (count,) = struct.unpack_from("<H", data)
            for at in range(count):
                top, bottom, left, right = struct.unpack_from("<HHHH", data, 2 + 8 * at)
                sheet.merge(Merged(top + 1, left, bottom + 1, right))
        elif kind in (_LABELSST, _LABEL, _RSTRING, _NUMBER, _RK, _MULRK, _BOOLERR, _FORMULA):
            row, column = struct.unpack_from("<HH", data)
            length, last = _cells_of(kind, data, sheet, lengths)
            check_length(length)
            for at in range(column, last + 1):
                # A cell that occurs twice: one value would be lost.
                place = row * _MOST_COLUMNS + at
                if place in seen or at >= _MOST_COLUMNS:
                    refuse_damaged()
                seen.add(place)
                cells += 1
                sheet.add(row, at, length)
            if cells > MOST_CELLS:
                refuse(
                    _("The workbook has more than %(most)s cells: split it."),
                    most=f"{MOST_CELLS:,}",
                )
    refuse_damaged()


def _cells_of(kind: int, data: bytes, sheet: ScannedSheet, lengths: list[int]) -> tuple[int, int]:
    """The length of the text of a cell record, and the last column that the record fills."""
    row, column = struct.unpack_from("<HH", data)
    length, last = 1, column
    if kind == _LABELSST:
        length = lengths[struct.unpack_from("<I", data, 6)[0]]
    elif kind in (_LABEL, _RSTRING):
        (length,) = struct.unpack_from("<H", data, 6)
    elif kind == _MULRK:
        (last,) = struct.unpack_from("<H", data, len(data) - 2)
        if last < column or last >= _MOST_COLUMNS:
            refuse_damaged()
    elif kind == _BOOLERR and data[7] == 1:
        sheet.fail(_ERRORS.get(data[6], "#N/A"), row, column)
    elif kind == _FORMULA and data[12:14] == b"\xff\xff":
        if data[6] == 2:
            sheet.fail(_ERRORS.get(data[8], "#N/A"), row, column)
        # A text result is in a separate record, and may be empty.
        length = 0 if data[6] in (0, 3) else 1
    return length, last


def _lengths(records: list[bytes]) -> list[int]:
    """The length of each shared text in characters. Texts may continue in the next record."""
    count = struct.unpack_from("<I", records[0], 4)[0]
    if count > sum(map(len, records)):
        refuse_damaged()
    lengths: list[int] = []
    record, at = 0, 8

    def skip(size: int) -> None:
        nonlocal record, at
        while size:
            here = min(size, len(records[record]) - at)
            at += here
            size -= here
            if size:
                record, at = record + 1, 0

    def settle() -> None:
        nonlocal record, at
        if at >= len(records[record]) and record + 1 < len(records):
            record, at = record + 1, 0

    for _one in range(count):
        settle()
        length, flags = struct.unpack_from("<HB", records[record], at)
        at += 3
        extra = 0
        if flags & 8:
            extra += 4 * struct.unpack_from("<H", records[record], at)[0]
            at += 2
        if flags & 4:
            extra += struct.unpack_from("<I", records[record], at)[0]
            at += 4
        rest, width = length, 2 if flags & 1 else 1
        while rest:
            here = min(rest, (len(records[record]) - at) // width)
            at += here * width
            rest -= here
            if rest:
                # The continuation states the width of its characters again.
                record, at = record + 1, 1
                width = 2 if records[record][0] & 1 else 1
        skip(extra)
        lengths.append(length)
    return lengths
