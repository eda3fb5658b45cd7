"""From where somebody asks, as far as it can be known."""

from __future__ import annotations

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any

from django.conf import settings
from django.http import HttpRequest

# As some proxies write it: 192.0.2.1:5678, [2001:db8::1]:5678.
_WITH_PORT = re.compile(r"(\d+\.\d+\.\d+\.\d+):\d+|\[([^\]]+)\](?::\d+)?")


def address_of(request: HttpRequest) -> str:
    """The address of whoever asks; empty where nothing says it.

    Behind a proxy it is what the proxy wrote down last: whatever stands before
    that in the header, the client may have made up. Without one (DEBUG) the
    header counts for nothing.
    """
    direct = request.META.get("REMOTE_ADDR", "")
    given = [direct]
    if settings.REST_FRAMEWORK["NUM_PROXIES"]:
        given.insert(0, request.META.get("HTTP_X_FORWARDED_FOR", "").rpartition(",")[2])
    for text in given:
        address = _read(text)
        if address is not None:
            return str(address)
    return ""


def network_of(address: str) -> str:
    """What one household or host has at least: of IPv6 the network (/64), in which it may choose.

    What is no address stays as it is.
    """
    read = _read(address)
    return str(ip_network((read, 64), strict=False)) if isinstance(read, IPv6Address) else address


def _read(text: str) -> IPv4Address | IPv6Address | None:
    text = text.strip()
    if with_port := _WITH_PORT.fullmatch(text):
        text = with_port[1] or with_port[2]
    try:
        # A zone (fe80::1%eth0) is the machine's own name for a cable.
        address: Any = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
