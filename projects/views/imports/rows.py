"""The rows of an import as their lists show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

from django.apps import apps
from django.urls import NoReverseMatch, reverse
from django.utils.text import capfirst

from projects.imports import permissions
from projects.imports.footers import Footer
from projects.models import (
    BatchState,
    ImportBatch,
    ImportRow,
    Proposal,
    Qualifier,
    RowStatus,
)
from projects.models.display import display
from projects.models.registry import model_named

from .base import field_label

# Lists of rows by other things than their status: rows with warnings, and rows of an undone
# import whose records were kept.
WITH_WARNINGS, KEPT = "warnings", "kept"


@dataclass(frozen=True)
class Cell:
    """The value of a field; of an amount with its currency and qualifier, if the row has them."""

    text: str
    amount: Decimal | None = None
    currency: str = ""
    qualifier: str = Qualifier.EXACT
    is_amount: bool = False


@dataclass(frozen=True)
class Line:
    """One field of a row: its old and new value, or its error."""

    label: str
    old: Cell | None = None
    new: Cell | None = None
    value: str = ""
    reason: str = ""
    nearest: str = ""


@dataclass(frozen=True)
class Shown:
    """A row in its list. `cells`: those of a new record, under common headings."""

    row: ImportRow
    code: str
    name: str
    kind: str
    href: str = ""
    cells: Sequence[Cell] = ()
    lines: Sequence[Line] = ()
    # Of a row that changes a published record.
    proposal: Proposal | None = None

    @property
    def height(self) -> int:
        return max(1, len(self.lines))


@dataclass
class Listed:
    """Rows of one status. `headings`: the fields of new records, and whether each is an amount."""

    rows: list[Shown] = field(default_factory=list)
    headings: list[tuple[str, bool]] = field(default_factory=list)
    sums: list[Footer] = field(default_factory=list)


def listed(batch: ImportBatch, status: str, rows: Iterable[ImportRow], user: Any) -> Listed:
    """Rows of one status as their list shows them. One query for proposals."""
    rows = list(rows)
    if status == RowStatus.FOOTER:
        return Listed(sums=[footer_of(row) for row in rows])
    fields: list[str] = []
    if status == RowStatus.NEW:
        fields = list(dict.fromkeys(name for row in rows for name, _old, _new in row.changes))
        fields = [name for name in fields if not _is_shown_elsewhere(name, fields, rows)]
    headings = [(field_label(batch.model_name, name), name == "amount") for name in fields]
    proposals = _proposals(batch, rows, user) if status == RowStatus.PROPOSED else {}
    return Listed(
        [_shown(batch, status, row, fields, proposals.get(row.record_id)) for row in rows], headings
    )


def _proposals(
    batch: ImportBatch, rows: Sequence[ImportRow], user: Any
) -> dict[int | None, Proposal]:
    """The proposals of an import that `user` may see, by their record."""
    if batch.state == BatchState.PREVIEWED:
        return {}
    found = Proposal.objects.visible_to(user).filter(
        batch=batch, record_id__in=[row.record_id for row in rows]
    )
    return {proposal.record_id: proposal for proposal in found.order_by("pk")}


def _is_shown_elsewhere(name: str, fields: Sequence[str], rows: Sequence[ImportRow]) -> bool:
    """Whether a field is shown elsewhere: code and name with the record, currency and qualifier
    with the amount."""
    if name in ("currency", "qualifier"):
        return "amount" in fields
    if name in ("name", "name_zh"):
        return all(
            new == row.key.partition(": ")[2]
            for row in rows
            for field_, _old, new in row.changes
            if field_ == name
        )
    return name == "code"


def footer_of(row: ImportRow) -> Footer:
    """The footer that a row keeps."""
    ((_name, stated, computed),) = row.changes or [("amount", "", "")]
    undisclosed, refused = row.errors[0][2:4] if row.errors else ("0", "0")
    return Footer(
        row.number, row.key, _decimal(stated), _decimal(computed), int(undisclosed), int(refused)
    )


def _shown(
    batch: ImportBatch,
    listed_as: str,
    row: ImportRow,
    fields: Sequence[str],
    proposal: Proposal | None,
) -> Shown:
    code, _colon, name = row.key.partition(": ")
    if not name:
        code, name = "", row.key
    values = {name: new for name, _old, new in row.changes}
    return Shown(
        row,
        code,
        name,
        _kind_of(row.model_name),
        _address(batch, row, code),
        [_cell(batch, name, values.get(name, ""), values) for name in fields],
        _lines(batch, listed_as, row),
        proposal,
    )


def _lines(batch: ImportBatch, listed_as: str, row: ImportRow) -> list[Line]:
    if problems := row.warnings if listed_as == WITH_WARNINGS else row.errors:
        return [
            Line(column, value=value, reason=reason, nearest=nearest)
            for column, value, reason, nearest in problems
        ]
    if row.status not in (RowStatus.CHANGED, RowStatus.PROPOSED):
        return []
    return [
        Line(
            field_label(batch.model_name, name),
            _cell(batch, name, old, {}),
            _cell(batch, name, new, {}),
        )
        for name, old, new in row.changes
    ]


def _cell(batch: ImportBatch, name: str, text: str, values: Mapping[str, str]) -> Cell:
    if name != "amount":
        return Cell(display(model_named(batch.model_name)._meta.get_field(name), text))
    qualifier = values.get("qualifier") or Qualifier.EXACT
    return Cell(text, _decimal(text), values.get("currency", ""), qualifier, is_amount=True)


def _decimal(text: str) -> Decimal | None:
    try:
        return Decimal(text) if text else None
    except InvalidOperation:
        return None


def _kind_of(model_name: str) -> str:
    """The kind of a record that was created because a row names it; empty for rows of the file."""
    if model_name in permissions.IMPORTABLE:
        return ""
    return capfirst(str(apps.get_model("projects", model_name)._meta.verbose_name))


def _address(batch: ImportBatch, row: ImportRow, code: str) -> str:
    """The address of a row's record; empty if it does not exist, or has no page."""
    exists = row.status in (RowStatus.CHANGED, RowStatus.PROPOSED, RowStatus.UNCHANGED)
    if row.record_id is not None:
        # Of an undone import, only the records that were kept exist.
        kept = batch.state == BatchState.UNDONE and row.errors
        exists = exists or batch.state == BatchState.WRITTEN or bool(kept)
    if not code or not exists:
        return ""
    try:
        return reverse(model_named(row.model_name).register.singular, args=[code])
    except NoReverseMatch:
        # A sector, for one, has no page.
        return ""
