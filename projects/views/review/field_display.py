"""Format the fields of records for pages.

The values are in the API's format, in which proposals are stored, so that published
and proposed values are shown alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models

from projects import serializers
from projects.models import Qualifier, Source
from projects.models.display import display, display_value
from projects.models.fields import MoneyField
from projects.review import diff
from projects.serializers.labels import field_labels

from .addresses import page_of, review_of

# Shown as part of an amount.
OF_AMOUNTS = ("currency", "qualifier")


@dataclass(frozen=True)
class Named:
    """A related record. Without an address if the user may not see it."""

    label: str
    href: str = ""
    is_draft: bool = False
    review: str = ""
    # Of a sector: its share, such as "60.00 %".
    share: str = ""
    # A source itself, for its publisher, date and quote.
    source: Any = None


@dataclass(frozen=True)
class Value:
    """The value of a field; "not stated" if everything is empty."""

    text: str = ""
    day: date | None = None
    amount: Decimal | None = None
    currency: str = ""
    qualifier: str = Qualifier.EXACT
    is_amount: bool = False
    is_address: bool = False
    is_prose: bool = False
    records: tuple[Named, ...] = ()


@dataclass(frozen=True)
class Line:
    """One field of a record: its name in the API, its label and value."""

    name: str
    label: str
    value: Value = field(default_factory=Value)


class FieldFormatter:
    """Formats fields of records of one model for `user`.

    `snapshots` are all values that will be formatted, so that related records are
    read by one query for each model.
    """

    def __init__(self, model: Any, user: Any, *snapshots: Mapping[str, Any]) -> None:
        self.columns = {name: model._meta.get_field(name) for name in diff.fields_of(model)}
        self.labels = field_labels(serializers.BY_MODEL_NAME[model.register.plural])
        wanted: dict[Any, set[str]] = {}
        for one in snapshots:
            for name, value in one.items():
                if other := self.columns[name].related_model:
                    wanted.setdefault(other, set()).update(_codes(value))
        self.records = {
            other: other.objects.visible_to(user).by_codes(codes)
            for other, codes in wanted.items()
            if codes
        }

    def lines(self, values: Mapping[str, Any]) -> list[Line]:
        """All fields in the order of the API; currency and qualifier are part of the amount."""
        shown = [name for name in self.columns if name not in OF_AMOUNTS]
        return [Line(name, self.labels[name], self.value(name, values)) for name in shown]

    def value(self, name: str, values: Mapping[str, Any]) -> Value:
        """The formatted value of a field; of an amount with its currency and qualifier."""
        value, column = values.get(name), self.columns[name]
        if isinstance(column, MoneyField):
            currency = values.get("currency") or ""
            if value is not None and not currency:
                # A headline that counts something.
                return Value(text=display_value(int(Decimal(value))))
            return Value(
                amount=None if value is None else Decimal(value),
                currency=currency,
                qualifier=values.get("qualifier") or Qualifier.EXACT,
                is_amount=True,
            )
        if value in (None, "", []):
            return Value()
        if column.related_model:
            many = value if isinstance(value, list) else [value]
            return Value(records=tuple(self._named(column.related_model, one) for one in many))
        if isinstance(value, list):
            return Value(text="; ".join(value))
        if isinstance(column, models.DateField):
            return Value(day=date.fromisoformat(value))
        return Value(
            text=display(column, value),
            is_address=isinstance(column, models.URLField),
            is_prose=isinstance(column, models.TextField),
        )

    def _named(self, other: Any, one: Any) -> Named:
        code, share = _code(one), one["share"] if isinstance(one, dict) else None
        record = self.records.get(other, {}).get(code)
        share = f"{share} %" if share is not None else ""
        if record is None:
            return Named(code, share=share)
        is_draft = getattr(record, "is_draft", False)
        return Named(
            record.label,
            page_of(record),
            is_draft,
            review_of(record) if is_draft else "",
            share,
            record if other is Source else None,
        )


def _codes(value: Any) -> Iterable[str]:
    for one in value if isinstance(value, list) else [value]:
        if code := _code(one):
            yield code


def _code(one: Any) -> str:
    return one["sector"] if isinstance(one, dict) else one
