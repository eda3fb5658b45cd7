"""Many projects in one request: what is written, what is refused, and what it costs."""

import json
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects.imports.pipeline import Pipeline
from projects.models import Allocation, Project
from tests.factories import (
    make_area,
    make_enterprise,
    make_project,
    make_rate,
    make_receipt,
    make_sector,
    make_source,
    make_user,
)

pytestmark = pytest.mark.django_db

ADDRESS = "/api/v1/projects/bulk/"


def post(client, records, query="", **headers):
    return client.post(f"{ADDRESS}{query}", records, format="json", headers=headers)


def counts(answer):
    return [answer.json()[name] for name in ("created", "updated", "unchanged")]


def codes():
    return sorted(Project.objects.values_list("code", flat=True))


def test_records_are_created_updated_or_unchanged(client_of):
    user = make_user("superuser")
    make_area(code="kashi"), make_sector(code="trade"), make_source(code="press")
    make_enterprise(code="lead"), make_enterprise(code="partner")
    kept = make_project(code="kept", name="Kept")
    changed = make_project(code="changed", name="Before", description="Stays")

    answer = post(
        client_of(user),
        [
            {
                "code": "new",
                "name": "New",
                "area": "kashi",
                "enterprise": "lead",
                "partners": ["partner"],
                "sectors": [{"sector": "trade", "share": "100.00"}],
                "sources": ["press"],
                "aliases": ["Other", "另"],
                "signed_on": "2023-11-11",
                "amount": "17.6亿元",
            },
            {"code": "kept", "name": "Kept"},
            {"code": "changed", "name": "After", "amount": None},
        ],
    )

    assert answer.status_code == 200
    assert answer.json() == {
        "created": 1,
        "updated": 1,
        "proposed": 0,
        "unchanged": 1,
        "codes": ["new", "kept", "changed"],
        "dry_run": False,
    }
    new = Project.objects.get(code="new")
    assert (new.amount, new.amount_text) == (Decimal("1760000000.00"), "17.6亿元")
    assert (new.area.code, new.enterprise.code) == ("kashi", "lead")
    assert [one.code for one in new.partners.all()] == ["partner"]
    assert new.alias_list() == ["Other", "另"]
    assert Allocation.objects.get(project=new).amount_base == new.amount
    changed.refresh_from_db()
    assert (changed.name, changed.amount, changed.description) == ("After", None, "Stays")
    assert (changed.version, kept.history.count()) == (2, 1)
    for project, kind in ((new, "+"), (changed, "~")):
        row = project.history.first()
        assert (row.history_type, row.history_user) == (kind, user)
    assert (new.history.count(), changed.history.count()) == (1, 2)


def test_sending_back_a_list_changes_nothing(office):
    make_rate()
    for number in range(3):
        project = make_project(
            area=make_area(),
            enterprise=make_enterprise(),
            partners=[make_enterprise()],
            sectors=[make_sector(), make_sector()],
            sources=[make_source()],
            currency="USD",
            qualifier="about",
            amount=None if number == 1 else Decimal("5.01"),
            aliases="One\nTwo",
        )
        make_receipt(project)
    listed = office.get("/api/v1/projects/").json()["results"]

    answer = post(office, listed)

    assert (answer.status_code, counts(answer)) == (200, [0, 0, 3])
    assert office.get("/api/v1/projects/").json()["results"] == listed
    assert [project.history.count() for project in Project.objects.all()] == [1, 1, 1]


def test_a_bulk_write_equals_a_single_post(office):
    make_sector(code="trade"), make_area(code="kashi")
    record = {
        "name": "P",
        "area": "kashi",
        "sectors": [{"sector": "trade"}],
        "amount": "more than 1 billion yuan",
        "stage": "intended",
        "intended_on": "2023-11-01",
    }
    office.post("/api/v1/projects/", {"code": "one", **record}, format="json")

    post(office, [{"code": "many", **record}])
    one, many = (office.get(f"/api/v1/projects/{code}/").json() for code in ("one", "many"))

    own = {"code", "url", "created_at", "updated_at"}
    assert {n: v for n, v in one.items() if n not in own} == {
        n: v for n, v in many.items() if n not in own
    }


def test_null_clears_a_field_and_an_absent_field_is_kept(office):
    make_project(code="p", area=make_area(), sectors=[make_sector()], note="Stays")

    answer = post(office, [{"code": "p", "area": None, "amount": None, "sectors": []}])

    project = Project.objects.get(code="p")
    assert counts(answer) == [0, 1, 0]
    assert (project.area, project.amount, project.note) == (None, None, "Stays")
    assert not project.shares.exists()


def test_all_errors_are_listed_by_index_and_nothing_is_written(office):
    make_area(code="kashi")
    make_project(code="There"), make_project(code="old")

    answer = post(
        office,
        [
            {"code": "good", "name": "Good"},
            {"code": "bad", "name": "B", "area": "nowhere", "amount": "-5", "colour": "red"},
            "no object",
            {"name": "No code"},
            {"code": "good", "name": "Again"},
            {"code": "there", "name": "Differs by case"},
            {"code": "nameless"},
            {"code": "late", "name": "L", "signed_on": "2023-02-02", "registered_on": "2023-01-01"},
            {"code": "null", "name": None},
            {"code": None, "name": "N"},
            {"code": None, "name": "N"},
            {"code": "lists", "name": "L", "sectors": [{"sector": "x", "share": "101"}]},
            {"code": "old", "stage": "begun"},
        ],
    )

    said = answer.json()
    assert answer.status_code == 400
    assert {index: set(fields) for index, fields in said.items()} == {
        "1": {"area", "amount", "colour"},
        "2": {"non_field_errors"},
        "3": {"code"},
        "4": {"code"},
        "5": {"code"},
        "6": {"non_field_errors"},
        "7": {"registered_on"},
        "8": {"name"},
        "9": {"code"},
        "10": {"code"},
        "11": {"sectors"},
        "12": {"stage"},
    }
    assert list(said) == sorted(said, key=int)
    assert all(isinstance(m, str) for f in said.values() for ms in f.values() for m in ms)
    assert codes() == ["There", "old"]


