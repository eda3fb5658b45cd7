"""What ends with a password, an account or a role: sessions and keys, at once and everywhere."""

from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import Group, Permission
from django.contrib.sessions.backends.base import UpdateError
from django.core.management import call_command
from django.test import Client
from rest_framework.test import APIClient

from projects.models import ApiToken, AuditEntry, SignedInSession
from tests.accounts.conftest import PASSWORD, is_signed_in, noted, sign_in, somebody

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(user):
    clerks = Group.objects.create(name="clerks")
    user.groups.add(clerks)
    return clerks


@pytest.fixture
def held(user, group):
    """A session and a key of the user, and what tells whether they still hold."""
    client, program = Client(), APIClient()
    sign_in(client)
    _token, key = ApiToken.objects.issue(user, "nightly")
    program.credentials(HTTP_AUTHORIZATION=f"Token {key}")
    AuditEntry.objects.all().delete()

    def hold():
        return is_signed_in(client), program.get("/api/v1/imports/").status_code == 200

    assert hold() == (True, True)
    return hold


def set_password(user, group):
    user.set_password("another one")
    user.save()


def by_command(user, group):
    with patch("getpass.getpass", return_value="quite another one 7"):
        call_command("changepassword", "wang", verbosity=0)


def no_password(user, group):
    user.set_unusable_password()
    user.save(update_fields=["password"])


def change(**columns):
    def changing(user, group):
        for name, value in columns.items():
            setattr(user, name, value)
        user.save()

    return changing


ENDING = {
    "set_password": set_password,
    "changepassword": by_command,
    "no password": no_password,
    "deactivated": change(is_active=False),
    "no longer staff": change(is_staff=False),
    "groups.remove": lambda user, group: user.groups.remove(group),
    "groups.set": lambda user, group: user.groups.set([]),
    "groups.clear": lambda user, group: user.groups.clear(),
    "user_set.remove": lambda user, group: group.user_set.remove(user),
    "user_set.clear": lambda user, group: group.user_set.clear(),
    "group deleted": lambda user, group: group.delete(),
    "groups deleted": lambda user, group: Group.objects.all().delete(),
}


@pytest.mark.parametrize("way", ENDING)
def test_all_of_it_ends_at_once(user, group, held, way):
    ENDING[way](user, group)

    assert held() == (False, False)
    assert not ApiToken.objects.filter(user=user).exists()
    assert {"token_deleted", "sessions_ended"} <= set(noted())


def test_a_superuser_who_becomes_an_ordinary_user_signs_in_again():
    boss, client = somebody("boss", "superuser"), Client()
    sign_in(client, "boss")

    boss.is_superuser = False
    boss.save()

    assert not is_signed_in(client)


def test_nothing_else_ends(user, group, held):
    other = somebody("li")
    other.set_password("x")
    other.save()
    user.first_name = "Fang"
    user.is_superuser = True
    user.save()
    user.groups.add(Group.objects.create(name="reviewers"))
    user.user_permissions.add(Permission.objects.first())
    user.save(update_fields=["last_login"])

    assert held() == (True, True)


def test_a_password_kept_in_a_newer_way_ends_no_key(user, settings, held):
    settings.PASSWORD_HASHERS = [
        "tests.accounts.test_revocation.Newer",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]

    assert sign_in(Client()).status_code == 302

    user.refresh_from_db()
    assert user.password.startswith("newer$")
    assert ApiToken.objects.filter(user=user).exists()
    assert "password_changed" not in noted()


class Newer(PBKDF2PasswordHasher):
    algorithm = "newer"
    iterations = 1


def test_whoever_changes_their_own_password_stays_signed_in_here(user, group, held):
    client = Client()
    sign_in(client)
    before = client.session.session_key

    answer = client.post(
        "/accounts/password/",
        {
            "old_password": PASSWORD,
            "new_password1": "quite another one 7",
            "new_password2": "quite another one 7",
        },
    )

    assert answer["Location"] == "/accounts/"
    assert is_signed_in(client)
    assert client.session.session_key != before
    assert held() == (False, False)
    entry = AuditEntry.objects.get(action="password_changed")
    assert (entry.name, entry.subject) == ("wang", "users/wang")


def test_the_old_password_is_not_tried_without_end(user, client):
    client.force_login(user)
    sent = {"old_password": "guess", "new_password1": "a", "new_password2": "a"}

    statuses = [client.post("/accounts/password/", sent).status_code for _ in range(6)]

    assert statuses == [200] * 5 + [429]


def test_an_answer_under_way_brings_no_session_back(user):
    client = Client()
    sign_in(client)
    session = client.session
    session["seen"] = 1

    user.set_password("another one")
    user.save()

    with pytest.raises(UpdateError):
        session.save()
    assert not SignedInSession.objects.filter(user_id=user.pk).exists()


def test_a_session_is_its_users_only_from_signing_in_to_signing_out(user, client):
    sign_in(client)
    assert SignedInSession.objects.get().user_id == user.pk
    assert client.session.session_key not in str(SignedInSession.objects.get())

    client.post("/accounts/logout/")

    assert not SignedInSession.objects.exists()


def test_an_administrator_ends_them_in_the_admin_and_is_named(user, group, held):
    admin = Client()
    admin.force_login(somebody("boss", "superuser"))
    page = admin.get(f"/admin/auth/user/{user.pk}/change/")
    form = page.context["adminform"].form
    sent = {name: form[name].value() for name in form.fields if form[name].value()}
    sent |= {"groups": [], "date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    sent.pop("last_login", None)
    sent |= {"area_limits-TOTAL_FORMS": 0, "area_limits-INITIAL_FORMS": 0}

    answer = admin.post(f"/admin/auth/user/{user.pk}/change/", sent)

    assert answer.status_code == 302, answer.context["adminform"].form.errors
    assert held() == (False, False)
    entry = AuditEntry.objects.get(action="role_changed")
    assert (entry.name, entry.subject, entry.details) == (
        "boss",
        "users/wang",
        {"left": "clerks, viewer"},
    )


def test_a_deleted_user_leaves_nothing_behind(user, held):
    user.delete()

    assert held() == (False, False)
    assert not SignedInSession.objects.exists()


def test_roles_are_noted_with_what_was_gained_and_lost(user):
    clerks = Group.objects.create(name="clerks")
    permission = Permission.objects.get(codename="add_project")
    user.groups.add(clerks)
    user.is_superuser, user.is_staff = True, False
    user.save()
    user.user_permissions.add(permission)
    clerks.permissions.add(permission)
    somebody_else = type(user).objects.create_superuser("boss")

    found = AuditEntry.objects.filter(action="role_changed").order_by("pk")
    assert list(found.values_list("subject", "details")) == [
        ("users/wang", {"joined": "clerks"}),
        ("users/wang", {"gained": "is_superuser", "lost": "is_staff"}),
        ("users/wang", {"add": "add_project"}),
        ("groups/clerks", {"add": "add_project"}),
        (f"users/{somebody_else}", {"made_as": "is_active, is_staff, is_superuser"}),
    ]
