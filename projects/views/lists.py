"""List pages: filters, facets, a table, paging; or the errors and no records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.views import View

from projects.filters import COLUMNS, RegisterFilterSet, facets, requested_columns
from projects.models import SavedView
from projects.serializers.labels import field_label

from .facets import FacetSearch, panels
from .filter_form import PAGE_ALONE, FilterForm
from .page_cache import cache_until_write
from .tables import Table

PAGE_SIZES = (50, 100, 200)
PAGE_SIZE, LARGEST_PAGE = PAGE_SIZES[0], PAGE_SIZES[-1]


def unknown_parameters(request: HttpRequest, *known: str) -> dict[str, list[str]]:
    """An error for each parameter of the query string that is not `known`."""
    return {name: [gettext("Unknown parameter.")] for name in request.GET if name not in known}


def refused(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page with its errors and no records, with status 400."""
    return render(request, template, context, status=400)


@dataclass(frozen=True)
class Shown:
    """The page size and the chosen columns by name; no columns for the default ones."""

    page_size: int
    columns: Sequence[str]


class FilteredListView(View):
    """A filtered list of records. A parameter that is unknown or cannot be read makes it a 400."""

    http_method_names = ["get", "head", "options"]
    filterset_class: type[RegisterFilterSet]
    # None for a list that is not a table.
    table_class: type[Table] | None = None
    template = "projects/list.html"

    def records(self, filterset: RegisterFilterSet) -> Any:
        return filterset.qs.with_related(filterset.user)

    def table(
        self, filterset: RegisterFilterSet, records: list[Any], columns: Sequence[str]
    ) -> Any:
        return self.table_class and self.table_class(records, columns)

    def extra_context(self, filterset: RegisterFilterSet, records: list[Any]) -> dict[str, Any]:
        """Further context of the template; not called if there are errors."""
        return {}

    @classmethod
    def read(cls, filterset: RegisterFilterSet) -> tuple[Shown, dict[str, list[str]]]:
        """Page size and columns of the query string, and all its errors by parameter."""
        errors = dict(filterset.errors)
        size = whole_number(filterset.data, "page_size", PAGE_SIZE, LARGEST_PAGE, errors)
        columns = requested_columns(filterset.data, cls.columns(), errors)
        if columns and not {"name", "code"} & set(columns):
            errors[COLUMNS] = [gettext("Rows need “name” or “code”: include one of these columns.")]
        if "cursor" in filterset.data:
            errors["cursor"] = [gettext("This list has page numbers: use “page”.")]
        return Shown(size, columns), errors

    @classmethod
    def columns(cls) -> list[str]:
        """The columns that a reader can choose, by their field names."""
        return cls.table_class.choices() if cls.table_class else []

    def saved_views(self) -> Any:
        """The user's saved views of this list; None for a visitor. At most one query."""
        user = self.request.user
        if not user.is_authenticated:
            return None
        return list(SavedView.objects.filter(user=user, listed=self.listed))

    @property
    def listed(self) -> str:
        """The name of the list's address."""
        return str(self.request.resolver_match.url_name)

    @method_decorator(cache_until_write)
    def get(self, request: HttpRequest) -> HttpResponse:
        model = self.filterset_class._meta.model
        filterset = self.filterset_class(
            request.GET,
            model.objects.visible_to(request.user),
            request=request,
            extra_parameters=PAGE_ALONE,
        )
        shown, errors = self.read(filterset)
        number = whole_number(request.GET, "page", 1, 10**9, errors)
        looking = FacetSearch.read(request.GET, filterset, errors)
        beside = [facet.parameter for facet in facets.FACETS.get(self.filterset_class, ())]
        asked = FilterForm(filterset, errors, self.filterset_class.MAIN, beside=beside)
        context: dict[str, Any] = {
            "filterset": filterset,
            "asked": asked,
            "errors": errors,
            "title": capfirst(str(model._meta.verbose_name_plural)),
        }
        if errors:
            return refused(request, self.template, context)
        page = part_of(self.records(filterset), number, shown.page_size, errors)
        if page is None:
            return refused(request, self.template, context)
        records = list(page)
        table = self.table(filterset, records, shown.columns)
        context |= {
            "page": page,
            "page_sizes": PAGE_SIZES,
            "records": records,
            "listed": self.listed,
            "saved_views": self.saved_views(),
            "table": table,
            "columns": column_choices(asked, self.columns(), table),
            "facets": panels(asked, page.paginator.count, looking),
            **self.extra_context(filterset, records),
        }
        return render(request, self.template, context)


@dataclass(frozen=True)
class ColumnChoices:
    """The columns of a list (name, label, whether shown), and the hidden fields of their form."""

    choices: list[tuple[str, str, bool]]
    kept: list[tuple[str, str]]


def column_choices(
    asked: FilterForm, columns: Sequence[str], table: Table | None
) -> ColumnChoices | None:
    """What the form of columns needs; None if there is nothing to choose."""
    if not columns or table is None:
        return None
    shown = {column.name for column in table.shown}
    return ColumnChoices(
        [(name, field_label(table.model, name), name in shown) for name in columns],
        asked.kept(COLUMNS),
    )


def whole_number(data: Any, name: str, default: int, largest: int, errors: dict[str, Any]) -> int:
    """The whole number of parameter `name`; adds a message to `errors` if it is not valid."""
    values = [value for value in data.getlist(name) if value]
    if not values:
        return default
    if len(values) == 1 and values[0].isascii() and values[0].isdecimal():
        number = int(values[0]) if len(values[0]) < 12 else largest + 1
        if 1 <= number <= largest:
            return number
    errors[name] = [gettext("Give one whole number from 1 to %(largest)s.") % {"largest": largest}]
    return default


def part_of(records: Any, number: int, size: int, errors: dict[str, Any]) -> Page[Any] | None:
    """One page of `records`; None and a message in `errors` if there is no such page."""
    paginator = Paginator(records, size)
    if number <= paginator.num_pages:
        return paginator.page(number)
    errors["page"] = [
        gettext("There is no page %(number)s: the last is %(last)s.")
        % {"number": number, "last": paginator.num_pages}
    ]
    return None
