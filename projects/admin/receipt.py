from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from projects.filters import ReceiptFilterSet
from projects.models import Receipt

from .amount_fields import AmountReading
from .forms import ReceiptForm
from .list_filters import filter_by, filter_by_state
from .outlier_warnings import RECEIPT_OUTLIERS, warn_of_receipts
from .register import RegisterAdmin


@admin.register(Receipt)
class ReceiptAdmin(RegisterAdmin):
    form = ReceiptForm
    live_checks = [RECEIPT_OUTLIERS]
    list_display = ["received_on", "project", "received", "source", "updated_at", "state"]
    list_filter = [
        filter_by_state(ReceiptFilterSet),
        "received_on",
        filter_by(ReceiptFilterSet, "project"),
        filter_by(ReceiptFilterSet, "currency"),
        filter_by(ReceiptFilterSet, "source"),
    ]
    list_select_related = ["project", "source"]
    search_fields = ["project__search_key", "amount_text", "note"]
    search_help_text = _("Project in either script or in pinyin, amount as published, note.")
    autocomplete_fields = ["project", "source"]
    kept_for_another = ["project", "source"]
    fieldsets = [
        (None, {"fields": ["project", "received_on", "amount", "currency", "amount_text"]}),
        (None, {"fields": ["source", "note"]}),
    ]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        warn_of_receipts(request, [form])

    @admin.display(description=_("amount"), ordering="amount")
    def received(self, receipt: Receipt) -> str:
        return str(AmountReading(receipt.amount, receipt.currency))
