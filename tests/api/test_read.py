from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import (
    make_area,
    make_enterprise,
    make_headline,
    make_project,
    make_rate,
    make_receipt,
    make_sector,
    make_source,
    make_zone,
)

pytestmark = pytest.mark.django_db

NOUNS = [
    "sources",
    "zones",
    "areas",
    "sectors",
    "enterprises",
    "projects",
    "receipts",
    "headlines",
    "rates",
]


def make_one_of(noun, day=0):
    """A record with all that its answer names, and with others where it needs them."""
    source = make_source()
    match noun:
        case "zones":
            return make_zone(sources=[source])
        case "areas":
            return make_area(sources=[source])
        case "sectors":
            return make_sector(sources=[source])
        case "enterprises":
            return make_enterprise(area=make_area(), sources=[source])
        case "projects":
            project = make_project(
                area=make_area(),
                enterprise=make_enterprise(),
                partners=[make_enterprise(), make_enterprise()],
                sectors=[make_sector(), make_sector()],
                sources=[source, make_source()],
                currency="USD",
            )
            make_receipt(project)
            return project
        case "receipts":
            return make_receipt(source=source)
        case "sources":
            return source
        case "headlines":
            return make_headline(source=source)
        case "rates":
            return make_rate(quoted_on=date(2023, 11, 1 + day))


def test_the_root_lists_the_endpoints(visitor):
    answer = visitor.get("/api/v1/").json()

    assert list(answer) == [*NOUNS, "totals"]
    assert all(visitor.get(address).status_code == 200 for address in answer.values())


@pytest.mark.parametrize("noun", NOUNS)
def test_a_list_and_its_records_are_equal(visitor, noun):
    record = make_one_of(noun)
    key = getattr(record, "code", record.pk)

    listed = visitor.get(f"/api/v1/{noun}/").json()
    alone = visitor.get(f"/api/v1/{noun}/{key}/").json()

    assert set(listed) == {"count", "next", "previous", "results"}
    assert alone in listed["results"]


@pytest.mark.parametrize("noun", NOUNS)
def test_queries_do_not_grow_with_rows(visitor, noun):
    make_one_of(noun)
    with CaptureQueriesContext(connection) as one:
        visitor.get(f"/api/v1/{noun}/")
    for day in range(1, 4):
        make_one_of(noun, day)

    with CaptureQueriesContext(connection) as four:
        answer = visitor.get(f"/api/v1/{noun}/")

    assert answer.json()["count"] >= 4
    assert len(four) == len(one) <= 6


def test_a_project_looks_as_agreed(visitor):
    make_rate("USD", "CNY", "7.2", date(2023, 11, 1), source=make_source(code="bank"))
    project = make_project(
        code="KS-2023.001",
        name="An industrial park",
        area=make_area(code="kashi"),
        enterprise=make_enterprise(code="zj-trade"),
        partners=[make_enterprise(code="partner")],
        sectors=[
            (make_sector(code="trade"), Decimal("60")),
            (make_sector(code="it"), Decimal("40")),
        ],
        sources=[make_source(code="gt")],
        amount=Decimal("1000000.00"),
        currency="USD",
        qualifier="at_least",
    )
    make_receipt(project, Decimal("-5.00"))

    answer = visitor.get("/api/v1/projects/KS-2023.001/").json()

    stamps = {name: answer.pop(name) for name in ("created_at", "updated_at")}
    assert all(stamps.values())
    assert answer == {
        "code": "KS-2023.001",
        "name": "An industrial park",
        "name_zh": "",
        "aliases": [],
        "area": "kashi",
        "enterprise": "zj-trade",
        "partners": ["partner"],
        "sectors": [
            {"sector": "trade", "share": "60.00"},
            {"sector": "it", "share": "40.00"},
        ],
        "stage": "signed",
        "intended_on": None,
        "signed_on": "2023-11-11",
        "registered_on": None,
        "started_on": None,
        "operating_on": None,
        "terminated_on": None,
        "amount": "1000000.00",
        "currency": "USD",
        "qualifier": "at_least",
        "amount_text": "",
        "amount_base": "7200000.00",
        "base_currency": "CNY",
        "rate": "7.2",
        "rate_date": "2023-11-01",
        "rates": [
            {
                "from_currency": "USD",
                "to_currency": "CNY",
                "rate": "7.2",
                "quoted_on": "2023-11-01",
                "source": "bank",
            }
        ],
        "received": "-5.00",
        "description": "",
        "note": "",
        "sources": ["gt"],
        "state": "published",
        "version": 1,
        "url": "/projects/KS-2023.001/",
    }


