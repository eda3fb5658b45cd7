"""Records held until the transaction ends, so that nothing comes between reading and writing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

from django.db import IntegrityError, OperationalError, connection
from django.db.models import QuerySet

from projects.conversion.allocate import lock_projects
from projects.models import Receipt

# PostgreSQL's code where two transactions wait for each other, and it ends one of them.
DEADLOCK = "40P01"
ATTEMPTS = 5


class ConflictError(IntegrityError):
    """A record was changed or deleted by somebody else after it was read."""

    def __init__(self) -> None:
        super().__init__("A record was changed or deleted after it was read.")


def lock(records: QuerySet, *, to_delete: bool = False, beside: Iterable[int] = ()) -> list[Any]:
    """These records as they stand now, each held until the transaction ends.

    Whoever else is writing to one of them is waited for. Held to be changed, a
    record can still be referred to by new ones; held `to_delete`, it cannot.
    The projects of receipts are held first, and `beside` names more of them by
    key: what is derived is theirs, and whoever writes receipts on the page of
    their project holds them in the same order, so that no two wait for each
    other. One query, for receipts three; SQLite lets one at a time write anyhow.
    """
    if records.model is Receipt and connection.features.has_select_for_update:
        keys = {*records.values_list("project_id", flat=True), *beside} - {None}
        list(lock_projects(sorted(keys)).values_list("pk"))
    return list(records.order_by("pk").select_for_update(no_key=not to_delete, of=("self",)))


def lock_current(record: Any, *, to_delete: bool = False) -> Any:
    """The same of one record, which must still be there as it was read.

    Raises OvertakenError. None for a record that is still to be made.
    """
    if record._state.adding:
        return None
    rows = type(record)._base_manager.filter(pk=record.pk)
    beside = [record.project_id] if isinstance(record, Receipt) else []
    found = lock(rows, to_delete=to_delete, beside=beside)
    if not found or found[0].version != record.version:
        raise ConflictError
    return found[0]


def retry_on_deadlock(*also: type[Exception]) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Has a view tried again where its transaction and another one waited for each other.

    The database ended it before anything was written, and whoever asked has done
    nothing wrong. The same for `also`, such as an IntegrityError where the view
    finds words for it as soon as it sees what the other one wrote.
    """

    def wrapped(view: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(view)
        def tried(*args: Any, **kwargs: Any) -> Any:
            for _attempt in range(1, ATTEMPTS):
                try:
                    return view(*args, **kwargs)
                except (OperationalError, *also) as error:
                    ended = getattr(error.__cause__, "sqlstate", None) == DEADLOCK
                    if connection.in_atomic_block or not (ended or isinstance(error, also)):
                        raise
            return view(*args, **kwargs)

        return tried

    return wrapped
