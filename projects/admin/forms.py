"""Forms for one record: amounts as people write them, and the model's rules at the right field."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import ProhibitNullCharactersValidator
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from projects import history, review
from projects.models import Enterprise, Headline, Project, Qualifier, Receipt
from projects.models.amount_parsing import parse_amount
from projects.models.generated_codes import (
    code_from_name,
    last_number,
    project_code,
    project_code_prefix,
)
from projects.models.text_validation import text_fields

from .amount_fields import AmountField, AmountReading, TypedAmount
from .edit_conflicts import VersionedModelForm

# The fields by which possible duplicates are found.
DUPLICATE_FIELDS = ("name", "name_zh", "uscc")


class RegisterForm(VersionedModelForm):
    """A form for a record of the register.

    Its autocompletes show related records without a query, since the admin prefetches them for
    `self.instance`.
    """

    # Set by `of_user`: the rules of review are then checked for them.
    user: Any = None
    # What became of the record, once the admin has saved it.
    submission: review.Submitted | None = None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for column in text_fields(type(self.instance)):
            if field := self.fields.get(column.name):
                # The model's own check of texts has a better message.
                field.validators = [
                    one
                    for one in field.validators
                    if not isinstance(one, ProhibitNullCharactersValidator)
                ]
        if self.instance.pk is None:
            return
        for name, field in self.fields.items():
            widget = getattr(field.widget, "widget", field.widget)
            if hasattr(widget, "loaded"):
                widget.loaded = list(self._related(name))

    @classmethod
    def of_user(cls, user: Any, *, parent: str = "") -> Any:
        """The form for one user; `parent` as in `VersionedModelForm`."""
        return type(cls.__name__, (cls,), {"user": user, "parent": parent})

    def _post_clean(self) -> None:
        super()._post_clean()
        if self.user is not None and not self.errors:
            try:
                review.check_form(self.user, self.instance, self.chosen_links(), parent=self.parent)
            except ValidationError as error:
                for name, errors in error.update_error_dict({}).items():
                    self.add_error(name if name in self.fields else None, errors)

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


class NamedForm(RegisterForm):
    """A form whose names are checked for duplicates while they are typed.

    A new record without a code gets one.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        address = reverse(f"admin:projects_{self.instance._meta.model_name}_duplicates")
        for name in self.fields.keys() & set(DUPLICATE_FIELDS):
            attrs = {"data-duplicates": address, "data-exclude": self.instance.pk or ""}
            self.fields[name].widget.attrs |= attrs
        if self.instance.pk is None and "code" in self.fields:
            self.fields["code"].required = False
            self.fields["code"].help_text = _("Leave empty to generate one.")

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        if cleaned.get("code") == "":
            cleaned["code"] = self.new_code(cleaned)
        return cleaned

    def new_code(self, cleaned: dict[str, Any]) -> str:
        raise NotImplementedError


class AmountForm(RegisterForm):
    """A form with an amount that is shown back in full before it is saved.

    A reading is saved if it is that of the stored amount, or if the page had shown it, as the
    hidden input of the amount tells. Otherwise the form comes back with a notice, and
    saving again confirms the reading.
    """

    AMOUNT = "amount"
    NEGATIVE = False
    # Fields that the text of the amount may set, as far as the form has them.
    PARSED_FIELDS = ("currency", "qualifier", "amount_text")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.confirmation = ""
        if self.AMOUNT in self.fields and self.instance.pk is not None:
            self.fields[self.AMOUNT].widget.reading = self._stored()
            self.fields[self.AMOUNT].widget.exclude = self.instance.pk

    def _stored(self) -> AmountReading:
        return AmountReading(
            getattr(self.instance, self.AMOUNT),
            self.instance.currency,
            getattr(self.instance, "qualifier", Qualifier.EXACT),
        )

    def current_data(self, name: str) -> dict[str, list[str]]:
        data = super().current_data(name)
        if name == self.AMOUNT:
            data[f"{self.add_prefix(name)}-shown"] = [self._stored().key]
        return data

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or self.cleaned_data
        typed = cleaned.get(self.AMOUNT)
        if not isinstance(typed, TypedAmount):
            return cleaned
        # Until the model's own cleaning the instance is as it was read from the database.
        current = {
            name: cleaned.get(name, getattr(self.instance, name, "")) for name in self.PARSED_FIELDS
        }
        current["qualifier"] = current["qualifier"] or Qualifier.EXACT
        try:
            parsed = parse_amount(
                typed.text, **current, sent=set(self.changed_data), negative=self.NEGATIVE
            )
        except ValidationError as error:
            self.add_error(self.AMOUNT, error)
            return cleaned
        values = {self.AMOUNT: parsed.amount}
        values |= {name: getattr(parsed, name) for name in self.PARSED_FIELDS}
        cleaned.update({name: value for name, value in values.items() if name in self.fields})
        qualified = hasattr(self.instance, "qualifier")
        self._confirm(typed, AmountReading.of(parsed, qualified=qualified))
        return cleaned

    def _confirm(self, typed: TypedAmount, reading: AmountReading) -> None:
        widget = self.fields[self.AMOUNT].widget
        widget.reading = reading
        if reading.key not in (typed.shown, self._stored().key):
            sentence = gettext("“%(text)s” is read as %(reading)s. Save again to confirm.")
            self.confirmation = sentence % {"text": typed.text, "reading": reading}
            widget.confirmation = self.confirmation

    def is_valid(self) -> bool:
        """Whether the form can be saved: not before its amount is confirmed, which is no error."""
        return super().is_valid() and not self.confirmation


class ProjectForm(NamedForm, AmountForm):
    amount = AmountField(
        label=_("Amount"),
        outliers="project",
        required=False,
        help_text=_(
            "As published: 17.6亿元, 5000万元, more than 1 billion yuan, 未披露; or a plain number "
            "in units of the currency below. Leave empty if undisclosed."
        ),
    )

    class Meta:
        model = Project
        fields = ["amount", "currency", "qualifier", "amount_text", "enterprise", "partners"]

    def new_code(self, cleaned: dict[str, Any]) -> str:
        area = cleaned.get("area")
        day = cleaned.get("signed_on") or cleaned.get("intended_on")
        prefix = project_code_prefix(area.code if area else "", day)
        return project_code(prefix, last_number(Project, prefix) + 1)

    def _post_clean(self) -> None:
        super()._post_clean()
        if "partners" not in self.cleaned_data:
            return
        try:
            history.check_links(self.instance, partners=self.cleaned_data["partners"])
        except ValidationError as error:
            self.add_error(None, error)


class EnterpriseForm(NamedForm):
    class Meta:
        model = Enterprise
        fields: list[str] = []

    def new_code(self, cleaned: dict[str, Any]) -> str:
        name = cleaned.get("name") or cleaned.get("name_zh") or ""
        return code_from_name(name, "enterprise", Enterprise.objects.has_code)


class ReceiptForm(AmountForm):
    NEGATIVE = True

    amount = AmountField(
        label=_("Amount"),
        negative=True,
        outliers="receipt",
        help_text=_("As for a project. Negative for money returned."),
    )

    class Meta:
        model = Receipt
        fields = ["amount", "currency", "amount_text"]


class HeadlineForm(AmountForm):
    AMOUNT = "value"

    value = AmountField(
        label=_("Value"),
        help_text=_(
            "As published: more than 17.6 billion yuan, 超176亿元; or a plain number, of "
            "enterprises or in units of the currency."
        ),
    )

    class Meta:
        model = Headline
        fields = ["value", "currency", "qualifier"]
