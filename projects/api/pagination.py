"""Pagination by page number, or by cursor for reading a long list to its end."""

from __future__ import annotations

import re
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

from projects.filters.fields import truncate_for_display


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
    max_page_size = 1000
    salt = "projects.api.cursor"
    # The number of matching records, once counted.
    count: Any = None

    def paginate_queryset(self, queryset: QuerySet, request: Any, view: Any = None) -> list[Any]:
        self.request = request
        self.count = self.next_place = self.page = None
        self.errors: dict[str, list[str]] = {}
        number = self.number("page") or 1
        self.size = self.number("page_size", self.max_page_size) or self.page_size
        order = Order.of(queryset)
        place = self.place(order)
        self.refuse()
        self.count = queryset.count()
        if "cursor" in request.query_params:
            return self.by_cursor(queryset, order, place)
        return self.by_number(queryset, number)

    def number(self, name: str, most: int | None = None) -> int | None:
        """A whole number above 0; None if missing or invalid, which is recorded as an error."""
        given = [value.strip() for value in self.request.query_params.getlist(name)]
        given = [value for value in given if value]
        if not given:
            return None
        if len(given) > 1:
            self.once(name, given)
        elif not re.fullmatch(r"[1-9][0-9]{0,17}", given[0]):
            self.wrong(
                name,
                _("“%(value)s” is not a whole number above 0.")
                % {"value": truncate_for_display(given[0])},
            )
        elif most is not None and int(given[0]) > most:
            self.wrong(name, _("Give at most %(most)s.") % {"most": most})
        else:
            return int(given[0])
        return None

    def place(self, order: Order) -> list[str | None] | None:
        """Where the cursor points; None for the beginning."""
        given = self.request.query_params.getlist("cursor")
        if not given:
            return None
        if len(given) > 1:
            self.once("cursor", given)
            return None
        if any(value.strip() for value in self.request.query_params.getlist("page")):
            self.wrong("page", _("Give a page or a cursor, not both."))
        if not given[0]:
            return None
        try:
            stands_in, *place = signing.loads(given[0], salt=self.salt)
        except signing.BadSignature:
            self.wrong("cursor", _("Invalid cursor: start again with an empty one."))
            return None
        if stands_in != str(order):
            self.wrong("cursor", _("This cursor belongs to a list in another order."))
            return None
        return place

    def once(self, name: str, given: list[str]) -> None:
        self.wrong(
            name, _("Give this parameter once: it has %(count)s values.") % {"count": len(given)}
        )

    def wrong(self, name: str, message: str) -> None:
        self.errors.setdefault(name, []).append(message)

    def refuse(self) -> None:
        if self.errors:
            raise ValidationError(self.errors)

    def by_number(self, queryset: QuerySet, number: int) -> list[Any]:
        last = max(1, -(-self.count // self.size))
        if number > last:
            message = _("There is no page %(page)s: the last is %(last)s.") % {
                "page": number,
                "last": last,
            }
            self.wrong("page", message)
            self.refuse()
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
                "count": {"type": "integer", "description": "How many records the question means."},
                "next": address,
                "previous": address | {"description": "Null with a cursor: it leads forward."},
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
                    "maximum": self.max_page_size,
                    "default": self.page_size,
                },
            },
            {
                "name": "cursor",
                "in": "query",
                "schema": {"type": "string"},
                "description": (
                    "Empty to begin walking the whole list; from then on follow `next`."
                ),
            },
        ]
