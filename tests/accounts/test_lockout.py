"""Lockout: how often and from where passwords may be tried, decided before one is checked."""

import os
import re
import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth import hashers
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from projects.accounts import lockout
from projects.models import AttemptCount, AuditEntry
from tests.accounts.conftest import LOGIN, PASSWORD, is_signed_in, noted, sign_in, somebody

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


def fail(client, times, name="wang"):
    return [sign_in(client, name, "wrong").status_code for _ in range(times)]


@pytest.fixture
def hashed(monkeypatch):
    """The passwords that are hashed, in order."""
    seen = []
    encode = hashers.MD5PasswordHasher.encode

    def noting(self, password, salt):
        seen.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(hashers.MD5PasswordHasher, "encode", noting)
    return seen


def test_after_five_failures_not_even_the_right_password_is_looked_at(user, client, hashed):
    failed = fail(client, 5)
    looked_at = len(hashed)

    refused = sign_in(client)

    assert failed == [200] * 5
    assert refused.status_code == 429
    assert 14 * 60 < int(refused["Retry-After"]) <= 15 * 60
    assert "in 15 minutes" in refused.content.decode()
    assert len(hashed) == looked_at == 5
    assert not is_signed_in(client)


def test_the_response_is_the_same_for_an_unknown_name(user, client):
    def answers(name):
        pages = [sign_in(client, name, "wrong") for _ in range(6)]
        return [
            (page.status_code, re.sub(r'name="csrf[^>]*|value="[^"]*"', "", page.content.decode()))
            for page in pages
        ]

    assert answers("wang") == answers("nobody")


def test_each_attempt_hashes_one_password(user, client, hashed):
    somebody("gone", is_active=False)
    keyless = somebody("keyless")
    keyless.set_unusable_password()
    keyless.save()
    hashed.clear()

    for name in ("wang", "nobody", "gone", "keyless"):
        sign_in(client, name, "wrong")

    # The last has none to be compared with, so that a random one is made to take as long.
    assert hashed[:3] == ["wrong"] * 3
    assert len(hashed) == 4


def test_a_failure_costs_the_same_queries_for_an_unknown_name(user, client):
    def queries(name):
        with CaptureQueriesContext(connection) as captured:
            sign_in(client, name, "wrong")
        return [query["sql"].split()[0] for query in captured]

    assert queries("wang") == queries("nobody")


def test_an_inactive_user_gets_the_same_response(client):
    somebody("gone", is_active=False)

    page = sign_in(client, "gone")

    assert "Please enter a correct username and password" in page.content.decode()
    assert not is_signed_in(client)


def test_the_owner_is_locked_out_nowhere_else(user, coming_from):
    thief, owner = coming_from("192.0.2.66"), coming_from("192.0.2.7")
    fail(thief, 6)

    assert sign_in(thief).status_code == 429
    assert sign_in(owner).status_code == 302
    assert is_signed_in(owner)
    # The owner's success allows others no further attempts.
    assert sign_in(thief).status_code == 429


def test_a_forged_header_changes_nothing(user, behind_a_proxy):
    def attempt(forged):
        client = Client(HTTP_X_FORWARDED_FOR=f"{forged}, 192.0.2.66")
        return sign_in(client, password="wrong").status_code

    assert [attempt(f"198.51.100.{n}") for n in range(7)] == [200] * 5 + [429] * 2


def test_without_a_proxy_the_header_is_not_looked_at(user):
    statuses = [
        sign_in(Client(HTTP_X_FORWARDED_FOR=f"198.51.100.{n}"), password="wrong").status_code
        for n in range(6)
    ]

    assert statuses == [200] * 5 + [429]


def test_a_name_is_the_same_in_another_case_and_width(user, client):
    names = ["wang", "WANG", "Ｗａｎｇ", " wang ", "wAnG"]

    assert [fail(client, 1, name) for name in names] == [[200]] * 5
    assert sign_in(client).status_code == 429


def test_an_address_that_fails_under_many_names_is_locked_for_all(user, coming_from):
    sprayer = coming_from("192.0.2.66")

    statuses = [sign_in(sprayer, f"name-{n}", "Spring2026").status_code for n in range(32)]

    assert statuses == [200] * 30 + [429] * 2
    assert sign_in(sprayer).status_code == 429
    assert sign_in(coming_from("192.0.2.7")).status_code == 302


