"""The exports as a browser gets them."""

import csv
import io
import json
from datetime import date
from decimal import Decimal

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import resolve, reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from projects import exports
from projects.serializers import EnterpriseSerializer, ProjectSerializer
from projects.spreadsheets import writing
from tests.factories import (
    make_area,
    make_enterprise,
    make_project,
    make_rate,
    make_receipt,
    make_sector,
    make_source,
)

pytestmark = pytest.mark.django_db

FORMS = ["csv", "xlsx", "json"]


def content(response):
    assert response.status_code == 200
    return b"".join(response.streaming_content)


def rows(client, address="/projects/export.csv"):
    text = content(client.get(address)).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def sheets(client, address="/projects/export.xlsx"):
    """The rows of the export by heading, and the lines of the sheet about them."""
    book = CalamineWorkbook.from_filelike(io.BytesIO(content(client.get(address))))
    headings, *found = book.get_sheet_by_name(book.sheet_names[0]).to_python()
    return (
        [dict(zip(headings, row, strict=True)) for row in found],
        book.get_sheet_by_name("about").to_python(),
    )


def make_full_project(**changes):
    """One that has something in every column."""
    project = make_project(
        name="Cotton yarn",
        name_zh="喀什棉纱",
        aliases="Yarn\n纱",
        area=make_area(),
        enterprise=make_enterprise(),
        partners=[make_enterprise(), make_enterprise()],
        sectors=[(make_sector(), Decimal("60.00")), (make_sector(), Decimal("40.00"))],
        sources=[make_source(), make_source()],
        **changes,
    )
    make_receipt(project)
    return project


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("noun", ["projects", "enterprises"])
def test_a_file_is_named_by_its_content_and_day(client, noun, form):
    response = client.get(f"/{noun}/export.{form}")

    assert response["Content-Type"] == exports.CONTENT_TYPES[form]
    assert response["Content-Disposition"] == (
        f'attachment; filename="{noun}-{timezone.localdate()}.{form}"'
    )
    assert content(response)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("noun", ["projects", "enterprises"])
def test_addresses_have_names(noun, form):
    assert reverse(f"{noun}-export", kwargs={"format": form}) == f"/{noun}/export.{form}"


def test_a_project_may_be_called_like_a_file(client):
    make_project(code="export.csv")

    assert resolve("/projects/export.csv/").url_name == "project"
    assert client.get("/projects/export.csv/").status_code == 200
    assert [row["code"] for row in rows(client)] == ["export.csv"]


def test_there_is_no_other_form(client):
    assert client.get("/projects/export.pdf", follow=True).status_code == 404


@pytest.mark.parametrize("form", FORMS)
def test_head_answers_with_the_same_headers_and_no_body(client, form):
    make_project()
    address = f"/projects/export.{form}"

    head, got = client.head(address), client.get(address)

    assert head.status_code == 200
    assert b"".join(head) == b""
    for name in ("Content-Type", "Content-Disposition"):
        assert head[name] == got[name]
    assert "Content-Length" not in head
    assert client.head(f"{address}?area=nowhere").status_code == 400


@pytest.mark.parametrize("form", FORMS)
def test_nothing_can_be_sent_to_an_export(client, form):
    assert client.post(f"/projects/export.{form}").status_code == 405


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("colour=red", "colour: Unknown parameter “colour”"),
        ("area=nowhere", "area: There is no record with the code “nowhere”."),
        ("page=2", "page: Files contain all records and have no pages"),
        ("page_size=5", "page_size: Files contain"),
        ("cursor=abc", "cursor: Files contain"),
        ("format=csv", "format: Unknown parameter"),
        ("by=sector", "by: Unknown parameter"),
    ],
)
def test_an_invalid_query_is_an_error_and_no_file(client, form, query, said):
    make_project()

    response = client.get(f"/projects/export.{form}?{query}&amount_min=lots")

    assert response.status_code == 400
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert "Content-Disposition" not in response
    text = response.content.decode()
    assert said in text
    assert "amount_min: “lots” " in text


def test_a_parameter_without_a_proper_name_stays_on_its_line(client):
    text = client.get("/projects/export.csv?a%0d%0ab%00=1").content.decode()

    assert text.splitlines()[1] == "a��b�: Unknown parameter “a��b�”."


def test_empty_parameters_of_a_form_are_no_pages(client):
    make_project(code="p")

    assert [row["code"] for row in rows(client, "/projects/export.csv?page=&area=&cursor=")] == [
        "p"
    ]


@pytest.mark.parametrize("form", FORMS)
def test_what_the_database_will_not_answer_shows_before_the_first_byte(client, form):
    def fail(*args):
        raise OperationalError("gone")

    with connection.execute_wrapper(fail), pytest.raises(OperationalError):
        client.get(f"/projects/export.{form}")


def test_csv_can_be_read_by_a_spreadsheet_and_begins_no_formula(client):
    hostile = ["=cmd|' /C calc'!A0", "@SUM(A1)", "+1", "-1", "'=quoted", "plain"]
    for number, name in enumerate(hostile):
        make_project(code=f"p{number}", name=name, name_zh="喀什棉纱")

    data = content(client.get("/projects/export.csv"))

    assert data.startswith(b"\xef\xbb\xbfcode,name,")
    assert "喀什棉纱".encode() in data
    assert data.count(b"\r\n") == len(hostile) + 1
    assert [row["name"] for row in rows(client)] == [f"'{name}" for name in hostile[:-1]] + [
        "plain"
    ]


def test_xlsx_holds_hostile_text_as_text(client):
    make_project(name="=cmd|' /C calc'!A0", name_zh="https://example.org", description="\t=1")

    (row,), _about = sheets(client)

    assert row["name"] == "=cmd|' /C calc'!A0"
    assert row["name_zh"] == "https://example.org"
    assert row["description"] == "\t=1"


