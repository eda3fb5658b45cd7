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

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.utils.translation import get_language

from projects import serializers
from projects.models import Qualifier, Source
from projects.models.display import display
from projects.models.fields import MoneyField
from projects.names import places
from projects.review import diff
from projects.serializers.fields import CodeRelatedField
from projects.serializers.labels import in_words

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
        self.model = model
        self.fields = diff.fields_of(model)
        self.labels = in_words(serializers.BY_MODEL_NAME[model.register.plural])
        wanted: dict[Any, set[str]] = {}
        for one in snapshots:
            for name, value in one.items():
                if (other := self._other(name)) is not None:
                    wanted.setdefault(other, set()).update(_codes(value))
        self.records = {
            other: other.objects.visible_to(user).by_codes(codes)
            for other, codes in wanted.items()
            if codes
        }

    def lines(self, values: Mapping[str, Any]) -> list[Line]:
        """All fields in the order of the API; currency and qualifier are part of the amount."""
        shown = [name for name in self.fields if name not in OF_AMOUNTS]
        return [Line(name, self.labels[name], self.value(name, values)) for name in shown]

    def value(self, name: str, values: Mapping[str, Any]) -> Value:
        """The formatted value of a field; of an amount with its currency and qualifier."""
        value = values.get(name)
        if self._is_amount(name):
            currency = values.get("currency") or ""
            if value is not None and not currency:
                # A headline that counts something.
                return Value(text=f"{int(Decimal(value)):,}")
            return Value(
                amount=None if value is None else Decimal(value),
                currency=currency,
                qualifier=values.get("qualifier") or Qualifier.EXACT,
                is_amount=True,
            )
        if value in (None, "", []):
            return Value()
        if self._other(name) is not None:
            many = value if isinstance(value, list) else [value]
            return Value(records=tuple(self._named(name, one) for one in many))
        if isinstance(value, list):
            return Value(text="; ".join(map(str, value)))
        return self._of_column(name, value)

    def _of_column(self, name: str, value: Any) -> Value:
        column = self._column(name)
        if isinstance(column, models.DateField):
            return Value(day=date.fromisoformat(str(value)))
        if isinstance(column, models.URLField):
            return Value(text=str(value), is_address=True)
        if name == "origin":
            return Value(text=places.place_name(str(value), get_language() or "en"))
        if column is not None and column.choices:
            return Value(text=display(column, value))
        return Value(text=str(value), is_prose=isinstance(column, models.TextField))

    def _is_amount(self, name: str) -> bool:
        return isinstance(self._column(name), MoneyField)

    def _column(self, name: str) -> Any:
        try:
            return self.model._meta.get_field(name)
        except FieldDoesNotExist:
            return None

    def _other(self, name: str) -> Any:
        """The related model of a field; None if it has none."""
        of_api = self.fields.get(name)
        if isinstance(of_api, CodeRelatedField):
            return of_api.model
        link = self.model.links().get(name)
        return link.field.related_model if link else None

    def _named(self, name: str, one: Any) -> Named:
        code, share = _code(one), one["share"] if isinstance(one, dict) else None
        other = self._other(name)
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
