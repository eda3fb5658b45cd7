"""Page, API, exports and totals answer alike: the same records, the same counts, the same sums."""

import csv
import io
import json
from datetime import date
from decimal import Decimal
from itertools import permutations
from types import SimpleNamespace
from urllib.parse import urlsplit

import pytest
from django.http import QueryDict
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from python_calamine import CalamineWorkbook

from projects import totals
from projects.filters import ProjectQuestion
from projects.models import CONTRACTED_STAGES, Basis, Project, Qualifier, Receipt
from tests.factories import (
    make_area,
    make_enterprise,
    make_project,
    make_rate,
    make_receipt,
    make_sector,
    make_source,
)

NOTHING = Decimal("0.00")


def make_surroundings():
    """What projects belong to; USD has a rate in early 2023, EUR never."""
    make_rate("USD", "CNY", "7.1234", date(2023, 1, 1))
    return SimpleNamespace(
        areas=[None, make_area(code="a1"), make_area(code="a2")],
        sectors=[make_sector(code=code) for code in ("s1", "s2", "s3")],
        leads=[None, make_enterprise(code="e1", origin="KZ"), make_enterprise(code="e2")],
        sources=[make_source(code="press"), make_source(code="office")],
    )


def asked(query, **more):
    """`query` with further parameters, as the part of an address behind its question mark."""
    data = QueryDict(query, mutable=True)
    data.update(more)
    return f"?{data.urlencode()}"


def content(response):
    assert response.status_code == 200, response
    return b"".join(response.streaming_content)


def exported(client, query):
    """The rows of the CSV export, as texts by heading."""
    text = content(client.get(f"/projects/export.csv{asked(query)}")).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def listed(client, query):
    """The codes on the pages of the list, two a page, and the summary above them."""
    first = client.get(f"/projects/{asked(query, page_size=2)}")
    assert first.status_code == 200, first.context["errors"]
    codes = [project.code for project in first.context["records"]]
    for number in range(2, first.context["page"].paginator.num_pages + 1):
        page = client.get(f"/projects/{asked(query, page_size=2, page=number)}")
        codes += [project.code for project in page.context["records"]]
    return codes, first.context["summary"]


def of_basis(rows, basis):
    stages = CONTRACTED_STAGES if basis == Basis.CONTRACTED else ["intended"]
    return [row for row in rows if row["stage"] in stages]


def summed(rows):
    """Projects, disclosed, left out, and the sum in the base currency, of rows of an export."""
    amounts = [row["amount_base"] for row in rows]
    disclosed = sum(row["amount"] != "" for row in rows)
    converted = [Decimal(amount) for amount in amounts if amount]
    return len(rows), disclosed, disclosed - len(converted), sum(converted, NOTHING)


def figure(found):
    """The same of a figure of the totals, from the page or from the API."""
    if isinstance(found, dict):
        found = SimpleNamespace(**found | {"amount": Decimal(found["amount"])})
    return found.projects, found.disclosed, found.left_out, found.amount


def bears_on(query, receipt):
    """Whether a question of the basis received is about a receipt."""
    data, day = QueryDict(query), str(receipt.received_on)
    return (
        any(day.startswith(year) for year in data.getlist("year") or [""])
        and any(day.startswith(month) for month in data.getlist("month") or [""])
        and data.get("received_after", "") <= day <= data.get("received_before", "9999")
    )


def received(query, rows):
    """Projects and the sum of the receipts that a question is about, one by one."""
    receipts = Receipt.objects.select_related("project", "conversion")
    codes = {row["code"] for row in rows}
    found = [
        receipt
        for receipt in receipts
        if receipt.project.code in codes and bears_on(query, receipt)
    ]
    amounts = [receipt.conversion.amount_base for receipt in found]
    return (
        len({receipt.project_id for receipt in found}),
        sum((amount for amount in amounts if amount is not None), NOTHING),
    )


def check_list(client, query):
    """List, API and export hold the same records in one order, and the summary their sums."""
    rows = exported(client, query)
    codes, summary = listed(client, query)
    answer = client.get(f"/api/v1/projects/{asked(query, page_size=1000)}").json()

    assert codes == [row["code"] for row in rows]
    assert [project["code"] for project in answer["results"]] == codes
    assert answer["count"] == summary.records == len(rows)
    assert summary.disclosed == sum(row["amount"] != "" for row in rows)
    assert figure(summary.contracted) == summed(of_basis(rows, Basis.CONTRACTED))
    assert figure(summary.intended) == summed(of_basis(rows, Basis.INTENDED))


def check_totals(client, query):
    """The totals, on their page and in the API, are the sum of the export of the same question."""
    table = client.get(f"/api/v1/totals/{asked(query, by='sector')}").json()
    page = client.get(f"/totals/{asked(query, by='sector')}").context["table"]
    rows = exported(client, query)
    total = figure(table["total"])

    assert [figure(row) for row in page.rows] == [figure(row) for row in table["rows"]]
    assert figure(page.total) == total
    assert sum((Decimal(row["amount"]) for row in table["rows"]), NOTHING) == total[-1]
    if table["basis"] == Basis.RECEIVED:
        assert (total[0], total[-1]) == received(query, rows)
    else:
        assert total == summed(of_basis(rows, table["basis"]))


