"""Page, API, exports and totals answer alike: the same records, the same counts, the same sums."""

import io
import json
from datetime import date
from decimal import Decimal
from itertools import permutations
from urllib.parse import urlsplit

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from python_calamine import CalamineWorkbook

from projects.filters import ProjectFilterSet
from projects.filters.totals import DIMENSIONS
from projects.models import Area, Basis, Project
from projects.totals import totals
from tests.factories import (
    make_area,
    make_enterprise,
    make_headline,
    make_project,
    make_receipt,
    make_source,
    make_zone,
)
from tests.helpers.query_answers import asked, check_sums, content, exported, figure, listed, shown
from tests.helpers.strategies import build, make_surroundings, questions, registers


@pytest.fixture
def register(db):
    """A project for each way in which one can differ from the others."""
    around = make_surroundings()
    s1, s2, s3 = around.sectors
    _none, a1, a2 = around.areas
    _none, e1, e2 = around.leads
    press, office = around.sources
    make_project(code="plain", name="Cotton yarn", name_zh="喀什棉纱", area=a1, sectors=[s1])
    make_project(
        code="shared",
        area=a1,
        enterprise=e1,
        sectors=[(s1, Decimal("33.33")), (s2, Decimal("66.67"))],
        amount=Decimal("99999999999999.99"),
        sources=[press, office],
    )
    assumed = make_project(
        code="assumed",
        area=a2,
        enterprise=e2,
        partners=[e1],
        sectors=[s1, s2, s3],
        amount=Decimal("100.00"),
        stage="operating",
        signed_on=date(2022, 12, 31),
        qualifier="at_least",
    )
    make_project(code="silent", area=a1, sectors=[s3, s1], amount=None, sources=[press])
    dollars = make_project(
        code="dollars",
        enterprise=e2,
        sectors=[s2],
        amount=Decimal("1000000.01"),
        currency="USD",
        signed_on=date(2023, 1, 15),
        qualifier="about",
    )
    make_project(code="no-rate", amount=Decimal("5.00"), currency="EUR", sectors=[s2, s3])
    make_project(
        code="too-large",
        amount=Decimal("99999999999999.99"),
        currency="USD",
        signed_on=date(2023, 1, 15),
        enterprise=e1,
    )
    make_project(code="undated", signed_on=None, amount=Decimal("0.00"), area=a2, sectors=[s3])
    make_project(
        code="wish",
        stage="intended",
        signed_on=None,
        intended_on=date(2023, 1, 20),
        amount=Decimal("33.34"),
        currency="USD",
        area=a1,
        sectors=[s1, s2],
    )
    make_project(code="vague", stage="intended", signed_on=None, amount=None, sectors=[s3])
    gone = make_project(code="gone", stage="terminated", amount=Decimal("8.00"), sectors=[s1])
    make_receipt(assumed, Decimal("10.01"), received_on=date(2022, 12, 31))
    make_receipt(assumed, Decimal("-4.00"), received_on=date(2023, 1, 1))
    make_receipt(dollars, Decimal("0.07"), currency="USD", received_on=date(2023, 2, 1))
    make_receipt(dollars, Decimal("9.99"), currency="EUR", received_on=date(2023, 2, 1))
    make_receipt(gone, Decimal("2.00"), received_on=date(2023, 2, 28))


QUESTIONS = [
    "",
    "area=a1",
    "area=a1&area=none",
    "sector=s1",
    "sector=s1&sector=s2",
    "sector=s3&sector=none",
    "sector=s1&sector_also=s2",
    "stage=signed&stage=terminated",
    "stage=intended",
    "enterprise=e1",
    "enterprise=none",
    "lead=e2&lead=none",
    "origin=KZ",
    "origin=none",
    "currency=USD",
    "currency=EUR",
    "source=press",
    "source=none",
    "disclosed=true",
    "disclosed=false",
    "amount_min=100&amount_max=5000万",
    "amount_max=0",
    "signed_after=2023-01-01",
    "signed_before=2023-01-15",
    "year=2022",
    "year=none",
    "month=2023-01&month=2023-11",
    "updated_after=2000-01-01",
    "updated_before=2000-01-01T00:00:00Z",
    "received_after=2023-01-01",
    "received_after=2023-01-01&received_before=2023-01-31",
    "search=棉纱",
    "search=mian&area=a1",
    "basis=contracted",
    "basis=contracted&sector=s2&disclosed=true",
    "basis=intended&year=2023",
    "basis=received",
    "basis=received&year=2023",
    "basis=received&month=2023-02&month=2022-12",
    "basis=received&received_before=2022-12-31&sector=s1",
    "area=a2&sector=s1&stage=operating&currency=CNY&disclosed=true",
]


