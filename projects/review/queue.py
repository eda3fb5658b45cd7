"""The review queue: pending drafts, proposals and error reports of all models."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db.models import CharField, Exists, OuterRef, Q, QuerySet, Value

from projects.filters import ReviewFilterSet
from projects.filters.review import EnteredBy, ReviewState, of_areas
from projects.models import (
    REVIEWED,
    ErrorReport,
    Proposal,
    ProposalState,
    State,
    permissions,
)

from . import deleted_records
from .drafts import pending_drafts


def model_names_of(user: Any) -> list[str]:
    """The models whose drafts `user`, if staff, may see. At most two queries, once."""
    if user is None or not (user.is_authenticated and user.is_staff):
        return []
    return [
        model_name
        for model_name, model in REVIEWED.items()
        if permissions.can_see_drafts(user, model)
    ]


def count(user: Any) -> int:
    """The number of pending drafts, proposals and error reports that `user` may see. One query."""
    parts = [
        pending_drafts(user, REVIEWED[model_name]).order_by().filter(is_returned=False).values("pk")
        for model_name in model_names_of(user)
    ]
    proposals = Proposal.objects.visible_to(user).open().order_by().values("pk")
    reported = ErrorReport.objects.open().order_by().values("pk")
    return proposals.union(*parts, reported, all=True).order_by().count()


def drafts(filterset: ReviewFilterSet) -> Any:
    """The drafts that match a valid filter set: model, key and time of the last change.

    One query for a page.
    """
    wanted = filterset.cleaned_data["noun"]
    model_names = model_names_of(filterset.user)
    parts = [
        _drafts_of(filterset, model_name)
        .order_by()
        .annotate(model_name=Value(model_name, CharField()))
        .values("model_name", "id", "updated_at")
        for model_name in model_names
        if wanted is None or model_name in wanted.things
    ]
    if not parts:
        # The user may not see drafts of the requested models.
        return Proposal.objects.none()
    return union(parts).order_by("updated_at", "model_name", "id")


def union(parts: list[QuerySet]) -> Any:
    """Rows of several models as one query that can be sliced."""
    return parts[0].union(*parts[1:], all=True) if len(parts) > 1 else parts[0]


def _drafts_of(filterset: ReviewFilterSet, model_name: str) -> QuerySet:
    values, model = filterset.cleaned_data, REVIEWED[model_name]
    found = pending_drafts(filterset.user, model)
    if values["state"] is not None:
        is_returned = Q()
        for state, value in ((ReviewState.WAITING, False), (ReviewState.RETURNED, True)):
            if state not in values["state"].things:
                is_returned &= ~Q(is_returned=value)
        found = found.filter(is_returned)
    if values["area"] is not None:
        found = found.filter(of_areas(model, values["area"]))
    if values["whose"]:
        touched = Exists(
            model.history.filter(id=OuterRef("pk"), state=State.DRAFT, history_user=filterset.user)
        )
        found = found.filter(touched if values["whose"] == EnteredBy.MINE else ~touched)
    return found


def proposals(filterset: ReviewFilterSet) -> QuerySet:
    """The proposals that match a valid filter set; without a state, the open ones and the user's
    own that were returned."""
    found = filterset.qs
    if filterset.cleaned_data["state"] is None:
        own = Q(state=ProposalState.RETURNED, user=filterset.user)
        found = found.filter(Q(state=ProposalState.OPEN) | own)
    return found


def deleted(user: Any, model_names: Iterable[str]) -> Any:
    """Deleted records of these models, the latest first: model, and key of the last history row.

    One query for a page.
    """
    parts = [
        deleted_records.deleted(user, REVIEWED[model_name])
        .order_by()
        .annotate(model_name=Value(model_name, CharField()))
        .values("model_name", "history_id", "history_date")
        for model_name in model_names
    ]
    return union(parts).order_by("-history_date", "model_name", "-history_id")
