from django.db import models
from django.utils.translation import gettext_lazy as _

from .base import RegisterOptions
from .history import RegisterHistory
from .sourced import SourcedModel


class Sector(SourcedModel):
    """One row is one sector of the economy.

    Each code in a published classification has the version of its scheme, as letters
    differ between schemes: G is trade in ISIC Rev.4, transport in GB/T 4754-2017. A
    blank code means that the scheme has no class for the sector.
    """

    gbt4754_code = models.CharField(
        _("GB/T 4754 code"), max_length=40, blank=True, help_text=_("For example: F 51–52.")
    )
    gbt4754_version = models.CharField(
        _("GB/T 4754 version"), max_length=10, blank=True, help_text=_("For example: 2017.")
    )
    isic_code = models.CharField(
        _("ISIC code"), max_length=40, blank=True, help_text=_("For example: G 46–47.")
    )
    isic_version = models.CharField(
        _("ISIC version"), max_length=10, blank=True, help_text=_("For example: Rev.4.")
    )

    register = RegisterOptions("sector", "sectors")

    history = RegisterHistory(m2m_fields=["sources"])

    class Meta(SourcedModel.Meta):
        verbose_name = _("sector")
        verbose_name_plural = _("sectors")
        ordering = ["code"]
        constraints = [
            *SourcedModel.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(gbt4754_code="") | ~models.Q(gbt4754_version=""),
                name="sector_gbt4754_has_version",
                violation_error_message=_("Say which version of GB/T 4754 the code is of."),
            ),
            models.CheckConstraint(
                condition=models.Q(isic_code="") | ~models.Q(isic_version=""),
                name="sector_isic_has_version",
                violation_error_message=_("Say which version of ISIC the code is of."),
            ),
        ]
