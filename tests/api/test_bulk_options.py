"""Bulk writes: dry runs, modes, query parameters and permissions."""

import pytest
from django.contrib.auth.models import Permission

from projects.models import Project
from tests.api.test_bulk import ADDRESS, codes, counts, post
from tests.factories import make_project, make_user

pytestmark = pytest.mark.django_db


def permitted(*codenames):
    user = make_user("visitor")
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return user


def test_a_dry_run_writes_nothing_and_responds_the_same(office):
    make_project(code="p", name="P")
    records = [{"code": "p", "name": "Q"}, {"code": "q", "name": "Q"}]

    trial = post(office, records, "?dry_run=true")

    assert trial.json() == {
        "created": 1,
        "updated": 1,
        "proposed": 0,
        "unchanged": 0,
        "codes": ["p", "q"],
        "dry_run": True,
    }
    assert (codes(), Project.objects.get().name) == (["p"], "P")
    assert Project.objects.get().history.count() == 1
    real = post(office, records, "?dry_run=false").json()
    assert real == trial.json() | {"dry_run": False}


def test_a_dry_run_has_the_same_errors(office):
    records = [{"code": "a", "name": "A"}, {"code": "b", "name": "B", "stage": "begun"}]

    trial, real = post(office, records, "?dry_run=true"), post(office, records)

    assert trial.status_code == real.status_code == 400
    assert trial.json() == real.json()
    assert list(real.json()) == ["1"]


def test_modes_create_or_update_only(office):
    make_project(code="old", name="Old")
    both = [{"code": "old", "name": "O"}, {"code": "new", "name": "N"}]

    create = post(office, both, "?mode=create")
    update = post(office, both, "?mode=update")

    assert (create.status_code, {i: list(f) for i, f in create.json().items()}) == (
        400,
        {"0": ["code"]},
    )
    assert (update.status_code, {i: list(f) for i, f in update.json().items()}) == (
        400,
        {"1": ["code"]},
    )
    assert (codes(), Project.objects.get().name) == (["old"], "Old")
    assert counts(post(office, both[1:], "?mode=create")) == [1, 0, 0]
    assert counts(post(office, both, "?mode=update")) == [0, 1, 1]


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("?mode=upsert", "mode"),
        ("?mode=create&mode=update", "mode"),
        ("?dry_run=yes", "dry_run"),
        ("?dry_run=true&dry_run=false", "dry_run"),
        ("?dryrun=true", "dryrun"),
        ("?page=1", "page"),
        ("?lang=xx", "lang"),
        ("?mode=%00", "mode"),
    ],
)
def test_an_unknown_parameter_is_refused(office, query, named):
    answer = post(office, [{"code": "p", "name": "P"}], query)

    assert (answer.status_code, list(answer.json())) == (400, [named])
    assert codes() == []


@pytest.mark.parametrize(
    ("held", "records", "status", "named"),
    [
        (["add_project"], ["new", "newer"], 200, ""),
        (["add_project"], ["new", "old"], 403, "“change_project”, which these records need: 1."),
        (["change_project"], ["old"], 200, ""),
        (["change_project"], ["new", "old", "newer"], 403, "“add_project”, which these records"),
        (["view_project"], ["old"], 403, "“add_project”"),
        (["add_project", "change_project"], ["new", "old"], 200, ""),
    ],
)
def test_each_record_needs_the_permission_to_create_or_change_it(
    client_of, held, records, status, named
):
    make_project(code="old", name="Old")

    answer = post(client_of(permitted(*held)), [{"code": c, "name": "Set"} for c in records])

    assert answer.status_code == status
    assert named in answer.json().get("detail", "")
    if status == 403:
        assert (codes(), Project.objects.get().name) == (["old"], "Old")


def test_records_without_permission_are_named(client_of):
    make_project(code="old")

    answer = post(
        client_of(permitted("change_project")), [{"code": c} for c in ("a", "old", "b\x00")]
    )

    assert answer.json()["detail"].endswith(": 0, 2.")


def test_visitors_and_read_only_keys_write_nothing(visitor, client_of):
    records = [{"code": "p", "name": "P"}]

    anonymous = post(visitor, records)
    reading = post(client_of(make_user("superuser"), read_only=True), records)

    assert (anonymous.status_code, "WWW-Authenticate" in anonymous) == (401, True)
    assert reading.status_code == 403
    assert codes() == []


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete", "head", "options"])
def test_only_post_is_allowed(office, method):
    assert getattr(office, method)(ADDRESS).status_code == (200 if method == "options" else 405)
