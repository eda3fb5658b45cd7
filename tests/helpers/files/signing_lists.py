"""Signing lists as offices send them. Made up: no project, enterprise or amount is a real one."""

import struct
from datetime import date

from tests.helpers.files.raw_bytes import (
    file,
    ods,
    ods_blank,
    ods_day,
    ods_number,
    ods_row,
    ods_said,
    ods_table,
    record,
    workbook,
    xls,
    xls_label,
    xls_number,
)

TITLE = "喀什片区2023年集中签约项目一览表"
HEADINGS = ["序号", "项目名称", "投资方", "总投资（万元）", "签约时间", "产业类别", "备注"]
LIST = [
    ["1", "棉纱加工及出口基地", "浙江某贸易有限公司", "100000", "2023年11月11日", "商贸", ""],
    [
        "2",
        "碳中和智慧物流港",
        "某物流集团股份有限公司",
        "12亿元",
        "2023.11.11",
        "物流",
        "分两期建设",
    ],
    ["3", "动力锂离子电池工厂", "某新能源科技有限公司", "5000万元", "2023-11-11", "新材料", ""],
    ["4", "冷链仓储基地", "某农业发展有限公司", "", "45241", "物流", "金额未披露"],
    ["合计", "", "", "225000", "", "", ""],
]


def as_csv(delimiter=","):
    lines = [[TITLE, *[""] * 6], ["单位：万元", *[""] * 6], HEADINGS, *LIST]
    return "".join(delimiter.join(line) + "\r\n" for line in lines)


@file
def signing_list_in_gb18030_csv():
    return as_csv().encode("gb18030")


@file
def signing_list_in_utf_8_csv():
    return as_csv().encode()


@file
def signing_list_in_utf_8_with_its_mark_csv():
    return as_csv().encode("utf-8-sig")


@file
def signing_list_in_utf_16_csv():
    return as_csv("\t").encode("utf-16")


@file
def signing_list_in_utf_16_the_other_way_round_csv():
    return b"\xfe\xff" + as_csv("\t").encode("utf-16-be")


@file
def signing_list_in_utf_16_without_its_mark_csv():
    return as_csv("\t").encode("utf-16-le")


@file
def signing_list_in_utf_16_the_other_way_round_without_its_mark_csv():
    return as_csv().encode("utf-16-be")


@file
def signing_list_parted_by_semicolons_csv():
    return as_csv(";").encode("gb18030")


@file
def signing_list_with_rare_characters_csv():
    text = as_csv().replace("某农业", "喆堃珅")
    return text.encode("gb18030")


def write_list(book):
    sheet = book.add_worksheet("签约项目")
    bold = book.add_format({"bold": True})
    sheet.merge_range(0, 0, 0, 6, TITLE, bold)
    sheet.write(1, 5, "单位：万元")
    sheet.write_row(2, 0, HEADINGS)
    day = book.add_format({"num_format": "yyyy年m月d日"})
    for number, line in enumerate(LIST, 3):
        sheet.write_row(number, 0, [cell or None for cell in line])
    sheet.write(3, 0, 1)
    sheet.write(3, 3, 100000)
    sheet.write(3, 4, date(2023, 11, 11), day)
    sheet.write(6, 4, 45241)
    sheet.merge_range(7, 0, 7, 2, "合计")
    sheet.write(7, 3, 225000)
    sheet.freeze_panes(3, 0)


@file
def signing_list_xlsx():
    return workbook(write_list)


@file
def signing_list_with_two_rows_of_headings_xlsx():
    def write(book):
        sheet = book.add_worksheet("签约项目")
        sheet.merge_range(0, 0, 0, 4, TITLE)
        sheet.merge_range(1, 0, 2, 0, "片区")
        sheet.merge_range(1, 1, 2, 1, "项目名称")
        sheet.merge_range(1, 2, 1, 3, "投资额")
        sheet.write_row(2, 2, ["总投资（万元）", "已到位（万元）"])
        sheet.merge_range(1, 4, 2, 4, "备注")
        sheet.merge_range(3, 0, 7, 0, "喀什片区")
        for at, name in enumerate("甲乙丙丁戊"):
            sheet.write_row(3 + at, 1, [f"{name}项目", 100 * (at + 1), 10 * at])
        sheet.write_row(8, 0, ["霍尔果斯片区", "己项目", 600])
        sheet.write_row(9, 1, ["庚项目", 700])

    return workbook(write)


