from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone
from rest_framework.test import APIClient

from projects.models import ApiToken, Zone
from tests.factories import make_user, make_zone

pytestmark = pytest.mark.django_db

ZONE = {"code": "xj", "name": "Xinjiang"}


def ask(authorization):
    return APIClient(HTTP_AUTHORIZATION=authorization).get("/api/v1/zones/")


def test_without_a_key_all_may_read_and_none_may_write(visitor):
    make_zone(code="xj")

    assert visitor.get("/api/v1/zones/xj/").status_code == 200
    for method, address in [
        ("post", "/api/v1/zones/"),
        ("put", "/api/v1/zones/xj/"),
        ("patch", "/api/v1/zones/xj/"),
        ("delete", "/api/v1/zones/xj/"),
    ]:
        answer = getattr(visitor, method)(address, ZONE, format="json")
        assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Token")
        assert list(answer.json()) == ["detail"]
    assert Zone.history.count() == 1


@pytest.mark.parametrize(
    "header",
    [
        "Token",
        "Token ",
        "Token unknown",
        "Token two words",
        "token unknown",
        "Token \xe5",
        "Token " + "x" * 10_000,
    ],
)
def test_a_key_that_does_not_hold_is_refused_even_for_reading(header):
    answer = ask(header)

    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Token")
    assert list(answer.json()) == ["detail"]


def test_a_key_is_valid_through_the_day_it_expires():
    today = timezone.localdate()
    user = make_user("superuser")
    _token, last_day = ApiToken.objects.issue(user, "today", expires_on=today)
    _token, too_late = ApiToken.objects.issue(
        user, "yesterday", expires_on=today - timedelta(days=1)
    )

    assert ask(f"Token {last_day}").status_code == 200
    assert ask(f"Token {too_late}").status_code == 401


def test_a_key_of_a_user_who_was_switched_off_is_refused():
    user = make_user("superuser")
    _token, key = ApiToken.objects.issue(user, "key")
    assert ask(f"Token {key}").status_code == 200

    user.is_active = False
    user.save()

    assert ask(f"Token {key}").status_code == 401


def test_only_the_digest_of_a_key_is_kept():
    token, key = ApiToken.objects.issue(make_user(), "key")

    assert all(key not in str(value) for value in vars(token).values())


def test_a_key_for_reading_does_not_write_whatever_its_user_may(client_of):
    client = client_of(make_user("superuser"), read_only=True)

    answer = client.post("/api/v1/zones/", ZONE, format="json")

    assert (answer.status_code, list(answer.json())) == (403, ["detail"])
    assert "reading" in answer.json()["detail"]
    assert client.get("/api/v1/zones/").status_code == 200


@pytest.mark.parametrize("role", ["visitor", "viewer"])
def test_the_missing_permission_of_a_key_is_named(client_of, role):
    make_zone(code="xj")
    client = client_of(make_user(role))

    for method, address, codename in [
        ("post", "/api/v1/zones/", "add_zone"),
        ("put", "/api/v1/zones/xj/", "change_zone"),
        ("patch", "/api/v1/zones/xj/", "change_zone"),
        ("delete", "/api/v1/zones/xj/", "delete_zone"),
    ]:
        answer = getattr(client, method)(address, ZONE, format="json")
        assert answer.status_code == 403
        assert codename in answer.json()["detail"]


def test_a_session_writes_with_its_csrf_token_only():
    client = APIClient(enforce_csrf_checks=True)
    client.force_login(make_user("superuser"))
    refused = client.post("/api/v1/zones/", ZONE, format="json")
    client.get("/api/v1/zones/", HTTP_ACCEPT="text/html")
    token = client.cookies["csrftoken"].value

    taken = client.post("/api/v1/zones/", ZONE, format="json", HTTP_X_CSRFTOKEN=token)

    assert (refused.status_code, list(refused.json())) == (403, ["detail"])
    assert taken.status_code == 201


def test_create_token_prints_a_key_that_writes(capsys):
    user = make_user("superuser")

    call_command("create_token", user.username, name="importer")

    key = capsys.readouterr().out.strip()
    client = APIClient(HTTP_AUTHORIZATION=f"Token {key}")
    assert client.post("/api/v1/zones/", ZONE, format="json").status_code == 201


def test_create_token_knows_read_only_and_expiring_keys(capsys):
    call_command(
        "create_token", make_user().username, name="reader", read_only=True, expires="2999-12-31"
    )

    token = ApiToken.objects.get()
    assert (token.name, token.read_only, str(token.expires_on)) == ("reader", True, "2999-12-31")
    assert len(capsys.readouterr().out.split()) == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"user": "nobody"}, "no user “nobody”"),
        ({"expires": "tomorrow"}, "“tomorrow” is not a date"),
        ({"expires": "2023-02-30"}, "“2023-02-30” is not a date"),
        ({"expires": "2001-01-01"}, "2001-01-01 is in the past"),
        ({"name": "taken"}, "has a key of this name"),
        ({"name": ""}, "cannot be blank"),
        ({"name": "x" * 101}, "at most 100 characters"),
    ],
)
def test_create_token_names_the_error(changes, said):
    user = make_user(username="office")
    ApiToken.objects.issue(user, "taken")
    given = {"user": "office", "name": "new", "expires": None} | changes

    with pytest.raises(CommandError, match=said):
        call_command("create_token", given["user"], name=given["name"], expires=given["expires"])

    assert ApiToken.objects.count() == 1


def test_create_token_creates_no_key_for_an_inactive_user():
    user = make_user(is_active=False)

    with pytest.raises(CommandError, match="is inactive"):
        call_command("create_token", user.username, name="key")
