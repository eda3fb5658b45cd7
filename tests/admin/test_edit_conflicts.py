"""A stale save is refused, both versions are shown, and nothing typed is lost."""

from datetime import date
from decimal import Decimal

import pytest
from django.contrib import admin

from projects import history
from projects.admin.edit_conflicts import VersionedFormSet, VersionedModelForm
from projects.models import Project, Receipt
from tests.api.test_read import NOUNS, make_one_of
from tests.factories import (
    make_area,
    make_enterprise,
    make_project,
    make_receipt,
    make_sector,
    make_source,
)
from tests.helpers.admin_forms import READ_ONLY, delete, errors, page_of, sent

pytestmark = pytest.mark.django_db


def differences(page):
    return {
        one.label: (one.now, one.yours, one.is_untouched) for one in page.context["differences"]
    }


def test_a_stale_save_is_refused_and_both_are_shown(office, save):
    project = make_project(name="Park", note="Before")
    typed = sent(office.get(page_of(project)), note="Mine", name="Park")
    save(project, note="Theirs")

    page = office.post(page_of(project), typed)

    project.refresh_from_db()
    assert (page.status_code, project.note, project.history.count()) == (200, "Theirs", 2)
    assert differences(page) == {"Note": ("Theirs", "Mine", False)}
    text = page.content.decode()
    assert all(words in text for words in ("Not saved", "gulnara", "Theirs", "Mine"))
    assert sent(page)["note"] == "Mine"


def test_a_second_save_overwrites_the_version_shown(office, save):
    project = make_project(name="Park", note="Before")
    typed = sent(office.get(page_of(project)), note="Mine")
    save(project, note="Theirs")
    page = office.post(page_of(project), typed)

    answer = office.post(page_of(project), sent(page))

    project.refresh_from_db()
    assert (answer.status_code, project.note, project.history.count()) == (302, "Mine", 3)


def test_a_second_save_is_refused_after_another_change(office, save):
    project = make_project(note="Before")
    typed = sent(office.get(page_of(project)), note="Mine")
    save(project, note="Theirs")
    page = office.post(page_of(project), typed)
    save(project, note="Theirs again")

    again = office.post(page_of(project), sent(page))

    assert differences(again) == {"Note": ("Theirs again", "Mine", False)}
    assert Project.objects.get().note == "Theirs again"


def test_fields_left_alone_take_their_current_values(office, save):
    """Saved once more, it overwrites no more than what the person typed."""
    area, partner, source = make_area(), make_enterprise(), make_source()
    project = make_project(name="Park", amount=Decimal("1.00"))
    typed = sent(office.get(page_of(project)), note="Mine\r\nin two lines")
    theirs = {
        "name": "Industrial park",
        "area": area.pk,
        "partners": [partner.pk],
        "sources": [source.pk],
        "amount": "25.00",
        "amount-shown": "25.00 CNY exact",
        "signed_on": "2023-11-12",
        "stage": "registered",
        "registered_on": "2023-12-01",
        "aliases": "One\r\nTwo",
    }
    save(project, **theirs)

    page = office.post(page_of(project), typed)

    said = differences(page)
    assert {label for label, one in said.items() if one[2]} == {
        "Name",
        "Area",
        "Partners",
        "Sources",
        "Amount",
        "Signed on",
        "Stage",
        "Registered on",
        "Other names",
    }
    assert said["Area"] == (str(area), "—", True)
    assert said["Partners"] == (str(partner), "—", True)
    assert said["Stage"] == ("registered", "signed", True)
    assert said["Amount"] == ("25.00", "1.00", True)
    assert said["Note"] == ("—", "Mine\r\nin two lines", False)
    assert office.post(page_of(project), sent(page)).status_code == 302
    project.refresh_from_db()
    assert (project.name, project.area, project.stage) == ("Industrial park", area, "registered")
    assert (list(project.partners.all()), list(project.sources.all())) == ([partner], [source])
    assert (project.amount, project.signed_on) == (Decimal("25.00"), date(2023, 11, 12))
    assert project.note.splitlines() == ["Mine", "in two lines"]
    assert project.aliases.splitlines() == ["One", "Two"]


def test_a_typed_amount_is_kept(office, save):
    project = make_project(amount=Decimal("1.00"))
    typed = sent(office.get(page_of(project)), amount="17.6亿元")
    save(project, **{"amount": "25.00", "amount-shown": "25.00 CNY exact"})

    page = office.post(page_of(project), typed)

    assert differences(page)["Amount"] == ("25.00", "17.6亿元", False)
    assert sent(page)["amount"] == "17.6亿元"
    office.post(page_of(project), sent(page))
    assert Project.objects.get().amount == Decimal("1760000000.00")


def test_a_form_without_a_valid_version_is_refused(office):
    project = make_project(note="Before")
    for seen in (None, "", "0", "2", "x", "9" * 30, "\x00", "²"):
        typed = sent(office.get(page_of(project)), note="Mine", shown_version=seen)

        page = office.post(page_of(project), typed)

        assert page.status_code == 200, seen
        assert differences(page)["Note"] == ("Before", "Mine", False)
    assert project.history.count() == 1


