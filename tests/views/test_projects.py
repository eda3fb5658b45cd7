"""/projects/: which records, their summary, their order, their pages, and the files of them."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories import make_area, make_enterprise, make_project, make_receipt, make_sector
from tests.helpers.page_parser import query_of

pytestmark = pytest.mark.django_db


def codes(page):
    return [row[1] for row in page.rows()]


def test_the_list_shows_the_filtered_records(ask):
    make_project(code="here", area=make_area(code="kashi"))
    make_project(code="elsewhere")

    page = ask("/projects/", area="kashi")

    assert codes(page) == ["here"]


def test_a_row_says_what_is_not_stated_and_what_is_undisclosed(ask):
    make_project(code="p", name="Dry port", amount=None)

    (row,) = ask("/projects/").rows()

    assert row == [
        "Dry port",
        "p",
        "not stated",
        "not stated",
        "not stated",
        "signed",
        "2023-11-11",
        "undisclosed",
    ]


def test_the_summary_says_what_the_contracted_total_leaves_out(ask):
    make_project(amount=Decimal("1500.00"))
    make_project(amount=None)
    make_project(amount=Decimal("5.00"), currency="USD")

    summary = ask("/projects/").one(class_="summary").text

    assert "3 records, 2 with a disclosed amount." in summary
    assert (
        "Contracted at least 1,500.00 CNY, 2 of 3 disclosed, 1 left out for lack of a rate"
        in summary
    )
    assert "1 of the 2 projects that disclose an amount was left out" in summary


def test_a_sum_of_which_nothing_is_converted_is_not_zero(ask):
    make_project(amount=Decimal("5.00"), currency="USD")
    make_project(amount=Decimal("6.00"), currency="USD")

    summary = ask("/projects/").one(class_="summary").text

    assert "Contracted not known in CNY" in summary
    assert "Every one of the 2 projects that disclose an amount was left out" in summary
    assert "0.00" not in summary


def test_intended_projects_are_counted_apart_from_contracted_ones(ask):
    make_project(amount=Decimal("1.00"))
    make_project(amount=Decimal("2.00"), stage="intended", signed_on=None)

    summary = ask("/projects/").one(class_="summary").text

    assert "Contracted 1.00 CNY, 1 of 1 disclosed" in summary
    assert "Intended, not part of it 2.00 CNY, 1 of 1 disclosed" in summary


def test_received_funds_are_shown_on_that_basis(ask):
    project = make_project(amount=Decimal("9.00"))
    make_receipt(project, Decimal("4.00"), received_on=date(2023, 12, 1))
    make_receipt(project, Decimal("3.00"), received_on=date(2024, 12, 1))

    summary = ask("/projects/", basis="received", year="2023").one(class_="summary").text

    assert "Received 4.00 CNY, 1 of 1 disclosed" in summary
    assert "Received" not in ask("/projects/").one(class_="summary").text


def test_a_filter_by_sector_shows_the_part_of_that_sector(ask):
    trade, logistics = make_sector(code="trade", name="Trade"), make_sector()
    shares = [(trade, Decimal("25.00")), (logistics, Decimal("75.00"))]
    make_project(code="both", amount=Decimal("100.00"), sectors=shares)

    page = ask("/projects/", sector="trade")

    assert codes(page) == ["both"]
    summary = page.one(class_="summary").text
    assert "Contracted 100.00 CNY" in summary
    assert "of which Trade: 25.00 CNY, 1 of 1 disclosed" in summary


def test_headings_reverse_the_order_and_keep_the_filters(ask):
    make_area(code="kashi")

    page = ask("/projects/", area="kashi", ordering="-signed_on", page_size="10")

    states = {th.text: th.attributes.get("aria-sort") for th in page.one("thead").all("th")}
    assert (states["Signed on"], states["Code"]) == ("descending", "none")
    assert all("aria-sort" in th.attributes for th in page.one("thead").all("th"))
    kept = [("area", "kashi"), ("page_size", "10")]
    assert sorted(query_of(page.link("Signed on"))) == sorted([*kept, ("ordering", "signed_on")])
    assert sorted(query_of(page.link("Name"))) == sorted([*kept, ("ordering", "name")])


def test_the_default_order_is_marked_too(ask):
    page = ask("/projects/")

    assert [th.text for th in page.all("th", aria_sort="ascending")] == ["Code"]


def test_pages_keep_the_filters(ask):
    for number in range(5):
        make_project(code=f"p{number}")

    page = ask("/projects/", ordering="-code", page_size="2", page="2", stage="signed")

    assert codes(page) == ["p2", "p1"]
    assert "Page 2 of 3" in page.text
    asked = [("ordering", "-code"), ("page_size", "2"), ("stage", "signed")]
    for text, number in (("First", "1"), ("Previous", "1"), ("Next", "3"), ("Last", "3")):
        assert query_of(page.link(text)) == [*asked, ("page", number)]


def test_the_number_of_rows_can_be_chosen_where_there_are_more(ask):
    for _ in range(51):
        make_project()

    page = ask("/projects/", page="2", stage="signed")

    assert len(page.rows()) == 1
    assert query_of(page.link("200")) == [("stage", "signed"), ("page_size", "200")]
    paging = page.one(class_="paging")
    assert page.link("50") == paging.one("a", aria_current="true").attributes["href"]


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"page": "2"}, "page"),
        ({"page": "0"}, "page"),
        ({"page_size": "201"}, "page_size"),
        ({"cursor": "abc"}, "cursor"),
    ],
)
def test_an_unknown_page_is_an_error(ask, asked, named):
    make_project()

    page = ask("/projects/", status=400, **asked)

    assert [code.text for code in page.one(role="alert").all("code")] == [named]
    assert page.all("table") == []


def test_downloads_keep_the_filters_without_the_page(ask):
    make_enterprise(code="one")
    make_enterprise(code="other")

    page = ask(
        "/projects/",
        enterprise=["one", "other"],
        search="东 & x",
        ordering="-name",
        page="1",
        page_size="10",
        stage="",
    )

    for form in ("csv", "xlsx", "json"):
        href = page.link(form.upper())
        assert href.startswith(f"export.{form}?")
        assert query_of(href) == [
            ("enterprise", "one"),
            ("enterprise", "other"),
            ("search", "东 & x"),
            ("ordering", "-name"),
        ]
