"""From what somebody enters to what the public reads: drafts, proposals, and who decides on them.

Every door writes by `submit` and `remove` (files by `submit_many`). What they do
depends on who asks: whatever superusers and commands write is published at
once; anybody else's new record is a draft, and their change to something
published is a proposal beside it, until somebody else with the permission
`publish` has looked at it.
"""

from .deleted_records import deleted, restore
from .drafts import authors_of, pending_drafts, publish, send_back
from .permissions import (
    ReviewError,
    check_may_decide,
    check_may_publish,
    check_not_own,
    check_reach,
    person,
)
from .proposals import (
    accept,
    outdated_fields,
    resubmit,
    return_,
    withdraw,
)
from .submission import (
    Submitted,
    is_proposal,
    remove,
    submit,
    submit_many,
    with_publication_state,
)

__all__ = [
    "ReviewError",
    "Submitted",
    "accept",
    "authors_of",
    "check_may_decide",
    "check_may_publish",
    "check_not_own",
    "check_reach",
    "deleted",
    "is_proposal",
    "outdated_fields",
    "pending_drafts",
    "person",
    "publish",
    "remove",
    "restore",
    "resubmit",
    "return_",
    "send_back",
    "submit",
    "submit_many",
    "with_publication_state",
    "withdraw",
]
