from datetime import date, timedelta
from decimal import Decimal

import pytest

from projects.filters import ProjectFilterSet
from projects.models import Project
from tests.factories import make_enterprise, make_project, make_receipt
from tests.helpers.selection import every_nth

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def built_seven(module_db):
    """Projects with equal and with missing values in every column that orders them."""
    day = date(2023, 11, 11)
    for code, amount, signed_on, name in [
        ("a", Decimal("5.00"), day, "Port"),
        ("B", None, None, "Port"),
        ("c", Decimal("5.00"), day, "港"),
        ("D", Decimal("0.00"), day - timedelta(days=1), ""),
        ("e", None, day, "Base"),
        ("f.1", Decimal("99999999999999.99"), None, "base"),
        ("g", Decimal("5.00"), None, "Port"),
    ]:
        make_project(code=code, amount=amount, signed_on=signed_on, name=name, name_zh="名")


@pytest.fixture
def seven(db, built_seven):
    """Seven projects."""


def walk(client, address):
    """The codes that a client sees who follows `next` to the end."""
    seen = []
    while address:
        answer = client.get(address).json()
        seen += [record.get("code", record.get("id")) for record in answer["results"]]
        assert answer["count"] == 7
        address = answer["next"]
    return seen


@pytest.mark.parametrize(
    "ordering",
    [
        sign + column
        for column in ProjectFilterSet.base_filters["ordering"].extra["choices"]
        if not column.startswith("-")
        for sign in ("", "-")
    ],
)
def test_a_cursor_walks_every_order_as_the_pages_do(visitor, seven, ordering):
    whole = visitor.get(f"/api/v1/projects/?ordering={ordering}").json()["results"]
    codes = [project["code"] for project in whole]

    assert len(set(codes)) == 7
    for size in every_nth([2, 1, 3, 7], 4, len(ordering)):
        address = f"/api/v1/projects/?ordering={ordering}&page_size={size}"
        assert walk(visitor, address) == codes
        assert walk(visitor, address + "&cursor=") == codes


def test_a_cursor_is_stable_when_records_are_added_or_deleted(visitor, seven):
    first = visitor.get("/api/v1/projects/?cursor=&page_size=3&ordering=name").json()
    last = first["results"][-1]["code"]
    Project.objects.get(code=last).delete()
    make_project(code="new", name="Aaa")

    second = visitor.get(first["next"]).json()

    seen = {project["code"] for project in first["results"] + second["results"]}
    assert len(seen) == 6
    assert "new" not in seen


def test_a_cursor_walks_what_has_no_code(visitor):
    project = make_project()
    receipts = [make_receipt(project, Decimal(number)) for number in (3, 1, 2, 2, 2, 5, 4)]

    seen = walk(visitor, "/api/v1/receipts/?ordering=-amount&cursor=&page_size=2")

    by_amount = sorted(receipts, key=lambda receipt: (-receipt.amount, receipt.pk))
    assert seen == [receipt.pk for receipt in by_amount]


def test_a_cursor_keeps_the_query(visitor, seven):
    make_enterprise()

    answer = visitor.get("/api/v1/projects/?disclosed=false&cursor=&page_size=1").json()
    again = visitor.get(answer["next"]).json()

    assert (answer["count"], again["count"], again["next"]) == (2, 2, None)


@pytest.mark.parametrize("name", ["page", "page_size"])
@pytest.mark.parametrize(
    "value", ["0", "-1", "abc", "1e9", "1.0", "１", "99999999999999999999", "%00", "1&{}=1"]
)
def test_an_impossible_page_is_an_error(visitor, seven, name, value):
    answer = visitor.get(f"/api/v1/projects/?{name}={value.format(name)}")

    assert answer.status_code == 400
    assert list(answer.json()) == [name]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("page=2", "page"),
        ("page=5&page_size=2", "page"),
        ("page_size=1001", "page_size"),
        ("cursor=nonsense", "cursor"),
        ("cursor=%00", "cursor"),
        ("cursor=&cursor=", "cursor"),
        ("cursor=&page=1", "page"),
    ],
)
def test_a_missing_page_or_wrong_cursor_is_an_error(visitor, seven, query, named):
    answer = visitor.get(f"/api/v1/projects/?{query}")

    assert answer.status_code == 400
    assert list(answer.json()) == [named]


def test_a_cursor_of_another_order_is_an_error(visitor, seven):
    address = visitor.get("/api/v1/projects/?cursor=&page_size=1&ordering=name").json()["next"]

    answer = visitor.get(address.replace("ordering=name", "ordering=-name"))

    assert answer.status_code == 400
    assert list(answer.json()) == ["cursor"]


def test_pages_lead_to_each_other(visitor, seven):
    answer = visitor.get("/api/v1/projects/?page=2&page_size=3&search=").json()

    assert (answer["count"], len(answer["results"])) == (7, 3)
    assert answer["next"].startswith("http://testserver/api/v1/projects/?")
    assert "page=3" in answer["next"]
    assert "page=1" in answer["previous"]


def test_an_empty_list_has_a_first_page(visitor):
    answer = visitor.get("/api/v1/projects/?page=1&search=nowhere")

    assert answer.json() == {"count": 0, "next": None, "previous": None, "results": []}


def test_a_thousand_is_the_most_at_once(visitor, seven):
    assert visitor.get("/api/v1/projects/?page_size=1000").status_code == 200
