"""Publish the drafts of an import at once; reviewers see the imports of others for that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext as _

from projects import history, review
from projects.models import (
    REVIEWED,
    BatchState,
    ImportBatch,
    RowStatus,
    State,
    permissions,
)

WRITTEN_STATUSES = (RowStatus.NEW, RowStatus.CHANGED, RowStatus.MADE)


@dataclass(frozen=True)
class Unpublished:
    """The drafts of an import that a user sees.

    `mark`: changes with each of them. `may_not`: why the user may not publish
    them; empty if they may, as far as is known without looking at each draft.
    """

    count: int
    mark: str
    may_not: str


def readable(user: Any) -> QuerySet:
    """The imports that `user` may see: their own, and the written ones of others if they may
    publish those records and are not limited to areas."""
    seen = ImportBatch.objects.visible_to(user)
    if permissions.has_full_access(user) or permissions.allowed_areas(user) is not None:
        return seen
    model_names = [
        name
        for name, model in REVIEWED.items()
        if permissions.has_permission(user, "publish", model)
    ]
    return seen | ImportBatch.objects.filter(model_name__in=model_names, state=BatchState.WRITTEN)


def unpublished(batch: ImportBatch, user: Any) -> Unpublished:
    """The drafts of an import that `user` sees. Two queries for each model."""
    count, marks, lacking = 0, [], []
    for drafts in _drafts(batch, user):
        found = drafts.aggregate(count=Count("pk"), last=Max("updated_at"))
        if found["count"]:
            count += found["count"]
            marks.append(f"{drafts.model._meta.model_name}:{found['count']}:{found['last']}")
            if not permissions.has_permission(user, "publish", drafts.model):
                lacking.append(drafts.model)
    return Unpublished(count, " ".join(marks), _may_not(batch, user, lacking))


def _may_not(batch: ImportBatch, user: Any, lacking: list[Any]) -> str:
    reasons = [review.refusal(review.check_may_publish, user, model) for model in lacking]
    return next(
        filter(None, [*reasons, review.refusal(review.check_not_own, user, {batch.user_id})]), ""
    )


def publish(batch: ImportBatch, user: Any, mark: str) -> int:
    """Publish the drafts of an import, all or none; returns how many.

    `mark`: that of the drafts which the user saw. Raises PermissionDenied, ReviewError, and
    ConflictError if a draft has been edited, deleted or published since.
    """
    with transaction.atomic():
        seen = unpublished(batch, user)
        if seen.may_not:
            raise PermissionDenied(seen.may_not)
        if not seen.count:
            raise review.ReviewError(_("Everything from this import is published already."))
        if seen.mark != mark:
            raise history.ConflictError
        versions = {
            (drafts.model, key): version
            for drafts in _drafts(batch, user)
            for key, version in drafts.values_list("pk", "version")
        }
        records = [model(pk=key) for model, key in versions]
        return review.publish(user, records, versions)


def _drafts(batch: ImportBatch, user: Any) -> list[Any]:
    """A queryset for each reviewed model of which the import has written records. One query."""
    rows = batch.rows.filter(status__in=WRITTEN_STATUSES, record_id__isnull=False).order_by()
    model_names = set(rows.values_list("model_name", flat=True).distinct())
    found = []
    for model in REVIEWED.values():
        # Rows of the file have the plural name, created records the name of the model.
        names = {model.register.plural, model._meta.model_name} & model_names
        if names:
            keys = rows.filter(Q(model_name__in=names)).values("record_id")
            drafts = model.objects.visible_to(user).filter(state=State.DRAFT, pk__in=keys)
            found.append(drafts.order_by())
    return found
