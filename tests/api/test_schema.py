"""The description of the API, held against the API."""

import io

import pytest
from django.core.management import call_command

pytestmark = pytest.mark.django_db

FOR_THE_SIGNED_IN = ("/api/v1/imports/", "/api/v1/proposals/")


def test_the_schema_is_built_without_a_warning():
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=io.StringIO())


def test_the_schema_is_available_in_both_formats_and_as_a_page(visitor):
    assert visitor.get("/api/schema/").status_code == 200
    assert visitor.get("/api/schema/?format=json").json()["openapi"].startswith("3.")
    page = visitor.get("/api/docs/")
    script = visitor.get("/api/docs/?script=")

    assert "<script>" not in page.content.decode()
    assert script["Content-Type"].startswith("application/javascript")


@pytest.fixture
def description(visitor):
    return visitor.get("/api/schema/?format=json").json()


def test_every_query_parameter_is_described(description):
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
        "EnterpriseKind",
        "Qualifier",
        "Stage",
        "State",
        "HeadlineKind",
    }


def test_reading_is_described_as_open_and_writing_as_not(description):
    for address, path in description["paths"].items():
        for method, operation in path.items():
            is_open = method == "get" and not address.startswith(FOR_THE_SIGNED_IN)
            assert ({} in operation["security"]) == is_open
            assert {"token": []} in operation["security"]