def test_a_list_answers_the_query_of_the_page(visitor):
    make_project(code="large", amount=Decimal("500000000.00"))
    make_project(code="small", amount=Decimal("1.00"))
    make_project(code="undisclosed", amount=None)

    answer = visitor.get("/api/v1/projects/?amount_min=1亿&stage=signed&ordering=-amount").json()

    assert [project["code"] for project in answer["results"]] == ["large"]


@pytest.mark.parametrize("noun", NOUNS)
def test_an_unknown_parameter_is_named_and_no_rows_are_given(visitor, noun):
    answer = visitor.get(f"/api/v1/{noun}/?wrong=1&as_of=2023-11-11")

    assert answer.status_code == 400
    assert set(answer.json()) == {"wrong", "as_of"}
    assert all(isinstance(messages, list) for messages in answer.json().values())


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/api/v1/projects/none/", 404),
        ("/api/v1/projects/bulk/", 405),
        ("/api/v1/projects/a.json/", 404),
        ("/api/v1/projects/%00/", 404),
        ("/api/v1/projects/%E5%96%80/", 404),
        ("/api/v1/projects/" + "9" * 5000 + "/", 404),
        ("/api/v1/receipts/0/", 404),
        ("/api/v1/receipts/-1/", 404),
        ("/api/v1/receipts/99999999999999999999/", 404),
        ("/api/v1/rates/" + "9" * 5000 + "/", 404),
        ("/api/v1/changes/", 404),
        ("/api/v1/nonsense/", 404),
        ("/api/v2/", 404),
        ("/api/nonsense", 404),
        ("/api/v1/zones/?format=xml", 400),
        ("/api/v1/zones/?format=%00", 400),
    ],
)
def test_not_found_is_json(visitor, address, status):
    answer = visitor.get(address)

    assert answer.status_code == status
    assert answer["Content-Type"] == "application/json"
    assert answer.json()


def test_a_code_is_found_in_its_own_case_only(visitor):
    make_area(code="Kashi")

    assert visitor.get("/api/v1/areas/Kashi/").status_code == 200
    assert visitor.get("/api/v1/areas/kashi/").status_code == 404


def test_reading_without_the_last_slash_is_sent_on(visitor):
    answer = visitor.get("/api/v1/projects?stage=signed")

    assert (answer.status_code, answer["Location"]) == (301, "/api/v1/projects/?stage=signed")


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_writing_without_the_last_slash_is_not_sent_on(office, method):
    answer = getattr(office, method)("/api/v1/projects", {}, format="json")

    assert answer.status_code == 404
    assert "slash" in answer.json()["detail"]


def test_an_unknown_format_is_refused(visitor):
    answer = visitor.get("/api/v1/zones/", HTTP_ACCEPT="application/xml")

    assert answer.status_code == 406
    assert answer["Content-Type"] == "application/json"


def test_sources_are_found_by_title_and_publisher(visitor):
    make_source(code="gt", title="Kashi Area inaugurated", publisher="Global Times")
    make_source(code="pd", title="Kashi Area", publisher="People's Daily")

    answer = visitor.get("/api/v1/sources/?search=kashi global").json()

    assert [source["code"] for source in answer["results"]] == ["gt"]
