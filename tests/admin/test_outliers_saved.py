"""Warnings for unusual amounts after they were saved."""

from decimal import Decimal

import pytest

from projects import data_quality, money
from projects.models import Project
from projects.money.unit_errors import MIN_PARTS, MIN_PEERS
from tests.factories import (
    make_area,
    make_headline,
    make_project,
    make_receipt,
    make_sector,
    make_source,
    make_user,
)
from tests.helpers.admin_forms import errors, page_of, sent

pytestmark = pytest.mark.django_db

MILLION = Decimal("1000000.00")


def peers(**changes):
    for _ in range(MIN_PEERS):
        make_project(**{"amount": 100 * MILLION} | changes)


def saved(client, project, amount, **changes):
    """The warnings of the page, after an amount was typed and its reading was confirmed."""
    read = money.read_amount(amount, negative=True)
    shown = f"{read.value:.2f} CNY exact"
    page = page_of(project)
    typed = {"amount": amount, "amount-shown": shown} | changes
    answer = client.post(page, sent(client.get(page), **typed), follow=True)
    assert answer.redirect_chain, errors(answer)
    return [str(one) for one in answer.context["messages"] if one.level_tag == "warning"]


def test_an_amount_a_hundred_times_its_peers_is_saved_with_a_warning(office):
    trade = make_sector(name="Trade")
    peers(sectors=[trade])
    project = make_project(sectors=[trade])

    [warning] = saved(office, project, "100亿元")

    project.refresh_from_db()
    assert project.amount == 10_000 * MILLION
    assert warning == (
        "10,000,000,000.00 CNY = 100亿元 is 100 times what is usual for Trade (100,000,000.00 CNY "
        "= 1亿元). Did you mean 100,000,000.00 CNY = 1亿元? Perhaps a decimal point is missing or "
        "extra."
    )


def test_an_amount_without_its_unit_gets_a_warning(office):
    area = make_area(name="Kashi")
    peers(area=area)

    [warning] = saved(office, make_project(area=area), "10000")

    assert "is 10,000 times lower than is usual for Kashi" in warning
    assert "万元" in warning


def test_a_usual_or_unchanged_amount_gets_no_warning(office):
    area = make_area()
    peers(area=area)
    odd = make_project(area=area, amount=10_000 * MILLION)

    assert saved(office, make_project(area=area), "2亿元") == []
    page = page_of(odd)
    answer = office.post(page, sent(office.get(page), note="Words"), follow=True)
    assert list(map(str, answer.context["messages"]))[1:] == []


def test_more_than_the_published_total_of_the_area_gets_a_warning(office):
    area = make_area()
    make_headline(code="funds", area=area, value=Decimal("17600000000.00"))

    [warning] = saved(office, make_project(area=area), "1760亿元")

    assert "more than the total published as contracted" in warning
    assert "headline “funds”" in warning
    assert "亿 (a hundred million) and billion" in warning


def test_more_than_the_headline_of_its_source_gets_a_warning(office):
    source = make_source()
    make_headline(source=source, value=Decimal("17600000000.00"))

    assert len(saved(office, make_project(sources=[source]), "1760亿元")) == 1


def test_projects_that_are_not_contracted_or_in_another_currency_are_no_peers(office):
    area = make_area()
    peers(area=area, stage="intended", signed_on=None)
    peers(area=area, currency="USD")
    peers(area=area, amount=Decimal("0.00"))

    assert saved(office, make_project(area=area), "100亿元") == []


def test_hidden_drafts_are_no_peers():
    here, there = make_area(), make_area()
    peers(area=there, state="draft")
    clerk = make_user("clerk", areas=[here])
    project = Project(area=there, amount=10_000 * MILLION, currency="CNY")

    assert data_quality.OutlierDetector.of(clerk).project(project, [], []) == []
    assert (
        len(data_quality.OutlierDetector.of(make_user("superuser")).project(project, [], [])) == 1
    )


def test_a_warning_costs_four_queries_at_most(django_assert_max_num_queries):
    area, trade, source = make_area(), make_sector(), make_source()
    peers(area=area, sectors=[trade])
    user = make_user("superuser")
    project = Project(area=area, amount=10_000 * MILLION, currency="CNY")

    with django_assert_max_num_queries(4):
        assert len(data_quality.OutlierDetector.of(user).project(project, [trade], [source])) == 1


