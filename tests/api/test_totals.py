from datetime import date
from decimal import Decimal
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests.factories import make_area, make_enterprise, make_project, make_sector

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built_kashi(module_db):
    """Five projects, of which one discloses an amount, and one that is only intended."""
    area = make_area(code="kashi", name="Kashi")
    trade = make_sector(code="trade", name="Trade")
    logistics = make_sector(code="logistics", name="Logistics")
    lead = make_enterprise(code="zj-trade", origin="CN-ZJ")
    make_project(area=area, enterprise=lead, sectors=[trade], amount=Decimal("1000000000.00"))
    make_project(area=area, sectors=[trade], amount=None)
    make_project(area=area, sectors=[logistics, trade], amount=None)
    make_project(area=area, sectors=[logistics], amount=None)
    make_project(area=area, amount=None, signed_on=None)
    make_project(area=area, sectors=[trade], stage="intended", amount=Decimal("7.00"))


@pytest.fixture
def kashi(db, built_kashi):
    """The six projects of an area."""


def test_totals_look_as_agreed(visitor, kashi):
    answer = visitor.get("/api/v1/totals/?by=sector")

    assert answer.json() == {
        "basis": "contracted",
        "currency": "CNY",
        "by": ["sector"],
        "as_of": None,
        "rows": [
            {
                "sector": "trade",
                "label": "Trade",
                "projects": 3,
                "disclosed": 1,
                "undisclosed": 2,
                "left_out": 0,
                "amount": "1000000000.00",
                "bound": "at_least",
                "share": "1.0000",
                "href": "/projects/?basis=contracted&sector=trade",
            },
            {
                "sector": "logistics",
                "label": "Logistics",
                "projects": 2,
                "disclosed": 0,
                "undisclosed": 2,
                "left_out": 0,
                "amount": "0.00",
                "bound": "at_least",
                "share": "0.0000",
                "href": "/projects/?basis=contracted&sector=logistics",
            },
            {
                "sector": None,
                "label": "not stated",
                "projects": 1,
                "disclosed": 0,
                "undisclosed": 1,
                "left_out": 0,
                "amount": "0.00",
                "bound": "at_least",
                "share": "0.0000",
                "href": "/projects/?basis=contracted&sector=none",
            },
        ],
        "total": {
            "projects": 5,
            "disclosed": 1,
            "undisclosed": 4,
            "left_out": 0,
            "amount": "1000000000.00",
            "bound": "at_least",
            "href": "/projects/?basis=contracted",
        },
    }


def test_sector_and_contracted_are_the_defaults(visitor, kashi):
    said = visitor.get("/api/v1/totals/?by=sector&basis=contracted").json()

    assert visitor.get("/api/v1/totals/").json() == said


def test_a_cross_table_has_both_keys_and_both_labels(visitor, kashi):
    answer = visitor.get("/api/v1/totals/?by=area&then=year").json()

    assert answer["by"] == ["area", "year"]
    keys = [
        (row["area"], row["year"], row["label"], row["then_label"], row["projects"])
        for row in answer["rows"]
    ]
    assert keys == [
        ("kashi", "2023", "Kashi", "2023", 4),
        ("kashi", None, "Kashi", "not stated", 1),
    ]


@pytest.mark.parametrize("basis", ["contracted", "intended", "received"])
@pytest.mark.parametrize(
    "by", ["sector", "area", "year", "month", "stage", "origin", "enterprise", "currency"]
)
def test_rows_add_up_and_each_leads_to_its_projects(visitor, kashi, by, basis):
    answer = visitor.get(f"/api/v1/totals/?by={by}&basis={basis}&area=kashi").json()

    assert sum(Decimal(row["amount"]) for row in answer["rows"]) == Decimal(
        answer["total"]["amount"]
    )
    for row in [*answer["rows"], answer["total"]]:
        listed = visitor.get(f"/api/v1/projects/?{urlsplit(row['href']).query}").json()
        assert listed["count"] == row["projects"]


def test_there_is_no_share_of_nothing(visitor):
    make_project(amount=None, area=make_area(code="urumqi"))

    [row] = visitor.get("/api/v1/totals/?area=urumqi").json()["rows"]

    assert (row["share"], row["amount"]) == (None, "0.00")


def test_nothing_has_a_total(visitor):
    answer = visitor.get("/api/v1/totals/?search=nowhere").json()

    assert answer["rows"] == []
    assert (answer["total"]["amount"], answer["total"]["bound"]) == ("0.00", "exact")


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("by=colour", "by"),
        ("by=sector&then=sector", "then"),
        ("then=sector", "then"),
        ("by=sector&by=area", "by"),
        ("basis=arrived", "basis"),
        ("area=nowhere", "area"),
        ("page=1", "page"),
        ("page_size=5", "page_size"),
        ("cursor=", "cursor"),
        ("ordering=name", "ordering"),
        ("as_of=2023-11-11", "as_of"),
        ("wrong=1", "wrong"),
    ],
)
def test_an_invalid_parameter_is_named(visitor, kashi, query, named):
    answer = visitor.get(f"/api/v1/totals/?{query}")

    assert (answer.status_code, list(answer.json())) == (400, [named])


def test_queries_do_not_grow_with_rows(visitor, kashi):
    address = "/api/v1/totals/?by=enterprise&then=sector"
    with CaptureQueriesContext(connection) as few:
        visitor.get(address)
    for _ in range(4):
        make_project(
            enterprise=make_enterprise(), sectors=[make_sector()], signed_on=date(2024, 1, 1)
        )

    with CaptureQueriesContext(connection) as many:
        visitor.get(address)

    assert len(many) == len(few) <= 4


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_totals_are_not_written(office, visitor, method):
    for client in (office, visitor):
        assert getattr(client, method)("/api/v1/totals/").status_code == 405
