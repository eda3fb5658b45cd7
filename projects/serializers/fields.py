"""Serializer fields: related records by code, amounts, rates and lists of texts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from projects.models.fields import CODE_PATTERN
from projects.names.messages import truncate_for_display


class RecordCache:
    """Records by code, read in batches for imports of many rows.

    A serializer with a cache in its context, as `known`, makes no query for each code.
    """

    def __init__(self, user: Any = None) -> None:
        self.user = user
        self._by_model: dict[Any, dict[str, Any]] = {}

    def read(self, model: Any, codes: Any) -> None:
        """Look up these codes: one query for each 2,500."""
        found = self._by_model.setdefault(model, {})
        wanted = [code for code in dict.fromkeys(codes) if code not in found]
        for start in range(0, len(wanted), 2_500):
            batch = wanted[start : start + 2_500]
            found.update(model.objects.visible_to(self.user).by_codes(batch))

    def add(self, record: Any) -> None:
        self._by_model.setdefault(type(record), {})[record.code] = record

    def get(self, model: Any, code: str) -> Any:
        return self._by_model.get(model, {}).get(code)


@extend_schema_field(OpenApiTypes.STR)
class CodeRelatedField(serializers.RelatedField):
    """Another record, by its code. Choices are never listed: there may be thousands."""

    default_error_messages = {
        "does_not_exist": _("There is no record with the code “{value}”."),
        "not_text": _("Give the code as text."),
        "invalid": _("“{value}” is not a code: use letters, digits, “-”, “_” and “.”."),
    }

    def __init__(self, model: Any, **kwargs: Any) -> None:
        self.model = model
        kwargs.setdefault("style", {"base_template": "input.html"})
        if not kwargs.get("read_only"):
            kwargs.setdefault("queryset", model.objects.all())
        super().__init__(**kwargs)

    def use_pk_only_optimization(self) -> bool:
        return False

    def get_queryset(self) -> Any:
        user = self.context.get("user") or getattr(self.context.get("request"), "user", None)
        return self.model.objects.visible_to(user)

    def get_choices(self, cutoff: int | None = None) -> Mapping[Any, Any]:
        return {}

    def to_representation(self, value: Any) -> str:
        return value.code

    def to_internal_value(self, data: Any) -> Any:
        if not isinstance(data, str):
            self.fail("not_text")
        if not re.fullmatch(CODE_PATTERN, data, re.ASCII):
            self.fail("invalid", value=truncate_for_display(data))
        known = self.context.get("known")
        record = (
            known.get(self.model, data)
            if known is not None
            else self.get_queryset().by_codes([data]).get(data)
        )
        if record is None:
            self.fail("does_not_exist", value=truncate_for_display(data))
        return record


@extend_schema_field(OpenApiTypes.STR)
class MoneyField(serializers.Field):
    """An exact amount: written as text with two decimals, and read from numbers and texts.

    Input stays text, which the serializer parses together with currency and qualifier.
    The API parses JSON numbers as decimals. Floats are accepted up to 15 digits, beyond
    which they are not exact.
    """

    default_error_messages = {
        "not_text": _("Give the amount as text, such as “1000000.00” or “17.6亿元”."),
        "float": _("“{value}” cannot be exact as a JSON number: give it as text."),
        "too_long": _("An amount has at most 200 characters."),
    }

    def to_representation(self, value: Decimal) -> str:
        return f"{value:.2f}"

    def to_internal_value(self, data: Any) -> str:
        if isinstance(data, bool) or not isinstance(data, (str, int, float, Decimal)):
            self.fail("not_text")
        if isinstance(data, float):
            text = repr(data)
            if "e" in text or not re.fullmatch(r"-?\d+\.\d+", text) or len(text) > 16:
                self.fail("float", value=truncate_for_display(text))
            return text.removesuffix(".0")
        text = str(data)
        if isinstance(data, Decimal) and "E" in text and abs(data.adjusted()) < 30:
            text = format(data, "f")
        if len(text) > 200:
            self.fail("too_long")
        return text


@extend_schema_field(OpenApiTypes.STR)
class RateField(serializers.CharField):
    """An exchange rate: text with all its digits. The model checks it."""

    def to_representation(self, value: Decimal) -> str:
        return format(value, "f")

    def to_internal_value(self, data: Any) -> str:
        return super().to_internal_value(str(data) if isinstance(data, (int, Decimal)) else data)


class LinesField(serializers.ListField):
    """A list of texts, stored as lines."""

    child = serializers.CharField(max_length=500)

    def to_representation(self, value: str) -> list[str]:
        return [line.strip() for line in value.splitlines() if line.strip()]

    def to_internal_value(self, data: Any) -> str:
        return "\n".join(" ".join(line.split()) for line in super().to_internal_value(data))
