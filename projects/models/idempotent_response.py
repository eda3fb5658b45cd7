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

    def claim(self, user: Any, key: str, request_digest: str) -> tuple[IdempotentResponse, bool]:
        """Return the row of this key, and whether it is new, without a response yet.

        Call it inside the transaction of the write: a concurrent request with the
        same key waits until that ends. Deletes some expired rows. Seven queries.
        """
        self.expired().filter(user=user, key=key).delete()
        # Rows that another request deletes are skipped: neither waits for the other.
        old = self.expired().select_for_update(skip_locked=True).values_list("pk", flat=True)
        self.filter(pk__in=list(old[:500])).delete()
        try:
            with transaction.atomic():
                return self.create(user=user, key=key, request_digest=request_digest), True
        except IntegrityError:
            existing = self.filter(user=user, key=key).first()
            if existing is None:
                raise
            return existing, False


class IdempotentResponse(models.Model):
    """One row is the answer to a POST with an `Idempotency-Key`, to be given again for a day.

    `request_digest` is the SHA-256 of the method, the address with its query string,
    and the body. Keys of different users are independent.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    key = models.CharField(max_length=200)
    request_digest = models.CharField(max_length=64)
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
                name="idempotentresponse_key_once",
                violation_error_message=_("This user has made a request with this key."),
            )
        ]

    def __str__(self) -> str:
        return self.key
