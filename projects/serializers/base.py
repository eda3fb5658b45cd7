from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError as ModelError
from django.core.validators import ProhibitNullCharactersValidator
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.validators import ProhibitSurrogateCharactersValidator

from projects import history
from projects.models import Source
from projects.models.amount_parsing import parse_amount
from projects.models.text_validation import text_fields
from projects.names.messages import truncate_for_display

from .errors import api_error
from .fields import CodeRelatedField, LinesField

LEFT_TO_THE_MODEL = (ProhibitNullCharactersValidator, ProhibitSurrogateCharactersValidator)
STAMPS = ["version", "created_at", "updated_at"]


class KnownFieldsOnly(serializers.Serializer):
    """Refuses unknown fields, as a misspelt one would be ignored without notice.

    Read-only fields are accepted, so that clients can send back what they have read.
    """

    def to_internal_value(self, data: Any) -> Any:
        errors: dict[str, Any] = {}
        if isinstance(data, Mapping):
            errors = {
                truncate_for_display(name): [_("There is no field of this name.")]
                for name in data
                if name not in self.fields
            }
        try:
            value = super().to_internal_value(data)
        except serializers.ValidationError as error:
            detail: Any = error.detail
            raise serializers.ValidationError(errors | detail) from error
        if errors:
            raise serializers.ValidationError(errors)
        return value


class RecordSerializer(KnownFieldsOnly, serializers.ModelSerializer):
    """Base of the serializers of records.

    The model's rules, uniqueness included, are checked by `projects.history` when the
    record is written.
    """

    def is_valid_for(self, data: Any, record: Any = None) -> bool:
        """Whether `data` are valid for another record; None for a new one.

        For files with many rows, as building a serializer takes longer than checking a
        row. Fields that are not sent keep their values.
        """
        self.instance, self.initial_data, self.partial = record, data, record is not None
        for name in ("_validated_data", "_errors", "_data"):
            self.__dict__.pop(name, None)
        return self.is_valid()

    def apply(self) -> tuple[Any, dict[str, Any]]:
        """The record with the validated data, unsaved, and its links; None for those not sent."""
        data = dict(self.validated_data)
        links = {name: data.pop(name, None) for name in self.Meta.model.links()}
        record = self.instance if self.instance is not None else self.Meta.model()
        for name, value in data.items():
            setattr(record, name, value)
        return record, links

    def save(self, **kwargs: Any) -> Any:
        record, links = self.apply()
        try:
            history.save(record, **links)
        except ModelError as error:
            raise api_error(error) from error
        self.instance = record
        return record

    def get_extra_kwargs(self) -> dict[str, Any]:
        # The model checks uniqueness, and has the message.
        extra = super().get_extra_kwargs()
        for name in ("code", "uscc"):
            if name in self.Meta.fields:
                extra.setdefault(name, {})["validators"] = []
        return extra

    def get_fields(self) -> dict[str, Any]:
        """Leave invalid characters to the model, whose message names the character."""
        fields = super().get_fields()
        for column in text_fields(self.Meta.model):
            if field := fields.get(column.name):
                field.validators = [
                    one for one in field.validators if not isinstance(one, LEFT_TO_THE_MODEL)
                ]
        return fields

    def get_unique_together_validators(self) -> list[Any]:
        return []


class AmountSerializer(RecordSerializer):
    """A record with an amount, which is parsed together with currency and qualifier."""

    AMOUNT = "amount"
    # Whether an amount may be below zero.
    NEGATIVE = False

    def to_internal_value(self, data: Any) -> Any:
        try:
            return super().to_internal_value(data)
        except serializers.ValidationError as error:
            detail: Any = error.detail
            # The other fields of the amount may be invalid: report errors of the amount alone.
            if self.AMOUNT not in detail and isinstance(data, Mapping) and data.get(self.AMOUNT):
                try:
                    self.with_parsed_amount({self.AMOUNT: str(data[self.AMOUNT])})
                except serializers.ValidationError as amount:
                    detail = {**detail, **amount.detail}  # type: ignore[dict-item]
            raise serializers.ValidationError(detail) from error

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        return self.with_parsed_amount(data)

    def with_parsed_amount(self, data: dict[str, Any]) -> dict[str, Any]:
        """`data` with the amount parsed, given its other fields in `data` or of the record."""
        if data.get(self.AMOUNT) is None:
            return data
        current = self.instance if self.instance is not None else self.Meta.model()
        others = ("currency", "qualifier", "amount_text")
        try:
            parsed = parse_amount(
                data[self.AMOUNT],
                **{name: data.get(name, getattr(current, name, "")) for name in others},
                sent=data.keys(),
                negative=self.NEGATIVE,
                unit=self.context.get("unit", 1),
            )
        except ModelError as error:
            raise serializers.ValidationError({self.AMOUNT: error.messages}) from error
        found = {name: getattr(parsed, name) for name in others if hasattr(current, name)}
        return data | {self.AMOUNT: parsed.amount} | found


class SourcedSerializer(RecordSerializer):
    aliases = LinesField(required=False)
    sources = CodeRelatedField(Source, many=True, required=False)


@extend_schema_field(OpenApiTypes.STR)
class Address(serializers.Field):
    """The address of the record's own page, from the root of the site."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(source="get_absolute_url", read_only=True, **kwargs)

    def to_representation(self, value: str) -> str:
        return value
