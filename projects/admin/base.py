"""What the admin of every noun has in common."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import unquote
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldError, ValidationError
from django.db import DataError
from django.db.models import BinaryField, QuerySet, URLField, prefetch_related_objects
from django.db.models.sql import Query
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import NoReverseMatch, URLPattern
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from simple_history.admin import SimpleHistoryAdmin

from projects import history, review
from projects.history.diff import changes
from projects.i18n.languages import with_label
from projects.models import State
from projects.models.base import ReviewedModel

from .add_another import KeepingAdmin
from .autocomplete import by_code
from .edit_conflicts import last_change
from .forms import RegisterForm
from .review import ReviewingAdmin

# A list of links to choose from is for vocabularies; what is longer is asked for by its code.
MOST_OPTIONS = 50
# On the page that asks whether to delete: enough to see why it cannot be done.
MOST_PROTECTED = 50


class PlainChangeList(ChangeList):
    """A list that reads the many-valued columns of its page in one query each."""

    def get_results(self, request: HttpRequest) -> None:
        try:
            super().get_results(request)
        except (DataError, OverflowError) as error:
            # A number in the address that no column can hold.
            raise IncorrectLookupParameters(error) from error

    def apply_select_related(self, qs: QuerySet) -> QuerySet:
        return super().apply_select_related(qs).prefetch_related(*self.model_admin.list_prefetch)


class PlainAdmin(admin.ModelAdmin):
    """An admin for large tables, and for addresses that somebody has changed by hand."""

    show_full_result_count = False
    # Facets count every option of every filter: an error with thousands of them.
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_prefetch: Sequence[Any] = ()
    # The scheme that Django takes for granted from its next version on.
    formfield_overrides = {URLField: {"assume_scheme": "https"}}
    # What filters of the lists ask for; a regular expression, say, could stop the database.
    LOOKUPS = frozenset({"exact", "in", "isnull", "gt", "gte", "lt", "lte"})

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs = by_code(self, db_field, request, kwargs)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs = by_code(self, db_field, request, kwargs)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PlainChangeList

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        filters = self.get_list_filter(request)
        if lookup in {getattr(one, "parameter_name", None) for one in filters}:
            return True
        try:
            lookups, parts, _annotation = Query(self.model).solve_lookup_type(lookup)
        except FieldError:
            return False
        if parts[0] in {one.name for one in self.opts.fields if isinstance(one, BinaryField)}:
            # A text in an address is nothing to compare the content of a file with.
            return False
        return self.LOOKUPS.issuperset(lookups) and super().lookup_allowed(lookup, value, request)

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet, bool]:
        # PostgreSQL takes no null character in a text.
        search_term = search_term.replace("\x00", "")
        if hasattr(queryset, "matching"):
            return queryset.matching(search_term), False
        return super().get_search_results(request, queryset, search_term)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        if any("\x00" in text for text in (*request.GET, *_values(request.GET))):
            messages.error(request, _("The address contains a null character."))
            return HttpResponseRedirect(request.path)
        return super().changelist_view(request, extra_context)

    def response_action(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        for key in request.POST.getlist(admin.helpers.ACTION_CHECKBOX_NAME):
            self._check_key(key)
        return super().response_action(request, queryset)

    def _check_key(self, key: str) -> None:
        try:
            self.opts.pk.clean(key, None)
        except ValidationError as error:
            raise Http404 from error

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """The record with what its autocompletes show, one query for each of them."""
        # An empty `_to_field` in the address names no column, as a missing one.
        record = super().get_object(request, object_id, from_field or None)
        if record is not None:
            prefetch_related_objects([record], *self.get_autocomplete_fields(request))
        return record

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What would be deleted, without what goes with it: that is a part of it."""
        _found, _counts, permissions, protected = super().get_deleted_objects(objs, request)
        found = [with_label(capfirst(self.opts.verbose_name), one) for one in objs]
        return found, {self.opts.verbose_name_plural: len(found)}, permissions, protected


def _values(data: QueryDict) -> Iterable[str]:
    return (value for _name, values in data.lists() for value in values)


