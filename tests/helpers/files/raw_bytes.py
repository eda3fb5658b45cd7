"""Files by their bytes, so that each can have exactly one fault."""

import io
import struct
import zipfile
import zlib
from functools import cache

import xlsxwriter

FILES = {}


def file(make):
    """Register what makes a file; `a_fault_xlsx` makes the file `a_fault.xlsx`."""
    FILES[".".join(make.__name__.rsplit("_", 1))] = cache(make)
    return make


# --- ZIP ----------------------------------------------------------------------


def zipped(parts):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return made.getvalue()


def deflated(content):
    deflate = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    return deflate.compress(content) + deflate.flush()


def deflated_zeros(megabytes):
    """As many zeros, deflated without deflating all of them: one piece, over and over."""
    deflate = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    piece = deflate.compress(b"0" * 1024 * 1024) + deflate.flush(zlib.Z_FULL_FLUSH)
    return piece * megabytes + deflated(b"")


def zipped_as_said(parts):
    """An archive of (name, packed, size, CRC) in which each part says of itself what is given."""
    body, index = b"", b""
    for name, packed, size, crc in parts:
        is_huge = size > 0xFFFFFFFF
        extra = struct.pack("<HHQQ", 1, 16, size, len(packed)) if is_huge else b""
        sizes = (0xFFFFFFFF, 0xFFFFFFFF) if is_huge else (len(packed), size)
        about = struct.pack("<HHHHHIIIHH", 45, 0, 8, 0, 33, crc, *sizes, len(name), len(extra))
        index += b"PK\x01\x02\x2d\x00" + about + struct.pack("<HHHII", 0, 0, 0, 0, len(body))
        index += name.encode() + extra
        body += b"PK\x03\x04" + about + name.encode() + extra + packed
    end = struct.pack("<HHHHIIH", 0, 0, len(parts), len(parts), len(index), len(body), 0)
    return body + index + b"PK\x05\x06" + end


# --- XLSX ---------------------------------------------------------------------

_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def xlsx_parts(*sheets, strings=()):
    """The parts of a workbook whose sheets are these texts of XML."""
    numbers = range(1, len(sheets) + 1)
    listed = "".join(f'<sheet name="S{n}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers)
    related = "".join(
        f'<Relationship Id="rId{n}" Type="{_RELATIONS}/worksheet"'
        f' Target="worksheets/sheet{n}.xml"/>'
        for n in numbers
    )
    related += (
        f'<Relationship Id="rId0" Type="{_RELATIONS}/sharedStrings" Target="sharedStrings.xml"/>'
    )
    types = "".join(
        f'<Override PartName="/xl/{name}.xml" ContentType="application/'
        f'vnd.openxmlformats-officedocument.spreadsheetml.{kind}+xml"/>'
        for name, kind in [
            ("workbook", "sheet.main"),
            ("sharedStrings", "sharedStrings"),
            *((f"worksheets/sheet{n}", "worksheet") for n in numbers),
        ]
    )
    shared = "".join(f"<si><t>{one}</t></si>" for one in strings)
    return {
        "[Content_Types].xml": f'{_XML}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/'
        'vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f"{types}</Types>",
        "_rels/.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_RELATIONS}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>",
        "xl/workbook.xml": f'{_XML}<workbook xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">'
        f"<sheets>{listed}</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">'
        f"{related}</Relationships>",
        "xl/sharedStrings.xml": f'{_XML}<sst xmlns="{_MAIN}">{shared}</sst>',
        **{f"xl/worksheets/sheet{n}.xml": sheet for n, sheet in zip(numbers, sheets, strict=True)},
    }


def sheet(rows, *, before="", after="", head=""):
    return (
        f'{_XML}{head}<worksheet xmlns="{_MAIN}" xmlns:r="{_RELATIONS}">{before}'
        f"<sheetData>{rows}</sheetData>{after}</worksheet>"
    )


def row(number, *cells):
    return f'<row r="{number}">{"".join(cells)}</row>'


def said(place, text):
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def number(place, value):
    return f'<c r="{place}"><v>{value}</v></c>'


HEAD = row(1, said("A1", "code"), said("B1", "name"))


def xlsx(rows, **options):
    """A workbook of one sheet, given as its rows of XML."""
    return zipped(xlsx_parts(sheet(rows, **options)))


def workbook(write, **options):
    """A workbook by a writer: `write(book)` fills it."""
    made = io.BytesIO()
    with xlsxwriter.Workbook(made, {"in_memory": True, **options}) as book:
        write(book)
    return made.getvalue()


# --- ODS ----------------------------------------------------------------------

_NAMES = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{urn}:1.0"'
    for name, urn in [
        ("office", "office"),
        ("table", "table"),
        ("text", "text"),
        ("style", "style"),
    ]
)
_NAMES += ' xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
_MANIFEST = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"
ODS_TYPE = "application/vnd.oasis.opendocument.spreadsheet"


