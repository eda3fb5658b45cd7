"""Every write of the register: checked, with its links, one row of history, derived rows made anew.

One record at a time (`one`: pages, admin, API), or many of one noun in one go
(`many`: what comes from files), with the same promises.
"""

from .bulk_save import save_many
from .links import Shares, Written, link
from .locking import OvertakenError, hold, retried
from .protected import ReferredToError, referring_to, still_referred_to, visible
from .save import (
    begin,
    check,
    check_deletable,
    check_links,
    delete,
    recorded,
    save,
    write,
)

__all__ = [
    "OvertakenError",
    "ReferredToError",
    "Shares",
    "Written",
    "begin",
    "check",
    "check_deletable",
    "check_links",
    "delete",
    "hold",
    "link",
    "recorded",
    "referring_to",
    "retried",
    "save",
    "save_many",
    "still_referred_to",
    "visible",
    "write",
]
