"""The state of a record in a few characters, and the headers that name one (RFC 9110, 13.1)."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.utils.encoders import JSONEncoder

IF_MATCH = "If-Match"
IF_NONE_MATCH = "If-None-Match"
# Whatever state it is, as long as there is one.
ANY = "*"
_TAG = re.compile(r'[ \t]*((?:W/)?"[\x21\x23-\x7e\x80-\xff]*")?[ \t]*(?:,|\Z)')


class PreconditionRequired(exceptions.APIException):
    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_code = "state_required"

    def __init__(self) -> None:
        super().__init__(
            _(
                "Say of which state of the record you speak: send the header If-Match with the "
                "ETag that came when you read it, or with * for whatever it is by now."
            )
        )


class PreconditionFailed(exceptions.APIException):
    """The record is in another state than the one that the request is about; `etag` is its own."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "state_changed"

    def __init__(self, etag: str) -> None:
        self.etag = etag
        super().__init__(
            _(
                "The record was changed since you read it: read it again, and send If-Match with "
                "the ETag that it has now."
            )
        )


def etag_of(data: Any) -> str:
    """The strong ETag of what is answered: the same for all who are answered the same.

    Made of the content and not of the version, since what is derived (an amount
    in the base currency, funds received) changes without it.
    """
    canonical = json.dumps(data, cls=JSONEncoder, sort_keys=True, separators=(",", ":"))
    return f'"{hashlib.sha256(canonical.encode()).hexdigest()[:32]}"'


def check_match(request: Any, etag: str) -> None:
    """Raise unless `If-Match` names `etag`, strongly, and `If-None-Match` does not name it."""
    named = _named(request, IF_MATCH)
    if named is None:
        raise PreconditionRequired
    if (etag not in named and ANY not in named) or is_known(request, etag):
        raise PreconditionFailed(etag)


def is_known(request: Any, etag: str) -> bool:
    """Whether `If-None-Match` names `etag`: a proxy may have made it a weak one."""
    named = _named(request, IF_NONE_MATCH) or []
    return ANY in named or etag in {tag.removeprefix("W/") for tag in named}


def _named(request: Any, header: str) -> list[str] | None:
    """The tags that a header names; None where it is missing."""
    value = request.headers.get(header)
    if value is None:
        return None
    if value.strip() == ANY:
        return [ANY]
    tags: list[str] = []
    place = 0
    while place < len(value):
        found = _TAG.match(value, place)
        if found is None:
            tags = []
            break
        tags += [found[1]] if found[1] else []
        place = found.end()
    if not tags:
        raise exceptions.ValidationError(
            {header: [_('Give *, or ETags in their quotation marks, such as "0123abcd".')]}
        )
    return tags
