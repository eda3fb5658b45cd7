from __future__ import annotations

import hashlib
import secrets
from datetime import date
from typing import Any

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .user_named import UserNamedModel


def digest_of(key: str) -> str:
    # A key is 256 random bits, so that nothing is gained by a slow, salted hash.
    return hashlib.sha256(key.encode()).hexdigest()


class ApiTokenQuerySet(models.QuerySet):
    def usable(self, today: date | None = None) -> ApiTokenQuerySet:
        """Keys not expired nor revoked, of active users; valid on the day they expire on.

        Whether the user still has the key's roles is up to `ApiToken.has_its_roles`.
        """
        today = today or timezone.localdate()
        return self.filter(
            models.Q(expires_on__isnull=True) | models.Q(expires_on__gte=today),
            user__is_active=True,
            created_at__gte=models.F("user__keys_valid_from"),
        )

    def with_owners(self) -> ApiTokenQuerySet:
        """Users and their groups, which `is_revoked` needs, in two queries for all tokens."""
        return self.select_related("user").prefetch_related("user__groups")

    def issue(self, user: Any, name: str, **fields: Any) -> tuple[ApiToken, str]:
        """Make a token; returns it with its key, which is not stored.

        A revoked key of the same user and name is replaced. Raises
        ValidationError.
        """
        for old in self.filter(user=user).with_owners():
            if old.is_revoked:
                old.delete()
        key = secrets.token_urlsafe(32)
        token = ApiToken(user=user, name=name, digest=digest_of(key), **fields)
        token.roles = sorted(user.roles())
        token.full_clean()
        token.save(force_insert=True)
        return token, key


class ApiToken(UserNamedModel):
    """One row is one API key: a user's permissions, or with `read_only` just those of reading.

    Only the key's SHA-256 is stored, so that the database does not reveal
    it. `roles` are the user's roles when the key was made: it is revoked when
    one of them is lost, and by a new password or a deactivated account
    (`User.keys_valid_from`).
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="api_tokens",
        verbose_name=_("user"),
    )
    name = models.CharField(_("name"), max_length=100, help_text=_("What it is used for."))
    digest = models.CharField(max_length=64, unique=True, editable=False)
    read_only = models.BooleanField(_("read only"), default=False)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), default=timezone.now, editable=False)
    roles = models.JSONField(default=list, editable=False)

    objects = ApiTokenQuerySet.as_manager()

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering = ["user", "name"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "name_key"],
                name="apitoken_name_once",
                violation_error_message=_("This user has a key of this name."),
            )
        ]

    def has_its_roles(self) -> bool:
        """Whether the user has all roles the key was made with. See `User.roles` for the cost."""
        return self.user.roles().issuperset(self.roles)

    @property
    def is_revoked(self) -> bool:
        """Whether the user's password, account or roles have revoked the key."""
        user = self.user
        return (
            not user.is_active or self.created_at < user.keys_valid_from or not self.has_its_roles()
        )
