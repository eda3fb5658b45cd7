"""What somebody typed into a form whose session had ended, until they have signed in again.

Such a form carries a signed word on whose it is, and on which page it stands. Sent by
nobody who is signed in, what was typed is kept in the new session of that browser, for
an hour, and shown once to the same person: in the form, not saved. Whoever else signs
in there makes it be forgotten. Nobody without the signed word has anything kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.utils import timezone

TYPED_BY = "typed_by"
# What stands in a session.
TYPED = "typed"
HOLDS = 60 * 60
# Beyond, a form is too large to be kept in a session: some 50 pages of text.
LONGEST = 200_000
# A form may have been open for as long as a session holds, and over a weekend.
FORM_HOLDS = 4 * 24 * 60 * 60
# What a name has in it whose value is kept nowhere, whichever form holds it.
SECRETS = ("password", "secret", "token")


@dataclass(frozen=True)
class Typed:
    """What was sent, and the path that it was sent to: a page may have several forms."""

    sent: QueryDict
    to: str


def typed_by(user: Any, page: str) -> str:
    """The signed word that a form of `user` on `page` carries."""
    return signing.dumps([user.pk, page], salt=TYPED_BY)


def led_back(request: HttpRequest) -> HttpResponse | None:
    """Keep what was sent, and lead to the page of its form, by the sign-in where that is needed.

    None where nothing was kept.
    """
    page = keep(request)
    if page is None:
        return None
    return HttpResponseRedirect(page) if request.user.is_authenticated else redirect_to_login(page)


def keep(request: HttpRequest) -> str | None:
    """Keep what was sent by nobody who is signed in; the page that it belongs to.

    None where it is not kept: without a signed word, of a form that asks for
    secrets (a view with `keeps_typed` false), or of one that is too large. Files
    are not kept.
    """
    match = getattr(request, "resolver_match", None)
    view = getattr(match and match.func, "view_class", None)
    if not getattr(view, "keeps_typed", True):
        return None
    try:
        user, page = signing.loads(
            request.POST.get(TYPED_BY, ""), salt=TYPED_BY, max_age=FORM_HOLDS
        )
    except (signing.BadSignature, TypeError):
        # A word of another form than today's says nothing either.
        return None
    sent = request.POST.copy()
    for name in list(sent):
        is_secret = any(part in name.lower() for part in SECRETS)
        if name == TYPED_BY or is_secret:
            del sent[name]
    text = sent.urlencode()
    if len(text) > LONGEST:
        return None
    request.session[TYPED] = {
        "user": user,
        "page": page,
        "to": request.path,
        "sent": text,
        "since": timezone.now().timestamp(),
    }
    return page


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


def awaits(request: HttpRequest) -> bool:
    """Whether something is kept for the page that somebody who is signed in asks for."""
    if request.method != "GET" or not request.user.is_authenticated:
        return False
    kept = request.session.get(TYPED) or {}
    return kept.get("page") == request.get_full_path()


def take(request: HttpRequest) -> Typed | None:
    """What the person typed into a form of this page: once, and within an hour."""
    if not awaits(request):
        return None
    kept = request.session.pop(TYPED)
    is_theirs = kept["user"] == request.user.pk
    is_fresh = timezone.now().timestamp() - kept["since"] <= HOLDS
    return Typed(QueryDict(kept["sent"]), kept["to"]) if is_theirs and is_fresh else None
