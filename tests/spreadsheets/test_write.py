import csv
import io
import tracemalloc
import zipfile
from datetime import UTC, date, datetime
from decimal import Decimal
from itertools import repeat

import pytest
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from projects.spreadsheets import writing
from projects.spreadsheets.cells import QualifiedNumber, restore
from projects.spreadsheets.writing import Sheet, SheetFullError, TooLong, csv_lines, xlsx

HOSTILE = ["=cmd|' /C calc'!A0", "@SUM(A1:A9)", "+1", "-1", "\t=1", "\r=1", "'=1"]


def lines(*rows, headings=("a",)):
    return b"".join(csv_lines(headings, rows))


def workbook(*rows, headings=("a",), about=lambda too_long: []):
    file = io.BytesIO()
    xlsx(headings, rows, file, sheet="data", about=about)
    file.seek(0)
    return CalamineWorkbook.from_filelike(file)


def column(*cells):
    _heading, *rows = workbook(*([cell] for cell in cells)).get_sheet_by_name("data").to_python()
    return [row[0] for row in rows]


def test_csv_has_a_byte_order_mark_and_standard_line_ends():
    assert lines(["喀什"], ["a,b"]) == '\ufeffa\r\n喀什\r\n"a,b"\r\n'.encode()


def test_csv_writes_numbers_whole_and_days_as_iso_has_them():
    row = [
        Decimal("99999999999999.99"),
        Decimal("-4.00"),
        3,
        date(2023, 11, 11),
        datetime(2023, 11, 11, 8, tzinfo=UTC),
        None,
        True,
    ]

    assert lines(row).split(b"\r\n")[1] == (
        b"99999999999999.99,-4.00,3,2023-11-11,2023-11-11T08:00:00+00:00,,true"
    )


@pytest.mark.parametrize("text", HOSTILE)
def test_text_in_csv_is_never_a_formula_and_reads_back_as_it_was(text):
    ((_heading,), (cell,)) = csv.reader(io.StringIO(lines([text]).decode("utf-8-sig"), newline=""))

    assert cell == f"'{text}"
    assert restore(cell) == text


@given(st.lists(st.lists(st.text(), min_size=2, max_size=2), max_size=5))
def test_any_text_in_csv_reads_back_as_it_was(rows):
    text = lines(*rows, headings=("a", "b")).decode("utf-8-sig")

    _headings, *read = csv.reader(io.StringIO(text, newline=""))

    assert [[restore(cell) for cell in row] for row in read] == rows


def test_xlsx_cells_have_types():
    cells = [Decimal("1000000000.00"), Decimal("-4.00"), 3, date(2023, 11, 11), True, "喀什"]

    assert column(*cells) == [1000000000.0, -4.0, 3.0, date(2023, 11, 11), True, "喀什"]


def test_moments_in_xlsx_are_those_of_their_own_zone():
    assert column(datetime(2023, 11, 11, 8, tzinfo=UTC)) == [datetime(2023, 11, 11, 8)]  # noqa: DTZ001


@pytest.mark.parametrize(
    ("number", "read"),
    [
        (Decimal("9999999999999.99"), 9999999999999.99),
        (Decimal("99999999999999.99"), "99999999999999.99"),
        (Decimal("90000000000000.00"), 90000000000000.0),
        (Decimal("0.1380830000000001"), "0.1380830000000001"),
        (Decimal("-12345678901234.56"), "-12345678901234.56"),
        (10**14 + 1, 100000000000001.0),
        (10**15 + 1, "1000000000000001"),
    ],
)
def test_a_number_that_a_spreadsheet_would_change_is_text(number, read):
    assert column(number) == [read]


