"""Dates are read as in imports; what could be two days is refused."""

from datetime import date

import pytest

from projects.models import Project
from tests.factories import make_project, make_receipt
from tests.helpers.admin_forms import errors, page_of, sent

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "text",
    ["2023-11-05", "2023/11/5", "2023.11.05", "2023年11月5日", "5 November 2023", "Nov 5, 2023"],
)
def test_dates_are_read_as_people_write_them(office, text):
    project = make_project(signed_on=None, stage="intended")

    answer = office.post(page_of(project), sent(office.get(page_of(project)), intended_on=text))

    assert answer.status_code == 302
    assert Project.objects.get().intended_on == date(2023, 11, 5)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("11/05/2023", "could be two different days"),
        ("5.11.2023", "could be two different days"),
        ("soon", "is not a date"),
        ("2023-02-30", "is not a date"),
        ("\x00", "is not a date"),
    ],
)
def test_other_dates_are_refused_at_their_field(office, text, reason):
    project = make_project()

    page = office.post(page_of(project), sent(office.get(page_of(project)), signed_on=text))

    assert reason in " ".join(errors(page)["signed_on"])


def test_rows_read_dates_alike(office):
    receipt = make_receipt()
    page = office.get(page_of(receipt.project))

    office.post(page_of(receipt.project), sent(page, **{"receipts-0-received_on": "2023年11月5日"}))

    receipt.refresh_from_db()
    assert receipt.received_on == date(2023, 11, 5)
