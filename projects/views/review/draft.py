"""The page of a draft; publishing and returning it."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from projects import review
from projects.history import diff
from projects.models import ReturnedDraft, permissions
from projects.review.diff import prefetch_for_snapshot, snapshot
from projects.review.permissions import check_may_decide, check_may_review, refusal

from .addresses import admin_of, page_of, review_of
from .base import ReviewAction, ReviewPage
from .field_display import FieldFormatter, Named

# The latest entries of its history; the admin shows all.
MOST_CHANGES = 50


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


class DraftPage(ReviewPage):
    """The page of a draft. About 25 queries at most."""

    template = "projects/review_draft.html"

    def find(self, *, model_name: str, pk: int) -> Any:
        """The record, a draft or already published. Raises Http404 if the user may not see it."""
        records = self.model_of(model_name).objects.visible_to(self.request.user)
        return get_object_or_404(prefetch_for_snapshot(records), pk=pk)

    def get(self, request: HttpRequest, **address: Any) -> HttpResponse:
        record = self.find(**address)
        return self.page(record) if record.is_draft else redirect(page_of(record))

    def context(self, subject: Any) -> dict[str, Any]:
        user, model, record = self.request.user, type(subject), subject
        fields = snapshot(record, {})
        lines = FieldFormatter(model, user, fields).lines(fields)
        contributors = review.contributors_of([record])[record.pk]
        history = diff.all_of(model, record.pk)
        rows = list(history[: MOST_CHANGES + 1])
        place = [model.register.plural, record.pk]
        context: dict[str, Any] = {
            "record": record,
            "record_type": capfirst(str(model._meta.verbose_name)),
            "name": str(record),
            "href": page_of(record),
            "lines": lines,
            "drafts": _drafts_in(lines),
            "may_not_publish": refusal(check_may_decide, user, record, contributors),
            "may_return": not refusal(check_may_review, user, record),
            "returned": _returned(record),
            "entries": diff.entries(history, rows[:MOST_CHANGES], names=True),
            "history_url": admin_of(record, "history") if len(rows) > MOST_CHANGES else "",
            "publish_url": reverse("review-draft-publish", args=place),
            "return_url": reverse("review-draft-return", args=place),
        }
        if permissions.in_scope(user, record):
            for action, name in (("change", "edit_url"), ("delete", "delete_url")):
                if permissions.has_permission(user, action, model):
                    context[name] = admin_of(record, action)
        return context


class Publish(ReviewAction, DraftPage):
    def act(self, subject: Any) -> tuple[str, str]:
        version = self.request.POST.get("version", "")
        shown = int(version) if version.isdecimal() and len(version) < 10 else 0
        versions = {(type(subject), subject.pk): shown}
        review.publish(self.request.user, [subject], versions)
        sentence = _("“%(record)s” has been published: everyone can see it now.")
        return sentence % {"record": subject}, reverse("review")


class ReturnDraft(ReviewAction, DraftPage):
    def act(self, subject: Any) -> tuple[str, str]:
        review.return_draft(self.request.user, subject, self.request.POST.get("reason", ""))
        sentence = _("“%(record)s” has been returned to its author with your reason.")
        return sentence % {"record": subject}, review_of(subject)
