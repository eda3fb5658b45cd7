"""Conditional requests: ETags on responses, and optimistic locking by `If-Match`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from rest_framework.response import Response

from projects import history

from .etags import check_match, etag_of, is_known


def with_etag(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """A response with one record and its ETag."""
    return Response(data, status, headers={"ETag": etag_of(data), **(headers or {})})


class ConditionalReadMixin:
    """Responses with single records have an ETag; `If-None-Match` is answered with 304."""

    has_etags = True

    def retrieve(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        response = with_etag(self.get_serializer(self.get_object()).data)
        # The browsable page also shows the user and their permissions.
        is_page = request.accepted_renderer.format == "api"
        if is_known(request, response["ETag"]) and not is_page:
            return Response(status=304, headers={"ETag": response["ETag"]})
        return response


class ConditionalWriteMixin(ConditionalReadMixin):
    @contextmanager
    def locked(self) -> Iterator[Any]:
        """The record that a request changes or deletes, locked until the transaction ends.

        Its current version must match `If-Match`. Raises Http404 if there is no
        such record visible to the user, PreconditionRequired and PreconditionFailed.
        """
        with transaction.atomic():
            which = {self.lookup_field: self.kwargs[self.lookup_field]}
            rows = self.model._base_manager.filter(**which)
            history.lock(rows, to_delete=self.request.method == "DELETE")
            record = self.get_object()
            check_match(self.request, etag_of(self.get_serializer(record).data))
            yield record
