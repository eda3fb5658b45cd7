from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from projects.filters import RateFilterSet
from projects.models import ExchangeRate

from .base import RegisterAdmin, ask


@admin.register(ExchangeRate)
class ExchangeRateAdmin(RegisterAdmin):
    list_display = ["quoted_on", "from_currency", "to_currency", "rate", "source", "updated_at"]
    list_filter = [
        "quoted_on",
        ask(RateFilterSet, "from_currency"),
        ask(RateFilterSet, "to_currency"),
        ask(RateFilterSet, "source"),
    ]
    list_select_related = ["source"]
    search_fields = ["from_currency", "to_currency", "source__title"]
    search_help_text = _("Currency, title of the source.")
    autocomplete_fields = ["source"]
    kept_for_another = ["from_currency", "to_currency", "source"]
    fieldsets = [
        (None, {"fields": [("from_currency", "to_currency"), "rate", "quoted_on", "source"]}),
    ]
