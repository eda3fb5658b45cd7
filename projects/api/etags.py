"""ETags of records, and the headers that refer to them (RFC 9110, 13.1)."""

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
# Matches any ETag.
ANY = "*"
_TAG = re.compile(r'[ \t]*((?:W/)?"[\x21\x23-\x7e\x80-\xff]*")?[ \t]*(?:,|\Z)')


class PreconditionRequired(exceptions.APIException):
    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_code = "state_required"

    def __init__(self) -> None:
        super().__init__(
            _(
                "State the version of the record: send the header If-Match with the ETag that you "
                "got when reading it, or with * for any version."
            )
        )


class PreconditionFailed(exceptions.APIException):
    """The record has changed since the client read it; `etag` is the current one."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "state_changed"

    def __init__(self, etag: str) -> None:
        self.etag = etag
        super().__init__(
            _(
                "The record has changed since you read it: read it again, and send If-Match with "
                "its current ETag."
            )
        )


def etag_of(data: Any) -> str:
    """The strong ETag of a response's content; equal for everyone who sees the same content.

    A hash of the content, not the version, because derived values (amounts in the base
    currency, funds received) change without a new version.
    """
    canonical = json.dumps(data, cls=JSONEncoder, sort_keys=True, separators=(",", ":"))
    return f'"{hashlib.sha256(canonical.encode()).hexdigest()[:32]}"'


def check_match(request: Any, etag: str) -> None:
    """Raise unless `If-Match` contains `etag`, strongly, and `If-None-Match` does not."""
    named = _named(request, IF_MATCH)
    if named is None:
        raise PreconditionRequired
    if (etag not in named and ANY not in named) or is_known(request, etag):
        raise PreconditionFailed(etag)


def is_known(request: Any, etag: str) -> bool:
    """Whether `If-None-Match` contains `etag`; weak tags match, as proxies may weaken them."""
    named = _named(request, IF_NONE_MATCH) or []
    return ANY in named or etag in {tag.removeprefix("W/") for tag in named}


def _named(request: Any, header: str) -> list[str] | None:
    """The tags in a header; None if it is missing."""
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
