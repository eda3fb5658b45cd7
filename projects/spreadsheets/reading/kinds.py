"""Detect the kind of a file from its first bytes, so that an error can name it."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .limits import refuse

ZIP = b"PK\x03\x04"
EMPTY_ZIP = b"PK\x05\x06"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_PDF = _(
    "This is a PDF document, from which no cells can be read: give the spreadsheet that it was "
    "made from, as XLSX or CSV."
)
_IMAGE = _(
    "This is a picture, from which no cells can be read: give the spreadsheet itself, as XLSX or "
    "CSV."
)
_ARCHIVE = _("This is a %(kind)s archive: unpack it, and give the spreadsheet that is inside.")
WORD = _(
    "This is a text document of a word processor: copy its table into a spreadsheet, and save it "
    "as XLSX or CSV."
)
PROGRAM = _("This is a program or a database, not a spreadsheet: give XLSX or CSV.")
WEB_PAGE = _(
    "This is a web page, despite its name: open it in a spreadsheet, and save it as XLSX or CSV."
)
XML = _("This is XML, despite its name: open it in a spreadsheet, and save it as XLSX.")

# (offset, bytes, message, kind named in the message)
_BEGINNINGS: list[tuple[int, bytes, Promise | str, str]] = [
    (0, b"%PDF-", _PDF, ""),
    (0, b"\x89PNG\r\n\x1a\n", _IMAGE, ""),
    (0, b"\xff\xd8\xff", _IMAGE, ""),
    (0, b"GIF8", _IMAGE, ""),
    (0, b"II*\x00", _IMAGE, ""),
    (0, b"MM\x00*", _IMAGE, ""),
    (8, b"WEBP", _IMAGE, ""),
    (4, b"ftyphei", _IMAGE, ""),
    (0, b"Rar!\x1a\x07", _ARCHIVE, "RAR"),
    (0, b"7z\xbc\xaf\x27\x1c", _ARCHIVE, "7z"),
    (0, b"\x1f\x8b", _ARCHIVE, "gzip"),
    (0, b"BZh", _ARCHIVE, "bzip2"),
    (0, b"\xfd7zXZ\x00", _ARCHIVE, "xz"),
    (257, b"ustar", _ARCHIVE, "tar"),
    (0, EMPTY_ZIP, _ARCHIVE, "ZIP"),
    (0, b"{\\rtf", WORD, ""),
    (0, b"MZ\x90", PROGRAM, ""),
    (0, b"\x7fELF", PROGRAM, ""),
    (0, b"SQLite format 3\x00", PROGRAM, ""),
]
_WEB_PAGES = (b"<!doctype html", b"<html", b"<table", b"<head", b"<meta", b"mime-version:")


def refuse_other_kinds(content: bytes) -> None:
    """Raise FileError if the file is of a known kind that cannot be read."""
    for at, beginning, sentence, kind in _BEGINNINGS:
        if content.startswith(beginning, at):
            refuse(str(sentence), kind=kind)
    start = content[:1000].removeprefix(b"\xef\xbb\xbf").replace(b"\x00", b"").lstrip()[:200]
    start = start.removeprefix(b"\xff\xfe").removeprefix(b"\xfe\xff").lower()
    if start.startswith(_WEB_PAGES):
        refuse(str(WEB_PAGE))
    if start.startswith((b"<?xml", b"<!doctype")):
        refuse(str(WEB_PAGE if b"<html" in content[:2000].lower() else XML))


def refuse_archive() -> None:
    refuse(str(_ARCHIVE), kind="ZIP")
