from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import serializers

from projects.models import (
    Area,
    Enterprise,
    ExchangeRate,
    Project,
    ProjectSector,
    Receipt,
    Sector,
    Source,
    base_currency,
)

from .base import (
    STAMPS,
    Address,
    AmountSerializer,
    KnownFieldsOnly,
    SourcedSerializer,
)
from .fields import CodeRelatedField, MoneyField, RateField


class RateUsedSerializer(serializers.ModelSerializer):
    """A published rate that a conversion used."""

    rate = RateField(read_only=True)
    source = CodeRelatedField(Source, read_only=True)

    class Meta:
        model = ExchangeRate
        fields = ["from_currency", "to_currency", "rate", "quoted_on", "source"]
        read_only_fields = fields


class ConvertedSerializer(AmountSerializer):
    """Base for projects and receipts, which have an amount and its conversion.

    `rate` is units of the base currency for one unit of the amount's own; null if they
    are the same, or if there is no rate. `rates` are the published rates used, two for
    a cross rate.
    """

    amount_base = MoneyField(
        source="current_conversion.amount_base", allow_null=True, read_only=True
    )
    base_currency = serializers.SerializerMethodField()
    rate = RateField(source="current_conversion.rate", allow_null=True, read_only=True)
    rate_date = serializers.DateField(
        source="current_conversion.rate_date", allow_null=True, read_only=True
    )
    rates = RateUsedSerializer(
        source="current_conversion.rates", many=True, read_only=True, default=list
    )

    def get_base_currency(self, record: Any) -> str:
        return base_currency()


class SectorShareSerializer(KnownFieldsOnly, serializers.ModelSerializer):
    """A sector and its share in per cent; null where the shares are not known."""

    sector = CodeRelatedField(Sector)
    share = serializers.DecimalField(5, 2, allow_null=True, required=False)

    class Meta:
        model = ProjectSector
        fields = ["sector", "share"]

    def to_internal_value(self, data: Any) -> tuple[Sector, Decimal | None]:
        value = super().to_internal_value(data)
        if "sector" not in value:
            # In a partial update DRF lets fields of nested objects be missing.
            raise serializers.ValidationError(
                {"sector": [self.fields["sector"].error_messages["required"]]}
            )
        return value["sector"], value.get("share")


class ProjectSerializer(SourcedSerializer, ConvertedSerializer):
    """A project. `amount` null means undisclosed; `received` null that there is no receipt."""

    area = CodeRelatedField(Area, allow_null=True, required=False)
    enterprise = CodeRelatedField(Enterprise, allow_null=True, required=False)
    partners = CodeRelatedField(Enterprise, many=True, required=False)
    sectors = SectorShareSerializer(source="shares", many=True, required=False)
    amount = MoneyField(allow_null=True, required=False)
    received = MoneyField(allow_null=True, read_only=True)
    url = Address()

    class Meta:
        model = Project
        fields = [
            "code",
            "name",
            "name_zh",
            "aliases",
            "area",
            "enterprise",
            "partners",
            "sectors",
            "stage",
            "intended_on",
            "signed_on",
            "registered_on",
            "started_on",
            "operating_on",
            "terminated_on",
            "amount",
            "currency",
            "qualifier",
            "amount_text",
            "amount_base",
            "base_currency",
            "rate",
            "rate_date",
            "rates",
            "received",
            "description",
            "note",
            "sources",
            "state",
            *STAMPS,
            "url",
        ]
        read_only_fields = ["state", *STAMPS]

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        data = super().validate(data)
        if "shares" in data:
            data["sectors"] = data.pop("shares")
        return data


class ReceiptSerializer(ConvertedSerializer):
    """A payment that arrived for a project; below zero, money returned."""

    NEGATIVE = True

    project = CodeRelatedField(Project)
    amount = MoneyField()
    source = CodeRelatedField(Source, allow_null=True, required=False)

    class Meta:
        model = Receipt
        fields = [
            "id",
            "project",
            "received_on",
            "amount",
            "currency",
            "amount_text",
            "amount_base",
            "base_currency",
            "rate",
            "rate_date",
            "rates",
            "source",
            "note",
            "state",
            *STAMPS,
        ]
        read_only_fields = ["state", *STAMPS]

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        data = super().validate(data)
        if "amount" in data and data["amount"] is None:
            raise serializers.ValidationError(
                {"amount": [_("A receipt must have an amount: leave out receipts without one.")]}
            )
        return data
