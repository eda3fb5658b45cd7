"""Approval of proposed changes and deletions: make proposals, and decide about them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from projects import history, serializers
from projects.accounts import audit_log
from projects.i18n.languages import join_list
from projects.models import (
    ImportBatch,
    Proposal,
    ProposalKind,
    ProposalState,
    permissions,
)

from . import diff
from .diff import Links
from .permissions import (
    ReviewError,
    check_may_decide,
    check_may_publish,
    check_scope,
    read_reason,
    set_author,
    user_or_none,
)

Change = tuple[Any, Links]

_AUDIT_ACTIONS = {
    ProposalState.OPEN: audit_log.Action.PROPOSED,
    ProposalState.ACCEPTED: audit_log.Action.PUBLISHED,
    ProposalState.RETURNED: audit_log.Action.RETURNED,
    ProposalState.WITHDRAWN: audit_log.Action.WITHDRAWN,
}


def propose(
    user: Any, changes: Sequence[Change], batch: ImportBatch | None = None
) -> list[Proposal | None]:
    """A proposal for each changed record of one model; None if nothing would change.

    Changes are added to the user's open proposal about the record, if there is one.
    The rules must have been checked. Seven queries, and one for each kind of link.
    Must be called in a transaction.
    """
    if not changes:
        return []
    model = type(changes[0][0])
    keys = [record.pk for record, _links in changes]
    current = {
        record.pk: record
        for record in diff.prefetch_for_snapshot(model._base_manager.filter(pk__in=keys))
    }
    open_ones = {
        proposal.record_id: proposal
        for proposal in Proposal.objects.open()
        .filter(model_name=model.register.plural, record_id__in=keys, user=user)
        .select_for_update()
    }
    found: list[Proposal | None] = []
    new: list[Proposal] = []
    changed: list[Proposal] = []
    for record, links in changes:
        before = current.get(record.pk)
        if before is None:
            raise history.ConflictError(record)
        proposal = _merged(user, record, links, before, open_ones.get(record.pk))
        if proposal is not None:
            proposal.batch = batch or proposal.batch
            (new if proposal.pk is None else changed).append(proposal)
        found.append(proposal if proposal is not None and proposal.is_open else None)
    Proposal.objects.bulk_create(new)
    Proposal.objects.bulk_update(
        changed, ["changes", "before", "version", "state", "batch", "kind", "updated_at"]
    )
    return found


def _merged(
    user: Any, record: Any, links: Links, before: Any, proposal: Proposal | None
) -> Proposal | None:
    """The proposal for a changed record, merged with an earlier one; None if nothing would change.

    Other fields of the earlier proposal are kept with their earlier values: a field
    that equals the current record was probably not touched by the user, and somebody
    else may have changed it since.
    """
    now, wanted = diff.snapshot(before, {}), diff.snapshot(record, links)
    changes = {name: value for name, value in wanted.items() if not diff.same(value, now[name])}
    then = {name: now[name] for name in changes}
    if not changes and (proposal is None or proposal.kind == ProposalKind.DELETION):
        return None
    if proposal is not None and proposal.kind == ProposalKind.CHANGE:
        changes = {**proposal.changes, **changes}
        then = {**proposal.before, **then}
    if proposal is None:
        proposal = Proposal(
            model_name=record.register.plural,
            record_id=record.pk,
            user=user,
            kind=ProposalKind.CHANGE,
            key=key_of(before),
        )
    proposal.kind = ProposalKind.CHANGE
    proposal.changes = changes
    proposal.before = then
    proposal.version = before.version
    proposal.updated_at = timezone.now()
    return proposal


def propose_deletion(user: Any, record: Any) -> Proposal:
    """A proposal to delete a record; replaces the user's open proposal about it."""
    with transaction.atomic():
        proposal, _new = Proposal.objects.update_or_create(
            model_name=record.register.plural,
            record_id=record.pk,
            user=user,
            state=ProposalState.OPEN,
            defaults={
                "kind": ProposalKind.DELETION,
                "changes": {},
                "before": {},
                "version": record.version,
                "key": key_of(record),
                "updated_at": timezone.now(),
            },
        )
    return proposal


def key_of(record: Any) -> str:
    code = getattr(record, "code", "")
    return (f"{code}: {record}" if code else str(record))[:600]


def record_of(proposal: Proposal, *, lock: bool = False) -> Any:
    """The current record of a proposal; None if it no longer exists."""
    records = proposal.model._base_manager.filter(pk=proposal.record_id)
    if lock:
        records = records.select_for_update(no_key=True)
    return records.first()


def outdated_fields(proposal: Proposal, record: Any) -> list[str]:
    """The proposed fields whose values have changed since the proposal was made."""
    now = diff.snapshot(record, {})
    return [
        name
        for name, value in proposal.before.items()
        if name in now and not diff.same(value, now[name])
    ]


def check_may_decide_about(user: Any, proposal: Proposal, record: Any) -> None:
    """Raise PermissionDenied unless `user` may decide about a proposal; `record` as `record_of`."""
    if record is None:
        check_may_publish(user, proposal.model)
    else:
        check_may_decide(user, record, {proposal.user_id})


