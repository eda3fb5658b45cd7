"""Workbooks to be filled in: what they offer, and that the importer reads what was entered."""

import io
import re
import zipfile
from datetime import date
from decimal import Decimal
from html import escape, unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook

from projects.imports import import_table, template_workbook
from projects.imports.permissions import IMPORTABLE
from projects.imports.template_workbook import make_template
from projects.models import Enterprise, Project, Receipt, RowStatus
from projects.serializers import BY_MODEL_NAME
from projects.spreadsheets.reading import read
from tests.factories import (
    make_area,
    make_enterprise,
    make_project,
    make_sector,
    make_source,
)

pytestmark = pytest.mark.django_db


def sheet(content, name):
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    return book.get_sheet_by_name(name).to_python()


def part(content, name="xl/worksheets/sheet1.xml"):
    return zipfile.ZipFile(io.BytesIO(content)).read(name).decode()


def headings(noun):
    return [name for name, field in BY_MODEL_NAME[noun]().fields.items() if not field.read_only]


def letter(noun, name):
    return "ABCDEFGHIJKLMNOPQRSTUVWXYZ"[headings(noun).index(name)]


def filled(content, *rows):
    """The workbook with texts entered below the headings of its first sheet, as a person does."""
    names = sheet(content, "columns")[1:]
    order = [row[0] for row in names]
    lines = ""
    for number, row in enumerate(rows, 2):
        cells = "".join(
            f'<c r="{chr(ord("A") + order.index(name))}{number}" t="inlineStr">'
            f'<is><t xml:space="preserve">{escape(text)}</t></is></c>'
            for name, text in sorted(row.items(), key=lambda pair: order.index(pair[0]))
        )
        lines += f'<row r="{number}">{cells}</row>'
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as before, zipfile.ZipFile(out, "w") as after:
        for name in before.namelist():
            data = before.read(name)
            if name == "xl/worksheets/sheet1.xml":
                data = data.replace(b"</sheetData>", lines.encode() + b"</sheetData>")
            after.writestr(name, data)
    return out.getvalue()


def rules(content):
    """The data validations of the first sheet by their column's letter: attributes and formula."""
    found = {}
    for attributes, formula in re.findall(
        r"<dataValidation (.*?)><formula1>(.*?)</formula1>", part(content)
    ):
        given = {name: unescape(value) for name, value in re.findall(r'(\w+)="(.*?)"', attributes)}
        assert given["sqref"].endswith("1048576")
        found[given["sqref"][0]] = given | {"formula": unescape(formula)}
    return found


def offered(content, formula):
    """What stands in the range of a drop-down."""
    column, last = re.fullmatch(r"lists!\$(\w)\$2(?::\$\1\$(\d+))?", formula).groups()
    rows = sheet(content, "lists")
    return [row[ord(column) - ord("A")] for row in rows[1 : int(last or 2)]]


@pytest.fixture
def register():
    area, press = make_area(code="007", name="Kashi"), make_source(code="press")
    make_source(code="gazette")
    enterprises = [make_enterprise(code=code, area=area) for code in ("1E5", "e2", "e3")]
    sectors = [make_sector(code=code) for code in ("it.2", "trade")]
    make_project(code="0001", area=area, sources=[press])
    return enterprises, sectors


@pytest.mark.parametrize("noun", IMPORTABLE)
def test_the_headings_are_the_fields_that_can_be_written(noun):
    content = make_template(noun, None)

    assert sheet(content, noun) == [headings(noun)]
    assert not {"version", "url", "amount_base", "state", "id"} & set(headings(noun))


@pytest.mark.parametrize("noun", IMPORTABLE)
def test_the_first_sheet_has_no_rows(register, noun):
    table = read(make_template(noun, None), known=headings(noun))

    assert (table.headings, table.rows) == (headings(noun), [])
    assert set(import_table(noun, table).counts.values()) == {0}


