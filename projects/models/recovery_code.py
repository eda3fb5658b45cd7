from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

NUMBER_OF_CODES = 10
# Without letters and digits that look alike on paper.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def normalise(text: str) -> str:
    """A code without hyphens, spaces, case and width, as it is compared."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text).lower())


def digest_of(code: str) -> str:
    # Sixteen random letters: as for an API key, a slow hash would gain nothing.
    return hashlib.sha256(normalise(code).encode("utf-8", "surrogatepass")).hexdigest()


class RecoveryCodeQuerySet(models.QuerySet["RecoveryCode"]):
    @transaction.atomic
    def replace_codes(self, user: Any) -> list[str]:
        """Replace the user's codes by ten new ones and return them; only digests are stored."""
        codes = [
            "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
            for _ in range(NUMBER_OF_CODES)
        ]
        self.filter(user=user).delete()
        self.bulk_create(RecoveryCode(user=user, digest=digest_of(code)) for code in codes)
        return codes

    def consume(self, user: Any, code: str) -> bool:
        """Delete one of the user's codes; returns whether it was one.

        One query, so that of two concurrent requests only one succeeds.
        """
        return bool(self.filter(user=user, digest=digest_of(code)).delete()[0])


class RecoveryCode(models.Model):
    """One row is one code that replaces a lost second factor, once.

    Only its SHA-256 is stored, so that the database does not reveal it.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="recovery_codes"
    )
    digest = models.CharField(max_length=64)

    objects = RecoveryCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")
        # Used by the site alone; no user has permissions for it.
        default_permissions = ()
        indexes = [models.Index(fields=["user", "digest"], name="recoverycode_of_user")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