@pytest.mark.parametrize("noun", NOUNS)
def test_every_model_refuses_a_stale_save(office, noun):
    record = make_one_of(noun)
    page = office.get(page_of(record))
    assert sent(page)["shown_version"] == "1"
    other = type(record).objects.get()
    name = "note" if hasattr(other, "note") else "rate"
    setattr(other, name, "7.5" if name == "rate" else "Theirs")
    history.save(other)

    refused = office.post(page_of(record), sent(page, **{name: "7.75"}))
    taken = office.post(page_of(record), sent(refused))

    assert (refused.status_code, taken.status_code) == (200, 302)
    assert record.history.count() == 3


def test_a_form_of_a_deleted_project_shows_what_was_typed(office, other):
    sector = make_sector(name="Trade")
    project = make_project(name="Park", sectors=[sector])
    typed = sent(office.get(page_of(project)), note="Mine <b>and\nyours")
    delete(other, project)

    answer = office.post(page_of(project), typed)

    assert answer.status_code == 410
    assert not Project.objects.exists()
    words = dict(answer.context["typed"])
    assert not [label for label in words if label.startswith("Funds received")]
    assert (words["Name"], words["Note"]) == ("Park", "Mine <b>and\nyours")
    assert "Trade" in words["Sector of a project 1: Sector"]
    text = answer.content.decode()
    assert "gulnara deleted this at" in text
    assert "Mine &lt;b&gt;and<br>yours" in text


def test_a_form_of_a_record_that_never_existed_names_no_user(office):
    address = page_of(make_project()).replace("/change/", "9/change/")

    answer = office.post(address, {"name": "Mine"})

    assert answer.status_code == 410
    assert answer.context["deletion"] is None
    assert office.post(address.replace("9/", "x/"), {"name": "Mine"}).status_code == 410


# Sectors are a part of their project.


def rows(page):
    return [
        (row["sector"], row["share"])
        for row in (
            {name: data.get(f"shares-{index}-{name}", "") for name in ("sector", "share")}
            for data in [sent(page)]
            for index in range(int(data["shares-TOTAL_FORMS"]))
        )
        if row["sector"]
    ]


def test_sectors_left_alone_take_their_current_values(office, save):
    trade, it = make_sector(), make_sector()
    project = make_project(sectors=[trade])
    typed = sent(office.get(page_of(project)), note="Mine")
    save(
        project,
        **{"shares-0-share": "60", "shares-1-sector": it.pk, "shares-1-share": "40"},
    )

    page = office.post(page_of(project), typed)

    assert differences(page)["Sectors"] == (
        f"{trade} 60.00, {it} 40.00",
        str(trade),
        True,
    )
    assert office.post(page_of(project), sent(page)).status_code == 302
    project.refresh_from_db()
    assert [(one.sector, one.share) for one in project.shares.all()] == [(trade, 60), (it, 40)]
    assert (project.note, project.history.count()) == ("Mine", 3)


def test_sectors_that_both_changed_are_kept_as_typed(office, save):
    trade, it, space = make_sector(), make_sector(), make_sector()
    project = make_project(sectors=[trade])
    typed = sent(office.get(page_of(project)), **{"shares-1-sector": space.pk})
    save(project, **{"shares-0-sector": it.pk})

    page = office.post(page_of(project), typed)

    assert differences(page)["Sectors"] == (str(it), f"{trade}, {space}", False)
    assert [int(sector) for sector, _share in rows(page)] == [trade.pk, space.pk]
    assert [one.sector for one in project.shares.all()] == [it]
    assert office.post(page_of(project), sent(page)).status_code == 302
    assert {one.sector for one in project.shares.all()} == {trade, space}


def test_a_sector_marked_for_deletion_stays_out(office, save):
    trade, it = make_sector(), make_sector()
    project = make_project(sectors=[trade, it])
    typed = sent(office.get(page_of(project)), **{"shares-0-DELETE": "on"})
    save(project, note="Theirs")

    page = office.post(page_of(project), typed)

    assert [int(sector) for sector, _share in rows(page)] == [it.pk]
    assert office.post(page_of(project), sent(page)).status_code == 302
    assert (Project.objects.get().note, project.shares.get().sector) == ("Theirs", it)


# Receipts are records of their own.


@pytest.fixture
def receipt():
    return make_receipt(make_project(), Decimal("5.00"))


def test_a_receipt_that_both_changed_is_refused_in_its_row(office, save, receipt):
    project = receipt.project
    typed = sent(office.get(page_of(project)), **{"receipts-0-amount": "7", "note": "Mine"})
    save(receipt, **{"amount": "6.00", "amount-shown": "6.00 CNY exact", "note": "Theirs"})

    page = office.post(page_of(project), typed)

    said = " ".join(errors(page)["receipts-0-__all__"])
    assert "gulnara" in said
    assert "Amount: now “6.00”, yours “7”" in said
    assert (Receipt.objects.get().amount, Project.objects.get().note) == (Decimal("6.00"), "")
    confirmed = sent(page)
    assert confirmed["receipts-0-amount"] == "7"
    assert office.post(page_of(project), confirmed).status_code == 302
    receipt.refresh_from_db()
    assert (receipt.amount, receipt.note, receipt.history.count()) == (Decimal("7.00"), "Theirs", 3)


