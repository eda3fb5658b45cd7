"""What groups, permissions and the things of libraries are called, in the reader's language.

The database holds the names of groups and permissions in English, as they are asked for by
name; and all pages of the admin ask the models themselves, which are Django's own, what one
of their records is called.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.contrib.auth.models import Group, Permission
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django_otp.plugins.otp_totp.models import TOTPDevice

from projects.i18n.languages import with_label

ROLES = {
    "viewer": pgettext_lazy("role", "viewer"),
    "clerk": pgettext_lazy("role", "clerk"),
    "reviewer": pgettext_lazy("role", "reviewer"),
    "administrator": pgettext_lazy("role", "administrator"),
}
ACTIONS = {
    "view": pgettext_lazy("permission", "view"),
    "add": pgettext_lazy("permission", "add"),
    "change": pgettext_lazy("permission", "change"),
    "delete": pgettext_lazy("permission", "delete"),
    "publish": pgettext_lazy("permission", "publish"),
}


def name_of_group(group: Any) -> str:
    """A role by what it is called; a group that the office made by its own name."""
    return str(ROLES.get(group.name, group.name))


def name_of_permission(permission: Any) -> str:
    """`Project: publish`; as the database has it where that is of no model that is known."""
    model = permission.content_type.model_class()
    action = ACTIONS.get(permission.codename.partition("_")[0])
    if model is None or action is None:
        return str(permission.name)
    return with_label(capfirst(model._meta.verbose_name), action)


def name_things() -> None:
    """Have Django's and the libraries' models say what they are called. Once, at the start."""
    Group.__str__ = name_of_group
    Permission.__str__ = name_of_permission
    TOTPDevice._meta.verbose_name = _("TOTP device")
    TOTPDevice._meta.verbose_name_plural = _("TOTP devices")
    apps.get_app_config("otp_totp").verbose_name = _("Second factor")
