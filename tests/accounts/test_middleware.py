"""Sliding sessions: requests extend the session, up to a week after signing in."""

import logging
from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.db import DatabaseError, connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from projects.accounts.middleware import renew
from tests.accounts.conftest import PASSWORD, is_signed_in, sign_in
from tests.factories import make_user
from tests.helpers.page_parser import read

pytestmark = pytest.mark.django_db

NOW = timezone.now()


@pytest.fixture
def at(monkeypatch):
    """Sets the clock to so long after the start of the test."""

    def move(**passed):
        monkeypatch.setattr(timezone, "now", lambda: NOW + timedelta(**passed))

    move()
    return move


@pytest.fixture
def signed_in(at, user, client):
    sign_in(client)
    return client


def ends_after():
    return Session.objects.get().expire_date - NOW


def test_a_session_ends_twelve_hours_after_the_last_request(signed_in, at):
    at(hours=11)
    assert is_signed_in(signed_in)

    at(hours=22, minutes=59)
    assert is_signed_in(signed_in)

    at(hours=35)
    assert not is_signed_in(signed_in)


def test_a_session_is_renewed_at_most_every_ten_minutes(signed_in, at):
    at(minutes=9, seconds=59)
    answer = signed_in.get("/accounts/")
    assert ends_after() == timedelta(hours=12)
    assert settings.SESSION_COOKIE_NAME not in answer.cookies

    at(minutes=10)
    answer = signed_in.get("/accounts/")
    assert ends_after() == timedelta(hours=12, minutes=10)
    cookie = answer.cookies[settings.SESSION_COOKIE_NAME]
    assert (cookie["max-age"], cookie["httponly"]) == (12 * 60 * 60, True)
    assert cookie["samesite"] == "Lax"


def test_a_session_ends_a_week_after_signing_in_however_busy_it_is(signed_in, at):
    for hours in range(11, 7 * 24, 11):
        at(hours=hours)
        assert is_signed_in(signed_in)

    assert ends_after() == timedelta(days=7)
    at(days=7)
    assert not is_signed_in(signed_in)


def test_what_is_saved_in_a_session_does_not_move_its_end_beyond_the_week(signed_in, at):
    for hours in range(11, 7 * 24, 11):
        at(hours=hours)
        signed_in.get("/accounts/")
    session = signed_in.session
    session["anything"] = 1
    session.save()

    assert ends_after() == timedelta(days=7)


def test_the_week_counts_from_the_last_sign_in(signed_in, at):
    at(hours=10)
    sign_in(signed_in)
    assert Session.objects.count() == 1

    at(hours=20)
    assert is_signed_in(signed_in)
    assert signed_in.session["signed_in_at"] == (NOW + timedelta(hours=10)).timestamp()


def test_a_new_password_does_not_lengthen_the_week(signed_in, at):
    at(hours=10)
    passwords = {"old_password": PASSWORD} | dict.fromkeys(
        ("new_password1", "new_password2"), "another long password"
    )
    assert signed_in.post("/accounts/password/", passwords).status_code == 302

    assert is_signed_in(signed_in)
    assert signed_in.session["signed_in_at"] == NOW.timestamp()


def test_a_failed_renewal_is_logged_and_ignored(signed_in, at, monkeypatch, caplog):
    def fail(*args, **kwargs):
        raise DatabaseError("read-only")

    at(hours=1)
    with monkeypatch.context() as patch, caplog.at_level(logging.WARNING, "projects.accounts"):
        patch.setattr(QuerySet, "update", fail)
        assert is_signed_in(signed_in)

    assert "could not be renewed: read-only" in caplog.text
    assert ends_after() == timedelta(hours=12)


def test_a_deleted_session_is_not_renewed(signed_in, at, monkeypatch):
    at(hours=1)
    session = signed_in.session
    assert session.get("_auth_user_id")
    Session.objects.all().delete()

    assert not renew(session)
    assert not Session.objects.exists()


def test_signing_out_sets_no_session_cookie(signed_in, at):
    at(hours=1)

    answer = signed_in.post("/accounts/logout/")

    assert answer.cookies[settings.SESSION_COOKIE_NAME].value == ""
    assert not Session.objects.exists()


def test_visitors_cause_no_session_query_and_get_no_cookie(client):
    with CaptureQueriesContext(
        connection,
    ) as queries:
        answer = client.get("/methods/")

    assert not [one for one in queries if "session" in one["sql"]]
    assert not answer.cookies
    assert answer.headers["Vary"] == "Cookie"


def test_only_pages_of_staff_have_the_session_notice(client, at):
    assert "session-notice" not in client.get("/projects/").content.decode()
    client.force_login(make_user("viewer", is_staff=False))
    assert "session-notice" not in client.get("/projects/").content.decode()
    client.force_login(make_user("superuser"))

    for address in ("/projects/", "/admin/projects/project/add/"):
        notice = read(client.get(address).content.decode()).one(id="session-notice")
        assert notice.attributes["data-seconds"] == str(12 * 60 * 60)
        assert "hidden" in notice.attributes


def test_the_session_address_extends_the_session(signed_in, at):
    at(hours=11, minutes=55)
    assert signed_in.get("/accounts/session/").json() == {"seconds": 12 * 60 * 60}

    at(days=3)
    answer = signed_in.get("/accounts/session/")
    assert answer.headers["Location"] == "/accounts/login/?next=/accounts/session/"


@pytest.mark.parametrize(
    "address",
    ["/accounts/views/", "/accounts/views/1/rename/", "/accounts/keys/1/delete/"],
)
def test_a_form_sent_after_the_end_redirects_to_the_account_after_sign_in(client, address):
    answer = client.post(address, {"name": "x"})

    assert answer.headers["Location"] == "/accounts/login/?next=/accounts/"
