"""Rows of the review queue: drafts and proposals, a page at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.text import capfirst

from projects import serializers
from projects.models import (
    REVIEWED,
    Proposal,
    ReturnedDraft,
    permissions,
)
from projects.review.drafts import Contribution, contributions
from projects.review.permissions import check_may_decide, refusal
from projects.serializers.labels import field_labels

from .addresses import admin_of, review_of


@dataclass(frozen=True)
class Draft:
    """A draft in the queue. `key`, the value of its checkbox: model, primary key and version."""

    record: Any
    name: str
    record_type: str
    key: str
    code: str
    area: Any
    href: str
    entered_by: str
    entered_at: datetime | None
    is_own: bool
    may_publish: bool
    is_selected: bool
    edit_url: str = ""
    returned: ReturnedDraft | None = None


@dataclass(frozen=True)
class Proposed:
    """A proposal in the queue, with the labels of the fields that it changes."""

    proposal: Proposal
    record_type: str
    fields: list[str]
    is_own: bool


def drafts(user: Any, rows: Iterable[Mapping[str, Any]], selected: Iterable[str]) -> list[Draft]:
    """The drafts of `rows` (model and id), in their order.

    Two queries for each model, and one for returned drafts.
    """
    rows = list(rows)
    selected = {_without_version(key) for key in selected}
    keys: dict[str, list[Any]] = {}
    for row in rows:
        keys.setdefault(row["model_name"], []).append(row["id"])
    returned = _returned([row["id"] for row in rows])
    found: dict[tuple[str, Any], Draft] = {}
    for model_name, of_model in keys.items():
        model = REVIEWED[model_name]
        contributed = contributions(model, of_model)
        records = model.objects.visible_to(user).filter(pk__in=of_model)
        area = [model.AREA] if model.AREA else []
        for record in records.joined([*model.foreign_keys(), *area]):
            found[model_name, record.pk] = _draft(
                user,
                model_name,
                record,
                contributed[record.pk],
                returned.get((model_name, record.pk, record.version)),
                selected,
            )
    # Some may have been deleted between the queries.
    return [found[place] for row in rows if (place := (row["model_name"], row["id"])) in found]


def _without_version(key: str) -> str:
    """A key without its version: an edited draft stays selected."""
    return key.rpartition(":")[0]


def _returned(keys: list[Any]) -> dict[tuple[str, Any, int], ReturnedDraft]:
    rows = ReturnedDraft.objects.filter(record_id__in=keys).select_related("reviewer")
    return {(row.model_name, row.record_id, row.version): row for row in rows}


def _draft(
    user: Any,
    model_name: str,
    record: Any,
    contributed: list[Contribution],
    returned: ReturnedDraft | None,
    selected: set[str],
) -> Draft:
    model = type(record)
    contributors = {one.user for one in contributed} - {None}
    key = f"{model_name}:{record.pk}:{record.version}"
    may_edit = permissions.has_permission(user, "change", model) and permissions.in_scope(
        user, record
    )
    return Draft(
        record=record,
        name=str(record),
        record_type=capfirst(str(model._meta.verbose_name)),
        key=key,
        code=getattr(record, "code", None) or record.project.code,
        area=record.project.area if model_name == "receipts" else getattr(record, "area", None),
        href=review_of(record),
        entered_by=contributed[0].name if contributed else "",
        entered_at=contributed[0].at if contributed else None,
        is_own=user.pk in contributors,
        may_publish=not refusal(check_may_decide, user, record, contributors),
        is_selected=_without_version(key) in selected,
        edit_url=admin_of(record) if may_edit else "",
        returned=returned,
    )


def proposals(user: Any, found: Iterable[Proposal]) -> list[Proposed]:
    """The rows of proposals. No query."""
    labels = {
        model_name: field_labels(serializers.BY_MODEL_NAME[model_name]) for model_name in REVIEWED
    }
    return [
        Proposed(
            proposal=proposal,
            record_type=capfirst(str(proposal.get_model_name_display())),
            fields=[
                label
                for name, label in labels[proposal.model_name].items()
                if name in proposal.changes
            ],
            is_own=proposal.user_id == user.pk,
        )
        for proposal in found
    ]
