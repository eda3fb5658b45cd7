"""Who works on a file: by what a worker is known, whether it is alive, and whether none comes."""

from __future__ import annotations

import os
import socket
from datetime import timedelta

from django.utils import timezone

from projects.models import BatchState, ImportBatch
from projects.models.import_batch import AT_WORK, WAITING

# A worker that has not been heard of for so long, on another machine, has died.
SILENT_FOR = timedelta(minutes=15)
# A worker looks for work about once a second: after so long none has come.
COMES_WITHIN = timedelta(seconds=10)


def me() -> str:
    """The host and process of a worker."""
    return f"{socket.gethostname()[:100]}:{os.getpid()}"


def waits_in_vain(batch: ImportBatch) -> bool:
    """Whether a batch has waited for longer than a worker takes to come, while none is busy.

    At most one query.
    """
    if batch.state not in WAITING or batch.beat_at is None:
        return False
    if timezone.now() - batch.beat_at < COMES_WITHIN:
        return False
    return not ImportBatch.objects.filter(state__in=AT_WORK).exists()


def mark_interrupted() -> int:
    """Say of batches whose worker has died that they were interrupted; how many those are.

    Nothing of them is written: a batch is written in one transaction.
    """
    dead = [
        batch.pk
        for batch in ImportBatch.objects.filter(state__in=AT_WORK).without_content()
        if not _is_alive(batch)
    ]
    return ImportBatch.objects.filter(pk__in=dead, state__in=AT_WORK).update(
        state=BatchState.INTERRUPTED, worker=""
    )


def _is_alive(batch: ImportBatch) -> bool:
    host, _colon, process = batch.worker.rpartition(":")
    if host != socket.gethostname()[:100]:
        return batch.beat_at is not None and timezone.now() - batch.beat_at < SILENT_FOR
    return process.isdecimal() and is_running(int(process))


def is_running(process: int) -> bool:
    """Whether a process of this machine is alive."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
