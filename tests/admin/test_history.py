from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from projects.history import delete as delete_record
from projects.models import Allocation, Project, Receipt
from tests.factories import (
    make_area,
    make_enterprise,
    make_project,
    make_receipt,
    make_sector,
    make_source,
    make_user,
)
from tests.helpers.admin_forms import delete, delete_selected, errors, sent

pytestmark = pytest.mark.django_db

ADD = "/admin/projects/project/add/"


def change(project):
    return reverse("admin:projects_project_change", args=[project.pk])


def history(record):
    return reverse(f"admin:projects_{record._meta.model_name}_history", args=[record.pk])


def save(client, address, **changes):
    """Open the form, type `changes`, send it; the page that came back if it was not saved."""
    response = client.post(address, sent(client.get(address), **changes))
    assert response.status_code == 302, errors(response)


def test_a_new_project_with_everything_is_one_row_of_history(office):
    trade, it, partner, source = make_sector(), make_sector(), make_enterprise(), make_source()

    save(
        office,
        ADD,
        code="new",
        name="New",
        partners=[partner.pk],
        sources=[source.pk],
        signed_on="2023-11-11",
        amount="100",
        **{
            "amount-shown": "100.00 CNY exact",
            "shares-0-sector": trade.pk,
            "shares-0-share": "60",
            "shares-1-sector": it.pk,
            "shares-1-share": "40",
            "receipts-0-received_on": "2023-12-01",
            "receipts-0-amount": "10",
            "receipts-0-amount-shown": "10.00 CNY exact",
        },
    )

    project = Project.objects.get(code="new")
    row = project.history.get()
    assert row.history_user == office.get("/admin/").wsgi_request.user
    assert [(link.sector, link.share) for link in row.sectors.all()] == [(trade, 60), (it, 40)]
    assert [link.enterprise for link in row.partners.all()] == [partner]
    assert [link.source for link in row.sources.all()] == [source]
    assert project.receipts.get().history.count() == 1
    assert parts(project) == {
        (trade.pk, False): Decimal("60.00"),
        (it.pk, False): Decimal("40.00"),
        (trade.pk, True): Decimal("6.00"),
        (it.pk, True): Decimal("4.00"),
    }


def parts(project):
    """The derived rows: the part of each sector, of the project itself and of what was received."""
    return {
        (row.sector_id, row.receipt_id is not None): row.amount_base
        for row in Allocation.objects.filter(project=project)
    }


def test_a_save_that_changes_nothing_leaves_no_row(office):
    project = make_project(
        sectors=[make_sector(), make_sector()],
        partners=[make_enterprise()],
        sources=[make_source()],
        area=make_area(),
    )
    receipt = make_receipt(project)

    save(office, change(project))

    project.refresh_from_db()
    assert (project.version, project.history.count(), receipt.history.count()) == (1, 1, 1)


def test_column_share_and_link_changed_together_are_one_row(office):
    one, other = make_sector(), make_sector()
    project = make_project(sectors=[(one, Decimal("60")), (other, Decimal("40"))])

    save(
        office,
        change(project),
        name="Renamed",
        sources=[make_source().pk],
        **{"shares-0-share": "50", "shares-1-share": "50"},
    )

    project.refresh_from_db()
    assert (project.version, project.history.count()) == (2, 2)
    assert parts(project)[one.pk, False] == parts(project)[other.pk, False]


def test_a_receipt_entered_with_its_project_has_a_row_of_its_own(office):
    project = make_project(amount=Decimal("100.00"))
    kept, gone = make_receipt(project, Decimal("1.00")), make_receipt(project, Decimal("2.00"))

    save(
        office,
        change(project),
        **{
            "receipts-0-note": "",
            "receipts-0-amount": "1.50",
            "receipts-0-amount-shown": "1.50 CNY exact",
            "receipts-1-DELETE": "on",
            "receipts-2-received_on": "2023-12-24",
            "receipts-2-amount": "-3",
            "receipts-2-amount-shown": "-3.00 CNY exact",
        },
    )

    new = project.receipts.get(amount=Decimal("-3.00"))
    assert [row.history_type for row in kept.history.all()] == ["~", "+"]
    assert [row.history_type for row in Receipt.history.filter(id=gone.pk)] == ["-", "+"]
    assert [row.history_type for row in new.history.all()] == ["+"]
    assert project.history.count() == 1, "the project itself did not change"
    received = Allocation.objects.filter(receipt__isnull=False)
    assert sorted(row.amount_base for row in received) == [Decimal("-3.00"), Decimal("1.50")]


def test_two_sectors_change_places(office):
    one, other = make_sector(), make_sector()
    project = make_project(
        amount=Decimal("10.00"), sectors=[(one, Decimal("60")), (other, Decimal("40"))]
    )

    save(office, change(project), **{"shares-0-sector": other.pk, "shares-1-sector": one.pk})

    assert parts(project) == {
        (one.pk, False): Decimal("4.00"),
        (other.pk, False): Decimal("6.00"),
    }


