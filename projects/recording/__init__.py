"""Every write of the register: checked, with its links, one row of history, derived rows made anew.

One record at a time (`one`: pages, admin, API), or many of one noun in one go
(`many`: what comes from files), with the same promises.
"""

from .links import Shares, Written, link
from .many import save_many
from .one import (
    begin,
    check,
    check_deletable,
    check_links,
    delete,
    linking_to,
    recorded,
    save,
)

__all__ = [
    "Shares",
    "Written",
    "begin",
    "check",
    "check_deletable",
    "check_links",
    "delete",
    "link",
    "linking_to",
    "recorded",
    "save",
    "save_many",
]
