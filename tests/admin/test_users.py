"""Which accounts an administrator may change."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from projects.models import AuditEntry, User
from tests.factories import make_area, make_user
from tests.helpers.admin_forms import sent

pytestmark = pytest.mark.django_db


def change(user, page="change"):
    return reverse(f"admin:projects_user_{page}", args=[user.pk])


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
        **{f"area_limits-{name}": value for name, value in rows.items()},
        **changes,
    }


def test_an_administrator_gives_roles_and_limits(browser):
    clerk, area = make_user("visitor"), make_area()
    assert not clerk.is_staff
    group = Group.objects.get(name="clerk")

    page = browser.get(change(clerk))

    answer = browser.post(
        change(clerk), sent(page, groups=[group.pk], **{"area_limits-0-area": area.pk})
    )

    assert answer.status_code == 302
    clerk.refresh_from_db()
    assert clerk.is_staff
    assert list(clerk.groups.all()) == [group]
    assert [limit.area for limit in clerk.area_limits.all()] == [area]


def test_the_staff_status_of_somebody_with_a_role_can_be_taken(browser):
    clerk = make_user("clerk")

    browser.post(change(clerk), sent(browser.get(change(clerk)), is_staff=None))

    clerk.refresh_from_db()
    assert not clerk.is_staff


def test_what_a_user_gains_and_loses_is_logged(browser):
    clerk, area = make_user("clerk"), make_area()
    AuditEntry.objects.all().delete()
    group = Group.objects.get(name="viewer")
    page = browser.get(change(clerk))

    browser.post(
        change(clerk),
        sent(page, is_active=None, groups=[group.pk], **{"area_limits-0-area": area.pk}),
    )

    assert [(one.subject, one.details) for one in AuditEntry.objects.order_by("pk")] == [
        (f"users/{clerk}", {"lost": "is_active", "joined": "viewer", "left": "clerk"}),
        (f"users/{clerk}", {"limited_to": area.code}),
    ]


def test_what_a_role_gains_and_loses_is_logged():
    office = Client()
    office.force_login(make_user("superuser"))
    group = Group.objects.get(name="viewer")
    address = reverse("admin:auth_group_change", args=[group.pk])
    AuditEntry.objects.all().delete()
    kept = group.permissions.exclude(codename="view_area").values_list("pk", flat=True)

    office.post(address, sent(office.get(address), permissions=list(kept)))

    [entry] = AuditEntry.objects.all()
    assert (entry.subject, entry.details) == ("groups/viewer", {"remove": "view_area"})


def test_only_superusers_make_superusers(browser, administrator):
    clerk = make_user("clerk")
    one = Permission.objects.get(codename="add_group")

    for user in (clerk, administrator):
        page = browser.get(change(user))
        answer = browser.post(
            change(user), sent(page, is_superuser="on", user_permissions=[one.pk])
        )
        assert answer.status_code == 302

    assert not User.objects.filter(is_superuser=True).exists()
    assert not clerk.user_permissions.exists()
    assert not administrator.user_permissions.exists()


def test_nobody_gives_a_group_that_holds_more_than_they_do(browser):
    clerk = make_user("clerk")
    beyond = Group.objects.create(name="beyond")
    beyond.permissions.add(Permission.objects.get(codename="add_group"))

    page = browser.post(change(clerk), sent(browser.get(change(clerk)), groups=[beyond.pk]))

    assert "groups" in page.context["adminform"].form.errors
    assert beyond not in clerk.groups.all()


def test_a_stale_save_of_an_account_is_refused(browser):
    clerk, area = make_user("clerk", first_name="Aynur"), make_area()
    typed_first = sent(browser.get(change(clerk)), first_name="Mine")
    theirs = sent(browser.get(change(clerk)), **{"is_active": None, "area_limits-0-area": area.pk})
    assert browser.post(change(clerk), theirs).status_code == 302

    page = browser.post(change(clerk), typed_first)

    clerk.refresh_from_db()
    assert (page.status_code, clerk.first_name, clerk.is_active) == (200, "Aynur", False)
    said = {one.label: (one.now, one.yours) for one in page.context["differences"]}
    assert said == {"First name": ("Aynur", "Mine"), "Active": ("no", "yes")}
    assert "What differs" in page.content.decode()


def test_signing_in_is_no_edit_conflict(browser):
    clerk = make_user("clerk")
    page = browser.get(change(clerk))
    Client().force_login(clerk)

    assert browser.post(change(clerk), sent(page, first_name="Aynur")).status_code == 302


def test_changed_area_limits_are_an_edit_conflict(browser):
    clerk = make_user("clerk")
    page = browser.get(change(clerk))
    clerk.area_limits.create(area=make_area())

    assert conflict(browser.post(change(clerk), sent(page))) is not None
    assert clerk.area_limits.count() == 1


def test_a_stale_save_of_a_group_is_refused():
    office = Client()
    office.force_login(make_user("superuser"))
    group = Group.objects.create(name="guests")
    address = reverse("admin:auth_group_change", args=[group.pk])
    page = office.get(address)
    group.permissions.add(Permission.objects.get(codename="view_area"))

    assert conflict(office.post(address, sent(page))) is not None
    assert group.permissions.count() == 1


def conflict(page):
    return page.context["adminform"].form.conflict


@pytest.mark.parametrize("page", ["change", "delete"])
def test_nobody_changes_an_account_with_more_permissions(browser, page):
    superuser = make_user("superuser")
    richer = make_user("clerk")
    richer.user_permissions.add(Permission.objects.get(codename="add_group"))

    for user in (superuser, richer):
        answer = browser.post(change(user, page), typed(user, username="mine", post="yes"))
        assert answer.status_code == 403
        assert browser.post(f"/admin/projects/user/{user.pk}/password/", {}).status_code == 403

    assert not User.objects.filter(username="mine").exists()


def test_groups_are_changed_by_superusers_only(browser):
    group = Group.objects.get(name="administrator")
    address = reverse("admin:auth_group_change", args=[group.pk])

    assert browser.get(address).status_code == 200
    assert browser.post(address, {"name": "mine"}).status_code == 403
    assert browser.post(reverse("admin:auth_group_add"), {"name": "mine"}).status_code == 403


def test_a_user_limited_to_areas_administers_nobody():
    client = Client()
    client.force_login(make_user("administrator", areas=[make_area()]))
    clerk = make_user("clerk")

    assert client.post(change(clerk), typed(clerk)).status_code == 403
    assert client.post(reverse("admin:projects_user_add"), {}).status_code == 403


@pytest.mark.parametrize("role", ["clerk", "reviewer", "viewer"])
def test_nobody_else_sees_accounts(role):
    client = Client()
    client.force_login(make_user(role))

    assert client.get(reverse("admin:projects_user_changelist")).status_code == 403
