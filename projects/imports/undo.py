"""Undo a written import: records become what they were, except for those edited since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.db.models import Count, ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _

from projects import history, review
from projects.accounts import audit_log
from projects.history import draft_references
from projects.models import (
    BatchState,
    ImportBatch,
    ImportRow,
    Proposal,
    ProposalState,
    RowStatus,
    State,
)
from projects.models.chunking import batches
from projects.models.permissions import SYSTEM_USER, has_permission, in_scope, out_of_scope
from projects.models.registry import model_named

from .batch_state import BatchError
from .permissions import refusal

# The permission that undoing a row of this status needs.
ACTIONS = {RowStatus.NEW: "delete", RowStatus.MADE: "delete", RowStatus.CHANGED: "change"}


@dataclass
class Undone:
    """How many records were restored, and which were kept and why: row, record, reason.

    The rows of the batch keep the reasons as their errors.
    """

    count: int = 0
    kept: list[tuple[int, str, str]] = field(default_factory=list)

    def keep(self, row: ImportRow, reason: str) -> None:
        self.kept.append((row.number, row.key, reason))
        row.errors = [["", "", reason, ""]]
        row.save(update_fields=["errors"])


def undo(batch: ImportBatch, user: Any = SYSTEM_USER) -> Undone:
    """Undo a written import, in one transaction.

    Changed records are restored from the history; new ones are deleted, and stay
    in the history. Records that were edited or published since, or that others
    refer to, are kept and listed; open proposals are withdrawn. Raises BatchError
    for a batch that is not written, or if `user` may not undo it.
    """
    if reasons := missing_permissions(batch, user):
        raise BatchError(" ".join(reasons))
    result = Undone()
    with transaction.atomic():
        claimed = ImportBatch.objects.filter(pk=batch.pk, state=BatchState.WRITTEN).update(
            state=BatchState.UNDONE, undone_at=timezone.now()
        )
        if not claimed:
            raise BatchError(_("Only an import that has been written can be undone."))
        rows = batch.rows.filter(record_id__isnull=False)
        _restore(rows.filter(status=RowStatus.CHANGED), user, result)
        _withdraw(batch, result)
        # Records are deleted before those that they refer to.
        _delete(rows.filter(status=RowStatus.NEW), user, result)
        _delete(rows.filter(status=RowStatus.MADE).order_by("-pk"), user, result)
        audit_log.log(
            audit_log.Action.IMPORT_UNDONE,
            user=review.user_or_none(user),
            subject=f"import/{batch.pk}",
            model_name=batch.model_name,
            records=result.count,
            kept=len(result.kept),
        )
    batch.refresh_from_db()
    return result


def affected(batch: ImportBatch) -> dict[str, int]:
    """How many records undoing affects, by the status of their rows. One query."""
    written = batch.rows.filter(record_id__isnull=False).order_by().values_list("status")
    found = dict(written.annotate(Count("pk")))
    return {
        status: found.get(status, 0)
        for status in (RowStatus.NEW, RowStatus.CHANGED, RowStatus.PROPOSED, RowStatus.MADE)
    }


def missing_permissions(batch: ImportBatch, user: Any) -> list[str]:
    """Why `user` may not undo an import; empty if they may. One query."""
    written = batch.rows.filter(record_id__isnull=False, status__in=ACTIONS).order_by()
    pairs = sorted(set(written.values_list("model_name", "status").distinct()))
    wanted = dict.fromkeys(
        (ACTIONS[RowStatus(status)], model_named(model_name)) for model_name, status in pairs
    )
    return [
        refusal(action, model)
        for action, model in wanted
        if not has_permission(user, action, model)
    ]


def _restore(rows: Any, user: Any, result: Undone) -> None:
    for some in batches(rows.iterator(chunk_size=500)):
        model = model_named(some[0].model_name)
        locked = history.lock(model._base_manager.filter(pk__in=[row.record_id for row in some]))
        records = {record.pk: record for record in locked}
        before = _states(model, some)
        written = []
        for row in some:
            record, old = records.get(row.record_id), before.get(row.record_id)
            if record is None:
                result.keep(row, _("It has been deleted since the import."))
            elif reason := _why_kept(record, row, user):
                result.keep(row, reason)
            elif old is None:
                result.keep(row, _("Its history does not go back that far."))
            elif _is_made_a_draft(record, old[0]) and draft_references.is_published_upon(record):
                result.keep(row, _("Published records refer to it now."))
            else:
                for name in model.register_history.compared_fields(model):
                    setattr(record, name, getattr(old[0], name))
                review.set_author(user, record)
                written.append((row, (record, old[1])))
        on_drafts = draft_references.depends_on_drafts([pair for _row, pair in written])
        for row, (record, _links) in written:
            if record.pk in on_drafts:
                result.keep(row, _("A record that it referred to before is now a draft."))
        restored = [pair for _row, pair in written if pair[0].pk not in on_drafts]
        history.bulk_save(restored)
        result.count += len(restored)


def _why_kept(record: Any, row: ImportRow, user: Any) -> str:
    """Why the record of a row may not be undone; empty if it may."""
    if row.version_after is not None and record.version != row.version_after:
        return _("It has been edited since the import.")
    if review.is_proposal(user, record):
        return _("It has been published.")
    return "" if in_scope(user, record) else out_of_scope(user)


def _is_made_a_draft(record: Any, old: Any) -> bool:
    return getattr(old, "state", "") == State.DRAFT and not record.is_draft


def _states(model: Any, rows: Sequence[ImportRow]) -> dict[int, tuple[Any, dict[str, Any]]]:
    """By record, the row of history before the import, and its links at that time.

    Two queries, and one for each kind of link.
    """
    wanted = {row.record_id: row.version_before for row in rows}
    found: dict[int, Any] = {}
    for old in model.history.filter(id__in=list(wanted)).order_by("history_id"):
        if old.version == wanted[old.id]:
            found[old.id] = old
    links = model.register_history.links_of(model, list(found.values()))
    return {key: (old, links[old.history_id]) for key, old in found.items()}


def _withdraw(batch: ImportBatch, result: Undone) -> None:
    """Withdraw the open proposals of an import, those of other names included.

    A query for each 500 rows, and one more.
    """
    for rows in batches(batch.rows.filter(status=RowStatus.PROPOSED).iterator(chunk_size=500)):
        proposals = Proposal.objects.filter(
            batch=batch,
            model_name=model_named(batch.model_name).register.plural,
            record_id__in=[row.record_id for row in rows],
        )
        states = dict(proposals.values_list("record_id", "state"))
        result.count += sum(state == ProposalState.OPEN for state in states.values())
        for row in rows:
            if states.get(row.record_id) == ProposalState.ACCEPTED:
                result.keep(row, _("The proposal has been accepted."))
    open_ones = Proposal.objects.open().filter(batch=batch)
    open_ones.update(state=ProposalState.WITHDRAWN, decided_at=timezone.now())


def _delete(rows: Any, user: Any, result: Undone) -> None:
    for row in list(rows):
        model = model_named(row.model_name)
        locked = history.lock(model._base_manager.filter(pk=row.record_id), to_delete=True)
        if not locked:
            continue
        record = locked[0]
        if reason := _why_kept(record, row, user):
            result.keep(row, reason)
            continue
        review.set_author(user, record)
        try:
            with transaction.atomic():
                history.delete(record)
        except ProtectedError:
            result.keep(row, _("Other records refer to it now."))
        else:
            result.count += 1
