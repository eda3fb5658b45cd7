"""The files of /totals/: its rows, with what they leave out and where they come from."""

import csv
import io
import json
from datetime import date
from decimal import Decimal

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from python_calamine import CalamineWorkbook

from projects import exports
from projects.exports import totals
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
from tests.helpers.query_answers import file_content

pytestmark = pytest.mark.django_db

FORMS = list(exports.CONTENT_TYPES)
FIGURES = [
    "projects",
    "disclosed",
    "undisclosed",
    "left_out",
    "amount",
    "base_currency",
    "basis",
    "bound",
    "share",
    "href",
]


def rows(client, query=""):
    text = file_content(client.get(f"/totals/export.csv{query}")).decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def book(client, query=""):
    return CalamineWorkbook.from_filelike(
        io.BytesIO(file_content(client.get(f"/totals/export.xlsx{query}")))
    )


def about(client, query=""):
    return book(client, query).get_sheet_by_name("about").to_python()


def said(client, query=""):
    """The lines of the second sheet, by what they begin with; of several the last."""
    return {line[0]: line[1] for line in about(client, query)}


@pytest.mark.parametrize("form", FORMS)
def test_a_file_is_named_by_its_content_and_day(client, form):
    response = client.get(reverse("totals-export", kwargs={"format": form}))

    assert response["Content-Type"] == exports.CONTENT_TYPES[form]
    assert response["Content-Disposition"] == (
        f'attachment; filename="totals-{timezone.localdate()}.{form}"'
    )
    assert file_content(response)


def test_csv_has_the_rows_and_then_the_total_which_says_so(client, trade):
    make_project(sectors=[trade], amount=Decimal("300.00"))
    make_project(amount=None)
    make_project(amount=Decimal("1.00"), currency="EUR")

    found = rows(client)

    assert list(found[0]) == ["sector", "label", *FIGURES]
    assert [",".join(list(row.values())[:-1]) for row in found] == [
        "trade,Trade,1,1,0,0,300.00,CNY,contracted,exact,1.0000",
        ",not stated,2,1,1,1,0.00,CNY,contracted,at_least,0.0000",
        ",Total,3,2,1,1,300.00,CNY,contracted,at_least,1.0000",
    ]


def test_no_share_is_an_empty_cell(client):
    make_project(amount=None)

    assert [row["share"] for row in rows(client)] == ["", ""]


def test_two_dimensions_stand_one_below_the_other(client, trade):
    kashi = make_area(code="kashi", name="Kashi")
    make_project(area=kashi, sectors=[trade], signed_on=date(2023, 1, 1), amount=Decimal("3.00"))
    make_project(area=kashi, signed_on=date(2024, 1, 1), amount=Decimal("4.00"))

    found = rows(client, "?by=area&then=year")

    assert list(found[0])[:4] == ["area", "year", "label", "then_label"]
    assert [[*list(row.values())[:4], row["amount"]] for row in found] == [
        ["kashi", "2023", "Kashi", "2023", "3.00"],
        ["kashi", "2024", "Kashi", "2024", "4.00"],
        ["", "", "Total", "", "7.00"],
    ]


def test_the_currency_of_the_projects_is_distinguished_from_that_of_the_sums(client):
    make_rate("USD", "CNY", "7.00", date(2023, 11, 10))
    make_project(currency="USD", amount=Decimal("10.00"))

    row, _total = rows(client, "?by=currency")

    assert (row["currency"], row["amount"], row["base_currency"]) == ("USD", "70.00", "CNY")


@pytest.mark.parametrize("query", ["", "?by=area&then=sector&basis=received", "?by=currency"])
def test_json_is_the_answer_of_the_api(client, trade, query):
    make_receipt(make_project(area=make_area(), sectors=[trade], amount=None))

    assert (
        file_content(client.get(f"/totals/export.json{query}"))
        == client.get(f"/api/v1/totals/{query}").content
    )


def test_names_in_csv_begin_no_formula(client):
    make_project(enterprise=make_enterprise(code="e", name="=cmd|' /C calc'!A0"))

    assert rows(client, "?by=enterprise")[0]["label"] == "'=cmd|' /C calc'!A0"


