"""Requests that meet: answered with the state of a record, and written in the one that was seen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from rest_framework.response import Response

from projects import history

from .etags import check_match, etag_of, is_known


def with_etag(data: Any, status: int = 200, headers: Mapping[str, str] | None = None) -> Response:
    """The answer that is one record, with its ETag."""
    return Response(data, status, headers={"ETag": etag_of(data), **(headers or {})})


class ConditionalReadMixin:
    """Records that are read one by one: each answer has an ETag, and what is known is not sent."""

    has_etags = True

    def retrieve(self, request: Any, *args: Any, **kwargs: Any) -> Any:
        response = with_etag(self.get_serializer(self.get_object()).data)
        # A page shows more than the record: who is signed in, and what they may do.
        is_page = request.accepted_renderer.format == "api"
        if is_known(request, response["ETag"]) and not is_page:
            return Response(status=304, headers={"ETag": response["ETag"]})
        return response


class ConditionalWriteMixin(ConditionalReadMixin):
    @contextmanager
    def held(self) -> Iterator[Any]:
        """The record that a request is to change or delete, for one transaction its own.

        It is the one that stands when nobody else is writing to it any more, and
        in the state of which `If-Match` speaks. Raises Http404 where there is
        none that the asker may see, StateRequired and StateChanged.
        """
        with transaction.atomic():
            which = {self.lookup_field: self.kwargs[self.lookup_field]}
            rows = self.model._base_manager.filter(**which)
            history.lock(rows, to_delete=self.request.method == "DELETE")
            record = self.get_object()
            check_match(self.request, etag_of(self.get_serializer(record).data))
            yield record
