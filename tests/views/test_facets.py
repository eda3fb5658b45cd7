"""The facets of lists, the search among their values, and the columns of lists."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from projects.models import Area, Enterprise, Project, Source
from projects.views.registry import LIST_PAGES
from tests.factories import (
    make_area,
    make_enterprise,
    make_project,
    make_receipt,
    make_sector,
    make_source,
)
from tests.helpers.page_parser import query_of, sent_by

pytestmark = pytest.mark.django_db


def options(page, parameter):
    facet = page.one("section", aria_labelledby=f"facet-{parameter}")
    return {link.text: query_of(link.attributes["href"]) for link in facet.all("a")}


def test_each_value_has_a_count_and_links_to_its_list(ask):
    make_project(area=make_area(code="kashi", name="Kashi"))
    make_project()

    page = ask("/projects/", ordering="name", page_size="10", columns=["name"])

    kept = [("ordering", "name"), ("page_size", "10"), ("columns", "name")]
    assert options(page, "area") == {
        "Kashi 1": [*kept, ("area", "kashi")],
        "not stated 1": [*kept, ("area", "none")],
    }


def test_selected_values_are_marked_and_counts_say_what_a_click_changes(ask):
    make_project(area=make_area(code="kashi", name="Kashi"))
    make_project()

    page = ask("/projects/", area="kashi")

    assert options(page, "area") == {
        "Remove Kashi → changes the list to 2": [],
        "not stated → changes the list to 2": [("area", "kashi"), ("area", "none")],
    }
    chosen = page.one("nav", class_="facets").all("a", aria_current="true")
    assert [link.attributes["id"] for link in chosen] == ["facet-area-kashi"]


def test_further_values_are_found_by_a_search_form(ask):
    for number in range(25):
        title = "Customs report" if number == 24 else f"Paper {number}"
        make_project(sources=[make_source(code=f"s{number:02}", title=title)])

    page = ask("/projects/", stage="signed", facet="source", facet_search="customs")

    assert list(options(page, "source")) == ["Customs report 1"]
    facet = page.one("section", aria_labelledby="facet-source")
    assert sent_by(facet.one("form")) == [
        ("stage", "signed"),
        ("facet", "source"),
        ("facet_search", "customs"),
    ]
    # It narrows the values that are shown, not the list.
    assert "Page" not in page.text
    assert query_of(page.link("CSV")) == [("stage", "signed")]
    assert "No matches for “nowhere”." in (
        ask("/projects/", facet="source", facet_search="nowhere").text
    )


@pytest.mark.parametrize(
    ("asked", "named"),
    [
        ({"facet": "colour"}, "facet"),
        ({"facet": "stage"}, "facet"),
        ({"facet_search": "customs"}, "facet_search"),
        ({"facet": "source", "facet_search": "x" * 201}, "facet_search"),
        ({"columns": "colour"}, "columns"),
        ({"columns": "stage"}, "columns"),
        ({"columns": "search_key"}, "columns"),
    ],
)
def test_invalid_parameters_are_an_error_without_rows(ask, asked, named):
    make_project(name="Hidden")

    page = ask("/projects/", status=400, **asked)

    assert [code.text for code in page.one(role="alert").all("code")] == [named]
    assert page.all("table") == []
    assert page.all(class_="facets") == []


def test_requested_columns_are_shown_and_kept_in_links(ask):
    make_project(code="p", name="Dry port", stage="registered", registered_on=date(2024, 1, 1))

    page = ask("/projects/", columns=["name", "registered_on"])

    assert page.rows() == [["Dry port", "2024-01-01"]]
    for link in [page.link("Name"), page.link("CSV")]:
        columns = [value for name, value in query_of(link) if name == "columns"]
        assert columns == ["name", "registered_on"]
    checked = [
        box.attributes["value"]
        for box in page.one("form", class_="columns").all("input", type="checkbox")
        if "checked" in box.attributes
    ]
    assert checked == ["name", "registered_on"]


def test_without_the_name_the_code_links_to_the_record(ask):
    make_project(code="p")

    page = ask("/projects/", columns=["code", "stage"])

    assert page.rows() == [["p", "signed"]]
    assert page.link("p") == "/projects/p/"


def test_a_file_has_the_requested_columns_or_all_of_them(client):
    make_project(code="b", name="Second", amount=2)
    make_project(code="a", name="First", name_zh="第一", amount=1)

    csv = client.get("/projects/export.csv?columns=amount&columns=code&columns=name&ordering=code")
    assert b"".join(csv).decode("utf-8-sig").splitlines() == [
        "code,name,name_zh,amount,currency,qualifier",
        "a,First,第一,1.00,CNY,exact",
        "b,Second,,2.00,CNY,exact",
    ]
    (one, _other) = json.loads(
        b"".join(client.get("/projects/export.json?columns=code&ordering=code"))
    )
    assert one == {"code": "a"}
    refused = client.get("/projects/export.csv?columns=colour")
    assert (refused.status_code, refused["Content-Type"]) == (400, "text/plain; charset=utf-8")


def test_lists_can_be_ordered_by_every_column(ask):
    kashi = make_area(code="kashi", name="Kashi")
    aksu = make_area(code="aksu", name="", name_zh="阿克苏")
    lead = make_enterprise(code="lead", name="A company")
    make_project(code="a", area=aksu, stage="operating", sectors=[make_sector(name="Trade")])
    make_project(code="b", area=kashi, stage="intended", signed_on=None, enterprise=lead)
    make_project(code="c", stage="signed", sectors=[make_sector(name="Batteries")])

    def codes(ordering):
        return [row[1] for row in ask("/projects/", ordering=ordering).rows()]

    assert codes("area") == ["b", "a", "c"]
    assert codes("-area") == ["a", "b", "c"]
    assert codes("enterprise") == ["b", "a", "c"]
    assert codes("sectors") == ["c", "a", "b"]
    assert codes("stage") == ["b", "c", "a"]


def test_lists_can_be_ordered_by_related_records(ask):
    kashi, aksu, turpan = (make_area(code=code) for code in ("kashi", "aksu", "turpan"))
    two, one = make_enterprise(name="B"), make_enterprise(name="A")
    first = make_project(code="a", area=kashi, amount=Decimal("5.00"), partners=[two, one])
    second = make_project(code="b", area=aksu, amount=Decimal("10.00"), partners=[one])
    make_project(code="c", area=aksu, amount=None)
    make_project(code="d", area=turpan, stage="intended", signed_on=None, amount=Decimal("99.00"))
    make_receipt(first, amount=Decimal("3.00"))
    make_receipt(first, amount=Decimal("9.00"))
    make_receipt(second, amount=Decimal("11.00"))

    def codes(address, ordering, column=1):
        return [row[column] for row in ask(address, ordering=ordering).rows()]

    assert codes("/projects/", "partners") == ["b", "a", "c", "d"]
    assert codes("/projects/", "-partners") == ["a", "b", "c", "d"]
    assert codes("/projects/", "received") == ["b", "a", "c", "d"]
    assert codes("/projects/", "-received") == ["a", "b", "c", "d"]
    # Contracted, not intended; what has nothing that counts stands last either way.
    assert codes("/areas/", "-contracted", 0) == [aksu.name, kashi.name, turpan.name]
    assert codes("/areas/", "contracted", 0) == [kashi.name, aksu.name, turpan.name]


def test_enterprises_can_be_ordered_by_social_credit_code(ask):
    make_enterprise(code="without")
    make_enterprise(code="second", uscc="91350100M000100Y43")
    make_enterprise(code="first", uscc="91110000600037341L")

    rows = ask("/enterprises/", ordering="uscc", columns=["code", "uscc"]).rows()

    assert [row[0] for row in rows] == ["first", "second", "without"]


def test_the_api_pages_through_an_order_by_sum_like_the_page(client):
    for number in range(5):
        make_receipt(make_project(code=f"p{number}"), amount=Decimal(10 - number % 3))
    make_project(code="without")

    address, walked = "/api/v1/projects/?ordering=-received&page_size=2&cursor=", []
    while address:
        answer = client.get(address).json()
        walked += [record["code"] for record in answer["results"]]
        address = answer["next"]

    assert walked == ["p0", "p3", "p1", "p4", "p2", "without"]


@pytest.mark.parametrize(
    ("model", "columns"),
    [(Project, 14), (Enterprise, 8), (Area, 5), (Source, 3)],
)
def test_every_column_heading_links_to_its_order(ask, model, columns):
    address = reverse(model.register.plural)

    headings = ask(address, columns=LIST_PAGES[model].columns()).one("thead").all("th")

    assert len(headings) == columns
    for heading in headings:
        assert heading.attributes["aria-sort"] in ("none", "ascending", "descending")
        sorted_by = dict(query_of(heading.one("a").attributes["href"]))["ordering"]
        assert ask(address, ordering=sorted_by)


@pytest.mark.parametrize("words", ["0", "99999", "9" * 30, "9" * 190])
def test_a_search_for_an_invalid_year_finds_nothing(ask, words):
    make_project(code="p")

    page = ask("/projects/", facet="year", facet_search=words)

    assert len(page.rows()) == 1
