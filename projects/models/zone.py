from django.db import models
from django.utils.translation import gettext_lazy as _

from .base import RegisterOptions
from .history import RegisterHistory
from .sourced import SourcedModel


class Zone(SourcedModel):
    """One row is one free trade zone."""

    established_on = models.DateField(_("established on"), null=True, blank=True)
    size_km2 = models.DecimalField(
        _("size (km²)"), max_digits=10, decimal_places=2, null=True, blank=True
    )

    register = RegisterOptions("zone", "zones")

    history = RegisterHistory(m2m_fields=["sources"])

    class Meta(SourcedModel.Meta):
        verbose_name = _("zone")
        verbose_name_plural = _("zones")
        ordering = ["code"]
        constraints = [
            *SourcedModel.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(size_km2__isnull=True) | models.Q(size_km2__gt=0),
                name="zone_size_positive",
                violation_error_message=_("The size must be above 0 km²."),
            ),
        ]
