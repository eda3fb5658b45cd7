"""Files made to take a machine's memory or time, or to have it do something."""

import struct
import zlib

from tests.helpers.files.raw_bytes import (
    HEAD,
    ODS_HEAD,
    XLS_HEAD,
    deflated,
    deflated_zeros,
    file,
    number,
    ods,
    ods_blank,
    ods_row,
    ods_said,
    ods_table,
    record,
    row,
    said,
    sheet,
    xls,
    xls_label,
    xls_shared,
    xlsx,
    xlsx_parts,
    zipped,
    zipped_as_said,
)

GIGABYTE = 1024 * 1024 * 1024
DATA = row(2, said("A2", "a"), said("B2", "A"))
LAUGHS = (
    '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">'
    + "".join(
        f'<!ENTITY {chr(at + 1)} "{f"&{chr(at)};" * 10}">' for at in range(ord("b"), ord("k"))
    )
    + "]>"
)


def with_sheet(packed, size, crc=0):
    """A workbook whose one sheet is packed so, and says of itself what is given."""
    parts = [
        (name, deflated(content.encode()), len(content.encode()), zlib.crc32(content.encode()))
        for name, content in xlsx_parts(sheet(HEAD)).items()
        if "sheet1" not in name
    ]
    return zipped_as_said([*parts, ("xl/worksheets/sheet1.xml", packed, size, crc)])


@file
def bomb_of_ten_gigabytes_xlsx():
    return with_sheet(deflated_zeros(10 * 1024), 10 * GIGABYTE)


@file
def bomb_that_says_it_is_small_xlsx():
    return with_sheet(deflated_zeros(10 * 1024), 1000, zlib.crc32(b"0" * 1000))


@file
def bomb_in_a_single_cell_xlsx():
    start = sheet(HEAD).partition("</sheetData>")[0] + '<row r="2"><c r="A2" t="str"><v>'
    deflate = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    packed = deflate.compress(start.encode()) + deflate.flush(zlib.Z_FULL_FLUSH)
    return with_sheet(packed + deflated_zeros(250), len(start) + 250 * 1024 * 1024)


@file
def bomb_in_a_single_tag_xlsx():
    start = sheet(HEAD).partition("</sheetData>")[0] + '<row r="2"><c r="'
    deflate = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    packed = deflate.compress(start.encode()) + deflate.flush(zlib.Z_FULL_FLUSH)
    return with_sheet(packed + deflated_zeros(250), len(start) + 250 * 1024 * 1024)


@file
def bomb_of_four_hundred_parts_xlsx():
    packed, size = deflated_zeros(1), 1024 * 1024
    return zipped_as_said([(f"xl/media/{n}.png", packed, size, 0) for n in range(400)])


@file
def archive_of_a_thousand_parts_xlsx():
    return zipped(xlsx_parts(sheet(HEAD)) | {f"xl/media/{n}.png": b"" for n in range(1000)})


@file
def parts_that_lie_one_over_the_other_xlsx():
    content = bytearray(with_sheet(deflated_zeros(250), 250 * 1024 * 1024))
    start = content.find(b"PK\x01\x02")
    index = bytes(content[start : content.find(b"PK\x05\x06")])
    entry = index[index.rfind(b"PK\x01\x02") :]
    more = b"".join(entry.replace(b"sheet1", b"sheet%d" % n) for n in range(2, 10))
    listed = index.count(b"PK\x01\x02") + 8
    end = struct.pack("<HHHHIIH", 0, 0, listed, listed, len(index + more), start, 0)
    return bytes(content[:start]) + index + more + b"PK\x05\x06" + end


@file
def part_twice_xlsx():
    parts = [
        (name, deflated(content.encode()), len(content.encode()), zlib.crc32(content.encode()))
        for name, content in xlsx_parts(sheet(HEAD + DATA)).items()
    ]
    return zipped_as_said([*parts, parts[-1]])


@file
def cell_in_the_last_row_xlsx():
    return xlsx(HEAD + row(1048576, said("A1048576", "x")))


@file
def cell_in_the_last_column_xlsx():
    return xlsx(HEAD + row(2, said("A2", "a"), said("XFD2", "x")))


@file
def cell_in_the_last_corner_and_none_else_xlsx():
    return xlsx(row(1048576, said("XFD1048576", "x")))


@file
def cells_in_the_corners_of_all_that_can_be_read_xlsx():
    return xlsx(HEAD + row(200000, said("A200000", "a"), said("SF200000", "x")))


@file
def extent_said_to_be_the_whole_sheet_xlsx():
    return xlsx(HEAD + DATA, before='<dimension ref="A1:XFD1048576"/>')


@file
def extent_said_to_be_one_cell_xlsx():
    return xlsx(HEAD + DATA, before='<dimension ref="A1"/>')


@file
def one_text_in_a_hundred_thousand_cells_xlsx():
    cells = "".join(
        row(n, f'<c r="A{n}" t="s"><v>0</v></c>', number(f"B{n}", n)) for n in range(2, 100_000)
    )
    return zipped(xlsx_parts(sheet(HEAD + cells), strings=["x" * 30_000]))


@file
def one_text_in_thousands_of_cells_xls():
    cells = [xls_shared(n, 0, 0) for n in range(1, 13_000)]
    return xls(*XLS_HEAD, *cells, strings=("x" * 4000, "y"), extent=(0, 13_000, 0, 2))


@file
def millions_of_empty_elements_xlsx():
    start = sheet(HEAD).partition("</sheetData>")[0].encode()
    deflate = zlib.compressobj(9, wbits=-zlib.MAX_WBITS)
    packed = deflate.compress(start) + deflate.flush(zlib.Z_FULL_FLUSH)
    piece = deflate.compress(b"<x/>" * 262_144) + deflate.flush(zlib.Z_FULL_FLUSH)
    return with_sheet(packed + piece * 40 + deflated(b""), len(start) + 40 * 1280 * 1024)