def test_a_receipt_left_alone_keeps_its_current_values(office, save, receipt):
    project = receipt.project
    typed = sent(office.get(page_of(project)), note="Mine")
    save(receipt, **{"amount": "6.00", "amount-shown": "6.00 CNY exact"})

    answer = office.post(page_of(project), typed)

    assert answer.status_code == 302
    assert (Receipt.objects.get().amount, Project.objects.get().note) == (Decimal("6.00"), "Mine")
    assert (receipt.history.count(), project.history.count()) == (2, 2)


def test_a_stale_deletion_of_a_receipt_is_refused(office, save, receipt):
    project = receipt.project
    typed = sent(office.get(page_of(project)), **{"receipts-0-DELETE": "on"})
    save(receipt, note="Theirs")

    page = office.post(page_of(project), typed)

    assert Receipt.objects.exists()
    assert "gulnara" in " ".join(errors(page)["receipts"])
    assert office.post(page_of(project), sent(page)).status_code == 302
    assert not Receipt.objects.exists()


def test_a_receipt_deleted_meanwhile_is_reported_and_left_out(office, other):
    project = make_project()
    gone, left = (make_receipt(project, Decimal(amount)) for amount in ("5.00", "6.00"))
    typed = sent(
        office.get(page_of(project)),
        **{"receipts-0-amount": "7.00", "receipts-1-amount": "8.00", "note": "Mine"},
    )
    delete(other, gone)

    page = office.post(page_of(project), typed)

    said = " ".join(errors(page)["receipts"])
    assert all(words in said for words in ("7.00", "deleted", "gulnara"))
    assert Project.objects.get().note == ""
    again = office.post(page_of(project), sent(page))
    # The amount of the other one is shown back before it is saved.
    office.post(page_of(project), sent(again) if again.status_code == 200 else {})
    assert [(one.pk, one.amount) for one in Receipt.objects.all()] == [(left.pk, Decimal("8.00"))]
    assert Project.objects.get().note == "Mine"


def test_a_receipt_that_both_delete_is_deleted_once(office, other, receipt):
    project = receipt.project
    typed = sent(office.get(page_of(project)), **{"receipts-0-DELETE": "on", "note": "Mine"})
    delete(other, receipt)

    answer = office.post(page_of(project), typed)

    assert (answer.status_code, Project.objects.get().note) == (302, "Mine")
    assert [row.history_type for row in Receipt.history.all()] == ["-", "+"]


def test_a_receipt_moved_to_another_project_is_reported(office, save, receipt):
    project = receipt.project
    typed = sent(office.get(page_of(project)), **{"receipts-0-amount": "7.00"})
    save(receipt, project=make_project().pk)

    page = office.post(page_of(project), typed)

    assert "deleted or moved by gulnara" in " ".join(errors(page)["receipts"])
    assert Receipt.objects.get().amount == Decimal("5.00")


@pytest.mark.parametrize(
    "changes",
    [
        {"receipts-0-shown_version": None},
        {"receipts-0-shown_version": "1:1:1 : x"},
        {"receipts-0-id": "0"},
        {"receipts-0-id": "x"},
        {"receipts-0-id": "9" * 40},
        {"receipts-0-id": "\x00"},
        {"receipts-0-id": None},
        {"receipts-INITIAL_FORMS": "x"},
        {"receipts-INITIAL_FORMS": "999999999999"},
        {"receipts-TOTAL_FORMS": "999999999"},
        {"receipts-TOTAL_FORMS": None},
        {"shares-TOTAL_FORMS": "999999999", "shown_version": "0"},
        {"shares-TOTAL_FORMS": None, "shown_version": "0"},
        {"shares-0-sector": "x", "shares-0-share": "\x00", "shown_version": "0"},
        {"shares-0-sector": "x", "shares-0-share": "sNaN", "shown_version": "0"},
        {
            "area": "x",
            "partners": ["x", "9" * 40],
            "stage": "x",
            "signed_on": "\x00",
            "shown_version": "0",
        },
    ],
)
def test_no_edited_form_is_a_server_error(office, receipt, changes, monkeypatch):
    # So that a form of too many rows has 20 of them in place of 2,000.
    monkeypatch.setattr("django.forms.formsets.DEFAULT_MAX_NUM", 10)
    typed = sent(office.get(page_of(receipt.project)), **{"receipts-0-amount": "7"} | changes)

    page = office.post(page_of(receipt.project), typed)

    assert page.status_code == 200
    assert Receipt.objects.get().amount == Decimal("5.00")


@pytest.mark.parametrize("model_admin", admin.site._registry.values(), ids=str)
def test_every_form_of_the_admin_carries_a_version(model_admin):
    assert not model_admin.list_editable
    if model_admin.model in READ_ONLY:
        return
    assert issubclass(model_admin.form, VersionedModelForm)
    for inline in model_admin.inlines:
        is_record = hasattr(inline.model, "history")
        assert not is_record or issubclass(inline.formset, VersionedFormSet)
