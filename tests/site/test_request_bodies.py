"""Bodies and addresses that are too large, too deep, packed, in chunks, or none at all."""

import gzip
import json

import pytest
from django.test import Client

from projects.models import Zone
from tests.factories import make_user, make_zone

pytestmark = pytest.mark.django_db
ZONES = "/api/v1/zones/"


@pytest.fixture
def clerk(client):
    client.force_login(make_user("administrator"))
    return client


def answered(client, method, address, body, **more):
    more.setdefault("headers", {"If-Match": "*"} if method in ("PUT", "PATCH") else {})
    answer = client.generic(method, address, body, "application/json", **more)
    return answer.status_code, answer.json()


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"[" * 100_000 + b"]" * 100_000, 400),
        (b'{"a":' * 50_000 + b"1" + b"}" * 50_000, 400),
        (json.dumps({"name": "x" * 3_000_000}).encode(), 413),
        (b'{"name": ' + b"9" * 100_000 + b"}", 400),
        (b'{"name": "\xe9"}', 400),
    ],
)
def test_every_way_of_writing_refuses_what_is_too_much_with_a_sentence(clerk, method, body, status):
    make_zone(code="zone", name="Zone")
    address = ZONES if method == "POST" else f"{ZONES}zone/"
    before = Zone.objects.values().get()

    found, said = answered(clerk, method, address, body)

    assert (found, list(said)) == (status, ["detail"])
    assert said["detail"].startswith("The body ")
    assert Zone.objects.values().get() == before


@pytest.mark.parametrize("packed", ["gzip", "deflate", "br", "GZIP"])
def test_a_packed_body_is_not_unpacked(clerk, packed):
    body = gzip.compress(b" " * 10_000_000)

    status, said = answered(clerk, "POST", ZONES, body, headers={"content-encoding": packed})

    assert (status, said) == (
        415,
        {"detail": "Compressed bodies are not supported: send it uncompressed."},
    )


def test_a_body_may_say_that_it_is_not_packed(clerk):
    body = json.dumps({"code": "z", "name": "Z"})

    status, _said = answered(clerk, "POST", ZONES, body, headers={"content-encoding": "identity"})

    assert status == 201


@pytest.mark.parametrize(
    ("method", "address"),
    [
        ("PATCH", f"{ZONES}zone/"),
        ("POST", ZONES),
        ("POST", "/api/v1/projects/bulk/"),
        ("POST", "/accounts/login/"),
        ("POST", "/admin/projects/zone/add/"),
    ],
)
def test_a_body_in_chunks_is_refused_and_not_read_as_nothing(clerk, method, address):
    make_zone(code="zone")

    answer = clerk.generic(
        method,
        address,
        b"",
        "application/json",
        headers={"transfer-encoding": "chunked"},
        CONTENT_LENGTH="",
    )

    assert answer.status_code == 411
    assert "Content-Length" in answer.content.decode()
    assert "Content-Security-Policy" in answer.headers


def test_a_form_with_too_many_fields_or_too_much_in_them_is_a_page_with_a_sentence(clerk):
    for data in (
        {f"field-{number}": "x" for number in range(1_001)},
        {"name": "x" * 3_000_000},
    ):
        body = "&".join(f"{name}={value}" for name, value in data.items())
        answer = clerk.post("/admin/projects/zone/add/", body, "application/x-www-form-urlencoded")

        assert answer.status_code in (400, 413)
        assert "Invalid request" in answer.content.decode()


def test_a_form_with_too_many_files_is_refused():
    parts = "".join(
        f'--B\r\nContent-Disposition: form-data; name="f{number}"; filename="a"\r\n\r\nx\r\n'
        for number in range(200)
    )

    answer = Client().post(
        "/accounts/login/", f"{parts}--B--\r\n", "multipart/form-data; boundary=B"
    )

    assert answer.status_code == 400


@pytest.mark.parametrize("address", ["/projects/", ZONES, "/totals/", "/projects/export.csv"])
def test_long_addresses_are_refused_with_a_sentence(client, address):
    for query in ("search=" + "x" * 100_000, "&".join(["a=1"] * 10_000), "x" * 100_000):
        answer = client.get(f"{address}?{query}")

        assert answer.status_code == 400
        # It may name the parameter, once.
        assert len(answer.content) < 150_000


def test_too_many_parameters_are_counted_in_the_refusal(client):
    answer = client.get(f"{ZONES}?{'a&' * 2000}")

    assert answer.json() == {"detail": "The address has more than 1000 parameters: use fewer."}
