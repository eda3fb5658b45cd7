from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from projects import data_quality
from projects.filters import HeadlineFilterSet
from projects.models import Area, Headline, Zone
from projects.totals import reconciliation

from .amount_fields import AmountReading
from .forms import HeadlineForm
from .list_filters import filter_by, filter_by_state, records_of
from .register import RegisterAdmin


@admin.register(Headline)
class HeadlineAdmin(RegisterAdmin):
    form = HeadlineForm
    list_display = ["code", "what", "about", "as_of", "figure", "source", "updated_at", "state"]
    list_display_links = ["code", "what"]
    list_filter = [
        filter_by_state(HeadlineFilterSet),
        "what",
        "basis",
        filter_by(HeadlineFilterSet, "zone", records_of(Zone)),
        filter_by(HeadlineFilterSet, "area", records_of(Area)),
        filter_by(HeadlineFilterSet, "source"),
    ]
    list_select_related = ["zone", "area", "source"]
    search_fields = ["code", "scope", "scope_zh", "quote", "source__title"]
    search_help_text = _("Code, scope in words, quoted words, title of the source.")
    autocomplete_fields = ["zone", "area", "source"]
    kept_for_another = ["zone", "area", "source"]
    fieldsets = [
        (None, {"fields": ["code", "what", "as_of"]}),
        (
            _("Of what"),
            {
                "fields": ["zone", "area", ("scope", "scope_zh")],
                "description": _("A zone, an area, or another scope in words: exactly one."),
            },
        ),
        (_("Figure"), {"fields": ["value", ("currency", "qualifier"), "basis"]}),
        (None, {"fields": ["source", "quote", "note"]}),
    ]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if {"value", "currency"}.isdisjoint(form.changed_data):
            return
        [found] = reconciliation.reconcile([form.instance], request.user)
        for sentence in data_quality.OutlierDetector.headline(form.instance, found.itemised):
            messages.warning(request, sentence)

    @admin.display(description=_("scope"))
    def about(self, headline: Headline) -> str:
        return str(headline.area or headline.zone or headline.scope)

    @admin.display(description=_("figure"), ordering="value")
    def figure(self, headline: Headline) -> str:
        return str(AmountReading(headline.value, headline.currency, headline.qualifier))
