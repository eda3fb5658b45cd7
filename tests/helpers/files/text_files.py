"""CSV and JSON with one fault each, or with what looks like one."""

from tests.helpers.files.raw_bytes import file

WESTERN = (
    "code,name,amount\r\n"
    "a,Société Générale – Zürich,£500\r\n"
    "b,“Ala Too” café,€1 000\r\n"
    "c,Müller & Söhne’s,5\r\n"
)


@file
def western_names_in_cp1252_csv():
    return WESTERN.encode("cp1252")


@file
def one_pound_sign_in_cp1252_csv():
    return b"code,name\na,grants over \xa3500\n"


@file
def two_accents_side_by_side_in_cp1252_csv():
    return "code,name\na,Soirée créée\nb,Noël\n".encode("cp1252")


@file
def chinese_among_latin_letters_in_gb18030_csv():
    return "code,name\na,5G基站与LED灯\nb,A座Café项目\nc,“一带一路”——T恤\n".encode("gb18030")


@file
def one_chinese_name_in_gb18030_csv():
    return "code,name\nkashi,喀什\n".encode("gb18030")


@file
def chinese_punctuation_only_in_gb18030_csv():
    return "code,name\na,“Silk Road” （Kashi）\n".encode("gb18030")


@file
def one_letter_that_may_be_either_csv():
    return "code,name\na,T恤\n".encode("gb18030")


@file
def chinese_that_happens_to_be_utf_8_csv():
    return "code,name\na,谋\n".encode("gb18030")


@file
def traditional_chinese_in_big5_csv():
    return "code,name\na,臺灣電子資訊產業園區\nb,國際貿易工業園\n".encode("big5")


@file
def russian_in_cp1251_csv():
    return "code,name\na,Промышленный парк\nb,Логистика\n".encode("cp1251")


@file
def russian_in_utf_8_csv():
    return "code,name\na,Промышленный парк\n".encode()


@file
def utf_8_with_one_broken_byte_csv():
    return "code,name\na,喀什片区\nb,霍尔".encode() + b"\xe6\x9e" + "\nc,乌鲁木齐\n".encode()


@file
def gb18030_with_one_broken_byte_csv():
    return "code,name\na,喀什片区\nb,霍尔果斯".encode("gb18030") + b"\xff\n" + b"c,d\n"


@file
def utf_8_and_gb18030_in_one_csv():
    return "code,name\na,喀什片区的物流园\n".encode() + "b,霍尔\n".encode("gb18030")


@file
def byte_order_mark_written_twice_over_csv():
    return b"\xc3\xaf\xc2\xbb\xc2\xbfcode,name\na,A\n"


@file
def byte_order_mark_and_nothing_else_csv():
    return b"\xef\xbb\xbf"


@file
def nothing_csv():
    return b""


@file
def blanks_only_csv():
    return b" \r\n\t\r\n"


@file
def headings_only_csv():
    return b"code,name\n"


@file
def empty_column_without_heading_csv():
    return b"code,name,\na,A,\nb,B,\n"


@file
def value_without_heading_csv():
    return b"code,name\na,A,lost\n"


@file
def zero_byte_csv():
    return b"code,name\na\x00b,c\n"


@file
def quotation_mark_never_closed_csv():
    return b'code,name\na,"b\nc,d\n'


@file
def cut_off_in_the_last_line_csv():
    return b"code,name,area\na,A,kashi\nb,B"


@file
def line_break_outside_quotation_marks_csv():
    return b"code,name,area\na,two\nlines,kashi\n"


@file
def line_break_inside_quotation_marks_csv():
    return b'code,name,area\na,"two\nlines",kashi\n'


@file
def line_that_says_what_parts_the_cells_csv():
    return b"sep=;\r\ncode;name\r\na;A, B and C\r\n"


@file
def semicolons_inside_the_cells_csv():
    return b'code,name,note\na,"one; two; three; four; five",x\nb,B,y\n'


@file
def commas_as_decimal_marks_csv():
    return b"code;name;amount\na;A;1,50\nb;B;2,75\n"


@file
def heading_twice_csv():
    return b"code,name,code\na,A,b\n"


@file
def failed_formula_csv():
    return b"code,name,amount\na,A,5\nb,B,#DIV/0!\n"


@file
def not_available_csv():
    return b"code,name,note\na,A,#N/A\n"


@file
def formula_that_starts_a_program_csv():
    return b"code,name\na,=cmd|' /C calc'!A0\n"


@file
def formula_that_starts_a_program_in_another_way_csv():
    return b'code,name\na,"=DDE(""cmd"";""/C calc"";""x"")"\n'


@file
def formula_made_safe_csv():
    return b"code,name\na,'=cmd|' /C calc'!A0\n"


@file
def dash_before_a_text_csv():
    return b"code,name\na,- one | two!\n"


@file
def leading_zeros_csv():
    return b"code,name\n007,1E5\n"


@file
def more_columns_than_can_be_read_csv():
    return ",".join(f"c{n}" for n in range(501)).encode() + b"\n"


@file
def more_rows_than_can_be_read_csv():
    return b"code\n" + b"a\n" * 200_001


@file
def more_cells_than_can_be_read_csv():
    return b",".join(b"c%d" % n for n in range(500)) + b"\n" + (b"x" + b"," * 499 + b"\n") * 8001


@file
def longest_cell_and_one_more_csv():
    return b"code,name\na," + b"x" * 1_000_001 + b"\n"


@file
def more_bytes_than_can_be_read_csv():
    return b"code\n" + b"a\n" * (25 * 1024 * 1024)


@file
def web_page_xls():
    return b"\xef\xbb\xbf\r\n<html><body><table><tr><td>code</td></tr></table></body></html>"


@file
def web_page_in_utf_16_xls():
    return "<html><table><tr><td>code</td></tr></table></html>".encode("utf-16")


@file
def web_archive_xls():
    return b'MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary="x"\r\n'


@file
def xml_of_2003_xls():
    return (
        b'<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
        b'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
    )


@file
def records_json():
    return b'[{"code": "a", "amount": 99999999999999.99}, {"code": "b", "amount": null}]'


@file
def name_twice_in_a_record_json():
    return b'[{"code": "a", "amount": 1, "amount": 2}]'


@file
def number_of_a_billion_digits_json():
    return b'[{"code": "a", "amount": 1e999999999}]'


@file
def whole_number_of_five_thousand_digits_json():
    return b'[{"code": "a", "amount": ' + b"9" * 5000 + b"}]"


@file
def not_a_number_json():
    return b'[{"code": "a", "amount": NaN}]'


@file
def nested_a_hundred_thousand_times_json():
    return b"[" * 100_000


@file
def millions_of_empty_lists_json():
    return b"[" + b"[]," * 8_000_001 + b"[]]"


@file
def one_record_json():
    return b'{"code": "a"}'


@file
def cut_off_json():
    return b'[{"code": "a"}, {"code": "b'
