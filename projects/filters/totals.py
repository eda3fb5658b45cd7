"""The filter set of totals: that of projects, and the dimensions to group by."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from projects.models import Basis

from . import base
from .project import ProjectFilterSet


@dataclass(frozen=True)
class Dimension:
    """A dimension of totals: its label, and the filter parameter for one of its keys."""

    label: Any
    parameter: str
    ordered_by_key: bool = False


# `enterprise` groups by the lead enterprise, so that each amount is in one row; links
# filter by `lead` accordingly.
DIMENSIONS = {
    "sector": Dimension(_("Sector"), "sector"),
    "area": Dimension(_("Area"), "area"),
    "year": Dimension(_("Year"), "year", ordered_by_key=True),
    "month": Dimension(_("Month"), "month", ordered_by_key=True),
    "stage": Dimension(_("Stage"), "stage", ordered_by_key=True),
    "origin": Dimension(_("Origin"), "origin"),
    "enterprise": Dimension(_("Lead enterprise"), "lead"),
    "currency": Dimension(_("Currency"), "currency"),
}
DEFAULT_BY = "sector"


class TotalsFilterSet(ProjectFilterSet):
    """Filters projects, with `by` (default: sector), `then` and `basis` (default: contracted).

    Totals are not ordered, so the parameter for that is invalid.
    """

    PAGE = "totals"

    by = base.ChoiceFilter(method="no_op", label=_("by"), choices=DIMENSIONS)
    then = base.ChoiceFilter(method="no_op", label=_("then by"), choices=DIMENSIONS)
    ordering = None

    @property
    def dimensions(self) -> list[str]:
        """One or two keys of DIMENSIONS, of a valid filter set."""
        return [
            by for by in (self.cleaned_data["by"] or DEFAULT_BY, self.cleaned_data["then"]) if by
        ]

    @property
    def requested_basis(self) -> Basis:
        return Basis(self.form.cleaned_data.get("basis") or Basis.CONTRACTED)

    def get_form_class(self) -> Any:
        class TotalsForm(super().get_form_class()):
            def clean(self) -> dict[str, Any]:
                given = super().clean()
                if given.get("then") and given["then"] == (given.get("by") or DEFAULT_BY):
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
