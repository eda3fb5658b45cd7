"""List pages, API and exports give the same records, counts and sums."""

import io
import json
from decimal import Decimal

import pytest
from python_calamine import CalamineWorkbook

from projects.models import Area, Basis
from tests.factories import make_area, make_enterprise, make_headline, make_source, make_zone
from tests.helpers.query_answers import (
    check_sums,
    csv_rows,
    file_content,
    list_pages,
    page_context,
    query_string,
)
from tests.helpers.selection import every_nth
from tests.helpers.varied_register import QUERIES

pytestmark = pytest.mark.usefixtures("varied_register")


@pytest.mark.parametrize(("number", "query"), list(enumerate(QUERIES)))
def test_list_api_exports_and_totals_answer_alike(client, number, query):
    check_sums(client, query, every_nth(list(Basis), 3, number))


@pytest.mark.parametrize("query", every_nth(QUERIES, 2))
def test_the_exports_hold_the_same_as_the_api(client, query):
    answer = client.get(f"/api/v1/projects/{query_string(query, page_size=1000)}").json()["results"]

    sheet = CalamineWorkbook.from_filelike(
        io.BytesIO(file_content(client.get(f"/projects/export.xlsx{query_string(query)}")))
    ).get_sheet_by_name("projects")
    _headings, *rows = sheet.to_python()

    assert (
        json.loads(file_content(client.get(f"/projects/export.json{query_string(query)}")))
        == answer
    )
    assert [row[0] for row in rows] == [project["code"] for project in answer]
    for texts, project in zip(csv_rows(client, query), answer, strict=True):
        for name in ("amount", "amount_base", "received", "rate", "signed_on", "stage", "name"):
            assert texts[name] == (project[name] or ""), (project["code"], name)


@pytest.mark.parametrize(
    "order", ["signed_on", "-signed_on", "amount", "-amount", "name", "-code", "updated_at"]
)
def test_records_are_in_the_same_order(client, order):
    query = f"ordering={order}"
    rows = csv_rows(client, query)
    answer = client.get(f"/api/v1/projects/{query_string(query, page_size=1000)}").json()["results"]

    codes, _summary = list_pages(client, query)

    assert codes == [row["code"] for row in rows] == [project["code"] for project in answer]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "area=a1",
        "area=none",
        "origin=KZ",
        "kind=private&kind=none",
        "settled_by=2023-01-01",
        "contracted_by=2023-01-31",
        "source=none",
        "search=enterprise",
        "ordering=-name",
    ],
)
def test_list_api_and_exports_of_enterprises_answer_alike(client, query):
    make_enterprise(code="e3", kind="private", area=Area.objects.get(code="a1"))
    answer = client.get(f"/api/v1/enterprises/{query_string(query, page_size=1000)}").json()[
        "results"
    ]
    codes = [enterprise["code"] for enterprise in answer]

    page = page_context(client, f"/enterprises/{query_string(query)}")["records"]
    rows = csv_rows(client, query, "enterprises")

    assert codes
    assert [enterprise.code for enterprise in page] == codes
    assert [row["code"] for row in rows] == codes
    assert (
        json.loads(file_content(client.get(f"/enterprises/export.json{query_string(query)}")))
        == answer
    )


@pytest.mark.parametrize(
    "address",
    [
        "areas/?zone=z1&ordering=-size_km2",
        "areas/?search=area",
        "sources/?published_before=2023-12-31",
        "headlines/?area=a1&area=none",
        "headlines/?what=contracted_funds&ordering=as_of",
    ],
)
def test_list_api_and_exports_of_other_models_answer_alike(client, address):
    area = make_area(code="a3", zone=make_zone(code="z1"), size_km2=Decimal("28.48"))
    make_area(code="a4", zone=area.zone, sources=[make_source(published_on=None)])
    make_headline(code="h1", area=Area.objects.get(code="a1"))
    make_headline(code="h2", scope="the prefecture", what="foreign_trade")
    noun, _slash, query = address.partition("/?")
    answer = client.get(f"/api/v1/{noun}/{query_string(query, page_size=1000)}").json()["results"]
    codes = [one["code"] for one in answer]

    page = page_context(client, f"/{address}")["records"]
    rows = csv_rows(client, query, noun)
    sheet = CalamineWorkbook.from_filelike(
        io.BytesIO(file_content(client.get(f"/{noun}/export.xlsx?{query}")))
    ).get_sheet_by_name(noun)
    _headings, *cells = sheet.to_python()

    assert codes
    assert [record.code for record in page] == codes
    assert [row["code"] for row in rows] == [row[0] for row in cells] == codes
    assert json.loads(file_content(client.get(f"/{noun}/export.json?{query}"))) == answer


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("colour=red", "colour"),
        ("area=nowhere", "area"),
        ("area=a1&stage=finished", "stage"),
        ("amount_min=lots", "amount_min"),
        ("year=23", "year"),
        ("search=%00", "search"),
        ("basis=arrived", "basis"),
        ("signed_after=11.11.2023", "signed_after"),
        ("disclosed=yes&disclosed=true", "disclosed"),
    ],
)
def test_an_invalid_parameter_is_named_everywhere(client, query, named):
    page = client.get(f"/projects/?{query}")
    table = client.get(f"/totals/?{query}")
    answers = [client.get(f"/api/v1/{noun}/?{query}") for noun in ("projects", "totals")]
    files = [
        client.get(f"/{noun}/export.{form}?{query}")
        for noun in ("projects", "totals")
        for form in ("csv", "xlsx", "json")
    ]

    messages = page.context["errors"][named]
    assert {page.status_code, table.status_code} == {400}
    assert "records" not in page.context
    assert "table" not in table.context
    assert table.context["errors"] == {named: messages}
    for answer in answers:
        assert (answer.status_code, answer.json()) == (400, {named: messages})
    for file in files:
        assert (file.status_code, file["Content-Type"]) == (400, "text/plain; charset=utf-8")
        assert f"{named}: {messages[0]}" in file.content.decode()
