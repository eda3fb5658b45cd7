"""The three rates of an office."""

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


def found(query=""):
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


def test_the_worked_case_of_qianjiang():
    make(21, "signed")
    make(29, "registered")
    make(47, "construction")

    of_office = found()

    assert of_office.signed == 97
    assert of_office.performance.share == Decimal("78.35")
    assert of_office.start.share == Decimal("48.45")


def test_intended_and_terminated_projects_are_left_out_and_counted():
    make_project()
    make_project(stage="intended", signed_on=None)
    make_project(stage="terminated")
    make_project(stage="terminated")

    of_office = found()

    assert of_office.signed == 1
    assert (of_office.intended.projects, of_office.terminated.projects) == (1, 2)


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
def test_the_stages_together_are_the_totals_of_their_basis(changes):
    for change in changes:
        make_project(sectors=[make_sector(), make_sector()], **change)
    filterset = ProjectFilterSet(QueryDict(), Project.objects.all())

    of_office = funnel_of(filterset)

    for basis in (Basis.CONTRACTED, Basis.INTENDED):
        told, meant = getattr(of_office, basis.value), totals.total(filterset, basis)
        assert replace(told, href="") == meant


def test_what_no_record_tells_of_is_not_known():
    make_project()

    of_office = found()

    assert (of_office.performance.share, of_office.start.share, of_office.arrival) == (None,) * 3


def test_funds_that_arrived_are_held_against_the_amounts_of_the_same_projects():
    make_receipt(make_project(amount=Decimal("8.00")), Decimal("2.00"))
    make_receipt(make_project(amount=None), Decimal("100.00"))
    make_receipt(make_project(stage="terminated"), Decimal("100.00"))
    make_project(amount=Decimal("12.00"))

    of_office = found()

    assert of_office.arrived.amount == Decimal("2.00")
    assert of_office.arrival == Decimal("10.00")


def test_funds_that_no_rate_converts_make_no_rate():
    make_receipt(make_project(), Decimal("2.00"), currency="USD")

    of_office = found()

    assert of_office.arrival is None
    assert of_office.arrived.left_out == 1


def test_funds_of_nothing_make_no_rate():
    make_receipt(make_project(amount=Decimal("0.00")), Decimal("2.00"))

    assert found().arrival is None
