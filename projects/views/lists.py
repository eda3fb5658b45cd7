"""List pages: filters, facets, a table, paging; or the errors and no records."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.decorators import method_decorator
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.views import View

from projects.filters import RegisterFilterSet, facets
from projects.filters.parameters import MAX_PAGE_SIZE, ParameterForm, list_form
from projects.models import SavedView
from projects.serializers.labels import field_label

from .facets import panels
from .filter_form import FilterForm
from .page_cache import cache_until_write
from .tables import Table

PAGE_SIZES = (50, 100, MAX_PAGE_SIZE)
PAGE_SIZE = PAGE_SIZES[0]


def refused(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """The page with its errors and no records, with status 400."""
    return render(request, template, context, status=400)


class FilteredListView(View):
    """A filtered list of records. A parameter that is unknown or cannot be read makes it a 400."""

    http_method_names = ["get", "head", "options"]
    filterset_class: type[RegisterFilterSet]
    # None for a list that is not a table.
    table_class: type[Table] | None = None
    template = "projects/list.html"

    def records(self, filterset: RegisterFilterSet) -> Any:
        return filterset.qs.with_related(filterset.user)

    def table(self, filterset: RegisterFilterSet, records: list[Any]) -> Any:
        return self.table_class and self.table_class(records, filterset.cleaned_data["columns"])

    def extra_context(self, filterset: RegisterFilterSet, records: list[Any]) -> dict[str, Any]:
        """Further context of the template; not called if there are errors."""
        return {}

    @classmethod
    def facets(cls) -> Sequence[facets.Facet]:
        return facets.FACETS.get(cls.filterset_class, ())

    @classmethod
    def parameters(cls) -> type[ParameterForm]:
        """The parameters of the page besides the filters."""
        return list_form(
            cls.columns(), [facet.parameter for facet in cls.facets() if facet.can_be_searched]
        )

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
            parameters=self.parameters(),
        )
        errors = filterset.errors
        form = FilterForm(
            filterset,
            errors,
            self.filterset_class.MAIN,
            facets=[facet.parameter for facet in self.facets()],
        )
        context: dict[str, Any] = {
            "filterset": filterset,
            "filter_form": form,
            "errors": errors,
            "title": capfirst(str(model._meta.verbose_name_plural)),
        }
        if errors:
            return refused(request, self.template, context)
        page = part_of(self.records(filterset), filterset.cleaned_data, errors)
        if page is None:
            return refused(request, self.template, context)
        records = list(page)
        table = self.table(filterset, records)
        context |= {
            "page": page,
            "page_sizes": PAGE_SIZES,
            "records": records,
            "listed": self.listed,
            "saved_views": self.saved_views(),
            "table": table,
            "columns": column_choices(form, self.columns(), table),
            "facets": panels(form, page.paginator.count),
            **self.extra_context(filterset, records),
        }
        return render(request, self.template, context)


@dataclass(frozen=True)
class ColumnChoices:
    """The columns of a list (name, label, whether shown), and the hidden fields of their form."""

    choices: list[tuple[str, str, bool]]
    kept: list[tuple[str, str]]


def column_choices(
    form: FilterForm, columns: Sequence[str], table: Table | None
) -> ColumnChoices | None:
    """What the form of columns needs; None if there is nothing to choose."""
    if not columns or table is None:
        return None
    shown = {column.name for column in table.shown}
    return ColumnChoices(
        [(name, field_label(table.model, name), name in shown) for name in columns],
        form.kept("columns"),
    )


def part_of(
    records: Any,
    given: Mapping[str, Any],
    errors: dict[str, list[str]],
    *,
    name: str = "page",
    size: int = PAGE_SIZE,
) -> Page[Any] | None:
    """The page of `records` that cleaned parameters choose by `name` and `page_size`.

    None and a message in `errors` if there is no such page; `size` is the default.
    """
    number = given[name] or 1
    paginator = Paginator(records, given.get("page_size") or size)
    if number <= paginator.num_pages:
        return paginator.page(number)
    errors[name] = [
        gettext("There is no page %(number)s: the last is %(last)s.")
        % {"number": number, "last": paginator.num_pages}
    ]
    return None
