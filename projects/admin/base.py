"""The base of every admin: lists of large tables, and requests with edited addresses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.views.main import ChangeList
from django.core.exceptions import FieldError, ValidationError
from django.db import DataError, models
from django.db.models import QuerySet, prefetch_related_objects
from django.db.models.sql import Query
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from projects.i18n.languages import with_label

from .autocomplete import by_code
from .date_fields import DateField


class PrefetchingChangeList(ChangeList):
    """A list that reads the many-valued columns of its page in one query each."""

    def get_results(self, request: HttpRequest) -> None:
        try:
            super().get_results(request)
        except (DataError, OverflowError) as error:
            # A number in the address that is too large for any column.
            raise IncorrectLookupParameters(error) from error

    def apply_select_related(self, qs: QuerySet) -> QuerySet:
        return super().apply_select_related(qs).prefetch_related(*self.model_admin.list_prefetch)


class BaseAdmin(admin.ModelAdmin):
    """An admin whose pages cost no more queries for a large table than for a small one.

    `list_prefetch` names what the columns of the list need in addition to `list_select_related`.
    """

    show_full_result_count = False
    # Facets count every option of every filter: an error with thousands of them.
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    list_prefetch: Sequence[Any] = ()
    # Django's default from version 6 on.
    formfield_overrides = {
        models.URLField: {"assume_scheme": "https"},
        models.DateField: {"form_class": DateField},
    }
    # The lookups of the lists' filters; a regular expression, for example, could overload the
    # database.
    LOOKUPS = frozenset({"exact", "in", "isnull", "gt", "gte", "lt", "lte"})

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs = by_code(self, db_field, request, kwargs)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs = by_code(self, db_field, request, kwargs)
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return PrefetchingChangeList

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        filters = self.get_list_filter(request)
        if lookup in {getattr(one, "parameter_name", None) for one in filters}:
            return True
        try:
            lookups, parts, _annotation = Query(self.model).solve_lookup_type(lookup)
        except FieldError:
            return False
        if parts[0] in {
            one.name for one in self.opts.fields if isinstance(one, models.BinaryField)
        }:
            # The content of a file cannot be compared with a text.
            return False
        return self.LOOKUPS.issuperset(lookups) and super().lookup_allowed(lookup, value, request)

    def get_search_results(
        self, request: HttpRequest, queryset: Any, search_term: str
    ) -> tuple[QuerySet, bool]:
        # PostgreSQL refuses null characters in texts.
        search_term = search_term.replace("\x00", "")
        if hasattr(queryset, "matching"):
            return queryset.matching(search_term), False
        return super().get_search_results(request, queryset, search_term)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        values = (value for _name, values in request.GET.lists() for value in values)
        if any("\x00" in text for text in (*request.GET, *values)):
            messages.error(request, _("The address contains a null character."))
            return HttpResponseRedirect(request.path)
        return super().changelist_view(request, extra_context)

    def response_action(
        self, request: HttpRequest, queryset: QuerySet, **kwargs: Any
    ) -> HttpResponse | None:
        for key in request.POST.getlist(admin.helpers.ACTION_CHECKBOX_NAME):
            self.check_key(key)
        return super().response_action(request, queryset, **kwargs)

    def check_key(self, key: str) -> None:
        """Raise Http404 for a text that cannot be a primary key."""
        try:
            self.opts.pk.clean(key, None)
        except ValidationError as error:
            raise Http404 from error

    def get_object(self, request: HttpRequest, object_id: str, from_field: Any = None) -> Any:
        """The record with what its autocompletes show, one query for each of them."""
        # Django takes an empty `_to_field` in the address for the name of a column.
        record = super().get_object(request, object_id, from_field or None)
        if record is not None:
            prefetch_related_objects([record], *self.get_autocomplete_fields(request))
        return record

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """What would be deleted, without the rows that are parts of it."""
        _found, _counts, permissions, protected = super().get_deleted_objects(objs, request)
        found = [with_label(capfirst(self.opts.verbose_name), one) for one in objs]
        return found, {self.opts.verbose_name_plural: len(found)}, permissions, protected

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        """Delete one by one, as each deletion is logged."""
        for record in queryset:
            self.delete_model(request, record)


class ReadOnlyAdmin(BaseAdmin):
    """An admin whose records can be looked at, and neither added, changed nor deleted."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False
