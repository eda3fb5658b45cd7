from __future__ import annotations

from django.db import models
from django.utils import timezone


class ResetRequest(models.Model):
    """One row is one wish for a link to a new password, until a worker has looked into it.

    It is kept whether or not somebody has the e-mail address, so that neither the
    answer nor its time tells; gone once the mail is sent. `site` is the address
    that the link begins with.
    """

    email = models.EmailField(max_length=254)
    site = models.URLField(max_length=300)
    language = models.CharField(max_length=20)
    asked_at = models.DateTimeField(default=timezone.now)

    class Meta:
        # Nobody reads or writes it but the site itself.
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.asked_at:%Y-%m-%d %H:%M}"