def check_sums(client, query):
    check_list(client, query)
    if "basis=" in query:
        check_totals(client, query)
    else:
        # With a basis, a year is that of its own date, so that each is a question of its own.
        for basis in Basis:
            check_totals(client, asked(query, basis=basis.value).removeprefix("?"))


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
    make_project(code="undated", signed_on=None, amount=Decimal("0.00"), area=a2)
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
    files = [client.get(f"/projects/export.{form}?{query}") for form in ("csv", "xlsx", "json")]

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
@pytest.mark.parametrize("by", totals.DIMENSIONS)
@pytest.mark.parametrize("query", ["", "sector=s1&sector=s2", "area=a1&area=none", "year=2023"])
def test_the_link_of_a_row_lists_exactly_its_projects(client, register, by, basis, query):
    table = client.get(f"/api/v1/totals/{asked(query, by=by, basis=basis.value)}").json()

    assert table["total"]["projects"]
    for row in [*table["rows"], table["total"]]:
        page = client.get(row["href"])
        summary = page.context["summary"]
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
    for by in permutations(totals.DIMENSIONS, 2):
        question = ProjectQuestion(QueryDict(f"basis={basis.value}"), Project.objects.all())
        table = totals.totals(question, by, basis)

        assert sum(row.amount for row in table.rows) == table.total.amount
        assert table.total.projects
        for row in table.rows:
            listed_ = ProjectQuestion(QueryDict(urlsplit(row.href).query), Project.objects.all())
            assert listed_.qs.count() == row.projects, row.href


amounts = st.one_of(
    st.decimals(0, Decimal("99999999999999.99"), places=2),
    st.decimals(0, 10, places=2),
    st.just(Decimal("100.00")),
)
shares = {
    1: [Decimal("100.00")],
    2: [Decimal("33.33"), Decimal("66.67")],
    3: [Decimal("33.33"), Decimal("33.33"), Decimal("33.34")],
}
days = st.sampled_from(
    [None, date(2022, 12, 31), date(2023, 1, 15), date(2023, 2, 15), date(2023, 3, 1)]
)
registers = st.lists(
    st.fixed_dictionaries(
        {
            "area": st.integers(0, 2),
            "lead": st.integers(0, 2),
            "partner": st.booleans(),
            "sectors": st.lists(st.integers(0, 2), unique=True, max_size=3),
            "shared": st.booleans(),
            "stage": st.sampled_from(["intended", "signed", "operating", "terminated"]),
            "amount": st.none() | amounts,
            "currency": st.sampled_from(["CNY", "USD", "EUR"]),
            "qualifier": st.sampled_from(Qualifier.values),
            "day": days,
            "source": st.booleans(),
            "receipts": st.lists(
                st.tuples(amounts, st.booleans(), st.sampled_from(["CNY", "USD", "EUR"]), days),
                max_size=2,
            ),
        }
    ),
    min_size=1,
    max_size=4,
)
one_of_each = {
    "area": ["a1", "a2", "none"],
    "sector": ["s1", "s2", "none"],
    "sector_also": ["s2"],
    "stage": ["signed", "intended"],
    "enterprise": ["e1", "none"],
    "lead": ["e2", "none"],
    "origin": ["KZ", "none"],
    "currency": ["USD", "CNY"],
    "source": ["press", "none"],
    "disclosed": ["true", "false"],
    "amount_min": ["1000"],
    "amount_max": ["1亿"],
    "signed_after": ["2023-01-01"],
    "signed_before": ["2023-02-15"],
    "year": ["2022", "2023"],
    "month": ["2023-01", "2022-12"],
    "received_after": ["2023-01-01"],
    "received_before": ["2023-01-31"],
    "search": ["p1"],
}
several = {"area", "sector", "stage", "currency", "source", "year", "month"}


@st.composite
def questions(draw):
    """Any combination of filters, repeated ones included, with a basis or without."""
    names = draw(st.lists(st.sampled_from(sorted(one_of_each)), unique=True, max_size=3))
    pairs = []
    for name in names:
        most = 2 if name in several else 1
        values = st.lists(
            st.sampled_from(one_of_each[name]), unique=True, min_size=1, max_size=most
        )
        pairs += [f"{name}={value}" for value in draw(values)]
    basis = draw(st.none() | st.sampled_from(Basis.values))
    return "&".join([*pairs, f"basis={basis}"] if basis else pairs)


class AnyQuestionToAnyRegister(TestCase):
    """In a class of hypothesis's own, as each example needs a database of its own."""

    @classmethod
    def setUpTestData(cls):
        cls.around = make_surroundings()

    def build(self, drawn):
        for number, each in enumerate(drawn):
            sectors = [self.around.sectors[index] for index in each["sectors"]]
            if each["shared"] and sectors:
                sectors = list(zip(sectors, shares[len(sectors)], strict=True))
            lead = self.around.leads[each["lead"]]
            partner = self.around.leads[1]
            project = make_project(
                code=f"p{number}",
                area=self.around.areas[each["area"]],
                enterprise=lead,
                partners=[partner] if each["partner"] and lead != partner else [],
                sectors=sectors,
                sources=self.around.sources[:1] if each["source"] else [],
                stage=each["stage"],
                amount=each["amount"],
                currency=each["currency"],
                qualifier=each["qualifier"],
                signed_on=each["day"] if each["stage"] != "intended" else None,
                intended_on=each["day"] if each["stage"] == "intended" else None,
            )
            for amount, returned, currency, day in each["receipts"]:
                make_receipt(
                    project,
                    -amount if returned else amount,
                    currency=currency,
                    received_on=day or date(2023, 12, 1),
                )

    @given(drawn=registers, query=questions())
    def test_totals_equal_the_sum_of_the_export_to_the_fen(self, drawn, query):
        self.build(drawn)

        check_sums(self.client, query)
