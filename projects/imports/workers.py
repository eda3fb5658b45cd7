"""Workers of imports: their names, and whether they are alive."""

from __future__ import annotations

import os
import socket
from datetime import timedelta

from django.utils import timezone

from projects.models import BatchState, ImportBatch
from projects.models.import_batch import AT_WORK, WAITING

# A worker of another machine counts as dead after so long without a heartbeat.
WORKER_TIMEOUT = timedelta(minutes=15)
# Workers look for work every two seconds: after so long none seems to be running.
PICKED_UP_WITHIN = timedelta(seconds=10)


def worker_name() -> str:
    """The name of this worker: its host and process."""
    return f"{socket.gethostname()[:100]}:{os.getpid()}"


def lacks_worker(batch: ImportBatch) -> bool:
    """Whether a batch waits although no worker is busy, so that none seems to be running.

    At most one query.
    """
    if batch.state not in WAITING or batch.heartbeat_at is None:
        return False
    if timezone.now() - batch.heartbeat_at < PICKED_UP_WITHIN:
        return False
    return not ImportBatch.objects.filter(state__in=AT_WORK).exists()


def mark_interrupted() -> int:
    """Mark batches whose worker has died as interrupted; returns how many.

    Nothing of them is written, as a batch is written in one transaction.
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
        return (
            batch.heartbeat_at is not None and timezone.now() - batch.heartbeat_at < WORKER_TIMEOUT
        )
    return process.isdecimal() and is_running(int(process))


def is_running(process: int) -> bool:
    """Whether a process of this machine exists."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
