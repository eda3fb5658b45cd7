"""Sessions and API keys end with the password, the account or a role, however that is changed."""

from unittest.mock import patch

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import Client
from rest_framework.test import APIClient

from projects.models import ApiToken, AuditEntry, User
from tests.accounts.conftest import PASSWORD, is_signed_in, noted, sign_in, somebody

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(user):
    clerks = Group.objects.create(name="clerks")
    user.groups.add(clerks)
    return clerks


@pytest.fixture
def held(user, group):
    """A session and a key of the user; a function that returns whether each is still valid."""
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
    "written past the model": lambda user, group: User.objects.update(is_staff=False),
}


@pytest.mark.parametrize("way", ENDING)
def test_sessions_and_keys_end_at_once(user, group, held, way):
    ENDING[way](user, group)

    assert held() == (False, False)


def test_what_a_deactivated_user_held_stays_invalid(user, held):
    user.is_active = False
    user.save(update_fields=["is_active"])
    user.is_active = True
    user.save()

    assert held() == (False, False)


def test_a_revoked_key_is_shown_as_such_and_gives_its_name_to_a_new_one(user, held):
    user.groups.clear()
    client = Client()
    sign_in(client)

    assert "revoked" in client.get("/accounts/").content.decode()
    ApiToken.objects.issue(user, "nightly")

    assert [token.is_revoked for token in ApiToken.objects.all()] == [False]


def test_of_several_roles_each_may_be_gained(user, held):
    for name in "abc":
        user.groups.add(Group.objects.create(name=name))
    assert held() == (True, True)

    user.groups.remove(Group.objects.get(name="b"))

    # The session has been renewed with the roles that were gained; the key was made without them.
    assert held() == (False, True)


def test_a_session_costs_one_query_more_than_its_user(user, django_assert_num_queries):
    fresh = User.objects.get(pk=user.pk)

    with django_assert_num_queries(1):
        fresh.get_session_auth_hash()


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


def test_a_rehashed_password_revokes_no_key(user, settings, held):
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


def test_changing_the_own_password_keeps_this_session(user, group, held):
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


def test_an_administrator_ends_them_in_the_admin_and_is_named(user, group, held):
    admin = Client()
    admin.force_login(somebody("boss", "superuser"))
    page = admin.get(f"/admin/projects/user/{user.pk}/change/")
    form = page.context["adminform"].form
    sent = {name: form[name].value() for name in form.fields if form[name].value()}
    sent |= {"groups": [], "date_joined_0": "2026-01-01", "date_joined_1": "00:00:00"}
    sent.pop("last_login", None)
    sent |= {"area_limits-TOTAL_FORMS": 0, "area_limits-INITIAL_FORMS": 0}

    answer = admin.post(f"/admin/projects/user/{user.pk}/change/", sent)

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
    assert not ApiToken.objects.exists()
