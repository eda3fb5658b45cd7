from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

# How many expired counts each attempt deletes at most.
CLEARED_AT_ONCE = 100


class AttemptLimit(NamedTuple):
    """At most `number` attempts within `period`; after the last one a lockout.

    The lockout lasts as long as the period unless it is given.
    """

    name: str
    number: int
    period: timedelta
    lockout: timedelta | None = None

    def key(self, *parts: object) -> AttemptKey:
        """The key of one count of this limit, for example of a name and an address."""
        return AttemptKey(self, "\n".join(map(str, parts)))


class AttemptKey(NamedTuple):
    limit: AttemptLimit
    subject: str

    @property
    def digest(self) -> str:
        # A digest, so that the table contains neither names nor addresses.
        text = f"{self.limit.name}\n{self.subject}"
        return salted_hmac("projects.attempt", text, algorithm="sha256").hexdigest()


@dataclass
class Attempt:
    """The result of registering one attempt.

    `locked_until` is when the next one is allowed, or None where this one is.
    `exhausted` are the limits of which this was the last attempt.
    """

    locked_until: datetime | None = None
    exhausted: list[AttemptLimit] = field(default_factory=list)

    @property
    def is_exceeded(self) -> bool:
        return self.locked_until is not None

    @property
    def retry_after(self) -> int:
        """Seconds until the next attempt is allowed; 0 where this one is."""
        if self.locked_until is None:
            return 0
        return seconds_until(self.locked_until)


def seconds_until(moment: datetime) -> int:
    """Whole seconds from now to `moment`, at least 1: the value of Retry-After."""
    return max(1, math.ceil((moment - timezone.now()).total_seconds()))


class AttemptCountQuerySet(models.QuerySet["AttemptCount"]):
    def register_attempt(self, keys: Sequence[AttemptKey], now: datetime | None = None) -> Attempt:
        """Count one attempt under each key, or none at all where one of them is locked.

        Call it before the attempt is evaluated. Exact under concurrency: over all
        processes, no more attempts are allowed than one after another. A refused
        attempt does not extend the lockout. Five queries.
        """
        now = now or timezone.now()
        by_digest = {key.digest: key for key in keys}
        with transaction.atomic():
            self._delete_expired(now)
            rows = self._lock(by_digest, now)
            locked = [
                row.ends_at for row in rows if row.count >= by_digest[row.digest].limit.number
            ]
            if locked:
                return Attempt(max(locked))
            attempt = Attempt()
            for row in rows:
                row.count += 1
                limit = by_digest[row.digest].limit
                if row.count >= limit.number:
                    row.ends_at = now + (limit.lockout or limit.period)
                    attempt.exhausted.append(limit)
            self.bulk_update(rows, ["count", "ends_at"])  # type: ignore[arg-type]
        return attempt

    def _lock(self, by_digest: dict[str, AttemptKey], now: datetime) -> Sequence[AttemptCount]:
        """The rows of these keys, created where missing and reset where expired.

        Locked in the order of their digests, so that no two transactions deadlock.
        """
        while True:
            self.bulk_create(
                [
                    AttemptCount(digest=digest, ends_at=now + by_digest[digest].limit.period)
                    for digest in sorted(by_digest)
                ],
                ignore_conflicts=True,
            )
            locked = self.select_for_update().filter(digest__in=by_digest).order_by("digest")
            rows: list[AttemptCount] = list(locked)
            # A row that another process deleted in between is created again.
            if len(rows) == len(by_digest):
                break
        for row in rows:
            if row.ends_at <= now:
                row.count, row.ends_at = 0, now + by_digest[row.digest].limit.period
        return rows

    def _delete_expired(self, now: datetime) -> None:
        # Rows that another process is deleting already are skipped, so that neither waits.
        expired = self.filter(ends_at__lt=now).select_for_update(skip_locked=True)
        keys = list(expired.values_list("pk", flat=True)[:CLEARED_AT_ONCE])
        self.filter(pk__in=keys).delete()

    def undo_attempt(self, key: AttemptKey) -> None:
        """Subtract one registered attempt, because it succeeded."""
        self.filter(digest=key.digest, count__gt=0).update(count=F("count") - 1)

    def reset(self, key: AttemptKey) -> None:
        self.filter(digest=key.digest).delete()

    def remember(self, key: AttemptKey, now: datetime | None = None) -> None:
        """Remember this key for the period of its limit, from now on."""
        ends_at = (now or timezone.now()) + key.limit.period
        self.update_or_create(
            digest=key.digest,
            defaults={"ends_at": ends_at},
            create_defaults={"ends_at": ends_at, "count": 1},
        )

    def is_remembered(self, key: AttemptKey, now: datetime | None = None) -> bool:
        return self.filter(digest=key.digest, ends_at__gt=now or timezone.now()).exists()


class AttemptCount(models.Model):
    """One row counts the attempts under one key, for all processes of the site.

    `digest` identifies a limit and what it counts; `ends_at` is the end of the
    period, or of the lockout.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField(db_index=True)

    objects = AttemptCountQuerySet.as_manager()

    class Meta:
        # Used by the site alone; no user has permissions for it.
        default_permissions = ()

    def __str__(self) -> str:
        return self.digest