def test_the_history_says_who_when_and_what_in_words(office):
    trade, source = make_sector(name="Trade"), make_source(title="The Times")
    project = make_project(name="Old", amount=None, sectors=[])
    save(
        office,
        change(project),
        name="New",
        amount="17.6亿元",
        enterprise=make_enterprise(name="Leader").pk,
        sources=[source.pk],
        signed_on="2023-11-12",
        **{
            "amount-shown": "1760000000.00 CNY exact",
            "shares-0-sector": trade.pk,
            "shares-0-share": "100",
        },
    )

    page = office.get(history(project))

    newest = page.context["page_obj"][0]
    said = {change.field: (change.old, change.new) for change in newest.history_delta_changes}
    assert said == {
        "Name": ("Old", "New"),
        "Lead enterprise": ("—", "Leader"),
        "Signed on": ("2023-11-11", "2023-11-12"),
        "Amount": ("undisclosed", "1,760,000,000.00"),
        "Amount as published": ("—", "17.6亿元"),
        "Sectors": ("—", "Trade 100.00 %"),
        "Sources": ("—", "The Times"),
    }
    text = page.content.decode()
    assert newest.history_user.username in text
    assert f"{newest.history_date.astimezone():%Y-%m-%d}" in text or newest.history_date


def test_what_was_deleted_meanwhile_is_still_named_as_such(office):
    enterprise = make_enterprise()
    project = make_project(enterprise=enterprise)
    save(office, change(project), enterprise="")
    key = enterprise.pk
    delete(office, enterprise)

    page = office.get(history(project))

    said = page.context["page_obj"][0].history_delta_changes
    assert [(change.old, change.new) for change in said] == [(f"deleted enterprise {key}", "—")]


def test_history_can_be_neither_edited_nor_restored_here(administrator):
    project = make_project(name="Old")
    row = project.history.get()
    address = f"{history(project)}{row.pk}/"

    shown = administrator.get(address)
    posted = administrator.post(address, {"name": "Forged", "_change_history": "1", "_save": "1"})

    assert (shown.status_code, posted.status_code) == (302, 302), "no such page: to the record"
    row.refresh_from_db()
    project.refresh_from_db()
    assert (row.name, project.name, project.history.count()) == ("Old", "Old", 1)


def test_deleting_one_leaves_its_last_row(office):
    project = make_project()
    key = project.pk

    delete(office, project)

    assert not Project.objects.exists()
    newest, first = Project.history.filter(id=key)
    assert (newest.history_type, first.history_type) == ("-", "+")
    assert newest.history_user is not None
    assert not Allocation.objects.exists()


def test_deleting_several_leaves_a_row_each_and_right_derived_rows(office):
    project = make_project(amount=Decimal("100.00"))
    receipts = [make_receipt(project, Decimal(amount)) for amount in (1, 2, 4)]

    delete_selected(office, receipts[:2])

    assert [receipt.amount for receipt in Receipt.objects.all()] == [Decimal("4.00")]
    assert Receipt.history.filter(history_type="-").count() == 2
    received = Allocation.objects.filter(receipt__isnull=False)
    assert [row.amount_base for row in received] == [Decimal("4.00")]


def test_what_others_refer_to_cannot_be_deleted(office):
    source, partner, sector = make_source(), make_enterprise(), make_sector()
    project = make_project(sources=[source], partners=[partner], sectors=[sector])

    for record in (source, partner, sector):
        address = reverse(f"admin:projects_{record._meta.model_name}_delete", args=[record.pk])
        page = office.get(address)
        office.post(address, {"post": "yes", "shown_version": record.version})

        assert page.context["protected"], record
        assert type(record).objects.filter(pk=record.pk).exists(), record

    assert project.history.count() == 1


def test_the_confirmation_page_names_no_rows_of_the_record(office):
    project = make_project(sectors=[make_sector()], sources=[make_source()])

    page = office.get(reverse("admin:projects_project_delete", args=[project.pk]))

    assert len(page.context["deleted_objects"]) == 1
    assert dict(page.context["model_count"]) == {"projects": 1}


def test_every_other_model_leaves_one_row_too(office):
    area = make_area(unveiled_on=date(2023, 11, 11))

    save(
        office,
        reverse("admin:projects_area_change", args=[area.pk]),
        focus="Textiles",
        sources=[make_source().pk],
    )

    area.refresh_from_db()
    assert (area.focus, area.version, area.history.count()) == ("Textiles", 2, 2)


def test_the_history_of_hidden_records_is_hidden(client):
    area = make_area()
    draft, gone = make_project(area=area, state="draft"), make_project(area=area, state="draft")
    addresses = [history(draft), history(gone)]
    delete_record(gone)

    for user, status in [
        (make_user("clerk", areas=[make_area()]), 404),
        (make_user("clerk", areas=[area]), 200),
        (make_user("viewer"), 200),
    ]:
        client.force_login(user)
        assert [client.get(address).status_code for address in addresses] == [status] * 2, user
