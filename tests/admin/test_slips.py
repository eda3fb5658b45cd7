"""An amount far off what is usual is saved, with a word on the slip that it may be."""

from decimal import Decimal

import pytest

from projects import money, usual
from projects.models import Project
from projects.money.slips import FEWEST_PEERS
from tests.admin.browser import errors, page_of, sent
from tests.factories import (
    make_area,
    make_headline,
    make_project,
    make_sector,
    make_source,
    make_user,
)

pytestmark = pytest.mark.django_db

MILLION = Decimal("1000000.00")


def peers(**changes):
    for _ in range(FEWEST_PEERS):
        make_project(**{"amount": 100 * MILLION} | changes)


def saved(client, project, amount, **changes):
    """The warnings of the page, after an amount was typed and its reading was confirmed."""
    read = money.read_amount(amount)
    shown = f"{read.value:.2f} CNY exact"
    page = page_of(project)
    typed = {"amount": amount, "amount-shown": shown} | changes
    answer = client.post(page, sent(client.get(page), **typed), follow=True)
    assert answer.redirect_chain, errors(answer)
    return [str(one) for one in answer.context["messages"] if one.level_tag == "warning"]


def test_an_amount_a_hundred_times_that_of_its_sector_is_saved_and_doubted(office):
    trade = make_sector(name="Trade")
    peers(sectors=[trade])
    project = make_project(sectors=[trade])

    [warning] = saved(office, project, "100亿元")

    project.refresh_from_db()
    assert project.amount == 10_000 * MILLION
    assert warning == (
        "10,000,000,000.00 CNY = 100亿元 is 100 times what is usual of Trade (100,000,000.00 CNY "
        "= 1亿元). Was 100,000,000.00 CNY = 1亿元 meant? Perhaps a decimal point was lost, or is "
        "one too many."
    )


def test_an_amount_typed_without_its_unit_is_doubted(office):
    area = make_area(name="Kashi")
    peers(area=area)

    [warning] = saved(office, make_project(area=area), "10000")

    assert "is 10,000 times below what is usual of Kashi" in warning
    assert "万元" in warning


def test_an_amount_as_usual_is_not_doubted_nor_one_that_was_not_typed(office):
    area = make_area()
    peers(area=area)
    odd = make_project(area=area, amount=10_000 * MILLION)

    assert saved(office, make_project(area=area), "2亿元") == []
    page = page_of(odd)
    answer = office.post(page, sent(office.get(page), note="Words"), follow=True)
    assert list(map(str, answer.context["messages"]))[1:] == []


def test_more_than_all_that_was_published_of_the_area_is_doubted(office):
    area = make_area()
    make_headline(code="funds", area=area, value=Decimal("17600000000.00"))

    [warning] = saved(office, make_project(area=area), "1760亿元")

    assert "more than all that was published as contracted" in warning
    assert "headline “funds”" in warning
    assert "亿 (a hundred million) and billion" in warning


def test_more_than_the_headline_of_its_source_is_doubted(office):
    source = make_source()
    make_headline(source=source, value=Decimal("17600000000.00"))

    assert len(saved(office, make_project(sources=[source]), "1760亿元")) == 1


def test_projects_that_are_not_contracted_or_in_another_currency_are_no_peers(office):
    area = make_area()
    peers(area=area, stage="intended", signed_on=None)
    peers(area=area, currency="USD")
    peers(area=area, amount=Decimal("0.00"))

    assert saved(office, make_project(area=area), "100亿元") == []


def test_nobody_learns_what_is_usual_of_drafts_that_they_may_not_see():
    here, there = make_area(), make_area()
    peers(area=there, state="draft")
    clerk = make_user("clerk", areas=[here])
    project = Project(area=there, amount=10_000 * MILLION, currency="CNY")

    assert usual.Doubter.of(clerk).project(project, [], []) == []
    assert len(usual.Doubter.of(make_user("superuser")).project(project, [], [])) == 1


def test_a_doubt_costs_four_queries_at_most(django_assert_max_num_queries):
    area, trade, source = make_area(), make_sector(), make_source()
    peers(area=area, sectors=[trade])
    user = make_user("superuser")
    project = Project(area=area, amount=10_000 * MILLION, currency="CNY")

    with django_assert_max_num_queries(4):
        assert len(usual.Doubter.of(user).project(project, [trade], [source])) == 1
