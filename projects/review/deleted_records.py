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

from .permissions import ReviewError, audit_subject, user_or_none


def deleted(user: Any, model: Any) -> Any:
    """The last history rows of deleted records of a reviewed model, the newest first.

    Only records that `user` could see as drafts.
    """
    history = model.history.model.objects
    existing = model._base_manager.filter(pk=OuterRef("id"))
    later = history.filter(id=OuterRef("id"), history_id__gt=OuterRef("history_id"))
    rows = history.filter(~Exists(existing), ~Exists(later), history_type="-")
    if not permissions.has_full_access(user):
        if not permissions.can_see_drafts(user, model):
            return rows.none()
        areas = permissions.allowed_areas(user)
        if areas is not None and model.AREA is not None:
            rows = rows.filter(**{f"{model.AREA}__in": areas})
    return rows.order_by("-history_id")


def restore(user: Any, model: Any, row: Any) -> Any:
    """Restore the record of a last history row with its links; returns the record.

    It keeps its key and state, and gets one more row of history. Links to records
    that no longer exist are left out. Raises PermissionDenied, ReviewError if the
    record exists, and ValidationError if its code is taken or it refers to a record
    that no longer exists.
    """
    if not permissions.has_permission(user, "publish", model):
        raise PermissionDenied(_("Only reviewers can restore deleted records."))
    with transaction.atomic():
        if model._base_manager.filter(pk=row.id).exists():
            raise ReviewError(_("It has been restored already."))
        # The row of the deletion has no links: take them from the row before.
        before = model.history.filter(id=row.id, history_id__lt=row.history_id).exclude(
            history_type="-"
        )
        last = before.order_by("-history_id").first()
        links = model.register_history.links_of(model, [last])[last.history_id] if last else {}
        record = row.instance
        if not permissions.in_scope(user, record):
            raise PermissionDenied(permissions.out_of_scope(user))
        record._state.adding = True
        record.version = row.version + 1
        record._history_user = user_or_none(user)
        record._change_reason = "restored"
        save(record, **links)
        audit_log.log(
            audit_log.Action.RESTORED, user=user_or_none(user), subject=audit_subject([record])
        )
    return record
