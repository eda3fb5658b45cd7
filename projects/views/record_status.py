"""The status of a reviewed record on its page: draft or published, proposals, history."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from projects.history import diff
from projects.models import Proposal, permissions
from projects.models.base import ReviewedModel

# The page of history has all entries.
MOST_ENTRIES = 20
MOST_PROPOSALS = 5


def sees_all_of(user: Any, record: Any) -> bool:
    """Whether `user` sees the draft versions of `record`, and who wrote them."""
    return permissions.can_see_drafts(user, type(record)) and permissions.in_scope(user, record)


def history_of(user: Any, record: Any) -> Any:
    """The history rows that `user` may see, newest first."""
    history = diff.all_of if sees_all_of(user, record) else diff.published
    return history(type(record), record.pk)


def record_status(user: Any, record: Any) -> dict[str, Any]:
    """Context of `_record_status.html`.

    Two queries, one for each kind of link and one for each model that the history names;
    one more for users who are signed in.
    """
    if not isinstance(record, ReviewedModel):
        return {}
    history = history_of(user, record)
    rows = list(history[: MOST_ENTRIES + 1])
    found: dict[str, Any] = {
        "entries": diff.entries(history, rows[:MOST_ENTRIES], names=sees_all_of(user, record)),
        "more_entries": len(rows) > MOST_ENTRIES,
    }
    if user is not None and user.is_authenticated:
        proposals = Proposal.objects.visible_to(user).open().of(record).select_related("user")
        found["proposals"] = list(proposals[:MOST_PROPOSALS])
    if record.is_draft and user.is_staff:
        found["review"] = reverse("review-draft", args=[record.register.plural, record.pk])
    return found