@pytest.mark.parametrize("noun", IMPORTABLE)
def test_every_column_is_explained_and_has_an_example(register, noun):
    content = make_template(noun, None)

    explained = sheet(content, "columns")[1 : 1 + len(headings(noun))]

    assert [row[0] for row in explained] == headings(noun)
    for name, words, form, example, _required in explained:
        assert words, name
        assert form, name
        assert example, name
    comments = unescape(part(content, "xl/comments1.xml"))
    for _name, words, form, *_rest in explained:
        assert f"{words}\n{form}" in comments


@pytest.mark.parametrize(
    ("noun", "required"),
    [
        ("projects", ["code"]),
        ("enterprises", ["code"]),
        ("receipts", ["project", "received_on", "amount"]),
    ],
)
def test_required_columns_are_those_of_the_api(noun, required):
    said = {row[0]: row[4] for row in sheet(make_template(noun, None), "columns")[1:]}

    assert [name for name, which in said.items() if which == "yes"] == required
    assert said.get("name_zh", "") == ("" if noun == "receipts" else "one of the two names")


@pytest.mark.parametrize("noun", IMPORTABLE)
def test_the_examples_can_be_imported(register, noun):
    content = make_template(noun, None)

    table = read(content, known=headings(noun), sheet="examples")
    report = import_table(noun, table)

    assert report.errors == ()
    assert report.counts[RowStatus.NEW] == 2


@pytest.mark.parametrize("noun", ["projects", "enterprises"])
def test_the_examples_of_an_empty_register_can_be_imported_too(noun):
    table = read(make_template(noun, None), known=headings(noun), sheet="examples")

    assert import_table(noun, table).errors == ()


def test_a_filled_in_project_template_needs_no_mapping(register):
    content = filled(
        make_template("projects", None),
        {
            "code": "0002",
            "name_zh": "喀什棉纱",
            "area": "007",
            "enterprise": "1E5",
            "sectors": "it.2 60; trade 40",
            "stage": "signed",
            "signed_on": "2023-11-11",
            "amount": "超过1.5亿元",
            "sources": "press",
        },
        {"code": "1E6", "name": "=1+1", "amount": "99999999999999.99", "currency": "USD"},
    )

    report = import_table("projects", read(content, known=headings("projects")))

    assert report.errors == ()
    first, second = Project.objects.get(code="0002"), Project.objects.get(code="1E6")
    assert (first.amount, first.qualifier, first.amount_text) == (
        Decimal("150000000.00"),
        "at_least",
        "超过1.5亿元",
    )
    assert (first.area.code, first.enterprise.code, first.signed_on) == (
        "007",
        "1E5",
        date(2023, 11, 11),
    )
    assert [(one.sector.code, one.share) for one in first.shares.all()] == [
        ("it.2", Decimal("60.00")),
        ("trade", Decimal("40.00")),
    ]
    assert (second.name, second.amount, second.currency) == (
        "=1+1",
        Decimal("99999999999999.99"),
        "USD",
    )


def test_filled_in_enterprise_and_receipt_templates_need_no_mapping(register):
    enterprises = filled(
        make_template("enterprises", None),
        {"code": "007-1", "name": "Yarn", "uscc": "91110000600037341L", "kind": "private"},
    )
    receipts = filled(
        make_template("receipts", None),
        {"project": "0001", "received_on": "2023-12-01", "amount": "500万元"},
    )

    reports = [
        import_table("enterprises", read(enterprises, known=headings("enterprises"))),
        import_table("receipts", read(receipts, known=headings("receipts"))),
    ]

    assert [report.errors for report in reports] == [(), ()]
    assert Enterprise.objects.get(code="007-1").uscc == "91110000600037341L"
    assert Receipt.objects.get(project__code="0001").amount == Decimal("5000000.00")


