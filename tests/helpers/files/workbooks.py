"""Workbooks that were made in good faith, and what else comes under their names."""

import struct
from datetime import date, datetime, time

from tests.helpers.files.raw_bytes import (
    HEAD,
    ODS_HEAD,
    XLS_HEAD,
    file,
    number,
    ods,
    ods_blank,
    ods_number,
    ods_row,
    ods_said,
    ods_table,
    ole,
    record,
    row,
    said,
    sheet,
    workbook,
    xls,
    xls_error,
    xls_label,
    xls_number,
    xls_shared,
    xlsx,
    xlsx_parts,
    zipped,
)


@file
def cells_of_every_kind_xlsx():
    def write(book):
        def shown(form):
            return book.add_format({"num_format": form})

        page = book.add_worksheet()
        page.write_row(0, 0, ["kind", "value"])
        page.write_column(1, 0, ["day", "moment", "time", "serial", "part", "yes", "sum", "text"])
        page.write_datetime(1, 1, date(2023, 11, 11), shown("yyyy年m月d日"))
        page.write_datetime(2, 1, datetime(2023, 11, 11, 8, 30), shown("yyyy-mm-dd hh:mm"))  # noqa: DTZ001
        page.write_datetime(3, 1, time(8, 30), shown("hh:mm"))
        page.write_number(4, 1, 45241)
        page.write_number(5, 1, 0.897, shown("0.0%"))
        page.write_boolean(6, 1, True)
        page.write_formula(7, 1, "=0.1+0.2", None, 0.1 + 0.2)
        page.write_string(8, 1, "007")

    return workbook(write)


@file
def code_typed_as_a_number_xlsx():
    return xlsx(HEAD + row(2, number("A2", "911100006000373000"), said("B2", "A")))


@file
def code_typed_as_a_number_with_all_its_digits_xlsx():
    return xlsx(HEAD + row(2, number("A2", "911101085513850821"), said("B2", "A")))


@file
def hidden_sheet_before_the_data_xlsx():
    def write(book):
        lists = book.add_worksheet("lists")
        lists.write_column(0, 0, ["kashi", "urumqi"])
        data = book.add_worksheet("data")
        data.write_row(0, 0, ["code", "name"])
        data.write_row(1, 0, ["a", "A"])
        data.activate()
        data.set_first_sheet()
        lists.hide()
        book.add_worksheet("empty")

    return workbook(write)


@file
def only_a_hidden_sheet_has_rows_xlsx():
    def write(book):
        front = book.add_worksheet("front")
        data = book.add_worksheet("data")
        data.write_row(0, 0, ["code", "name"])
        data.write_row(1, 0, ["a", "A"])
        data.hide()
        front.activate()

    return workbook(write)


@file
def hidden_row_and_column_xlsx():
    def write(book):
        page = book.add_worksheet()
        page.write_row(0, 0, ["code", "name"])
        page.write_column(1, 0, ["a", "b"])
        page.write_column(1, 1, ["A", "B"])
        page.set_row(1, None, None, {"hidden": True})
        page.set_column(1, 1, None, None, {"hidden": True})

    return workbook(write)


@file
def table_away_from_the_corner_xlsx():
    return xlsx(
        row(4, said("C4", "code"), said("D4", "name")) + row(6, said("C6", "a"), said("D6", "A"))
    )


@file
def table_away_from_the_corner_ods():
    return ods(
        ods_table(
            ods_row(ods_blank(), repeated=3),
            ods_row(ods_blank(2), ods_said("code"), ods_said("name")),
            ods_row(ods_blank(), repeated=1),
            ods_row(ods_blank(2), ods_said("a"), ods_said("A")),
        )
    )


@file
def macros_xlsm():
    parts = xlsx_parts(sheet(HEAD + row(2, said("A2", "a"), said("B2", "A"))))
    parts["[Content_Types].xml"] = parts["[Content_Types].xml"].replace(
        "openxmlformats-officedocument.spreadsheetml.sheet.main", "ms-excel.sheet.macroEnabled.main"
    )
    return zipped(parts | {"xl/vbaProject.bin": ole({"VBA": b"Sub Auto_Open()"})})


@file
def cells_without_their_places_xlsx():
    return xlsx(
        '<row><c t="inlineStr"><is><t>code</t></is></c>'
        '<c t="inlineStr"><is><t>name</t></is></c></row>'
        "<row><c><v>1</v></c><c><v>2</v></c></row>"
    )


@file
def format_down_to_the_last_row_xlsx():
    return xlsx(
        HEAD + row(2, said("A2", "a"), said("B2", "A")) + row(1048576, '<c r="XFD1048576" s="0"/>')
    )


@file
def formats_in_every_row_ods():
    filled = [ods_row(ods_said(f"a{at}"), ods_said("A"), ods_blank(16382)) for at in range(2000)]
    return ods(ods_table(ODS_HEAD, *filled, ods_row(ods_blank(16384), repeated=1046575)))


@file
def rows_repeated_ods():
    return ods(ods_table(ODS_HEAD, ods_row(ods_said("a"), ods_said("A"), repeated=3)))


@file
def note_on_a_cell_ods():
    noted = (
        '<table:table-cell office:value-type="string"><office:annotation><text:p>seen</text:p>'
        "</office:annotation><text:p>a</text:p></table:table-cell>"
    )
    return ods(ods_table(ODS_HEAD, ods_row(noted, ods_number(0.6, "percentage"))))


