"""The second factor: setup, login, recovery codes, removal."""

import re
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from projects.accounts import lockout, second_factor
from projects.models import AuditEntry, RecoveryCode
from tests.accounts.conftest import (
    CODE,
    FACTOR,
    PASSWORD,
    Authenticator,
    is_signed_in,
    noted,
    set_up,
    sign_in,
    somebody,
    wrong,
)

pytestmark = pytest.mark.django_db
PICTURE = "/accounts/second-factor/code.svg"


@pytest.fixture
def device(user, client):
    """The authenticator and the recovery codes of the user, who has set up a second factor."""
    client.force_login(user)
    return set_up(client)


@pytest.fixture
def authenticator(device):
    return device[0]


@pytest.fixture
def codes(device):
    return device[1]


def send(client, code):
    return client.post(CODE, {"code": code})


# --- Setting up ----------------------------------------------------------------


def test_the_secret_is_shown_as_a_picture_and_as_text_until_confirmed(user, client):
    client.force_login(user)
    assert client.get(PICTURE).status_code == 404

    client.post(FACTOR, {"step": "begin"})
    page, picture = client.get(FACTOR), client.get(PICTURE)

    pending = TOTPDevice.objects.get()
    assert second_factor.formatted_secret(pending) in page.content.decode()
    assert picture["Content-Type"] == "image/svg+xml"
    assert picture.content.startswith(b"<?xml")
    assert b"style" not in picture.content
    assert "no-store" in picture["Cache-Control"]
    assert not second_factor.is_set_up(user)


def test_ten_recovery_codes_are_shown_once_and_only_their_digests_kept(user, client, codes):
    assert len(set(codes)) == 10
    assert all(re.fullmatch("([a-hj-km-np-z2-9]{4}-){3}[a-hj-km-np-z2-9]{4}", c) for c in codes)
    kept = str(list(RecoveryCode.objects.values()))
    assert not any(code in kept or code.replace("-", "") in kept for code in codes)
    assert not any(code in client.get(FACTOR).content.decode() for code in codes)
    assert noted() == ["second_factor_set_up"]


@pytest.mark.parametrize("fault", ["password", "code"])
def test_a_secret_is_confirmed_by_password_and_code(user, client, fault):
    client.force_login(user)
    client.post(FACTOR, {"step": "begin"})
    right = {"password": PASSWORD, "code": Authenticator(TOTPDevice.objects.get()).code()}
    faulty = {"password": "other", "code": wrong(right["code"])}[fault]

    page = client.post(FACTOR, {"step": "confirm", **right, fault: faulty})

    assert page.context["form"].errors.keys() == {fault}
    assert not second_factor.is_set_up(user)
    assert not RecoveryCode.objects.exists()


def test_setting_it_up_ends_earlier_sessions(user, client):
    elsewhere = Client()
    sign_in(elsewhere)
    sign_in(client)
    before = client.session.session_key

    set_up(client)

    assert is_signed_in(client)
    assert client.session.session_key != before
    assert not is_signed_in(elsewhere)


# --- Signing in ----------------------------------------------------------------


def test_the_code_is_required_after_the_password(authenticator, monkeypatch):
    client = Client()

    half = sign_in(client, next="/totals/")
    assert half["Location"] == CODE
    assert not is_signed_in(client)
    whole = send(client, authenticator.next(monkeypatch))

    assert whole["Location"] == "/totals/"
    assert is_signed_in(client)
    assert AuditEntry.objects.get(action="signed_in").details == {"second_factor": "code"}


def test_a_code_works_only_once(authenticator, monkeypatch):
    code = authenticator.code()
    client = Client()
    sign_in(client)
    # The one that confirmed the device is used up as well.
    assert send(client, code).status_code == 200

    code = authenticator.next(monkeypatch)
    assert send(client, code).status_code == 302
    other = Client()
    sign_in(other)

    assert send(other, code).status_code == 200
    assert not is_signed_in(other)


def test_a_code_may_be_typed_with_a_space_and_in_full_width(authenticator, monkeypatch):
    client = Client()
    sign_in(client)
    code = authenticator.next(monkeypatch)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code)

    assert send(client, f"{wide[:3]} {wide[3:]}").status_code == 302


@pytest.mark.parametrize("code", ["", "12345", "1234567", "+12345", "1_2345", "0x1234", "١٢٣٤٥٦x"])
def test_a_malformed_code_is_refused(device, code):
    client = Client()
    sign_in(client)

    assert send(client, code).status_code == 200
    assert not is_signed_in(client)


def test_a_recovery_code_works_once_in_any_spelling(codes):
    client = Client()
    sign_in(client)

    assert send(client, codes[3].upper().replace("-", " ")).status_code == 302
    other = Client()
    sign_in(other)

    assert send(other, codes[3]).status_code == 200
    assert RecoveryCode.objects.count() == 9
    assert "recovery_code_used" in noted()
    assert "9 recovery codes are left" in client.get("/accounts/").content.decode()


def test_a_recovery_code_is_its_owners_only(codes):
    li = somebody("li")
    other = Client()
    other.force_login(li)
    set_up(other)

    assert second_factor.verify(li, codes[0]) is None


def test_the_page_of_the_code_needs_the_password_first(device):
    client = Client()

    assert client.get(CODE)["Location"] == "/accounts/login/"
    assert send(client, "123456")["Location"] == "/accounts/login/"


