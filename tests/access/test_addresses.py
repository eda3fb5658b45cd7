"""Each address of the resolver, asked by each role: what the table of docs/access.md says of it."""

from fnmatch import fnmatchcase

import pytest
from django.test import Client

from projects.models import ApiToken, Proposal
from tests.factories import (
    make_area,
    make_enterprise,
    make_headline,
    make_project,
    make_rate,
    make_receipt,
    make_sector,
    make_source,
    make_user,
    make_zone,
)
from tests.helpers.access_tables import ROLES, table
from tests.helpers.selection import every_nth
from tests.helpers.url_patterns import every_address

ROWS = table("Addresses")
ANSWERS = {
    "sign in": lambda answer: answer.status_code == 302 and "/login/" in answer.headers["Location"],
    "no": lambda answer: answer.status_code == 403,
    "key": lambda answer: answer.status_code == 401,
    "there": lambda answer: (
        answer.status_code in (200, 301, 302, 404, 405)
        and "/login/" not in answer.headers.get("Location", "")
    ),
}
NAMED = sorted({address.name for address in every_address() if address.name})
# Addresses without a name: the admin's own ways to sign in and out, which ours stand before, what
# is below /admin/ and /api/ and leads nowhere, and bare keys, which lead to the page to change.
UNNAMED = {
    "admin/login/",
    "admin/logout/",
    "admin/password_change/",
    "admin/(?P<url>.*)$",
    "api/",
}


def row_of(name):
    """The first row whose names it is of."""
    for row in ROWS:
        if any(fnmatchcase(name, one.strip("`")) for one in row["Addresses"].split()):
            return row
    return None


@pytest.fixture
def records(db):
    """One record of each noun, by the name that addresses have for it."""
    source = make_source(code="one")
    project = make_project(code="one", enterprise=make_enterprise(code="one"))
    return {
        "zone": make_zone(code="one"),
        "area": make_area(code="one"),
        "sector": make_sector(code="one"),
        "source": source,
        "project": project,
        "enterprise": project.enterprise,
        "receipt": make_receipt(project),
        "headline": make_headline(code="one"),
        "exchangerate": make_rate(),
    }


def arguments(address, records, user):
    """What stands in an address: what is there, where there is such a thing."""
    noun = address.name.rpartition("_")[0].rpartition("_")[2]
    token = ApiToken.objects.filter(user=user).first() if user else None
    keyed = records | {"apitoken": token, "user": make_user("clerk")}
    record = keyed.get(noun)
    values = {
        "object_id": record.pk if record else 10**6,
        "code": "one",
        "id": keyed["user"].pk if address.name.startswith("admin:") else records["receipt"].pk,
        "pk": 10**6,
        "model_name": "projects",
        "format": "csv",
        "app_label": "projects",
        "content_type_id": 1,
        "one": records["enterprise"].pk,
        "other": make_enterprise().pk,
        "uidb64": "MQ",
        "token": "none",
    }
    return {name: [values[name]] for name in address.parameters}


def test_every_address_stands_in_the_table():
    assert [name for name in NAMED if row_of(name) is None] == []
    nameless = {
        one.route
        for one in every_address()
        if not one.name and not one.route.endswith("<path:object_id>/")
    }
    assert nameless == UNNAMED


def test_every_row_of_the_table_is_of_some_address():
    used = {row["Addresses"] for row in map(row_of, NAMED)}

    assert [row["Addresses"] for row in ROWS if row["Addresses"] not in used] == []


@pytest.mark.parametrize("role", ROLES)
def test_what_each_address_answers_is_what_the_table_says(records, role):
    user = None if role == "visitor" else make_user(role)
    if user is not None:
        ApiToken.objects.issue(user, "test")
    client = Client()
    if user is not None:
        client.force_login(user)
    wrong = []
    for address in every_address():
        if not address.name or address.name.endswith("logout"):
            continue
        expected = row_of(address.name)[role]
        for path in address.paths(arguments(address, records, user)):
            answer = client.get(path)
            if not ANSWERS[expected](answer):
                wrong.append(f"{path} ({address.name}): {answer.status_code}, not {expected}")
    assert "\n".join(wrong) == ""


@pytest.mark.parametrize("role", ["visitor", "viewer"])
def test_whoever_may_only_read_writes_by_no_address_and_no_method(records, role):
    user = None if role == "visitor" else make_user(role)
    client = Client()
    if user is not None:
        client.force_login(user)
    before = {name: (record.version, record.history.count()) for name, record in records.items()}

    for number, address in enumerate(every_address()):
        if not address.name or address.name.endswith("logout"):
            continue
        for path in address.paths(arguments(address, records, user)):
            for method in ("post", *every_nth(["put", "patch", "delete"], 3, number)):
                assert getattr(client, method)(path).status_code < 500, (method, path)

    for name, record in records.items():
        record.refresh_from_db()
        assert (record.version, record.history.count()) == before[name], name
    assert not Proposal.objects.exists()
