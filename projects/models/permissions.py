"""Who may see and do what: the one place where a person's rights are read.

Permissions are Django's own, given by groups (`docs/access.md` has the whole
matrix); `AreaLimit` narrows them to areas. Whoever asks on nobody's behalf, a
command or a worker of the office, is `SHELL` and may do anything. None is a
visitor.
"""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_permission_codename
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext, gettext_lazy


class Role(models.TextChoices):
    """In what capacity somebody wrote: what the public learns instead of a name."""

    OFFICE = "office", gettext_lazy("the office")
    ADMINISTRATOR = "administrator", gettext_lazy("an administrator")
    REVIEWER = "reviewer", gettext_lazy("a reviewer")
    CLERK = "clerk", gettext_lazy("a clerk")


class _SystemUser:
    """Whoever sits at the machine itself."""

    pk = None
    is_authenticated = is_active = is_superuser = True

    def __str__(self) -> str:
        return "shell"


SYSTEM_USER = _SystemUser()


def has_full_access(user: Any) -> bool:
    """Whether what `user` writes is published at once, and everything is theirs to see."""
    return bool(user is not None and user.is_active and user.is_superuser)


def has_permission(user: Any, action: str, model: Any) -> bool:
    """Whether `user` may "view", "add", "change", "delete" or "publish" records of a model.

    At most two queries for a user, once.
    """
    if user is None or not user.is_authenticated:
        return False
    options = model._meta
    return has_full_access(user) or user.has_perm(
        f"{options.app_label}.{get_permission_codename(action, options)}"
    )


def allowed_areas(user: Any) -> frozenset[int] | None:
    """The keys of the areas to which `user` is limited; None without a limit. One query, once."""
    if has_full_access(user):
        return None
    if not hasattr(user, "_limited_to_areas"):
        keys = frozenset(user.area_limits.values_list("area", flat=True))
        user._limited_to_areas = keys or None
    return user._limited_to_areas


def can_see_drafts(user: Any, model: Any) -> bool:
    """Whether drafts of a noun exist for `user` at all."""
    return has_permission(user, "view", model) or has_permission(user, "change", model)


def visible(model: Any, user: Any, prefix: str = "") -> Q:
    """Which records of a reviewed noun `user` may see; `prefix` leads to them from elsewhere."""
    if has_full_access(user):
        return Q()
    published = Q(**{f"{prefix}state": "published"})
    if not can_see_drafts(user, model):
        return published
    areas = allowed_areas(user)
    if areas is None or model.AREA is None:
        return Q()
    return published | Q(**{f"{prefix}{model.AREA}__in": areas})


def in_scope(user: Any, record: Any) -> bool:
    """Whether `record`, as it is in memory, lies within the areas to which `user` is limited.

    What belongs to no area is the whole office's, and so is what is of all
    areas (zones, sectors, rates); a source is anybody's. A receipt costs a query
    where its project has not been read.
    """
    areas = allowed_areas(user)
    if areas is None or record.ANYBODYS:
        return True
    return record.area_key() in areas


def all_in_scope(user: Any, records: Any) -> bool:
    """The same of all records of a queryset, as they stand in the database. At most one query."""
    areas = allowed_areas(user)
    if areas is None or records.model.ANYBODYS:
        return True
    path = records.model.AREA
    outside = records.exclude(**{f"{path}__in": areas}) if path else records
    return not outside.exists()


def out_of_scope(user: Any) -> str:
    """Why a person who is limited to areas may not write a record. One query."""
    codes = user.area_limits.order_by("area__code").values_list("area__code", flat=True)
    return gettext("You may only write what belongs to these areas: %(areas)s.") % {
        "areas": ", ".join(codes)
    }


def role_of(user: Any) -> Role:
    """In what capacity `user` writes; the highest of theirs. At most two queries, once."""
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
