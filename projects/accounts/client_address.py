"""Where a request comes from, said in one way to whatever counts or notes it."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from typing import Any

from django.conf import settings

# How much of an address of IPv6 tells one household or office from another.
OWN_BITS = 64


def client_ip(request: Any) -> str:
    """The client's address; "" where there is none, as on a socket of this machine.

    Behind the proxy it is the last one in X-Forwarded-For, which the proxy wrote:
    a visitor may make up whatever stands before it, and this changes nothing.
    Without a proxy that header is not looked at.
    """
    written = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if settings.REST_FRAMEWORK["NUM_PROXIES"] and (told := _plain(written.rpartition(",")[2])):
        return told
    return _plain(request.META.get("REMOTE_ADDR", ""))


def client_network(request: Any) -> str:
    """What is counted as one client: an address, of IPv6 the half that names the network.

    Whoever has one address of IPv6 has all 2⁶⁴ of its network.
    """
    address = client_ip(request)
    if ":" not in address:
        return address
    network = int(IPv6Address(address)) >> OWN_BITS
    return f"{IPv6Address(network << OWN_BITS)}/{OWN_BITS}"


def _plain(written: str) -> str:
    """An address as it is written shortest, without a port; "" for what is none."""
    text = written.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        found = ip_address(text.partition("%")[0])
    except ValueError:
        return ""
    if isinstance(found, IPv6Address) and found.ipv4_mapped:
        found = found.ipv4_mapped
    return str(found)
