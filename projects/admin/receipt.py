from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from projects import data_quality
from projects.filters import ReceiptFilterSet
from projects.models import Receipt

from .base import RegisterAdmin, ask, by_state
from .forms import Reading, ReceiptForm
from .outlier_warnings import DoubtingAdmin, doubts_of_receipt

AMOUNT = frozenset({"amount", "currency"})


def warn_of_receipts(
    request: HttpRequest, forms: Sequence[Any], *, all_of_them: bool = False
) -> None:
    """Say what is to be doubted of the amounts that were typed in some of the forms of a project.

    All of them are held against each other, as they stand now. `all_of_them`: what they
    are a part of was typed as well.
    """
    stated = [form for form in forms if form.instance.amount is not None]
    changed = [all_of_them or not AMOUNT.isdisjoint(form.changed_data) for form in stated]
    if not any(changed):
        return
    told = data_quality.OutlierDetector.of(request.user).receipts(
        [form.instance for form in stated]
    )
    for is_changed, sentences in zip(changed, told, strict=True):
        for sentence in sentences if is_changed else ():
            messages.warning(request, sentence)


@admin.register(Receipt)
class ReceiptAdmin(DoubtingAdmin, RegisterAdmin):
    form = ReceiptForm
    list_display = ["received_on", "project", "received", "source", "updated_at", "state"]
    list_filter = [
        by_state(ReceiptFilterSet),
        "received_on",
        ask(ReceiptFilterSet, "project"),
        ask(ReceiptFilterSet, "currency"),
        ask(ReceiptFilterSet, "source"),
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

    def doubts_of(self, user: Any, asked: QueryDict) -> list[str]:
        return doubts_of_receipt(user, asked)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        warn_of_receipts(request, [form])

    @admin.display(description=_("amount"), ordering="amount")
    def received(self, receipt: Receipt) -> str:
        return str(Reading(receipt.amount, receipt.currency))
