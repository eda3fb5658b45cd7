"""Rows of history as changes of fields: all rows for staff, published ones for the public.

The public never learns of a draft: each published row is compared with the published
row before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from django.db.models import QuerySet, TextChoices
from django.utils.text import capfirst
from django.utils.translation import gettext, pgettext_lazy
from simple_history.template_utils import ObjDiffDisplay

from projects.i18n.languages import join_list
from projects.models import State
from projects.models.display import display
from projects.models.permissions import SYSTEM_USER, Role

# Longer texts are cut to where they differ.
MAX_LENGTH = 300
DELETED = "-"


class Kind(TextChoices):
    """What happened to the record."""

    ENTERED = "entered", pgettext_lazy("history", "entered")
    PUBLISHED = "published", pgettext_lazy("history", "published")
    CHANGED = "changed", pgettext_lazy("history", "changed")
    DELETED = "deleted", pgettext_lazy("history", "deleted")
    RESTORED = "restored", pgettext_lazy("history", "restored")


@dataclass(frozen=True)
class Change:
    """One field of a record, before and after."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True)
class Entry:
    """One row of history. `name` is the user name of its author, for staff only."""

    at: datetime
    kind: Kind
    role: Role
    changes: list[Change]
    name: str = ""
    is_draft: bool = False


def published(model: Any, key: Any) -> QuerySet:
    """The published rows of a record of a reviewed model, the newest first."""
    rows = model.history.model.objects.filter(id=key, state=State.PUBLISHED)
    return rows.order_by("-history_id")


def all_of(model: Any, key: Any) -> QuerySet:
    """All rows of a record with their authors, the newest first. For staff who see its drafts."""
    rows = model.history.model.objects.filter(id=key)
    return rows.select_related("history_user").order_by("-history_id")


def entries(
    history: QuerySet,
    rows: Sequence[Any],
    *,
    names: bool = False,
    reader: type[HistoryReader] | None = None,
) -> list[Entry]:
    """The entries of `rows`, a slice of `history`, which is `published` or `all_of`.

    Without `names` there are no authors, and no names of records that are not public.
    `reader` formats the changes. As many queries as `changes`.
    """
    if not rows:
        return []
    model = rows[0].instance_type
    read = (reader or HistoryReader)(
        model, rows, history, SYSTEM_USER if names else None, with_first=False
    )
    return [
        Entry(
            at=row.history_date,
            kind=_kind(before, row),
            role=Role(row.history_role or Role.OFFICE),
            # The fields of the first row are not listed: all of them are new.
            changes=read.between(before, row) if before is not None else [],
            name=str(row.history_user or "") if names else "",
            is_draft=row.state == State.DRAFT,
        )
        for row, before in read.pairs
    ]


def _kind(before: Any, row: Any) -> Kind:
    if row.history_type == DELETED:
        return Kind.DELETED
    if before is None:
        return Kind.ENTERED if row.state == State.DRAFT else Kind.PUBLISHED
    if row.history_type == "+":
        return Kind.RESTORED
    return Kind.PUBLISHED if before.state != row.state else Kind.CHANGED


def changes(model: Any, rows: Sequence[Any]) -> list[list[Change]]:
    """The changes of each of `rows` of one record, newest first, to the row before it.

    The first row of a record changes all its fields; a deletion changes none. One
    query for the row before the last one, one for each kind of link, and one for
    each related model, however many rows.
    """
    if not rows:
        return []
    history = type(rows[-1]).objects.filter(**{model._meta.pk.attname: rows[-1].id})
    reader = HistoryReader(model, rows, history.order_by("-history_id"))
    return [reader.between(before, row) for row, before in reader.pairs]


def full_changes(model: Any, row: Any, user: Any) -> list[Change]:
    """All fields of a row of history, as changes from nothing, in full length."""
    reader = HistoryReader(model, [row], type(row).objects.none(), user, max_length=None)
    return reader.between(None, row)


def record_of(model: Any, row: Any) -> Any:
    """The record with the columns of a row, unsaved and without links. No query."""
    columns = model.register_history.fields_included(model)
    return model(**{column.attname: getattr(row, column.attname) for column in columns})


