"""Deleted records, brought back from their history."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from projects.accounts import audit_log
from projects.history import save
from projects.models import permissions

from .permissions import ReviewError, audit_subject, person


def deleted(user: Any, model: Any) -> Any:
    """The last rows of history of the records of a reviewed noun that are gone, the newest first.

    Of those whose drafts `user` may see: others do not learn what there was.
    """
    history = model.history.model.objects
    standing = model._base_manager.filter(pk=OuterRef("id"))
    later = history.filter(id=OuterRef("id"), history_id__gt=OuterRef("history_id"))
    rows = history.filter(~Exists(standing), ~Exists(later), history_type="-")
    if not permissions.has_full_access(user):
        if not permissions.can_see_drafts(user, model):
            return rows.none()
        areas = permissions.allowed_areas(user)
        if areas is not None and model.AREA is not None:
            rows = rows.filter(**{f"{model.AREA}__in": areas})
    return rows.order_by("-history_id")


def restore(user: Any, model: Any, row: Any) -> Any:
    """Bring the record of a last row of history back as it was, with its links; returns it.

    It has its old key and state, and one row of history more. Links to what is
    gone since are left out. Raises PermissionDenied; ReviewError where it is there;
    ValidationError where its code has been given to another, or it refers to what
    is no more.
    """
    if not permissions.has_permission(user, "publish", model):
        raise PermissionDenied(_("Only a reviewer restores what was deleted."))
    with transaction.atomic():
        if model._base_manager.filter(pk=row.id).exists():
            raise ReviewError(_("It has been restored already."))
        # Its links were gone when it was deleted: they stand in the row before.
        before = model.history.filter(id=row.id, history_id__lt=row.history_id).exclude(
            history_type="-"
        )
        kept = before.order_by("-history_id").first()
        links = model.register_history.links_of(model, [kept])[kept.history_id] if kept else {}
        record = row.instance
        if not permissions.in_scope(user, record):
            raise PermissionDenied(permissions.out_of_scope(user))
        record._state.adding = True
        record.version = row.version + 1
        record._history_user = person(user)
        record._change_reason = "restored"
        save(record, **links)
        audit_log.log(audit_log.Action.RESTORED, user=person(user), subject=audit_subject([record]))
    return record
