"""Every response carries the security headers, and caching headers by who asked for it."""

import re

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from ftz_site.middleware import LISTS, NOTHING, OF_THIS_SITE, policy
from projects.models import ApiToken
from tests.factories import make_enterprise, make_project, make_source, make_user
from tests.helpers import production

pytestmark = pytest.mark.django_db

PUBLIC = [
    "/",
    "/?search=silk",
    "/projects/",
    "/projects/p1/",
    "/enterprises/",
    "/enterprises/e1/",
    "/areas/",
    "/totals/",
    "/headlines/",
    "/sources/",
    "/methods/",
    "/projects/?colour=red",
    "/projects/nowhere/",
    "/nowhere",
]
FILES = [
    "/projects/export.csv",
    "/projects/export.xlsx",
    "/totals/export.json",
    "/projects/export.csv?colour=red",
]
API = [
    "/api/v1/",
    "/api/v1/projects/",
    "/api/v1/projects/p1/",
    "/api/v1/totals/",
    "/api/v1/projects/?colour=red",
    "/api/v1/projects/nowhere/",
    "/api/nowhere",
    "/api/schema/",
]
PAGES_OF_THE_API = ["/api/v1/projects/?format=api", "/api/v1/projects/p1/?format=api", "/api/docs/"]
PERSONAL = ["/accounts/login/", "/admin/", "/admin/login/", "/admin/nowhere/", "/import/"]
HEALTH = ["/healthz", "/readyz"]
STATIC = "/static/projects/register.css"
EVERYWHERE = [*PUBLIC, *FILES, *API, *PAGES_OF_THE_API, *PERSONAL, *HEALTH, STATIC]

NAMES = {
    "content-security-policy",
    "cross-origin-embedder-policy",
    "cross-origin-opener-policy",
    "cross-origin-resource-policy",
    "permissions-policy",
    "referrer-policy",
    "x-content-type-options",
    "x-frame-options",
}


@pytest.fixture(scope="module")
def register(module_db):
    make_project(code="p1", enterprise=make_enterprise(code="e1"), sources=[make_source()])


def directives(answer):
    return dict(
        part.strip().partition(" ")[::2] for part in answer["Content-Security-Policy"].split(";")
    )


def varies(answer):
    return {name.strip() for name in answer.get("Vary", "").split(",")}


@pytest.mark.parametrize("address", EVERYWHERE)
def test_every_answer_carries_every_policy(client, register, address):
    answer = client.get(address)

    assert {name.lower() for name in answer.headers} >= NAMES
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    for name in ("default-src", "object-src", "base-uri", "frame-ancestors"):
        assert directives(answer)[name] == "'none'"
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert "http" not in answer["Content-Security-Policy"]


@pytest.mark.parametrize("method", ["post", "put", "delete", "options", "trace", "head"])
@pytest.mark.parametrize("address", ["/projects/", "/api/v1/projects/", "/nowhere", "/admin/"])
def test_so_does_the_answer_to_every_method(client, register, address, method):
    assert {name.lower() for name in getattr(client, method)(address).headers} >= NAMES


def test_so_does_the_answer_to_a_wrong_host(client):
    answer = client.get("/", headers={"host": "evil.example.org"})

    assert answer.status_code == 400
    assert {name.lower() for name in answer.headers} >= NAMES


@pytest.mark.parametrize(
    "broken", ["projects.views.lists.FilteredListView.get", "view", "middleware"]
)
def test_so_does_a_server_error(monkeypatch, db, broken):
    def fail(*args, **kwargs):
        raise RuntimeError("not to be shown")

    monkeypatch.setattr(
        {
            "view": "projects.views.lists.render",
            "middleware": "django.middleware.common.CommonMiddleware.process_request",
        }.get(broken, broken),
        fail,
    )
    answer = Client(raise_request_exception=False).get("/projects/")

    assert answer.status_code == 500
    assert {name.lower() for name in answer.headers} >= NAMES
    assert "not to be shown" not in answer.content.decode()


def test_a_file_that_was_not_modified_keeps_its_policy(client):
    first = client.get(STATIC)

    again = client.get(STATIC, headers={"if-modified-since": first["Last-Modified"]})

    assert again.status_code == 304
    assert {name.lower() for name in again.headers} >= NAMES
    assert again.headers["Cache-Control"] == first.headers["Cache-Control"]


@pytest.mark.parametrize("address", [*FILES, *API])
def test_what_is_no_page_may_load_nothing(client, register, address):
    assert client.get(address)["Content-Security-Policy"] == policy(NOTHING)


@pytest.mark.parametrize("address", [*PUBLIC, "/accounts/login/"])
def test_a_page_loads_from_this_site_only_and_makes_no_markup_from_text(client, register, address):
    found = directives(client.get(address))

    assert found.pop("require-trusted-types-for") == "'script'"
    # On a list one script lets whole pages through, for a list that changes in place.
    is_list = address.partition("?")[0].strip("/") in LISTS
    assert found.pop("trusted-types") == ("default" if is_list else "'none'")
    assert found == OF_THIS_SITE


def test_only_the_reader_of_the_description_has_pictures_in_its_style(client, register):
    with_data = [
        address
        for address in EVERYWHERE
        if "data:" in client.get(address)["Content-Security-Policy"]
    ]

    assert with_data == ["/api/docs/"]


# --- Who may keep a copy -----------------------------------------------------


