"""The files that were brought in, for reading: what became of each."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import permissions, serializers, viewsets

from projects import filters
from projects.models import ImportBatch, RowStatus
from projects.serializers.base import Address

from .conditional import ConditionalReadMixin
from .filter_backend import FilterSetBackend
from .formats import Negotiation
from .schema import RegisterSchema


class CountsSerializer(serializers.Serializer):
    """Rows of the file by what becomes of them; `made` are records made on the way."""

    def get_fields(self) -> dict[str, Any]:
        return {fate.value: serializers.IntegerField() for fate in RowStatus}


class ImportSerializer(serializers.ModelSerializer):
    """A file that was brought in; without counts before it was checked."""

    counts = serializers.SerializerMethodField()
    url = Address()

    class Meta:
        model = ImportBatch
        fields = [
            "id",
            "noun",
            "file_name",
            "sha256",
            "size",
            "state",
            "counts",
            "created_at",
            "written_at",
            "undone_at",
            "url",
        ]

    @extend_schema_field(CountsSerializer(allow_null=True))
    def get_counts(self, batch: ImportBatch) -> dict[str, int] | None:
        return batch.counts or None


class ImportSchema(RegisterSchema):
    def get_auth(self) -> list[Any]:
        # Not open to visitors.
        return [one for one in super().get_auth() if one]


class ImportViewSet(ConditionalReadMixin, viewsets.ReadOnlyModelViewSet):
    """Files that the asker has brought in; whoever may do anything sees all of them."""

    serializer_class = ImportSerializer
    filterset_class = filters.ImportBatchFilterSet
    permission_classes = [permissions.IsAuthenticated]
    filter_backends = [FilterSetBackend]
    content_negotiation_class = Negotiation
    schema = ImportSchema()
    lookup_field = "id"
    lookup_value_regex = "[0-9]+"

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return ImportBatch.objects.none()
        return ImportBatch.objects.visible_to(self.request.user).without_content()
