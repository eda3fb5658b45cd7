"""New batches, and changes of their state, which fail if it was changed meanwhile."""

from __future__ import annotations

import hashlib
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from projects.models import BatchState, ImportBatch


class BatchError(Exception):
    """A step is not possible now; the message says why."""


def new_batch(file: bytes, file_name: str, **columns: Any) -> ImportBatch:
    """An unsaved batch of a file, without the file itself."""
    digest = hashlib.sha256(file).hexdigest()
    return ImportBatch(file_name=file_name[-255:], sha256=digest, size=len(file), **columns)


def move(batch: ImportBatch, states: Any, to: BatchState, **columns: Any) -> None:
    """Move a batch from one of `states` into another. Raises BatchError if it is in none."""
    columns = {"heartbeat_at": timezone.now()} | columns
    changed = ImportBatch.objects.filter(pk=batch.pk, state__in=list(states)).update(
        state=to, **columns
    )
    batch.refresh_from_db()
    if not changed:
        raise BatchError(
            _("This cannot be done now. State of the import: %(state)s.")
            % {"state": batch.get_state_display()}
        )


def finish(batch: ImportBatch, state: BatchState, **columns: Any) -> bool:
    """End the step of this worker; False if the batch was changed or taken over meanwhile."""
    own = ImportBatch.objects.filter(pk=batch.pk, state=batch.state, worker=batch.worker)
    finished = own.update(state=state, worker="", **columns)
    batch.refresh_from_db()
    return bool(finished)
