"""Autocomplete fields that also take a code."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AutocompleteSelect, AutocompleteSelectMultiple
from django.core.exceptions import ValidationError
from django.db import models
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from .date_fields import DateField


class ByCode:
    """An autocomplete widget that also takes a code, for browsers without JavaScript.

    `loaded` are related records that have been read already: showing them costs no query.
    `code` is the field by which records are named.
    """

    loaded: Sequence[Any] = ()
    code = "code"

    def optgroups(self, name: str, value: Sequence[Any], attr: Any = None) -> Any:
        related = {str(record.pk): record for record in self.loaded}
        # In an address or a form that was edited, not everything is a key.
        wanted = [str(one) for one in value if one and self._is_key(one)]
        if not all(one in related for one in wanted):
            return super().optgroups(name, wanted, attr)
        options = [
            self.create_option(name, key, str(related[key]), True, index)
            for index, key in enumerate(wanted)
        ]
        if not self.is_required and not self.allow_multiple_selected:
            options.insert(0, self.create_option(name, "", "", not wanted, 0))
        return [(None, options, 0)]

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        chosen = super().value_from_datadict(data, files, name)
        keys = [self._key_of(code) for code in (data.get(f"{name}-code") or "").split()]
        if self.allow_multiple_selected:
            return [*map(self._checked, chosen or []), *keys]
        return keys[0] if keys else self._checked(chosen)

    def _is_key(self, value: Any) -> bool:
        try:
            self.field.remote_field.model._meta.pk.clean(value, None)
        except ValidationError:
            return False
        return True

    def _checked(self, value: Any) -> Any:
        return value if not value or self._is_key(value) else _invalid_key(value)

    def _key_of(self, code: str) -> str:
        if "\x00" not in code:
            record = self.choices.queryset.filter(**{f"{self.code}__iexact": code}).first()
            if record is not None:
                return str(record.pk)
        return _invalid_key(code)

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        label = (
            gettext("or add by code, separated by spaces:")
            if self.allow_multiple_selected
            else gettext("or by code:")
        )
        return format_html(
            '{}<noscript> <label>{} <input type="text" name="{}-code"></label></noscript>',
            super().render(name, value, attrs, renderer),
            label,
            name,
        )


def _invalid_key(text: str) -> str:
    # No primary key looks like this: the field refuses it without comparing it with a column.
    return f"“{text}”"


class SelectByCode(ByCode, AutocompleteSelect):
    pass


class SelectByCodeMultiple(ByCode, AutocompleteSelectMultiple):
    pass


def by_code(
    model_admin: Any, db_field: Any, request: HttpRequest, kwargs: dict[str, Any]
) -> dict[str, Any]:
    """Arguments of the form field for a relation: only records that the user may see are offered.

    A field among the admin's `autocomplete_fields` also takes codes.
    """
    records = db_field.related_model._default_manager
    if hasattr(records, "visible_to"):
        kwargs = {"queryset": records.visible_to(request.user), **kwargs}
    if db_field.name in model_admin.get_autocomplete_fields(request):
        kind = SelectByCodeMultiple if db_field.many_to_many else SelectByCode
        kwargs["widget"] = kind(db_field, model_admin.admin_site, using=kwargs.get("using"))
        if not hasattr(db_field.related_model, "code"):
            kwargs["widget"].code = db_field.related_model.USERNAME_FIELD
    return kwargs


class AutocompleteInline(admin.TabularInline):
    """Rows whose autocomplete fields also take a code, and dates as in other forms."""

    formfield_overrides = {models.DateField: {"form_class": DateField}}

    def formfield_for_foreignkey(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        kwargs = by_code(self, db_field, request, kwargs)
        return super().formfield_for_foreignkey(db_field, request, **kwargs)
