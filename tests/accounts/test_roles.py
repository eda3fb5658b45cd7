"""The permissions of the roles on models that are newer than the roles."""

import pytest
from django.apps import apps
from django.contrib.auth.models import Group

from projects.accounts import roles

pytestmark = pytest.mark.django_db


def test_a_new_model_is_granted_to_each_role(monkeypatch):
    clerk = Group.objects.get(name="clerk")
    monkeypatch.setitem(roles.ROLES["clerk"], "recoverycode", ("view", "add"))

    roles.grant_permissions(apps, "recoverycode")

    granted = clerk.permissions.filter(content_type__model="recoverycode")
    assert set(granted.values_list("codename", flat=True)) == {
        "view_recoverycode",
        "add_recoverycode",
    }


def test_a_model_that_a_migration_does_not_have_yet_is_left_out(monkeypatch):
    Group.objects.filter(name="viewer").delete()
    monkeypatch.setitem(roles.ROLES["viewer"], "notyet", ("view",))

    roles.make_groups(apps)

    viewer = Group.objects.get(name="viewer")
    assert viewer.permissions.count() == len(roles.ROLES["viewer"]) - 1
