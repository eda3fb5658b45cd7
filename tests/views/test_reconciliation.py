"""/headlines/: published figures reconciled with the records, and contradictions."""

from datetime import date
from decimal import Decimal

import pytest

from projects.models import HeadlineKind
from tests.factories import (
    make_area,
    make_enterprise,
    make_headline,
    make_project,
    make_receipt,
    make_source,
    make_zone,
)

pytestmark = pytest.mark.django_db


def facts(page):
    article = page.one("article")
    return {row.one("dt").text: row.one("dd").text for row in article.one("dl").all("div")}


def test_amounts_without_a_rate_are_stated_with_the_itemised_sum(ask):
    area = make_area()
    make_headline(area=area, value=Decimal("100.00"))
    make_project(area=area, amount=Decimal("25.00"))
    make_project(area=area, amount=Decimal("5.00"), currency="USD")

    itemised = facts(ask("/headlines/"))["Itemised here"]

    assert itemised == "at least 25.00 CNY 2 of 2 disclosed, 1 left out for lack of a rate"


def test_a_figure_in_another_currency_is_not_compared(ask):
    area = make_area()
    make_headline(area=area, value=Decimal("100.00"), currency="USD", qualifier="about")
    make_project(area=area, amount=Decimal("25.00"))

    found = facts(ask("/headlines/"))

    assert found["Published"] == "about 100.00 USD about 100.00 USD"
    assert found["Itemised here"].startswith("not comparable: published in USD")
    assert not found.keys() & {"Share explained", "Not itemised"}


def test_funds_arrived_link_to_the_projects_that_received_them(ask):
    area = make_area()
    make_headline(
        area=area, what=HeadlineKind.FUNDS_ARRIVED, value=Decimal("10.00"), as_of="2024-01-01"
    )
    project = make_project(code="paid", area=area)
    make_receipt(project, Decimal("4.00"), received_on=date(2023, 12, 31))
    make_receipt(project, Decimal("5.00"), received_on=date(2024, 1, 2))
    make_project(area=area)

    page = ask("/headlines/")

    assert facts(page)["Itemised here"] == "4.00 CNY 1 of 1 disclosed"
    assert [row[1] for row in ask(page.link("4.00 CNY")).rows()] == ["paid"]


def test_a_zone_includes_its_areas(ask):
    zone = make_zone(name="Pilot zone")
    for number in range(2):
        make_enterprise(area=make_area(zone=zone, code=f"a{number}"), code=f"e{number}")
    make_enterprise(area=make_area())
    make_headline(zone=zone, what=HeadlineKind.ENTERPRISES_SETTLED)

    page = ask("/headlines/")

    assert page.one("h3").text == "Enterprises settled, Pilot zone"
    assert [row[1] for row in ask(page.link("2")).rows()] == ["e0", "e1"]


def test_contradicting_headlines_name_each_other(ask):
    area, press = make_area(), make_source(publisher="People's Daily Online")
    make_headline(area=area, value=Decimal("17600000000"), as_of=date(2023, 11, 11))
    make_headline(area=area, value=Decimal("12590000000"), as_of=date(2024, 1, 15), source=press)

    later, earlier = (
        article.one(class_="warning").text for article in ask("/headlines/").all("article")
    )

    assert later.startswith("Contradicted: at least 17.6 billion CNY, as of 2023-11-11,")
    assert earlier.startswith(
        "Contradicted: at least 12.59 billion CNY, as of 2024-01-15, People's Daily Online."
    )


def test_a_headline_links_to_its_source(ask):
    make_headline(source=make_source(code="press", title="喀什片区揭牌"), quote="超过")

    page = ask("/headlines/")

    assert page.link("喀什片区揭牌") == "/sources/press/"
    assert {e.text for e in page.one("main").all(lang="zh-Hans")} == {"喀什片区揭牌", "超过"}


def test_headlines_can_be_filtered(ask):
    make_headline(area=make_area(code="kashi", name="Kashi"))
    make_headline(what=HeadlineKind.ENTERPRISES_SETTLED)

    page = ask("/headlines/", area="kashi", what="contracted_funds")

    assert [h3.text for h3 in page.all("h3")] == ["Contracted funds, Kashi"]


def test_invalid_parameters_show_no_headlines(ask):
    make_headline()

    assert ask("/headlines/", status=400, what="rumours").all("article") == []
