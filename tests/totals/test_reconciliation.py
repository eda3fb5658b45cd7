"""Reconciliation of headlines with the records of the register."""

from datetime import date
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from django.http import QueryDict

from projects.filters import EnterpriseFilterSet, ProjectFilterSet
from projects.models import Enterprise, Headline, HeadlineKind, Project, Qualifier
from projects.totals.reconciliation import reconcile
from tests.factories import (
    make_area,
    make_enterprise,
    make_headline,
    make_project,
    make_receipt,
    make_zone,
)

pytestmark = pytest.mark.django_db

UNVEILED = date(2023, 11, 11)


def only(headline):
    [found] = reconcile(Headline.objects.with_related(None).filter(pk=headline.pk), None)
    return found


def contracted(**changes):
    return make_headline(
        **{
            "what": HeadlineKind.CONTRACTED_FUNDS,
            "value": Decimal("17600000000"),
            "currency": "CNY",
            "qualifier": Qualifier.AT_LEAST,
            "basis": "contracted",
            "as_of": UNVEILED,
        }
        | changes
    )


def test_the_share_of_a_lower_bound_is_an_upper_bound():
    area = make_area()
    make_project(area=area, amount=Decimal("1000000000"), signed_on=UNVEILED)
    make_project(area=area, amount=None, signed_on=UNVEILED)

    found = only(contracted(area=area))

    assert found.itemised == Decimal("1000000000.00")
    assert (found.share, found.share_bound) == (Decimal("5.7"), Qualifier.AT_MOST)
    assert found.gap == Decimal("16600000000.00")
    assert (found.figure.projects, found.figure.undisclosed) == (2, 1)


def test_only_projects_signed_in_the_area_by_the_date_count():
    area = make_area()
    make_project(code="in", area=area, amount=Decimal("5"), signed_on=UNVEILED)
    make_project(area=area, amount=Decimal("7"), signed_on=date(2023, 11, 12))
    make_project(area=make_area(), amount=Decimal("11"), signed_on=UNVEILED)
    make_project(area=area, amount=Decimal("13"), signed_on=None)
    make_project(area=area, amount=Decimal("17"), signed_on=UNVEILED, stage="terminated")

    found = only(contracted(area=area))

    assert found.itemised == Decimal("5.00")
    filterset = ProjectFilterSet(QueryDict(urlsplit(found.href).query), Project.objects.all())
    assert [project.code for project in filterset.qs] == ["in"]


def test_a_zone_includes_its_areas():
    zone = make_zone()
    for _ in range(2):
        make_project(area=make_area(zone=zone), amount=Decimal("5"), signed_on=UNVEILED)

    assert only(contracted(area=None, zone=zone)).itemised == Decimal("10.00")


def test_a_headline_in_another_currency_is_not_compared():
    area = make_area()
    make_project(area=area, amount=Decimal("5"), signed_on=UNVEILED)

    found = only(contracted(area=area, currency="USD"))

    assert found.itemised is None
    assert found.share is None
    assert found.figure.amount == Decimal("5.00")


def test_funds_arrived_are_receipts_up_to_the_date():
    area = make_area()
    project = make_project(area=area)
    make_receipt(project, Decimal("5.00"), received_on=UNVEILED)
    make_receipt(project, Decimal("7.00"), received_on=date(2023, 12, 1))

    found = only(contracted(area=area, what=HeadlineKind.FUNDS_ARRIVED, basis="arrived"))

    assert found.itemised == Decimal("5.00")


def test_counts_of_enterprises_are_reconciled():
    area = make_area()
    lead, idle = make_enterprise(area=area), make_enterprise(area=area)
    partner = make_enterprise(area=area)
    make_project(area=area, enterprise=lead, partners=[partner], signed_on=UNVEILED)
    make_project(area=area, enterprise=idle, signed_on=date(2024, 1, 1))
    settled = make_headline(
        what=HeadlineKind.ENTERPRISES_SETTLED,
        value=Decimal(35),
        currency="",
        area=area,
        as_of=UNVEILED,
    )
    busy = make_headline(
        what=HeadlineKind.ENTERPRISES_WITH_PROJECTS,
        value=Decimal(30),
        currency="",
        area=area,
        as_of=UNVEILED,
    )

    assert only(settled).itemised == 3
    assert only(busy).itemised == 2
    for headline, count in ((settled, 3), (busy, 2)):
        filterset = EnterpriseFilterSet(
            QueryDict(urlsplit(only(headline).href).query), Enterprise.objects.all()
        )
        assert filterset.qs.count() == count


def test_a_figure_without_records_in_the_register_is_not_zero():
    headline = make_headline(
        what=HeadlineKind.FOREIGN_TRADE,
        value=Decimal("61040000000"),
        currency="CNY",
        area=None,
        scope="Kashi prefecture",
        as_of=date(2023, 9, 30),
    )

    found = only(headline)

    assert (found.itemised, found.share, found.gap, found.href) == (None, None, None, "")


def test_a_falling_cumulative_figure_is_a_conflict_of_both_headlines():
    area = make_area()
    first = contracted(area=area)
    later = contracted(area=area, value=Decimal("12590000000"), as_of=date(2024, 1, 31))
    elsewhere = contracted(area=make_area(), value=Decimal("1"), as_of=date(2024, 1, 31))

    assert only(first).conflicts == [later]
    assert only(later).conflicts == [first]
    assert only(elsewhere).conflicts == []


def test_the_number_of_queries_does_not_grow_with_headlines(django_assert_max_num_queries):
    area = make_area()
    for number in range(12):
        contracted(area=area, value=Decimal(number + 1), as_of=date(2020 + number, 1, 1))

    with django_assert_max_num_queries(8):
        assert len(reconcile(Headline.objects.with_related(None), None)) == 12
