"""People who save at once: one is written, the other sees both."""

from decimal import Decimal
from functools import partial

from django.urls import reverse

from projects import conversion
from projects.models import Project, Receipt, Zone
from tests.factories import make_project, make_receipt, make_sector
from tests.helpers.admin_forms import errors, hidden, page_of, sent


def test_of_two_saves_at_once_one_is_refused(together, browsers, rounds):
    sectors = [make_sector(), make_sector()]
    project = make_project(code="p", sectors=[sectors[0]])
    address = page_of(project)

    for number in range(rounds(5, 200)):
        typed = [
            sent(client.get(address), note=f"{number} {name}", **{"shares-0-sector": sector.pk})
            for client, name, sector in zip(browsers, ("one", "other"), sectors, strict=True)
        ]
        answers = together(
            [
                partial(client.post, address, data)
                for client, data in zip(browsers, typed, strict=True)
            ]
        )

        assert sorted(answer.status_code for answer in answers) == [200, 302]
        winner = [answer.status_code for answer in answers].index(302)
        project.refresh_from_db()
        assert project.note == typed[winner]["note"]
        assert project.shares.get().sector == sectors[winner]
        assert project.history.count() == project.version == number + 2
        page = answers[1 - winner]
        assert sent(page)["note"] == typed[1 - winner]["note"]
        assert typed[winner]["note"] in page.content.decode()


def test_a_record_deleted_during_a_save_stays_deleted(together, browsers, rounds):
    for number in range(rounds(5, 100)):
        project = make_project(code=f"p-{number}")
        typed = sent(browsers[0].get(page_of(project)), note="Mine")
        asked = hidden(browsers[1].get(page_of(project, "delete")))
        saved, deleted = together(
            [
                partial(browsers[0].post, page_of(project), typed),
                partial(browsers[1].post, page_of(project, "delete"), asked),
            ]
        )

        # The later of the two gets an error with its input, or is redirected to the record.
        assert saved.status_code in (302, 410)
        assert deleted.status_code == 302
        rows = [row.history_type for row in Project.history.filter(id=project.pk)]
        assert rows == (["~", "+"] if saved.status_code == 302 else ["-", "+"])
        assert Project.objects.filter(pk=project.pk).exists() == (rows[0] == "~")


def test_of_two_records_with_one_code_one_is_refused(together, browsers, rounds):
    address = reverse("admin:projects_zone_add")

    for number in range(rounds(5, 100)):
        typed = sent(browsers[0].get(address), code=f"z-{number}", name="Z")
        answers = together([partial(client.post, address, typed) for client in browsers])

        assert sorted(answer.status_code for answer in answers) == [200, 302]
        page = next(answer for answer in answers if answer.status_code == 200)
        assert "code" in errors(page)
        assert Zone.objects.get(code=f"z-{number}").history.count() == 1


def test_a_receipt_saved_while_a_program_changes_it(together, browsers, programs, rounds):
    project = make_project(code="p", amount=Decimal("1.00"))
    receipt = make_receipt(project, Decimal("1.00"))
    client = programs()

    for number in range(2, 2 + rounds(5, 100)):
        amount = f"{number}.00"
        typed = sent(
            browsers[0].get(page_of(project)),
            **{"receipts-0-amount": amount, "receipts-0-amount-shown": f"{amount} CNY exact"},
        )
        version = Receipt.objects.get().version
        saved, changed = together(
            [
                partial(browsers[0].post, page_of(project), typed),
                partial(
                    client.patch,
                    f"/api/v1/receipts/{receipt.pk}/",
                    {"note": f"note {number}"},
                    headers={"If-Match": "*"},
                ),
            ]
        )

        receipt.refresh_from_db()
        assert changed.status_code == 200
        assert receipt.note == f"note {number}"
        # Refused where the program came first; the program writes no more than it sent.
        assert (receipt.amount == Decimal(amount)) == (saved.status_code == 302)
        assert receipt.version == version + 1 + (saved.status_code == 302)
        assert receipt.history.count() == receipt.version
    assert conversion.differing([project.pk]) == {}
