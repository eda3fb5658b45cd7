"""Each address responds to each role as the table of docs/access.md says."""

from copy import deepcopy
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
# Addresses without a name: the admin's own login and logout, which the site's replace, what
# is below /admin/ and /api/ and not found, and bare keys, which redirect to the change page.
UNNAMED = {
    "admin/login/",
    "admin/logout/",
    "admin/password_change/",
    "admin/(?P<url>.*)$",
    "api/",
}


def row_of(name):
    """The first row with a pattern of this name."""
    for row in ROWS:
        if any(fnmatchcase(name, one.strip("`")) for one in row["Addresses"].split()):
            return row
    return None


@pytest.fixture(scope="module")
def built_records(module_db):
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


@pytest.fixture
def records(db, built_records):
    """One record of each model, by its name in addresses."""
    return deepcopy(built_records)


def client_of(user):
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


def user_of(role):
    return None if role == "visitor" else make_user(role)


def named_paths(records, user):
    """Each named address with its path, leading to a record where there is one."""
    token = ApiToken.objects.filter(user=user).first() if user else None
    clerk, other = make_user("clerk"), make_enterprise()
    by_model = records | {"apitoken": token, "user": clerk}
    for address in every_address():
        if not address.name or address.name.endswith("logout"):
            continue
        record = by_model.get(address.name.rpartition("_")[0].rpartition("_")[2])
        values = {
            "object_id": record.pk if record else 10**6,
            "code": "one",
            "id": clerk.pk if address.name.startswith("admin:") else records["receipt"].pk,
            "pk": 10**6,
            "model_name": "projects",
            "format": "csv",
            "app_label": "projects",
            "content_type_id": 1,
            "one": records["enterprise"].pk,
            "other": other.pk,
            "uidb64": "MQ",
            "token": "none",
        }
        for path in address.paths({name: [values[name]] for name in address.parameters}):
            yield address, path


def test_every_address_is_in_the_table():
    assert [name for name in NAMED if row_of(name) is None] == []
    nameless = {
        one.route
        for one in every_address()
        if not one.name and not one.route.endswith("<path:object_id>/")
    }
    assert nameless == UNNAMED


def test_every_row_of_the_table_has_an_address():
    used = {row["Addresses"] for row in map(row_of, NAMED)}

    assert [row["Addresses"] for row in ROWS if row["Addresses"] not in used] == []


@pytest.mark.parametrize("role", ROLES)
def test_every_address_responds_to_each_role_as_the_table_says(records, role):
    user = user_of(role)
    if user is not None:
        ApiToken.objects.issue(user, "test")
    client = client_of(user)
    wrong = []
    for address, path in named_paths(records, user):
        expected = row_of(address.name)[role]
        answer = client.get(path)
        if not ANSWERS[expected](answer):
            wrong.append(f"{path} ({address.name}): {answer.status_code}, not {expected}")
    assert "\n".join(wrong) == ""


@pytest.mark.parametrize("role", ["visitor", "viewer"])
def test_a_role_that_only_reads_writes_at_no_address_by_any_method(records, role):
    user = user_of(role)
    client = client_of(user)
    before = {name: (record.version, record.history.count()) for name, record in records.items()}

    for number, (_address, path) in enumerate(named_paths(records, user)):
        for method in ("post", *every_nth(["put", "patch", "delete"], 3, number)):
            assert getattr(client, method)(path).status_code < 500, (method, path)

    for name, record in records.items():
        record.refresh_from_db()
        assert (record.version, record.history.count()) == before[name], name
    assert not Proposal.objects.exists()
