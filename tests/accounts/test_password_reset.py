"""Password reset by a link in an e-mail."""

import re
from datetime import timedelta

import pytest
from django.core import mail
from django.core.management import call_command
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from projects.accounts import password_reset
from projects.models import ApiToken, AuditEntry, ResetRequest
from tests.accounts.conftest import (
    PASSWORD,
    is_signed_in,
    noted,
    set_up,
    sign_in,
    somebody,
)

pytestmark = pytest.mark.django_db

ASK = "/accounts/password-reset/"
NEW = "quite another one 7"


@pytest.fixture
def user(db):
    return somebody("wang", email="wang@example.org")


def ask(client, email="wang@example.org"):
    return client.post(ASK, {"email": email})


def sent_link():
    password_reset.send_waiting()
    return re.search(r"http://testserver(/\S+)", mail.outbox[-1].body)[1]


def follow(client, link, password=NEW):
    form = client.get(link, follow=True)
    path = form.redirect_chain[-1][0] if form.redirect_chain else link
    return client.post(path, {"new_password1": password, "new_password2": password})


def test_a_link_is_sent_by_which_a_password_is_chosen(user, client):
    assert ask(client)["Location"] == "/accounts/password-reset/sent/"
    assert mail.outbox == []
    link = sent_link()

    done = follow(client, link)

    assert done["Location"] == "/accounts/password-reset/done/"
    assert mail.outbox[0].to == ["wang@example.org"]
    assert "wang" in mail.outbox[0].body
    assert sign_in(client, password=NEW).status_code == 302
    assert noted() == [
        "password_reset_asked",
        "password_reset_sent",
        "password_changed",
        "signed_in",
    ]


def test_the_worker_sends_it(user, client, capsys):
    ask(client)

    call_command("work", once=True)

    assert [message.to for message in mail.outbox] == [["wang@example.org"]]
    assert not ResetRequest.objects.exists()


def test_neither_the_answer_nor_its_work_tells_who_has_an_account(user):
    def asked(email):
        client = Client()
        with CaptureQueriesContext(connection) as captured:
            answer = ask(client, email)
        return answer.status_code, answer["Location"], [q["sql"].split()[0] for q in captured]

    assert asked("wang@example.org") == asked("nobody@example.org")
    password_reset.send_waiting()
    assert [message.to for message in mail.outbox] == [["wang@example.org"]]


def test_a_link_works_once(user, client):
    ask(client)
    link = sent_link()
    follow(client, link)

    again = client.get(link)

    assert "This link is not valid" in again.content.decode()


def test_a_link_is_valid_for_an_hour(user, client, monkeypatch):
    ask(client)
    link = sent_link()
    later = timezone.now() + timedelta(minutes=61)
    monkeypatch.setattr(
        "django.contrib.auth.tokens.PasswordResetTokenGenerator._now",
        lambda self: timezone.make_naive(later),
    )

    assert "This link is not valid" in client.get(link).content.decode()


@pytest.mark.parametrize("link", ["MQ/x-y", "99999999999999999999/x", "%F0%9F%92%A3/x", "AA/x"])
def test_an_invalid_link_is_refused(user, client, link):
    answer = client.get(f"{ASK}{link}/")

    assert answer.status_code == 200
    assert "This link is not valid" in answer.content.decode()


def test_it_does_not_sign_in_and_keeps_the_second_factor(user, client):
    client.force_login(user)
    set_up(client)
    visitor = Client()
    ask(visitor)

    follow(visitor, sent_link())

    assert not is_signed_in(visitor)
    assert sign_in(visitor, password=NEW)["Location"] == "/accounts/login/code/"
    assert not is_signed_in(visitor)


def test_it_ends_sessions_and_keys(user, client):
    client.force_login(user)
    ApiToken.objects.issue(user, "nightly")
    visitor = Client()
    ask(visitor)

    follow(visitor, sent_link())

    assert not is_signed_in(client)
    assert not ApiToken.objects.usable().exists()


def test_it_lets_the_owner_in_who_is_locked_out(user, client):
    for _ in range(6):
        sign_in(client, password="wrong")
    assert sign_in(client).status_code == 429
    ask(client)

    follow(client, sent_link())

    assert sign_in(client, password=NEW).status_code == 302


def test_a_weak_password_is_refused_in_words(user, client):
    ask(client)

    page = follow(client, sent_link(), "12345")

    assert "too short" in page.content.decode()
    user.refresh_from_db()
    assert user.check_password(PASSWORD)


@pytest.mark.parametrize("state", ["inactive", "no password"])
def test_no_link_is_sent_to_users_who_could_not_use_it(user, client, state):
    if state == "inactive":
        user.is_active = False
    else:
        user.set_unusable_password()
    user.save()
    ask(client)

    password_reset.send_waiting()

    assert mail.outbox == []


def test_requests_of_an_address_are_limited_to_ten_an_hour(user, client):
    statuses = [ask(client, f"n{n}@example.org").status_code for n in range(11)]

    assert statuses == [302] * 10 + [429]


def test_mails_to_a_user_are_limited(user, coming_from):
    answers = [ask(coming_from(f"192.0.2.{n}"), "WANG@example.org") for n in range(6)]

    password_reset.send_waiting()

    assert {answer.status_code for answer in answers} == {302}
    assert len(mail.outbox) == 3


def test_a_wish_that_waited_too_long_is_dropped(user, client):
    ask(client)
    ResetRequest.objects.update(requested_at=timezone.now() - timedelta(hours=2))

    assert password_reset.send_waiting() == 1
    assert mail.outbox == []


def test_a_mail_server_that_fails_stops_no_worker(user, client, monkeypatch, caplog):
    def refuse(*args, **options):
        raise OSError("no route to the mail server")

    monkeypatch.setattr("django.core.mail.EmailMultiAlternatives.send", refuse)
    ask(client)

    assert password_reset.send_waiting() == 1
    assert "Failed to send password reset email" in caplog.text


def test_the_page_names_a_missing_mail_server(user, client, settings):
    settings.CAN_SEND_MAIL = False

    assert "cannot send e-mail" in client.get(ASK).content.decode()
    assert ask(client)["Location"] == ASK
    assert not ResetRequest.objects.exists()
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("allowed", "host", "begins"),
    [
        (["register.example.org"], "register.example.org", "http://register.example.org"),
        (
            [".example.org", "register.example.org"],
            "evil.example.org",
            "http://register.example.org",
        ),
        (["*", "register.example.org"], "evil.example", "http://register.example.org"),
        ([".example.org"], "a.example.org", "http://a.example.org"),
        (["register.example.org"], "register.example.org:8443", "http://register.example.org:8443"),
    ],
)
def test_a_link_begins_with_a_host_of_the_settings(settings, allowed, host, begins):
    settings.DEBUG, settings.ALLOWED_HOSTS = False, allowed

    assert password_reset.link_origin(RequestFactory().get("/", HTTP_HOST=host)) == begins


def test_the_mail_is_in_the_language_of_the_page_of_the_request(user, client):
    client.post(f"/zh-hans{ASK}", {"email": "wang@example.org"})
    link = sent_link()

    assert mail.outbox[0].subject == "testserver 的新密码"
    assert "一小时内有效" in mail.outbox[0].body
    assert link.startswith("/zh-hans/accounts/")
    assert follow(client, link)["Location"] == "/zh-hans/accounts/password-reset/done/"
