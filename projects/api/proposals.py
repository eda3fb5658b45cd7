"""Proposals and drafts in the API: list them, and decide about them."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import permissions, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.response import Response

from projects import filters, review
from projects.models import ApiToken, Proposal, Reviewed
from projects.serializers.base import Address, KnownFieldsOnly

from .conditional import with_etag
from .filter_backend import FilterSetBackend
from .formats import Negotiation, StrictJSONParser
from .idempotency import idempotent
from .imports import ImportSchema


class ReasonSerializer(KnownFieldsOnly):
    """The reason for returning something, for its author."""

    reason = serializers.CharField(max_length=2000)


class SeenSerializer(KnownFieldsOnly):
    """The `version` of the record that the reviewer saw; it must be the current one."""

    version = serializers.IntegerField(min_value=1, required=False)


class ProposalSerializer(serializers.ModelSerializer):
    """A proposed change or deletion of a published record, open or decided.

    `changes` and `before` have fields in the format of the record: the proposed values,
    and the values when it was proposed. `code` is null for receipts, which have a
    `record_id`.
    """

    noun = serializers.ChoiceField(Reviewed.choices, source="model_name", read_only=True)
    changes = serializers.DictField(read_only=True)
    before = serializers.DictField(read_only=True)
    code = serializers.SerializerMethodField()
    proposed_by = serializers.SerializerMethodField()
    url = Address()

    class Meta:
        model = Proposal
        fields = [
            "id",
            "noun",
            "record_id",
            "code",
            "kind",
            "changes",
            "before",
            "version",
            "state",
            "reason",
            "proposed_by",
            "created_at",
            "updated_at",
            "decided_at",
            "url",
        ]
        read_only_fields = fields

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_code(self, proposal: Proposal) -> str | None:
        return proposal.code or None

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_proposed_by(self, proposal: Proposal) -> str | None:
        return proposal.user.get_username() if proposal.user else None


class MayWrite(permissions.IsAuthenticated):
    """Proposals are only for staff; deciding about them needs a key that may write."""

    def has_permission(self, request: Any, view: Any) -> bool:
        if not super().has_permission(request, view):
            return False
        is_reading = request.method in permissions.SAFE_METHODS
        return is_reading or not (isinstance(request.auth, ApiToken) and request.auth.read_only)


class ProposalViewSet(viewsets.ReadOnlyModelViewSet):
    """Proposals that the user may see: their own, and for reviewers everybody's."""

    serializer_class = ProposalSerializer
    filterset_class = filters.ProposalFilterSet
    permission_classes = [MayWrite]
    filter_backends = [FilterSetBackend]
    parser_classes = [StrictJSONParser]
    content_negotiation_class = Negotiation
    schema = ImportSchema()
    lookup_field = "id"
    lookup_value_regex = "[0-9]+"

    def get_queryset(self) -> Any:
        if getattr(self, "swagger_fake_view", False):
            return Proposal.objects.none()
        return Proposal.objects.visible_to(self.request.user).select_related("user")

    def again(self, proposal: Proposal, status: int = 200) -> Response:
        proposal.refresh_from_db()
        return Response(self.get_serializer(proposal).data, status=status)

    @extend_schema(
        request=SeenSerializer,
        responses={200: ProposalSerializer, 409: OpenApiResponse(description="Decided already.")},
    )
    @action(detail=True, methods=["post"])
    @idempotent
    def accept(self, request: Any, id: str) -> Response:
        """Accept it: the record is changed or deleted."""
        proposal = self.get_object()
        body = SeenSerializer(data=request.data or {})
        body.is_valid(raise_exception=True)
        review.accept(request.user, proposal, body.validated_data.get("version"))
        return self.again(proposal)

    @extend_schema(request=ReasonSerializer, responses=ProposalSerializer)
    @action(detail=True, methods=["post"], url_path="return")
    @idempotent
    def send_back(self, request: Any, id: str) -> Response:
        """Return it with a reason."""
        proposal = self.get_object()
        body = ReasonSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        review.return_proposal(request.user, proposal, body.validated_data["reason"])
        return self.again(proposal)

    @extend_schema(request=None, responses=ProposalSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def withdraw(self, request: Any, id: str) -> Response:
        """Withdraw your own proposal."""
        proposal = self.get_object()
        review.withdraw(request.user, proposal)
        return self.again(proposal)

    @extend_schema(request=None, responses=ProposalSerializer)
    @action(detail=True, methods=["post"], url_path="hand-in-again")
    @idempotent
    def hand_in_again(self, request: Any, id: str) -> Response:
        """Submit your own proposal again."""
        proposal = self.get_object()
        review.resubmit(request.user, proposal)
        return self.again(proposal)


class ReviewMixin:
    """Adds the actions of review to the viewset of a reviewed model."""

    # The response to a change of a published record that must be reviewed.
    proposals_class = ProposalSerializer

    @extend_schema(request=SeenSerializer)
    @action(detail=True, methods=["post"])
    @idempotent
    def publish(self, request: Any, **kwargs: Any) -> Response:
        """Publish a draft, which makes it public. A published record stays as it is."""
        record = self.get_object()
        body = SeenSerializer(data=request.data or {})
        body.is_valid(raise_exception=True)
        if record.is_draft:
            version = body.validated_data.get("version", record.version)
            review.publish(request.user, [record], {(type(record), record.pk): version})
        return with_etag(self.representation(record))

    @extend_schema(request=ReasonSerializer, responses={204: None})
    @action(detail=True, methods=["post"], url_path="return")
    @idempotent
    def send_back(self, request: Any, **kwargs: Any) -> Response:
        """Return a draft to its author with a reason."""
        record = self.get_object()
        body = ReasonSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        review.return_draft(request.user, record, body.validated_data["reason"])
        return Response(status=204)
