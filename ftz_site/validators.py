"""Validators of settings from the environment: values must be readable and safe."""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

MIN_KEY_LENGTH = 50
# Different characters, as in Django's own check.
MIN_CHARACTERS = 5
# In bytes, compressed: a key that repeats itself is easier to guess than its length suggests.
MIN_COMPRESSED_LENGTH = 32
MAX_REQUESTS = 1_000_000

_HOST = re.compile(r"\*|\.?[A-Za-z0-9_-]+(\.[A-Za-z0-9_-]+)*|\[[0-9A-Fa-f:.]+\]")
_THIS_MACHINE = re.compile(
    r"(\.|([a-z0-9-]+\.)*)localhost|127(\.\d{1,3}){3}|\[::1\]", re.IGNORECASE
)
_ORIGIN = re.compile(r"(https?)://([A-Za-z0-9*._\[\]:-]+)")
_EMAIL = re.compile(r"[^\s@<>,;:\"]+@[A-Za-z0-9.-]+")
_RATE = re.compile(r"([1-9][0-9]{0,6})/(s|sec|second|m|min|minute|h|hour|d|day)")


def is_hard_to_guess(key: str) -> bool:
    """Whether a secret key is as long and varied as Django requires, without repetition."""
    return (
        len(key) >= MIN_KEY_LENGTH
        and len(set(key)) >= MIN_CHARACTERS
        and len(zlib.compress(key.encode("utf-8", "surrogateescape"), 9)) >= MIN_COMPRESSED_LENGTH
        and not key.startswith("django-insecure-")
    )


def are_hosts(hosts: Sequence[str], *, in_debug: bool) -> bool:
    """Whether hosts are valid: only this machine with DEBUG; else at least one, and not `*`."""
    if not all(map(_HOST.fullmatch, hosts)):
        return False
    if in_debug:
        return all(map(_THIS_MACHINE.fullmatch, hosts))
    return bool(hosts) and "*" not in hosts


def are_origins(origins: Sequence[str], *, in_debug: bool) -> bool:
    """Whether origins are valid: over TLS except with DEBUG, and not any host."""
    found = [_ORIGIN.fullmatch(origin) for origin in origins]
    return all(
        one is not None and one[2].strip("*.") and (in_debug or one[1] == "https") for one in found
    )


def is_email(text: str) -> bool:
    return _EMAIL.fullmatch(text) is not None


def is_one_line(text: str) -> bool:
    """Whether a text fits on a page as a sentence or two: one line, at most 500 characters."""
    return len(text) <= 500 and all(character.isprintable() for character in text)


def is_time_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        # Folders of the zone database, such as "Asia", raise OSError.
        return False
    return True


def is_rate(text: str) -> bool:
    """Whether a text is a rate of at most MAX_REQUESTS, such as 120/min."""
    rate = _RATE.fullmatch(text)
    return rate is not None and int(rate[1]) <= MAX_REQUESTS


def counts_exactly(cache: Mapping[str, Any]) -> bool:
    """Whether a cache counts exactly for concurrent workers: those with a server do."""
    return cache["BACKEND"].rpartition(".")[2] in (
        "RedisCache",
        "PyLibMCCache",
        "PyMemcacheCache",
    )
