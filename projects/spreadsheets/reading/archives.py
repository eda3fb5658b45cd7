"""The parts of a ZIP-based workbook, unpacked in chunks and checked against attacks.

Sizes and checksums that the archive states are compared with what is unpacked,
since they may be forged. Only one chunk is in memory at a time.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Callable, Iterator
from typing import Any, NoReturn
from xml.parsers import expat

from django.utils.translation import gettext as _

from .kinds import WORD, refuse_archive
from .limits import MOST_CELLS, MOST_PARTS, MOST_UNPACKED, refuse

_CHUNK = 64 * 1024
_ENTRY = b"PK\x01\x02"
_HAS_PASSWORD = 0x1
# Expat keeps whole tags and comments in memory.
_LONGEST_TAG = 1024 * 1024
# A cell with a number is two elements; blank cells with a format count too.
_MOST_ELEMENTS = 2 * MOST_CELLS
# For parts other than cells and texts, such as styles.
_LARGEST_OTHER = 32 * 1024 * 1024


class Reader:
    """Handles the XML elements of one part.

    This one scans nothing; the part counts towards the limits, as the library reads it.
    """

    holds_cells = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        pass

    def end(self, name: str) -> None:
        pass

    def text(self, data: str) -> None:
        pass


def refuse_damaged() -> NoReturn:
    refuse(
        _(
            "The workbook is damaged or incomplete: open it in a spreadsheet, and save it again "
            "as XLSX."
        )
    )


def refuse_password() -> NoReturn:
    refuse(_("The workbook has a password: remove it in a spreadsheet, and save it again as XLSX."))


def refuse_program() -> NoReturn:
    refuse(
        _(
            "The workbook contains a link that starts a program (DDE): check where the file "
            "comes from, and copy its values into a new one."
        )
    )


class Archive:
    """The parts of a ZIP archive. Raises FileError if it is damaged, or too large unpacked."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        # Checked first, as reading the directory takes more memory than it has bytes.
        if content.count(_ENTRY) > MOST_PARTS:
            refuse(
                _(
                    "The file is an archive of more than %(most)s parts, which no workbook needs: "
                    "save the sheet again as XLSX or CSV."
                ),
                most=MOST_PARTS,
            )
        try:
            parts = zipfile.ZipFile(io.BytesIO(content)).infolist()
        except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError):
            refuse_damaged()
        names = [part.filename.lower() for part in parts]
        if len(set(names)) < len(names):
            refuse_damaged()
        if sum(part.file_size for part in parts) > MOST_UNPACKED:
            _refuse_bomb()
        self.parts = {part.filename: part for part in parts}
        self.unpacked = 0
        self.elements = 0

    def kind(self) -> str:
        """`xlsx` or `ods`. Raises FileError for anything else, naming what it is."""
        names = {name.lower() for name in self.parts}
        if any(part.flag_bits & _HAS_PASSWORD for part in self.parts.values()):
            refuse(_("The archive has a password: unpack it, and give the spreadsheet inside."))
        if "xl/workbook.bin" in names:
            refuse(_("This is a binary workbook (XLSB): open it, and save it as XLSX."))
        if "[content_types].xml" in names:
            if any(name.startswith("word/") for name in names):
                refuse(str(WORD))
            if any(name.startswith("ppt/") for name in names):
                refuse(_("This is a presentation: copy its table into a spreadsheet."))
            if any(name.startswith("xl/") for name in names):
                return "xlsx"
        if "mimetype" in self.parts:
            mimetype = self.beginning("mimetype", 200).decode("ascii", "replace")
            if "opendocument.spreadsheet" in mimetype:
                return "ods"
            if "opendocument" in mimetype:
                refuse(str(WORD))
        if "ofd.xml" in names:
            refuse(
                _(
                    "This is an OFD document, from which no cells can be read: give the "
                    "spreadsheet that it was made from, as XLSX or CSV."
                )
            )
        if any(name.endswith(".iwa") for name in names):
            refuse(_("This is a document of Numbers: export it as XLSX."))
        refuse_archive()
        raise AssertionError  # pragma: no cover

    def beginning(self, name: str, most: int) -> bytes:
        return next(self.pieces(name), b"")[:most]

    def pieces(self, name: str) -> Iterator[bytes]:
        """Yield the unpacked bytes of a part. Raises FileError if size or checksum differ."""
        part = self.parts[name]
        header = self.content[part.header_offset : part.header_offset + 30]
        if len(header) < 30 or not header.startswith(b"PK\x03\x04"):
            refuse_damaged()
        start = part.header_offset + 30
        start += int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        packed = memoryview(self.content)[start : start + part.compress_size]
        if len(packed) < part.compress_size:
            refuse_damaged()
        if part.compress_type == zipfile.ZIP_STORED:
            unpacked = _stored(packed)
        elif part.compress_type == zipfile.ZIP_DEFLATED:
            unpacked = _inflated(packed)
        else:
            refuse_damaged()
        size = crc = 0
        for piece in unpacked:
            size += len(piece)
            crc = zlib.crc32(piece, crc)
            if size > part.file_size:
                _refuse_bomb() if size > MOST_UNPACKED else refuse_damaged()
            yield piece
        if size != part.file_size or crc != part.CRC:
            refuse_damaged()

    def read(self, name: str, reader_of: Callable[[str], Reader | None]) -> None:
        """Read a part to its end; if it is XML, with the reader for its root element.

        A part without a reader is only unpacked, to check that it is intact.
        """
        parser: Any = None
        reader: Reader | None = None
        fed = 0

        def begin(name_: str, attributes: dict[str, str]) -> None:
            nonlocal reader
            reader = reader_of(name_.rpartition(":")[2])
            if reader is None:
                parser.StartElementHandler = None
                return
            parser.StartElementHandler = reader.start
            parser.EndElementHandler = reader.end
            parser.CharacterDataHandler = reader.text
            reader.start(name_, attributes)

        for at, piece in enumerate(self.pieces(name)):
            self.unpacked += len(piece)
            if self.unpacked > MOST_UNPACKED:
                _refuse_bomb()
            if at == 0 and _is_xml(piece):
                parser = expat.ParserCreate()
                parser.buffer_text = True
                parser.StartElementHandler = begin
                parser.StartDoctypeDeclHandler = _refuse_doctype
            if parser is None:
                continue
            fed += len(piece)
            self._count(piece)
            _feed(parser, piece, fed)
            if parser.StartElementHandler is None:
                parser = None
            elif reader is not None and fed > _LARGEST_OTHER and not reader.holds_cells:
                _refuse_bomb()
        if parser is not None:
            _feed(parser, b"", fed, is_last=True)

    def _count(self, piece: bytes) -> None:
        """Count elements by their closing slashes, before any work is done for them."""
        self.elements += piece.count(b"/")
        if self.elements > _MOST_ELEMENTS:
            refuse(
                _(
                    "The workbook has more cells than can be read, including blank ones with a "
                    "format: clear everything outside the table, or split it."
                )
            )


