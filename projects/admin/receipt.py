from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from projects.filters import ReceiptQuestion
from projects.forms import Reading, ReceiptForm
from projects.models import Receipt

from .base import RegisterAdmin, ask, by_state


@admin.register(Receipt)
class ReceiptAdmin(RegisterAdmin):
    form = ReceiptForm
    list_display = ["received_on", "project", "received", "source", "updated_at", "state"]
    list_filter = [
        by_state(ReceiptQuestion),
        "received_on",
        ask(ReceiptQuestion, "project"),
        ask(ReceiptQuestion, "currency"),
        ask(ReceiptQuestion, "source"),
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

    @admin.display(description=_("amount"), ordering="amount")
    def received(self, receipt: Receipt) -> str:
        return str(Reading(receipt.amount, receipt.currency))
