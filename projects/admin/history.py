"""Rows of history as readable changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils import formats
from django.utils.text import capfirst
from django.utils.translation import gettext
from simple_history.template_utils import ObjDiffDisplay
from simple_history.utils import get_m2m_field_name

from projects.models.fields import MoneyField

# Long texts are cut to where they differ.
SHOWN = 300


@dataclass(frozen=True)
class Change:
    """One column or link of a record, before and after."""

    field: str
    old: str
    new: str


def changes(model: Any, rows: Sequence[Any]) -> list[list[Change]]:
    """What each of `rows`, newest first, changed against the row before it.

    The row that made the record changes what it states from nothing; one that
    deletes it changes nothing. One query for the row before the last one, one
    for each kind of link, and one for each noun referred to, however many rows.
    """
    if not rows:
        return []
    last = rows[-1]
    older = (
        type(last)
        .objects.filter(**{model._meta.pk.attname: last.id, "history_id__lt": last.history_id})
        .order_by("-history_id")
        .first()
    )
    states = _Shown(model, [*rows, *([older] if older else [])])
    befores = [*rows[1:], older]
    return [
        [] if row.history_type == "-" else states.between(before, row)
        for row, before in zip(rows, befores, strict=True)
    ]


class _Shown:
    """Rows of one record's history, with all that it takes to say them in words."""

    def __init__(self, model: Any, rows: Sequence[Any]) -> None:
        self.columns = [
            model._meta.get_field(field.name)
            for field in model.register_history.fields_included(model)
            if field.editable
        ]
        self.link_fields = model.register_history.get_m2m_fields_from_model(model)
        self.links = {field: self._links_of(model, field, rows) for field in self.link_fields}
        self.labels = self._labels(rows)

    @staticmethod
    def _links_of(model: Any, field: Any, rows: Sequence[Any]) -> dict[int, list[tuple[Any, ...]]]:
        """The links of each row: the key of the other end, and what else the link says."""
        through = field.remote_field.through
        ends = {get_m2m_field_name(field), field.m2m_reverse_field_name()}
        said = [
            column.attname
            for column in through._meta.concrete_fields
            if not column.primary_key and column.name not in ends
        ]
        end = through._meta.get_field(field.m2m_reverse_field_name()).attname
        found: dict[int, list[tuple[Any, ...]]] = {}
        stored = model.register_history.m2m_models[field]._base_manager
        for key, *link in (
            stored.filter(history_id__in=[row.history_id for row in rows])
            .order_by("pk")
            .values_list("history_id", end, *said)
        ):
            found.setdefault(key, []).append(tuple(link))
        return found

    def _labels(self, rows: Sequence[Any]) -> dict[tuple[Any, Any], str]:
        """What the records are called that the rows refer to; one query for each noun."""
        wanted: dict[Any, set[Any]] = {}
        for column in self.columns:
            if column.is_relation:
                keys = {getattr(row, column.attname) for row in rows} - {None}
                wanted.setdefault(column.related_model, set()).update(keys)
        for field, links in self.links.items():
            keys = {link[0] for of_row in links.values() for link in of_row}
            wanted.setdefault(field.related_model, set()).update(keys)
        return {
            (model, record.pk): str(record)
            for model, keys in wanted.items()
            if keys
            for record in model._base_manager.filter(pk__in=keys)
        }

    def between(self, before: Any, after: Any) -> list[Change]:
        found = []
        for column in self.columns:
            old = getattr(before, column.attname) if before else None
            new = getattr(after, column.attname)
            if old != new:
                found.append(self._change(column, self._say(column, old), self._say(column, new)))
        for field in self.link_fields:
            links = self.links[field]
            old_links = links.get(before.history_id, []) if before else []
            new_links = links.get(after.history_id, [])
            if set(old_links) != set(new_links):
                found.append(
                    self._change(
                        field, self._say_links(field, old_links), self._say_links(field, new_links)
                    )
                )
        return [change for change in found if change.old != change.new]

    @staticmethod
    def _change(field: Any, old: str, new: str) -> Change:
        shorter = ObjDiffDisplay(max_length=SHOWN).common_shorten_repr(old, new)
        return Change(str(capfirst(field.verbose_name)), *shorter)

    def _say(self, column: Any, value: Any) -> str:
        if value is None and isinstance(column, MoneyField):
            return gettext("undisclosed")
        if value is None or value == "":
            return "—"
        if column.is_relation:
            return self._label(column.related_model, value)
        if column.choices:
            return str(dict(column.flatchoices).get(value, value))
        if isinstance(value, bool):
            return gettext("yes") if value else gettext("no")
        return f"{value:,}" if isinstance(value, Decimal) else str(formats.localize(value))

    def _say_links(self, field: Any, links: Sequence[tuple[Any, ...]]) -> str:
        said = [
            " ".join(
                [
                    self._label(field.related_model, end),
                    *(f"{value} %" for value in rest if value is not None),
                ]
            )
            for end, *rest in links
        ]
        return ", ".join(said) or "—"

    def _label(self, model: Any, key: Any) -> str:
        deleted = gettext("deleted %(noun)s %(key)s") % {
            "noun": model._meta.verbose_name,
            "key": key,
        }
        return self.labels.get((model, key), deleted)
