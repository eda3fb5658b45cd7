"""/: the state of the register, and one search over its nouns."""

from decimal import Decimal

import pytest

from projects.views.overview import MOST_FOUND
from tests.factories import make_area, make_enterprise, make_headline, make_project, make_sector

pytestmark = pytest.mark.django_db


def found(page):
    return [[link.text for link in group.all("a")] for group in page.all(class_="found")]


def test_an_empty_register_has_an_overview(ask):
    page = ask("/")

    assert "No projects yet." in page.text
    assert page.rows() == [["No contracted projects."]]


def test_a_search_finds_projects_enterprises_and_areas(ask):
    make_project(name="Silk Road port")
    make_enterprise(name="Silk Road Ltd")
    make_area(name="Silk quarter")
    make_project(name="Another")

    page = ask("/", search="silk")

    assert found(page) == [["Silk Road port"], ["Silk Road Ltd"], ["Silk quarter"]]
    assert page.one("input", name="search").attributes["value"] == "silk"


def test_a_search_finds_chinese_by_its_sound(ask):
    make_project(name="", name_zh="喀什纺织园")

    (link, *_) = ask("/", search="kashi fangzhi").one("main").all(class_="found")[0].all("a")

    assert link.one(lang="zh-Hans").text == "喀什纺织园"


def test_more_than_a_few_are_a_list_away(ask):
    for number in range(MOST_FOUND + 1):
        make_project(name=f"Port {number}")

    page = ask("/", search="port")

    assert len(found(page)[0]) == MOST_FOUND
    assert len(ask(page.link("All that were found")).rows()) == MOST_FOUND + 1


def test_a_search_without_result_says_so_for_each_noun(ask):
    assert ask("/", search="nothing").text.count("none found") == 3


def test_a_search_that_cannot_be_read_is_refused_and_kept(ask):
    page = ask("/", status=400, search="x" * 201)

    assert page.one("input", name="search").attributes["value"] == "x" * 201
    assert page.all(class_="story") == []


def test_totals_by_sector_stand_with_their_bars(ask):
    make_project(amount=Decimal("3.00"), sectors=[make_sector(name="Trade")])
    make_project(amount=Decimal("1.00"))

    table = ask("/").one("table")

    assert table.rows() == [
        ["Trade", "3.00 CNY", "1 of 1 disclosed", "75.00 %", ""],
        ["not stated", "1.00 CNY", "1 of 1 disclosed", "25.00 %", ""],
    ]
    assert [rect.attributes["width"] for rect in table.all("rect")] == ["75.00%", "25.00%"]


def test_intended_funds_are_told_apart(ask):
    make_project(amount=Decimal("3.00"))
    make_project(amount=Decimal("2.00"), stage="intended", signed_on=None)

    story = ask("/").one(class_="story").text

    assert "Itemised: 3.00 CNY. Intended, not part of it: 2.00 CNY, 1 of 1 disclosed." in story


def test_the_latest_changes_stand_first(ask):
    make_project(name="Earlier")
    make_project(name="Later", amount=None)

    latest = [li.text for li in ask("/").one("ul", class_="found").all("li")]

    assert latest[0].startswith("Later undisclosed · signed · ")
    assert latest[1].startswith("Earlier 1,000,000.00 CNY · signed · ")


def test_a_contradiction_is_told(ask):
    area = make_area(name="Kashi")
    make_headline(area=area, value=Decimal("9.00"), as_of="2024-01-01")
    make_headline(area=area, value=Decimal("10.00"))

    assert ask("/").one(class_="story").text.count("Another publication contradicts it") == 2
