"""The sectors of a project with their shares, as rows on its page."""

from __future__ import annotations

from contextlib import suppress
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst

from projects import history
from projects.i18n.languages import join_list
from projects.models import ProjectSector, Sector

from .autocomplete import AutocompleteInline
from .edit_conflicts import VERSION, FieldDifference, in_words, keep_rows, shown_values
from .forms import RegisterForm

# The key of a sector and its share, or the text of a share that is not valid.
Row = tuple[str, Decimal | str | None]


class ShareForm(RegisterForm):
    """One sector of a project, with its share."""

    class Meta:
        model = ProjectSector
        fields = ["sector", "share"]

    def current_version(self) -> str:
        # The version of the project covers its sectors.
        return ""

    def _get_validation_exclusions(self) -> set[str]:
        # That a project names each sector once is checked by the formset: checked row by row
        # against the database, two rows could never change places.
        return super()._get_validation_exclusions() | {"project"}


class SharesFormSet(forms.BaseInlineFormSet):
    """The sectors of one project, checked and written as a whole.

    A submitted row is a sector and a share, not a row of the table: those get new keys
    whenever the sectors change. If the project was changed meanwhile, sectors that were left
    alone take their current values.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.differences: list[FieldDifference] = []
        if not self.data or not self.management_form.is_valid():
            return
        if self.total_form_count() > self.max_num:
            # Refused as it is.
            return
        rows = self._submitted()
        version = self.data.get(VERSION, "")
        if self.instance.pk is not None and version != str(self.instance.version):
            rows = self._compared(rows, version)
        keep_rows(self, [], initial=0, total=len(rows) + self.extra)
        data: Any = self.data
        for index, (sector, share) in enumerate(rows):
            data[f"{self.prefix}-{index}-sector"] = sector
            data[f"{self.prefix}-{index}-share"] = "" if share is None else str(share)

    def _submitted(self) -> list[Row]:
        """The rows as submitted, without empty and deleted ones."""
        rows = []
        fields = self.form.base_fields
        for index in range(self.total_form_count()):
            prefix = self.add_prefix(index)
            sector, share = (
                fields[name].widget.value_from_datadict(self.data, {}, f"{prefix}-{name}")
                for name in ("sector", "share")
            )
            if (sector or share) and not self.data.get(f"{prefix}-DELETE"):
                with suppress(ValidationError):
                    share = fields["share"].clean(share)
                rows.append((str(sector or ""), share))
        return rows

    def _compared(self, yours: list[Row], version: str) -> list[Row]:
        """The rows to show after the project was changed; notes how the sectors differ."""
        now: list[Row] = [(str(row.sector_id), row.share) for row in self.get_queryset()]
        if set(now) == set(yours):
            return yours
        shown = shown_values(self.instance, version)
        is_untouched = shown is not None and set(yours) == {
            (str(sector.pk), share) for sector, share in shown["sectors"]
        }
        label = capfirst(str(self.instance._meta.get_field("sectors").verbose_name))
        words = self._in_words(now), self._in_words(yours)
        self.differences.append(FieldDifference(label, *words, is_untouched))
        return now if is_untouched else yours

    def _in_words(self, rows: list[Row]) -> str:
        fields = self.form.base_fields
        texts = (
            f"{in_words(fields['sector'], sector)} {in_words(fields['share'], share)}"
            for sector, share in rows
        )
        return join_list(text.removesuffix(" —") for text in texts) or "—"

    def shares(self) -> list[tuple[Sector, Decimal | None]]:
        return [
            (form.cleaned_data["sector"], form.cleaned_data["share"])
            for form in self.forms
            if form.cleaned_data.get("sector")
        ]

    def clean(self) -> None:
        super().clean()
        if any(self.errors):
            return
        try:
            history.check_links(self.instance, sectors=self.shares())
        except ValidationError as error:
            raise ValidationError(error.error_dict["sectors"]) from error

    def save(self, commit: bool = True) -> list[Any]:
        """List for the admin's log what is added and removed; `review.submit` writes it."""
        before = {(row.sector, row.share) for row in self.get_queryset()}
        after = set(self.shares())
        self.new_objects = [ProjectSector(sector=one, share=share) for one, share in after - before]
        self.deleted_objects = [
            ProjectSector(sector=one, share=share) for one, share in before - after
        ]
        self.changed_objects = []
        return []


class ShareInline(AutocompleteInline):
    model = ProjectSector
    form = ShareForm
    formset = SharesFormSet
    # Without JavaScript these are the rows that can be added at a time.
    extra = 3
    fields = ["sector", "share"]
    autocomplete_fields = ["sector"]

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """Without links to pages of sectors: Tab and Enter would leave the form by them."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        for verb in ("add", "change", "delete", "view"):
            setattr(field.widget, f"can_{verb}_related", False)
        return field

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return super().get_queryset(request).select_related("sector")

    # The sectors are a part of the project: who may change it may change them.

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return True

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        verb = "add" if obj is None else "change"
        return request.user.has_perm(f"projects.{verb}_project")

    has_add_permission = has_delete_permission = has_change_permission