@pytest.mark.parametrize("body", [{}, [], {"code": "p", "name": "P"}, None, "p", 5, True])
def test_a_body_that_is_no_list_of_records_is_refused(office, body):
    answer = office.post(ADDRESS, json.dumps(body), content_type="application/json")

    assert (answer.status_code, list(answer.json())) == (400, ["detail"])


def test_more_than_ten_thousand_are_refused(office):
    answer = post(office, [{"code": f"p{n}"} for n in range(10_001)])

    assert (answer.status_code, list(answer.json())) == (413, ["detail"])
    assert "10001" in answer.json()["detail"]


def test_bulk_bodies_have_a_larger_limit(office, settings, monkeypatch):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    long = {"code": "p", "name": "P", "description": "x" * 500}
    assert office.post("/api/v1/projects/", long, format="json").status_code == 413
    assert post(office, [long]).status_code == 200
    monkeypatch.setattr("projects.api.formats.LargeJSONParser.largest", 100)

    answer = post(office, [long])

    assert (answer.status_code, list(answer.json())) == (413, ["detail"])


def test_concurrent_changes_are_not_overwritten(office, monkeypatch):
    project = make_project(code="p", name="Before", note="")
    gone = make_project(code="gone", name="Gone")
    make_project(code="q", name="Q")
    stock = Pipeline.check

    def overtaken(self, *args):
        checked = stock(self, *args)
        project.note = "Meanwhile"
        project.save()
        gone.delete()
        make_project(code="new", name="Theirs")
        return checked

    monkeypatch.setattr(Pipeline, "check", overtaken)
    records = [{"code": c, "name": "Ours"} for c in ("p", "gone", "q", "new", "newer")]

    answer = post(office, records)

    assert answer.status_code == 409
    assert {i: list(f) for i, f in answer.json().items()} == {
        "0": ["non_field_errors"],
        "1": ["non_field_errors"],
        "3": ["code"],
    }
    assert dict(Project.objects.values_list("code", "name")) == {
        "p": "Before",
        "q": "Q",
        "new": "Theirs",
    }
    assert Project.objects.get(code="p").note == "Meanwhile"


def surroundings():
    return {
        "area": [make_area().code for _ in range(3)],
        "enterprise": [make_enterprise().code for _ in range(50)],
        "sector": [make_sector().code for _ in range(8)],
        "source": [make_source().code for _ in range(10)],
    }


def plenty(around, count, name):
    """Projects of every kind of link, amounts in three currencies."""
    pick = {noun: lambda n, found=found: found[n % len(found)] for noun, found in around.items()}
    return [
        {
            "code": f"p{n}",
            "name": f"{name} {n}",
            "area": pick["area"](n),
            "enterprise": pick["enterprise"](n),
            "partners": [pick["enterprise"](n + 1)],
            "sectors": [
                {"sector": pick["sector"](n), "share": "60.00"},
                {"sector": pick["sector"](n + 1), "share": "40.00"},
            ],
            "signed_on": str(date(2023, 11, 1 + n % 28)),
            "amount": f"{n}.01",
            "currency": ("CNY", "USD", "EUR")[n % 3],
            "sources": [pick["source"](n)],
        }
        for n in range(count)
    ]


def test_ten_thousand_records_are_at_most_two_hundred_queries_each_way(office, rounds, monkeypatch):
    size = rounds(400, 10_000)
    # As many batches as of ten thousand, and so as many queries.
    for module in ("conversion.allocate", "history.bulk", "imports.pipeline", "imports.write"):
        monkeypatch.setattr(f"projects.{module}.WRITTEN_AT_ONCE", size // 4)
    make_rate()
    around = surroundings()
    first, then = plenty(around, size, "New"), plenty(around, size, "Changed")
    for record in then[::2]:
        record["sectors"] = [record["sectors"][0] | {"share": "100.00"}]
    asked = {}

    for name, records, query in [
        ("dry run", first, "?dry_run=true"),
        ("new", first, ""),
        ("unchanged", first, ""),
        ("changed", then, ""),
    ]:
        with CaptureQueriesContext(connection) as queries:
            answer = post(office, records, query)
        assert sum(counts(answer)) == size, name
        asked[name] = len(queries)

    assert Project.objects.filter(version=2).count() == size
    assert max(asked.values()) <= 200, asked


def test_errors_in_every_record_cost_no_more_queries(office):
    records = [{"code": f"p{n}", "name": "", "stage": "begun"} for n in range(100)]
    records += [{"code": f"q{n}"} for n in range(100)]

    with CaptureQueriesContext(connection) as queries:
        answer = post(office, records)

    assert len(answer.json()) == 200
    assert len(queries) < 50
