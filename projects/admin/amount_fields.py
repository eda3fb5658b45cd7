"""Amounts as people write them, shown back in full before they are saved."""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Self

from django import forms
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from projects import money
from projects.models import Qualifier
from projects.models.amount_parsing import ParsedAmount

MAX_AMOUNT_LENGTH = 200


@dataclass(frozen=True)
class AmountReading:
    """An amount as a page shows it back to the user who typed it."""

    amount: Decimal | None
    currency: str
    qualifier: str = Qualifier.EXACT

    @classmethod
    def of(cls, parsed: ParsedAmount, *, qualified: bool = True) -> Self:
        """The reading of a parsed text; without a qualifier where its record has none."""
        qualifier = parsed.qualifier if qualified else Qualifier.EXACT
        return cls(parsed.amount, parsed.currency, qualifier)

    @property
    def key(self) -> str:
        """Equal for equal readings. A form sends it back to tell that this reading was shown."""
        if self.amount is None:
            return "undisclosed"
        return f"{self.amount:.2f} {self.currency} {self.qualifier}"

    def __str__(self) -> str:
        """In full and with Chinese units: “at least 17,600,000,000.00 CNY = 176亿元”."""
        if self.amount is None:
            return gettext("undisclosed")
        in_full = (
            money.in_full(self.amount, self.currency)
            if self.currency
            else f"{self.amount:,.2f}".removesuffix(".00")
        )
        if self.qualifier == Qualifier.EXACT:
            return in_full
        return f"{Qualifier(self.qualifier).label} {in_full}"


@dataclass(frozen=True)
class TypedAmount:
    """What the input of an amount sent: the text, and the key of the reading shown with it."""

    text: str
    shown: str = ""


class AmountInput(forms.TextInput):
    """A text input with the reading of its text below it, and its key in a hidden input.

    Without JavaScript that is the reading in the server's last answer; the script replaces it
    while a user types. `outliers` is the model whose admin checks the amount for outliers.
    """

    reading: AmountReading | None = None
    # A sentence that asks the user to confirm the reading.
    confirmation = ""
    # The key of the record that the amount belongs to, which is no peer of its own.
    exclude: Any = None

    class Media:
        css = {"screen": ["projects/admin_amount.css"]}
        js = ["projects/admin_requests.js", "projects/admin_amount.js"]

    def __init__(
        self, attrs: dict[str, Any] | None = None, *, negative: bool = False, outliers: str = ""
    ) -> None:
        self.negative = negative
        self.outliers = outliers
        super().__init__({"class": "vTextField amount-input", **(attrs or {})})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> TypedAmount | None:
        text = super().value_from_datadict(data, files, name)
        return None if text is None else TypedAmount(text, data.get(f"{name}-shown", ""))

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        attrs = {
            **(attrs or {}),
            "data-amount-reader": reverse("admin:projects_project_read_amount"),
            "data-amount-negative": "1" if self.negative else "",
        }
        warnings = SafeString("")
        if self.outliers:
            attrs["data-outliers"] = reverse(f"admin:projects_{self.outliers}_outliers")
            attrs["data-exclude"] = self.exclude or ""
            warnings = SafeString('<div class="amount-warnings" aria-live="polite"></div>')
        shown = self.reading
        text = self.confirmation or (shown if shown and shown.amount is not None else "")
        # No `for`: where a row is added, the admin's script renumbers that of labels only.
        return format_html(
            '{}<input type="hidden" name="{}-shown" value="{}">'
            '<output class="amount-reading{}">{}</output>{}',
            super().render(name, value, attrs, renderer),
            name,
            shown.key if shown else "",
            " amount-unconfirmed" if self.confirmation else "",
            text,
            warnings,
        )


class AmountField(forms.CharField):
    """An amount as people write it. Cleans to a `TypedAmount`, which the form reads."""

    def __init__(self, *, negative: bool = False, outliers: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("max_length", MAX_AMOUNT_LENGTH)
        kwargs.setdefault("widget", AmountInput(negative=negative, outliers=outliers))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> str | None:
        if isinstance(value, TypedAmount):
            return value.text
        return f"{value:,.2f}" if isinstance(value, Decimal) else value

    def has_changed(self, initial: Any, data: TypedAmount | None) -> bool:
        before = self.prepare_value(initial) or ""
        return not self.disabled and before != (data.text.strip() if data else "")

    def clean(self, value: TypedAmount | None) -> TypedAmount:
        typed = value or TypedAmount("")
        return replace(typed, text=super().clean(typed.text))