@file
def text_shared_by_its_cells_xls():
    return xls(*XLS_HEAD, xls_shared(1, 0, 1), xls_shared(1, 1, 0), strings=("喀什", "a"))


@file
def numbers_xls():
    return xls(*XLS_HEAD, xls_number(1, 0, 7), xls_number(1, 1, 0.5))


@file
def failed_formula_xlsx():
    return xlsx(HEAD + row(2, said("A2", "a"), '<c r="B2" t="e"><f>1/0</f><v>#DIV/0!</v></c>'))


@file
def failed_lookup_xlsx():
    return xlsx(HEAD + row(2, said("A2", "a"), '<c r="B2" t="e"><v>#N/A</v></c>'))


@file
def failed_formula_xls():
    return xls(*XLS_HEAD, xls_label(1, 0, "a"), xls_error(1, 1, 0x17))


@file
def failed_formula_ods():
    failed = (
        '<table:table-cell table:formula="of:=1/0" office:value-type="string"'
        ' office:string-value="" calcext:value-type="error"><text:p>#DIV/0!</text:p>'
        "</table:table-cell>"
    )
    return ods(ods_table(ODS_HEAD, ods_row(ods_said("a"), failed)))


@file
def formula_whose_result_was_not_saved_xlsx():
    return xlsx(HEAD + row(2, said("A2", "a"), '<c r="B2"><f>A2</f></c>'))


@file
def formula_with_an_empty_text_xlsx():
    return xlsx(HEAD + row(2, said("A2", "a"), '<c r="B2" t="str"><f>""</f><v></v></c>'))


@file
def value_without_heading_xlsx():
    return xlsx(HEAD + row(2, said("A2", "a"), said("C2", "lost")))


@file
def no_rows_xlsx():
    return xlsx("")


@file
def password_xlsx():
    return ole({"EncryptionInfo": b"\x04\x00\x04\x00", "EncryptedPackage": b"\x00" * 5000})


@file
def password_xls():
    return xls(*XLS_HEAD, before=record(0x002F, struct.pack("<HHH", 1, 1, 1)))


@file
def password_ods():
    encryption = '<manifest:encryption-data manifest:checksum-type="SHA256/1K"/>'
    return ods(ods_table(ODS_HEAD), encryption=encryption)


@file
def password_zip():
    content = bytearray(xlsx(HEAD))
    for sign, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        start = content.find(sign)
        while start >= 0:
            content[start + at] |= 1
            start = content.find(sign, start + 4)
    return bytes(content)


@file
def copied_by_half_xlsx():
    content = xlsx(HEAD)
    return content[: len(content) // 2]


@file
def copied_by_half_xls():
    content = xls(*XLS_HEAD)
    return content[:2000]


@file
def changed_byte_xlsx():
    content = bytearray(xlsx(HEAD + row(2, said("A2", "a" * 300))))
    content[content.find(b"xl/worksheets/sheet1.xml") + 60] ^= 0xFF
    return bytes(content)


@file
def no_sheet_at_all_xlsx():
    parts = xlsx_parts(sheet(HEAD))
    del parts["xl/worksheets/sheet1.xml"]
    return zipped(parts)


@file
def binary_workbook_xlsb():
    return zipped({"[Content_Types].xml": "<Types/>", "xl/workbook.bin": b"\x83\x01\x00"})


@file
def text_document_docx():
    return zipped({"[Content_Types].xml": "<Types/>", "word/document.xml": "<document/>"})


@file
def text_document_doc():
    return ole({"WordDocument": b"\xec\xa5"})


@file
def text_document_odt():
    return zipped({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": "<a/>"})


@file
def slides_pptx():
    return zipped({"[Content_Types].xml": "<Types/>", "ppt/presentation.xml": "<p/>"})


@file
def message_msg():
    return ole({"__properties_version1.0": b"x"})


@file
def document_of_numbers_xlsx():
    return zipped({"Index/Document.iwa": b"\x00"})


@file
def official_document_ofd():
    return zipped({"OFD.xml": "<ofd/>"})


@file
def workbook_in_an_archive_zip():
    return zipped({"list.xlsx": xlsx(HEAD)})


@file
def archive_in_an_archive_in_an_archive_zip():
    return zipped({"a.zip": zipped({"b.zip": zipped({"list.xlsx": xlsx(HEAD)})})})


@file
def empty_archive_zip():
    return b"PK\x05\x06" + bytes(18)


@file
def archive_rar():
    return b"Rar!\x1a\x07\x01\x00" + bytes(100)


@file
def archive_7z():
    return b"7z\xbc\xaf\x27\x1c\x00\x04" + bytes(100)


@file
def archive_gz():
    return b"\x1f\x8b\x08\x00" + bytes(100)


@file
def archive_tar():
    return b"list.csv".ljust(257, b"\x00") + b"ustar\x0000" + bytes(248)


@file
def scan_of_a_list_pdf():
    return b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n"


@file
def photograph_of_a_list_png():
    return b"\x89PNG\r\n\x1a\n" + bytes(100)


@file
def photograph_of_a_list_jpg():
    return b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(100)


@file
def rich_text_rtf():
    return rb"{\rtf1\ansi code}"


@file
def program_exe():
    return b"MZ\x90\x00" + bytes(100)
