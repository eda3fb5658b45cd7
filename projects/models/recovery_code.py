from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

HOW_MANY = 10
# Without those that are taken for each other on paper.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"


def bare(text: str) -> str:
    """A code as it is compared: however it was typed, with or without its hyphens."""
    return re.sub(r"[\W_]", "", unicodedata.normalize("NFKC", text).lower())


def digest_of(code: str) -> str:
    # Sixteen random letters: as with a key to the API, a slow hash would gain nothing.
    return hashlib.sha256(bare(code).encode("utf-8", "surrogatepass")).hexdigest()


class RecoveryCodeQuerySet(models.QuerySet["RecoveryCode"]):
    @transaction.atomic
    def make_anew(self, user: Any) -> list[str]:
        """Ten codes in place of those that were; they are told only here."""
        codes = [
            "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(4))
            for _ in range(HOW_MANY)
        ]
        self.filter(user=user).delete()
        self.bulk_create(RecoveryCode(user=user, digest=digest_of(code)) for code in codes)
        return codes

    def use_up(self, user: Any, code: str) -> bool:
        """Whether this is one of the user's codes; it is none afterwards, also for others at once.

        One query, which one of two that come together wins.
        """
        return bool(self.filter(user=user, digest=digest_of(code)).delete()[0])


class RecoveryCode(models.Model):
    """One row is one code that stands in, once, for a second factor that was lost.

    Only its SHA-256 is kept: whoever reads the database cannot use it.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="recovery_codes"
    )
    digest = models.CharField(max_length=64)

    objects = RecoveryCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("recovery code")
        verbose_name_plural = _("recovery codes")
        # Nobody reads or writes it but the site itself.
        default_permissions = ()
        indexes = [models.Index(fields=["user", "digest"], name="recoverycode_of_user")]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.pk}"
