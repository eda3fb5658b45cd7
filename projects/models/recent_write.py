from __future__ import annotations

from hashlib import sha256
from uuid import uuid4

from django.db import models

# The version is computed of so many of the latest writes; older rows are deleted now and then.
KEPT = 64
CLEARED_EVERY = 32


class RecentWriteQuerySet(models.QuerySet["RecentWrite"]):
    def bump(self) -> None:
        """Record that the transaction changes the register. One query, sometimes three."""
        write = self.create()
        if write.pk % CLEARED_EVERY == 0:
            # Rows that another transaction deletes are skipped: neither waits for the other.
            old = self.filter(pk__lte=write.pk - KEPT).select_for_update(skip_locked=True)
            self.filter(pk__in=list(old.values_list("pk", flat=True)[: 2 * KEPT])).delete()

    def version(self) -> str:
        """The version of the register's content, different after every write. One query.

        What is read after it is of this version or a later one. A write is visible here
        exactly when it is visible elsewhere. A counter would not do: writers would wait
        for each other to increment it.
        """
        marks = self.order_by("pk").values_list("mark", flat=True)
        return sha256(b"".join(mark.bytes for mark in marks)).hexdigest()


class RecentWrite(models.Model):
    """One row is one recent write to the register, with a unique mark.

    Together they tell whether a cached page is still current; see
    `projects.views.page_cache`.
    """

    mark = models.UUIDField(default=uuid4, editable=False)

    objects = RecentWriteQuerySet.as_manager()

    class Meta:
        verbose_name = "recent write"

    def __str__(self) -> str:
        return str(self.mark)
