"""Redirects after signing in or out never leave the site."""

import pytest

from tests.accounts.conftest import LOGIN, sign_in

pytestmark = pytest.mark.django_db

ELSEWHERE = [
    "//evil.example",
    "///evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https:///evil.example",
    "http://evil.example/",
    "https://testserver@evil.example/",
    "javascript:alert(1)",
    "java\tscript:alert(1)",
    "data:text/html,x",
    "\x08//evil.example",
    "/\t/evil.example",
    "\r\n//evil.example",
    " //evil.example",
    "ftp://testserver/",
    "http://[::1",
]


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_in_leads_nowhere_else(user, client, target):
    answer = sign_in(client, next=target)

    assert (answer.status_code, answer["Location"]) == (302, "/")


@pytest.mark.parametrize("target", ELSEWHERE)
def test_signing_out_leads_nowhere_else(user, client, target):
    client.force_login(user)

    answer = client.post("/accounts/logout/", {"next": target})

    assert (answer.status_code, answer["Location"]) == (302, "/")


@pytest.mark.parametrize("target", ELSEWHERE)
def test_sign_in_pages_repeat_no_foreign_target(client, target):
    page = client.get(LOGIN, {"next": target})
    led = client.get("/admin/login/", {"next": target})

    assert page.context["next"] == ""
    assert led["Location"] == "/accounts/login/?next=/admin/"


def test_signing_in_leads_to_where_one_was_going(user, client):
    assert sign_in(client, next="/projects/?area=kashi")["Location"] == "/projects/?area=kashi"


def test_the_login_redirects_back_to_the_page(client):
    asked = client.get("/import/", {"next": "//evil.example"})

    page = client.get(asked["Location"])

    assert page.context["next"] == "/import/?next=%2F%2Fevil.example"


def test_a_form_of_an_import_leads_back_to_the_imports(client):
    asked = client.post("/import/1/approve/?next=//evil.example", {"next": "//evil.example"})

    assert asked["Location"] == "/accounts/login/?next=/import/"
