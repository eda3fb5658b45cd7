"""The page of one draft, and what a reviewer makes of it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from projects import review, serializers
from projects.history import diff
from projects.models import ReturnedDraft, permissions
from projects.review.diff import prefetch_for_snapshot, snapshot
from projects.review.permissions import check_may_decide

from .actions import ReviewAction
from .addresses import admin_of, name_of, page_of, review_of
from .base import ReviewView
from .errors import Problem
from .field_display import FieldFormatter, Named

# Of its past, the latest; the admin has all of it.
MOST_CHANGES = 50


def page_of_draft(
    request: HttpRequest, record: Any, problem: Problem | None = None
) -> HttpResponse:
    """The page of a draft as it stands. `problem`: why a step could not be taken.

    About twenty-five queries at most, whatever it is of.
    """
    user, model = request.user, type(record)
    said = snapshot(record, {})
    lines = FieldFormatter(model, user, said).lines(said)
    authors = review.authors_of([record])[record.pk]
    history = diff.all_of(model, record.pk)
    rows = list(history[: MOST_CHANGES + 1])
    context: dict[str, Any] = {
        "record": record,
        "noun": capfirst(str(model._meta.verbose_name)),
        "name": name_of(record),
        "href": page_of(record),
        "problem": problem,
        "typed": request.POST.get("reason", ""),
        "lines": lines,
        "drafts": _drafts_in(lines),
        "may_not_publish": _may_not_publish(user, record, authors),
        "may_return": permissions.has_permission(user, "publish", model)
        and permissions.in_scope(user, record),
        "returned": _returned(record),
        "entries": diff.entries(history, rows[:MOST_CHANGES], names=True),
        "whole_past": admin_of(record, "history") if len(rows) > MOST_CHANGES else "",
        "publish": reverse("review-draft-publish", args=[model.register.plural, record.pk]),
        "address": review_of(record),
        "send_back": reverse("review-draft-return", args=[model.register.plural, record.pk]),
    }
    if permissions.in_scope(user, record):
        for action, name in (("change", "mend"), ("delete", "remove")):
            if permissions.has_permission(user, action, model):
                context[name] = admin_of(record, action)
    status = problem.status if problem else 200
    return render(request, "projects/review_draft.html", context, status=status)


def _drafts_in(lines: Any) -> list[Named]:
    """What a record refers to that is a draft as well: without these it cannot be published."""
    found = [one for line in lines for one in line.value.records if one.is_draft]
    return list({one.review: one for one in found}.values())


def _may_not_publish(user: Any, record: Any, authors: set[Any]) -> str:
    try:
        check_may_decide(user, record, authors)
    except PermissionDenied as error:
        return str(error)
    return ""


def _returned(record: Any) -> ReturnedDraft | None:
    """What was said of it in the version that it has."""
    return (
        ReturnedDraft.objects.filter(
            noun=record.register.plural, record_id=record.pk, version=record.version
        )
        .select_related("reviewer")
        .first()
    )


class DraftParameters(ReviewView):
    def seen(self, noun: str, pk: int) -> Any:
        """The record, draft or published by now. Raises Http404 where the person sees none."""
        model = self.model_of(noun)
        records = prefetch_for_snapshot(model.objects.visible_to(self.request.user))
        record = records.filter(pk=pk).first()
        if record is None:
            raise Http404
        return record


class DraftPage(DraftParameters):
    def get(self, request: HttpRequest, noun: str, pk: int) -> HttpResponse:
        record = self.seen(noun, pk)
        if record.is_draft:
            return page_of_draft(request, record)
        return redirect(page_of(record))


class DraftAction(DraftParameters, ReviewAction):
    def find(self, *, noun: str, pk: int) -> Any:
        return self.seen(noun, pk)

    def page(self, subject: Any, problem: Problem) -> HttpResponse:
        # As it stands by now: somebody else may have published it.
        record = self.seen(subject.register.plural, subject.pk)
        return page_of_draft(self.request, record, problem)

    def serializer_of(self, subject: Any) -> Any:
        return serializers.BY_NOUN[subject.register.plural]


class Publish(DraftAction):
    def take(self, subject: Any) -> tuple[str, str]:
        version = self.request.POST.get("version", "")
        looked_at = int(version) if version.isdecimal() and len(version) < 10 else 0
        versions = {(type(subject), subject.pk): looked_at}
        review.publish(self.request.user, [subject], versions)
        sentence = _("“%(record)s” has been published: everyone can see it now.")
        return sentence % {"record": subject}, reverse("review")


class SendBack(DraftAction):
    def take(self, subject: Any) -> tuple[str, str]:
        review.send_back(self.request.user, subject, self.request.POST.get("reason", ""))
        sentence = _("“%(record)s” has been returned to its author with your reason.")
        return sentence % {"record": subject}, review_of(subject)
