from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from .area import Area


class AreaLimit(models.Model):
    """One row is one area to which a user is limited; a user without rows is not limited.

    A limited user sees drafts of these areas only, and cannot write records of
    other areas; see `permissions`.
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
