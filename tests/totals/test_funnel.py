"""The funnel of stages and the three rates."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.http import QueryDict

from projects.conversion import recompute
from projects.filters import ProjectFilterSet
from projects.models import Basis, Project
from projects.totals import totals
from projects.totals.funnel import funnel_of
from tests.factories import make_project, make_receipt, make_sector

pytestmark = pytest.mark.django_db


def funnel_for(query=""):
    filterset = ProjectFilterSet(QueryDict(query), Project.objects.all())
    return funnel_of(filterset)


def make(count, stage):
    make_project(stage=stage)
    one = Project.objects.latest("pk")
    made = Project.objects.bulk_create(
        Project(code=f"{stage}-{number}", name="One of many", stage=stage, signed_on=one.signed_on)
        for number in range(count - 1)
    )
    recompute([project.pk for project in made])


def test_rates_of_the_published_example_of_qianjiang():
    make(21, "signed")
    make(29, "registered")
    make(47, "construction")

    funnel = funnel_for()

    assert funnel.signed == 97
    assert funnel.performance.share == Decimal("78.35")
    assert funnel.start.share == Decimal("48.45")


def test_intended_and_terminated_projects_are_counted_separately():
    make_project()
    make_project(stage="intended", signed_on=None)
    make_project(stage="terminated")
    make_project(stage="terminated")

    funnel = funnel_for()

    assert funnel.signed == 1
    assert (funnel.intended.projects, funnel.terminated.projects) == (1, 2)


@pytest.mark.parametrize(
    "changes",
    [
        [],
        [{"amount": None}],
        [{"qualifier": "at_least"}, {"qualifier": "at_most", "stage": "operating"}],
        [{"qualifier": "about"}, {"amount": None, "stage": "registered"}],
        [{"qualifier": "at_most"}, {"currency": "USD", "stage": "construction"}],
        [{"qualifier": "at_most", "stage": "registered"}, {"stage": "operating"}],
        [{"qualifier": "at_least", "stage": "intended", "signed_on": None}, {"amount": None}],
    ],
)
def test_sums_over_stages_equal_the_totals_of_the_basis(changes):
    for change in changes:
        make_project(sectors=[make_sector(), make_sector()], **change)
    filterset = ProjectFilterSet(QueryDict(), Project.objects.all())

    funnel = funnel_of(filterset)

    for basis in (Basis.CONTRACTED, Basis.INTENDED):
        part, total = getattr(funnel, basis.value), totals.total(filterset, basis)
        assert replace(part, href="") == total


def test_a_rate_without_records_is_unknown():
    make_project()

    funnel = funnel_for()

    assert (funnel.performance.share, funnel.start.share, funnel.arrival) == (None,) * 3


def test_funds_arrival_compares_receipts_and_amounts_of_the_same_projects():
    make_receipt(make_project(amount=Decimal("8.00")), Decimal("2.00"))
    make_receipt(make_project(amount=None), Decimal("100.00"))
    make_receipt(make_project(stage="terminated"), Decimal("100.00"))
    make_project(amount=Decimal("12.00"))

    funnel = funnel_for()

    assert funnel.arrived.amount == Decimal("2.00")
    assert funnel.arrival == Decimal("10.00")


def test_receipts_without_an_exchange_rate_give_no_arrival_rate():
    make_receipt(make_project(), Decimal("2.00"), currency="USD")

    funnel = funnel_for()

    assert funnel.arrival is None
    assert funnel.arrived.left_out == 1


def test_a_contracted_amount_of_zero_gives_no_arrival_rate():
    make_receipt(make_project(amount=Decimal("0.00")), Decimal("2.00"))

    assert funnel_for().arrival is None
