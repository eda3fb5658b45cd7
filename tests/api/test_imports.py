"""Imports in the API."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects.imports import batches
from projects.imports.mapping import mapping_of
from projects.models import ApiToken, BatchState
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def brought(user, text="code,name\na,A\n"):
    return batches.receive(text.encode(), "list.csv", "projects", user=user)


def written(user):
    batch = brought(user)
    batches.map_columns(batch, mapping_of(batch.mapping))
    batches.work_on(batch)
    batches.approve(batch)
    batches.work_on(batch)
    return batch


@pytest.fixture
def office(client):
    user = make_user("clerk")
    _token, key = ApiToken.objects.issue(user, "test", read_only=True)
    client.defaults["HTTP_AUTHORIZATION"] = f"Token {key}"
    return user


def test_a_visitor_needs_a_key(client):
    batch = brought(None)

    for address in ("/api/v1/imports/", f"/api/v1/imports/{batch.pk}/"):
        answer = client.get(address)
        assert (answer.status_code, "WWW-Authenticate" in answer) == (401, True)
    assert "imports" not in client.get("/api/v1/").json()


def test_a_person_sees_what_became_of_their_own_files(client, office):
    batch = written(office)
    other = brought(make_user("superuser"))

    (listed,) = client.get("/api/v1/imports/").json()["results"]
    alone = client.get(f"/api/v1/imports/{batch.pk}/").json()

    assert listed == alone
    assert (alone["noun"], alone["file_name"], alone["state"]) == (
        "projects",
        "list.csv",
        "written",
    )
    assert (alone["sha256"], alone["size"]) == (batch.sha256, 14)
    assert {status: count for status, count in alone["counts"].items() if count} == {"new": 1}
    assert (alone["url"], alone["undone_at"]) == (f"/import/{batch.pk}/", None)
    assert client.get(f"/api/v1/imports/{other.pk}/").status_code == 404
    assert client.get("/api/v1/").json()["imports"].endswith("/api/v1/imports/")


def test_files_are_found_by_state_and_the_last_one_is_the_first(client, office):
    mapped, first = brought(office), written(office)
    last = brought(office, "code\n")

    def ids(query):
        return [one["id"] for one in client.get(f"/api/v1/imports/{query}").json()["results"]]

    assert ids("") == [last.pk, first.pk, mapped.pk]
    assert ids("?state=written") == [first.pk]
    assert ids("?ordering=created_at&page_size=1") == [mapped.pk]
    assert set(client.get("/api/v1/imports/?state=x&colour=red").json()) == {"state", "colour"}
    assert mapped.state == BatchState.MAPPING


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_nothing_is_written_here(client, office, method):
    batch = brought(office)

    for address in ("/api/v1/imports/", f"/api/v1/imports/{batch.pk}/"):
        answer = getattr(client, method)(address, {}, content_type="application/json")
        assert answer.status_code == 405


def test_the_list_costs_the_same_however_long_it_is_and_reads_no_file(client, office):
    brought(office)
    with CaptureQueriesContext(connection) as one:
        client.get("/api/v1/imports/")
    for _ in range(5):
        brought(office)

    with CaptureQueriesContext(connection) as six:
        client.get("/api/v1/imports/")

    assert len(one) == len(six)
    assert not [query for query in six if '"content"' in query["sql"]]
