from datetime import date
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError

from projects import recording
from projects.models import Allocation, Project, Receipt
from tests.factories import (
    make_area,
    make_enterprise,
    make_project,
    make_receipt,
    make_sector,
    make_source,
)

pytestmark = pytest.mark.django_db


def test_a_write_with_all_its_links_leaves_one_row_of_history():
    trade, it = make_sector(code="trade"), make_sector(code="it")
    project = make_project(
        sectors=[(trade, Decimal("50")), (it, Decimal("50"))],
        partners=[make_enterprise()],
        sources=[make_source()],
    )

    row = project.history.get()

    assert row.history_type == "+"
    assert {link.sector.code for link in row.sectors.all()} == {"trade", "it"}
    assert (row.partners.count(), row.sources.count()) == (1, 1)


def test_a_write_that_changes_nothing_leaves_none_and_no_new_version():
    sectors = [(make_sector(), None)]
    project = make_project(sectors=sectors)
    stamp = project.updated_at

    recording.save(project, sectors=sectors, partners=[], sources=[])

    project.refresh_from_db()
    assert (project.history.count(), project.version, project.updated_at) == (1, 1, stamp)


def test_a_changed_link_alone_is_a_change():
    project = make_project(sectors=[(make_sector(), None)])

    recording.save(project, sectors=[])

    assert project.history.count() == 2
    assert project.version == 2
    assert Allocation.objects.get(project=project).sector is None


def test_a_changed_share_alone_is_a_change():
    one, other = make_sector(), make_sector()
    project = make_project(sectors=[(one, Decimal("60")), (other, Decimal("40"))])

    recording.save(project, sectors=[(one, Decimal("40")), (other, Decimal("60"))])

    assert project.history.count() == 2


def test_links_that_are_not_given_stay():
    project = make_project(sectors=[(make_sector(), None)], partners=[make_enterprise()])
    project.name = "Another name"

    recording.save(project)

    assert project.shares.count() == 1
    assert project.partners.count() == 1


@pytest.mark.parametrize("shares", [(50, 49), (50, None), (100, 100)])
def test_shares_make_a_hundred_or_are_all_unknown(shares):
    sectors = [(make_sector(), None if share is None else Decimal(share)) for share in shares]

    with pytest.raises(ValidationError) as caught:
        make_project(sectors=sectors)

    assert "sectors" in caught.value.error_dict
    assert not Project.objects.exists()


def test_the_lead_enterprise_is_no_partner():
    lead = make_enterprise()

    with pytest.raises(ValidationError) as caught:
        make_project(enterprise=lead, partners=[lead])

    assert "partners" in caught.value.error_dict


def test_dates_that_run_backwards_are_named():
    with pytest.raises(ValidationError) as caught:
        make_project(signed_on=date(2023, 11, 11), registered_on=date(2023, 11, 10))

    assert "registered_on" in caught.value.error_dict


def test_a_code_is_unique_whatever_its_case():
    make_area(code="Kashi")

    with pytest.raises(ValidationError) as caught:
        make_area(code="kashi")

    assert "code" in caught.value.error_dict


@pytest.mark.parametrize("code", ["none", "Bulk", "..", "a b", "a/b", "喀什", "", "a\n", "-"])
def test_what_cannot_be_a_code_is_refused(code):
    with pytest.raises(ValidationError) as caught:
        make_area(code=code)

    assert "code" in caught.value.error_dict


def test_a_receipt_moved_to_another_project_leaves_the_first():
    first, second = make_project(), make_project()
    receipt = make_receipt(first, Decimal("5.00"))
    receipt.project = second

    recording.save(receipt)

    assert not Allocation.objects.filter(project=first, receipt__isnull=False).exists()
    assert Allocation.objects.get(receipt=receipt).project == second


def test_a_deleted_record_keeps_its_last_state_in_history():
    project = make_project()
    receipt = make_receipt(project, Decimal("5.00"))

    recording.delete(receipt)

    assert Receipt.history.first().history_type == "-"
    assert not Allocation.objects.filter(receipt__isnull=False).exists()


def test_a_plain_save_leaves_history_too():
    project = make_project()
    project.name = "Renamed in a shell"

    project.save()
    project.save()

    assert project.history.count() == 2