def test_the_largest_amount_is_exact_in_every_form(client):
    make_project(amount=Decimal("99999999999999.99"))
    exact = "99999999999999.99"

    assert rows(client)[0]["amount"] == rows(client)[0]["amount_base"] == exact
    assert sheets(client)[0][0]["amount"] == sheets(client)[0][0]["amount_base"] == exact
    assert json.loads(content(client.get("/projects/export.json")))[0]["amount"] == exact


def test_undisclosed_is_an_empty_cell_and_zero_is_zero(client):
    make_project(code="a", amount=None)
    make_project(code="b", amount=Decimal("0.00"))

    assert [row["amount"] for row in rows(client)] == ["", "0.00"]
    assert [row["amount"] for row in sheets(client)[0]] == ["", 0.0]


def test_cells_are_what_they_hold(client):
    make_rate("USD", "CNY", "7.1234", date(2023, 11, 10))
    project = make_full_project(currency="USD", amount=Decimal("100.00"))

    (row,), _about = sheets(client)

    assert (row["amount"], row["amount_base"], row["rate"]) == (100.0, 712.34, 7.1234)
    assert (row["signed_on"], row["rate_date"]) == (date(2023, 11, 11), date(2023, 11, 10))
    assert row["received"] == 100000.0
    assert row["aliases"] == "Yarn\n纱"
    assert row["partners"] == "; ".join(sorted(p.code for p in project.partners.all()))
    first, second = project.shares.all()
    assert row["sectors"] == f"{first.sector.code} 60.00; {second.sector.code} 40.00"
    assert row["updated_at"].replace(microsecond=0) == timezone.localtime(
        project.updated_at
    ).replace(tzinfo=None, microsecond=0)


def test_every_field_of_the_api_is_a_column_with_something_in_it(client):
    make_rate("USD", "CNY", "7.1234", date(2023, 11, 10))
    days = dict.fromkeys(
        ["intended_on", "registered_on", "started_on", "operating_on", "terminated_on"],
        date(2023, 11, 11),
    )
    make_full_project(currency="USD", amount_text="many", description="about", note="noted", **days)

    (row,) = rows(client)

    assert list(row) == ProjectSerializer.Meta.fields
    assert [name for name, cell in row.items() if not cell] == []
    assert list(rows(client, "/enterprises/export.csv")[0]) == EnterpriseSerializer.Meta.fields


def test_a_text_longer_than_a_cell_is_left_out_of_xlsx_and_told_of(client):
    make_project(note="长" * 40_000)

    (row,), about = sheets(client)

    assert row["note"] == ""
    column = writing.xl_rowcol_to_cell(1, list(row).index("note"))
    assert any(
        f"The cell {column} (note) is left empty: its text has 40,000" in line[0] for line in about
    )
    assert rows(client)[0]["note"] == "长" * 40_000


def test_the_second_sheet_has_the_filters_and_what_the_file_leaves_out(client):
    area, press = make_area(code="kashi"), make_source()
    make_project(area=area, sources=[press])
    make_project(area=area, sources=[press, make_source()], amount=None)
    make_project(area=area, currency="EUR")
    make_project()

    _rows, about = sheets(client, "/projects/export.xlsx?area=kashi&area=none&ordering=-name")
    _rows, narrow = sheets(client, "/projects/export.xlsx?area=kashi&disclosed=true")
    _rows, all_ = sheets(client)

    asked = [line[1] for line in about if line[0] == "Filter"]
    said = {line[0]: line[1] for line in narrow}
    assert asked == ["area=kashi, none", "ordering=-name"]
    assert said["Records"] == 2
    assert said["Records without a disclosed amount"] == 0
    assert said["Records with an amount and no exchange rate"] == 1
    assert said["Sources cited"] == 1
    assert said["Exported at"].date() == timezone.localdate()
    assert ["Filter", "all records"] in [line[:2] for line in all_]


def test_a_sheet_that_would_be_too_long_is_refused_before_it_is_written(client, monkeypatch):
    make_project()
    make_project()
    monkeypatch.setattr(writing, "MOST_ROWS", 2)

    response = client.get("/projects/export.xlsx")

    assert response.status_code == 400
    assert "at most 1 records" in response.content.decode()
    assert len(rows(client)) == 2


def test_an_empty_answer_is_a_file_all_the_same(client):
    assert content(client.get("/projects/export.csv")).count(b"\r\n") == 1
    assert json.loads(content(client.get("/projects/export.json"))) == []
    assert sheets(client)[0] == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("noun", ["projects", "enterprises"])
def test_queries_do_not_grow_with_the_records(client, noun, form):
    def queries():
        with CaptureQueriesContext(
            connection,
        ) as captured:
            content(client.get(f"/{noun}/export.{form}"))
        return len(captured)

    make_full_project(currency="USD")
    few = queries()
    for _ in range(5):
        make_full_project(currency="USD")

    assert queries() == few
    # Nine of them are for the audit log.
    assert few <= 6 + 9


def test_records_are_read_in_parts(client, monkeypatch):
    monkeypatch.setattr(exports.records, "CHUNK", 2)
    for _ in range(5):
        make_full_project()
    export = exports.RECORDS["projects"]
    filterset = export.filterset(client.get("/projects/").wsgi_request.GET, None)

    with CaptureQueriesContext(connection) as captured:
        objects = export.objects(filterset)
        next(objects)
        first = len(captured)
        read = 1 + sum(1 for _ in objects)

    assert read == 5
    # The list itself, and what each part is linked to.
    assert len(captured) - first == 2 * (first - 1)
