"""Approval before publication: drafts, proposals, and the decisions of reviewers about them.

Pages, admin and API write by `submit` and `remove` (imports by `submit_many`). What
superusers and commands write is published at once. Anybody else's new record is a
draft, and their change to a published record a proposal, until somebody else with
the permission `publish` accepts it.
"""

from .deleted_records import deleted, restore
from .drafts import contributors_of, pending_drafts, publish, return_draft
from .permissions import (
    ReviewError,
    check_may_decide,
    check_may_publish,
    check_not_own,
    refusal,
    set_author,
    user_or_none,
)
from .proposals import (
    accept,
    outdated_fields,
    resubmit,
    return_proposal,
    withdraw,
)
from .submission import (
    Submitted,
    check_form,
    check_rules,
    is_proposal,
    remove,
    submit,
    submit_many,
)