def accept(user: Any, proposal: Proposal, version: int | None = None) -> Any:
    """Carry out a proposal; returns the changed record, or None if it was deleted.

    `version` is the version of the record that the reviewer saw: if it has changed
    since, the proposal is not accepted. Without `version`, a proposal with outdated
    fields is not accepted, as the other change would be lost unseen. Writes one row of
    history, by the reviewer. Raises PermissionDenied, ReviewError, ValidationError
    by field (the model's or the serializer's), and ProtectedError.
    """
    with transaction.atomic():
        proposal = _locked(proposal)
        record = record_of(proposal, lock=True)
        if record is None:
            raise _deleted(proposal)
        check_may_decide_about(user, proposal, record)
        if version is not None and record.version != version:
            raise history.ConflictError(record)
        if version is None and (names := outdated_fields(proposal, record)):
            raise ReviewError(
                _(
                    "These fields have changed since this was proposed: %(fields)s. Check the "
                    "record, "
                    "and give the version that you saw."
                )
                % {"fields": join_list(names)}
            )
        set_author(user, record, reason=f"proposal {proposal.pk}")
        if proposal.kind == ProposalKind.DELETION:
            history.delete(record)
            record = None
        else:
            serializer = serializers.BY_MODEL_NAME[proposal.model_name](
                record, data=proposal.changes, partial=True, context={"user": user}
            )
            serializer.is_valid(raise_exception=True)
            record, links = serializer.apply()
            check_scope(user, record)
            history.save(record, **links)
        _decide(proposal, user, ProposalState.ACCEPTED)
    return record


def return_proposal(user: Any, proposal: Proposal, reason: str) -> None:
    """Return a proposal to its author with a reason. Raises PermissionDenied and ReviewError."""
    reason = read_reason(reason, _("Give a reason, so that the author knows what to correct."))
    with transaction.atomic():
        proposal = _locked(proposal)
        check_may_decide_about(user, proposal, record_of(proposal))
        _decide(proposal, user, ProposalState.RETURNED, reason)


def withdraw(user: Any, proposal: Proposal) -> None:
    """Withdraw the user's own proposal. Raises PermissionDenied and ReviewError."""
    with transaction.atomic():
        proposal = _locked(proposal)
        _check_own(user, proposal)
        _decide(proposal, None, ProposalState.WITHDRAWN)


def resubmit(user: Any, proposal: Proposal) -> None:
    """Submit the user's own proposal again after it was returned or withdrawn.

    Raises PermissionDenied, and ReviewError if another one is open.
    """
    with transaction.atomic():
        proposal = _locked(proposal, ProposalState.RETURNED, ProposalState.WITHDRAWN)
        _check_own(user, proposal)
        record = record_of(proposal)
        if record is None:
            raise _deleted(proposal)
        _check_may_still_propose(user, proposal, record)
        if Proposal.objects.open().of(record).filter(user=user).exists():
            raise ReviewError(_("You have another open proposal about this record."))
        now = diff.snapshot(record, {})
        proposal.before = {name: now[name] for name in proposal.changes}
        proposal.version = record.version
        proposal.updated_at = timezone.now()
        _decide(proposal, None, ProposalState.OPEN)


def _check_own(user: Any, proposal: Proposal) -> None:
    if user.pk != proposal.user_id:
        raise PermissionDenied(_("This is somebody else's proposal."))


def _check_may_still_propose(user: Any, proposal: Proposal, record: Any) -> None:
    action = "delete" if proposal.kind == ProposalKind.DELETION else "change"
    if not permissions.has_permission(user, action, proposal.model):
        raise PermissionDenied(_("You may no longer propose this."))
    if not permissions.in_scope(user, record):
        raise PermissionDenied(permissions.out_of_scope(user))


def _locked(proposal: Proposal, *states: ProposalState) -> Proposal:
    """The proposal's current row, locked. Raises ConflictError unless it is in one of `states`."""
    current = Proposal.objects.select_for_update().filter(pk=proposal.pk).first()
    if current is None:
        raise history.ConflictError
    if current.state not in (states or (ProposalState.OPEN,)):
        if current.is_open:
            raise history.ConflictError
        by = current.reviewer or current.user
        raise history.ConflictError(current, by, current.decided_at)
    return current


def _deleted(proposal: Proposal) -> history.ConflictError:
    return history.ConflictError(proposal.model(pk=proposal.record_id))


def _decide(proposal: Proposal, user: Any, state: ProposalState, reason: str = "") -> None:
    proposal.state, proposal.reason = state, reason
    proposal.reviewer = user_or_none(user)
    proposal.decided_at = timezone.now() if state != ProposalState.OPEN else None
    proposal.save()
    log_decision(_AUDIT_ACTIONS[state], user or proposal.user, proposal)


def log_decision(action: audit_log.Action, user: Any, proposal: Proposal) -> None:
    """Log what happened to a proposal."""
    audit_log.log(
        action,
        user=user_or_none(user),
        subject=f"{proposal.model_name}/{proposal.code or proposal.record_id}",
        proposal=proposal.pk,
    )
