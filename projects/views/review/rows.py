"""Drafts and proposals as the list of what waits shows them, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.text import capfirst

from projects import serializers
from projects.models import (
    REVIEWED,
    Proposal,
    ProposalKind,
    ReturnedDraft,
    permissions,
)
from projects.review import queue
from projects.review.permissions import check_may_decide
from projects.serializers.labels import in_words

from .addresses import admin_of, name_of, review_of


@dataclass(frozen=True)
class Draft:
    """A draft in the list. `key` is what its box sends: noun, key and the version looked at."""

    record: Any
    name: str
    noun: str
    key: str
    code: str
    area: Any
    href: str
    entered_by: str
    entered_at: datetime | None
    is_own: bool
    may_publish: bool
    is_ticked: bool
    mend: str = ""
    returned: ReturnedDraft | None = None


@dataclass(frozen=True)
class Proposed:
    """A proposal in the list, with the fields that it touches, in words."""

    proposal: Proposal
    noun: str
    name: str
    code: str
    fields: list[str]
    is_own: bool


def drafts(user: Any, rows: Iterable[Mapping[str, Any]], ticked: Iterable[str]) -> list[Draft]:
    """The drafts of `rows` (noun and id), in their order.

    For each noun two queries, and one for what was sent back, however many they are.
    """
    rows = list(rows)
    ticked = {_place(key) for key in ticked}
    keys: dict[str, list[Any]] = {}
    for row in rows:
        keys.setdefault(row["noun"], []).append(row["id"])
    returned = _returned([row["id"] for row in rows])
    found: dict[tuple[str, Any], Draft] = {}
    for noun, of_noun in keys.items():
        hands: dict[Any, list[dict[str, Any]]] = {}
        for hand in queue.contributors(REVIEWED[noun], of_noun):
            hands.setdefault(hand["id"], []).append(hand)
        records = REVIEWED[noun].objects.visible_to(user).filter(pk__in=of_noun)
        for record in records.select_related(*_joined(REVIEWED[noun])):
            found[noun, record.pk] = _draft(
                user,
                noun,
                record,
                hands.get(record.pk, []),
                returned.get((noun, record.pk, record.version)),
                ticked,
            )
    # What was deleted between the queries is not there.
    return [found[place] for row in rows if (place := (row["noun"], row["id"])) in found]


def _joined(model: Any) -> list[str]:
    return [*model.foreign_keys(), *([model.AREA] if model.AREA else [])]


def _place(key: str) -> str:
    """A key without its version: a box stays ticked when what it stands for was edited."""
    return key.rpartition(":")[0]


def _returned(keys: list[Any]) -> dict[tuple[str, Any, int], ReturnedDraft]:
    rows = ReturnedDraft.objects.filter(record_id__in=keys).select_related("reviewer")
    return {(row.noun, row.record_id, row.version): row for row in rows}


def _draft(
    user: Any,
    noun: str,
    record: Any,
    hands: list[dict[str, Any]],
    returned: ReturnedDraft | None,
    ticked: set[str],
) -> Draft:
    model = type(record)
    authors = {hand["user"] for hand in hands} - {None}
    key = f"{noun}:{record.pk}:{record.version}"
    may_mend = permissions.has_permission(user, "change", model) and permissions.in_scope(
        user, record
    )
    return Draft(
        record=record,
        name=name_of(record),
        noun=capfirst(str(model._meta.verbose_name)),
        key=key,
        code=getattr(record, "code", None) or record.project.code,
        area=record.project.area if noun == "receipts" else getattr(record, "area", None),
        href=review_of(record),
        entered_by=hands[0]["name"] if hands else "",
        entered_at=hands[0]["at"] if hands else None,
        is_own=user.pk in authors,
        may_publish=_may_publish(user, record, authors),
        is_ticked=_place(key) in ticked,
        mend=admin_of(record) if may_mend else "",
        returned=returned,
    )


def _may_publish(user: Any, record: Any, authors: set[Any]) -> bool:
    try:
        check_may_decide(user, record, authors)
    except PermissionDenied:
        return False
    return True


def proposals(user: Any, found: Iterable[Proposal]) -> list[Proposed]:
    """No query."""
    labels = {noun: in_words(serializers.BY_NOUN[noun]) for noun in REVIEWED}
    return [_proposed(user, proposal, labels[proposal.noun]) for proposal in found]


def _proposed(user: Any, proposal: Proposal, labels: Mapping[str, str]) -> Proposed:
    name, code = called(proposal)
    fields = [] if proposal.kind == ProposalKind.DELETION else list(proposal.changes)
    return Proposed(
        proposal=proposal,
        noun=capfirst(str(proposal.get_noun_display())),
        name=name,
        code=code,
        fields=[labels.get(name, name) for name in labels if name in fields],
        is_own=proposal.user_id == user.pk,
    )


def called(proposal: Proposal) -> tuple[str, str]:
    """The name and the code of the record that a proposal is about; funds received have no code."""
    if not hasattr(proposal.model, "code"):
        return proposal.key, ""
    code, _colon, name = proposal.key.partition(": ")
    return name, code
