"""/totals/: each figure links to exactly its records and states what it leaves out."""

from datetime import date
from decimal import Decimal

import pytest

from projects.views import totals
from tests.factories import (
    make_area,
    make_enterprise,
    make_project,
    make_rate,
    make_receipt,
    make_sector,
    make_source,
)
from tests.helpers.page_parser import query_of

pytestmark = pytest.mark.django_db


def test_the_default_table_is_by_sector(ask, trade):
    make_project(sectors=[trade], amount=Decimal("300.00"))
    make_project(amount=None)

    assert ask("/totals/").rows() == [
        ["Trade", "300.00 CNY", "100.00 %", "1", "1", "0", "0"],
        ["not stated", "undisclosed", "–", "1", "0", "1", "0"],
    ]


def test_the_total_shows_its_bound(ask, trade):
    make_project(sectors=[trade], amount=Decimal("300.00"))
    make_project(amount=None)
    make_project(amount=Decimal("1.00"), currency="USD")

    page = ask("/totals/")

    cells = [cell.text for cell in page.one("tfoot").all("td")]
    assert cells == ["at least 300.00 CNY", "100.00 %", "3", "2", "1", "1"]


def test_every_figure_links_to_exactly_its_records(ask, client, trade):
    kashi = make_area(code="kashi")
    make_project(code="a", area=kashi, sectors=[trade], amount=Decimal("3.00"))
    make_project(code="b", sectors=[trade, make_sector(code="it")], amount=Decimal("5.00"))
    make_project(code="c", area=kashi, stage="intended", signed_on=None)
    make_project(code="d", area=kashi, amount=None)

    for asked in (
        {},
        {"by": "area"},
        {"by": "sector", "then": "area"},
        {"by": "area", "area": "kashi"},
    ):
        page = ask("/totals/", **asked)
        for row in page.one("table").all("tr"):
            for link in row.all("a"):
                found = ask(link.attributes["href"])
                summary = found.one(class_="summary").text
                assert summary.startswith(f"{len(found.rows())} record")
                if link.text.isdecimal():
                    assert link.text == str(len(found.rows()))
                else:
                    sums = [dd.text for dd in found.one(class_="summary").all("dd")]
                    assert any(text.startswith(link.text) for text in sums)


def test_two_dimensions_make_a_pivot_table(ask, trade):
    kashi = make_area(code="kashi", name="Kashi")
    make_project(area=kashi, sectors=[trade], amount=Decimal("3.00"), signed_on=date(2023, 1, 1))
    make_project(sectors=[trade], amount=None, signed_on=date(2024, 1, 1))

    page = ask("/totals/", by="area", then="year")

    headings = [th.text for th in page.one("thead").all("th")]
    assert headings == ["Area / Year", "2023", "2024", "Total"]
    assert page.rows() == [
        ["Kashi", "3.00 CNY 1 of 1 disclosed", "–", "3.00 CNY 1 of 1 disclosed"],
        ["not stated", "–", "undisclosed 0 of 1 disclosed", "undisclosed 0 of 1 disclosed"],
    ]
    total = [cell.text for cell in page.one("tfoot").all("td")]
    assert total == [
        "3.00 CNY 1 of 1 disclosed",
        "undisclosed 0 of 1 disclosed",
        "at least 3.00 CNY 1 of 2 disclosed",
    ]
    cell = page.one("tbody").all("a")[0].attributes["href"]
    assert query_of(cell) == [("basis", "contracted"), ("area", "kashi"), ("year", "2023")]


def test_a_pivot_table_is_shaded_relative_to_its_largest_cell(ask):
    for amount, year in ((600, 2022), (100, 2023), (0, 2024)):
        make_project(amount=Decimal(amount), signed_on=date(year, 1, 1))

    cells = ask("/totals/", by="area", then="year").one("tbody").all("td")

    assert [cell.attributes["class"] for cell in cells] == [
        "number heat-6",
        "number heat-1",
        "number",
        "number",
    ]


def test_years_are_a_line_that_breaks_at_unknown_amounts(ask):
    for year, amount in ((2019, "1.00"), (2020, "4.00"), (2021, None), (2022, "2.00")):
        make_project(signed_on=date(year, 1, 1), amount=amount and Decimal(amount))
    make_project(signed_on=None)

    line = ask("/totals/", by="year").one("svg", role="img")

    assert line.one("title").text == "Contracted by year, CNY"
    points = [(c.attributes["cx"], c.attributes["cy"]) for c in line.all("circle")]
    assert points == [("5.00%", "141.0"), ("35.00%", "24.0"), ("95.00%", "102.0")]
    assert len(line.all("line", class_="stretch")) == 1
    assert [text.text for text in line.all("text")[1:]] == ["2019", "2020", "2022"]


def test_too_many_columns_are_shown_as_rows(ask):
    for number in range(totals.MOST_COLUMNS + 1):
        make_project(signed_on=date(2000 + number, 1, 1), amount=Decimal("1.00"))

    page = ask("/totals/", by="area", then="year")

    assert len(page.rows()) == totals.MOST_COLUMNS + 1
    assert page.rows()[0][:3] == ["not stated", "2000", "1.00 CNY"]


