"""Submit a write: it is published, or waits for approval as a draft or a proposal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from projects import history
from projects.accounts.audit_log import Action
from projects.history import draft_references
from projects.models import ImportBatch, Proposal, State, permissions
from projects.models.base import ReviewedModel

from .permissions import check_scope, set_author
from .proposals import Change, log_decision, propose, propose_deletion


@dataclass(frozen=True)
class Submitted:
    """The result of a write: the record as it is in memory, or the proposal.

    `proposal` is None even with `is_proposal` if nothing would change.
    """

    record: Any
    proposal: Proposal | None = None
    is_proposal: bool = False


def is_proposal(user: Any, record: Any) -> bool:
    """Whether a change of `record` by `user` becomes a proposal instead of being written."""
    return (
        isinstance(record, ReviewedModel)
        and record.pk is not None
        and not record.is_draft
        and not permissions.has_full_access(user)
    )


def check_form(user: Any, record: Any, links: Any, *, parent: str = "") -> None:
    """The checks of `submit` that a model form lacks: the user's areas and references to drafts.

    Sets the state of `record`. `parent` names its reference to the record on whose page
    it is a row, which has a form of its own. Raises as `submit` does.
    """
    if not parent:
        check_scope(user, record)
    if not is_proposal(user, record):
        with_publication_state(user, record, {})
        draft_references.check(record, links, skip={parent})


def check_rules(
    user: Any, record: Any, links: Any, *, without_queries: bool = False
) -> dict[str, Any]:
    """The checks of `submit` but for the user's areas; returns the links to save.

    Sets the state of `record`. A proposal may refer to drafts until it is accepted.
    `without_queries` and errors as in `history.check`.
    """
    allow_drafts = is_proposal(user, record)
    if not allow_drafts:
        links = with_publication_state(user, record, links)
    history.check(record, without_queries=without_queries, allow_drafts=allow_drafts, **links)
    return links


def submit(user: Any, record: Any, **links: Any) -> Submitted:
    """Write a record with its links on behalf of `user`, whose permission was checked before.

    A link that is None stays as it is. Raises ValidationError, by field, and
    PermissionDenied if the record is outside the user's areas; then nothing is
    written.
    """
    with transaction.atomic():
        check_scope(user, record)
        if is_proposal(user, record):
            check_rules(user, record, links)
            (proposal,) = propose(user, [(record, links)])
            if proposal is not None:
                log_decision(Action.PROPOSED, user, proposal)
            return Submitted(record, proposal, is_proposal=True)
        links = with_publication_state(user, record, links)
        set_author(user, record)
        history.save(record, **links)
    return Submitted(record)


def with_publication_state(user: Any, record: Any, links: Any) -> dict[str, Any]:
    """Set the state of `record`; returns its links, with those that need to be checked as well.

    What a user with full access writes is published, whether it is new or a draft.
    """
    links = dict(links)
    if not isinstance(record, ReviewedModel):
        return links
    if not permissions.has_full_access(user):
        if record.pk is None:
            record.state = State.DRAFT
    elif record.is_draft:
        record.state = State.PUBLISHED
        if record.pk is not None:
            for name in record.links_to_reviewed():
                if links.get(name) is None:
                    links[name] = list(getattr(record, name).all())
    return links


def submit_many(
    user: Any, changes: Sequence[Change], batch: ImportBatch | None = None
) -> list[Submitted]:
    """Submit many validated records of one model, whose areas were checked before.

    Raises IntegrityError if the database refuses one. Costs the queries of
    `history.bulk_save` and of `propose`.
    """
    proposed = [change for change in changes if is_proposal(user, change[0])]
    direct = [change for change in changes if not is_proposal(user, change[0])]
    set_author(user, *(record for record, _links in direct))
    with transaction.atomic():
        history.bulk_save(
            [(record, with_publication_state(user, record, links)) for record, links in direct]
        )
        proposals = propose(user, proposed, batch)
    found = [Submitted(record) for record, _links in direct]
    found += [
        Submitted(record, proposal, is_proposal=True)
        for (record, _links), proposal in zip(proposed, proposals, strict=True)
    ]
    return found


def remove(user: Any, record: Any) -> Submitted:
    """Delete a record on behalf of `user`, whose permission was checked before, or propose it.

    Raises ProtectedError if other records refer to it, and PermissionDenied. If
    only drafts that the user may not see refer to it, a proposal is made anyway, so
    that the user does not learn of them.
    """
    with transaction.atomic():
        check_scope(user, record)
        if is_proposal(user, record):
            history.check_deletable(record, user)
            proposal = propose_deletion(user, record)
            log_decision(Action.PROPOSED, user, proposal)
            return Submitted(record, proposal, is_proposal=True)
        set_author(user, record)
        history.delete(record)
    return Submitted(record)