def _feed(parser: Any, piece: bytes, fed: int, *, is_last: bool = False) -> None:
    try:
        parser.Parse(piece, is_last)
    except (expat.ExpatError, LookupError, ValueError):
        refuse_damaged()
    # Expat rescans an unfinished tag with each chunk, so its length is limited.
    if fed - max(parser.CurrentByteIndex, 0) > _LONGEST_TAG:
        refuse_damaged()


def _is_xml(piece: bytes) -> bool:
    start = piece[:200].removeprefix(b"\xef\xbb\xbf").replace(b"\x00", b"")
    start = start.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff")
    return start.lstrip().startswith(b"<")


def _refuse_doctype(*_args: Any) -> NoReturn:
    refuse(
        _(
            "The workbook defines XML entities (DTD), which no spreadsheet writes and which are "
            "used for attacks: save it again as XLSX."
        )
    )


def _refuse_bomb() -> NoReturn:
    refuse(
        _(
            "The workbook has more than %(most)s bytes when unpacked, which is more than can be "
            "read: delete everything outside the table, or split it."
        ),
        most=f"{MOST_UNPACKED:,}",
    )


def _stored(packed: memoryview) -> Iterator[bytes]:
    for start in range(0, len(packed), _CHUNK):
        yield bytes(packed[start : start + _CHUNK])


def _inflated(packed: memoryview) -> Iterator[bytes]:
    inflate = zlib.decompressobj(-zlib.MAX_WBITS)
    try:
        for start in range(0, len(packed), _CHUNK):
            if inflate.eof:
                refuse_damaged()
            rest: bytes | memoryview = packed[start : start + _CHUNK]
            while rest and not inflate.eof:
                piece = inflate.decompress(rest, _CHUNK * 4)
                rest = inflate.unconsumed_tail
                if piece:
                    yield piece
        while not inflate.eof:
            piece = inflate.decompress(inflate.unconsumed_tail, _CHUNK * 4)
            if not piece:
                break
            yield piece
    except zlib.error:
        refuse_damaged()
    if not inflate.eof or inflate.unused_data:
        refuse_damaged()