def test_the_first_sheet_holds_the_rows_alone_as_numbers(client, trade):
    make_project(sectors=[trade], amount=Decimal("300.00"))
    make_project(amount=Decimal("100.00"))

    headings, *found = book(client).get_sheet_by_name("totals").to_python()

    assert headings == ["sector", "label", *FIGURES]
    assert [row[:-1] for row in found] == [
        ["trade", "Trade", 1.0, 1.0, 0.0, 0.0, 300.0, "CNY", "contracted", "exact", 0.75],
        ["", "not stated", 1.0, 1.0, 0.0, 0.0, 100.0, "CNY", "contracted", "exact", 0.25],
    ]


def test_the_second_sheet_has_the_filters_and_what_is_left_out(client, trade):
    kashi = make_area(code="kashi")
    make_project(area=kashi, sectors=[trade, make_sector()], amount=Decimal("300.00"))
    make_project(area=kashi, amount=None)
    make_project(area=kashi, amount=Decimal("1.00"), currency="EUR")
    make_project()

    lines = about(client, "?area=kashi&area=none&by=sector&then=stage&basis=contracted")
    found = said(client, "?area=kashi&by=sector")

    texts = [line[:2] for line in lines]
    assert ["Filter", "area=kashi, none"] in texts
    assert ["By", "sector"] in texts
    assert ["By", "stage"] in texts
    assert found["Basis"] == "contracted"
    assert found["Currency"] == "CNY"
    assert found["Exported at"].date() == timezone.localdate()
    assert found["Total"] == 300.0
    assert found["Bound of the total"] == "at_least"
    assert found["Projects"] == 3
    assert (found["Disclosed"], found["Undisclosed"]) == (2, 1)
    assert found["Left out for lack of a rate"] == 1
    assert any("the rows count 1 more" in line[0] for line in lines)


def test_a_total_of_which_nothing_is_known_is_no_number(client):
    make_project(amount=None)
    assert said(client)["Total"] == "undisclosed"

    make_project(amount=Decimal("1.00"), currency="EUR")
    assert said(client)["Total"] == "not known in CNY"


def test_every_column_is_explained(client):
    make_project(area=make_area())

    for query in ("", "?by=area&then=currency"):
        headings = book(client, query).get_sheet_by_name("totals").to_python()[0]
        lines = [line for line in about(client, query) if line[0] == "Column"]
        assert [line[1] for line in lines] == headings
        assert all(line[2] for line in lines)


def test_the_sources_are_those_of_the_projects_and_of_the_rates(client):
    press, bank = make_source(code="press"), make_source(code="bank", title="Rates of the day")
    make_source(code="unrelated")
    make_rate("USD", "CNY", "7.00", date(2023, 11, 10), source=bank)
    make_rate("EUR", "CNY", "8.00", date(2023, 11, 10))
    project = make_project(currency="USD", sources=[press])
    make_project(stage="intended", signed_on=None, sources=[make_source(code="hearsay")])
    make_receipt(project, source=make_source(code="ledger"))

    def sources(query=""):
        return [line[:3] for line in about(client, query) if line[0].startswith("Source")]

    assert [line[:2] for line in sources()] == [
        ["Source", "press"],
        ["Source of exchange rates", "bank"],
    ]
    assert sources()[1][2] == "Rates of the day"
    assert [line[:2] for line in sources("?basis=received")] == [["Source", "ledger"]]
    assert [line[:2] for line in sources("?basis=intended")] == [["Source", "hearsay"]]


def test_of_very_many_sources_the_first_are_named(client, monkeypatch):
    monkeypatch.setattr(totals, "MOST_SOURCES", 2)
    make_project(sources=[make_source(code=code) for code in ("a", "b", "c")])

    assert [line[1] for line in about(client) if line[0] == "Source"] == [
        "a",
        "b",
        "and more",
    ]


