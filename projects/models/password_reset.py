from __future__ import annotations

from django.db import models
from django.utils import timezone


class ResetRequest(models.Model):
    """One row is one request for a password reset, until a worker has processed it.

    It is stored whether or not an account has the e-mail address, so that neither
    the response nor its timing tells. `site` is the scheme and host of the link.
    """

    email = models.EmailField(max_length=254)
    site = models.URLField(max_length=300)
    language = models.CharField(max_length=20)
    requested_at = models.DateTimeField(default=timezone.now)

    class Meta:
        # Used by the site alone; no user has permissions for it.
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.requested_at:%Y-%m-%d %H:%M}"
