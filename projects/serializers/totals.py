"""Totals in the API and in files."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from projects.filters.totals import DIMENSIONS
from projects.models import Basis, Qualifier

from .fields import MoneyField


class FigureSerializer(serializers.Serializer):
    """A sum and what it leaves out."""

    projects = serializers.IntegerField()
    disclosed = serializers.IntegerField()
    undisclosed = serializers.IntegerField()
    left_out = serializers.IntegerField(help_text="Disclosed, but no rate converts it.")
    amount = MoneyField(help_text="In the base currency.")
    bound = serializers.ChoiceField(Qualifier.choices)
    href = serializers.CharField(help_text="The list of exactly these projects.")


class RowSerializer(FigureSerializer):
    """A row of the totals: its keys (null where not stated), their labels, its figures."""

    label = serializers.CharField()
    then_label = serializers.CharField(required=False, help_text="With `then`.")
    share = serializers.DecimalField(
        5, 4, allow_null=True, help_text="Of the total's amount; null where that is zero."
    )

    def get_fields(self) -> dict[str, Any]:
        keys = {
            dimension: serializers.CharField(
                required=False, allow_null=True, help_text="If the totals are by this."
            )
            for dimension in DIMENSIONS
        }
        return {**keys, **super().get_fields()}

    def to_representation(self, row: Any) -> dict[str, Any]:
        label, *then_label = row.labels.values()
        return {
            **row.keys,
            "label": label,
            **({"then_label": then_label[0]} if then_label else {}),
            **FigureSerializer(row).data,
            "share": None if row.share is None else f"{row.share:.4f}",
        }


class TotalsSerializer(serializers.Serializer):
    basis = serializers.ChoiceField(Basis.choices)
    currency = serializers.CharField()
    by = serializers.ListField(child=serializers.ChoiceField(list(DIMENSIONS)))
    as_of = serializers.DateField(allow_null=True, default=None)
    rows = RowSerializer(many=True)
    total = FigureSerializer()
