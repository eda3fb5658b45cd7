import io
import json
from datetime import date, datetime
from decimal import Decimal

import pytest
import xlsxwriter

from projects.spreadsheets.reading import FileError, Row, cell_text, content_of, read

KNOWN = ["code", "name", "amount"]


def workbook(**sheets):
    """An XLSX file with these sheets, each a list of rows."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"default_date_format": "yyyy-mm-dd"}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return file.getvalue()


def rows(content, **asked):
    return [row.cells for row in read(content, known=KNOWN, **asked).rows]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_what_parts_the_cells_is_found_out(delimiter):
    text = delimiter.join(["code", "name"]) + "\r\n" + delimiter.join(["a", "b c"]) + "\r\n"

    assert rows(text.encode()) == [{"code": "a", "name": "b c"}]


def test_a_byte_order_mark_that_was_saved_as_text_is_no_part_of_the_first_heading():
    content = "\ufeff".encode().decode("latin-1").encode() + b"code,name\na,A\n"

    table = read(content)

    assert (table.headings, [row.cells for row in table.rows]) == (
        ["code", "name"],
        [{"code": "a", "name": "A"}],
    )


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_chinese_is_read_from_the_encodings_in_which_offices_save(encoding):
    assert rows("code,name\na,喀什片区\n".encode(encoding)) == [{"code": "a", "name": "喀什片区"}]


def test_the_headings_are_found_below_a_title():
    content = b"Signed projects,,\n\nAs of 2023-11-13,,\ncode,name,amount\na,A,5\n"

    table = read(content, known=KNOWN)

    assert table.headings == ["code", "name", "amount"]
    assert table.rows == [Row(5, {"code": "a", "name": "A", "amount": "5"})]


def test_rows_keep_the_number_of_the_line_on_which_they_begin():
    content = b'code,name\n\na,"two\nlines"\n,\nb,B\n'

    assert [row.number for row in read(content, known=KNOWN).rows] == [3, 6]


def test_a_text_that_was_made_safe_from_formulas_is_as_it_was():
    assert rows(b"code,name\na,'=1+1\n") == [{"code": "a", "name": "=1+1"}]


def test_a_workbook_is_read_as_it_shows():
    content = workbook(
        One=[
            ["code", "name", "amount"],
            ["a", date(2023, 11, 11), 1234567.89],
            [7, None, 0.1 + 0.2],
        ]
    )

    assert rows(content) == [
        {"code": "a", "name": "2023-11-11", "amount": "1234567.89"},
        {"code": "7", "name": "", "amount": "0.3"},
    ]


def test_a_sheet_is_chosen_by_its_name():
    content = workbook(One=[["code"], ["a"]], Two=[["code"], ["b"]])

    assert rows(content) == [{"code": "a"}]
    assert rows(content, sheet="Two") == [{"code": "b"}]
    with pytest.raises(FileError, match="There is no sheet “Three”: the file has “One”, “Two”"):
        read(content, known=KNOWN, sheet="Three")


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (5.0, "5"),
        (999999999999999.0, "999999999999999"),
        (1e15, "1E+15"),
        (True, "true"),
        (datetime(2023, 11, 11, 8, 30), "2023-11-11 08:30:00"),  # noqa: DTZ001
        (datetime(2023, 11, 11), "2023-11-11"),  # noqa: DTZ001
        (None, ""),
        ("  a ", "a"),
    ],
)
def test_cells_of_a_workbook_as_texts(cell, text):
    assert cell_text(cell) == text


def test_json_keeps_its_values_and_all_digits_of_its_numbers():
    records = '[{"code": "a", "amount": 99999999999999.99, "sectors": [{"sector": "it"}]}]'

    table = read(records.encode())

    assert table.is_json
    assert table.rows[0].cells["amount"] == Decimal("99999999999999.99")
    assert table.rows[0].cells["sectors"] == [{"sector": "it"}]


def test_a_page_of_the_api_is_a_file_of_its_results():
    page = json.dumps({"count": 1, "next": None, "previous": None, "results": [{"code": "a"}]})

    assert [row.cells for row in read(page.encode()).rows] == [{"code": "a"}]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "The file is empty"),
        (b"  \n ", "The file is empty"),
        (b",,\n,,\n", "The file has no rows"),
        (b"<!DOCTYPE html><table><tr><td>code</td></tr></table>", "This is a web page"),
        (b"\xff\xff\x00\x01", "This kind of file cannot be read"),
        (b"code,name\na\x00b,c\n", "This kind of file cannot be read"),
        (b'code,name\na,"b\n', "is not valid CSV at line"),
        (b"code,code\na,b\n", "Two columns have the heading “code”"),
        (b"code,name\na,b,c\n", "Row 2 has “c” in column C, which has no heading"),
        (b"code,,name\na,x,b\n", "Row 2 has “x” in column B, which has no heading"),
        (b"PK\x03\x04 and nothing more", "The workbook is damaged"),
        (b"\xd0\xcf\x11\xe0 and nothing more", "The workbook is damaged"),
        (b'{"code": "a"}', "The JSON must be a list of records"),
        (b'[{"code": NaN}]', "cannot be read as JSON"),
        (b"[" * 100_000, "cannot be read as JSON"),
        (workbook(One=[]), "The file has no rows"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_a_sentence(content, sentence):
    with pytest.raises(FileError, match=sentence):
        read(content, known=KNOWN)


def test_text_has_no_sheets():
    with pytest.raises(FileError, match="Only workbooks have sheets"):
        read(b"code\na\n", sheet="One")


def test_a_missing_file_is_an_error(tmp_path):
    with pytest.raises(FileError, match="cannot be read: No such file"):
        content_of(tmp_path / "missing.csv")


def test_a_very_long_cell_is_read_whole():
    assert rows(b"code,name\na," + b"x" * 300_000) == [{"code": "a", "name": "x" * 300_000}]


def test_other_sheets_and_lines_above_are_reported():
    content = workbook(
        Notes=[],
        Data=[["Signed projects"], ["code", "name"], ["a", "A"], ["b", "A"], ["c", None]],
        Old=[["code"], ["z"]],
    )

    table = read(content, known=KNOWN)

    assert [line.cells for line in table.above] == [["Signed projects", ""]]
    assert (table.sheet, table.other_sheets) == ("Data", ["Old"])
    assert table.columns == {"code": "A", "name": "B"}


def test_encoding_and_delimiter_are_reported():
    table = read("code;name\na;喀什片区\n".encode("gb18030"))

    assert (table.encoding, table.delimiter) == ("gb18030", ";")


@pytest.mark.parametrize(
    ("encoding", "text"),
    [
        ("gb18030", "喀什片区"),
        ("gb18030", "霍尔果斯冷链仓储基地"),
        ("gb18030", "动力锂离子电池工厂（二期）"),
        ("cp1252", "Zürich – São Paulo"),
        ("cp1252", "Orléans, dépôt n° 5"),
        ("cp1252", "over £500"),
        ("cp1252", "the city’s “park”"),
    ],
)
def test_chinese_and_western_texts_are_distinguished(encoding, text):
    content = f'code,name\na,"{text}"\n'.encode(encoding)

    table = read(content)

    assert (table.encoding, table.rows[0].cells["name"]) == (encoding, text)
