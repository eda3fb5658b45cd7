"""The filter form of a list keeps all parameters, and each value can be removed."""

import pytest

from projects.views.filter_form import MOST_OPTIONS
from tests.factories import (
    make_area,
    make_enterprise,
    make_project,
    make_sector,
    make_source,
    make_zone,
)
from tests.helpers.page_parser import query_of, sent_by

pytestmark = pytest.mark.django_db


@pytest.fixture
def register():
    for code in ("kashi", "urumqi"):
        make_area(code=code, name=code.capitalize(), zone=make_zone())
    make_sector(code="trade", name="Trade")
    make_sector(code="it", name="", name_zh="信息技术")
    make_enterprise(code="one", name="One Company")
    make_enterprise(code="other")
    make_source(code="press")


def form(page):
    return page.one("form", class_="panel")


def options(page, name):
    return [
        (option.attributes["value"], option.text)
        for option in page.one("select", name=name).all("option")
    ]


def chips(page):
    return [
        link.text.split(maxsplit=1)[1].strip(" ×") for link in page.one(class_="chips").all("a")
    ]


ASKED = {
    "area": ["kashi", "urumqi"],
    "sector": ["trade", "none"],
    "sector_also": ["it"],
    "stage": ["signed", "operating"],
    "enterprise": ["one", "other"],
    "lead": ["one"],
    "origin": ["CN-ZJ", "none"],
    "currency": ["CNY", "USD"],
    "source": ["press"],
    "basis": ["contracted"],
    "disclosed": ["true"],
    "amount_min": ["1亿"],
    "amount_max": ["1.5bn"],
    "signed_after": ["2023-01-01"],
    "signed_before": ["2024-01-01"],
    "updated_after": ["2023-01-01T08:00:00Z"],
    "updated_before": ["2030-01-01"],
    "year": ["2023", "2024"],
    "month": ["2023-11"],
    "received_after": ["2023-01-01"],
    "received_before": ["2024-01-01"],
    "search": ["a & b"],
}
EVERYTHING = sorted((name, value) for name, values in ASKED.items() for value in values)


def test_sending_the_form_of_a_list_asks_the_same_again(ask, register):
    page = ask("/projects/", **ASKED, ordering="-amount", page_size="20", page="1")

    assert sorted(sent_by(form(page))) == sorted(
        [*EVERYTHING, ("ordering", "-amount"), ("page_size", "20")]
    )


def test_sending_the_form_of_the_totals_asks_the_same_again(ask, register):
    page = ask("/totals/", **ASKED, by="area", then="year")

    assert sorted(sent_by(form(page))) == sorted([*EVERYTHING, ("by", "area"), ("then", "year")])


def test_every_filter_has_a_chip_with_its_label(ask, register):
    page = ask(
        "/projects/",
        area="kashi",
        sector=["it", "none"],
        stage="construction",
        enterprise="one",
        origin="CN-ZJ",
        amount_min="1亿",
        disclosed="false",
        ordering="name",
    )

    assert chips(page) == [
        "Area: Kashi",
        "Sector: 信息技术",
        "Sector: not stated",
        "Stage: under construction",
        "Enterprise: One Company",
        "Origin: Zhejiang",
        "Amount from: 100,000,000.00 CNY",
        "Amount disclosed: undisclosed",
        "all",
    ]
    assert page.one(class_="chips").one(lang="zh-Hans").text == "信息技术"


def test_a_chip_takes_one_value_away_and_keeps_the_rest(ask, register):
    page = ask("/projects/", area=["kashi", "urumqi"], year="2023", ordering="name", page_size="9")

    links = page.one(class_="chips").all("a")

    kept = [("year", "2023"), ("ordering", "name"), ("page_size", "9")]
    assert query_of(links[0].attributes["href"]) == [("area", "urumqi"), *kept]
    assert query_of(links[1].attributes["href"]) == [("area", "kashi"), *kept]
    assert query_of(links[-1].attributes["href"]) == [("ordering", "name"), ("page_size", "9")]


def test_a_list_without_filters_has_no_chips(ask):
    assert ask("/projects/", ordering="name", search="").all(class_="chips") == []


def test_what_has_few_values_is_chosen_from_a_list(ask, register):
    page = ask("/projects/")

    assert options(page, "area") == [
        ("", "any"),
        ("kashi", "Kashi"),
        ("urumqi", "Urumqi"),
        ("none", "not stated"),
    ]
    assert options(page, "disclosed") == [
        ("", "any"),
        ("true", "disclosed"),
        ("false", "undisclosed"),
    ]
    assert "none" not in dict(options(page, "stage"))
    assert ("-amount", "Amount, descending") in options(page, "ordering")
    assert dict(options(ask("/enterprises/"), "kind"))["none"] == "not stated"
    assert "none" not in dict(options(ask("/areas/"), "zone"))
    assert "none" in dict(options(ask("/headlines/"), "zone"))


def test_several_values_of_a_select_are_all_chosen(ask, register):
    select = ask("/projects/", stage=["signed", "operating"]).one("select", name="stage")

    assert "multiple" in select.attributes
    chosen = [o.attributes["value"] for o in select.all("option") if "selected" in o.attributes]
    assert chosen == ["signed", "operating"]


def test_of_a_large_table_no_rows_are_listed(ask):
    zone = make_zone()
    for number in range(MOST_OPTIONS + 1):
        make_area(code=f"area-{number}", zone=zone)
        make_enterprise(code=f"enterprise-{number}")

    page = ask("/projects/", area="area-1")

    assert page.all("select", name="area") == []
    assert form(page).one("input", name="area").attributes["value"] == "area-1"
    assert form(page).one("input", name="enterprise").attributes["type"] == "text"


def test_what_cannot_be_read_stays_in_the_form_beside_its_error(ask):
    make_project(code="p", name="Hidden")

    page = ask(
        "/projects/", status=400, stage="finished", year="23", signed_after="soon", search="x" * 201
    )

    assert sorted(sent_by(form(page))) == [
        ("ordering", "code"),
        ("search", "x" * 201),
        ("signed_after", "soon"),
        ("stage", "finished"),
        ("year", "23"),
    ]
    faulty = {e.attributes["name"] for e in page if e.attributes.get("aria-invalid") == "true"}
    assert faulty == {"stage", "year", "signed_after", "search"}
    assert {code.text for code in page.one(role="alert").all("code")} == faulty
    assert page.all("table") == []
    assert page.all(class_="summary") == []
    assert "Hidden" not in page.text


def test_a_parameter_that_does_not_exist_can_be_taken_away(ask):
    page = ask("/projects/", status=400, colour=["red", "blue"], year="2023")

    assert chips(page) == ["colour: red", "colour: blue", "Year: 2023", "all"]
    links = [link.attributes["href"] for link in page.one(class_="chips").all("a")]
    assert query_of(links[-1]) == []
    assert ("colour", "red") in sent_by(form(page))


def test_every_input_has_a_label(ask, register):
    for address in ("/projects/", "/enterprises/", "/totals/", "/headlines/", "/accounts/login/"):
        page = ask(address)

        labelled = {label.attributes["for"] for label in page.all("label")}
        inputs = [
            element
            for element in page
            if element.tag in ("input", "select") and element.attributes.get("type") != "hidden"
        ]
        assert inputs
        assert {element.attributes["id"] for element in inputs} == labelled
