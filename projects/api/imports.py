"""Imports, read-only: their state and counts."""

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
    """Rows of the file by status; `made` are records created because a row refers to them."""

    def get_fields(self) -> dict[str, Any]:
        return {status.value: serializers.IntegerField() for status in RowStatus}


class ImportSerializer(serializers.ModelSerializer):
    """An imported file; without counts before it was checked."""

    noun = serializers.CharField(source="model_name", max_length=20)
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
        # Not public.
        return [one for one in super().get_auth() if one]


class ImportViewSet(ConditionalReadMixin, viewsets.ReadOnlyModelViewSet):
    """The user's own imports; superusers see all."""

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
