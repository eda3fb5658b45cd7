"""A violated rule of the model is an error at its field, and nothing is written."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from projects.admin import project as admin_of_projects
from projects.models import Enterprise, Project
from tests.factories import (
    make_area,
    make_enterprise,
    make_headline,
    make_project,
    make_receipt,
    make_sector,
)
from tests.helpers.admin_forms import errors, sent

pytestmark = pytest.mark.django_db


def change(record):
    return reverse(f"admin:projects_{record._meta.model_name}_change", args=[record.pk])


def refused(client, record, **changes):
    """The errors that came back; the record must stand as it stood."""
    before = type(record).objects.values().get(pk=record.pk)
    response = client.post(change(record), sent(client.get(change(record)), **changes))
    assert response.status_code == 200
    assert type(record).objects.values().get(pk=record.pk) == before
    return errors(response)


@pytest.mark.parametrize(
    ("shares", "said"),
    [
        (("60", "30"), "The shares add up to 90 per cent: they must add up to 100."),
        (("60", ""), "Give the shares of all sectors, or of none if they are not known."),
    ],
)
def test_shares_that_do_not_make_100_are_refused_at_the_sectors(office, shares, said):
    sectors = [make_sector(), make_sector()]
    project = make_project(sectors=[(sector, Decimal("50")) for sector in sectors])

    found = refused(office, project, **{"shares-0-share": shares[0], "shares-1-share": shares[1]})

    assert found == {"shares": [said]}
    assert [share.share for share in project.shares.all()] == [50, 50]


def test_a_sector_named_twice_is_refused_at_the_sectors(office):
    sector = make_sector()
    project = make_project(sectors=[sector])

    found = refused(office, project, **{"shares-1-sector": sector.pk})

    assert found == {"shares": ["A project names each sector once."]}


@pytest.mark.parametrize("share", ["0", "-5", "100.01", "1000", "1.234"])
def test_a_share_out_of_range_is_refused_in_its_row(office, share):
    project = make_project(sectors=[(make_sector(), Decimal("100"))])

    found = refused(office, project, **{"shares-0-share": share})

    assert {name.rpartition("-")[0] for name in found} == {"shares-0"}


def test_shares_may_all_be_unknown(office):
    sectors = [make_sector(), make_sector()]
    project = make_project(sectors=[(sector, Decimal("50")) for sector in sectors])

    response = office.post(
        change(project),
        sent(office.get(change(project)), **{"shares-0-share": "", "shares-1-share": ""}),
    )

    assert response.status_code == 302
    assert [share.share for share in project.shares.all()] == [None, None]


def test_the_lead_enterprise_is_no_partner(office):
    lead = make_enterprise()
    project = make_project(enterprise=lead)

    found = refused(office, project, partners=[lead.pk])

    assert list(found) == ["partners"]


def test_dates_that_run_backwards_are_refused_at_the_later_one(office):
    project = make_project(signed_on=date(2023, 11, 11))

    found = refused(office, project, registered_on="2023-11-10")

    assert "registered_on" in found


def test_a_code_that_differs_in_case_only_is_taken(office):
    make_project(code="KS-1")
    project = make_project(code="other")

    assert list(refused(office, project, code="ks-1")) == ["code"]


def test_a_record_has_a_name(office):
    assert refused(office, make_area(), name="") == {
        "__all__": ["Give a name, in English or in Chinese."]
    }


def test_a_headline_has_one_scope(office):
    headline = make_headline()

    assert "Give exactly one of zone, area and other scope." in str(
        refused(office, headline, scope="the prefecture")
    )


def test_a_wrong_social_credit_code_is_refused_at_the_field(office):
    assert list(refused(office, make_enterprise(), uscc="91110000600037341M")) == ["uscc"]


def test_an_early_code_of_fujian_is_saved_with_a_warning(office):
    enterprise = make_enterprise()

    page = office.post(
        change(enterprise),
        sent(office.get(change(enterprise)), uscc="91350211m0000xuf46"),
        follow=True,
    )

    assert Enterprise.objects.get().uscc == "91350211M0000XUF46"
    assert "warning" in [message.level_tag for message in page.context["messages"]]


def test_a_large_number_of_receipts_is_listed_elsewhere(office, monkeypatch):
    monkeypatch.setattr(admin_of_projects, "MAX_RECEIPTS", 2)
    project = make_project()
    for _ in range(3):
        make_receipt(project)

    page = office.get(change(project))

    assert [one.formset.prefix for one in page.context["inline_admin_formsets"]] == ["shares"]
    assert f"/admin/projects/receipt/?project__id__exact={project.pk}" in page.content.decode()
    assert office.post(change(project), sent(page, name="Renamed")).status_code == 302
    assert Project.objects.get().name == "Renamed"
