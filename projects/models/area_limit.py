from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .area import Area


class AreaLimit(models.Model):
    """One row is one area to which a person is limited; without any they are not limited.

    Whoever is limited sees drafts of these areas only, and writes nothing that
    belongs to others; see `rights`.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="area_limits", verbose_name=_("user")
    )
    area = models.ForeignKey(Area, models.CASCADE, related_name="+", verbose_name=_("area"))

    class Meta:
        verbose_name = _("limit to an area")
        verbose_name_plural = _("limits to areas")
        ordering = ["area__code"]
        # Given together with the person's other rights.
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["user", "area"],
                name="arealimit_once",
                violation_error_message=_("This person is limited to this area already."),
            )
        ]

    def __str__(self) -> str:
        return str(self.area)
