"""Row locks: nothing is written between reading a record and saving it; deadlocks are retried."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.db import OperationalError, connection
from django.db.models import QuerySet

from projects.conversion.allocate import lock_projects
from projects.models import Receipt

from .conflicts import ConflictError

# PostgreSQL's code where two transactions wait for each other, and it ends one of them.
DEADLOCK = "40P01"
ATTEMPTS = 5


def lock(records: QuerySet, *, to_delete: bool = False, projects: Iterable[int] = ()) -> list[Any]:
    """Read these records, each locked until the transaction ends.

    Waits for other writers of the same records. A locked record can still be
    referred to by new ones, unless it is locked `to_delete`. The projects of
    receipts are locked first, since derived rows belong to them, and so are
    `projects`, given by key: always in this order, to avoid deadlocks. One query,
    for receipts three. SQLite has one writer at a time and needs no row locks.
    """
    if records.model is Receipt and connection.features.has_select_for_update:
        keys = {*records.values_list("project_id", flat=True), *projects} - {None}
        list(lock_projects(sorted(keys)).values_list("pk"))
    return list(records.order_by("pk").select_for_update(no_key=not to_delete, of=("self",)))


def lock_current(record: Any, *, to_delete: bool = False) -> Any:
    """Lock one record and return its current row; None for one that is not yet saved.

    Raises ConflictError if it has been changed or deleted since it was read.
    """
    if record._state.adding:
        return None
    rows = type(record)._base_manager.filter(pk=record.pk)
    projects = [record.project_id] if isinstance(record, Receipt) else []
    found = lock(rows, to_delete=to_delete, projects=projects)
    if not found or found[0].version != record.version:
        raise ConflictError(record)
    return found[0]


def retry_on_deadlock(*also: type[Exception]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate a view to run again after a deadlock, which the database has rolled back.

    The same for the exceptions `also`, such as an IntegrityError that the next
    attempt turns into an error message, since it sees what the other one wrote.
    """

    def wrapped(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def retried(*args: Any, **kwargs: Any) -> Any:
            for _attempt in range(1, ATTEMPTS):
                try:
                    return view(*args, **kwargs)
                except (OperationalError, *also) as error:
                    ended = getattr(error.__cause__, "sqlstate", None) == DEADLOCK
                    if connection.in_atomic_block or not (ended or isinstance(error, also)):
                        raise
            return view(*args, **kwargs)

        return retried

    return wrapped
