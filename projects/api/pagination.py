"""Pagination by page number, or by cursor for reading a long list to its end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core import signing
from django.core.exceptions import ObjectDoesNotExist
from django.db.models import Q, QuerySet
from django.template import loader
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.response import Response

from projects.filters.parameters import MAX_API_PAGE_SIZE, ApiListForm


@dataclass(frozen=True)
class Order:
    """The order of a list: one column, nulls last, ties by a unique column, ascending."""

    column: str
    descending: bool
    tie: str

    @classmethod
    def of(cls, queryset: QuerySet) -> Order:
        """The order of a queryset that a `RegisterFilterSet` has ordered."""
        by: Any
        tie: Any
        by, tie = queryset.query.order_by
        return cls(by.expression.name, by.descending, tie)

    def place(self, record: Any) -> list[str | None]:
        """The position of `record`, as texts for `after`."""
        return [self._text(record, self.column), self._text(record, self.tie)]

    @staticmethod
    def _text(record: Any, column: str) -> str | None:
        value = record
        for name in column.split("__"):
            try:
                value = getattr(value, name)
            except ObjectDoesNotExist:
                return None
            if value is None:
                return None
        return value.isoformat() if hasattr(value, "isoformat") else str(value)

    def after(self, queryset: QuerySet, place: list[str | None]) -> QuerySet:
        """A filter for the records after `place` in this order."""
        at, tie = place
        behind_in_tie = Q(**{f"{self.tie}__gt": tie})
        if at is None:
            return queryset.filter(behind_in_tie, **{f"{self.column}__isnull": True})
        value = self._field(queryset).to_python(at)
        beyond = "lt" if self.descending else "gt"
        behind = Q(**{f"{self.column}__{beyond}": value}) | (
            Q(**{self.column: value}) & behind_in_tie
        )
        if self._is_nullable(queryset):
            return queryset.filter(behind | Q(**{f"{self.column}__isnull": True}))
        # Redundant, but lets the database use an index.
        return queryset.filter(behind, **{f"{self.column}__{beyond}e": value})

    def _field(self, queryset: QuerySet) -> Any:
        if computed := queryset.query.annotations.get(self.column):
            return computed.output_field
        field: Any = None
        model = queryset.model
        for name in self.column.split("__"):
            field = model._meta.get_field(name)
            model = field.related_model
        return field

    def _is_nullable(self, queryset: QuerySet) -> bool:
        if "__" in self.column or self.column in queryset.query.annotations:
            return True
        return self._field(queryset).null

    def __str__(self) -> str:
        return f"{'-' if self.descending else ''}{self.column} {self.tie}"


class RegisterPagination(BasePagination):
    """Pages by `page` and `page_size`, or by `cursor` (empty for the first part; forward only).

    A cursor stays valid while records are added and deleted, and costs the same at the
    end of a list as at its start. It is signed against tampering.
    """

    page_size = 50
    salt = "projects.api.cursor"
    # The number of matching records, once counted.
    count: Any = None

    def paginate_queryset(self, queryset: QuerySet, request: Any, view: Any = None) -> list[Any]:
        self.request = request
        self.count = self.next_place = self.page = None
        form = ApiListForm(request.query_params)
        if wrong := {name: form.messages()[name] for name in form.fields if name in form.errors}:
            raise ValidationError(wrong)
        given = form.cleaned_data
        self.size = given["page_size"] or self.page_size
        order = Order.of(queryset)
        place = self.place(order, given["cursor"]) if given["cursor"] else None
        self.count = queryset.count()
        if given["cursor"] is not None:
            return self.by_cursor(queryset, order, place)
        return self.by_number(queryset, given["page"] or 1)

    def place(self, order: Order, cursor: str) -> list[str | None]:
        """Where a cursor points. Raises ValidationError."""
        try:
            order_of_cursor, *place = signing.loads(cursor, salt=self.salt)
        except signing.BadSignature:
            message = _("Invalid cursor: start again with an empty one.")
            raise ValidationError({"cursor": [message]}) from None
        if order_of_cursor != str(order):
            message = _("This cursor belongs to a list in another order.")
            raise ValidationError({"cursor": [message]})
        return place

    def by_number(self, queryset: QuerySet, number: int) -> list[Any]:
        last = max(1, -(-self.count // self.size))
        if number > last:
            message = _("There is no page %(page)s: the last is %(last)s.") % {
                "page": number,
                "last": last,
            }
            raise ValidationError({"page": [message]})
        self.page, self.last = number, last
        start = (number - 1) * self.size
        return list(queryset[start : start + self.size])

    def by_cursor(self, queryset: QuerySet, order: Order, place: Any) -> list[Any]:
        if place is not None:
            queryset = order.after(queryset, place)
        found = list(queryset[: self.size + 1])
        records = found[: self.size]
        if len(found) > self.size:
            self.next_place = [str(order), *order.place(records[-1])]
        return records

    def address(self, **changes: Any) -> str:
        parameters = self.request.query_params.copy()
        for name, value in changes.items():
            parameters[name] = value
        return f"{self.request.build_absolute_uri(self.request.path)}?{parameters.urlencode()}"

    def get_next_link(self) -> str | None:
        if self.next_place is not None:
            cursor = signing.dumps(self.next_place, salt=self.salt, compress=True)
            return self.address(cursor=cursor)
        if self.page is not None and self.page < self.last:
            return self.address(page=self.page + 1)
        return None

    def get_previous_link(self) -> str | None:
        return self.address(page=self.page - 1) if self.page is not None and self.page > 1 else None

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            {
                "count": self.count,
                "next": self.get_next_link(),
                "previous": self.get_previous_link(),
                "results": data,
            }
        )

    # For the browsable API: the page and its two links.

    @property
    def display_page_controls(self) -> bool:
        return bool(getattr(self, "count", None)) and bool(
            self.get_next_link() or self.get_previous_link()
        )

    def get_results(self, data: Any) -> Any:
        return data["results"]

    def to_html(self) -> str:
        return loader.render_to_string(
            "rest_framework/pagination/previous_and_next.html",
            {"previous_url": self.get_previous_link(), "next_url": self.get_next_link()},
        )

    # For the schema.

    def get_paginated_response_schema(self, schema: Any) -> dict[str, Any]:
        address = {"type": "string", "format": "uri", "nullable": True}
        return {
            "type": "object",
            "required": ["count", "next", "previous", "results"],
            "properties": {
                "count": {"type": "integer", "description": "How many records match."},
                "next": address,
                "previous": address | {"description": "Null with a cursor, which is forward only."},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        return [
            {
                "name": "page",
                "in": "query",
                "schema": {"type": "integer", "minimum": 1},
                "description": "Not together with `cursor`.",
            },
            {
                "name": "page_size",
                "in": "query",
                "schema": {
                    "type": "integer",
                    "minimum": 1,
                    "maximum": MAX_API_PAGE_SIZE,
                    "default": self.page_size,
                },
            },
            {
                "name": "cursor",
                "in": "query",
                "schema": {"type": "string"},
                "description": ("Empty to begin reading the whole list; then follow `next`."),
            },
        ]