# --- Funds received ----------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "times", "word"),
    [
        ("10亿元", "10 times the amount of the whole project", "billion"),
        ("100亿元", "100 times the amount of the whole project", "decimal point"),
        ("10000亿元", "10,000 times the amount of the whole project", "万元"),
        ("10000元", "10,000 times lower than the amount of the whole project", "万元"),
    ],
)
def test_receipts_far_off_the_amount_of_their_project_get_a_warning(office, typed, times, word):
    receipt = make_receipt(make_project(amount=100 * MILLION), amount=MILLION)

    [warning] = saved(office, receipt, typed)

    assert times in warning
    assert "Did you mean 100,000,000.00 CNY = 1亿元?" in warning
    assert word in warning


def test_a_small_part_or_slightly_more_than_all_gets_no_warning(office):
    receipt = make_receipt(make_project(amount=100 * MILLION), amount=MILLION)

    for typed in ("50万元", "1.2亿元", "1亿元"):
        assert saved(office, receipt, typed) == []


def test_receipts_far_off_the_others_of_their_project_get_a_warning(office):
    project = make_project(amount=None)
    for _ in range(MIN_PARTS):
        make_receipt(project, amount=5 * MILLION)
    receipt = make_receipt(project, amount=5 * MILLION)

    [warning] = saved(office, receipt, "500元")

    assert "10,000 times lower than is usual for the other funds that the project" in warning
    assert "Did you mean 5,000,000.00 CNY = 500万元?" in warning


def test_money_returned_is_compared_by_its_size(office):
    receipt = make_receipt(make_project(amount=100 * MILLION), amount=MILLION)

    [warning] = saved(office, receipt, "-10000亿元")

    assert "Did you mean -100,000,000.00 CNY = -1亿元?" in warning


def test_another_currency_is_not_compared(office):
    receipt = make_receipt(make_project(amount=100 * MILLION, currency="USD"), amount=MILLION)

    assert saved(office, receipt, "100亿元") == []


def test_changed_rows_on_the_page_of_a_project_get_warnings(office):
    project = make_project(amount=100 * MILLION)
    make_receipt(project, amount=Decimal("1.00"))
    page = page_of(project)
    typed = {
        "receipts-1-received_on": "2024-01-01",
        "receipts-1-amount": "100亿元",
        "receipts-1-amount-shown": "10000000000.00 CNY exact",
    }

    answer = office.post(page, sent(office.get(page), **typed), follow=True)

    assert answer.redirect_chain, errors(answer)
    [warning] = [str(one) for one in answer.context["messages"] if one.level_tag == "warning"]
    assert "is 100 times the amount of the whole project" in warning
    assert project.receipts.count() == 2


def test_rows_get_warnings_where_the_amount_of_the_project_was_changed(office):
    project = make_project(amount=100 * MILLION)
    make_receipt(project, amount=50 * MILLION)

    [warning] = saved(office, project, "1万元")

    assert "50,000,000.00 CNY = 5,000万元 is 5,000 times the amount of the whole" in warning


def test_a_deleted_row_gets_no_warning_and_is_not_compared(office):
    project = make_project(amount=100 * MILLION)
    make_receipt(project, amount=10_000 * MILLION)
    page = page_of(project)

    typed = {"receipts-0-DELETE": "on", "note": "Words"}
    answer = office.post(page, sent(office.get(page), **typed), follow=True)

    assert not [one for one in answer.context["messages"] if one.level_tag == "warning"]
    assert not project.receipts.exists()


# --- Published figures -------------------------------------------------------


def test_a_headline_far_below_the_sum_of_its_records_gets_a_warning(office):
    area = make_area()
    make_project(area=area, amount=1760 * MILLION)
    headline = make_headline(area=area, value=Decimal("17600000000.00"))
    page = page_of(headline)

    typed = {"value": "17.6万元", "value-shown": "176000.00 CNY exact", "qualifier": "exact"}
    answer = office.post(page, sent(office.get(page), **typed), follow=True)

    assert answer.redirect_chain, errors(answer)
    [warning] = [str(one) for one in answer.context["messages"] if one.level_tag == "warning"]
    assert "10,000 times lower than the sum of the records it covers" in warning
