"""Who administers whom."""

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.test import Client
from django.urls import reverse

from tests.factories import make_area, make_user

pytestmark = pytest.mark.django_db


def change(user, page="change"):
    return reverse(f"admin:auth_user_{page}", args=[user.pk])


@pytest.fixture
def administrator():
    return make_user("administrator")


@pytest.fixture
def browser(administrator):
    client = Client()
    client.force_login(administrator)
    return client


def typed(user, **changes):
    rows = {"TOTAL_FORMS": 1, "INITIAL_FORMS": 0, "MIN_NUM_FORMS": 0, "MAX_NUM_FORMS": 1000}
    return {
        "username": user.username,
        "is_active": "on",
        "is_staff": "on",
        "date_joined_0": "2024-01-01",
        "date_joined_1": "00:00:00",
        **{f"area_limits-{name}": value for name, value in rows.items()},
        **changes,
    }


def test_an_administrator_gives_roles_and_limits(browser):
    clerk, area = make_user("visitor"), make_area()
    group = Group.objects.get(name="clerk")

    answer = browser.post(
        change(clerk), typed(clerk, groups=[group.pk], **{"area_limits-0-area": area.pk})
    )

    assert answer.status_code == 302
    assert list(clerk.groups.all()) == [group]
    assert [limit.area for limit in clerk.area_limits.all()] == [area]


def test_nobody_makes_a_superuser_who_is_none(browser, administrator):
    clerk = make_user("clerk")
    one = Permission.objects.get(codename="add_group")

    for user in (clerk, administrator):
        browser.post(change(user), typed(user, is_superuser="on", user_permissions=[one.pk]))

    assert not User.objects.filter(is_superuser=True).exists()
    assert not clerk.user_permissions.exists()
    assert not administrator.user_permissions.exists()


def test_nobody_gives_a_group_that_holds_more_than_they_do(browser):
    clerk = make_user("clerk")
    beyond = Group.objects.create(name="beyond")
    beyond.permissions.add(Permission.objects.get(codename="add_group"))

    page = browser.post(change(clerk), typed(clerk, groups=[beyond.pk]))

    assert "groups" in page.context["adminform"].form.errors
    assert beyond not in clerk.groups.all()


@pytest.mark.parametrize("page", ["change", "delete"])
def test_an_account_above_ones_own_is_left_alone(browser, page):
    superuser = make_user("superuser")
    richer = make_user("clerk")
    richer.user_permissions.add(Permission.objects.get(codename="add_group"))

    for user in (superuser, richer):
        answer = browser.post(change(user, page), typed(user, username="mine", post="yes"))
        assert answer.status_code == 403
        assert browser.post(f"/admin/auth/user/{user.pk}/password/", {}).status_code == 403

    assert not User.objects.filter(username="mine").exists()


def test_groups_are_changed_by_superusers_only(browser):
    group = Group.objects.get(name="administrator")
    address = reverse("admin:auth_group_change", args=[group.pk])

    assert browser.get(address).status_code == 200
    assert browser.post(address, {"name": "mine"}).status_code == 403
    assert browser.post(reverse("admin:auth_group_add"), {"name": "mine"}).status_code == 403


def test_whoever_is_limited_to_areas_administers_nobody():
    client = Client()
    client.force_login(make_user("administrator", areas=[make_area()]))
    clerk = make_user("clerk")

    assert client.post(change(clerk), typed(clerk)).status_code == 403
    assert client.post(reverse("admin:auth_user_add"), {}).status_code == 403


@pytest.mark.parametrize("role", ["clerk", "reviewer", "viewer"])
def test_nobody_else_sees_accounts(role):
    client = Client()
    client.force_login(make_user(role))

    assert client.get(reverse("admin:auth_user_changelist")).status_code == 403
