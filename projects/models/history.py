"""The history of records: one row for each write, with the record's columns and links.

Links (sectors with their shares, partners, sources) belong to the same row. A save that
changes nothing writes no row.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import models
from django.db.models import F
from django.utils import timezone
from simple_history.models import HistoricalRecords
from simple_history.utils import get_m2m_field_name

from . import permissions
from .recent_write import RecentWrite

# Derived from other columns or set by the write itself: they do not count as changes.
UNCOMPARED = frozenset({"updated_at", "version", "search_key"})


class HistoryRow(models.Model):
    """The role of the author when a row of history was written, as roles change.

    Empty in rows from before there were roles.
    """

    history_role = models.CharField(max_length=20, choices=permissions.Role, blank=True, default="")

    class Meta:
        abstract = True


class RegisterHistory(HistoricalRecords):
    """django-simple-history with one row for each write, which raises the record's `version`.

    `projects.history` sets `skip_history_when_saving` on records and has the row written
    once their links are saved. Elsewhere (a shell, a script) each save writes a row.
    """

    excluded_fields: list[str]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("excluded_fields", ["search_key"])
        kwargs.setdefault("bases", [HistoryRow])
        super().__init__(*args, **kwargs)

    def finalize(self, sender: Any, **kwargs: Any) -> None:
        super().finalize(sender, **kwargs)
        if hasattr(sender._meta, "simple_history_manager_attribute"):
            sender.register_history = self

    def create_history_model(self, model: Any, inherited: bool) -> Any:
        # The library expects every model to have all excluded fields.
        columns = {field.name for field in model._meta.fields}
        self.excluded_fields = [name for name in self.excluded_fields if name in columns]
        return super().create_history_model(model, inherited)

    def copy_fields(self, model: Any) -> dict[str, models.Field]:
        fields = super().copy_fields(model)
        # Rows of history are looked up by record and number only.
        if "updated_at" in fields:
            fields["updated_at"].db_index = False
        return fields

    def post_save(self, instance: Any, created: bool, using: Any = None, **kwargs: Any) -> None:
        if kwargs.get("raw"):
            # A fixture brings its own rows of history.
            RecentWrite.objects.bump()
        elif not hasattr(instance, "skip_history_when_saving"):
            self.keep(instance)

    def create_historical_record(self, instance: Any, history_type: str, using: Any = None) -> None:
        """Called by the library for deletions."""
        self._write_rows([instance], history_type)

    def m2m_changed(
        self, instance: Any, action: str, attr: str, pk_set: Any, reverse: Any, **_: Any
    ) -> None:
        if reverse or hasattr(instance, "skip_history_when_saving"):
            return
        if action in ("post_add", "post_remove", "post_clear"):
            self.keep(instance)

    def keep(self, instance: Any) -> bool:
        """Write a row of history if `instance` or its links have changed; whether they had."""
        return bool(self.keep_many([instance]))

    def keep_many(self, instances: Sequence[Any], *, new: bool = False) -> list[Any]:
        """The same for many records of one model; returns those that got a row.

        Increments `version` and sets `updated_at` of changed records. `new`: none of
        them has a row yet, which saves a query. One query and two for each kind of
        link, however many records, and as many again if something has changed.
        """
        last = self.last_rows(instances) if instances and not new else {}
        first = [one for one in instances if one.pk not in last]
        existing = [one for one in instances if one.pk in last]
        current = self.current_rows(existing) if existing else {}
        changed = [one for one in existing if last[one.pk] != current[one.pk]]
        now = timezone.now()
        for instance in changed:
            instance.updated_at = now
            instance.version += 1
        if changed:
            type(changed[0])._base_manager.filter(pk__in=[one.pk for one in changed]).update(
                version=F("version") + 1, updated_at=now
            )
        self._write_rows(first, "+")
        self._write_rows(changed, "~")
        return [*first, *changed]

    def _write_rows(self, instances: Sequence[Any], history_type: str) -> None:
        """Write rows as the library does one by one, but without its signals."""
        if not instances:
            return
        RecentWrite.objects.bump()
        model = type(instances[0])
        now = timezone.now()
        names = [field.attname for field in self.fields_included(model)]
        history = getattr(model, self.manager_name).model
        users = {instance.pk: self.get_history_user(instance) for instance in instances}
        rows = history.objects.bulk_create(
            history(
                history_date=getattr(instance, "_history_date", now),
                history_type=history_type,
                history_user=users[instance.pk],
                history_role=permissions.role_of(users[instance.pk]),
                history_change_reason=self.get_change_reason_for_object(
                    instance, history_type, None
                ),
                **{name: getattr(instance, name) for name in names},
            )
            for instance in instances
        )
        row_of = {row.id: row for row in rows}
        for field in self.get_m2m_fields_from_model(model):
            through = field.remote_field.through
            owner = f"{get_m2m_field_name(field)}_id"
            columns = [column.attname for column in through._meta.concrete_fields]
            links = through._base_manager.filter(**{f"{owner}__in": list(row_of)}).order_by("pk")
            self.m2m_models[field].objects.bulk_create(
                self.m2m_models[field](history=row_of[values[owner]], **values)
                for values in links.values(*columns)
            )

    def links_of(self, model: Any, rows: Sequence[Any]) -> dict[int, dict[str, list[Any]]]:
        """The links of rows of history, by row, in the form that `projects.history` saves.

        Without deleted records. Two queries for each kind of link.
        """
        fields = self.get_m2m_fields_from_model(model)
        found: dict[int, dict[str, list[Any]]] = {
            row.history_id: {field.name: [] for field in fields} for row in rows
        }
        for field in fields:
            kind = model.links()[field.name]
            kept = self.kept_links(field, list(found))
            keys = {other for links in kept.values() for other, *_rest in links}
            records = field.related_model._base_manager.in_bulk(keys)
            for key, links in kept.items():
                found[key][field.name] = [
                    kind.of(records[other], *rest) for other, *rest in links if other in records
                ]
        return found

    def kept_links(self, field: Any, keys: Iterable[int]) -> dict[int, list[tuple[Any, ...]]]:
        """The links of rows of history by the row's key: key of the other record, own columns.

        One query.
        """
        return self._links(self.m2m_models[field], field, keys, "history_id")

    def compared_fields(self, model: type[models.Model]) -> list[str]:
        return [f.attname for f in self.fields_included(model) if f.attname not in UNCOMPARED]

    def current_rows(self, instances: Sequence[Any]) -> dict[Any, tuple[Any, ...]]:
        """The compared values and links of each of `instances` (of one model), by primary key."""
        model = type(instances[0])
        names = self.compared_fields(model)
        keys = [instance.pk for instance in instances]
        links = {
            field.name: self._links(
                field.remote_field.through, field, keys, f"{get_m2m_field_name(field)}_id"
            )
            for field in self.get_m2m_fields_from_model(model)
        }
        return {
            instance.pk: (
                tuple(getattr(instance, name) for name in names),
                tuple(frozenset(links[name].get(instance.pk, ())) for name in sorted(links)),
            )
            for instance in instances
        }

    def last_rows(self, instances: Sequence[Any]) -> dict[Any, tuple[Any, ...]]:
        """The same for the newest row of history of each, by primary key."""
        model = type(instances[0])
        history = getattr(model, self.manager_name).model
        names = self.compared_fields(model)
        newest = (
            history.objects.filter(id__in=[instance.pk for instance in instances])
            .values("id")
            .annotate(newest=models.Max("history_id"))
            .values("newest")
        )
        rows = {row.history_id: row for row in history.objects.filter(history_id__in=newest)}
        links = {
            field.name: self.kept_links(field, list(rows))
            for field in self.get_m2m_fields_from_model(model)
        }
        return {
            row.id: (
                tuple(getattr(row, name) for name in names),
                tuple(frozenset(links[name].get(key, ())) for name in sorted(links)),
            )
            for key, row in rows.items()
            if row.history_type != "-"
        }

    @staticmethod
    def _links(
        through: Any, field: Any, keys: Iterable[Any], by: str
    ) -> dict[Any, list[tuple[Any, ...]]]:
        """The rows of a link table by the column `by`, without their keys and owners."""
        columns = [
            column.attname
            for column in field.remote_field.through._meta.concrete_fields
            if not column.primary_key and column.name != get_m2m_field_name(field)
        ]
        found: dict[Any, list[tuple[Any, ...]]] = {}
        rows = through._base_manager.filter(**{f"{by}__in": keys}).order_by("pk")
        for key, *values in rows.values_list(by, *columns):
            found.setdefault(key, []).append(tuple(values))
        return found
