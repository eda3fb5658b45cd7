"""Is it there already? Asked while a name or a social credit code is typed, and once more when
it was saved; never in the way of saving."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, JsonResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext

from projects.data_quality.duplicates import PossibleDuplicate, possible_duplicates

from .query_params import key_asked, text_asked

ASKED = ("name", "name_zh", "uscc")
# As long as a name may be: what is longer is refused when it is saved.
LONGEST = 500


class ResemblingAdmin(admin.ModelAdmin):
    """An admin that shows the records which a new one may be, with a link to each.

    The script asks while somebody types. Whoever has none is told with the word
    that it was saved: before that, the form would have to come back for a
    likeness that most often means nothing.
    """

    class Media:
        css = {"screen": ["projects/admin_resembling.css"]}
        js = ["projects/admin_asking.js", "projects/admin_resembling.js"]

    def get_urls(self) -> list[URLPattern]:
        asked = path(
            "resembling/",
            self.admin_site.admin_view(self.resembling_view),
            name=f"{self.opts.app_label}_{self.opts.model_name}_resembling",
        )
        return [asked, *super().get_urls()]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None and db_field.name in ASKED:
            address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_resembling")
            field.widget.attrs |= {"data-resembling": address, "data-besides": _key_in(request)}
        return field

    def resembling_view(self, request: HttpRequest) -> JsonResponse:
        """The records that what is typed may mean, of those that the person may see."""
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        asked = {name: text_asked(request.GET, name, LONGEST) for name in ASKED}
        found = possible_duplicates(
            request.user,
            self.model,
            [asked["name"], asked["name_zh"]],
            code=asked["uscc"],
            besides=key_asked(request.GET, "besides"),
        )
        rows = [{"label": _label(one), "address": self._address(one)} for one in found]
        return JsonResponse({"sentence": _sentence(found) if found else "", "found": rows})

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        record = form.instance
        if not set(form.changed_data).intersection(ASKED):
            return
        found = possible_duplicates(
            request.user,
            self.model,
            [record.name, record.name_zh],
            code=getattr(record, "uscc", ""),
            besides=record.pk,
        )
        if found:
            messages.warning(request, format_html("{} {}", _sentence(found), self._links(found)))

    def _links(self, found: Iterable[PossibleDuplicate]) -> SafeString:
        links = ((self._address(one), _label(one)) for one in found)
        parting = pgettext("between clauses", "; ")
        return format_html_join(parting, '<a href="{}" target="_blank">{}</a>', links)

    def _address(self, one: PossibleDuplicate) -> str:
        noun = f"admin:{self.opts.app_label}_{self.opts.model_name}_change"
        return reverse(noun, args=[one.record.pk])


def _key_in(request: HttpRequest) -> str:
    match = getattr(request, "resolver_match", None)
    return match.kwargs.get("object_id", "") if match else ""


def _label(one: PossibleDuplicate) -> str:
    record = one.record
    both = " ".join(dict.fromkeys(filter(None, (record.name, record.name_zh))))
    return both + pgettext("in passing", " (%(text)s)") % {"text": record.code}


def _sentence(found: list[PossibleDuplicate]) -> str:
    if found[0].has_same_code:
        return gettext("This social credit code is in the register already:")
    return gettext("Is it already in the register? Similar names:")
