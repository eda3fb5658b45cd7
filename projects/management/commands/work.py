from __future__ import annotations

import signal
import sys
import time
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from projects.accounts import password_reset
from projects.imports import batches, workers
from projects.models import ImportBatch


class Command(BaseCommand):
    help = (
        "Check and write the files uploaded at /import/, one after another, and send pending "
        "mails, until stopped. Several may run at once."
    )

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--once", action="store_true", help="stop when there is nothing to do")
        parser.add_argument(
            "--every", type=float, default=2.0, help="seconds between two checks (2)"
        )
        parser.add_argument(
            "--while-alive", type=int, metavar="PID", help="stop when this process has ended"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # Stops like Ctrl-C: the current import is rolled back and shown as interrupted.
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        try:
            self._work(**options)
        except KeyboardInterrupt:
            sys.exit(0)

    def _work(self, *, once: bool, every: float, while_alive: int | None, **_: Any) -> None:
        while while_alive is None or workers.is_running(while_alive):
            if sent := password_reset.send_waiting():
                self.stdout.write(f"mails for password resets: {sent}")
            workers.mark_interrupted()
            batch = ImportBatch.objects.waiting().first()
            if batch is not None and batches.work_on(batch):
                self.stdout.write(f"{batch.pk}: {batch}")
                continue
            if once:
                return
            close_old_connections()
            time.sleep(every)
