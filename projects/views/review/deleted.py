"""Deleted records: the list, the last version of each, and restoring it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from projects import review
from projects.history import diff
from projects.models import REVIEWED, Reviewed, State
from projects.review import queue
from projects.review.deleted_records import check_may_restore
from projects.review.permissions import refusal
from projects.views.lists import PAGE_SIZE, part_of, whole_number

from .addresses import page_of, review_of
from .base import ReviewAction, ReviewPage, ReviewView


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


class DeletedList(ReviewView):
    """Deleted records of all models, the last deletion first. Ten queries at most."""

    def get(self, request: HttpRequest) -> HttpResponse:
        errors: dict[str, Any] = {}
        for name in request.GET:
            if name not in ("noun", "page"):
                errors[name] = [_("Unknown parameter.")]
        model_name = request.GET.get("noun", "").strip()
        if model_name and model_name not in self.model_names:
            errors["noun"] = [
                _("Give one of these: %(names)s.") % {"names": ", ".join(self.model_names)}
            ]
        number = whole_number(request.GET, "page", 1, 10**9, errors)
        context: dict[str, Any] = {
            "errors": errors,
            "model_names": [
                (one, str(label)) for one, label in Reviewed.choices if one in self.model_names
            ],
            "model_name": model_name,
        }
        if not errors:
            found = queue.deleted(request.user, [model_name] if model_name else self.model_names)
            page = part_of(found, number, PAGE_SIZE, errors)
            if page is not None:
                context |= {"page": page, "records": rows_of(page)}
        status = 400 if errors else 200
        return render(request, "projects/review_deleted_list.html", context, status=status)


def rows_of(page: Iterable[Mapping[str, Any]]) -> list[DeletedRecord]:
    """The deleted records of a page. One query for each model."""
    page = list(page)
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
