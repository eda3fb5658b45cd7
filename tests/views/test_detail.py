"""The pages of single records: what they say, and where they lead."""

from datetime import date
from decimal import Decimal

import pytest

from tests.factories import (
    make_area,
    make_enterprise,
    make_headline,
    make_project,
    make_rate,
    make_receipt,
    make_sector,
    make_source,
    make_zone,
)

pytestmark = pytest.mark.django_db


def facts(page):
    return {row.one("dt").text: row.one("dd").text for row in page.one(class_="facts").all("div")}


def test_a_project_says_what_is_known_and_what_is_not(ask):
    make_project(code="p", amount=None)

    page = ask("/projects/p/")

    assert page.one(class_="figure").text == "undisclosed"
    assert facts(page) == {
        "Stage": "signed",
        "Area": "not stated",
        "Lead enterprise": "not stated",
    }
    assert "None recorded." in page.text


def test_a_project_leads_to_all_that_it_belongs_to(ask):
    area, lead, partner = (
        make_area(name="Kashi"),
        make_enterprise(name="Lead"),
        make_enterprise(name="Partner"),
    )
    source = make_source(title="Press report")
    make_project(code="p", area=area, enterprise=lead, partners=[partner], sources=[source])

    page = ask("/projects/p/")

    for record, text in (
        (area, "Kashi"),
        (lead, "Lead"),
        (partner, "Partner"),
        (source, "Press report"),
    ):
        assert page.link(text) == record.get_absolute_url()


def test_a_converted_amount_shows_its_rate_and_the_source_of_it(ask):
    make_rate("USD", "CNY", "7.2", source=make_source(title="Central bank"))
    make_project(code="p", amount=Decimal("100.00"), currency="USD")

    converted = facts(ask("/projects/p/"))["Converted"]

    assert converted == "720.00 CNY at 1 USD = 7.2 CNY (2023-11-01), Central bank"


def test_an_amount_without_a_rate_says_that_it_is_left_out(ask):
    make_project(
        code="p", amount=Decimal("100.00"), currency="USD", sectors=[make_sector(name="Trade")]
    )

    page = ask("/projects/p/")

    assert facts(page)["Converted"] == "left out of the totals for lack of a rate"
    assert page.one("table").rows() == [["Trade", "not stated", "not known in CNY"]]


def test_equal_parts_that_are_assumed_are_marked(ask):
    sectors = [make_sector(name=name) for name in ("Trade", "Logistics", "Textiles")]
    make_project(code="p", amount=Decimal("100.00"), sectors=sectors)

    page = ask("/projects/p/")

    assert page.one("table").rows() == [
        ["Trade", "not stated", "33.34 CNY"],
        ["Logistics", "not stated", "33.33 CNY"],
        ["Textiles", "not stated", "33.33 CNY"],
    ]
    assert "The shares are not known: equal parts are assumed." in page.text


def test_known_shares_stand_beside_their_part_of_the_amount(ask):
    sectors = [
        (make_sector(name="Trade"), Decimal("75.00")),
        (make_sector(name="Logistics"), Decimal("25.00")),
    ]
    make_project(code="told", amount=Decimal("8.00"), sectors=sectors)
    make_project(code="silent", amount=None, sectors=sectors)

    told = ask("/projects/told/")
    assert told.one("table").rows() == [
        ["Trade", "75.00 %", "6.00 CNY"],
        ["Logistics", "25.00 %", "2.00 CNY"],
    ]
    bars = told.one("svg", role="img").all("rect", class_="known")
    assert [bar.attributes["width"] for bar in bars] == ["100.00%", "33.33%"]
    assert "assumed" not in told.text
    silent = ask("/projects/silent/")
    assert silent.one("table").rows()[0] == ["Trade", "75.00 %", "undisclosed"]
    assert silent.all("svg") == []


def test_payments_are_listed_with_their_sum(ask):
    project = make_project(code="p", amount=Decimal("24.00"))
    make_receipt(project, Decimal("10.00"), source=make_source(title="Bank note"))
    make_receipt(project, Decimal("-4.00"), received_on=date(2024, 1, 1), note="returned")

    page = ask("/projects/p/")
    table = page.one("table")

    assert table.rows() == [
        ["2023-12-01", "10.00 CNY", "Bank note", ""],
        ["2024-01-01", "-4.00 CNY", "not stated", "returned"],
    ]
    assert [row.text for row in table.one("tfoot").all("tr")] == [
        "Total 6.00 CNY",
        "Contracted 24.00 CNY 25.00 % of it received",
    ]
    picture = page.one("svg", role="img")
    assert picture.one("desc").text == "Received: 6.00 CNY; Not received: 18.00 CNY"
    assert picture.all("rect", class_="known")[1].attributes["width"] == "25.00%"


def test_funds_of_an_undisclosed_amount_have_no_picture(ask):
    make_receipt(make_project(code="p", amount=None), Decimal("10.00"))

    page = ask("/projects/p/")

    assert page.all("svg") == []
    assert page.one("tfoot").text == "Total 10.00 CNY"


def test_more_than_was_contracted_leaves_nothing_to_come(ask):
    make_receipt(make_project(code="p", amount=Decimal("5.00")), Decimal("10.00"))

    page = ask("/projects/p/")

    assert page.one("svg", role="img").one("desc").text == "Received: 10.00 CNY"
    assert "200.00 % of it received" in page.one("tfoot").text


