from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac

# How many counts that are over are cleared at a time, by whoever counts next.
CLEARED_AT_ONCE = 100


class AttemptLimit(NamedTuple):
    """So many attempts within so long, and after the last of them a rest."""

    name: str
    most: int
    within: timedelta
    rest: timedelta

    def of(self, *whose: object) -> AttemptKey:
        """What this limit counts for, say, a name and an address."""
        return AttemptKey(self, "\n".join(map(str, whose)))


class AttemptKey(NamedTuple):
    limit: AttemptLimit
    whose: str

    @property
    def digest(self) -> str:
        # Names and addresses are not kept: whoever reads the table learns neither.
        said = f"{self.limit.name}\n{self.whose}"
        return salted_hmac("projects.attempt", said, algorithm="sha256").hexdigest()


@dataclass
class Attempt:
    """Whether an attempt was allowed: `until` says when the next one will be, where it was not.

    `used_up` are the limits of which it was the last attempt.
    """

    until: datetime | None = None
    used_up: list[AttemptLimit] = field(default_factory=list)

    @property
    def is_refused(self) -> bool:
        return self.until is not None


class AttemptCountQuerySet(models.QuerySet["AttemptCount"]):
    def take(self, keys: Sequence[AttemptKey], now: datetime | None = None) -> Attempt:
        """Count one attempt under each key; or none at all, where one of them has used its up.

        Before what is attempted is done, and at once: of many attempts at the same
        time, in whichever process, no more are allowed than of as many one after
        another. A refused one does not lengthen the rest. Five queries.
        """
        now = now or timezone.now()
        by_digest = {key.digest: key for key in keys}
        with transaction.atomic():
            self._clear(now)
            rows = self._held(by_digest, now)
            refused = [row.ends_at for row in rows if row.count >= by_digest[row.digest].limit.most]
            if refused:
                return Attempt(max(refused))
            taken = Attempt()
            for row in rows:
                row.count += 1
                limit = by_digest[row.digest].limit
                if row.count >= limit.most:
                    row.ends_at = now + limit.rest
                    taken.used_up.append(limit)
            self.bulk_update(rows, ["count", "ends_at"])  # type: ignore[arg-type]
        return taken

    def _held(self, by_digest: dict[str, AttemptKey], now: datetime) -> Sequence[AttemptCount]:
        """The rows of these keys, made where they are missing and begun anew where they are over.

        Locked in one order everywhere, so that no two wait for each other.
        """
        while True:
            self.bulk_create(
                [
                    AttemptCount(digest=digest, ends_at=now + by_digest[digest].limit.within)
                    for digest in sorted(by_digest)
                ],
                ignore_conflicts=True,
            )
            held = self.select_for_update().filter(digest__in=by_digest).order_by("digest")
            rows: list[AttemptCount] = list(held)
            # One that somebody forgot in between is made again.
            if len(rows) == len(by_digest):
                break
        for row in rows:
            if row.ends_at <= now:
                row.count, row.ends_at = 0, now + by_digest[row.digest].limit.within
        return rows

    def _clear(self, now: datetime) -> None:
        # What another process is clearing already is left to it: neither waits for the other.
        over = self.filter(ends_at__lt=now).select_for_update(skip_locked=True)
        self.filter(pk__in=list(over.values_list("pk", flat=True)[:CLEARED_AT_ONCE])).delete()

    def give_back(self, key: AttemptKey) -> None:
        """An attempt that was counted turned out to be none."""
        self.filter(digest=key.digest, count__gt=0).update(count=F("count") - 1)

    def forget(self, key: AttemptKey) -> None:
        self.filter(digest=key.digest).delete()

    def remember(self, key: AttemptKey, now: datetime | None = None) -> None:
        """That there was one, for as long as its limit lasts from now on."""
        ends_at = (now or timezone.now()) + key.limit.within
        self.update_or_create(
            digest=key.digest,
            defaults={"ends_at": ends_at},
            create_defaults={"ends_at": ends_at, "count": 1},
        )

    def knows(self, key: AttemptKey, now: datetime | None = None) -> bool:
        return self.filter(digest=key.digest, ends_at__gt=now or timezone.now()).exists()


class AttemptCount(models.Model):
    """One row counts the attempts under one key, for all processes of the site.

    `digest` stands for a limit and for whose attempts they are; `ends_at` is when
    counting begins anew, or the rest is over.
    """

    digest = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=0)
    ends_at = models.DateTimeField(db_index=True)

    objects = AttemptCountQuerySet.as_manager()

    class Meta:
        # Nobody reads or writes it but the site itself.
        default_permissions = ()

    def __str__(self) -> str:
        return self.digest