class RegisterAdmin(KeepingAdmin, ReviewingAdmin, PlainAdmin, SimpleHistoryAdmin):
    """The admin of a noun of the register: each save or deletion is one row of its history."""

    form = RegisterForm
    object_history_list_template = "admin/projects/history_list.html"

    class Media:
        css = {"screen": ["projects/admin_forms.css"]}
        js = ["projects/admin_rows.js"]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        ordering = self.get_ordering(request) or self.model._meta.ordering
        return self.model.objects.visible_to(request.user).order_by(*ordering)

    def get_view_on_site_url(self, obj: Any = None) -> str | None:
        """Straight to the record's page: Django's way there costs a query and a redirect."""
        try:
            return obj.get_absolute_url() if hasattr(obj, "get_absolute_url") else None
        except NoReverseMatch:
            # In a form that is refused, the record has the code that was typed.
            return None

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What would be deleted, and what stands against it; see `PlainAdmin`.

        Of the parts that go with a record its last row of history keeps what matters.
        """
        found, counts, permissions, _protected = super().get_deleted_objects(objs, request)
        return found, counts, permissions, self._protecting(list(objs), request)

    def _protecting(self, records: Sequence[Any], request: HttpRequest) -> list[str]:
        """What refers to one of these, as far as the person may see it."""
        referring = history.references_to(records)
        named: list[str] = []
        count = 0
        for some in history.visible_references(referring, request.user):
            count += some.count()
            noun = capfirst(some.model._meta.verbose_name)
            named += [with_label(noun, one) for one in some[: MOST_PROTECTED - len(named)]]
        if count > len(named):
            named.append(gettext("and %(count)s more") % {"count": count - len(named)})
        if referring and not named:
            named.append(gettext("other records"))
        return named

    # Reading the history, which nobody writes by hand

    def get_urls(self) -> list[URLPattern]:
        # Without the library's page of one version: it would show today's links beside the columns
        # of that day, and going back by it would save these columns without their links.
        return [url for url in super().get_urls() if not str(url.name).endswith("_simple_history")]

    def revert_disabled(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: Any = None
    ) -> HttpResponse:
        self._check_key(unquote(object_id))
        self._check_seen(request, unquote(object_id))
        return super().history_view(request, object_id, extra_context)

    def last_deletion(self, request: HttpRequest, key: str) -> dict[str, str] | None:
        if issubclass(self.model, ReviewedModel):
            rows = review.deleted(request.user, self.model)
        else:
            rows = self.model.history.filter(history_type="-")
        try:
            is_deleted = rows.filter(id=self.opts.pk.to_python(key)).exists()
        except ValidationError:
            return None
        return last_change(self.model, key) if is_deleted else None

    def _check_seen(self, request: HttpRequest, key: str) -> None:
        """Raise Http404 unless the person sees the record, or saw it before it was deleted."""
        if (
            not issubclass(self.model, ReviewedModel)
            or self.get_queryset(request).filter(pk=key).exists()
        ):
            return
        if not review.deleted(request.user, self.model).filter(id=key).exists():
            raise Http404

    def set_history_delta_changes(
        self, request: HttpRequest, historical_records: Any, foreign_keys_are_objs: bool = True
    ) -> None:
        """Changes with their links, at a cost that does not grow with the rows of the page."""
        rows = list(historical_records)
        for row, changed in zip(rows, changes(self.model, rows), strict=True):
            row.history_delta_changes = changed


# Filters of lists


class QuestionFilter(admin.SimpleListFilter):
    """One parameter of the noun's question, which says what it means: here it is only asked."""

    template = "admin/projects/question_filter.html"
    filterset: Any
    options: Callable[[], list[tuple[str, Any]]]

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
        asked = QueryDict(mutable=True)
        asked[str(self.parameter_name)] = value
        filterset = self.filterset(asked, queryset=queryset, request=request)
        for sentences in filterset.errors.values():
            for sentence in sentences:
                messages.error(request, sentence)
        return filterset.qs

    def choices(self, changelist: ChangeList) -> Iterable[dict[str, Any]]:
        if self.lookup_choices:
            yield from super().choices(changelist)
            return
        kept = changelist.get_filters_params()
        yield {
            "name": self.parameter_name,
            "value": self.value() or "",
            "kept": [
                (name, value)
                for name, values in kept.items()
                if name != self.parameter_name
                for value in values
            ],
            "without": changelist.get_query_string(remove=[str(self.parameter_name)]),
        }


def ask(
    filterset: Any, name: str, options: Callable[[], list[tuple[str, Any]]] = list
) -> type[QuestionFilter]:
    """A filter for the parameter `name` of `question`; without options, a code is typed."""
    return type(
        f"{filterset.__name__}{name.title()}Filter",
        (QuestionFilter,),
        {
            "filterset": filterset,
            "parameter_name": name,
            "title": filterset.base_filters[name].label,
            "options": staticmethod(options),
        },
    )


def few(model: Any) -> Callable[[], list[tuple[str, Any]]]:
    """The records of `model` as options, or none where they are many. One query."""

    def options() -> list[tuple[str, Any]]:
        records = list(model.objects.order_by("code")[: MOST_OPTIONS + 1])
        if len(records) > MOST_OPTIONS:
            return []
        return [*((record.code, str(record)) for record in records), ("none", _("not stated"))]

    return options


def by_state(filterset: Any) -> type[QuestionFilter]:
    """Drafts, or what is published."""
    return ask(filterset, "state", lambda: list(State.choices))


def yes_or_no(yes: Any, no: Any) -> Callable[[], list[tuple[str, Any]]]:
    return lambda: [("true", yes), ("false", no)]
