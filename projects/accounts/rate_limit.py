"""How often one may ask: programs by the API, and anybody for files.

Counted in one place for all workers (`CACHES["limits"]`), in steps that cannot
overtake each other. A span of time begins with somebody's first request and
ends by itself.
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
    """So many requests in so many seconds."""

    number: int
    seconds: int

    @classmethod
    def read(cls, text: str) -> Self:
        """The rate as the environment gives it, such as 120/min; settings have refused others."""
        found = re.fullmatch(r"(\d+)/([smhd])[a-z]*", text)
        if found is None:
            raise ValueError(f"{text!r} is not a rate")
        return cls(int(found[1]), SECONDS[found[2]])


@dataclass(frozen=True)
class Usage:
    """What one has spent of a limit with this request, and in how many seconds it ends."""

    limit: int
    count: int
    ends_in: int

    @property
    def is_too_much(self) -> bool:
        return self.count > self.limit

    @property
    def headers(self) -> dict[str, str]:
        return {
            "RateLimit-Limit": str(self.limit),
            "RateLimit-Remaining": str(max(0, self.limit - self.count)),
            "RateLimit-Reset": str(self.ends_in),
        }

    @property
    def sentence(self) -> str:
        return ngettext(
            "You have asked too often: try again in %(seconds)s second.",
            "You have asked too often: try again in %(seconds)s seconds.",
            self.ends_in,
        ) % {"seconds": self.ends_in}


def consume(request: HttpRequest, user: Any) -> Usage:
    """Count this request, once, to `user`, or to the address of a visitor.

    What was spent goes out with the answer. Whoever cannot be counted, as the
    cache does not answer, may ask: the register is there to be read, and
    writing and signing in are guarded by more than this.
    """
    spent = getattr(request, "spent", None)
    if spent is None:
        if user.is_authenticated:
            key, rate = f"user:{user.pk}", Rate.read(settings.API_RATE_USER)
        else:
            key, rate = (
                f"address:{client_network(request)}",
                Rate.read(settings.API_RATE_ANON),
            )
        try:
            spent = count(key, rate)
        except Exception:
            logger.exception("Requests cannot be counted, and so are not limited")
            spent = Usage(rate.number, 0, rate.seconds)
        request.spent = spent
        request.further_headers = spent.headers
    return spent


def count(key: str, rate: Rate) -> Usage:
    """Count one up. Whoever counts the same key at the same time gets another number."""
    cache = caches["limits"]
    now = time.time()
    begun = _begun(cache, f"limit:{key}", now, rate.seconds)
    counter = f"limit:{key}:{begun}"
    cache.add(counter, 0, 2 * rate.seconds)
    ends_in = max(1, math.ceil(begun + rate.seconds - now))
    return Usage(rate.number, cache.incr(counter), ends_in)


def _begun(cache: Any, key: str, now: float, seconds: int) -> float:
    """When the span began in which `now` is: now, for whoever is first."""
    for _try in range(3):
        if cache.add(key, now, seconds):
            return now
        begun = cache.get(key)
        # None where it ended between the two: once more, so that all begin alike.
        if begun is not None:
            return begun
    return now