@file
def signing_list_with_two_rows_of_headings_xls():
    merged = [(0, 0, 0, 3), (1, 2, 0, 0), (1, 1, 1, 2), (1, 2, 3, 3), (3, 4, 0, 0)]
    cells = [
        xls_label(0, 0, TITLE),
        *(xls_label(1, at, text) for at, text in [(0, "片区"), (1, "投资额"), (3, "备注")]),
        xls_label(2, 1, "总投资（万元）"),
        xls_label(2, 2, "已到位（万元）"),
        xls_label(3, 0, "喀什片区"),
        xls_number(3, 1, 100),
        xls_number(4, 1, 200),
        xls_number(4, 2, 20),
        xls_number(5, 1, 300),
    ]
    after = record(
        0x00E5,
        struct.pack("<H", len(merged)) + b"".join(struct.pack("<HHHH", *one) for one in merged),
    )
    return xls(*cells, extent=(0, 6, 0, 4), after=after, name="签约项目")


@file
def signing_list_ods():
    def cell(text):
        return ods_said(text) if text else ods_blank()

    spanned = ' table:number-columns-spanned="7" table:number-rows-spanned="1"'
    lines = [[cell(text) for text in line] for line in LIST]
    lines[0][0], lines[0][3], lines[0][4] = ods_number(1), ods_number(100000), ods_day("2023-11-11")
    lines[3][4] = ods_number(45241)
    return ods(
        ods_table(
            ods_row(ods_said(TITLE, spanned), "<table:covered-table-cell/>" * 6),
            ods_row(ods_blank(5), ods_said("单位：万元")),
            ods_row(*map(ods_said, HEADINGS)),
            *(ods_row(*line, ods_blank(16377)) for line in lines),
            ods_row(ods_blank(16384), repeated=1048568),
            name="签约项目",
        )
    )


@file
def signing_list_with_a_merged_area_ods():
    down = ' table:number-rows-spanned="2" table:number-columns-spanned="1"'
    return ods(
        ods_table(
            ods_row(ods_said("片区"), ods_said("项目名称")),
            ods_row(ods_said("喀什片区", down), ods_said("甲项目")),
            ods_row("<table:covered-table-cell/>", ods_said("乙项目")),
            ods_row(ods_blank(), ods_said("丙项目")),
        )
    )


def merged(text, **more):
    def write(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["code", "name", "amount"])
        sheet.write_column(1, 1, ["甲", "乙"])
        sheet.merge_range(1, 2, 2, 2, text)
        for place, value in more.items():
            sheet.write(place, value)

    return workbook(write)


@file
def number_merged_over_two_rows_xlsx():
    return merged(5000)


@file
def amount_in_words_merged_over_two_rows_xlsx():
    return merged("约1.2亿元")


@file
def value_hidden_under_a_merged_cell_xlsx():
    return merged("同上", C3="另一个")


@file
def merged_cell_that_reaches_over_blank_rows_xlsx():
    def write(book):
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, ["area", "name"])
        sheet.write(1, 1, "甲")
        sheet.merge_range(1, 0, 5, 0, "喀什片区")
        sheet.write(3, 1, "乙")

    return workbook(write)


@file
def groups_of_headings_over_two_columns_each_xlsx():
    def write(book):
        sheet = book.add_worksheet()
        sheet.write(0, 0, "name")
        sheet.merge_range(0, 1, 0, 2, "Area\nand place")
        sheet.merge_range(0, 3, 0, 4, "Enterprise")
        sheet.write_row(1, 1, ["code", "title", "code", "title"])
        sheet.write_row(2, 0, ["甲", "a", "A", "e", "E"])

    return workbook(write)


@file
def two_titles_over_the_headings_xlsx():
    def write(book):
        sheet = book.add_worksheet()
        sheet.merge_range(0, 0, 0, 1, TITLE)
        sheet.merge_range(0, 2, 0, 3, "单位：万元")
        sheet.write_row(1, 0, ["code", "name", "amount", "note"])
        sheet.write_row(2, 0, ["a", "甲", 5, "x"])

    return workbook(write)