@file
def more_merged_cells_than_can_be_read_xlsx():
    merged = '<mergeCell ref="A2:A3"/>' * 100_001
    return xlsx(HEAD + DATA, after=f"<mergeCells>{merged}</mergeCells>")


@file
def cell_twice_xlsx():
    return xlsx(HEAD + row(2, said("A2", "a"), said("A2", "b")))


@file
def billion_laughs_xlsx():
    return xlsx(HEAD + row(2, said("A2", "&k;")), head=LAUGHS)


@file
def billion_laughs_in_the_shared_texts_xlsx():
    parts = xlsx_parts(sheet(HEAD + DATA), strings=["&k;"])
    parts["xl/sharedStrings.xml"] = parts["xl/sharedStrings.xml"].replace("<sst", f"{LAUGHS}<sst")
    return zipped(parts)


@file
def billion_laughs_ods():
    return ods(ods_table(ODS_HEAD, ods_row(ods_said("&k;"))), head=LAUGHS)


@file
def entity_from_a_file_xlsx():
    head = '<!DOCTYPE x [<!ENTITY k SYSTEM "file:///etc/hostname">]>'
    return xlsx(HEAD + row(2, said("A2", "&k;")), head=head)


@file
def entity_from_a_file_ods():
    head = '<!DOCTYPE x [<!ENTITY k SYSTEM "file:///etc/hostname">]>'
    return ods(ods_table(ODS_HEAD, ods_row(ods_said("&k;"))), head=head)


@file
def doctype_from_elsewhere_xlsx():
    return xlsx(HEAD + DATA, head='<!DOCTYPE x SYSTEM "http://example.org/x.dtd">')


@file
def link_that_starts_a_program_xlsx():
    link = (
        '<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        '<ddeLink ddeService="cmd" ddeTopic="/C calc"/></externalLink>'
    )
    parts = xlsx_parts(sheet(HEAD + row(2, '<c r="A2"><f>[1]!A0</f><v>0</v></c>')))
    return zipped(parts | {"xl/externalLinks/externalLink1.xml": link})


@file
def link_to_another_workbook_xlsx():
    link = (
        '<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        "<externalBook/></externalLink>"
    )
    parts = xlsx_parts(sheet(HEAD + row(2, '<c r="A2"><f>[1]S!A1</f><v>7</v></c>')))
    return zipped(parts | {"xl/externalLinks/externalLink1.xml": link})


@file
def link_that_starts_a_program_xls():
    coded = "cmd\x03/C calc".encode("latin-1")
    link = struct.pack("<HHB", 0, len(coded), 0) + coded
    return xls(*XLS_HEAD, before=record(0x01AE, link))


@file
def formula_that_starts_a_program_ods():
    cell = (
        '<table:table-cell table:formula="of:=DDE(&quot;cmd&quot;;&quot;/C calc&quot;;1)"'
        ' office:value-type="float" office:value="0"/>'
    )
    return ods(ods_table(ODS_HEAD, ods_row(ods_said("a"), cell)))


@file
def row_repeated_a_million_times_ods():
    return ods(ods_table(ODS_HEAD, ods_row(ods_said("a"), ods_said("A"), repeated=1_000_000)))


@file
def row_repeated_a_hundred_million_times_ods():
    return ods(ods_table(ODS_HEAD, ods_row(ods_said("a"), repeated=100_000_000)))


@file
def cell_repeated_a_million_times_ods():
    cell = ods_said("a", ' table:number-columns-repeated="1000000"')
    return ods(ods_table(ODS_HEAD, ods_row(cell)))


@file
def blank_rows_repeated_a_million_times_before_a_cell_ods():
    return ods(
        ods_table(ODS_HEAD, ods_row(ods_blank(), repeated=1_000_000), ods_row(ods_said("a")))
    )


@file
def blanks_repeated_a_hundred_million_times_ods():
    data = ods_row(ods_said("a"), ods_said("A"), ods_blank(100_000_000))
    return ods(ods_table(ODS_HEAD, data, ods_row(ods_blank(100_000_000), repeated=100_000_000)))


@file
def repeated_less_than_never_ods():
    return ods(ods_table(ODS_HEAD, ods_row(ods_blank(-5), ods_said("a"))))


@file
def table_within_a_table_ods():
    inner = ods_table(ods_row(ods_said("in")), name="inner")
    cell = f'<table:table-cell office:value-type="string">{inner}</table:table-cell>'
    return ods(ods_table(ODS_HEAD, ods_row(cell, ods_said("lost"))))


@file
def cell_in_the_last_corner_xls():
    return xls(*XLS_HEAD, xls_label(65535, 255, "x"), extent=(0, 65536, 0, 256))


@file
def extent_of_four_billion_rows_xls():
    return xls(*XLS_HEAD, extent=(0, 0xFFFFFFFF, 0, 0xFFFF))


@file
def stream_that_says_it_has_four_gigabytes_xls():
    content = bytearray(xls(*XLS_HEAD))
    at = content.find("Workbook".encode("utf-16-le"))
    content[at + 0x78 : at + 0x7C] = b"\xff\xff\xff\xff"
    return bytes(content)


@file
def sectors_in_a_ring_xls():
    content = bytearray(xls(*XLS_HEAD))
    # The table of sectors is the last one: let the first sector follow itself.
    content[-512:-508] = bytes(4)
    return bytes(content)


@file
def record_that_reaches_beyond_the_end_xls():
    return xls(*XLS_HEAD, after=struct.pack("<HH", 0x0204, 0xFFFF))
