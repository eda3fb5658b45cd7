"""The page of a proposal; accepting, returning, withdrawing and resubmitting it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from projects import history, review
from projects.imports import publish
from projects.models import ImportBatch, Proposal, ProposalKind, permissions
from projects.review import diff
from projects.review.permissions import refusal
from projects.review.proposals import check_may_decide_about

from .addresses import admin_of, page_of
from .base import ReviewAction, ReviewPage
from .field_display import OF_AMOUNTS, FieldFormatter, Value

# Pages show times by the minute.
SHOWN_DIFFERENCE = timedelta(minutes=1)
# How many referring records of each model are listed on a proposed deletion.
MOST_NAMED = 10


@dataclass(frozen=True)
class Compared:
    """One field of a proposal. `then`: the value when it was proposed, if it has changed since."""

    label: str
    now: Value
    proposed: Value
    then: Value | None = None
    is_current: bool = False


@dataclass(frozen=True)
class Referring:
    """Records of one model that refer to the record: how many, and the first of them."""

    label: str
    count: int
    records: Sequence[tuple[str, str]]

    @property
    def more(self) -> int:
        return self.count - len(self.records)


def _batch(user: Any, proposal: Proposal) -> ImportBatch | None:
    """The import that made the proposal, if `user` may see it."""
    if proposal.batch_id is None:
        return None
    batches = publish.readable(user).without_content()
    return batches.filter(pk=proposal.batch_id).first()


def _edit_url(user: Any, record: Any, is_own: bool) -> str:
    return (
        admin_of(record)
        if is_own and permissions.has_permission(user, "change", type(record))
        else ""
    )


def compared(user: Any, proposal: Proposal, record: Any) -> list[Compared]:
    """Each field as it is now, as it was when the proposal was made, and as proposed.

    For a decided proposal "now" is what it was when the proposal was made. One query
    for each related model.
    """
    before, wanted = proposal.before, proposal.changes
    current = {} if record is None else diff.snapshot(record, {})
    now = current if proposal.is_open and record is not None else {**current, **before}
    then, proposed = {**now, **before}, {**now, **wanted}
    formatter = FieldFormatter(proposal.model, user, now, then, proposed)
    names = set(wanted)
    if names.intersection(OF_AMOUNTS):
        # Show the amount that they belong to.
        names |= {name for name in ("amount", "value") if name in formatter.columns}
    return [
        Compared(
            formatter.labels[name],
            formatter.value(name, now),
            formatter.value(name, proposed),
            None if diff.same(then.get(name), now.get(name)) else formatter.value(name, then),
            name in wanted and diff.same(now.get(name), wanted[name]),
        )
        for name in formatter.columns
        if name in names
    ]


def _referring(user: Any, record: Any) -> dict[str, Any]:
    """Context: the records that refer to `record` and that `user` may see."""
    referring = history.references_to([record])
    if not referring:
        return {}
    found = []
    for records in history.visible_references(referring, user):
        if count := records.count():
            related = [name for name in ("project", "source") if hasattr(records.model, name)]
            if related:
                records = records.select_related(*related)
            label = capfirst(str(records.model._meta.verbose_name_plural))
            found.append(
                Referring(label, count, [(str(one), page_of(one)) for one in records[:MOST_NAMED]])
            )
    return {"referring": found, "is_referred_to": True}


class ProposalPage(ReviewPage):
    """The page of a proposal. About 20 queries at most."""

    template = "projects/review_proposal.html"

    def find(self, *, pk: int) -> Proposal:
        proposals = Proposal.objects.visible_to(self.request.user)
        return get_object_or_404(proposals.select_related("user", "reviewer"), pk=pk)

    def context(self, subject: Proposal) -> dict[str, Any]:
        user, proposal = self.request.user, subject
        record = diff.prefetch_for_snapshot(
            proposal.model._base_manager.filter(pk=proposal.record_id)
        ).first()
        is_own = proposal.user_id == user.pk
        context: dict[str, Any] = {
            "proposal": proposal,
            "record_type": capfirst(str(proposal.get_model_name_display())),
            "name": proposal.name,
            "record": record,
            "is_own": is_own,
            "is_added_to": proposal.updated_at - proposal.created_at >= SHOWN_DIFFERENCE,
            "refusal": refusal(check_may_decide_about, user, proposal, record),
            "batch": _batch(user, proposal),
        }
        if record is not None:
            context |= {"href": page_of(record), "edit_url": _edit_url(user, record, is_own)}
        if proposal.kind == ProposalKind.CHANGE:
            context["compared"] = compared(user, proposal, record)
        elif record is not None:
            fields = diff.snapshot(record, {})
            context["lines"] = FieldFormatter(proposal.model, user, fields).lines(fields)
            if proposal.is_open:
                context |= _referring(user, record)
        return context


class Accept(ReviewAction, ProposalPage):
    def act(self, subject: Proposal) -> tuple[str, str]:
        version = self.request.POST.get("version", "")
        if not version.isdecimal() or len(version) > 9:
            raise review.ReviewError(
                _("The form has no version of the record: check the proposal again.")
            )
        record = review.accept(self.request.user, subject, int(version))
        deleted = _("Deleted as proposed.")
        return (
            deleted if record is None else _("Published as proposed."),
            subject.get_absolute_url(),
        )


class ReturnProposal(ReviewAction, ProposalPage):
    def act(self, subject: Proposal) -> tuple[str, str]:
        review.return_proposal(self.request.user, subject, self.request.POST.get("reason", ""))
        return _("Returned to its author with your reason."), subject.get_absolute_url()


class Withdraw(ReviewAction, ProposalPage):
    def act(self, subject: Proposal) -> tuple[str, str]:
        review.withdraw(self.request.user, subject)
        return _("Your proposal has been withdrawn."), subject.get_absolute_url()


class Resubmit(ReviewAction, ProposalPage):
    def act(self, subject: Proposal) -> tuple[str, str]:
        review.resubmit(self.request.user, subject)
        return _("Your proposal is waiting for review again."), subject.get_absolute_url()