def test_ones_own_success_does_not_let_an_address_go_on(user, coming_from):
    sprayer = coming_from("192.0.2.66")
    for n in range(29):
        sign_in(sprayer, f"name-{n}", "wrong")

    assert sign_in(sprayer).status_code == 302
    assert [sign_in(sprayer, f"more-{n}", "wrong").status_code for n in range(2)] == [200, 429]


def test_a_name_that_fails_from_many_addresses_rests_but_not_where_its_owner_signs_in(
    user, coming_from, monkeypatch
):
    monkeypatch.setattr(lockout, "NAME", lockout.NAME._replace(number=8))
    owner = coming_from("192.0.2.7")
    sign_in(owner)
    owner.post("/accounts/logout/")
    for number in range(8):
        sign_in(coming_from(f"198.51.100.{number}"), password="wrong")

    assert sign_in(coming_from("198.51.100.99")).status_code == 429
    assert sign_in(owner).status_code == 302


def test_a_success_forgets_the_failures_of_its_own_name_and_address_only(user, client):
    somebody("li")
    fail(client, 4)
    fail(client, 4, "li")

    sign_in(client)

    assert fail(client, 6) == [200] * 5 + [429]
    assert fail(client, 2, "li") == [200, 429]


def test_it_is_over_after_a_quarter_of_an_hour(user, client, monkeypatch):
    fail(client, 6)
    now = timezone.now() + timedelta(minutes=15, seconds=1)
    monkeypatch.setattr("django.utils.timezone.now", lambda: now)

    assert sign_in(client).status_code == 302


def test_what_is_not_sent_whole_counts_as_no_attempt(user, client):
    for data in ({"username": "wang"}, {"password": "x"}, {"username": "a\x00b", "password": "x"}):
        for _ in range(6):
            assert client.post(LOGIN, data).status_code == 200

    assert not AttemptCount.objects.exists()


def test_failures_and_the_lockout_are_logged_once_each(user, client):
    fail(client, 9)

    assert noted() == ["sign_in_failed"] * 5 + ["locked_out"]
    assert set(AuditEntry.objects.values_list("name", flat=True)) == {"wang"}


def test_only_existing_names_are_logged(user, client):
    sign_in(client, "my secret password", "wang")

    assert AuditEntry.objects.get().name == ""
    assert "my secret" not in str(AuditEntry.objects.values().get())


def test_the_admin_uses_the_sign_in_of_the_site(user, client):
    asked = client.get("/admin/projects/project/?stage=signed", follow=True)
    posted = client.post("/admin/login/", {"username": "wang", "password": PASSWORD})

    assert asked.redirect_chain[-1][0] == (
        "/accounts/login/?next=/admin/projects/project/%3Fstage%3Dsigned"
    )
    assert posted.status_code == 302
    assert not is_signed_in(client)


def test_a_user_without_access_to_the_admin_is_refused_without_a_redirect_loop(client):
    client.force_login(somebody("reader", "visitor"))

    answer = client.get("/admin/", follow=True)

    assert answer.status_code == 403
    assert noted() == ["permission_refused"]


def test_a_signed_in_user_goes_straight_to_the_admin(user, client):
    client.force_login(user)

    assert client.get("/admin/login/")["Location"] == "/admin/"
    assert client.get("/admin/password_change/")["Location"] == "/accounts/password/"
    assert client.post("/admin/logout/")["Location"] == "/"
    assert not is_signed_in(client)


def test_all_processes_lock_together(tmp_path, migrated_file):
    shutil.copy(migrated_file, tmp_path / "db.sqlite3")
    environment = {
        "PATH": os.environ["PATH"],
        "DEBUG": "true",
        "DATABASE_URL": f"sqlite:///{tmp_path}/db.sqlite3",
    }
    script = (
        "from django.conf import settings; from django.test import Client;"
        "settings.PASSWORD_HASHERS = ['django.contrib.auth.hashers.MD5PasswordHasher'];"
        "send = lambda: Client(SERVER_NAME='localhost').post('/accounts/login/',"
        " {'username': 'wang', 'password': 'x'});"
        "print(sum(send().status_code == 200 for _ in range(5)))"
    )
    manage = [sys.executable, "manage.py"]

    command = [*manage, "shell", "--no-imports", "--command", script]
    workers = [
        subprocess.Popen(
            command,
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        for _ in range(2)
    ]

    assert sum(int(worker.communicate()[0]) for worker in workers) == 5
