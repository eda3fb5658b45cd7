"""Random requests of every operation of the API schema, by users with and without permission.

None is a server error; each response has a status, type and shape of the schema. What a
request writes is rolled back.
"""

from __future__ import annotations

import logging
import zlib

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode, checks
from schemathesis.specs.openapi import checks as openapi_checks

from projects import review
from projects.models import REVIEWED, ApiToken, ImportBatch, Project, Proposal
from tests.api.test_read import NOUNS, make_one_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db

CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_schema_conformance,
]
# The first part of their paths.
GROUPS = [*NOUNS, "totals", "imports", "proposals", ""]
# Fields with codes of other records, by the list of those.
REFERENCES = {
    "zone": "zones",
    "area": "areas",
    "sector": "sectors",
    "enterprise": "enterprises",
    "partners": "enterprises",
    "project": "projects",
    "source": "sources",
    "sources": "sources",
}


@pytest.fixture(scope="module")
def schema():
    return schemathesis.openapi.from_dict(SchemaGenerator().get_schema(public=True))


@pytest.fixture(autouse=True)
def _no_warnings_are_logged():
    """Under CHAOS=1 pytest would keep a hundred thousand lines of refusals."""
    logging.disable(logging.WARNING)
    yield
    logging.disable(logging.NOTSET)


@pytest.fixture
def site():
    """The site as a server would run it.

    Between requests a server closes connections in a transaction, as the test's is: not here,
    as in Django's test client.
    """
    around = (request_started, request_finished)
    for signal in around:
        signal.disconnect(close_old_connections)
    yield get_wsgi_application()
    for signal in around:
        signal.connect(close_old_connections)


@pytest.fixture(scope="module")
def users(module_db):
    """A visitor, a clerk and a superuser, by the headers that they send."""
    found = {"visitor": {}}
    for role in ("clerk", "superuser"):
        _token, key = ApiToken.objects.issue(make_user(role, username=role), "schemathesis")
        found[role] = {"Authorization": f"Token {key}"}
    return found


@pytest.fixture(scope="module")
def register(users):
    """The keys of two records of each model, of which the second is a draft, and of proposals."""
    found = {}
    for noun in NOUNS:
        records = [make_one_of(noun, day) for day in range(2)]
        if noun in REVIEWED:
            REVIEWED[noun].objects.filter(pk=records[1].pk).update(state="draft")
        found[noun] = [getattr(record, "code", record.pk) for record in records]
    clerk, other = (ApiToken.objects.get(user__username="clerk").user, make_user("clerk"))
    project = Project.objects.get(code=found["projects"][0])
    for proposer in (clerk, other):
        project.name = f"As {proposer} has it"
        review.submit(proposer, project)
        ImportBatch.objects.create(user=proposer, model_name="projects", file_name="a.csv", size=0)
    found["proposals"] = [*Proposal.objects.values_list("pk", flat=True)]
    found["imports"] = [*ImportBatch.objects.values_list("pk", flat=True)]
    return found


def with_existing(data, register):
    """`data` with existing codes in place of every other code of another record."""
    if isinstance(data, list):
        return [with_existing(one, register) for one in data]
    if not isinstance(data, dict):
        return data
    return {
        name: (
            existing(value, register[REFERENCES[name]])
            if name in REFERENCES
            else with_existing(value, register)
        )
        for name, value in data.items()
    }


def existing(value, keys):
    """One of `keys` in place of every other text, the same for the same text."""
    if isinstance(value, list):
        return [existing(one, keys) for one in value]
    if isinstance(value, dict):
        return with_existing(value, {"sectors": keys})
    if isinstance(value, str) and len(value) % 2:
        return keys[len(value) // 2 % len(keys)]
    return value


def almost_right(body, record):
    """`record` with about a quarter of the fields of `body`, the same for the same body.

    Few random bodies would pass all rules and be written.
    """
    if isinstance(body, list) and body and isinstance(body[0], dict):
        return [almost_right(body[0], record)]
    if (
        not isinstance(body, dict)
        or zlib.crc32(repr(body).encode("utf-8", "surrogatepass")) % 3 == 0
    ):
        return body
    kept = {
        name: value
        for name, value in body.items()
        if zlib.crc32(f"{name}{value}".encode("utf-8", "surrogatepass")) % 4 == 0
    }
    return record | kept


def cases_of(operation):
    """Cases as in the schema, and every third one not, where possible."""
    in_order = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    if operation.path == "/api/v1/":
        # Without parameters.
        return in_order
    return st.one_of(
        in_order, in_order, operation.as_strategy(generation_mode=GenerationMode.NEGATIVE)
    )


def send(case, site, headers):
    """Send the request, check the response, and roll back."""
    # Django's test client has connected them again.
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    with transaction.atomic():
        case.call_and_validate(app=site, headers=headers, checks=CHECKS)
        transaction.set_rollback(True)


def group_of(operation):
    return operation.path.split("/")[3]


def test_every_operation_belongs_to_a_group(schema):
    assert {group_of(one.ok()) for one in schema.get_all_operations()} == set(GROUPS)


@pytest.mark.parametrize("group", GROUPS)
def test_every_response_conforms_to_the_schema(
    client, schema, site, register, users, rounds, group
):
    record = {}
    if group in NOUNS:
        answer = client.get(f"/api/v1/{group}/{register[group][0]}/").json()
        record = answer | ({"code": "another"} if "code" in answer else {})

    def check(case):
        for name, value in (case.path_parameters or {}).items():
            case.path_parameters[name] = existing(str(value), register[group])
        case.body = with_existing(case.body, register)
        if group in NOUNS and not case.path.endswith(("publish/", "return/")):
            case.body = almost_right(case.body, record)
        if len(case.headers.get("If-Match", "")) % 2:
            case.headers["If-Match"] = "*"
        for headers in users.values():
            send(case, site, headers)

    for found in schema.get_all_operations():
        operation = found.ok()
        if group_of(operation) != group:
            continue
        many = settings(max_examples=rounds(2, 1000), suppress_health_check=list(HealthCheck))
        many(given(case=cases_of(operation))(check))()