def test_the_code_must_follow_the_password_soon(authenticator, monkeypatch):
    client = Client()
    sign_in(client)
    session = client.session
    session["half_way"] = session["half_way"] | {"since": session["half_way"]["since"] - 601}
    session.save()

    assert send(client, authenticator.next(monkeypatch))["Location"] == "/accounts/login/"
    assert not is_signed_in(client)


def test_a_password_changed_before_the_code_is_required_again(user, authenticator, monkeypatch):
    client = Client()
    sign_in(client)
    user.set_password("another one")
    user.save()

    assert send(client, authenticator.next(monkeypatch))["Location"] == "/accounts/login/"


def test_session_fixation_is_prevented(device):
    client = Client()
    client.get("/accounts/login/")
    session = client.session
    session["x"] = 1
    session.save()
    handed_over = session.session_key
    client.cookies["sessionid"] = handed_over

    sign_in(client)

    assert client.session.session_key != handed_over


def test_five_wrong_codes_lock_the_address_only(authenticator, coming_from, monkeypatch):
    thief, owner = coming_from("192.0.2.66"), coming_from("192.0.2.7")
    sign_in(thief)
    bad = wrong(authenticator.code())

    statuses = [send(thief, bad).status_code for _ in range(6)]
    sign_in(owner)

    assert statuses == [200] * 5 + [429]
    assert send(owner, authenticator.next(monkeypatch)).status_code == 302
    assert [send(thief, authenticator.next(monkeypatch)).status_code] == [429]


def test_codes_are_limited_over_all_addresses(authenticator, coming_from, monkeypatch):
    monkeypatch.setattr(lockout, "CODE", lockout.CODE._replace(number=6))
    bad = wrong(authenticator.code())

    statuses = []
    for number in range(8):
        thief = coming_from(f"198.51.100.{number}")
        sign_in(thief)
        statuses.append(send(thief, bad).status_code)

    assert statuses == [200] * 6 + [429] * 2
    assert noted().count("locked_out") == 1


@pytest.mark.skipif(
    connection.vendor == "sqlite", reason="a database in memory is shared by no two connections"
)
@pytest.mark.django_db(transaction=True)
def test_a_code_sent_twice_at_once_is_accepted_once(user, client, monkeypatch):
    client.force_login(user)
    shown, codes = set_up(client)

    def verify(code):
        try:
            return second_factor.verify(user, code)
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        by_device = list(pool.map(verify, [shown.next(monkeypatch)] * 8))
        by_paper = list(pool.map(verify, [codes[0]] * 8))

    assert by_device.count("code") == 1
    assert by_paper.count("recovery code") == 1


# --- Changing and removing -----------------------------------------------------


def test_new_recovery_codes_replace_the_old(client, authenticator, codes, monkeypatch):
    answer = client.post(
        FACTOR, {"step": "codes", "password": PASSWORD, "code": authenticator.next(monkeypatch)}
    )

    assert not set(answer.context["codes"]) & set(codes)
    assert RecoveryCode.objects.count() == 10


def test_it_is_removed_by_the_password_and_a_code(user, client, authenticator, codes, monkeypatch):
    sent = {"step": "remove", "password": PASSWORD, "code": wrong(authenticator.code())}
    assert client.post(FACTOR, sent).status_code == 200
    assert second_factor.is_set_up(user)

    assert client.post(FACTOR, sent | {"code": codes[0]}).status_code == 302

    assert not second_factor.is_set_up(user)
    assert not RecoveryCode.objects.exists()
    assert sign_in(Client())["Location"] == "/"


def test_password_attempts_in_a_session_are_limited(client, device):
    sent = {"step": "remove", "password": "guess", "code": "000000"}

    assert [client.post(FACTOR, sent).status_code for _ in range(6)] == [200] * 5 + [429]


def test_an_unknown_step_is_not_found(client, device):
    assert client.post(FACTOR, {"step": "nonsense"}).status_code == 404


def test_a_superuser_removes_a_lost_second_factor(user, device):
    admin = Client()
    admin.force_login(somebody("boss", "superuser"))

    admin.post(
        "/admin/projects/user/", {"action": "remove_second_factor", "_selected_action": user.pk}
    )

    assert not second_factor.is_set_up(user)
    entry = AuditEntry.objects.get(action="second_factor_removed")
    assert (entry.name, entry.subject) == ("boss", "users/wang")


def test_users_who_are_not_superusers_remove_none(user, device):
    clerk = somebody("li", "clerk")
    clerk.user_permissions.set(type(clerk).user_permissions.rel.model.objects.all())
    client = Client()
    client.force_login(clerk)

    client.post(
        "/admin/projects/user/", {"action": "remove_second_factor", "_selected_action": user.pk}
    )

    assert second_factor.is_set_up(user)


def test_the_command_removes_it(user, device):
    call_command("remove_second_factor", "wang")

    assert not second_factor.is_set_up(user)
    with pytest.raises(CommandError, match="has no second factor"):
        call_command("remove_second_factor", "wang")
    with pytest.raises(CommandError, match="no user"):
        call_command("remove_second_factor", "nobody")


def test_secrets_are_not_in_the_admin(client):
    client.force_login(somebody("boss", "superuser"))

    assert client.get("/admin/otp_totp/totpdevice/").status_code == 404