def test_further_rows_are_combined_and_still_add_up(ask, monkeypatch):
    monkeypatch.setattr(totals, "MOST_ROWS", 2)
    for amount in (5, 4, 3, 2):
        make_project(enterprise=make_enterprise(name=f"E{amount}"), amount=Decimal(amount))

    rows = ask("/totals/", by="enterprise").rows()

    assert [row[:2] for row in rows] == [
        ["E5", "5.00 CNY"],
        ["E4", "4.00 CNY"],
        ["all others together", "5.00 CNY"],
    ]


def test_bars_show_the_numbers_of_the_table(ask, trade):
    make_project(sectors=[trade], amount=Decimal("400.00"))
    make_project(amount=Decimal("100.00"))

    chart = ask("/totals/").one("figure").one("svg", role="img")

    assert bars_of(chart) == ["100.00%", "25.00%"]
    assert [text.text for text in chart.all("text")] == [
        "Trade",
        "400.00 CNY",
        "not stated",
        "100.00 CNY",
    ]


def bars_of(chart):
    return [rect.attributes["width"] for rect in chart.all("rect", class_="known")]


def test_negative_amounts_have_no_bar(ask):
    kashi = make_area(name="Kashi")
    make_receipt(make_project(area=kashi), Decimal("5.00"))
    make_receipt(make_project(), Decimal("-7.00"))

    page = ask("/totals/", by="area", basis="received")

    assert bars_of(page.one("figure")) == ["100.00%", "0.00%"]
    assert [row[1] for row in page.rows()] == ["5.00 CNY", "-7.00 CNY"]


def test_projects_in_several_rows_are_explained(ask, trade):
    make_project(sectors=[trade, make_sector()])

    assert "the rows count 1 more" in ask("/totals/").text
    assert "count once in each" not in ask("/totals/", by="area").text


def test_missing_rates_are_stated_with_the_remedy(ask):
    for _ in range(3):
        make_project(amount=Decimal("5.00"), currency="USD")

    text = ask("/totals/").one(class_="warning").text

    assert text.startswith("Every one of the 3 projects that disclose an amount was left out")
    assert "import_rates" in text


def test_provenance_names_the_rule_the_rates_and_what_was_left_out(ask):
    make_rate("USD", "CNY", "7.2", date(2023, 1, 1), source=make_source(title="Central bank"))
    make_rate("EUR", "CNY", "8.0", date(2023, 1, 1), source=make_source(title="Not used"))
    make_project(amount=Decimal("5.00"), currency="USD", signed_on=date(2023, 1, 15))
    make_project(name="Too late", amount=Decimal("5.00"), currency="USD")
    make_project(code="silent", amount=None)
    make_project(code="wish", stage="intended", signed_on=None)
    make_project(code="gone", stage="terminated")

    computed = ask("/totals/").one(class_="computed")

    assert "signed or further and not terminated" in computed.text
    assert "1 USD = 7.2 CNY (2023-01-01), Central bank" in computed.text
    assert "Not used" not in computed.text
    assert "1 project for lack of an exchange rate on its day: Too late" in computed.text
    for link, codes in (
        ("1 project", ["silent"]),
        ("Intended projects", ["wish"]),
        ("Terminated projects", ["gone"]),
    ):
        assert [row[1] for row in ask(computed.link(link)).rows()] == codes
    assert computed.link("All rules of this register") == "/methods/"


def test_provenance_of_funds_received_follows_receipts(ask):
    make_rate("USD", "CNY", "7.2", date(2023, 1, 1), source=make_source(title="Early"))
    make_rate("USD", "CNY", "7.1", date(2024, 1, 1), source=make_source(title="Late"))
    project = make_project(name="Paid in euros")
    for day in (date(2023, 1, 2), date(2024, 1, 2)):
        make_receipt(project, Decimal("1.00"), currency="USD", received_on=day)
    make_receipt(project, Decimal("1.00"), currency="EUR", received_on=date(2024, 1, 2))

    computed = ask("/totals/", basis="received", year="2024").one(class_="computed").text

    assert "Late" in computed
    assert "Early" not in computed
    assert "1 project for lack of an exchange rate on its day: Paid in euros" in computed


def test_provenance_says_when_nothing_was_left_out(ask):
    make_project()

    computed = ask("/totals/", stage="signed").one(class_="computed").text

    assert "None: every amount that is counted was published in CNY." in computed
    assert "Left out Nothing." in computed


def test_a_new_base_currency_leaves_everything_out_until_rebuild(ask, settings):
    make_project(amount=Decimal("5.00"))
    make_project(amount=Decimal("6.00"))

    settings.BASE_CURRENCY = "EUR"
    page = ask("/totals/")

    assert "not known in EUR" in page.one("tfoot").text
    assert "rebuild" in page.one(class_="warning").text


def test_each_basis_has_its_own_figures(ask):
    make_project(amount=Decimal("1.00"))
    make_project(amount=Decimal("2.00"), stage="intended", signed_on=None)

    assert [row[1] for row in ask("/totals/", basis="intended").rows()] == ["2.00 CNY"]


def test_a_register_without_projects_says_so(ask):
    page = ask("/totals/")

    assert page.rows() == []
    assert "0.00 CNY" in page.one("tfoot").text
    assert page.all("figure") == []


def test_invalid_parameters_show_no_figures(ask):
    make_project()

    page = ask("/totals/", status=400, by="colour", page="1")

    assert {code.text for code in page.one(role="alert").all("code")} == {"by", "page"}
    assert page.all("table") == []
    assert page.all("figure") == []
