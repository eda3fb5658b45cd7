"""Deleting in the admin: only versions that were shown, and nothing that is still referenced."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin import actions
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst
from django.utils.translation import gettext, ngettext

from projects import history, review
from projects.i18n.languages import with_label

from .edit_conflicts import VERSION

# On the confirmation page: enough to see why a record cannot be deleted.
MAX_REFERENCES = 50


def named_references(records: Sequence[Any], user: Any) -> list[str]:
    """What refers to one of these records, as far as the user may see it."""
    references = history.references_to(records)
    named: list[str] = []
    count = 0
    for some in history.visible_references(references, user):
        count += some.count()
        label = capfirst(some.model._meta.verbose_name)
        named += [with_label(label, one) for one in some[: MAX_REFERENCES - len(named)]]
    if count > len(named):
        named.append(gettext("and %(count)s more") % {"count": count - len(named)})
    if references and not named:
        named.append(gettext("other records"))
    return named


@admin.action(description=actions.delete_selected.short_description, permissions=["delete"])
@history.retry_on_deadlock()
def delete_selected(
    model_admin: Any, request: HttpRequest, queryset: QuerySet
) -> HttpResponse | None:
    """Django's action, by way of review, for the versions that the confirmation page showed."""
    *_shown, perms_lacking, protected = model_admin.get_deleted_objects(queryset, request)
    if not request.POST.get("post") or protected:
        return actions.delete_selected(model_admin, request, queryset)
    if perms_lacking:
        raise PermissionDenied
    try:
        with transaction.atomic():
            submissions = _delete(model_admin, request, queryset)
    except (history.ConflictError, history.StillReferencedError):
        sentence = gettext(
            "Nothing was deleted: some of these were changed or deleted after you opened the "
            "page. Select them again."
        )
        messages.error(request, sentence)
        return None
    proposed = sum(one.is_proposal for one in submissions)
    if deleted := len(submissions) - proposed:
        sentence = ngettext(
            "%(count)s record was deleted.", "%(count)s records were deleted.", deleted
        )
        messages.success(request, sentence % {"count": deleted})
    if proposed:
        sentence = ngettext(
            "%(count)s deletion waits for review.", "%(count)s deletions wait for review.", proposed
        )
        messages.warning(request, sentence % {"count": proposed})
    return None


def _delete(model_admin: Any, request: HttpRequest, queryset: QuerySet) -> list[review.Submitted]:
    model_admin.log_deletions(request, queryset)
    rows = model_admin.model._base_manager.filter(pk__in=[record.pk for record in queryset])
    records = history.lock(rows, to_delete=True)
    shown = set(request.POST.get(VERSION, "").split())
    if {f"{record.pk}:{record.version}" for record in records} != shown:
        raise history.ConflictError
    return [review.remove(request.user, record) for record in records]
