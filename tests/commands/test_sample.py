from decimal import Decimal

import pytest
from django.core.management import call_command
from django.http import QueryDict

from projects.filters import ProjectFilterSet
from projects.management.demo import sample
from projects.models import (
    Basis,
    Enterprise,
    Headline,
    HeadlineKind,
    Project,
    Qualifier,
    Sector,
)
from projects.serializers import ProjectSerializer
from projects.totals import reconciliation, totals

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def loaded():
    call_command("load_sample", verbosity=0)


def test_a_second_run_changes_nothing():
    before = {project.code: project.updated_at for project in Project.objects.all()}

    loaded = sample.load()

    assert loaded.new == 0
    assert {project.code: project.updated_at for project in Project.objects.all()} == before
    assert Project.history.count() == 5
    assert Headline.history.count() == 4


def test_a_record_that_somebody_worked_on_stays():
    project = Project.objects.get(code="KS-2023-002")
    project.name = "Logistics port"
    project.save()

    sample.load()

    assert Project.objects.get(code="KS-2023-002").name == "Logistics port"


def test_one_of_five_projects_discloses_its_amount():
    filterset = ProjectFilterSet(QueryDict(), Project.objects.visible_to(None))

    total = totals.total(filterset, Basis.CONTRACTED)

    assert total.amount == Decimal("1000000000.00")
    assert total.bound == Qualifier.AT_LEAST
    assert (total.projects, total.disclosed, total.left_out) == (5, 1, 0)


def test_the_published_funds_stand_beside_what_is_itemised():
    contracted = Headline.objects.with_related(None).filter(what=HeadlineKind.CONTRACTED_FUNDS)

    (beside,) = reconciliation.reconcile(contracted, None)

    assert beside.headline.value == Decimal("17600000000.00")
    assert beside.itemised == Decimal("1000000000.00")
    assert beside.share == Decimal("5.7")
    assert beside.share_bound == Qualifier.AT_MOST


def test_one_enterprise_of_thirty_five_is_itemised():
    counts = Headline.objects.with_related(None).filter(currency="").order_by("-value")

    settled, with_projects = reconciliation.reconcile(counts, None)

    assert (settled.headline.value, settled.itemised) == (35, 1)
    assert (with_projects.headline.value, with_projects.itemised) == (30, 1)


def test_the_first_project_reads_as_promised():
    project = Project.objects.with_related(None).get(code="KS-2023-001")

    data = ProjectSerializer(project).data

    assert data["enterprise"] == "zj-trade"
    assert data["sectors"] == [{"sector": "trade", "share": "100.00"}]
    assert (data["stage"], data["signed_on"]) == ("signed", "2023-11-11")
    assert (data["amount"], data["amount_base"]) == ("1000000000.00", "1000000000.00")
    assert (data["qualifier"], data["amount_text"]) == ("exact", "1 billion yuan")
    assert data["sources"] == ["globaltimes-2023-11-13"]


def test_assumptions_are_noted_on_each_project():
    assert all("Assumed" in project.note for project in Project.objects.all())


def test_every_record_has_its_source():
    for model in (Project, Enterprise, Sector):
        assert not model.objects.filter(sources__isnull=True).exists()
