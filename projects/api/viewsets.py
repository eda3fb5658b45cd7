"""The viewsets of the models: their lists and records."""

from __future__ import annotations

from typing import Any

from django.db import models, transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponsePermanentRedirect
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.response import Response
from rest_framework.reverse import reverse

from projects import filters, review, serializers
from projects.history import retry_on_deadlock
from projects.models.fields import CODE_PATTERN

from .conditional import ConditionalWriteMixin, with_etag
from .errors import Conflict
from .filter_backend import FilterSetBackend
from .formats import Negotiation, StrictJSONParser
from .history import EntrySerializer, HistoryMixin
from .idempotency import idempotent
from .proposals import ProposalSerializer, ReviewMixin
from .schema import RegisterSchema


class Moved(Conflict):
    """A request used the former code of a record."""

    def __init__(self, former: str, code: str) -> None:
        self.code = code
        sentence = _("“%(former)s” was merged into “%(code)s”: write to that one.")
        super().__init__(sentence % {"former": former, "code": code})


def submitted(user: Any, serializer: Any) -> review.Submitted:
    """The result of submitting valid data. Raises ValidationError, by field."""
    record, links = serializer.apply()
    return review.submit(user, record, **links)


class RegisterViewSet(ConditionalWriteMixin, viewsets.ModelViewSet):
    """The base of all viewsets.

    Reading starts from what the user may see. Writing goes through `projects.review`
    and returns the record as it is then. `If-Match` must have the current ETag of a
    record that is changed or deleted, which is locked until the response is made.
    PATCH writes the fields that are sent. PUT does as well, but requires the fields
    that a new record needs: fields that a client does not know are not emptied.
    """

    filterset_class: type[filters.RegisterFilterSet]
    filter_backends = [FilterSetBackend]
    parser_classes = [StrictJSONParser]
    content_negotiation_class = Negotiation
    schema = RegisterSchema()
    lookup_field = "code"
    lookup_value_regex = CODE_PATTERN

    @property
    def model(self) -> type[models.Model]:
        return self.serializer_class.Meta.model

    def get_queryset(self) -> QuerySet:
        return self.with_representation(self.model.objects.visible_to(self.request.user))

    def with_representation(self, records: Any) -> QuerySet:
        user = self.request.user
        if self.action == "list":
            user = filters.effective_user(self.request.query_params, user)
        return records.with_related(user)

    def representation(self, record: Any) -> Any:
        """The response to a write: the record read again, with its derived values.

        Authors see the result even if they may not read drafts.
        """
        written = self.with_representation(self.model.objects.filter(pk=record.pk))
        return self.get_serializer(written.get()).data

    @retry_on_deadlock()
    @idempotent
    @transaction.atomic
    def create(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        record = submitted(request.user, serializer).record
        key = getattr(record, self.lookup_field)
        address = reverse(f"api:{self.basename}-detail", args=[key], request=request)
        return with_etag(self.representation(record), 201, {"Location": address})

    @retry_on_deadlock()
    def update(self, request: Any, *args: Any, partial: bool = False, **kwargs: Any) -> Response:
        with self.locked() as record:
            serializer = self.get_serializer(record, data=request.data, partial=partial)
            serializer.is_valid(raise_exception=True)
            return self.written(submitted(request.user, serializer))

    @retry_on_deadlock()
    def destroy(self, request: Any, *args: Any, **kwargs: Any) -> Response:
        with self.locked() as record:
            done = review.remove(request.user, record)
            return self.written(done) if done.is_proposal else Response(status=204)

    def written(self, done: review.Submitted) -> Response:
        """The current record; or with 202 the proposal that waits for review."""
        if done.proposal is None:
            return with_etag(self.representation(done.record))
        proposed = ProposalSerializer(done.proposal, context=self.get_serializer_context())
        address = reverse("api:proposal-detail", args=[done.proposal.pk], request=self.request)
        return with_etag(proposed.data, 202, {"Location": address})


class ZoneViewSet(RegisterViewSet):
    """Free trade zones."""

    serializer_class = serializers.ZoneSerializer
    filterset_class = filters.ZoneFilterSet


class AreaViewSet(RegisterViewSet):
    """Areas (片区) of the zones."""

    serializer_class = serializers.AreaSerializer
    filterset_class = filters.AreaFilterSet


class SectorViewSet(RegisterViewSet):
    """Sectors of the economy, with their codes in published classifications."""

    serializer_class = serializers.SectorSerializer
    filterset_class = filters.SectorFilterSet


class EnterpriseViewSet(ReviewMixin, HistoryMixin, RegisterViewSet):
    """Enterprises, settled in an area or only a party to a project.

    Reading by the code of an enterprise that was merged into another redirects to
    that one; writing by it is refused.
    """

    serializer_class = serializers.EnterpriseSerializer
    filterset_class = filters.EnterpriseFilterSet

    @extend_schema(
        responses={
            200: serializers.EnterpriseSerializer,
            301: OpenApiResponse(
                description="The enterprise was merged into another, see `Location`."
            ),
        }
    )
    def retrieve(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return super().retrieve(request, *args, **kwargs)
        except Moved as moved:
            return self._redirect(moved, "detail")

    @extend_schema(responses=EntrySerializer(many=True))
    @action(detail=True, methods=["get"])
    def history(self, request: Any, **kwargs: Any) -> Any:
        """The changes of a published record, the latest first; the same for every client."""
        try:
            return self.history_response(self.get_object())
        except Moved as moved:
            return self._redirect(moved, "history")

    def _redirect(self, moved: Moved, name: str) -> HttpResponsePermanentRedirect:
        address = reverse(f"api:{self.basename}-{name}", args=[moved.code])
        query = self.request.META.get("QUERY_STRING", "")
        return HttpResponsePermanentRedirect(
            self.request.build_absolute_uri(f"{address}?{query}" if query else address)
        )

    def get_object(self) -> Any:
        try:
            return super().get_object()
        except Http404:
            code = self.kwargs[self.lookup_field]
            record = self.model.objects.visible_to(self.request.user).by_codes([code]).get(code)
            if record is None:
                raise
            raise Moved(code, record.code) from None


class ProjectViewSet(ReviewMixin, HistoryMixin, RegisterViewSet):
    """Projects that an enterprise intends or has contracted.

    A missing amount is undisclosed, which is not zero. When writing, `amount` also
    accepts text such as “17.6亿元” or “more than 1 billion yuan”.
    """

    serializer_class = serializers.ProjectSerializer
    filterset_class = filters.ProjectFilterSet


class ReceiptViewSet(ReviewMixin, HistoryMixin, RegisterViewSet):
    """Funds received for a project; negative amounts are money returned."""

    serializer_class = serializers.ReceiptSerializer
    filterset_class = filters.ReceiptFilterSet
    lookup_field = "id"
    lookup_value_regex = "[0-9]+"


class SourceViewSet(ReviewMixin, HistoryMixin, RegisterViewSet):
    """Publications that the records cite."""

    serializer_class = serializers.SourceSerializer
    filterset_class = filters.SourceFilterSet


class HeadlineViewSet(ReviewMixin, HistoryMixin, RegisterViewSet):
    """Published figures."""

    serializer_class = serializers.HeadlineSerializer
    filterset_class = filters.HeadlineFilterSet


class RateViewSet(RegisterViewSet):
    """Published exchange rates, each valid from its day."""

    serializer_class = serializers.RateSerializer
    filterset_class = filters.RateFilterSet
    lookup_field = "id"
    lookup_value_regex = "[0-9]+"
