"""The user's own account: its keys, and that its pages are complete, private and protected."""

from datetime import date

import pytest

from projects.models import ApiToken
from tests.accounts.conftest import CODE, FACTOR, LOGIN, noted, set_up, sign_in, somebody
from tests.helpers.page_parser import check_policy, check_whole, read

pytestmark = pytest.mark.django_db

OWN = ["/accounts/", "/accounts/password/", FACTOR, "/accounts/second-factor/code.svg"]


@pytest.mark.parametrize("path", OWN)
def test_a_visitor_is_redirected_to_sign_in(client, path):
    assert client.get(path)["Location"] == f"/accounts/login/?next={path}"


@pytest.mark.parametrize("path", [*OWN[:3], LOGIN, CODE, "/accounts/password-reset/"])
def test_pages_of_the_account_are_not_cached(user, client, path):
    sign_in(client)

    answer = client.get(path)

    assert {"no-store", "private"} <= set(answer["Cache-Control"].split(", "))


def pages(client, user):
    """Every page about signing in, for each kind of user."""
    yield client.get(LOGIN)
    yield client.get("/accounts/password-reset/")
    yield client.get("/accounts/password-reset/sent/")
    yield client.get("/accounts/password-reset/done/")
    yield client.get("/accounts/password-reset/MQ/x/")
    yield sign_in(client, password="wrong")
    client.force_login(user)
    ApiToken.objects.issue(user, "nightly")
    yield client.get("/accounts/")
    yield client.get("/accounts/password/")
    yield client.post("/accounts/password/", {})
    yield client.get(FACTOR)
    client.post(FACTOR, {"step": "begin"})
    yield client.get(FACTOR)
    yield client.post(FACTOR, {"step": "confirm"})
    set_up(client)
    yield client.get(FACTOR)
    yield client.post(FACTOR, {"step": "remove", "code": "1", "password": "x"})
    client.post("/accounts/logout/")
    sign_in(client)
    yield client.get(CODE)
    yield client.post(CODE, {"code": "000000"})
    for _ in range(5):
        locked = client.post(CODE, {"code": "000000"})
    yield locked


def test_every_page_about_signing_in_is_whole_and_within_the_policy(user, client):
    seen = 0
    for answer in pages(client, user):
        page = read(answer.content.decode())
        check_whole(page)
        check_policy(page)
        labels = {label.attributes.get("for") for label in page.all("label")}
        for field in page.all("input"):
            kind = field.attributes.get("type")
            assert kind == "hidden" or field.attributes["id"] in labels, answer.request["PATH_INFO"]
        seen += 1
    assert seen == 17


def test_ones_keys_are_listed_with_what_they_may_and_until_when(user, client):
    ApiToken.objects.issue(somebody("li"), "theirs")
    ApiToken.objects.issue(user, "nightly", read_only=True, expires_on=date(2026, 1, 31))
    ApiToken.objects.issue(user, "import")
    client.force_login(user)

    table = read(client.get("/accounts/").content.decode()).one("table")

    rows = [[cell.text for cell in (*row.all("th"), *row.all("td"))] for row in table.all("tr")[1:]]
    assert [(row[0], row[1], row[3]) for row in rows] == [
        ("import Delete import", "read and write", "no expiry"),
        ("nightly Delete nightly", "read only", "2026-01-31: expired"),
    ]


def test_one_deletes_ones_own_keys_only(user, client):
    theirs, _key = ApiToken.objects.issue(somebody("li"), "theirs")
    mine, _key = ApiToken.objects.issue(user, "mine")
    client.force_login(user)

    statuses = [
        client.post(f"/accounts/keys/{token.pk}/delete/").status_code for token in (theirs, mine)
    ]

    assert statuses == [404, 302]
    assert list(ApiToken.objects.all()) == [theirs]
    assert noted() == ["token_deleted"]
    assert client.get(f"/accounts/keys/{theirs.pk}/delete/").status_code == 405


def test_signing_in_begins_a_session_of_its_own(user, client):
    client.get(LOGIN)
    session = client.session
    session["x"] = 1
    session.save()
    client.cookies["sessionid"] = handed_over = session.session_key

    sign_in(client)

    assert client.session.session_key != handed_over


def test_signing_in_and_out_is_logged(user, client):
    sign_in(client)
    client.post("/accounts/logout/")
    client.post("/accounts/logout/")

    assert noted() == ["signed_in", "signed_out"]
