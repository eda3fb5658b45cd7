"""Approval of drafts: list pending ones, publish them, return them to their authors."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any, NamedTuple

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Exists, Min, OuterRef
from django.utils.translation import gettext as _

from projects.accounts import audit_log
from projects.history import ConflictError, bulk_save, draft_references
from projects.models import REVIEWED, ReturnedDraft, State
from projects.models.chunking import WRITTEN_AT_ONCE, batches

from .permissions import (
    ReviewError,
    audit_subject,
    check_may_decide,
    check_may_review,
    read_reason,
    set_author,
    user_or_none,
)


def pending_drafts(user: Any, model: Any) -> Any:
    """The drafts of a model that `user` may see, annotated with `is_returned`.

    A returned draft waits for its author, not for review, until it is edited.
    """
    returned = ReturnedDraft.objects.filter(
        model_name=model.register.plural, record_id=OuterRef("pk"), version=OuterRef("version")
    )
    drafts = model.objects.visible_to(user).filter(state=State.DRAFT)
    return drafts.annotate(is_returned=Exists(returned)).order_by("pk")


class Contribution(NamedTuple):
    """An author of a draft, and the time of their first edit. `user` is a key."""

    user: Any
    name: str
    at: datetime


def contributions(model: Any, keys: Collection[Any]) -> dict[Any, list[Contribution]]:
    """The contributions to these drafts of one model, by key, the earliest first. One query."""
    found: dict[Any, list[Contribution]] = {key: [] for key in keys}
    rows = (
        model.history.filter(id__in=keys, state=State.DRAFT)
        .order_by()
        .values("id", "history_user", "history_user__username")
        .annotate(first=Min("history_id"), at=Min("history_date"))
        .order_by("first")
    )
    for row in rows if keys else ():
        contribution = Contribution(
            row["history_user"], row["history_user__username"] or "", row["at"]
        )
        found[row["id"]].append(contribution)
    return found


def contributors_of(records: Collection[Any]) -> dict[Any, set[Any]]:
    """The keys of all users who wrote these drafts of one model, by the draft's key. One query.

    Includes users who only corrected a word: they cannot review it independently.
    """
    if not records:
        return {}
    found = contributions(type(next(iter(records))), [record.pk for record in records])
    return {key: {one.user for one in several} - {None} for key, several in found.items()}


def publish(user: Any, records: Iterable[Any], versions: dict[Any, int] | None = None) -> int:
    """Publish drafts, all of them or none; returns their number.

    They may refer to each other, and be of several models. `versions` are those
    that the reviewer saw, by model and key: a draft edited since is refused. One
    row of history each. Raises PermissionDenied, ReviewError (also for references
    to other drafts), and ValidationError.
    """
    by_model: dict[Any, list[Any]] = {model: [] for model in REVIEWED.values()}
    for record in records:
        by_model[type(record)].append(record.pk)
    published: list[Any] = []
    with transaction.atomic():
        for model, keys in by_model.items():
            for some in batches(keys, WRITTEN_AT_ONCE):
                published += _publish(user, model, some, versions)
        if published:
            audit_log.log(
                audit_log.Action.PUBLISHED,
                user=user_or_none(user),
                subject=audit_subject(published),
            )
    return len(published)


def _publish(user: Any, model: Any, keys: list[Any], versions: dict[Any, int] | None) -> list[Any]:
    links = model.links_to_reviewed()
    drafts = list(
        model.objects.visible_to(user)
        .filter(pk__in=keys, state=State.DRAFT)
        .order_by("pk")
        .select_for_update(no_key=True, of=("self",))
        # Joined, not prefetched: SQLite limits the depth of Django's query for 1,000 keys.
        .joined(draft_references.columns(model))
        .prefetch_related(*links)
    )
    if len(drafts) < len(keys):
        raise ConflictError
    contributors = contributors_of(drafts)
    written: list[Any] = []
    for draft in drafts:
        check_may_decide(user, draft, contributors[draft.pk])
        if versions is not None and versions.get((model, draft.pk)) != draft.version:
            raise ConflictError(draft)
        draft.state = State.PUBLISHED
        set_author(user, draft)
        linked = {name: list(getattr(draft, name).all()) for name in links}
        try:
            draft_references.check(draft, linked)
        except ValidationError as error:
            # Name the draft, as it is one of many.
            raise ReviewError(f"{draft}: {' '.join(error.messages)}") from error
        written.append((draft, {}))
    bulk_save(written)
    return drafts


def return_draft(user: Any, draft: Any, reason: str) -> ReturnedDraft:
    """Return a draft to its author with a reason; it stays a draft.

    Raises PermissionDenied and ReviewError.
    """
    reason = read_reason(reason, _("Give a reason, so that the author knows what to correct."))
    if not draft.is_draft:
        raise ReviewError(_("This is published already: propose a change instead."))
    check_may_review(user, draft)
    returned, _new = ReturnedDraft.objects.update_or_create(
        model_name=draft.register.plural,
        record_id=draft.pk,
        version=draft.version,
        defaults={"reason": reason, "reviewer": user_or_none(user)},
    )
    audit_log.log(
        audit_log.Action.RETURNED, user=user_or_none(user), subject=audit_subject([draft])
    )
    return returned