def ods_parts(body, *, head="", encryption="", mimetype=ODS_TYPE):
    return {
        "mimetype": mimetype,
        "META-INF/manifest.xml": f'{_XML}<manifest:manifest xmlns:manifest="{_MANIFEST}">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{mimetype}"/>'
        f'<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml">'
        f"{encryption}</manifest:file-entry></manifest:manifest>",
        "content.xml": f"{_XML}{head}<office:document-content {_NAMES}><office:body>"
        f"<office:spreadsheet>{body}</office:spreadsheet></office:body>"
        "</office:document-content>",
    }


def ods(body, **options):
    return zipped(ods_parts(body, **options))


def ods_table(*rows, name="S1"):
    return f'<table:table table:name="{name}">{"".join(rows)}</table:table>'


def ods_row(*cells, repeated=1):
    attribute = f'table:number-rows-repeated="{repeated}"'
    return f"<table:table-row {attribute}>{''.join(cells)}</table:table-row>"


def ods_said(text, more=""):
    return (
        f'<table:table-cell office:value-type="string"{more}><text:p>{text}</text:p>'
        "</table:table-cell>"
    )


def ods_number(value, kind="float"):
    return f'<table:table-cell office:value-type="{kind}" office:value="{value}"/>'


def ods_day(value):
    return f'<table:table-cell office:value-type="date" office:date-value="{value}"/>'


def ods_blank(repeated=1):
    return f'<table:table-cell table:number-columns-repeated="{repeated}"/>'


ODS_HEAD = ods_row(ods_said("code"), ods_said("name"))


# --- XLS ----------------------------------------------------------------------


def record(kind, data=b""):
    return struct.pack("<HH", kind, len(data)) + data


def ole(streams):
    """A file system in a file (MS-CFB), of sectors of 512 bytes, with these streams."""
    size = 512
    entries, sectors, table = [_entry("Root Entry", 5, 0xFFFFFFFE, 0, child=1)], [], []
    for at, (name, content) in enumerate(streams.items(), 1):
        # What is shorter would stand in a stream of small ones.
        content = content.ljust(4096, b"\x00")
        pieces = [content[n : n + size].ljust(size, b"\x00") for n in range(0, len(content), size)]
        start = len(sectors)
        sectors += pieces
        table += [*range(start + 1, len(sectors)), 0xFFFFFFFE]
        following = at + 1 if at < len(streams) else 0xFFFFFFFF
        entries.append(_entry(name, 2, start, len(content), right=following))
    directory = b"".join(entries)
    directory = directory.ljust(-(-len(directory) // size) * size, b"\x00")
    first = len(sectors)
    sectors += [directory[n : n + size] for n in range(0, len(directory), size)]
    table += [*range(first + 1, len(sectors)), 0xFFFFFFFE]
    places = []
    while len(table) + len(places) > len(places) * size // 4:
        places.append(len(table) + len(places))
    table += [0xFFFFFFFD] * len(places)
    packed = struct.pack(f"<{len(table)}I", *table).ljust(len(places) * size, b"\xff")
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack(
        "<IIIIIIIII", 0, len(places), first, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0
    )
    header += struct.pack("<109I", *places, *[0xFFFFFFFF] * (109 - len(places)))
    return header + b"".join(sectors) + packed


def _entry(name, kind, start, size, *, child=0xFFFFFFFF, right=0xFFFFFFFF):
    coded = name.encode("utf-16-le") + b"\x00\x00"
    return coded.ljust(64, b"\x00") + struct.pack(
        "<HBBIII36xIQ", len(coded), kind, 1, 0xFFFFFFFF, right, child, start, size
    )


def xls_label(row_, column, text):
    coded = text.encode("utf-16-le")
    return record(0x0204, struct.pack("<HHHHB", row_, column, 0, len(coded) // 2, 1) + coded)


def xls_shared(row_, column, at):
    return record(0x00FD, struct.pack("<HHHI", row_, column, 0, at))


def xls_number(row_, column, value):
    return record(0x0203, struct.pack("<HHHd", row_, column, 0, value))


def xls_error(row_, column, code):
    return record(0x0205, struct.pack("<HHHBB", row_, column, 0, code, 1))


def xls(*cells, extent=(0, 3, 0, 3), before=b"", after=b"", strings=(), name="S1"):
    """A workbook of BIFF8 of one sheet, whose cells are these records."""
    coded = name.encode("utf-16-le")
    begin = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0, 0, 0, 0))
    shared = b""
    if strings:
        texts = b"".join(
            struct.pack("<HB", len(one), 1) + one.encode("utf-16-le") for one in strings
        )
        shared = record(0x00FC, struct.pack("<II", len(strings), len(strings)) + texts)
    rest = before + shared + record(0x000A)
    listing = struct.pack("<BBBB", 0, 0, len(name), 1) + coded
    start = len(begin) + 4 + 4 + len(listing) + len(rest)
    begin += record(0x0085, struct.pack("<I", start) + listing) + rest
    body = record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0, 0, 0, 0))
    body += record(0x0200, struct.pack("<IIHHH", *extent, 0))
    body += b"".join(cells) + after + record(0x000A)
    return ole({"Workbook": begin + body})


XLS_HEAD = (xls_label(0, 0, "code"), xls_label(0, 1, "name"))
