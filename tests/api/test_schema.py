"""The description of the API, held against the API."""

import io

import pytest
import schemathesis
from django.core.management import call_command
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis import checks
from schemathesis.specs.openapi import checks as openapi_checks

from projects.models import ApiToken
from tests.api.test_reading import NOUNS, make_one_of
from tests.factories import make_user

pytestmark = pytest.mark.django_db

FOR_THE_SIGNED_IN = ("/api/v1/imports/", "/api/v1/proposals/")
CHECKS = [
    checks.not_a_server_error,
    openapi_checks.status_code_conformance,
    openapi_checks.content_type_conformance,
    openapi_checks.response_schema_conformance,
]


def test_the_description_is_built_without_a_warning():
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=io.StringIO())


def test_the_description_can_be_read_in_either_format_and_in_a_browser(visitor):
    assert visitor.get("/api/schema/").status_code == 200
    assert visitor.get("/api/schema/?format=json").json()["openapi"].startswith("3.")
    page = visitor.get("/api/docs/")
    script = visitor.get("/api/docs/?script=")

    assert "<script>" not in page.content.decode()
    assert script["Content-Type"].startswith("application/javascript")


@pytest.fixture
def description(visitor):
    return visitor.get("/api/schema/?format=json").json()


def test_every_parameter_of_a_question_is_described(description):
    described = {
        parameter["name"]
        for parameter in description["paths"]["/api/v1/projects/"]["get"]["parameters"]
    }

    assert described >= {"area", "lead", "amount_min", "month", "search", "ordering", "cursor"}
    totals = {p["name"] for p in description["paths"]["/api/v1/totals/"]["get"]["parameters"]}
    assert {"by", "then", "basis"} <= totals
    assert not totals & {"page", "cursor", "ordering"}


def test_vocabularies_have_names_of_their_own(description):
    assert description["components"]["schemas"].keys() >= {
        "Basis",
        "HeadlineBasis",
        "Kind",
        "Qualifier",
        "Stage",
        "State",
        "What",
    }


def test_reading_is_described_as_open_and_writing_as_not(description):
    for address, path in description["paths"].items():
        for method, operation in path.items():
            is_open = method == "get" and not address.startswith(FOR_THE_SIGNED_IN)
            assert ({} in operation["security"]) == is_open
            assert {"token": []} in operation["security"]


@pytest.fixture
def schema(db):
    """The description, asked as a server would ask.

    Between two requests a server closes connections that stand in a transaction, and this
    test stands in one: so that does not happen here, as with Django's own test client.
    """
    around = (request_started, request_finished)
    for signal in around:
        signal.disconnect(close_old_connections)
    yield schemathesis.openapi.from_wsgi("/api/schema/?format=json", get_wsgi_application())
    for signal in around:
        signal.connect(close_old_connections)


@pytest.mark.parametrize("noun", [*NOUNS, "totals"])
def test_what_the_description_allows_is_answered_as_it_says(schema, rounds, noun):
    records = [make_one_of(each) for each in NOUNS]
    _token, key = ApiToken.objects.issue(make_user("superuser"), "schemathesis")
    record = dict(zip(NOUNS, records, strict=True)).get(noun)

    def check(case):
        for name, value in (case.path_parameters or {}).items():
            # Every other time a record that exists is meant.
            if len(str(value)) % 2:
                case.path_parameters[name] = getattr(record, name)
        case.call_and_validate(headers={"Authorization": f"Token {key}"}, checks=CHECKS)

    described = schema.include(path_regex=f"^/api/v1/{noun}/")
    for operation in described.get_all_operations():
        hurried = settings(max_examples=rounds(8, 300), suppress_health_check=list(HealthCheck))
        hurried(given(case=operation.ok().as_strategy())(check))()
