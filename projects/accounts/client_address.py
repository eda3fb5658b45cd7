"""The client's IP address, the same for lockout, rate limits and the audit log."""

from __future__ import annotations

from ipaddress import IPv6Address, ip_address
from typing import Any

from django.conf import settings

# The bits of an IPv6 address that identify the network of a household or an office.
OWN_BITS = 64


def client_ip(request: Any) -> str:
    """The client's address; "" where there is none, as on a Unix socket.

    Behind the proxy it is the last one in X-Forwarded-For, which the proxy has
    written: clients can forge those before it. Without a proxy the header is
    ignored.
    """
    written = request.META.get("HTTP_X_FORWARDED_FOR", "")
    if settings.REST_FRAMEWORK["NUM_PROXIES"] and (address := _plain(written.rpartition(",")[2])):
        return address
    return _plain(request.META.get("REMOTE_ADDR", ""))


def client_network(request: Any) -> str:
    """What counts as one client: an IPv4 address, or the /64 network of an IPv6 address.

    A client with one IPv6 address can use all 2⁶⁴ of its network.
    """
    address = client_ip(request)
    if ":" not in address:
        return address
    network = int(IPv6Address(address)) >> OWN_BITS
    return f"{IPv6Address(network << OWN_BITS)}/{OWN_BITS}"


def _plain(written: str) -> str:
    """An address in its shortest form, without port and zone; "" for an invalid one."""
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
