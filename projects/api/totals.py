from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from projects import totals
from projects.filters import TotalsQuestion
from projects.models import Basis, Project, Qualifier
from projects.serializers.fields import MoneyText

from .formats import Negotiation
from .listing import answered
from .schema import RegisterSchema


class FigureSerializer(serializers.Serializer):
    """One sum, and beside it what it leaves out."""

    projects = serializers.IntegerField()
    disclosed = serializers.IntegerField()
    undisclosed = serializers.IntegerField()
    left_out = serializers.IntegerField(help_text="Disclosed, but no rate converts it.")
    amount = MoneyText(help_text="In the base currency.")
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
                required=False, allow_null=True, help_text="Where it is asked by this."
            )
            for dimension in totals.DIMENSIONS
        }
        return {**keys, **super().get_fields()}

    def to_representation(self, row: totals.Figure) -> dict[str, Any]:
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
    by = serializers.ListField(child=serializers.ChoiceField(list(totals.DIMENSIONS)))
    as_of = serializers.DateField(allow_null=True, default=None)
    rows = RowSerializer(many=True)
    total = FigureSerializer()


class TotalsView(APIView):
    """Sums by one dimension or two, in the base currency.

    `rows` add up to `total` exactly; a project in several sectors counts once
    in each of their rows and once in the total. Order and parts belong to lists
    and are no parameters here.
    """

    question_class = TotalsQuestion
    content_negotiation_class = Negotiation
    schema = RegisterSchema()

    @extend_schema(operation_id="totals", responses=TotalsSerializer)
    def get(self, request: Any) -> Response:
        question = TotalsQuestion(
            request.query_params,
            Project.objects.visible_to(request.user),
            request=request,
            also={"format"},
        )
        answered(question)
        table = totals.totals(question, question.dimensions, question.basis_asked)
        return Response(TotalsSerializer(table).data)

    def get_view_name(self) -> str:
        return "Totals"
