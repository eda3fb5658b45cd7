"""Reporting an error: by anybody, about what is published, and not too often."""

from datetime import timedelta

import pytest
from django.test import Client

from projects import review
from projects.models import AttemptCount, ErrorReport, Project
from projects.review import error_reports
from tests.factories import (
    make_area,
    make_enterprise,
    make_headline,
    make_project,
    make_source,
    make_user,
)
from tests.helpers.page_parser import check_chinese, check_policy, check_whole, read

pytestmark = pytest.mark.django_db

ADDRESSES = [f"/{noun}/one/report/" for noun in ("projects", "enterprises", "areas", "sources")] + [
    "/headlines/one/report/"
]


@pytest.fixture
def register():
    source = make_source(code="one", title="喀什片区揭牌")
    make_headline(
        code="one",
        source=source,
        area=make_area(code="one", name="", name_zh="喀什片区", sources=[source]),
    )
    make_project(
        code="one",
        name="",
        name_zh="纺织园",
        enterprise=make_enterprise(code="one", name="", name_zh="丝路纺织有限公司"),
    )


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_visitor_reports_what_is_wrong(client, register, address):
    answer = client.post(
        address,
        {
            "wrong": "The amount",
            "right": "2 billion",
            "source": "The gazette",
            "email": "a@example.org",
        },
    )

    report = ErrorReport.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, "/report/sent/")
    assert (report.model_name, report.code) == (address.split("/")[1], "one")
    assert (report.wrong, report.right) == ("The amount", "2 billion")
    assert (report.source, report.email) == ("The gazette", "a@example.org")
    assert report.is_open


@pytest.mark.parametrize("address", [*ADDRESSES, "/report/sent/"])
def test_the_form_is_whole_and_kept_nowhere(client, register, address):
    answer = client.get(address)

    page = read(answer.content.decode())
    check_whole(page)
    check_policy(page)
    check_chinese(page)
    if address != "/report/sent/":
        assert answer["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize(
    ("address", "leading"),
    [
        ("/projects/one/", ["/projects/one/report/"]),
        ("/enterprises/one/", ["/enterprises/one/report/"]),
        ("/areas/one/", ["/areas/one/report/", "/headlines/one/report/"]),
        ("/sources/one/", ["/headlines/one/report/", "/sources/one/report/"]),
    ],
)
def test_each_record_leads_to_its_form_and_its_page_sets_no_cookie(
    client, register, address, leading
):
    answer = client.get(address)

    links = read(answer.content.decode()).all("a")
    found = {a.attributes["href"] for a in links if a.text == "Report an error"}
    assert sorted(found) == leading
    assert not answer.cookies


def test_a_report_from_another_site_is_refused(register):
    client = Client(enforce_csrf_checks=True)

    assert client.post(ADDRESSES[0], {"wrong": "x"}).status_code == 403
    assert not ErrorReport.objects.exists()


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"wrong": " "}, "wrong"),
        ({"wrong": "x" * 2001}, "wrong"),
        ({"wrong": "a\x00b"}, "wrong"),
        ({"wrong": "x", "right": "a\u202eb"}, "right"),
        ({"wrong": "x", "email": "nobody"}, "email"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_what_was_typed(client, register, typed, field):
    answer = client.post(ADDRESSES[0], typed)

    assert answer.status_code == 400
    assert list(answer.context["form"].errors) == [field]
    assert answer.context["form"].data["wrong"] == typed["wrong"]
    assert not ErrorReport.objects.exists()


def test_a_program_that_fills_in_everything_reports_nothing(client, register):
    answer = client.post(ADDRESSES[0], {"wrong": "Buy this", "website": "https://example.org"})

    assert answer["Location"] == "/report/sent/"
    assert not ErrorReport.objects.exists()


def test_reports_of_an_address_are_rate_limited(client, register):
    for number in range(error_reports.FROM_ADDRESS.number):
        assert client.post(ADDRESSES[0], {"wrong": str(number)}).status_code == 302

    answer = client.post(ADDRESSES[0], {"wrong": "One more"})

    assert answer.status_code == 429
    assert 0 < int(answer["Retry-After"]) <= 3600
    assert "One more" in answer.content.decode()
    assert ErrorReport.objects.count() == error_reports.FROM_ADDRESS.number
    assert client.post(ADDRESSES[0], {"wrong": "x"}, REMOTE_ADDR="10.0.0.9").status_code == 302
    for count in AttemptCount.objects.all():
        count.ends_at -= timedelta(hours=2)
        count.save()
    assert client.post(ADDRESSES[0], {"wrong": "Later"}).status_code == 302


def test_a_draft_has_no_form_not_even_for_its_author(client):
    clerk = make_user("clerk")
    review.submit(clerk, Project(code="draft", name="Draft"))
    client.force_login(clerk)

    assert client.get("/projects/draft/report/").status_code == 404
    assert client.post("/projects/draft/report/", {"wrong": "x"}).status_code == 404
    assert "Report an error" not in client.get("/projects/draft/").content.decode()


def test_an_unknown_parameter_is_refused(ask, register):
    page = ask(ADDRESSES[0], status=400, colour="red")

    assert page.one(role="alert").one("code").text == "colour"
    assert page.all("textarea") == []