def test_drop_downs_offer_the_vocabularies_and_refuse_the_rest(register):
    content = make_template("projects", None)
    found = rules(content)

    stage, currency = (found[letter("projects", name)] for name in ("stage", "currency"))

    assert offered(content, stage["formula"]) == [
        "intended",
        "signed",
        "registered",
        "construction",
        "operating",
        "terminated",
    ]
    assert offered(content, currency["formula"])[:2] == ["CNY", "AED"]
    for rule in (stage, currency):
        assert (rule["type"], rule["showErrorMessage"]) == ("list", "1")
        assert "errorStyle" not in rule
    assert "sheet “lists”" in stage["error"]


def test_drop_downs_list_the_records_of_the_register(register):
    content = make_template("projects", None)
    found = rules(content)
    area, lead, sectors = (
        found[letter("projects", name)] for name in ("area", "enterprise", "sectors")
    )

    assert offered(content, area["formula"]) == ["007"]
    assert offered(content, lead["formula"]) == ["1E5", "e2", "e3"]
    assert offered(content, sectors["formula"]) == ["it.2", "trade"]
    # A record may be entered later, and a cell of sectors may hold several with their shares.
    assert area["errorStyle"] == "warning"
    assert "showErrorMessage" not in sectors
    names = {cell for row in sheet(content, "lists") for cell in row}
    assert {"Kashi", "signed", "at least"} <= names


def test_columns_of_the_same_records_share_a_list(register):
    content = make_template("projects", None)
    found = rules(content)

    lead, partners = (
        found[letter("projects", name)]["formula"] for name in ("enterprise", "partners")
    )

    assert lead == partners
    assert sum(row.count("e2") for row in sheet(content, "lists")) == 1


def test_codes_are_typed_if_there_are_too_many_records(register, monkeypatch):
    monkeypatch.setattr(template_workbook, "MOST_LISTED", 2)

    content = make_template("projects", None)

    forms = {row[0]: row[2] for row in sheet(content, "columns")}
    assert letter("projects", "enterprise") not in rules(content)
    assert "There are too many enterprises for a list" in forms["enterprise"]
    assert letter("projects", "sectors") in rules(content)
    assert "The sectors are in the sheet “lists”" in forms["sectors"]


def test_a_register_without_records_offers_none():
    found = rules(make_template("projects", None))

    assert not {letter("projects", name) for name in ("area", "enterprise", "sectors")} & set(found)


def test_date_columns_are_dates_and_all_others_text():
    content = make_template("projects", None)
    styles = part(content, "xl/styles.xml")
    formats = re.findall(
        r'<xf numFmtId="(\d+)"', styles[styles.index("<cellXfs") : styles.index("</cellXfs")]
    )
    days = [name for name in headings("projects") if name.endswith("_on")]

    columns = re.findall(
        r'<col min="(\d+)" max="(\d+)" width="[\d.]+" style="(\d+)"', part(content)
    )

    by_name = {
        headings("projects")[at - 1]: formats[int(style)]
        for first, last, style in columns
        for at in range(int(first), int(last) + 1)
    }
    assert list(by_name) == headings("projects")
    # 49 is the text format of every spreadsheet.
    assert {name for name, form in by_name.items() if form != "49"} == set(days)
    assert 'formatCode="yyyy-mm-dd"' in styles
    for name in days:
        rule = rules(content)[letter("projects", name)]
        assert (rule["type"], rule["operator"]) == ("date", "greaterThanOrEqual")


@pytest.mark.parametrize("noun", IMPORTABLE)
def test_the_first_row_is_frozen(noun):
    assert '<pane ySplit="1" topLeftCell="A2"' in part(make_template(noun, None))


def test_queries_do_not_grow_with_the_register(register):
    def queries():
        with CaptureQueriesContext(connection) as captured:
            make_template("projects", None)
        return len(captured)

    few = queries()
    for _ in range(5):
        make_project(enterprise=make_enterprise(), sectors=[make_sector()], area=make_area())

    # Areas, enterprises, sectors and sources.
    assert queries() == few == 4
