"""Write records: rules checked, links saved, one row of history, derived rows recomputed.

`single` saves one record (pages, admin, API), `bulk` many of one model (imports),
with the same guarantees.
"""

from .bulk import bulk_save
from .conflicts import ConflictError, anything_changed, last_change
from .links import Written, link
from .locking import lock, retry_on_deadlock
from .protected import StillReferencedError, references_sentence, references_to, visible_references
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
