"""/: the overview of the register, and the search over all lists."""

from datetime import date
from decimal import Decimal

import pytest

from projects.views.overview import MAX_FOUND
from tests.factories import (
    make_area,
    make_enterprise,
    make_headline,
    make_project,
    make_receipt,
    make_sector,
    make_zone,
)

pytestmark = pytest.mark.django_db


def found(page):
    return [[link.text for link in group.all("a")] for group in page.all(class_="found")]


def test_an_empty_register_has_an_overview(ask):
    page = ask("/")

    assert "No projects yet." in page.text
    assert page.rows()[0] == ["No contracted projects."]
    assert page.all("svg") == []
    assert rates(page) == ["not known"] * 3


def test_a_search_finds_projects_enterprises_and_areas(ask):
    make_project(name="Silk Road port")
    make_enterprise(name="Silk Road Ltd")
    make_area(name="Silk quarter")
    make_project(name="Another")

    page = ask("/", search="silk")

    assert found(page) == [["Silk Road port"], ["Silk Road Ltd"], ["Silk quarter"]]
    assert page.one("input", name="search").attributes["value"] == "silk"


def test_a_search_finds_chinese_names_by_pinyin(ask):
    make_project(name="", name_zh="喀什纺织园")

    (link, *_) = ask("/", search="kashi fangzhi").one("main").all(class_="found")[0].all("a")

    assert link.one(lang="zh-Hans").text == "喀什纺织园"


def test_many_results_link_to_a_list(ask):
    for number in range(MAX_FOUND + 1):
        make_project(name=f"Port {number}")

    page = ask("/", search="port")

    assert len(found(page)[0]) == MAX_FOUND
    assert len(ask(page.link("All results")).rows()) == MAX_FOUND + 1


def test_a_search_without_results_says_so_for_each_list(ask):
    assert ask("/", search="nothing").text.count("none found") == 3


def test_an_invalid_search_is_refused_and_stays_in_the_form(ask):
    page = ask("/", status=400, search="x" * 201)

    assert page.one("input", name="search").attributes["value"] == "x" * 201
    assert page.all(class_="story") == []


def test_totals_by_sector_are_shown_with_bars(ask):
    make_project(amount=Decimal("3.00"), sectors=[make_sector(name="Trade")])
    make_project(amount=Decimal("1.00"))

    page = ask("/")

    assert table_of(page, "Contracted funds by sector, CNY").rows() == [
        ["Trade", "3.00 CNY", "1 of 1 disclosed", "75.00 %"],
        ["not stated", "1.00 CNY", "1 of 1 disclosed", "25.00 %"],
    ]
    bars = picture(page, "Contracted funds by sector, CNY")
    assert [text.text for text in bars.all("text")] == [
        "Trade",
        "3.00 CNY",
        "not stated",
        "1.00 CNY",
    ]
    widths = [rect.attributes["width"] for rect in bars.all("rect", class_="known")]
    assert widths == ["100.00%", "33.33%"]


def test_stages_are_shown_as_a_funnel_with_the_three_rates(ask):
    for stage in ("signed", "signed", "registered", "operating"):
        project = make_project(stage=stage, amount=Decimal("10.00"))
    make_receipt(project, Decimal("4.00"))
    make_receipt(make_project(amount=None), Decimal("900.00"))
    make_project(stage="terminated")

    page = ask("/")

    caption = "Contracted projects by stage"
    assert table_of(page, caption).rows() == [
        ["Signed", "5", "100.00 %"],
        ["Registered", "2", "40.00 %"],
        ["Under construction", "1", "20.00 %"],
        ["Operating", "1", "20.00 %"],
    ]
    bars = picture(page, caption).all("rect", class_="known")
    assert [bar.attributes["width"] for bar in bars] == ["100.00%", "40.00%", "20.00%", "20.00%"]
    assert rates(page) == ["40.00 %", "20.00 %", "10.00 %"]
    arrival = page.one(class_="rates").all("dd")[2].text
    assert "4.00 CNY of at least 40.00 CNY." in arrival
    assert "1 project without a disclosed amount is left out" in arrival
    assert len(ask(page.link("1 terminated project")).rows()) == 1
    assert [row[1] for row in ask(page.link("4.00 CNY")).rows()] == [project.code]


def test_a_rate_without_records_is_not_known_and_never_zero(ask):
    make_project()

    page = ask("/")

    assert rates(page) == ["not known"] * 3
    assert "0.00 %" not in page.one(class_="rates").text


def table_of(page, caption):
    (table,) = [table for table in page.all("table") if table.one("caption").text == caption]
    return table


def picture(page, title):
    (svg,) = [svg for svg in page.all("svg", role="img") if svg.one("title").text == title]
    return svg


def rates(page):
    return [dd.one("strong").text for dd in page.one(class_="rates").all("dd")]


def test_intended_funds_are_shown_separately(ask):
    make_project(amount=Decimal("3.00"))
    make_project(amount=Decimal("2.00"), stage="intended", signed_on=None)

    story = ask("/").one(class_="story").text

    assert "Itemised: 3.00 CNY. Intended, not part of it: 2.00 CNY, 1 of 1 disclosed." in story


def test_the_latest_changes_come_first(ask):
    make_project(name="Earlier")
    make_project(name="Later", amount=None)

    latest = [li.text for li in ask("/").one("ul", class_="found").all("li")]

    assert latest[0].startswith("Later undisclosed · signed · ")
    assert latest[1].startswith("Earlier 1,000,000.00 CNY · signed · ")


def test_zones_are_shown_with_their_areas_and_facts(ask):
    zone = make_zone(
        name="Pilot zone", established_on=date(2023, 11, 1), size_km2=Decimal("179.66")
    )
    make_area(name="Kashi", zone=zone)

    lead = ask("/").one(class_="lead")

    assert lead.text == "Pilot zone: Kashi established 2023-11-01 · 179.66 km²"
    assert lead.link("Kashi").startswith("/areas/")


def test_contradicting_headlines_are_mentioned(ask):
    area = make_area(name="Kashi")
    make_headline(area=area, value=Decimal("9.00"), as_of="2024-01-01")
    make_headline(area=area, value=Decimal("10.00"))

    assert ask("/").one(class_="story").text.count("Another publication contradicts it") == 2


def test_of_many_areas_the_first_are_named_with_a_link_to_all(ask):
    zone = make_zone(name="Zone")
    for number in range(14):
        make_area(code=f"a{number:02}", name=f"Area {number:02}", zone=zone)

    page = ask("/")

    assert page.link("Area 11") == "/areas/a11/"
    assert "Area 12" not in page.one("main").text
    assert page.link("all 14 areas") == "/areas/"
