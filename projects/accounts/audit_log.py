"""What is noted of who did what: one entry in the audit log, and one line in the log `audit`."""

from __future__ import annotations

import json
import logging
import re
import unicodedata
from datetime import timedelta
from typing import Any

from django.db import Error, transaction
from django.http import QueryDict
from simple_history.models import HistoricalRecords

from projects.models import ApiToken, AttemptCount, AttemptLimit, AuditEntry
from projects.models.audit_entry import SYSTEM_NAME, Action

from .client_address import client_ip, client_network

__all__ = [
    "Action",
    "log",
    "log_export",
    "log_rate_limited",
    "log_refusal",
    "log_token",
    "note_role",
    "safe_query",
    "subject_of",
]

lines = logging.getLogger("audit")
logger = logging.getLogger(__name__)

# What a visitor, or anybody by mere repetition, can have noted.
FEW = AttemptLimit("audit entries", 60, period=timedelta(hours=1))
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

LONGEST_DETAIL = 500
# Control characters, bidi overrides and what else is not seen; ends of lines; halves of pairs.
UNSEEN = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Parameters whose values are nobody's business, should somebody put one into an address.
SENSITIVE = re.compile("pass|token|key|secret|session|otp", re.IGNORECASE)


def log(
    action: Action, request: Any = None, user: Any = None, subject: str = "", **details: Any
) -> None:
    """Note that `user`, or whoever makes the request, did something to `subject`.

    Without a request it is the one being answered in this thread, or else a
    command's. `details` are a few short plain facts, never a secret; a list is
    said as its items. Raises nothing: what cannot be noted in the database is
    in the log at least.
    """
    request = request or getattr(HistoricalRecords.context, "request", None)
    who = user or (request and getattr(request, "user", None))
    who = who if who is not None and who.is_authenticated else None
    columns = AuditEntry._meta
    facts = {name: _fact(value) for name, value in details.items()}
    said = {
        "action": str(action),
        "name": plain(who.get_username() if who else "", columns.get_field("name").max_length),
        "subject": plain(subject, columns.get_field("subject").max_length),
        "address": client_ip(request) if request is not None else SYSTEM_NAME,
    }
    # What a command does stands in its own output.
    level = logging.INFO if request is not None else logging.DEBUG
    lines.log(level, " ".join(f"{key}={_quoted(value)}" for key, value in (said | facts).items()))
    try:
        with transaction.atomic():
            # A user who is being deleted is named, and no longer referred to.
            AuditEntry.objects.create(
                user=who if who is not None and who.pk else None, details=facts, **said
            )
    except Error:
        logger.exception("An entry could not be written to the audit log")


def log_export(request: Any) -> None:
    """That a file is handed out, and what it answers: of visitors only so many an hour."""
    often = log if request.user.is_authenticated else log_rate_limited
    often(Action.EXPORTED, request, subject=request.path, question=safe_query(request.GET))


def log_rate_limited(action: Action, request: Any, subject: str = "", **details: Any) -> None:
    """The same as `note`, but only so often an hour by one person or address: nobody fills the log.

    Nine queries.
    """
    user = request.user
    whose = f"user {user.pk}" if user.is_authenticated else client_network(request)
    try:
        if AttemptCount.objects.register_attempt([FEW.key(action, whose)]).is_exceeded:
            return
    except Error:
        logger.exception("It could not be counted what goes to the audit log")
    log(action, request, subject=subject, **details)


def log_refusal(request: Any, reason: str = "") -> None:
    """That somebody may not do what they asked for; nothing of a visitor who only reads.

    Nor of a request that was refused before it was asked whose it is.
    """
    try:
        is_signed_in = hasattr(request, "user") and request.user.is_authenticated
    except Error:
        logger.exception("It could not be found whom something was refused to")
        return
    if is_signed_in or (hasattr(request, "user") and request.method not in SAFE_METHODS):
        details = {"reason": reason} if reason else {}
        log_rate_limited(
            Action.PERMISSION_REFUSED,
            request,
            subject=request.path,
            method=request.method,
            **details,
        )


def log_token(action: Action, token: ApiToken, request: Any = None, **details: Any) -> None:
    """That a key to the API was made, changed or deleted: whose, and its name, never itself."""
    log(
        action,
        request,
        subject=subject_of(token.user),
        key=token.name,
        read_only=token.read_only,
        expires_on=token.expires_on,
        **details,
    )


def note_role(record: Any, **changes: Any) -> None:
    """Log what a user or a group gained or lost; nothing where that is nothing."""
    if given := {name: change for name, change in changes.items() if change}:
        log(Action.ROLE_CHANGED, subject=subject_of(record), **given)


def subject_of(record: Any) -> str:
    """A user or a group as the subject of an entry, such as "users/wang"."""
    return f"{record._meta.model_name}s/{record}"


def safe_query(question: QueryDict) -> str:
    """The question of an address, without values that may be secret."""
    kept = QueryDict(mutable=True)
    for name, values in question.lists():
        kept.setlist(name, ["…"] if SENSITIVE.search(name) else values)
    return kept.urlencode(safe="/:…")


def plain(value: Any, longest: int | None) -> str:
    """A text on one line, of which everything is seen, and no longer than that."""
    # Cut before it is looked at, so that a long text costs no more than a short one.
    text = str(value)[: longest or LONGEST_DETAIL]
    return "".join("�" if unicodedata.category(c) in UNSEEN else c for c in text)


def _fact(value: Any) -> Any:
    if isinstance(value, bool | int) or value is None:
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return plain(", ".join(sorted(map(str, value))), LONGEST_DETAIL)
    return plain(value, LONGEST_DETAIL)


def _quoted(value: Any) -> str:
    """In quotes and in ASCII: one line, whatever it holds."""
    return json.dumps(value, ensure_ascii=True)
