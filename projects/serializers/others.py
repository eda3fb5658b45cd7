from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from projects.models import (
    Area,
    Enterprise,
    ExchangeRate,
    Headline,
    Sector,
    Source,
    Zone,
)

from .base import STAMPS, Address, AmountSerializer, RecordSerializer, SourcedSerializer
from .fields import CodeRelatedField, MoneyField, RateField

NAMED = ["code", "name", "name_zh", "aliases"]


class ZoneSerializer(SourcedSerializer):
    class Meta:
        model = Zone
        fields = [*NAMED, "established_on", "size_km2", "note", "sources", *STAMPS]
        read_only_fields = STAMPS


class AreaSerializer(SourcedSerializer):
    zone = CodeRelatedField(Zone)
    url = Address()

    class Meta:
        model = Area
        fields = [
            *NAMED,
            "zone",
            "size_km2",
            "unveiled_on",
            "focus",
            "focus_zh",
            "note",
            "sources",
            *STAMPS,
            "url",
        ]
        read_only_fields = STAMPS


class SectorSerializer(SourcedSerializer):
    class Meta:
        model = Sector
        fields = [
            *NAMED,
            "gbt4754_code",
            "gbt4754_version",
            "isic_code",
            "isic_version",
            "note",
            "sources",
            *STAMPS,
        ]
        read_only_fields = STAMPS


class EnterpriseSerializer(SourcedSerializer):
    area = CodeRelatedField(Area, allow_null=True, required=False)
    url = Address()

    class Meta:
        model = Enterprise
        fields = [
            *NAMED,
            "uscc",
            "origin",
            "kind",
            "area",
            "settled_on",
            "note",
            "sources",
            "state",
            *STAMPS,
            "url",
        ]
        read_only_fields = ["state", *STAMPS]


class SourceSerializer(RecordSerializer):
    page = Address()

    class Meta:
        model = Source
        fields = [
            "code",
            "title",
            "publisher",
            "published_on",
            "url",
            "quote",
            "note",
            "state",
            *STAMPS,
            "page",
        ]
        read_only_fields = ["state", *STAMPS]


class HeadlineSerializer(AmountSerializer):
    """A published figure; `value` is a whole number, without currency, if it counts something."""

    AMOUNT = "value"

    zone = CodeRelatedField(Zone, allow_null=True, required=False)
    area = CodeRelatedField(Area, allow_null=True, required=False)
    source = CodeRelatedField(Source)
    value = MoneyField()

    class Meta:
        model = Headline
        fields = [
            "code",
            "what",
            "zone",
            "area",
            "scope",
            "scope_zh",
            "as_of",
            "value",
            "currency",
            "qualifier",
            "basis",
            "source",
            "quote",
            "note",
            "state",
            *STAMPS,
        ]
        read_only_fields = ["state", *STAMPS]

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        data = super().validate(data)
        if "value" in data and data["value"] is None:
            raise serializers.ValidationError({"value": [_("Give the value of the headline.")]})
        return data


class RateSerializer(RecordSerializer):
    """A published rate: units of `to_currency` for one unit of `from_currency`."""

    rate = RateField()
    source = CodeRelatedField(Source)

    class Meta:
        model = ExchangeRate
        fields = [
            "id",
            "from_currency",
            "to_currency",
            "rate",
            "quoted_on",
            "source",
            *STAMPS,
        ]
        read_only_fields = STAMPS
