"""Forms for one record: amounts as people write them, and the model's rules at the right field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Self

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from projects import history, money, review
from projects.history import draft_references
from projects.models import (
    Headline,
    Project,
    Qualifier,
    Receipt,
)
from projects.models.amount_parsing import ParsedAmount, parse_amount
from projects.models.text_validation import text_fields

from .edit_conflicts import VersionedModelForm

LONGEST_AMOUNT = 200


@dataclass(frozen=True)
class Reading:
    """An amount as a page shows it back to whoever typed it."""

    amount: Decimal | None
    currency: str
    qualifier: str = Qualifier.EXACT

    @classmethod
    def of(cls, read: ParsedAmount, *, qualified: bool = True) -> Self:
        """What is to be shown of `read`; without a qualifier where its record has none."""
        qualifier = read.qualifier if qualified else Qualifier.EXACT
        return cls(read.amount, read.currency, qualifier)

    @property
    def key(self) -> str:
        """The same for the same meaning: what a form sends back to say that it was shown."""
        if self.amount is None:
            return "undisclosed"
        return f"{self.amount:.2f} {self.currency} {self.qualifier}"

    def __str__(self) -> str:
        """In full and as Chinese counts it: “at least 17,600,000,000.00 CNY = 176亿元”."""
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
class Typed:
    """What an amount's input sent: the text, and the key of the reading shown beside it."""

    text: str
    shown: str = ""


class AmountInput(forms.TextInput):
    """A text input, and beside it how its text is read.

    The key of that reading goes along in a hidden input. Without JavaScript it
    is what the last answer of the server showed; the script shows and replaces
    it while somebody types. `doubted` is the noun whose admin says what is to be
    doubted of it.
    """

    reading: Reading | None = None
    # The key of the record of which it is.
    besides: Any = None

    class Media:
        css = {"screen": ["projects/admin_amount.css"]}
        js = ["projects/admin_asking.js", "projects/admin_amount.js"]

    def __init__(
        self, attrs: dict[str, Any] | None = None, *, negative: bool = False, doubted: str = ""
    ) -> None:
        self.negative = negative
        self.doubted = doubted
        super().__init__({"class": "vTextField amount-input", **(attrs or {})})

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Typed | None:
        text = super().value_from_datadict(data, files, name)
        return None if text is None else Typed(text, data.get(f"{name}-shown", ""))

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        attrs = {
            **(attrs or {}),
            "data-amount-reader": reverse("admin:projects_project_read_amount"),
            "data-amount-negative": "1" if self.negative else "",
        }
        doubts = SafeString("")
        if self.doubted:
            attrs["data-doubting"] = reverse(f"admin:projects_{self.doubted}_doubting")
            attrs["data-besides"] = self.besides or ""
            doubts = SafeString('<div class="amount-doubts" aria-live="polite"></div>')
        shown = self.reading
        # The output says for which input it is by standing beside it: the admin's script, where it
        # adds a row, knows `for` on labels only.
        return format_html(
            '{}<input type="hidden" name="{}-shown" value="{}">'
            '<output class="amount-reading">{}</output>{}',
            super().render(name, value, attrs, renderer),
            name,
            shown.key if shown else "",
            shown if shown and shown.amount is not None else "",
            doubts,
        )


class AmountField(forms.CharField):
    """An amount as people write it. Cleans to what was `Typed`: the form reads it."""

    def __init__(self, *, negative: bool = False, doubted: str = "", **kwargs: Any) -> None:
        kwargs.setdefault("max_length", LONGEST_AMOUNT)
        kwargs.setdefault("widget", AmountInput(negative=negative, doubted=doubted))
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> str | None:
        if isinstance(value, Typed):
            return value.text
        return f"{value:,.2f}" if isinstance(value, Decimal) else value

    def has_changed(self, initial: Any, data: Typed | None) -> bool:
        before = self.prepare_value(initial) or ""
        return not self.disabled and before != (data.text.strip() if data else "")

    def clean(self, value: Typed | None) -> Typed:
        typed = value or Typed("")
        return replace(typed, text=super().clean(typed.text))


