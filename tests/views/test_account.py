"""Signing in and out, and what the head of each page offers to whom."""

import pytest
from django.test import Client

from tests.factories import make_user
from tests.helpers.page_parser import read

pytestmark = pytest.mark.django_db


def header(client, address="/projects/"):
    return read(client.get(address).content.decode()).one("header")


def test_a_visitor_is_offered_to_sign_in(client):
    head = header(client)

    assert head.link("Sign in") == "/accounts/login/"
    assert head.all("form") == []


def test_staff_find_the_admin_and_others_do_not(client):
    client.force_login(make_user("viewer"))
    assert header(client).link("Admin") == "/admin/"

    client.force_login(make_user("visitor"))
    assert [link.text for link in header(client).all("a", href="/admin/")] == []


def test_signing_in_leads_to_the_requested_page(client):
    user = make_user("viewer")
    user.set_password("correct horse")
    user.save()
    form = read(client.get("/accounts/login/?next=/totals/").content.decode()).one("form")
    hidden = {e.attributes["name"]: e.attributes["value"] for e in form.all("input", type="hidden")}

    answer = client.post(
        "/accounts/login/", {**hidden, "username": user.username, "password": "correct horse"}
    )

    assert (answer.status_code, answer["Location"]) == (302, "/totals/")


def test_a_wrong_password_is_reported(client):
    page = read(
        client.post("/accounts/login/", {"username": "a", "password": "b"}).content.decode()
    )

    assert "Please enter a correct username and password" in page.one(role="alert").text


def test_signing_out_is_a_form_with_its_token():
    client = Client(enforce_csrf_checks=True)
    client.force_login(make_user("viewer"))
    form = header(client).one("form")
    token = form.one("input", name="csrfmiddlewaretoken").attributes["value"]

    assert (form.attributes["method"], form.attributes["action"]) == ("post", "/accounts/logout/")
    assert client.post("/accounts/logout/").status_code == 403
    assert client.post("/accounts/logout/", {"csrfmiddlewaretoken": token}).status_code == 302
    assert header(client).link("Sign in") == "/accounts/login/"


def test_a_form_without_its_csrf_token_is_refused_on_a_styled_page():
    response = Client(enforce_csrf_checks=True).post("/accounts/login/", {"username": "a"})

    assert response.status_code == 403
    assert "This form has expired" in response.content.decode()
    assert "<style" not in response.content.decode()
