"""Filters of the admin's lists that take the parameters of the filter sets."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.views.main import ChangeList
from django.db.models import QuerySet
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from projects.models import State

Options = Callable[[], list[tuple[str, Any]]]

# A vocabulary is offered as a list of links; of a longer table, a code is typed.
MAX_OPTIONS = 50


class ParameterFilter(admin.SimpleListFilter):
    """One parameter of a filter set; see `filter_by`."""

    template = "admin/projects/parameter_filter.html"
    filter_set: Any
    options: Options

    def __init__(self, request: HttpRequest, params: Any, model: Any, model_admin: Any) -> None:
        super().__init__(request, params, model, model_admin)
        if self.lookup_choices:
            self.template = "admin/filter.html"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return type(self).options()

    def has_output(self) -> bool:
        return True

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet | None:
        value = self.value()
        if not value:
            return None
        data = QueryDict(mutable=True)
        data[str(self.parameter_name)] = value
        filter_set = self.filter_set(data, queryset=queryset, request=request)
        for sentences in filter_set.errors.values():
            for sentence in sentences:
                messages.error(request, sentence)
        return filter_set.qs

    def choices(self, changelist: ChangeList) -> Iterable[dict[str, Any]]:
        if self.lookup_choices:
            yield from super().choices(changelist)
            return
        yield {
            "name": self.parameter_name,
            "value": self.value() or "",
            "others": [
                (name, value)
                for name, values in changelist.get_filters_params().items()
                if name != self.parameter_name
                for value in values
            ],
            "without": changelist.get_query_string(remove=[str(self.parameter_name)]),
        }


def filter_by(filter_set: Any, name: str, options: Options = list) -> type[ParameterFilter]:
    """A filter for the parameter `name` of `filter_set`; without options, a code is typed."""
    return type(
        f"{filter_set.__name__}{name.title()}Filter",
        (ParameterFilter,),
        {
            "filter_set": filter_set,
            "parameter_name": name,
            "title": filter_set.base_filters[name].label,
            "options": staticmethod(options),
        },
    )


def records_of(model: Any) -> Options:
    """The records of `model` as options; none if more than `MAX_OPTIONS`. One query."""

    def options() -> list[tuple[str, Any]]:
        records = list(model.objects.order_by("code")[: MAX_OPTIONS + 1])
        if len(records) > MAX_OPTIONS:
            return []
        return [*((record.code, str(record)) for record in records), ("none", _("not stated"))]

    return options


def filter_by_state(filter_set: Any) -> type[ParameterFilter]:
    """Drafts, or published records."""
    return filter_by(filter_set, "state", lambda: list(State.choices))


def yes_or_no(yes: Any, no: Any) -> Options:
    return lambda: [("true", yes), ("false", no)]
