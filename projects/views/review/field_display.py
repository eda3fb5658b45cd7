"""What a record says in each of its fields, in the words of a page.

It starts from fields as the API has them, in which proposals keep them too, so
that what is published and what is proposed are read in the same way.
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
from rest_framework.relations import ManyRelatedField
from rest_framework.serializers import ListSerializer

from projects import serializers
from projects.models import Qualifier, Sector, Source
from projects.models.fields import MoneyField
from projects.names import places
from projects.review import diff
from projects.serializers.fields import CodeRelatedField
from projects.serializers.labels import in_words

from .addresses import page_of, review_of

# Beside an amount, and part of it.
OF_AMOUNTS = ("currency", "qualifier")


@dataclass(frozen=True)
class Named:
    """A record that another one refers to. Without an address the reader cannot see it."""

    label: str
    href: str = ""
    is_draft: bool = False
    review: str = ""
    # What stands beside it: the share of a sector.
    beside: str = ""
    # Of a source: by whom and when it was published, and its words.
    source: Any = None


@dataclass(frozen=True)
class Value:
    """What stands in a field; nothing where all is empty."""

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
    """One field of a record, by its name in the API and in words."""

    name: str
    label: str
    value: Value = field(default_factory=Value)


class FieldFormatter:
    """Says the fields of records of one noun as far as `user` may read them.

    All that is to be said is given at once: what it refers to costs one query
    for each noun, however much there is.
    """

    def __init__(self, model: Any, user: Any, *said: Mapping[str, Any]) -> None:
        self.model = model
        self.fields = diff.fields_of(model)
        self.labels = in_words(serializers.BY_NOUN[model.register.plural])
        wanted: dict[Any, set[str]] = {}
        for one in said:
            for name, value in one.items():
                if (other := self._other(name)) is not None:
                    wanted.setdefault(other, set()).update(_codes(value))
        self.records = {
            other: other.objects.visible_to(user).by_codes(codes)
            for other, codes in wanted.items()
            if codes
        }

    def lines(self, said: Mapping[str, Any]) -> list[Line]:
        """Every field, in the order of the API; what is part of an amount stands with it."""
        shown = [name for name in self.fields if not self._is_beside(name)]
        return [Line(name, self.labels[name], self.value(name, said)) for name in shown]

    def _is_beside(self, name: str) -> bool:
        return name in OF_AMOUNTS

    def value(self, name: str, said: Mapping[str, Any]) -> Value:
        """One field; of an amount with the currency and the qualifier that `said` has beside it."""
        value = said.get(name)
        if self._is_amount(name):
            currency = said.get("currency") or ""
            if value is not None and not currency:
                # A headline that counts.
                return Value(text=f"{int(Decimal(value)):,}")
            return Value(
                amount=None if value is None else Decimal(value),
                currency=currency,
                qualifier=said.get("qualifier") or Qualifier.EXACT,
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
            return Value(text=str(dict(column.flatchoices).get(value, value)))
        return Value(text=str(value), is_prose=isinstance(column, models.TextField))

    def _is_amount(self, name: str) -> bool:
        return isinstance(self._column(name), MoneyField)

    def _column(self, name: str) -> Any:
        try:
            return self.model._meta.get_field(name)
        except FieldDoesNotExist:
            return None

    def _other(self, name: str) -> Any:
        """The model of the records that a field names."""
        of_api = self.fields.get(name)
        if isinstance(of_api, CodeRelatedField):
            return of_api.model
        if isinstance(of_api, ManyRelatedField):
            return of_api.child_relation.model
        return Sector if isinstance(of_api, ListSerializer) else None

    def _named(self, name: str, one: Any) -> Named:
        code, share = (one["sector"], one["share"]) if isinstance(one, dict) else (one, None)
        other = self._other(name)
        record = self.records.get(other, {}).get(code)
        beside = f"{share} %" if share is not None else ""
        if record is None:
            return Named(code, beside=beside)
        is_draft = getattr(record, "is_draft", False)
        return Named(
            record.label,
            page_of(record),
            is_draft,
            review_of(record) if is_draft else "",
            beside,
            record if other is Source else None,
        )


def _codes(value: Any) -> Iterable[str]:
    for one in value if isinstance(value, list) else [value]:
        code = one["sector"] if isinstance(one, dict) else one
        if code:
            yield code
