"""REQUIRE_SECOND_FACTOR: who must set up a second factor before anything else."""

import pytest
from rest_framework.test import APIClient

from projects.models import ApiToken
from tests.accounts.conftest import FACTOR, set_up, somebody

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("required", "role", "redirected"),
    [
        ("none", "superuser", False),
        ("superusers", "superuser", True),
        ("superusers", "viewer", False),
        ("staff", "viewer", True),
        ("staff", "superuser", True),
        ("staff", "visitor", False),
    ],
)
def test_a_required_second_factor_is_set_up_first(client, settings, required, role, redirected):
    settings.REQUIRE_SECOND_FACTOR = required
    client.force_login(somebody("wang", role))

    for path in ("/", "/projects/", "/accounts/", "/accounts/password/"):
        answer = client.get(path)
        assert (answer.get("Location") == FACTOR) == redirected, path
    if role != "visitor":
        assert (client.get("/admin/").status_code == 302) == redirected
    assert client.get("/accounts/second-factor/").status_code == 200
    assert client.get("/healthz").status_code == 200

    set_up(client)

    assert client.get("/projects/").status_code == 200


def test_a_user_without_a_required_one_can_sign_out(user, client, settings):
    settings.REQUIRE_SECOND_FACTOR = "staff"
    client.force_login(user)

    assert client.post("/accounts/logout/")["Location"] == "/"


def test_the_requirement_costs_visitors_no_query(client, settings, django_assert_num_queries):
    settings.REQUIRE_SECOND_FACTOR = "staff"

    with django_assert_num_queries(0):
        assert client.get("/accounts/login/").status_code == 200


def test_the_api_refuses_a_session_without_one_but_no_key(user, client, settings):
    settings.REQUIRE_SECOND_FACTOR = "staff"
    _token, key = ApiToken.objects.issue(user, "nightly")
    client.force_login(user)
    program = APIClient()
    program.credentials(HTTP_AUTHORIZATION=f"Token {key}")

    refused = client.get("/api/v1/projects/")
    evaded = client.get("/api/v1/projects/", HTTP_AUTHORIZATION="Other scheme")

    assert refused.status_code == evaded.status_code == 403
    assert "/accounts/second-factor/" in refused.json()["detail"]
    assert program.get("/api/v1/projects/").status_code == 200
