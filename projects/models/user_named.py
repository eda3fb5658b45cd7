"""Records that a user keeps under names of their own."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

from projects import names

from .text_validation import TextValidationMixin


class UserNamedModel(TextValidationMixin):
    """A record of a user, whose names differ by more than case, width and spaces.

    `name_key` is the name without these differences. Subclasses have a field `user` and
    one constraint, that `user` and `name_key` are unique together.
    """

    user: Any
    name = models.CharField(_("name"), max_length=100)
    name_key = models.CharField(max_length=400, editable=False)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def clean_fields(self, exclude: Collection[str] | None = None) -> None:
        self.name = self.name.strip()
        self.name_key = names.unique_form(self.name)[:400]
        super().clean_fields(exclude)

    def validate_unique(self, exclude: Collection[str] | None = None) -> None:
        """Report a name that is taken at its field. One query."""
        super().validate_unique(exclude)
        # A name that is refused is not looked up: the database may not take its characters.
        if exclude and "name" in exclude:
            return
        others = type(self)._default_manager.filter(user=self.user_id, name_key=self.name_key)
        if others.exclude(pk=self.pk).exists():
            (constraint,) = self._meta.constraints
            message: Any = constraint.violation_error_message
            raise ValidationError({"name": ValidationError(message, "unique")})

    def validate_constraints(self, exclude: Collection[str] | None = None) -> None:
        # `validate_unique` has checked it.
        super().validate_constraints({*(exclude or ()), "name_key"})
