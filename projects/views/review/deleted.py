"""Deleted records: the list, the last version of each, and restoring it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from projects import review
from projects.history import diff
from projects.models import REVIEWED, Reviewed, State
from projects.review import queue
from projects.review.deleted_records import check_may_restore
from projects.review.permissions import refusal

from .addresses import page_of, review_of
from .base import ReviewAction, ReviewPage, ReviewTable


@dataclass(frozen=True)
class DeletedRecord:
    """A deleted record: the last row of its history, and the record made of it."""

    row: Any
    record: Any
    model_name: str
    label: str
    name: str
    code: str

    @property
    def is_draft(self) -> bool:
        return self.row.state == State.DRAFT


def deleted_record(model_name: str, row: Any) -> DeletedRecord:
    record = diff.record_of(REVIEWED[model_name], row)
    return DeletedRecord(
        row,
        record,
        model_name,
        capfirst(str(record._meta.verbose_name)),
        str(record),
        getattr(record, "code", ""),
    )


class DeletedList(ReviewTable):
    """Deleted records of all models, the last deletion first. Ten queries at most."""

    template = "projects/review_deleted_list.html"
    parameter = "noun"

    def choices(self) -> list[tuple[str, Any]]:
        return [choice for choice in Reviewed.choices if choice[0] in self.model_names]

    def records(self, chosen: str) -> Any:
        return queue.deleted(self.request.user, [chosen] if chosen else self.model_names)

    def rows(self, page: Iterable[Mapping[str, Any]]) -> list[DeletedRecord]:
        """One query for each model."""
        keys: dict[str, list[Any]] = {}
        for one in page:
            keys.setdefault(one["model_name"], []).append(one["history_id"])
        found = {
            (model_name, row.history_id): deleted_record(model_name, row)
            for model_name, of_model in keys.items()
            for row in REVIEWED[model_name]
            .history.model.objects.filter(history_id__in=of_model)
            .select_related("history_user")
        }
        return [found[one["model_name"], one["history_id"]] for one in page]


class DeletedPage(ReviewPage):
    """The page of the last version of a deleted record."""

    template = "projects/review_deleted.html"

    def find(self, *, model_name: str, pk: int) -> DeletedRecord:
        rows = review.deleted(self.request.user, self.model_of(model_name))
        row = get_object_or_404(rows.select_related("history_user"), history_id=pk)
        return deleted_record(model_name, row)

    def context(self, subject: DeletedRecord) -> dict[str, Any]:
        user, model = self.request.user, REVIEWED[subject.model_name]
        # The row of the deletion has no links: show the row before.
        before = diff.all_of(model, subject.row.id).filter(history_id__lt=subject.row.history_id)
        last = before.exclude(history_type="-").first() or subject.row
        return {
            "deleted": subject,
            "changes": diff.full_changes(model, last, user),
            "may_restore": not refusal(check_may_restore, user, subject.record),
        }


class Restore(ReviewAction, DeletedPage):
    def act(self, subject: DeletedRecord) -> tuple[str, str]:
        record = review.restore(self.request.user, REVIEWED[subject.model_name], subject.row)
        address = review_of(record) if record.is_draft else page_of(record)
        return _("“%(record)s” has been restored.") % {"record": record}, address
