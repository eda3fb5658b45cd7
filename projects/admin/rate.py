from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from projects.filters import RateFilterSet
from projects.models import ExchangeRate

from .list_filters import filter_by
from .register import RegisterAdmin


@admin.register(ExchangeRate)
class ExchangeRateAdmin(RegisterAdmin):
    list_display = ["quoted_on", "from_currency", "to_currency", "rate", "source", "updated_at"]
    list_filter = [
        "quoted_on",
        filter_by(RateFilterSet, "from_currency"),
        filter_by(RateFilterSet, "to_currency"),
        filter_by(RateFilterSet, "source"),
    ]
    list_select_related = ["source"]
    search_fields = ["from_currency", "to_currency", "source__title"]
    search_help_text = _("Currency, title of the source.")
    autocomplete_fields = ["source"]
    kept_for_another = ["from_currency", "to_currency", "source"]
    fieldsets = [
        (None, {"fields": [("from_currency", "to_currency"), "rate", "quoted_on", "source"]}),
    ]
