from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from projects.filters import TotalsFilterSet
from projects.filters.parameters import ApiForm
from projects.models import Project
from projects.serializers import TotalsSerializer
from projects.totals import totals

from .filter_backend import filtered
from .formats import Negotiation
from .schema import RegisterSchema


class TotalsView(APIView):
    """Sums by one or two dimensions, in the base currency.

    `rows` add up to `total` exactly; a project in several sectors counts once in
    each of their rows and once in the total. Parameters for ordering and paging do
    not exist here.
    """

    filterset_class = TotalsFilterSet
    content_negotiation_class = Negotiation
    schema = RegisterSchema()

    @extend_schema(operation_id="totals", responses=TotalsSerializer)
    def get(self, request: Any) -> Response:
        filterset = TotalsFilterSet(
            request.query_params,
            Project.objects.visible_to(request.user),
            request=request,
            parameters=ApiForm,
        )
        filtered(filterset)
        table = totals.totals(filterset, filterset.dimensions, filterset.requested_basis)
        return Response(TotalsSerializer(table).data)

    def get_view_name(self) -> str:
        return "Totals"
