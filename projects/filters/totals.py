"""The question to the totals: one to projects, and how their sums are to be grouped."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from projects.models import Basis

from . import base
from .project import ProjectFilterSet

BY = ("sector", "area", "year", "month", "stage", "origin", "enterprise", "currency")


class TotalsFilterSet(ProjectFilterSet):
    """As to projects, with `by` (sector unless said), `then` and `basis` (contracted unless said).

    Lists are cut and put in order; totals are neither, so the parameters for
    that are unknown here.
    """

    NON_FILTER_PARAMETERS = frozenset()

    by = base.ChoiceFilter(method="no_op", label=_("by"), choices=BY)
    then = base.ChoiceFilter(method="no_op", label=_("then by"), choices=BY)
    ordering = None

    @property
    def dimensions(self) -> list[str]:
        """One or two of BY, for a valid question."""
        return [by for by in (self.cleaned_data["by"] or BY[0], self.cleaned_data["then"]) if by]

    @property
    def requested_basis(self) -> Basis:
        return Basis(self.form.cleaned_data.get("basis") or Basis.CONTRACTED)

    def get_form_class(self) -> Any:
        class TotalsForm(super().get_form_class()):
            def clean(self) -> dict[str, Any]:
                given = super().clean()
                if given.get("then") and given["then"] == (given.get("by") or BY[0]):
                    raise ValidationError(
                        {
                            "then": _("“%(value)s” is already in “by”: choose another dimension.")
                            % {"value": given["then"]}
                        }
                    )
                return given

        return TotalsForm

    def active_parameters(self) -> dict[str, list[str]]:
        return {
            name: values
            for name, values in super().active_parameters().items()
            if name not in ("by", "then")
        }
