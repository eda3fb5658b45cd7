"""The code of a merged enterprise leads to the other, on pages, in filters, files and the API."""

import json

import pytest
from rest_framework.test import APIClient

from projects.models import Enterprise, Project
from projects.review import merge
from tests.factories import make_enterprise, make_project, make_user
from tests.imports.test_projects import errors, import_text

pytestmark = pytest.mark.django_db

TAKEN = (
    "“%s” was the code of an enterprise that was merged into “KS-2”: choose another code, or use "
    "that enterprise."
)
QUESTIONS = ["enterprise=KS-1", "enterprise=KS-1&enterprise=KS-2", "lead=KS-1"]


@pytest.fixture
def merged():
    """KS-1 was merged into KS-2, with the project that it led."""
    old = make_enterprise(code="KS-1", name="Xingda Textile")
    into = make_enterprise(code="KS-2", name="Xinjiang Xingda")
    make_project(code="led", enterprise=old)
    make_project(code="another", enterprise=make_enterprise())
    return merge.merge(old, into, None).into


@pytest.fixture
def office():
    client = APIClient()
    client.force_authenticate(make_user("superuser"))
    client.default_format = "json"
    return client


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("query", ["", "?page=2&search=%E6%A3%89"])
def test_the_page_redirects_with_its_query(client, merged, method, query):
    answer = getattr(client, method)(f"/enterprises/KS-1/{query}")

    assert (answer.status_code, answer["Location"]) == (301, f"/enterprises/KS-2/{query}")


@pytest.mark.parametrize("method", ["get", "head"])
@pytest.mark.parametrize("query", ["", "?format=json"])
def test_the_api_redirects_with_its_query(client, merged, method, query):
    answer = getattr(client, method)(f"/api/v1/enterprises/KS-1/{query}")

    assert answer.status_code == 301
    assert answer["Location"] == f"http://testserver/api/v1/enterprises/KS-2/{query}"


def test_an_unknown_code_is_not_found(client, merged):
    assert client.get("/enterprises/KS-9/").status_code == 404
    assert client.get("/api/v1/enterprises/KS-9/").status_code == 404
    assert client.get("/enterprises/ks-1/").status_code == 404


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_nothing_is_written_by_a_former_code(office, merged, method):
    answer = getattr(office, method)("/api/v1/enterprises/KS-1/", {"name": "Another"})

    assert (answer.status_code, answer.json()) == (
        409,
        {"detail": "“KS-1” was merged into “KS-2”: write to that one."},
    )
    assert Enterprise.objects.get(code="KS-2").name == "Xinjiang Xingda"


def test_users_without_permission_are_refused(merged):
    assert APIClient().patch("/api/v1/enterprises/KS-1/", {}, format="json").status_code == 401


def test_a_former_code_is_not_available(office, merged):
    answer = office.post("/api/v1/enterprises/", {"code": "Ks-1", "name": "Another"})

    assert answer.status_code == 409
    assert answer.json() == {"code": [TAKEN % "Ks-1"]}


def test_a_project_that_names_a_former_code_gets_the_enterprise(office, merged):
    answer = office.post("/api/v1/projects/", {"code": "new", "name": "New", "enterprise": "KS-1"})

    assert (answer.status_code, answer.json()["enterprise"]) == (201, "KS-2")


@pytest.mark.parametrize("query", QUESTIONS)
def test_filters_by_a_former_code_find_the_enterprise(client, merged, query):
    listed = client.get(f"/projects/?{query}").context["records"]
    answered = client.get(f"/api/v1/projects/?{query}").json()
    exported = json.loads(b"".join(client.get(f"/projects/export.json?{query}").streaming_content))
    total = client.get(f"/api/v1/totals/?by=enterprise&{query}").json()

    assert [project.code for project in listed] == ["led"]
    assert [project["code"] for project in answered["results"]] == ["led"]
    assert [project["code"] for project in exported] == ["led"]
    assert [row["enterprise"] for row in total["rows"]] == ["KS-2"]


def test_a_file_that_names_a_former_code_finds_the_enterprise(merged):
    report = import_text("code,name,enterprise,partners\nnew,New,KS-1,\nled,,,KS-1\n")

    assert Project.objects.filter(code="new").exists() is False
    assert errors(report) == [(3, "partners", "KS-1")]

    report = import_text("code,name,enterprise\nnew,New,KS-1\n")

    assert (report.errors, report.written) == ((), True)
    assert Project.objects.get(code="new").enterprise == merged


def test_a_mapping_that_finds_by_name_finds_by_a_former_code_too(merged):
    company = {"field": "enterprise", "find": True, "make": {}}
    mapping = {"columns": {"Id": "code", "Title": "name", "Company": company}}

    report = import_text("Id,Title,Company\nnew,New,KS-1\n", mapping)

    assert (report.errors, report.created) == ((), {})
    assert Project.objects.get(code="new").enterprise == merged


def test_a_file_does_not_make_an_enterprise_of_a_former_code(merged):
    report = import_text("code,name\nks-1,Another\nKS-3,Third\n", noun="enterprises")

    assert [(error.row, error.column, error.reason) for error in report.errors] == [
        (2, "code", TAKEN % "ks-1")
    ]
    assert not report.written
    assert not Enterprise.objects.filter(code="KS-3").exists()