class RegisterForm(VersionedModelForm):
    """A form whose autocompletes need no query for what the record already holds.

    `self.instance` brings its relations along (the admin prefetches them). What
    a text may hold is left to the model, which says more than that no null may
    stand in it.
    """

    # Set by `of_user`: for them, the rules of review are checked as well.
    user: Any = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for column in text_fields(type(self.instance)):
            if field := self.fields.get(column.name):
                field.validators = [
                    one
                    for one in field.validators
                    if not isinstance(one, ProhibitNullCharactersValidator)
                ]
        if self.instance.pk is None:
            return
        for name, field in self.fields.items():
            widget = getattr(field.widget, "widget", field.widget)
            if hasattr(widget, "at_hand"):
                widget.at_hand = list(self._related(name))

    @classmethod
    def of_user(cls, user: Any, *, parent: str = "") -> Any:
        """The form for one user; `parent` as in `VersionedModelForm`."""
        return type(cls.__name__, (cls,), {"user": user, "parent": parent})

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.user is not None and not self.errors:
            try:
                self._check_review()
            except ValidationError as error:
                for name, errors in error.update_error_dict({}).items():
                    self.add_error(name if name in self.fields else None, errors)

    def _check_review(self) -> None:
        """Whether the user may write there, and nothing published comes to refer to a draft."""
        if not self.parent:
            review.check_reach(self.user, self.instance)
        if not review.is_proposal(self.user, self.instance):
            review.with_publication_state(self.user, self.instance, {})
            # The record on whose page this is a row checks its own form.
            draft_references.check(self.instance, self.chosen_links(), besides={self.parent})

    def chosen_links(self) -> dict[str, list[Any]]:
        """The records chosen for each many-to-many field of the form."""
        return {
            field.name: list(self.cleaned_data[field.name])
            for field in self.instance._meta.many_to_many
            if field.name in self.cleaned_data
        }

    def _related(self, name: str) -> Iterable[Any]:
        column = self.instance._meta.get_field(name)
        if column.many_to_many:
            return getattr(self.instance, "_prefetched_objects_cache", {}).get(name, ())
        if column.is_relation and column.is_cached(self.instance):
            related = column.get_cached_value(self.instance)
            return [] if related is None else [related]
        return ()


class AmountForm(RegisterForm):
    """A form with an amount that is shown back in full before it is saved.

    What is understood of the text is stored only if it is what the record holds
    already, or what the page showed beside the input. Otherwise the form comes
    back with it, and saving once more confirms it.
    """

    # What these forms look after themselves stands in their Meta: the admin adds the other columns.
    AMOUNT = "amount"
    NEGATIVE = False
    BESIDE = ("currency", "qualifier", "amount_text")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.AMOUNT in self.fields and self.instance.pk is not None:
            self.fields[self.AMOUNT].widget.reading = self._standing()
            self.fields[self.AMOUNT].widget.besides = self.instance.pk

    def _standing(self) -> Reading:
        return Reading(
            getattr(self.instance, self.AMOUNT),
            self.instance.currency,
            getattr(self.instance, "qualifier", Qualifier.EXACT),
        )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        typed = cleaned.get(self.AMOUNT)
        if not isinstance(typed, Typed):
            return cleaned
        # Until the model's own cleaning the instance is as it stands in the database.
        beside = {name: cleaned.get(name, getattr(self.instance, name, "")) for name in self.BESIDE}
        beside["qualifier"] = beside["qualifier"] or Qualifier.EXACT
        try:
            read = parse_amount(
                typed.text, **beside, sent=set(self.changed_data), negative=self.NEGATIVE
            )
        except ValidationError as error:
            self.add_error(self.AMOUNT, error)
            return cleaned
        values = {self.AMOUNT: read.amount, **{name: getattr(read, name) for name in self.BESIDE}}
        cleaned.update({name: value for name, value in values.items() if name in self.fields})
        qualified = hasattr(self.instance, "qualifier")
        self._ask_to_confirm(typed, Reading.of(read, qualified=qualified))
        return cleaned

    def current_data(self, name: str) -> dict[str, list[str]]:
        sent = super().current_data(name)
        if name == self.AMOUNT:
            sent[f"{self.add_prefix(name)}-shown"] = [self._standing().key]
        return sent

    def _ask_to_confirm(self, typed: Typed, reading: Reading) -> None:
        self.fields[self.AMOUNT].widget.reading = reading
        if reading.key not in (typed.shown, self._standing().key):
            self.add_error(
                self.AMOUNT,
                ValidationError(
                    _("This reads as: %(reading)s. Save once more if that is what is meant."),
                    "unconfirmed",
                    {"reading": reading},
                ),
            )


class ProjectForm(AmountForm):
    amount = AmountField(
        label=_("Amount"),
        doubted="project",
        required=False,
        help_text=_(
            "As it was published: 17.6亿元, 5000万元, more than 1 billion yuan, 未披露; or a "
            "plain number in units of the currency below. Empty means undisclosed."
        ),
    )

    class Meta:
        model = Project
        fields = ["amount", "currency", "qualifier", "amount_text", "enterprise", "partners"]

    def _post_clean(self) -> None:
        super()._post_clean()
        if "partners" not in self.cleaned_data:
            return
        try:
            history.check_links(self.instance, partners=self.cleaned_data["partners"])
        except ValidationError as error:
            self.add_error(None, error)


class ReceiptForm(AmountForm):
    NEGATIVE = True

    amount = AmountField(
        label=_("Amount"),
        negative=True,
        doubted="receipt",
        help_text=_("As for a project. Below zero: money returned."),
    )

    class Meta:
        model = Receipt
        fields = ["amount", "currency", "amount_text"]


class HeadlineForm(AmountForm):
    AMOUNT = "value"

    value = AmountField(
        label=_("Value"),
        help_text=_(
            "As it was published: more than 17.6 billion yuan, 超176亿元; or a plain number, of "
            "enterprises or in units of the currency."
        ),
    )

    class Meta:
        model = Headline
        fields = ["value", "currency", "qualifier"]
