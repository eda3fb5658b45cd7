"""Rate limits of API requests and file downloads, per user or per visitor's network.

Fixed windows, counted in the cache that all workers share (`CACHES["limits"]`)
with atomic increments. A window begins with the first request and ends by itself.
Where the cache fails, requests are not limited: reading needs no write.
"""

from __future__ import annotations

import logging
import math
import re
import time
from dataclasses import dataclass
from typing import Any, Self

from django.conf import settings
from django.core.cache import caches
from django.http import HttpRequest
from django.utils.translation import ngettext

from .client_address import client_network

logger = logging.getLogger(__name__)

SECONDS = {"s": 1, "m": 60, "h": 60 * 60, "d": 24 * 60 * 60}


@dataclass(frozen=True)
class Rate:
    """At most `number` requests in `seconds`."""

    number: int
    seconds: int

    @classmethod
    def read(cls, text: str) -> Self:
        """The rate of a setting such as 120/min. Raises ValueError."""
        found = re.fullmatch(r"(\d+)/([smhd])[a-z]*", text)
        if found is None:
            raise ValueError(f"{text!r} is not a rate")
        return cls(int(found[1]), SECONDS[found[2]])


@dataclass(frozen=True)
class Usage:
    """How much of a limit is used, this request included; `retry_after` in seconds."""

    limit: int
    count: int
    retry_after: int

    @property
    def is_exceeded(self) -> bool:
        return self.count > self.limit

    @property
    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(0, self.limit - self.count)),
            "RateLimit-Reset": str(self.retry_after),
        }

    @property
    def sentence(self) -> str:
        return ngettext(
            "Too many requests. Try again in %(seconds)s second.",
            "Too many requests. Try again in %(seconds)s seconds.",
            self.retry_after,
        ) % {"seconds": self.retry_after}


def consume(request: HttpRequest, user: Any) -> Usage:
    """Count this request once, for `user` or for a visitor's network.

    The usage is added to the response as headers.
    """
    usage: Usage | None = getattr(request, "rate_limit_usage", None)
    if usage is None:
        if user.is_authenticated:
            key, rate = f"user:{user.pk}", Rate.read(settings.API_RATE_USER)
        else:
            key, rate = f"address:{client_network(request)}", Rate.read(settings.API_RATE_ANON)
        try:
            usage = count(key, rate)
        except Exception:
            logger.exception("Requests cannot be counted, so they are not limited")
            usage = Usage(rate.number, 0, rate.seconds)
        request.rate_limit_usage = usage
        request.further_headers = usage.headers
    return usage


def count(key: str, rate: Rate) -> Usage:
    """Count one request under `key`. Concurrent requests get different numbers."""
    cache = caches["limits"]
    now = time.time()
    start = _start_of_window(cache, f"limit:{key}", now, rate.seconds)
    counter = f"limit:{key}:{start}"
    cache.add(counter, 0, 2 * rate.seconds)
    retry_after = max(1, math.ceil(start + rate.seconds - now))
    return Usage(rate.number, cache.incr(counter), retry_after)


def _start_of_window(cache: Any, key: str, now: float, seconds: int) -> float:
    """When the current window began; `now` where this request is its first."""
    for _try in range(3):
        if cache.add(key, now, seconds):
            return now
        start = cache.get(key)
        # None where it ended between the two calls: try again, so that all use one start.
        if start is not None:
            return start
    return now
