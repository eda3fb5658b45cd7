from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.filters import TotalsQuestion
from projects.models import Project
from projects.serializers import TotalsSerializer
from projects.totals import totals

from .filter_backend import answered
from .formats import Negotiation
from .schema import RegisterSchema


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
