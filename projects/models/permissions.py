"""Who may see and do what: the only place where the permissions of a user are evaluated.

Permissions are Django's own, given by groups (`docs/access.md` has the table);
`AreaLimit` restricts them to areas. Commands and workers act as `SYSTEM_USER`,
which may do anything. None is a visitor.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_permission_codename
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, gettext_lazy


class Role(models.TextChoices):
    """The role in which a change was made, shown to the public instead of a name."""

    OFFICE = "office", gettext_lazy("the office")
    ADMINISTRATOR = "administrator", gettext_lazy("an administrator")
    REVIEWER = "reviewer", gettext_lazy("a reviewer")
    CLERK = "clerk", gettext_lazy("a clerk")


class _SystemUser:
    """The user of commands and workers, which run on the machine itself."""

    pk = None
    is_authenticated = is_active = is_superuser = True

    def __str__(self) -> str:
        return "shell"


SYSTEM_USER = _SystemUser()


def has_full_access(user: Any) -> bool:
    """Whether `user` is an active superuser, who sees everything and publishes without review."""
    return bool(user is not None and user.is_active and user.is_superuser)


def has_permission(user: Any, action: str, model: Any) -> bool:
    """Whether `user` may "view", "add", "change", "delete" or "publish" records of a model.

    At most two queries, cached on the user.
    """
    if user is None or not user.is_authenticated:
        return False
    options = model._meta
    return has_full_access(user) or user.has_perm(
        f"{options.app_label}.{get_permission_codename(action, options)}"
    )


def allowed_areas(user: Any) -> frozenset[int] | None:
    """Primary keys of the areas to which `user` is limited; None without a limit.

    One query, cached on the user.
    """
    if has_full_access(user):
        return None
    if not hasattr(user, "_limited_to_areas"):
        keys = frozenset(user.area_limits.values_list("area", flat=True))
        user._limited_to_areas = keys or None
    return user._limited_to_areas


def can_see_drafts(user: Any, model: Any) -> bool:
    """Whether `user` may see drafts of a model at all."""
    return has_permission(user, "view", model) or has_permission(user, "change", model)


def visible(model: Any, user: Any, prefix: str = "") -> Q:
    """A filter for the records of a reviewed model that `user` may see.

    `prefix` is the lookup that leads to them from another model.
    """
    if has_full_access(user):
        return Q()
    published = Q(**{f"{prefix}state": "published"})
    if not can_see_drafts(user, model):
        return published
    drafts = in_allowed_areas(model, user, prefix)
    return published | drafts if drafts else drafts


def in_allowed_areas(model: Any, user: Any, prefix: str = "") -> Q:
    """A filter for the records of a model in the areas of `user`; empty without a limit."""
    areas = allowed_areas(user)
    if areas is None or model.AREA is None:
        return Q()
    return Q(**{f"{prefix}{model.AREA}__in": areas})


def in_scope(user: Any, record: Any) -> bool:
    """Whether `record`, as it is in memory, belongs to the areas to which `user` is limited.

    Records without an area, and models without areas (zones, sectors, rates), are
    outside of every limit; sources are within all. A receipt costs a query where
    its project is not loaded.
    """
    areas = allowed_areas(user)
    if areas is None or record.ANYBODYS:
        return True
    return record.area_key() in areas


def all_in_scope(user: Any, records: Any) -> bool:
    """`in_scope` for all records of a queryset, as stored. At most one query."""
    areas = allowed_areas(user)
    if areas is None or records.model.ANYBODYS:
        return True
    path = records.model.AREA
    outside = records.exclude(**{f"{path}__in": areas}) if path else records
    return not outside.exists()


def out_of_scope(user: Any) -> str:
    """The error message for a user who is limited to areas. One query."""
    codes = user.area_limits.order_by("area__code").values_list("area__code", flat=True)
    return gettext("You may only edit records of these areas: %(areas)s.") % {
        "areas": ", ".join(codes)
    }


def role_of(user: Any) -> Role:
    """The highest role of `user`. At most two queries, cached on the user."""
    if user is None or not getattr(user, "pk", None):
        return Role.OFFICE
    if not hasattr(user, "_writes_as"):
        if user.is_superuser or user.has_perm("projects.change_user"):
            user._writes_as = Role.ADMINISTRATOR
        elif user.has_perm("projects.publish_project"):
            user._writes_as = Role.REVIEWER
        else:
            user._writes_as = Role.CLERK
    return user._writes_as
