"""The page of one proposal, and the steps on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from projects import history, review, serializers
from projects.imports import publish
from projects.models import ImportBatch, Proposal, ProposalKind, permissions
from projects.review import diff
from projects.review.permissions import check_may_decide

from .actions import ReviewAction
from .addresses import admin_of, name_of, page_of
from .base import ReviewView
from .errors import Problem
from .field_display import OF_AMOUNTS, FieldFormatter, Value
from .rows import called

# Shorter than what a page tells apart.
MOMENT = timedelta(minutes=1)
# Of each noun that refers to a record that is to be deleted.
MOST_NAMED = 10


@dataclass(frozen=True)
class Compared:
    """One field that a proposal is about. `then` is what stood there, where that is not so now."""

    label: str
    now: Value
    proposed: Value
    then: Value | None = None
    is_there: bool = False


@dataclass(frozen=True)
class Referring:
    """Records of one noun that refer to another one: how many, and the first of them."""

    label: str
    count: int
    records: Sequence[tuple[str, str]]

    @property
    def more(self) -> int:
        return self.count - len(self.records)


def page_of_proposal(
    request: HttpRequest, proposal: Proposal, problem: Problem | None = None
) -> HttpResponse:
    """The page of a proposal as it stands. `problem`: why a step could not be taken.

    About twenty queries at most, whatever it is about.
    """
    user = request.user
    record = diff.prefetch_for_snapshot(
        proposal.model._base_manager.filter(pk=proposal.record_id)
    ).first()
    is_own = proposal.user_id == user.pk
    context: dict[str, Any] = {
        "proposal": proposal,
        "noun": capfirst(str(proposal.get_noun_display())),
        "name": called(proposal)[0],
        "record": record,
        "problem": problem,
        "typed": request.POST.get("reason", ""),
        "is_own": is_own,
        "is_added_to": proposal.updated_at - proposal.created_at >= MOMENT,
        "may_not": _may_not(user, proposal, record),
        "batch": _batch(user, proposal),
    }
    if record is not None:
        context |= {"href": page_of(record), "mend": _mend(user, record, is_own)}
    if proposal.kind == ProposalKind.CHANGE:
        context["compared"] = compared(user, proposal, record)
    elif record is not None:
        said = diff.snapshot(record, {})
        context["lines"] = FieldFormatter(proposal.model, user, said).lines(said)
        if proposal.is_open:
            context |= _referring(user, record)
    status = problem.status if problem else 200
    return render(request, "projects/review_proposal.html", context, status=status)


def _may_not(user: Any, proposal: Proposal, record: Any) -> str:
    """Why `user` decides nothing about it; empty where they may."""
    try:
        if record is not None:
            check_may_decide(user, record, {proposal.user_id})
        elif not permissions.has_permission(user, "publish", proposal.model):
            return _("Only reviewers can decide about it.")
    except PermissionDenied as error:
        return str(error)
    return ""


def _batch(user: Any, proposal: Proposal) -> ImportBatch | None:
    """The file by which it was proposed, where `user` may look at that."""
    if proposal.batch_id is None:
        return None
    batches = publish.readable(user).without_content()
    return batches.filter(pk=proposal.batch_id).first()


def _mend(user: Any, record: Any, is_own: bool) -> str:
    return (
        admin_of(record)
        if is_own and permissions.has_permission(user, "change", type(record))
        else ""
    )


def compared(user: Any, proposal: Proposal, record: Any) -> list[Compared]:
    """Field by field what is published, what was when it was proposed, and what is proposed.

    Once it is decided, what is published is what was when it was proposed. A
    query for each noun referred to.
    """
    before, wanted = proposal.before, proposal.changes
    standing = {} if record is None else diff.snapshot(record, {})
    now = standing if proposal.is_open and record is not None else {**standing, **before}
    then, proposed = {**now, **before}, {**now, **wanted}
    speaker = FieldFormatter(proposal.model, user, now, then, proposed)
    names = set(wanted)
    if names.intersection(OF_AMOUNTS):
        # What they mean is seen by the amount.
        names |= {name for name in ("amount", "value") if name in speaker.fields}
    return [
        Compared(
            speaker.labels[name],
            speaker.value(name, now),
            speaker.value(name, proposed),
            None if diff.same(then.get(name), now.get(name)) else speaker.value(name, then),
            name in wanted and diff.same(now.get(name), wanted[name]),
        )
        for name in speaker.fields
        if name in names
    ]


def _referring(user: Any, record: Any) -> dict[str, Any]:
    """What refers to a record, as far as `user` may see it, and the sentence that says so."""
    referring = history.references_to([record])
    if not referring:
        return {}
    found = []
    for records in history.visible_references(referring, user):
        if count := records.count():
            along = [name for name in ("project", "source") if hasattr(records.model, name)]
            some = records.select_related(*along)[:MOST_NAMED] if along else records[:MOST_NAMED]
            label = capfirst(str(records.model._meta.verbose_name_plural))
            found.append(Referring(label, count, [(name_of(one), page_of(one)) for one in some]))
    return {"referring": found, "is_referred_to": True}


class ProposalPage(ReviewView):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        return page_of_proposal(request, seen_by(request.user, pk))


def seen_by(user: Any, pk: int) -> Proposal:
    proposals = Proposal.objects.visible_to(user).select_related("user", "reviewer")
    return get_object_or_404(proposals, pk=pk)


class ProposalAction(ReviewAction):
    def find(self, *, pk: int) -> Proposal:
        return seen_by(self.request.user, pk)

    def page(self, subject: Proposal, problem: Problem) -> HttpResponse:
        # As it stands by now: somebody else may have decided.
        return page_of_proposal(self.request, seen_by(self.request.user, subject.pk), problem)

    def serializer_of(self, subject: Proposal) -> Any:
        return serializers.BY_NOUN[subject.noun]


class Accept(ProposalAction):
    def take(self, subject: Proposal) -> tuple[str, str]:
        version = self.request.POST.get("version", "")
        if not version.isdecimal() or len(version) > 9:
            raise review.ReviewError(
                _("The form has no version of the record: check the proposal again.")
            )
        record = review.accept(self.request.user, subject, int(version))
        deleted = _("Deleted as proposed.")
        return (deleted if record is None else _("Published as proposed."), _onward(subject))


class SendBack(ProposalAction):
    def take(self, subject: Proposal) -> tuple[str, str]:
        review.return_(self.request.user, subject, self.request.POST.get("reason", ""))
        return _("Returned to its author with your reason."), _onward(subject)


class Withdraw(ProposalAction):
    def take(self, subject: Proposal) -> tuple[str, str]:
        review.withdraw(self.request.user, subject)
        return _("Your proposal has been withdrawn."), _onward(subject)


class HandInAgain(ProposalAction):
    def take(self, subject: Proposal) -> tuple[str, str]:
        review.resubmit(self.request.user, subject)
        return _("Your proposal is waiting for review again."), _onward(subject)


def _onward(proposal: Proposal) -> str:
    return reverse("proposal", args=[proposal.pk])
