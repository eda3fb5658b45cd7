from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .registry import listed_models, plurals
from .user_named import UserNamedModel

# Of each user. A page shows them all.
MOST_VIEWS = 100

Listed = plurals("Listed", listed_models(), "verbose_name_plural")


class SavedView(UserNamedModel):
    """One row is the filters of a list that a user has saved under a name.

    A bookmark of that user alone. It shows nothing that its address does not show, so
    that there is neither history nor an entry in the audit log.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="saved_views",
        verbose_name=_("user"),
    )
    listed = models.CharField(_("list"), max_length=20, choices=Listed)
    query = models.CharField(_("filters"), max_length=2000, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        ordering = ["listed", "name_key"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name_key"],
                name="savedview_name_once",
                violation_error_message=_("You have a view of this name."),
            )
        ]

    def clean(self) -> None:
        super().clean()
        others = type(self).objects.filter(user=self.user_id).exclude(pk=self.pk)
        if self._state.adding and others.count() >= MOST_VIEWS:
            raise ValidationError(
                _("You have %(most)s saved views, which is the limit: delete one first."),
                "too_many",
                {"most": MOST_VIEWS},
            )

    def get_absolute_url(self) -> str:
        return reverse(self.listed) + (f"?{self.query}" if self.query else "")

    def validate_and_save(self, **options: Any) -> None:
        """Raises ValidationError if a rule is broken; then nothing is written."""
        self.full_clean()
        self.save(**options)
