"""/review/reports/: error reports by readers, and closing them."""

import pytest
from django.test import Client
from django.utils import timezone

from projects import history
from projects.models import AuditEntry, ErrorReport, Project
from tests.factories import make_area, make_project, make_user
from tests.helpers.page_parser import check_policy, check_whole, read
from tests.helpers.selection import every_nth
from tests.helpers.site_urls import addresses, make_register

pytestmark = pytest.mark.django_db

LIST = "/review/reports/"


@pytest.fixture
def reviewer():
    return make_user("reviewer", username="reviewer")


@pytest.fixture
def office(client, reviewer):
    client.force_login(reviewer)
    return client


def make_report(record=None, **changes):
    record = record or Project.objects.filter(code="p").first()
    record = record or make_project(code="p", name="Textile park")
    return ErrorReport.objects.create(
        **{
            "model_name": "projects",
            "code": record.code,
            "wrong": "The amount",
            "email": "a@example.org",
            **changes,
        }
    )


def page_at(client, address, status=200, **parameters):
    answer = client.get(address, parameters)
    assert answer.status_code == status
    page = read(answer.content.decode())
    check_whole(page)
    check_policy(page)
    return page


def test_open_reports_are_listed_with_their_records_the_earliest_first(office):
    make_report()
    make_report(make_project(code="q", name="Cold chain base"), wrong="The name")
    make_report(state="dismissed", wrong="Over")

    rows = page_at(office, LIST).rows()

    assert [row[:3] for row in rows] == [
        ["Textile parkp", "project", "The amount"],
        ["Cold chain baseq", "project", "The name"],
    ]
    assert [row[2] for row in page_at(office, LIST, state="dismissed").rows()] == ["Over"]


def test_open_reports_are_counted_in_the_navigation(office):
    make_report()
    make_report(state="settled")

    page = page_at(office, LIST)

    assert page.one("nav", aria_label="Main").one(class_="badge").text == "1 waiting"
    assert page.one("nav", aria_label="Review lists").one(class_="badge").text == "1 waiting"


@pytest.mark.parametrize(
    ("step", "state", "action"),
    [("settle", "settled", "report_settled"), ("dismiss", "dismissed", "report_dismissed")],
)
def test_closing_a_report_keeps_note_and_reviewer_and_deletes_the_address(
    office, reviewer, step, state, action
):
    report = make_report()

    answer = office.post(f"{LIST}{report.pk}/{step}/", {"reason": "Looked up in the gazette"})

    report.refresh_from_db()
    assert answer["Location"] == f"{LIST}{report.pk}/"
    assert (report.state, report.note) == (state, "Looked up in the gazette")
    assert (report.decided_by, report.email) == (reviewer, "")
    entry = AuditEntry.objects.get(action=action)
    assert (entry.user, entry.subject) == (reviewer, "projects/p")
    assert "example.org" not in str(entry.details)
    page = page_at(office, answer["Location"])
    assert "Looked up in the gazette" in page.text
    assert page.all("textarea") == []


def test_closing_a_report_needs_a_note(office):
    report = make_report()

    answer = office.post(f"{LIST}{report.pk}/settle/", {"reason": " "})

    report.refresh_from_db()
    assert answer.status_code == 409
    assert "Give the outcome" in answer.content.decode()
    assert report.is_open


def test_closing_a_closed_report_is_a_conflict(office):
    report = make_report(state="settled", note="Mended", decided_at=timezone.now())

    answer = office.post(f"{LIST}{report.pk}/dismiss/", {"reason": "Nonsense"})

    report.refresh_from_db()
    assert "was decided on by" in answer.content.decode()
    assert (report.state, report.note) == ("settled", "Mended")


def test_a_clerk_reads_and_does_not_decide(client):
    report = make_report()
    client.force_login(make_user("clerk"))

    page = page_at(client, f"{LIST}{report.pk}/")
    answer = client.post(f"{LIST}{report.pk}/settle/", {"reason": "Mended"})

    assert "a@example.org" in page.text
    assert page.all("textarea") == []
    assert answer.status_code == 403
    report.refresh_from_db()
    assert report.is_open


def test_limited_reviewers_decide_about_reports_of_their_areas(client):
    here, there = make_area(code="here"), make_area(code="there")
    reviewer = make_user("reviewer")
    reviewer.area_limits.create(area=here)
    ours = make_report(make_project(area=here))
    theirs = make_report(make_project(area=there))
    client.force_login(reviewer)

    for report in (ours, theirs):
        client.post(f"{LIST}{report.pk}/settle/", {"reason": "Mended"})
        report.refresh_from_db()

    assert not ours.is_open
    assert theirs.is_open


def test_a_report_outlives_its_record(office):
    project = make_project(code="p")
    report = make_report(project)
    history.delete(project)

    page = page_at(office, f"{LIST}{report.pk}/")

    assert "This record no longer exists." in page.text
    assert [row[0] for row in page_at(office, LIST).rows()] == ["pp"]
    office.post(f"{LIST}{report.pk}/dismiss/", {"reason": "Deleted"})
    report.refresh_from_db()
    assert not report.is_open


@pytest.mark.parametrize("asked", [{"state": "gone"}, {"colour": "red"}, {"page": "9"}])
def test_invalid_parameters_show_no_reports(office, asked):
    make_report()

    page = page_at(office, LIST, status=400, **asked)

    assert page.one(role="alert").one("code").text in asked
    assert page.all("table") == []


def test_reports_of_readers_are_shown_to_staff_only():
    register = make_register()
    ErrorReport.objects.update(wrong="SECRET wrong", email="secret@example.org", note="SECRET note")
    visitor, office = Client(), Client()
    office.force_login(register.user)
    everywhere = list(addresses(register).values())
    of_reports = {LIST, f"{LIST}{register.more['report'].pk}/"}

    def shown_to(client, addresses):
        found = set()
        for address in addresses:
            answer = client.get(address)
            content = answer.getvalue() if answer.streaming else answer.content
            if b"secret" in content.lower():
                found.add(address)
        return found

    assert shown_to(visitor, everywhere) == set()
    shown = shown_to(office, {*every_nth(everywhere, 4), *of_reports})
    assert shown
    assert shown <= of_reports
