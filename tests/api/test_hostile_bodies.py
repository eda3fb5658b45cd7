"""Malformed and hostile bodies are refused, and never a server error."""

import json

import pytest

from tests.api.test_read import NOUNS, make_one_of
from tests.api.test_write import create
from tests.factories import make_project
from tests.helpers.selection import every_nth

pytestmark = pytest.mark.django_db

BULK = "/api/v1/projects/bulk/"
HOSTILE = [
    b"",
    b"{",
    b"null",
    b"true",
    b"5",
    b'"text"',
    b"[]",
    b"[[]]",
    b'[{"code": "a"}]',
    b"{}",
    b"\xff\xfe",
    b"\xef\xbb\xbf{}",
    b'{"code": "\\ud800", "name": "n"}',
    b'{"\\ud800": 1}',
    b'{"code": "a", "name": "\\u0000"}',
    b'{"\\u0000": 1}',
    b'{"code": NaN}',
    b'{"code": 1e999999999}',
    b'{"amount": 1e999999999, "code": "a", "name": "n"}',
    b'{"amount": -1e-999999999, "code": "a", "name": "n"}',
    b'{"amount": ' + b"9" * 5000 + b"}",
    b'{"size_km2": 1e999999, "code": "a", "name": "n"}',
    b'{"code": "a", "code": "b"}',
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b'{"code": ' + b"[" * 900 + b"]" * 900 + b"}",
    b'{"area": ' + b"[" * 17 + b"]" * 17 + b"}",
    b'{"sectors": {"0": {"sector": "a"}}}',
    b'{"aliases": {"a": "b"}}',
    json.dumps({"code": "a" * 1_000_000 + "!", "name": "n"}).encode(),
    json.dumps({"area": "a" * 1_000_000 + "!", "code": "a", "name": "n"}).encode(),
]


@pytest.mark.parametrize("noun", NOUNS)
def test_no_body_of_a_record_is_a_server_error(office, noun):
    record = make_one_of(noun)
    address = f"/api/v1/{noun}/{getattr(record, 'code', record.pk)}/"

    for body in every_nth(HOSTILE, 3, NOUNS.index(noun)):
        created = office.post(f"/api/v1/{noun}/", body, content_type="application/json")
        changed = office.patch(address, body, content_type="application/json")

        assert created.status_code == 400, body[:60]
        assert created.json()
        # An empty body changes nothing.
        assert changed.status_code == (200 if body in (b"", b"{}") else 400), body[:60]


def test_no_body_of_many_records_is_a_server_error(office):
    make_project(code="a")
    alone = [body for body in HOSTILE if body != b'[{"code": "a"}]']
    within = [b"[" + body + b"]" for body in alone]

    for body in (*alone, *within):
        answer = office.post(BULK, body, content_type="application/json")

        assert answer.status_code == 400, body[:60]
        assert answer.json()


VALUES = [
    "\x00",
    "a\x00b",
    "x" * 100_000,
    "é",
    "../x",
    "",
    " ",
    5,
    -1,
    10**30,
    True,
    1.5,
    [],
    [[]],
    {},
]


@pytest.mark.parametrize(("number", "value"), list(enumerate(VALUES)))
def test_no_value_of_any_field_is_a_server_error(office, number, value):
    make_project(code="p")

    names = list(office.get("/api/v1/projects/p/").json())
    shapes = [value, [value], [{"sector": value}]]
    new = [{"name": "New", name: shape} for name in names for shape in shapes]

    bodies = [[{"code": f"n{n}"} | one for n, one in enumerate(new)]]
    bodies += [[{"code": "p", name: value}] for name in every_nth(names, 5, number)]
    answers = [office.post(f"{BULK}?dry_run=true", body, format="json") for body in bodies]

    assert {answer.status_code for answer in answers} <= {200, 400}


def test_a_body_that_is_too_large_is_refused(office, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100

    answer = create(office, note="x" * 100)

    assert (answer.status_code, list(answer.json())) == (413, ["detail"])


@pytest.mark.parametrize(
    "kind", ["application/x-www-form-urlencoded", "multipart/form-data", "text/csv"]
)
def test_other_content_types_are_refused(office, kind):
    answer = office.post("/api/v1/projects/", b"code=a&name=b", content_type=kind)

    assert (answer.status_code, list(answer.json())) == (415, ["detail"])