@pytest.mark.parametrize("query", QUESTIONS)
def test_list_api_exports_and_totals_answer_alike(client, register, query):
    check_sums(client, query)


@pytest.mark.parametrize("query", QUESTIONS)
def test_the_exports_hold_the_same_as_the_api(client, register, query):
    answer = client.get(f"/api/v1/projects/{asked(query, page_size=1000)}").json()["results"]

    sheet = CalamineWorkbook.from_filelike(
        io.BytesIO(content(client.get(f"/projects/export.xlsx{asked(query)}")))
    ).get_sheet_by_name("projects")
    _headings, *rows = sheet.to_python()

    assert json.loads(content(client.get(f"/projects/export.json{asked(query)}"))) == answer
    assert [row[0] for row in rows] == [project["code"] for project in answer]
    for texts, project in zip(exported(client, query), answer, strict=True):
        for name in ("amount", "amount_base", "received", "rate", "signed_on", "stage", "name"):
            assert texts[name] == (project[name] or ""), (project["code"], name)


@pytest.mark.parametrize(
    "order", ["signed_on", "-signed_on", "amount", "-amount", "name", "-code", "updated_at"]
)
def test_every_door_puts_records_in_the_same_order(client, register, order):
    query = f"ordering={order}"
    rows = exported(client, query)
    answer = client.get(f"/api/v1/projects/{asked(query, page_size=1000)}").json()["results"]

    codes, _summary = listed(client, query)

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
def test_list_api_and_exports_of_enterprises_answer_alike(client, register, query):
    make_enterprise(code="e3", kind="private", area=Area.objects.get(code="a1"))
    answer = client.get(f"/api/v1/enterprises/{asked(query, page_size=1000)}").json()["results"]
    codes = [enterprise["code"] for enterprise in answer]

    page = shown(client, f"/enterprises/{asked(query)}")["records"]
    rows = exported(client, query, "enterprises")

    assert codes
    assert [enterprise.code for enterprise in page] == codes
    assert [row["code"] for row in rows] == codes
    assert json.loads(content(client.get(f"/enterprises/export.json{asked(query)}"))) == answer


# The page puts two dimensions across and keeps their rows, which files hold one below the other.
GROUPINGS = [
    "by=sector",
    "by=area&then=year",
    "by=enterprise&then=sector",
    "by=month&basis=received",
    "by=origin&then=currency&basis=intended",
    "by=stage&then=enterprise&basis=received",
]


@pytest.mark.parametrize("grouping", GROUPINGS)
def test_the_files_of_the_totals_hold_the_same_as_page_and_api(client, register, grouping):
    for query in QUESTIONS:
        if "basis=" in query and "basis=" in grouping:
            continue
        query = asked(f"{grouping}&{query}".removesuffix("&"))
        answer = client.get(f"/api/v1/totals/{query}").json()
        table = shown(client, f"/totals/{query}")["table"]
        *rows, total = exported(client, query.removeprefix("?"), "totals")
        book = CalamineWorkbook.from_filelike(
            io.BytesIO(content(client.get(f"/totals/export.xlsx{query}")))
        )

        assert json.loads(content(client.get(f"/totals/export.json{query}"))) == answer
        for row, data in zip([*rows, total], [*answer["rows"], answer["total"]], strict=True):
            said = {name: "" if data[name] is None else str(data[name]) for name in data}
            assert {name: row[name] for name in said} == said, query
            assert (row["base_currency"], row["basis"]) == (answer["currency"], answer["basis"])
        assert [dict(row.keys) for row in table.rows] == [
            {by: row[by] or None for by in answer["by"]} for row in rows
        ]
        assert [f"{row.amount:.2f}" for row in table.rows] == [row["amount"] for row in rows]
        assert f"{table.total.amount:.2f}" == total["amount"]
        headings, *cells = book.get_sheet_by_name("totals").to_python()
        assert [
            {name: as_in_csv(name, cell) for name, cell in zip(headings, row, strict=True)}
            for row in cells
        ] == rows, query


