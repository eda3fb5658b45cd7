"""Each file of the corpus is read as exactly this table, or refused with this message."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from projects.spreadsheets.reading import FileError, read
from tests.helpers.files import hostile, signing_lists, text_files, workbooks
from tests.helpers.files.raw_bytes import FILES

KNOWN = ["code", "name", "amount", "area"]

# Each module registers its files.
assert all((hostile, signing_lists, text_files, workbooks))

SIGNING_LIST = [
    signing_lists.HEADINGS,
    *([number, *line] for number, line in enumerate(signing_lists.LIST, 4)),
]
ONE = [["code", "name"], [2, "a", "A"]]
RARE = [
    [cell.replace("某农业", "喆堃珅") if isinstance(cell, str) else cell for cell in line]
    for line in SIGNING_LIST
]


def list_read_from_a_workbook():
    """Where a day is a day, it is read as one."""
    lines = [list(line) for line in SIGNING_LIST]
    lines[1][5] = "2023-11-11"
    return lines


# The headings, and each row with its number in the file.
READ = {
    "signing_list_in_gb18030.csv": SIGNING_LIST,
    "signing_list_in_utf_8.csv": SIGNING_LIST,
    "signing_list_in_utf_8_with_its_mark.csv": SIGNING_LIST,
    "signing_list_in_utf_16.csv": SIGNING_LIST,
    "signing_list_in_utf_16_the_other_way_round.csv": SIGNING_LIST,
    "signing_list_in_utf_16_without_its_mark.csv": SIGNING_LIST,
    "signing_list_in_utf_16_the_other_way_round_without_its_mark.csv": SIGNING_LIST,
    "signing_list_parted_by_semicolons.csv": SIGNING_LIST,
    "signing_list_with_rare_characters.csv": RARE,
    "signing_list.xlsx": list_read_from_a_workbook(),
    "signing_list.ods": list_read_from_a_workbook(),
    "signing_list_with_two_rows_of_headings.xlsx": [
        ["片区", "项目名称", "投资额 总投资（万元）", "投资额 已到位（万元）", "备注"],
        [4, "喀什片区", "甲项目", "100", "0", ""],
        [5, "喀什片区", "乙项目", "200", "10", ""],
        [6, "喀什片区", "丙项目", "300", "20", ""],
        [7, "喀什片区", "丁项目", "400", "30", ""],
        [8, "喀什片区", "戊项目", "500", "40", ""],
        [9, "霍尔果斯片区", "己项目", "600", "", ""],
        [10, "", "庚项目", "700", "", ""],
    ],
    "signing_list_with_two_rows_of_headings.xls": [
        ["片区", "投资额 总投资（万元）", "投资额 已到位（万元）", "备注"],
        [4, "喀什片区", "100", "", ""],
        [5, "喀什片区", "200", "20", ""],
        [6, "", "300", "", ""],
    ],
    "signing_list_with_a_merged_area.ods": [
        ["片区", "项目名称"],
        [2, "喀什片区", "甲项目"],
        [3, "喀什片区", "乙项目"],
        [4, "", "丙项目"],
    ],
    "merged_cell_that_reaches_over_blank_rows.xlsx": [
        ["area", "name"],
        [2, "喀什片区", "甲"],
        [4, "喀什片区", "乙"],
    ],
    "groups_of_headings_over_two_columns_each.xlsx": [
        [
            "name",
            "Area and place code",
            "Area and place title",
            "Enterprise code",
            "Enterprise title",
        ],
        [3, "甲", "a", "A", "e", "E"],
    ],
    "two_titles_over_the_headings.xlsx": [
        ["code", "name", "amount", "note"],
        [3, "a", "甲", "5", "x"],
    ],
    "western_names_in_cp1252.csv": [
        ["code", "name", "amount"],
        [2, "a", "Société Générale – Zürich", "£500"],
        [3, "b", "“Ala Too” café", "€1 000"],
        [4, "c", "Müller & Söhne’s", "5"],
    ],
    "one_pound_sign_in_cp1252.csv": [["code", "name"], [2, "a", "grants over £500"]],
    "two_accents_side_by_side_in_cp1252.csv": [
        ["code", "name"],
        [2, "a", "Soirée créée"],
        [3, "b", "Noël"],
    ],
    "chinese_among_latin_letters_in_gb18030.csv": [
        ["code", "name"],
        [2, "a", "5G基站与LED灯"],
        [3, "b", "A座Café项目"],
        [4, "c", "“一带一路”——T恤"],
    ],
    "one_chinese_name_in_gb18030.csv": [["code", "name"], [2, "kashi", "喀什"]],
    "chinese_punctuation_only_in_gb18030.csv": [
        ["code", "name"],
        [2, "a", "“Silk Road” （Kashi）"],
    ],
    "russian_in_utf_8.csv": [["code", "name"], [2, "a", "Промышленный парк"]],
    "byte_order_mark_written_twice_over.csv": ONE,
    "headings_only.csv": [["code", "name"]],
    "empty_column_without_heading.csv": [*ONE, [3, "b", "B"]],
    "line_break_inside_quotation_marks.csv": [
        ["code", "name", "area"],
        [2, "a", "two\nlines", "kashi"],
    ],
    "line_that_says_what_parts_the_cells.csv": [["code", "name"], [3, "a", "A, B and C"]],
    "semicolons_inside_the_cells.csv": [
        ["code", "name", "note"],
        [2, "a", "one; two; three; four; five", "x"],
        [3, "b", "B", "y"],
    ],
    "commas_as_decimal_marks.csv": [
        ["code", "name", "amount"],
        [2, "a", "A", "1,50"],
        [3, "b", "B", "2,75"],
    ],
    "not_available.csv": [["code", "name", "note"], [2, "a", "A", "#N/A"]],
    "formula_made_safe.csv": [["code", "name"], [2, "a", "=cmd|' /C calc'!A0"]],
    "dash_before_a_text.csv": [["code", "name"], [2, "a", "- one | two!"]],
    "leading_zeros.csv": [["code", "name"], [2, "007", "1E5"]],
    "records.json": [["code", "amount"], [1, "a", Decimal("99999999999999.99")], [2, "b", None]],
    "cells_of_every_kind.xlsx": [
        ["kind", "value"],
        [2, "day", "2023-11-11"],
        [3, "moment", "2023-11-11 08:30:00"],
        [4, "time", "08:30:00"],
        [5, "serial", "45241"],
        [6, "part", "0.897"],
        [7, "yes", "true"],
        [8, "sum", "0.3"],
        [9, "text", "007"],
    ],
    "code_typed_as_a_number.xlsx": [["code", "name"], [2, "9.11100006000373E+17", "A"]],
    "code_typed_as_a_number_with_all_its_digits.xlsx": [
        ["code", "name"],
        [2, "9.11101085513851E+17", "A"],
    ],
    "hidden_sheet_before_the_data.xlsx": ONE,
    "only_a_hidden_sheet_has_rows.xlsx": ONE,
    "hidden_row_and_column.xlsx": [*ONE, [3, "b", "B"]],
    "table_away_from_the_corner.xlsx": [["code", "name"], [6, "a", "A"]],
    "table_away_from_the_corner.ods": [["code", "name"], [6, "a", "A"]],
    "macros.xlsm": ONE,
    "cells_without_their_places.xlsx": [["code", "name"], [2, "1", "2"]],
    "format_down_to_the_last_row.xlsx": ONE,
    "formats_in_every_row.ods": [
        ["code", "name"],
        *([at + 2, f"a{at}", "A"] for at in range(2000)),
    ],
    "rows_repeated.ods": [*ONE, [3, "a", "A"], [4, "a", "A"]],
    "note_on_a_cell.ods": [["code", "name"], [2, "a", "0.6"]],
    "text_shared_by_its_cells.xls": [["code", "name"], [2, "a", "喀什"]],
    "numbers.xls": [["code", "name"], [2, "7", "0.5"]],
    "formula_with_an_empty_text.xlsx": [["code", "name"], [2, "a", ""]],
    "extent_said_to_be_the_whole_sheet.xlsx": ONE,
    "extent_said_to_be_one_cell.xlsx": ONE,
    "link_to_another_workbook.xlsx": [["code", "name"], [2, "7", ""]],
    "blanks_repeated_a_hundred_million_times.ods": ONE,
}

EITHER = "this file may be Chinese (GB18030) or Western (cp1252), as in line 2"
NO_KIND = "This kind of file cannot be read"
EMPTY = "The file is empty"
NO_HEADING = "in column C, which has no heading"
DAMAGED = "The workbook is damaged or incomplete"
PASSWORD = "The workbook has a password: remove it"
WORD = "This is a text document of a word processor"
PICTURE = "This is a picture"
WEB_PAGE = "This is a web page, despite its name"
STARTS_A_PROGRAM = "starts a program (DDE)"
ENTITIES = "The workbook defines XML entities (DTD)"
UNPACKED = "more than 314,572,800 bytes when unpacked"
ZIP = "This is a ZIP archive: unpack it"

REFUSED = {
    "number_merged_over_two_rows.xlsx": "“5000” in the cell C2 is merged over the rows 2 to 3",
    "amount_in_words_merged_over_two_rows.xlsx": "“约1.2亿元” in the cell C2 is merged",
    "value_hidden_under_a_merged_cell.xlsx": "The cell C3 has “另一个” hidden under a merged cell",
    "one_letter_that_may_be_either.csv": EITHER,
    "chinese_that_happens_to_be_utf_8.csv": EITHER,
    "traditional_chinese_in_big5.csv": EITHER,
    "russian_in_cp1251.csv": EITHER,
    "utf_8_with_one_broken_byte.csv": "The file is UTF-8, but line 3 has other bytes",
    "gb18030_with_one_broken_byte.csv": "The file is GB18030, but line 3 has other bytes",
    "utf_8_and_gb18030_in_one.csv": "The file is UTF-8, but line 3 has other bytes",
    "byte_order_mark_and_nothing_else.csv": EMPTY,
    "nothing.csv": EMPTY,
    "blanks_only.csv": EMPTY,
    "value_without_heading.csv": f"Row 2 has “lost” {NO_HEADING}",
    "zero_byte.csv": NO_KIND,
    "quotation_mark_never_closed.csv": "The file is not valid CSV at line 3",
    "cut_off_in_the_last_line.csv": "Line 3 has 2 cells, but there are 3",
    "line_break_outside_quotation_marks.csv": "Line 2 has 2 cells, but there are 3",
    "heading_twice.csv": "Two columns have the heading “code”",
    "failed_formula.csv": "Row 3 has the error #DIV/0! in column C (“amount”)",
    "formula_that_starts_a_program.csv": f"The cell B2 has a formula that {STARTS_A_PROGRAM}",
    "formula_that_starts_a_program_in_another_way.csv": STARTS_A_PROGRAM,
    "more_columns_than_can_be_read.csv": "The file has 501 columns, and at most 500 can be read",
    "more_rows_than_can_be_read.csv": "The file has more than 200,000 rows: split it",
    "more_cells_than_can_be_read.csv": "The file has 4,000,500 cells, and at most 4,000,000",
    "longest_cell_and_one_more.csv": "A cell has more than 1,000,000 characters",
    "more_bytes_than_can_be_read.csv": "The file has 52,428,805 bytes, and at most 52,428,800",
    "web_page.xls": WEB_PAGE,
    "web_page_in_utf_16.xls": WEB_PAGE,
    "web_archive.xls": WEB_PAGE,
    "xml_of_2003.xls": "This is XML, despite its name",
    "name_twice_in_a_record.json": "“amount” occurs twice in one record",
    "number_of_a_billion_digits.json": "1e999999999… cannot be read as a number",
    "whole_number_of_five_thousand_digits.json": "99999999999999999999… cannot be read as a number",
    "not_a_number.json": "NaN cannot be read as a number",
    "nested_a_hundred_thousand_times.json": "it is nested too deeply",
    "millions_of_empty_lists.json": "The file has 16,000,004 cells",
    "one_record.json": "The JSON must be a list of records",
    "cut_off.json": "The file cannot be read as JSON: Unterminated string",
    "failed_formula.xlsx": "Row 2 has the error #DIV/0! in column B",
    "failed_lookup.xlsx": "Row 2 has the error #N/A in column B",
    "failed_formula.xls": "Row 2 has the error #REF! in column B",
    "failed_formula.ods": "Row 2 has the error #DIV/0! in column B",
    "formula_whose_result_was_not_saved.xlsx": "The cell B2 has a formula without a result",
    "value_without_heading.xlsx": f"Row 2 has “lost” {NO_HEADING}",
    "no_rows.xlsx": "The file has no rows",
    "password.xlsx": PASSWORD,
    "password.xls": PASSWORD,
    "password.ods": PASSWORD,
    "password.zip": "The archive has a password: unpack it",
    "copied_by_half.xlsx": DAMAGED,
    "copied_by_half.xls": DAMAGED,
    "changed_byte.xlsx": DAMAGED,
    "no_sheet_at_all.xlsx": DAMAGED,
    "binary_workbook.xlsb": "This is a binary workbook (XLSB)",
    "text_document.docx": WORD,
    "text_document.doc": WORD,
    "text_document.odt": WORD,
    "rich_text.rtf": WORD,
    "slides.pptx": "This is a presentation",
    "message.msg": "This is an old document of another kind",
    "document_of_numbers.xlsx": "This is a document of Numbers",
    "official_document.ofd": "This is an OFD document",
    "workbook_in_an_archive.zip": ZIP,
    "archive_in_an_archive_in_an_archive.zip": ZIP,
    "empty_archive.zip": ZIP,
    "archive.rar": "This is a RAR archive: unpack it",
    "archive.7z": "This is a 7z archive: unpack it",
    "archive.gz": "This is a gzip archive: unpack it",
    "archive.tar": "This is a tar archive: unpack it",
    "scan_of_a_list.pdf": "This is a PDF document",
    "photograph_of_a_list.png": PICTURE,
    "photograph_of_a_list.jpg": PICTURE,
    "program.exe": "This is a program or a database",
    "bomb_of_ten_gigabytes.xlsx": UNPACKED,
    "bomb_of_four_hundred_parts.xlsx": UNPACKED,
    "parts_that_lie_one_over_the_other.xlsx": UNPACKED,
    "bomb_that_says_it_is_small.xlsx": DAMAGED,
    "bomb_in_a_single_cell.xlsx": "A cell has more than 1,000,000 characters",
    "bomb_in_a_single_tag.xlsx": DAMAGED,
    "archive_of_a_thousand_parts.xlsx": "an archive of more than 500 parts",
    "part_twice.xlsx": DAMAGED,
    "cell_in_the_last_row.xlsx": "The file has a cell in row 1,048,576, and at most 200,000",
    "cell_in_the_last_column.xlsx": "The file has 16,384 columns, and at most 500",
    "cell_in_the_last_corner_and_none_else.xlsx": "The file has a cell in row 1,048,576",
    "cells_in_the_corners_of_all_that_can_be_read.xlsx": "The file has 100,000,000 cells",
    "one_text_in_a_hundred_thousand_cells.xlsx": "more than 50,000,000 characters in all",
    "one_text_in_thousands_of_cells.xls": "more than 50,000,000 characters in all",
    "millions_of_empty_elements.xlsx": "The workbook has more cells than can be read",
    "more_merged_cells_than_can_be_read.xlsx": "The sheet has more than 100,000 merged cells",
    "cell_twice.xlsx": DAMAGED,
    "billion_laughs.xlsx": ENTITIES,
    "billion_laughs_in_the_shared_texts.xlsx": ENTITIES,
    "billion_laughs.ods": ENTITIES,
    "entity_from_a_file.xlsx": ENTITIES,
    "entity_from_a_file.ods": ENTITIES,
    "doctype_from_elsewhere.xlsx": ENTITIES,
    "link_that_starts_a_program.xlsx": STARTS_A_PROGRAM,
    "link_that_starts_a_program.xls": STARTS_A_PROGRAM,
    "formula_that_starts_a_program.ods": STARTS_A_PROGRAM,
    "row_repeated_a_million_times.ods": "The file has a cell in row 1,000,001",
    "row_repeated_a_hundred_million_times.ods": "The file has a cell in row 100,000,001",
    "cell_repeated_a_million_times.ods": "The file has 1,000,000 columns",
    "blank_rows_repeated_a_million_times_before_a_cell.ods": "a cell in row 1,000,002",
    "repeated_less_than_never.ods": DAMAGED,
    "table_within_a_table.ods": "A cell of the sheet contains a table",
    "cell_in_the_last_corner.xls": "The file has 16,777,216 cells",
    "extent_of_four_billion_rows.xls": DAMAGED,
    "stream_that_says_it_has_four_gigabytes.xls": DAMAGED,
    "sectors_in_a_ring.xls": DAMAGED,
    "record_that_reaches_beyond_the_end.xls": DAMAGED,
}


@pytest.mark.parametrize("name", READ)
def test_it_is_read_as_exactly_this_table(name):
    table = read(FILES[name](), known=KNOWN)

    rows = [[row.number, *(row.cells[one] for one in table.headings)] for row in table.rows]
    assert [table.headings, *rows] == READ[name]


@pytest.mark.parametrize("name", REFUSED)
def test_it_is_refused_with_a_reason(name):
    with pytest.raises(FileError) as refused:
        read(FILES[name](), known=KNOWN)

    assert REFUSED[name] in str(refused.value)
    assert str(refused.value).endswith((".", "?"))


def test_each_file_is_either_read_or_refused():
    assert set(FILES) == READ.keys() ^ REFUSED.keys()
    assert len(FILES) >= 60


# One of each way through the reader.
DAMAGEABLE = [
    "signing_list_in_gb18030.csv",
    "western_names_in_cp1252.csv",
    "records.json",
    "signing_list_with_two_rows_of_headings.xlsx",
    "signing_list_with_two_rows_of_headings.xls",
    "text_shared_by_its_cells.xls",
    "signing_list.ods",
]


@given(st.data())
def test_damage_ends_with_a_table_or_with_a_sentence(data):
    content = bytearray(FILES[data.draw(st.sampled_from(DAMAGEABLE))]())
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))

    try:
        table = read(bytes(content), known=KNOWN)
    except FileError:
        return

    assert all(row.cells.keys() <= set(table.headings) for row in table.rows)
