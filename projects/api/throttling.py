from __future__ import annotations

from typing import Any

from rest_framework import exceptions
from rest_framework.throttling import BaseThrottle

from projects.accounts import rate_limit


class TooManyRequests(exceptions.Throttled):
    def __init__(self, usage: rate_limit.Usage) -> None:
        # Skips the library's own, which would append its own sentence.
        exceptions.APIException.__init__(self, usage.sentence)
        self.wait = usage.retry_after


class RateLimit(BaseThrottle):
    """The rate limit of the user or address, for every view of the API."""

    def allow_request(self, request: Any, view: Any) -> bool:
        refuse_too_often(request)
        return True


def refuse_too_often(request: Any) -> None:
    """Count the request, once. Raises TooManyRequests."""
    usage = rate_limit.consume(request._request, request.user)
    if usage.is_exceeded:
        raise TooManyRequests(usage)