def test_an_amount_is_shown_in_words_in_full_and_as_published(ask):
    make_project(
        code="p",
        amount=Decimal("17600000000.00"),
        qualifier="at_least",
        amount_text="超过176亿元",
        sources=[make_source(title="Report", quote="He said so.")],
    )

    page = ask("/projects/p/")

    assert page.one(class_="figure").text == "at least 17.6 billion CNY"
    assert facts(page)["In full"] == "17,600,000,000.00 CNY"
    assert facts(page)["Published as"] == "超过176亿元"
    assert page.one("blockquote").text == "He said so."


def test_the_stages_show_their_dates_and_the_present_one(ask):
    make_project(code="p", stage="registered", signed_on=date(2023, 1, 1))

    stages = ask("/projects/p/").one(class_="stages")

    assert [li.text for li in stages.all("li")] == [
        "Signed: 2023-01-01",
        "Registered: date not stated",
    ]
    assert stages.one("li", aria_current="step").text.startswith("Registered")


def test_both_names_stand_on_the_page_each_in_its_language(ask):
    make_project(code="p", name="Textile park", name_zh="纺织园")

    page = ask("/projects/p/")

    assert page.one("h1").text == "Textile park"
    assert page.one(class_="lead").one(lang="zh-Hans").text == "纺织园"


def test_a_name_is_text_and_never_markup(ask):
    make_project(code="p", name="<script>alert(1)</script>", note="<img src=x>")

    for address in ("/projects/p/", "/projects/", "/", "/?search=script"):
        page = ask(address)
        assert [script.text for script in page.all("script") if script.text] == []
        assert [img.attributes["alt"] for img in page.all("img")] == [""]
    assert ask("/projects/p/").one("h1").text == "<script>alert(1)</script>"


def test_an_enterprise_counts_the_projects_it_leads_and_takes_part_in(ask):
    one = make_enterprise(code="one", name="One", origin="CN-ZJ", kind="private")
    make_project(code="leads", enterprise=one, amount=Decimal("5.00"))
    make_project(code="joins", partners=[one], amount=None)
    make_project(code="other")

    page = ask("/enterprises/one/")

    assert [row[1] for row in page.all("tbody")[0].rows()] == ["joins", "leads"]
    (of_sector,) = page.all("tbody")[1].rows()
    assert of_sector == ["not stated", "at least 5.00 CNY", "1 of 2 disclosed", "100.00 %"]
    assert "at least 5.00 CNY, 1 of 2 disclosed" in page.one(class_="summary").text
    assert facts(page)["Origin"] == "Zhejiang"
    assert len(ask(page.link("View its projects as a list")).rows()) == 2


def test_a_table_on_a_record_page_offers_no_order_that_it_would_not_keep(ask):
    make_project(enterprise=make_enterprise(code="one"))

    assert ask("/enterprises/one/").all("thead")[0].all("a") == []


def test_an_area_shows_its_totals_enterprises_and_headlines(ask):
    area = make_area(code="kashi", zone=make_zone(name="Pilot zone"), focus="Textiles")
    make_enterprise(area=area)
    make_project(area=area, amount=Decimal("5.00"))
    make_project(area=area, stage="intended", signed_on=None)
    make_headline(area=area)

    page = ask("/areas/kashi/")

    assert facts(page)["Zone"] == "Pilot zone"
    assert facts(page)["Enterprises settled here"] == "1"
    assert facts(page)["Contracted"] == "5.00 CNY, 1 of 1 disclosed"
    assert len(page.all("article")) == 1
    assert len(ask(page.link("All projects in this area")).rows()) == 2


def test_an_area_shows_how_far_its_own_projects_have_come(ask):
    area = make_area(code="kashi")
    for stage in ("signed", "operating"):
        make_project(code=stage, area=area, stage=stage)
    make_project(stage="operating")

    page = ask("/areas/kashi/")

    assert page.all("tbody")[1].rows()[-1] == ["Operating", "1", "50.00 %"]
    assert [row[1] for row in ask(page.link("Operating")).rows()] == ["operating"]


def test_the_areas_stand_with_what_they_have_contracted(ask):
    kashi = make_area(code="kashi", name="Kashi")
    make_area(code="urumqi", name="Urumqi", zone=kashi.zone)
    make_project(area=kashi, amount=None)

    rows = ask("/areas/").rows()

    assert [(row[0], row[4]) for row in rows] == [
        ("Kashi", "undisclosed 0 of 1 disclosed"),
        ("Urumqi", "no projects"),
    ]


def test_a_source_shows_what_cites_it(ask):
    press = make_source(code="press", title="Report", quote="said so", url="https://example.org/a")
    make_project(code="p", sources=[press])
    make_project(code="q")
    make_enterprise(code="e", sources=[press])
    make_headline(source=press)

    page = ask("/sources/press/")

    assert [row[1] for row in page.rows()] == ["p"]
    assert [row[1] for row in ask(page.link("1 enterprise")).rows()] == ["e"]
    assert len(page.all("article")) == 1
    assert page.link("https://example.org/a") == "https://example.org/a"


def test_sources_stand_latest_first(ask):
    make_source(title="Old", published_on=date(2020, 1, 1))
    make_source(title="New", published_on=date(2024, 1, 1), publisher="人民网")
    make_source(title="Undated", published_on=None)

    page = ask("/sources/")

    assert [row[0] for row in page.rows()] == ["New", "Old", "Undated"]
    assert page.one("main").one(lang="zh-Hans").text == "人民网"


@pytest.mark.parametrize("noun", ["projects", "enterprises", "areas", "sources"])
def test_an_unknown_code_is_a_404_in_the_design_of_the_site(ask, settings, noun):
    settings.DEBUG = False

    page = ask(f"/{noun}/nowhere/", status=404)

    assert page.one("h1").text == "Page not found"
    assert page.link("Projects") == "/projects/"
    assert page.all(aria_current="page") == []
