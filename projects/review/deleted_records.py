"""List deleted records, and restore them from their history."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from projects.accounts import audit_log
from projects.history import save
from projects.models import permissions

from .permissions import ReviewError, audit_subject, set_author, user_or_none


def deleted(user: Any, model: Any) -> Any:
    """The last history rows of deleted records of a reviewed model, the newest first.

    Only records that `user` could see as drafts.
    """
    history = model.history.model.objects
    existing = model._base_manager.filter(pk=OuterRef("id"))
    later = history.filter(id=OuterRef("id"), history_id__gt=OuterRef("history_id"))
    rows = history.filter(~Exists(existing), ~Exists(later), history_type="-")
    if not permissions.can_see_drafts(user, model):
        return rows.none()
    return rows.filter(permissions.in_allowed_areas(model, user)).order_by("-history_id")


def check_may_restore(user: Any, record: Any) -> None:
    """Raise PermissionDenied unless `user` may restore a deleted record."""
    if not permissions.has_permission(user, "publish", type(record)):
        raise PermissionDenied(_("Only reviewers can restore deleted records."))
    if not permissions.in_scope(user, record):
        raise PermissionDenied(permissions.out_of_scope(user))


def restore(user: Any, model: Any, row: Any) -> Any:
    """Restore the record of a last history row with its links; returns the record.

    It keeps its key and state, and gets one more row of history. Links to records
    that no longer exist are left out. Raises PermissionDenied, ReviewError if the
    record exists, and ValidationError if its code is taken or it refers to a record
    that no longer exists.
    """
    record = row.instance
    check_may_restore(user, record)
    with transaction.atomic():
        if model._base_manager.filter(pk=row.id).exists():
            raise ReviewError(_("It has been restored already."))
        # The row of the deletion has no links: take them from the row before.
        before = model.history.filter(id=row.id, history_id__lt=row.history_id).exclude(
            history_type="-"
        )
        last = before.order_by("-history_id").first()
        links = model.register_history.links_of(model, [last])[last.history_id] if last else {}
        record._state.adding = True
        record.version = row.version + 1
        set_author(user, record, reason="restored")
        save(record, **links)
        audit_log.log(
            audit_log.Action.RESTORED, user=user_or_none(user), subject=audit_subject([record])
        )
    return record
