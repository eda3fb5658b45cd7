from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

KEPT_FOR = timedelta(hours=24)


class IdempotentResponseQuerySet(models.QuerySet["IdempotentResponse"]):
    def expired(self, now: datetime | None = None) -> IdempotentResponseQuerySet:
        return self.filter(created_at__lt=(now or timezone.now()) - KEPT_FOR)

    def claim(self, user: Any, key: str, asked: str) -> tuple[IdempotentResponse, bool]:
        """Return the row of this key, and whether it is new, without a response yet.

        Call it inside the transaction of the write: a concurrent request with the
        same key waits until that ends. Deletes some expired rows. Seven queries.
        """
        self.expired().filter(user=user, key=key).delete()
        # What another request is clearing already is left to it: neither waits for the other.
        old = self.expired().select_for_update(skip_locked=True).values_list("pk", flat=True)
        self.filter(pk__in=list(old[:500])).delete()
        try:
            with transaction.atomic():
                return self.create(user=user, key=key, asked=asked), True
        except IntegrityError:
            standing = self.filter(user=user, key=key).first()
            if standing is None:
                raise
            return standing, False


class IdempotentResponse(models.Model):
    """One row is the answer to a POST with an `Idempotency-Key`, to be given again for a day.

    `asked` is the SHA-256 of the method, the address with its question, and the
    body: what the key stands for. A key is its user's own.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    asked = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    headers = models.JSONField(default=dict)
    body = models.TextField(default="")
    created_at = models.DateTimeField(default=timezone.now, db_index=True)

    objects = IdempotentResponseQuerySet.as_manager()

    class Meta:
        # Nobody reads or writes it but the API itself.
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["user", "key"],
                name="storedanswer_key_once",
                violation_error_message=_("This user has made a request with this key."),
            )
        ]

    def __str__(self) -> str:
        return self.key
