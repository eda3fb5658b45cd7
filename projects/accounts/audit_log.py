"""The audit log: who did what. Each entry is a row and a line of the logger `audit`."""

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
    "log_role",
    "log_token",
    "safe_query",
    "subject_of",
]

lines = logging.getLogger("audit")
logger = logging.getLogger(__name__)

# For entries that visitors can cause, or that repeating a request adds.
VISITOR_LIMIT = AttemptLimit("audit entries", 60, period=timedelta(hours=1))
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})

MAX_DETAIL_LENGTH = 500
# Control and format characters (direction overrides among them), line ends, lone surrogates.
UNPRINTABLE = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
# Parameters whose values are not logged, should somebody put one into a URL.
SENSITIVE = re.compile("pass|token|key|secret|session|otp", re.IGNORECASE)


def log(
    action: Action, request: Any = None, user: Any = None, subject: str = "", **details: Any
) -> None:
    """Add an entry: `user`, by default that of the request, did `action` to `subject`.

    `request` is by default the one that this thread answers; without one the
    entry is a command's. `details` are short values, never a secret; lists are
    joined by commas. Raises nothing: where the row cannot be written, the line
    of the logger remains.
    """
    request = request or getattr(HistoricalRecords.context, "request", None)
    who = user or (request and getattr(request, "user", None))
    who = who if who is not None and who.is_authenticated else None
    columns = AuditEntry._meta
    facts = {name: _fact(value) for name, value in details.items()}
    row = {
        "action": str(action),
        "name": printable(who.get_username() if who else "", columns.get_field("name").max_length),
        "subject": printable(subject, columns.get_field("subject").max_length),
        "address": client_ip(request) if request is not None else SYSTEM_NAME,
    }
    # Commands print what they do.
    level = logging.INFO if request is not None else logging.DEBUG
    lines.log(level, " ".join(f"{key}={_quoted(value)}" for key, value in (row | facts).items()))
    try:
        with transaction.atomic():
            # A user who is being deleted is named but not referred to.
            AuditEntry.objects.create(
                user=who if who is not None and who.pk else None, details=facts, **row
            )
    except Error:
        logger.exception("An entry could not be written to the audit log")


def log_export(request: Any) -> None:
    """Log a download with its filters; those of visitors are rate limited."""
    write = log if request.user.is_authenticated else log_rate_limited
    write(Action.EXPORTED, request, subject=request.path, filters=safe_query(request.GET))


def log_rate_limited(action: Action, request: Any, subject: str = "", **details: Any) -> None:
    """`log`, at most 60 times an hour for each user or network, so that nobody fills the log.

    Nine queries.
    """
    user = request.user
    client = f"user {user.pk}" if user.is_authenticated else client_network(request)
    try:
        if AttemptCount.objects.register_attempt([VISITOR_LIMIT.key(action, client)]).is_exceeded:
            return
    except Error:
        logger.exception("Entries of the audit log could not be counted")
    log(action, request, subject=subject, **details)


def log_refusal(request: Any, reason: str = "") -> None:
    """Log that a request was refused, except for visitors who only read.

    Nothing is logged where it was refused before its user was known.
    """
    try:
        is_signed_in = hasattr(request, "user") and request.user.is_authenticated
    except Error:
        logger.exception("The user of a refused request could not be read")
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
    """Log that an API key was made, changed or deleted: its user and name, never the key."""
    log(
        action,
        request,
        subject=subject_of(token.user),
        key=token.name,
        read_only=token.read_only,
        expires_on=token.expires_on,
        **details,
    )


def log_role(record: Any, **changes: Any) -> None:
    """Log what a user or a group gained or lost; no entry where all `changes` are empty."""
    if given := {name: change for name, change in changes.items() if change}:
        log(Action.ROLE_CHANGED, subject=subject_of(record), **given)


def subject_of(record: Any) -> str:
    """A user or a group as the subject of an entry, such as "users/wang"."""
    return f"{record._meta.model_name}s/{record}"


def safe_query(parameters: QueryDict) -> str:
    """The query string without values that may be secret."""
    kept = QueryDict(mutable=True)
    for name, values in parameters.lists():
        kept.setlist(name, ["…"] if SENSITIVE.search(name) else values)
    return kept.urlencode(safe="/:…")


def printable(value: Any, max_length: int | None) -> str:
    """`value` on one line, with unprintable characters replaced, cut to `max_length` characters."""
    # Cut first, so that a long text costs no more than a short one.
    text = str(value)[: max_length or MAX_DETAIL_LENGTH]
    return "".join("�" if unicodedata.category(c) in UNPRINTABLE else c for c in text)


def _fact(value: Any) -> Any:
    if isinstance(value, bool | int) or value is None:
        return value
    if isinstance(value, list | tuple | set | frozenset):
        return printable(", ".join(sorted(map(str, value))), MAX_DETAIL_LENGTH)
    return printable(value, MAX_DETAIL_LENGTH)


def _quoted(value: Any) -> str:
    """In quotes and in ASCII, and so on one line."""
    return json.dumps(value, ensure_ascii=True)