def as_in_csv(name, cell):
    """A cell of a workbook as CSV has it; one of more than 15 digits is text in both."""
    if isinstance(cell, str):
        return cell
    return f"{cell:.{ {'amount': 2, 'share': 4}.get(name, 0) }f}"


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
def test_list_api_and_exports_of_the_other_nouns_answer_alike(client, register, address):
    area = make_area(code="a3", zone=make_zone(code="z1"), size_km2=Decimal("28.48"))
    make_area(code="a4", zone=area.zone, sources=[make_source(published_on=None)])
    make_headline(code="h1", area=Area.objects.get(code="a1"))
    make_headline(code="h2", scope="the prefecture", what="foreign_trade")
    noun, _slash, query = address.partition("/?")
    answer = client.get(f"/api/v1/{noun}/{asked(query, page_size=1000)}").json()["results"]
    codes = [one["code"] for one in answer]

    page = shown(client, f"/{address}")["records"]
    rows = exported(client, query, noun)
    sheet = CalamineWorkbook.from_filelike(
        io.BytesIO(content(client.get(f"/{noun}/export.xlsx?{query}")))
    ).get_sheet_by_name(noun)
    _headings, *cells = sheet.to_python()

    assert codes
    assert [record.code for record in page] == codes
    assert [row["code"] for row in rows] == [row[0] for row in cells] == codes
    assert json.loads(content(client.get(f"/{noun}/export.json?{query}"))) == answer


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
def test_every_door_refuses_the_same_and_names_it(client, register, query, named):
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


@pytest.mark.parametrize("basis", list(Basis))
@pytest.mark.parametrize("by", DIMENSIONS)
@pytest.mark.parametrize("query", ["", "sector=s1&sector=s2", "area=a1&area=none", "year=2023"])
def test_the_link_of_a_row_lists_exactly_its_projects(client, register, by, basis, query):
    table = client.get(f"/api/v1/totals/{asked(query, by=by, basis=basis.value)}").json()

    assert table["total"]["projects"]
    for row in [*table["rows"], table["total"]]:
        summary = shown(client, row["href"])["summary"]
        found = getattr(summary, basis.value)
        assert summary.records == row["projects"], row["href"]
        if "label" in row and by == "sector":
            (found,) = [part for part in summary.of_which if part.label == row["label"]] or [None]
        elif "sector=" in query:
            # Its amount is that of the sectors asked for, as the list's is of whole projects.
            continue
        if found is not None:
            assert figure(found) == figure(row), row["href"]


@pytest.mark.parametrize("basis", list(Basis))
def test_cross_tables_add_up_and_lead_to_their_projects(register, basis):
    for by in permutations(DIMENSIONS, 2):
        filterset = ProjectFilterSet(QueryDict(f"basis={basis.value}"), Project.objects.all())
        table = totals.totals(filterset, by, basis)

        assert sum(row.amount for row in table.rows) == table.total.amount
        assert table.total.projects
        for row in table.rows:
            listed_ = ProjectFilterSet(QueryDict(urlsplit(row.href).query), Project.objects.all())
            assert listed_.qs.count() == row.projects, row.href


class AnyQuestionToAnyRegister(TestCase):
    """In a class of hypothesis's own, as each example needs a database of its own."""

    @classmethod
    def setUpTestData(cls):
        cls.around = make_surroundings()

    @given(drawn=registers, queries=st.lists(questions(), min_size=2, max_size=2))
    def test_totals_equal_the_sum_of_the_export_to_the_fen(self, drawn, queries):
        build(self.around, drawn)

        for query in queries:
            check_sums(self.client, query)
