from __future__ import annotations

from hashlib import sha256
from uuid import uuid4

from django.db import models

# So many of the last writes tell one state of the register from any other; those before them are
# cleared away now and then.
KEPT = 64
CLEARED_EVERY = 32


class RecentWriteQuerySet(models.QuerySet["RecentWrite"]):
    def note(self) -> None:
        """That the transaction changes the register. One query, and now and then two more."""
        noted = self.create()
        if noted.pk % CLEARED_EVERY == 0:
            # What another one clears already is left to it: neither waits for the other.
            old = self.filter(pk__lte=noted.pk - KEPT).select_for_update(skip_locked=True)
            self.filter(pk__in=list(old.values_list("pk", flat=True)[: 2 * KEPT])).delete()

    def state(self) -> str:
        """Stands for what the register holds: another one after every write. One query.

        Whatever is read after it is of this state, or of a later one. As a write
        is seen here exactly when it is seen elsewhere, however long its
        transaction took and whatever overtook it, no number is counted up, for
        which writers would have to wait for each other.
        """
        marks = self.order_by("pk").values_list("mark", flat=True)
        return sha256(b"".join(mark.bytes for mark in marks)).hexdigest()


class RecentWrite(models.Model):
    """One row is one write to the register of late, with a mark that no other has.

    Together they tell whether a page that was made before is still true; see
    `projects.views.page_cache`.
    """

    mark = models.UUIDField(default=uuid4, editable=False)

    objects = RecentWriteQuerySet.as_manager()

    class Meta:
        verbose_name = "recent write"

    def __str__(self) -> str:
        return str(self.mark)
