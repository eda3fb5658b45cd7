"""Nothing unpublished is shown: every response is the same as if it did not exist.

Requests are made while drafts, proposals and files of clerks are in the register, and
once more without them; any difference, of a byte, is a leak. Users limited to areas are
in `test_leaks_between_areas`, writes in `test_leaks_by_writing`, random queries in
`test_random_queries`.
"""

from __future__ import annotations

import pytest
from django.test import Client

from projects import filters
from tests.factories import make_user
from tests.helpers import unpublished
from tests.helpers.leak_requests import (
    ENTRY_POINTS,
    FILTER_SETS,
    addresses,
    values_of,
)
from tests.helpers.responses import differences, fetch, fetch_all
from tests.helpers.selection import every_nth


@pytest.fixture(scope="module")
def keys(module_db):
    return unpublished.publish_register(), unpublished.hide()


@pytest.fixture(autouse=True)
def register(db, keys):
    """A register with hidden records; `unpublished.purge()` deletes them."""


def anonymous() -> Client:
    return Client(raise_request_exception=False)


@pytest.mark.parametrize(("number", "entry_point"), list(enumerate(ENTRY_POINTS)))
def test_a_visitor_gets_the_same_responses_without_hidden_records(number, entry_point):
    paths = every_nth(list(ENTRY_POINTS[entry_point]()), 2, number)
    client = anonymous()
    responses = fetch_all(client, paths)

    unpublished.purge()

    assert differences(responses, fetch_all(client, paths)) == []
    assert not any(b"Set-Cookie" in dict(headers) for _status, headers, _body in responses.values())
    assert any(status == 200 for status, _headers, _body in responses.values())
    for status, _headers, body in responses.values():
        if status == 200:
            assert b"Hidden" not in body
            assert "隐藏项目".encode() not in body


def test_no_address_tells_a_visitor_of_hidden_records(keys):
    paths = list(addresses(*keys))
    by_method = {
        "get": paths,
        **{method: every_nth(paths, 4, start) for start, method in enumerate(("head", "options"))},
    }
    client = anonymous()
    responses = {method: fetch_all(client, some, method) for method, some in by_method.items()}

    unpublished.purge()

    for method, some in by_method.items():
        assert differences(responses[method], fetch_all(client, some, method)) == []


def test_hidden_records_are_found_by_users_who_may_see_them():
    """Without this, the other tests would pass where nothing was hidden at all."""
    visitor, viewer = anonymous(), anonymous()
    viewer.force_login(make_user("viewer"))

    for noun in ("enterprises", "projects", "receipts", "sources", "headlines"):
        counts = [client.get(f"/api/v1/{noun}/").json()["count"] for client in (viewer, visitor)]
        assert counts[0] > counts[1] > 0, noun
    for entry_point, paths in ENTRY_POINTS.items():
        some = list(paths())[:3]
        if entry_point not in ("zones", "sectors", "rates", "overview", "areas"):
            assert differences(fetch_all(viewer, some), fetch_all(visitor, some)) != [], entry_point


def test_cursors_skip_hidden_records():
    def walk(noun):
        path, pages = f"/api/v1/{noun}/?page_size=1&cursor=", []
        while path:
            pages.append(fetch(anonymous(), path))
            path = anonymous().get(path).json()["next"]
        return pages

    responses = {noun: walk(noun) for noun in FILTER_SETS}

    unpublished.purge()

    assert {noun: walk(noun) for noun in FILTER_SETS} == responses


def test_the_figures_compared_with_a_headline_are_of_published_records():
    paths = ["/", "/headlines/", "/areas/here/", "/sources/press/", "/areas/here/?lang=x"]
    responses = fetch_all(anonymous(), paths)

    unpublished.purge()

    assert differences(responses, fetch_all(anonymous(), paths)) == []


def test_every_filter_has_values_for_requests():
    for filterset in (*FILTER_SETS.values(), filters.TotalsFilterSet):
        for name, filter_ in filterset.base_filters.items():
            assert values_of(name, filter_), (filterset, name)
