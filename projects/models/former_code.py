from django.db import models
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .enterprise import Enterprise
from .fields import CodeField, user_field


class FormerCode(models.Model):
    """One row is the code of an enterprise that was merged into another one.

    Addresses, filters and files with it find `enterprise`, which is the last of a chain
    of merges. Only `projects.review.merge` adds rows.
    """

    code = CodeField(unique=True)
    enterprise = models.ForeignKey(
        Enterprise,
        models.CASCADE,
        related_name="former_codes",
        verbose_name=_("enterprise"),
    )
    moved_at = models.DateTimeField(_("moved at"), default=timezone.now)
    user = user_field(_("user"))

    class Meta:
        verbose_name = _("former code")
        verbose_name_plural = _("former codes")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                Lower("code"),
                name="formercode_code_unique",
                violation_error_message=_("Another enterprise had this code (ignoring case)."),
            )
        ]

    def __str__(self) -> str:
        return self.code