def test_the_third_sheet_is_the_table_across(client, trade):
    make_rate("USD", "CNY", "7.00", date(2022, 12, 31))
    kashi = make_area(code="kashi", name="Kashi")
    dates = {"2023": date(2023, 1, 1), "2024": date(2024, 6, 1)}
    make_project(area=kashi, sectors=[trade], signed_on=dates["2023"], amount=Decimal("3.00"))
    make_project(area=kashi, signed_on=dates["2024"], amount=Decimal("4.00"), qualifier="about")
    make_project(signed_on=dates["2024"], amount=None)
    make_project(signed_on=dates["2023"], amount=Decimal("1.00"), currency="USD")
    make_project(signed_on=dates["2024"], amount=Decimal("1.00"), currency="USD")

    sheets = book(client, "?by=area&then=year")

    assert sheets.sheet_names == ["totals", "about", "cross-table"]
    assert sheets.get_sheet_by_name("cross-table").to_python() == [
        ["Area / Year", "2023", "2024", "Total"],
        ["Kashi", 3.0, 4.0, 7.0],
        ["not stated", 7.0, "not known in CNY", 7.0],
        ["Total", 10.0, 4.0, 14.0],
    ]


def test_a_table_too_wide_is_written_in_rows_with_a_note(client, monkeypatch):
    monkeypatch.setattr(totals, "MOST_ACROSS", 1)
    make_project(signed_on=date(2023, 1, 1))
    make_project(signed_on=date(2024, 1, 1))

    assert book(client, "?by=area&then=year").sheet_names == ["totals", "about"]
    assert any(
        "more than 1 columns, so it is left out" in line[0]
        for line in about(client, "?by=area&then=year")
    )
    assert book(client, "?by=year&then=area").sheet_names == ["totals", "about", "cross-table"]


@pytest.mark.parametrize("query", ["", "?by=area&then=year"])
def test_a_register_without_projects_makes_files_all_the_same(client, query):
    (total,) = rows(client, query)

    assert (total["label"], total["projects"], total["amount"]) == ("Total", "0", "0.00")
    assert said(client, query)["Total"] == 0.0
    assert json.loads(file_content(client.get(f"/totals/export.json{query}")))["rows"] == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("by=colour", "by"),
        ("by=area&then=area", "then"),
        ("area=nowhere", "area"),
        ("page=2", "page"),
        ("ordering=name", "ordering"),
        ("format=csv", "format"),
    ],
)
def test_what_the_page_refuses_is_no_file(client, form, query, named):
    page = client.get(f"/totals/?{query}")
    response = client.get(f"/totals/export.{form}?{query}")

    assert (page.status_code, response.status_code) == (400, 400)
    assert response["Content-Type"] == "text/plain; charset=utf-8"
    assert "Content-Disposition" not in response
    (message,) = page.context["errors"][named]
    assert f"{named}: {message}" in response.content.decode()


@pytest.mark.parametrize("form", FORMS)
def test_what_the_database_will_not_answer_shows_before_the_first_byte(client, form):
    def fail(*args):
        raise OperationalError("gone")

    with connection.execute_wrapper(fail), pytest.raises(OperationalError):
        client.get(f"/totals/export.{form}")


def test_more_rows_than_a_sheet_holds_are_refused(client, monkeypatch):
    make_project(area=make_area())
    make_project(area=make_area())
    monkeypatch.setattr(writing, "MOST_ROWS", 2)

    response = client.get("/totals/export.xlsx?by=area")

    assert response.status_code == 400
    assert "use CSV or JSON" in response.content.decode()
    assert len(rows(client, "?by=area")) == 3


@pytest.mark.parametrize("form", FORMS)
def test_queries_do_not_grow_with_the_rows(client, form):
    def grow():
        make_project(
            area=make_area(),
            enterprise=make_enterprise(),
            sectors=[make_sector()],
            sources=[make_source()],
        )

    def queries():
        with CaptureQueriesContext(connection) as captured:
            file_content(client.get(f"/totals/export.{form}?by=area&then=sector"))
        return len(captured)

    grow()
    few = queries()
    for _ in range(4):
        grow()

    assert queries() == few
    # Nine of them are for the audit log.
    assert few <= 12 + 9


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("form", FORMS)
def test_files_are_made_outside_of_any_transaction_as_well(client, form):
    make_project()

    assert file_content(client.get(f"/totals/export.{form}"))


def test_the_page_leads_to_its_files(ask):
    make_project(area=make_area(code="kashi"))

    page = ask("/totals/", area="kashi", by="area", then="year")

    links = [link.attributes["href"] for link in page.one(class_="exports").all("a")]
    assert links.pop() == "?area=kashi&by=area&then=year"
    assert links == [f"export.{form}?area=kashi&by=area&then=year" for form in FORMS]
    assert page.one(class_="exports").text.startswith("Download this table:")
