"""Labels of roles and permissions in the reader's language; the database has them in English."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.forms import ModelMultipleChoiceField
from django.utils.text import capfirst
from django.utils.translation import pgettext_lazy

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


def group_label(group: Any) -> str:
    """The label of a role, or the name of any other group."""
    return str(ROLES.get(group.name, group.name))


def permission_label(permission: Any) -> str:
    """`Project: publish`; the name in the database for a model or an action without a label."""
    model = permission.content_type.model_class()
    action = ACTIONS.get(permission.codename.partition("_")[0])
    if model is None or action is None:
        return str(permission.name)
    return with_label(capfirst(model._meta.verbose_name), action)


class GroupsField(ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return group_label(obj)


class PermissionsField(ModelMultipleChoiceField):
    def label_from_instance(self, obj: Any) -> str:
        return permission_label(obj)


class GroupFilter(admin.RelatedFieldListFilter):
    """Django's filter of a list by group, with labels. One query."""

    def field_choices(self, field: Any, request: Any, model_admin: Any) -> list[tuple[Any, str]]:
        groups = field.related_model.objects.order_by("name")
        return [(group.pk, group_label(group)) for group in groups]
