from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from .base import RegisterOptions
from .history import RegisterHistory
from .sourced import SourcedModel
from .zone import Zone


class Area(SourcedModel):
    """One row is one area (片区) of a zone, where enterprises and projects are."""

    zone = models.ForeignKey(Zone, models.PROTECT, related_name="areas", verbose_name=_("zone"))
    size_km2 = models.DecimalField(
        _("size (km²)"), max_digits=10, decimal_places=2, null=True, blank=True
    )
    unveiled_on = models.DateField(_("unveiled on"), null=True, blank=True)
    focus = models.TextField(_("focus industries"), blank=True)
    focus_zh = models.TextField(_("focus industries (Chinese)"), blank=True)

    register = RegisterOptions("area", "areas", menu_position=3, reportable=True)
    AREA = "pk"

    history = RegisterHistory(m2m_fields=["sources"])

    class Meta(SourcedModel.Meta):
        verbose_name = _("area")
        verbose_name_plural = _("areas")
        ordering = ["code"]
        constraints = [
            *SourcedModel.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(size_km2__isnull=True) | models.Q(size_km2__gt=0),
                name="area_size_positive",
                violation_error_message=_("The size must be above 0 km²."),
            ),
        ]

    def area_key(self) -> int | None:
        return self.pk

    def get_absolute_url(self) -> str:
        return reverse("area", args=[self.code])