def test_a_marked_number_shows_its_mark_and_is_a_number():
    file = io.BytesIO()
    marked = [QualifiedNumber(Decimal("3.00"), "≥"), QualifiedNumber(Decimal("-4.50"), "≥")]

    xlsx(["a"], ([cell] for cell in marked), file, sheet="data", about=lambda too_long: [])

    assert column(*marked) == [3.0, -4.5]
    styles = zipfile.ZipFile(file).read("xl/styles.xml").decode()
    assert styles.count("&quot;≥ &quot;#,##0.00;&quot;≥ &quot;-#,##0.00") == 1


def test_a_marked_number_that_a_spreadsheet_would_change_is_text():
    assert column(QualifiedNumber(Decimal("99999999999999.99"), "≥")) == ["≥ 99999999999999.99"]
    assert b"\xe2\x89\xa4 1.50\r\n" in lines([QualifiedNumber(Decimal("1.50"), "≤")])


def test_further_sheets_follow_the_about_sheet():
    file = io.BytesIO()

    xlsx(
        ["a"],
        [["x"]],
        file,
        sheet="data",
        about=lambda too_long: [["about"]],
        further=[Sheet("across", ["b", "c"], [["=1", Decimal("2.00")]])],
    )

    file.seek(0)
    book = CalamineWorkbook.from_filelike(file)
    assert book.sheet_names == ["data", "about", "across"]
    assert book.get_sheet_by_name("across").to_python() == [["b", "c"], ["=1", 2.0]]


@pytest.mark.parametrize("day", [date(1, 1, 1), date(1899, 12, 31), date(1900, 2, 28)])
def test_a_day_that_a_spreadsheet_does_not_know_is_text(day):
    assert column(day, datetime(day.year, 1, 1, tzinfo=UTC)) == [
        day.isoformat(),
        f"{day.year:04d}-01-01T00:00:00+00:00",
    ]


def test_the_first_and_the_last_day_of_a_spreadsheet_are_days():
    days = [date(1900, 3, 1), date(9999, 12, 31)]

    assert column(*days) == days


@pytest.mark.parametrize("text", [*HOSTILE, "https://example.org", "mailto:a@b.c", "internal:a!A1"])
def test_text_in_xlsx_is_text_and_nothing_else(text):
    assert column(text) == [text]


# Two code points that are no characters come back as their numbers.
@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff")))
)
def test_any_text_in_xlsx_reads_back_as_it_was(texts):
    rows = [[1, text] for text in texts]

    _headings, *read = workbook(*rows, headings=("a", "b")).get_sheet_by_name("data").to_python()

    assert [[*row, ""][1] for row in read] == texts


def test_the_longest_possible_text_is_written():
    assert column("长" * 32_767) == ["长" * 32_767]


@pytest.mark.parametrize("text", ["x" * 32_768, "𠮷" * 16_384])
def test_a_longer_text_is_left_out_and_reported(text):
    told = []

    def about(too_long):
        told.extend(too_long)
        return [["left out", each.cell] for each in too_long]

    book = workbook([1, text], [2, "short"], headings=("n", "note"), about=about)

    assert told == [TooLong("B2", "note", 32_768)]
    assert book.get_sheet_by_name("data").to_python()[1:] == [[1.0, ""], [2.0, "short"]]
    assert book.get_sheet_by_name("about").to_python() == [["left out", "B2"]]


def test_more_rows_than_a_sheet_can_have_are_refused(monkeypatch):
    monkeypatch.setattr(writing, "MOST_ROWS", 3)

    assert len(column("a", "b")) == 2
    with pytest.raises(SheetFullError, match="at most 2 records"):
        column("a", "b", "c")


@pytest.mark.parametrize(
    "written",
    [csv_lines, lambda *args: [xlsx(*args, io.BytesIO(), sheet="data", about=lambda too_long: [])]],
)
def test_memory_does_not_grow_with_the_rows(written):
    def peak(number):
        tracemalloc.start()
        for _piece in written(["a"], repeat(["x" * 2000], number)):
            pass
        _now, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    few, many = peak(300), peak(3000)

    assert many < few * 2