@pytest.mark.parametrize("address", [*PUBLIC, *FILES, *API, *PAGES_OF_THE_API])
def test_public_responses_set_no_cookie_and_are_revalidated(client, register, address):
    answer = client.get(address)

    assert not answer.cookies
    assert answer["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("address", [*PUBLIC, *FILES, *API, *PAGES_OF_THE_API, *PERSONAL])
def test_responses_to_signed_in_users_are_not_stored(client, register, address):
    client.force_login(make_user("administrator"))

    assert client.get(address)["Cache-Control"] == "no-store, private"


def test_admin_pages_are_not_stored(client, register):
    client.force_login(make_user("administrator"))

    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        for address in (reverse(f"{name}_changelist"), reverse(f"{name}_add")):
            assert client.get(address)["Cache-Control"] == "no-store, private", address


@pytest.mark.parametrize("address", API)
def test_responses_to_api_keys_are_not_stored(client, register, address):
    _token, key = ApiToken.objects.issue(make_user("clerk"), "test")

    for authorization in (f"Token {key}", "Token of nobody", "Basic eA=="):
        answer = client.get(address, headers={"authorization": authorization})
        assert answer["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize("address", PERSONAL)
def test_personal_pages_are_not_stored_for_visitors(client, register, address):
    assert client.get(address)["Cache-Control"] == "no-store, private"


@pytest.mark.parametrize("address", [*PUBLIC, *FILES, *PERSONAL])
def test_pages_and_files_vary_with_who_asks(client, register, address):
    assert "Cookie" in varies(client.get(address))


@pytest.mark.parametrize("address", [*API, *PAGES_OF_THE_API])
def test_answers_of_the_api_vary_with_who_asks_and_in_what_form(client, register, address):
    assert varies(client.get(address)) >= {"Accept", "Authorization", "Cookie"}


def test_static_files_are_the_same_for_everybody(client, register):
    client.force_login(make_user("viewer"))
    answer = client.get(STATIC)

    assert "no-store" not in answer["Cache-Control"]
    assert "Cookie" not in varies(answer)


def test_a_visitor_costs_no_query_for_a_session(client, register, django_assert_num_queries):
    with django_assert_num_queries(0):
        client.get("/nowhere")
        client.get("/accounts/login/")
        client.get("/api/v1/")


def test_the_token_of_forms_is_given_to_those_who_can_write_only(client, register):
    for address in [*PAGES_OF_THE_API, "/api/docs/?script="]:
        assert "csrftoken" not in client.get(address).cookies

    client.force_login(make_user("administrator"))
    for address in [PAGES_OF_THE_API[0], "/api/docs/?script="]:
        answer = client.get(address)
        assert re.search(r'"[A-Za-z0-9]{64}"', answer.content.decode()), address
        assert answer.cookies["csrftoken"]["httponly"]


# --- In production -----------------------------------------------------------


@pytest.fixture(scope="module")
def answered(tmp_path_factory, migrated_file):
    """Responses of the site in production; the last ones after signing in."""
    steps = [
        *(address for address in EVERYWHERE if "p1" not in address and "e1" not in address),
        {"address": "/projects/", "secure": False},
        {"address": "/healthz", "secure": False},
        {"address": "/", "headers": {"host": "evil.example.org"}},
        {
            "method": "post",
            "address": "/accounts/login/?next=/totals/",
            "data": {"username": "admin", "password": "correct horse", "csrftoken": True},
        },
        "/admin/projects/project/add/",
        {"method": "post", "address": "/accounts/logout/", "data": {"csrftoken": True}},
        {"method": "post", "address": "/accounts/logout/", "data": {}},
    ]
    return production.answers(tmp_path_factory.mktemp("production"), migrated_file, steps)


def test_in_production_every_answer_over_tls_binds_the_browser_to_it(answered):
    for answer in answered:
        if answer["status"] == 301 or answer["headers"].get("location", "").startswith("https:"):
            continue
        assert answer["headers"].keys() >= NAMES, answer
    secure = [
        answer for answer in answered if answer["status"] != 301 and answer["address"] != "/healthz"
    ]
    assert {answer["headers"].get("strict-transport-security") for answer in secure} == {
        "max-age=31536000; includeSubDomains; preload"
    }


def test_in_production_a_redirect_to_tls_carries_the_policies(answered):
    [answer] = [
        one
        for one in answered
        if one["headers"].get("location") == "https://register.example.org/projects/"
    ]

    assert answer["status"] == 301
    assert answer["headers"].keys() >= NAMES


def test_in_production_cookies_are_of_this_host_and_out_of_reach(answered):
    cookies = {name: said for answer in answered for name, said in answer["cookies"].items()}

    assert cookies.keys() == {"__Host-sessionid", "__Host-csrftoken"}
    for said in [one for answer in answered for one in answer["cookies"].values()]:
        assert said["path"] == "/"
        assert "domain" not in said
        assert said["samesite"] == "Lax"
        if said.get("max-age") != 0 and not str(said.get("expires", "")).endswith(
            "1970 00:00:00 GMT"
        ):
            assert (said["secure"], said["httponly"]) == (True, True)


def test_in_production_signing_in_and_out_works(answered):
    signed_in, form, signed_out, refused = answered[-4:]

    assert (signed_in["status"], signed_in["headers"]["location"]) == (302, "/totals/")
    assert form["status"] == 200
    assert signed_out["status"] == 302
    assert refused["status"] == 403


def test_in_production_nothing_static_is_open_to_other_sites(answered):
    [style] = [answer for answer in answered if answer["address"] == STATIC]

    assert style["status"] == 200
    assert "access-control-allow-origin" not in style["headers"]
