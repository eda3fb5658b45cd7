"""The published history of a record, with the role of each author."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import partial
from typing import Any

from django.db.models import F
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response

from projects.filters.parameters import ApiListForm
from projects.history import diff
from projects.models import State
from projects.models.base import ReviewedModel
from projects.models.fields import MoneyField
from projects.models.permissions import Role


class FieldChanges(diff.HistoryReader):
    """Changes in the format of the API: related records by their codes."""

    def change(self, field: Any, old: Any, new: Any) -> diff.Change:
        return diff.Change(field.name, old, new)

    def label(self, record: Any) -> str:
        return record.code

    def format_value(self, column: Any, value: Any) -> Any:
        if column.name == "aliases":
            return [line.strip() for line in (value or "").splitlines() if line.strip()]
        if value is None:
            return None
        if column.is_relation:
            return self.label_of(column.related_model, value)
        if isinstance(column, MoneyField):
            return f"{value:.2f}"
        if isinstance(value, Decimal):
            return format(value, "f")
        return value.isoformat() if isinstance(value, date) else value

    def format_links(self, field: Any, links: Sequence[tuple[Any, ...]]) -> Any:
        kind = field.model.links()[field.name]
        label_of = partial(self.label_of, field.related_model)
        return [kind.as_json(label_of(end), *rest) for end, *rest in links]

    def label_of(self, model: Any, key: Any) -> str | None:
        """The code of a record; of a deleted one as it was last published, by one query each."""
        if (model, key) not in self.labels:
            rows = model.history.filter(id=key)
            if issubclass(model, ReviewedModel):
                rows = rows.filter(state=State.PUBLISHED)
            row = rows.order_by("-history_id").only("code").first()
            self.labels[model, key] = row.code if row is not None else None
        return self.labels[model, key]


class ChangeSerializer(serializers.Serializer):
    """One field before and after, in the format of the record."""

    field = serializers.CharField()
    old = serializers.SerializerMethodField()
    new = serializers.SerializerMethodField()

    @extend_schema_field(OpenApiTypes.ANY)
    def get_old(self, change: diff.Change) -> Any:
        return change.old

    @extend_schema_field(OpenApiTypes.ANY)
    def get_new(self, change: diff.Change) -> Any:
        return change.new


class EntrySerializer(serializers.Serializer):
    """One change of a published record: time, role of the author (never a name), and fields.

    The first entry has the kind `published`, and lists no fields.
    """

    at = serializers.DateTimeField()
    kind = serializers.ChoiceField(
        [kind for kind in diff.Kind.choices if kind[0] != diff.Kind.ENTERED]
    )
    role = serializers.ChoiceField(Role.choices)
    changes = ChangeSerializer(many=True)


class HistoryMixin:
    """Adds the history of records to a viewset of a reviewed model."""

    @extend_schema(responses=EntrySerializer(many=True))
    @action(detail=True, methods=["get"])
    def history(self, request: Any, **kwargs: Any) -> Response:
        """The changes of a published record, the latest first; the same for every client."""
        return self.history_response(self.get_object())

    def history_response(self, record: Any) -> Response:
        if errors := ApiListForm(self.request.query_params).messages():
            raise ValidationError(errors)
        history = diff.published(type(record), record.pk)
        rows = self.paginate_queryset(
            history.order_by(F("history_id").desc(nulls_last=True), "history_id")
        )
        entries = diff.entries(history, rows, reader=FieldChanges)
        return self.get_paginated_response(EntrySerializer(entries, many=True).data)
