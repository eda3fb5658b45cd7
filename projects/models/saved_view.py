from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from projects import names

from .registry import listed_models, plurals
from .text_validation import TextValidationMixin

NAME_TAKEN = _("You have a view of this name.")
# Of each user. A page shows them all.
MOST_VIEWS = 100


Listed = plurals("Listed", listed_models(), "verbose_name_plural")


class SavedView(TextValidationMixin):
    """One row is one question to a list, kept by a user under a name.

    A bookmark of that person alone: it opens nothing that its address does not
    open, so that neither history nor the audit log speaks of it. `name_key` is
    the name as readers tell names apart.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="saved_views",
        verbose_name=_("user"),
    )
    listed = models.CharField(_("list"), max_length=20, choices=Listed)
    name = models.CharField(_("name"), max_length=100)
    name_key = models.CharField(max_length=400, editable=False)
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
                violation_error_message=NAME_TAKEN,
            )
        ]

    def __str__(self) -> str:
        return self.name

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        self.name = self.name.strip()
        self.name_key = names.unique_form(self.name)[:400]
        super().clean_fields(exclude)

    def clean(self) -> None:
        super().clean()
        others = type(self).objects.filter(user=self.user_id).exclude(pk=self.pk)
        if self._state.adding and others.count() >= MOST_VIEWS:
            raise ValidationError(
                _("You have %(most)s saved views, which is the limit: delete one first."),
                "too_many",
                {"most": MOST_VIEWS},
            )

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        """A name that is refused is not looked for: the database may not take its characters."""
        excluded = set(exclude or ())
        super().validate_constraints(excluded | ({"name_key"} if "name" in excluded else set()))

    def get_absolute_url(self) -> str:
        return reverse(self.listed) + (f"?{self.query}" if self.query else "")

    def validate_and_save(self, **options: Any) -> None:
        """Raises a ValidationError for whatever the rules forbid, and writes nothing then."""
        self.full_clean()
        self.save(**options)
