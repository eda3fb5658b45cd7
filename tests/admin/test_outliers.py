"""Warnings for unusual amounts while they are typed."""

from decimal import Decimal

import pytest

from projects.money.unit_errors import MIN_PEERS
from tests.factories import (
    make_area,
    make_headline,
    make_project,
    make_receipt,
    make_sector,
    make_source,
    make_user,
)
from tests.helpers.admin_forms import page_of

pytestmark = pytest.mark.django_db

OF_PROJECTS = "/admin/projects/project/outliers/"
OF_RECEIPTS = "/admin/projects/receipt/outliers/"
MILLION = Decimal("1000000.00")


def asked(client, address, **filterset):
    answer = client.get(address, filterset)
    assert answer.status_code == 200
    return answer.json()["sentences"]


def peers(**changes):
    for _ in range(MIN_PEERS):
        make_project(**{"amount": 100 * MILLION} | changes)


def test_an_amount_is_compared_with_the_sectors_or_the_area_that_are_chosen(office):
    trade, area = make_sector(name="Trade"), make_area(name="Kashi")
    peers(sectors=[trade], area=area)

    [by_sector] = asked(office, OF_PROJECTS, text="100亿元", sector=trade.pk, area=area.pk)
    [by_area] = asked(office, OF_PROJECTS, text="100亿元", area=area.pk)

    assert "is 100 times what is usual for Trade (100,000,000.00 CNY" in by_sector
    assert "is 100 times what is usual for Kashi" in by_area
    assert asked(office, OF_PROJECTS, text="1亿元", sector=trade.pk) == []
    assert asked(office, OF_PROJECTS, text="100亿元") == []


def test_an_amount_is_compared_with_what_was_published_by_its_sources(office):
    source = make_source()
    make_headline(source=source, value=17_600 * MILLION)

    [sentence] = asked(office, OF_PROJECTS, text="1760亿元", source=source.pk)

    assert "more than the total published as contracted" in sentence
    assert asked(office, OF_PROJECTS, text="1760亿元", source=source.pk, stage="intended") == []


def test_a_record_is_no_peer_of_itself(office):
    area = make_area()
    peers(area=area)
    odd = area.projects.first()

    assert f'data-exclude="{odd.pk}"' in office.get(page_of(odd)).content.decode()
    assert asked(office, OF_PROJECTS, text="100亿元", area=area.pk, exclude=odd.pk) == []
    assert asked(office, OF_PROJECTS, text="100亿元", area=area.pk) != []


@pytest.mark.parametrize("text", ["", "no amount", "未披露", "0", "1.234,50", "9" * 300, "\x00"])
def test_an_unreadable_amount_gets_no_warning(office, text):
    assert asked(office, OF_PROJECTS, text=text) == []
    assert asked(office, OF_RECEIPTS, text=text) == []


@pytest.mark.parametrize("key", ["9" * 5000, "x", "²", "-1", "9" * 18, "\x00", ""])
def test_an_invalid_key_is_ignored(office, key):
    names = ("area", "sector", "source", "exclude", "project")

    for address in (OF_PROJECTS, OF_RECEIPTS):
        assert asked(office, address, text="1亿元", stage=key, **dict.fromkeys(names, key)) == []


def test_funds_received_are_compared_with_the_project_that_is_chosen(office):
    project = make_project(amount=100 * MILLION)

    [sentence] = asked(office, OF_RECEIPTS, text="100亿元", project=project.pk, negative="1")

    assert "is 100 times the amount of the whole project" in sentence
    assert asked(office, OF_RECEIPTS, text="5000万元", project=project.pk) == []


def test_funds_received_are_compared_with_the_amount_that_is_typed_on_the_same_page(office):
    project = make_project(amount=100 * MILLION)
    whole = {"whole_text": "1万亿元", "whole_currency": "CNY"}

    assert asked(office, OF_RECEIPTS, text="100亿元", project=project.pk, **whole) == []
    assert len(asked(office, OF_RECEIPTS, text="100亿元", whole_text="1亿元")) == 1
    assert asked(office, OF_RECEIPTS, text="100亿元", whole_text="what?") == []


def test_funds_received_are_compared_with_the_others_of_the_project(office):
    project = make_project(amount=None)
    own, *_others = (make_receipt(project, amount=5 * MILLION) for _ in range(4))

    [sentence] = asked(office, OF_RECEIPTS, text="500", project=project.pk, exclude=own.pk)

    assert "10,000 times lower than is usual for the other funds" in sentence


def test_hidden_amounts_are_no_peers(client):
    here, there = make_area(), make_area()
    peers(area=there, state="draft")
    hidden = make_project(amount=100 * MILLION, area=there, state="draft")
    client.force_login(make_user("clerk", areas=[here]))

    assert asked(client, OF_PROJECTS, text="100亿元", area=there.pk) == []
    assert asked(client, OF_RECEIPTS, text="100亿元", project=hidden.pk) == []


@pytest.mark.parametrize("address", [OF_PROJECTS, OF_RECEIPTS])
def test_checks_need_the_permission_to_add_or_change(client, address):
    client.force_login(make_user("viewer"))

    assert client.get(address).status_code == 403


def test_checks_stay_within_their_query_budget(office, django_assert_max_num_queries):
    area, trade, source = make_area(), make_sector(), make_source()
    peers(area=area, sectors=[trade])
    filterset = {"text": "100亿元", "area": area.pk, "sector": trade.pk, "source": source.pk}

    # Two of them are the session and its user.
    with django_assert_max_num_queries(8):
        asked(office, OF_PROJECTS, **filterset)
