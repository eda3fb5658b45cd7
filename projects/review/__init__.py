"""From what somebody enters to what the public reads: drafts, proposals, and who decides on them.

Every door writes by `submit` and `remove` (files by `submit_many`). What they do
depends on who asks: whatever superusers and commands write is published at
once; anybody else's new record is a draft, and their change to something
published is a proposal beside it, until somebody else with the permission
`publish` has looked at it.
"""

from .drafts import authors_of, publish, send_back, waiting
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
    check_rules,
    hand_in_again,
    overtaken,
    return_,
    withdraw,
)
from .restore import deleted, restore
from .submit import (
    Submitted,
    is_proposal,
    remove,
    settled,
    submit,
    submit_many,
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
    "check_rules",
    "deleted",
    "hand_in_again",
    "is_proposal",
    "overtaken",
    "person",
    "publish",
    "remove",
    "restore",
    "return_",
    "send_back",
    "settled",
    "submit",
    "submit_many",
    "waiting",
    "withdraw",
]
