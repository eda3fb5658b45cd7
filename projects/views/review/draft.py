"""The page of a draft; publishing and returning it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from projects import review, serializers
from projects.history import diff
from projects.models import ReturnedDraft, permissions
from projects.review.diff import prefetch_for_snapshot, snapshot
from projects.review.permissions import check_may_decide, check_may_review, refusal

from .actions import ReviewAction
from .addresses import admin_of, page_of, review_of
from .base import ReviewView
from .errors import Problem
from .field_display import FieldFormatter, Named

# The latest entries of its history; the admin shows all.
MOST_CHANGES = 50


def page_of_draft(
    request: HttpRequest, record: Any, problem: Problem | None = None
) -> HttpResponse:
    """The page of a draft. `problem`: why an action was refused. About 25 queries at most."""
    user, model = request.user, type(record)
    fields = snapshot(record, {})
    lines = FieldFormatter(model, user, fields).lines(fields)
    contributors = review.contributors_of([record])[record.pk]
    history = diff.all_of(model, record.pk)
    rows = list(history[: MOST_CHANGES + 1])
    context: dict[str, Any] = {
        "record": record,
        "record_type": capfirst(str(model._meta.verbose_name)),
        "name": str(record),
        "href": page_of(record),
        "problem": problem,
        "typed": request.POST.get("reason", ""),
        "lines": lines,
        "drafts": _drafts_in(lines),
        "may_not_publish": refusal(check_may_decide, user, record, contributors),
        "may_return": not refusal(check_may_review, user, record),
        "returned": _returned(record),
        "entries": diff.entries(history, rows[:MOST_CHANGES], names=True),
        "history_url": admin_of(record, "history") if len(rows) > MOST_CHANGES else "",
        "publish_url": reverse("review-draft-publish", args=[model.register.plural, record.pk]),
        "address": review_of(record),
        "return_url": reverse("review-draft-return", args=[model.register.plural, record.pk]),
    }
    if permissions.in_scope(user, record):
        for action, name in (("change", "edit_url"), ("delete", "delete_url")):
            if permissions.has_permission(user, action, model):
                context[name] = admin_of(record, action)
    status = problem.status if problem else 200
    return render(request, "projects/review_draft.html", context, status=status)


def _drafts_in(lines: Any) -> list[Named]:
    """The drafts that a record refers to: they must be published before it or with it."""
    found = [one for line in lines for one in line.value.records if one.is_draft]
    return list({one.review: one for one in found}.values())


def _returned(record: Any) -> ReturnedDraft | None:
    """Why the current version was returned, if it was."""
    return (
        ReturnedDraft.objects.filter(
            model_name=record.register.plural, record_id=record.pk, version=record.version
        )
        .select_related("reviewer")
        .first()
    )


class DraftView(ReviewView):
    def get_record(self, model_name: str, pk: int) -> Any:
        """The record, a draft or already published. Raises Http404 if the user may not see it."""
        model = self.model_of(model_name)
        records = prefetch_for_snapshot(model.objects.visible_to(self.request.user))
        record = records.filter(pk=pk).first()
        if record is None:
            raise Http404
        return record


class DraftPage(DraftView):
    def get(self, request: HttpRequest, model_name: str, pk: int) -> HttpResponse:
        record = self.get_record(model_name, pk)
        if record.is_draft:
            return page_of_draft(request, record)
        return redirect(page_of(record))


class DraftAction(DraftView, ReviewAction):
    def find(self, *, model_name: str, pk: int) -> Any:
        return self.get_record(model_name, pk)

    def page(self, subject: Any, problem: Problem) -> HttpResponse:
        # Read again: somebody else may have published it.
        record = self.get_record(subject.register.plural, subject.pk)
        return page_of_draft(self.request, record, problem)

    def serializer_of(self, subject: Any) -> Any:
        return serializers.BY_MODEL_NAME[subject.register.plural]


class Publish(DraftAction):
    def act(self, subject: Any) -> tuple[str, str]:
        version = self.request.POST.get("version", "")
        shown = int(version) if version.isdecimal() and len(version) < 10 else 0
        versions = {(type(subject), subject.pk): shown}
        review.publish(self.request.user, [subject], versions)
        sentence = _("“%(record)s” has been published: everyone can see it now.")
        return sentence % {"record": subject}, reverse("review")


class ReturnDraft(DraftAction):
    def act(self, subject: Any) -> tuple[str, str]:
        review.return_draft(self.request.user, subject, self.request.POST.get("reason", ""))
        sentence = _("“%(record)s” has been returned to its author with your reason.")
        return sentence % {"record": subject}, review_of(subject)
