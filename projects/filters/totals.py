"""The question to the totals: one to projects, and how their sums are to be grouped."""

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
    """A way to group: its label, and the parameter by which a list asks for one of its keys."""

    label: Any
    parameter: str
    ordered_by_key: bool = False


# `enterprise` groups by the lead enterprise, so that each amount falls to one row;
# a link to such a row therefore asks for the lead.
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
BY = tuple(DIMENSIONS)


class TotalsFilterSet(ProjectFilterSet):
    """As to projects, with `by` (sector unless said), `then` and `basis` (contracted unless said).

    Lists are cut and put in order; totals are neither, so the parameters for
    that are unknown here.
    """

    NON_FILTER_PARAMETERS = frozenset()
    PAGE = "totals"

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
