"""What somebody typed into a form whose session had ended, until they have signed in again.

Such a form carries a signed word on whose it is. Sent by nobody who is signed
in, what was typed is kept in the new session of that browser, for an hour, and
shown once to the same person: in the form, not saved. Whoever else signs in
there makes it be forgotten. Nobody without the signed word has anything kept.
"""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.http import HttpRequest, QueryDict
from django.utils import timezone

TYPED_BY = "typed_by"
# What stands in a session.
TYPED = "typed"
HOLDS = 60 * 60
# Beyond, a form is too large to be kept in a session: some 50 pages of text.
LONGEST = 200_000
# A form may have been open for as long as a session holds, and over a weekend.
FORM_HOLDS = 4 * 24 * 60 * 60


def typed_by(user: Any) -> str:
    """The signed word that a form carries."""
    return signing.dumps(user.pk, salt=TYPED_BY)


def keep(request: HttpRequest) -> bool:
    """Keep what was sent by nobody who is signed in; whether it was kept."""
    try:
        user = signing.loads(request.POST.get(TYPED_BY, ""), salt=TYPED_BY, max_age=FORM_HOLDS)
    except signing.BadSignature:
        return False
    sent = request.POST.copy()
    for name in list(sent):
        # No secret is kept, whichever form holds one.
        if name in (TYPED_BY, "csrfmiddlewaretoken") or "password" in name:
            del sent[name]
    text = sent.urlencode()
    if len(text) > LONGEST:
        return False
    request.session[TYPED] = {
        "user": user,
        "path": request.get_full_path(),
        "sent": text,
        "since": timezone.now().timestamp(),
    }
    return True


def is_kept(request: HttpRequest) -> bool:
    return TYPED in request.session


def carry(request: HttpRequest) -> Any:
    """What is kept, for a session that takes the place of this one."""
    return request.session.get(TYPED)


def forget_others(request: HttpRequest) -> None:
    """Whoever has just signed in sees nothing of what somebody else typed."""
    kept = request.session.get(TYPED)
    if kept and kept["user"] != request.user.pk:
        del request.session[TYPED]


def take(request: HttpRequest) -> QueryDict | None:
    """What the person typed into the form of this address: once, and within an hour."""
    kept = request.session.get(TYPED)
    if not kept or kept["path"] != request.get_full_path():
        return None
    del request.session[TYPED]
    is_theirs = kept["user"] == request.user.pk
    is_fresh = timezone.now().timestamp() - kept["since"] <= HOLDS
    return QueryDict(kept["sent"]) if is_theirs and is_fresh else None
