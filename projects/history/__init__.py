"""Every write of the register: checked, with its links, one row of history, derived rows made anew.

One record at a time (`one`: pages, admin, API), or many of one noun in one go
(`many`: what comes from files), with the same promises.
"""

from .bulk import bulk_save
from .conflicts import ConflictError, anything_changed, last_change
from .links import Shares, Written, link
from .locking import lock, retry_on_deadlock
from .protected import StillReferencedError, is_still_referenced, references_to, visible_references
from .single import (
    check,
    check_deletable,
    check_links,
    defer_history,
    delete,
    record_history,
    save,
    write,
)

__all__ = [
    "ConflictError",
    "Shares",
    "StillReferencedError",
    "Written",
    "anything_changed",
    "bulk_save",
    "check",
    "check_deletable",
    "check_links",
    "defer_history",
    "delete",
    "is_still_referenced",
    "last_change",
    "link",
    "lock",
    "record_history",
    "references_to",
    "retry_on_deadlock",
    "save",
    "visible_references",
    "write",
]