class HistoryReader:
    """Compares rows of one record's history, and formats the changes for `user`.

    `rows` are a slice of `history`. Records that `user` may not see are shown like
    deleted ones. Without `with_first` nothing is queried for the fields of the first
    row. Subclasses override the formatting.
    """

    def __init__(
        self,
        model: Any,
        rows: Sequence[Any],
        history: QuerySet,
        user: Any = SYSTEM_USER,
        *,
        max_length: int | None = MAX_LENGTH,
        with_first: bool = True,
    ) -> None:
        self.user = user
        self.max_length = max_length
        # The row of a deletion has no links: rows are compared with the one before it.
        older = history.filter(history_id__lt=rows[-1].history_id).exclude(history_type=DELETED)
        first = older.first()
        befores = [*rows[1:], first]
        for index in range(len(rows) - 1, -1, -1):
            if befores[index] is not None and befores[index].history_type == DELETED:
                befores[index] = befores[index + 1]
        self.pairs = list(zip(rows, befores, strict=True))
        if first is not None:
            rows = [*rows, first]
        self.columns = [
            model._meta.get_field(field.name)
            for field in model.register_history.fields_included(model)
            if field.editable
        ]
        # A first row alone needs no links: its fields are not listed.
        keys = [row.history_id for row in rows] if with_first or len(rows) > 1 else []
        self.links = {
            field: model.register_history.kept_links(field, keys) if keys else {}
            for field in model.register_history.get_m2m_fields_from_model(model)
        }
        compared = [pair for pair in self.pairs if with_first or pair[1] is not None]
        self.labels = self._labels(compared)

    def _labels(self, pairs: Sequence[tuple[Any, Any]]) -> dict[tuple[Any, Any], Any]:
        """The labels of the records by which rows differ. One query for each model."""
        wanted: dict[Any, set[Any]] = {}
        for row, before in pairs:
            for column in self.columns:
                if column.is_relation:
                    ends = {getattr(one, column.attname) for one in (row, before) if one}
                    if len(ends) > 1 or before is None:
                        wanted.setdefault(column.related_model, set()).update(ends - {None})
            for field, links in self.links.items():
                sides = [set(links.get(one.history_id, ())) for one in (row, before) if one]
                if before is None or sides[0] != sides[1]:
                    ends = {link[0] for side in sides for link in side}
                    wanted.setdefault(field.related_model, set()).update(ends)
        return {
            (model, record.pk): self.label(record)
            for model, keys in wanted.items()
            if keys
            for record in model.objects.visible_to(self.user).filter(pk__in=keys)
        }

    def between(self, before: Any, after: Any) -> list[Change]:
        """The changes from one row to the next; all fields of the row if `before` is None."""
        if after.history_type == DELETED:
            return []
        found = []
        for column in self.columns:
            old = getattr(before, column.attname) if before else None
            new = getattr(after, column.attname)
            if old != new:
                found.append(
                    self.change(
                        column, self.format_value(column, old), self.format_value(column, new)
                    )
                )
        for field, links in self.links.items():
            old_links = links.get(before.history_id, []) if before else []
            new_links = links.get(after.history_id, [])
            if set(old_links) != set(new_links):
                found.append(
                    self.change(
                        field,
                        self.format_links(field, old_links),
                        self.format_links(field, new_links),
                    )
                )
        return [change for change in found if change.old != change.new]

    # Formatting

    def change(self, field: Any, old: Any, new: Any) -> Change:
        if self.max_length is not None:
            old, new = ObjDiffDisplay(max_length=self.max_length).common_shorten_repr(old, new)
        return Change(str(capfirst(field.verbose_name)), old, new)

    def label(self, record: Any) -> str:
        return str(record)

    def format_value(self, column: Any, value: Any) -> Any:
        if column.is_relation and value is not None:
            return self.label_of(column.related_model, value)
        return display(column, value) or "—"

    def format_links(self, field: Any, links: Sequence[tuple[Any, ...]]) -> Any:
        kind = field.model.links()[field.name]
        label_of = partial(self.label_of, field.related_model)
        return join_list(kind.display(label_of(end), *rest) for end, *rest in links) or "—"

    def label_of(self, model: Any, key: Any) -> Any:
        deleted = gettext("deleted %(model)s %(key)s") % {
            "model": model._meta.verbose_name,
            "key": key,
        }
        return self.labels.get((model, key), deleted)
