"""Every address of the site from its resolver, so that tests include new ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver, reverse


@dataclass(frozen=True)
class Address:
    """One pattern of the resolver: its whole route, its name with its namespace, its parameters."""

    route: str
    name: str
    parameters: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        return self.name or self.route

    def paths(self, arguments: Mapping[str, Sequence[Any]]) -> Iterator[str]:
        """The paths for all combinations of `arguments`, which has several values per parameter."""
        values = [arguments[name] for name in self.parameters]
        for given in product(*values):
            yield reverse(self.name, kwargs=dict(zip(self.parameters, given, strict=True)))


def every_address(resolver: Any = None, route: str = "", names: str = "") -> Iterator[Address]:
    """All patterns, including those without a name."""
    for one in (resolver or get_resolver()).url_patterns:
        whole = route + str(one.pattern)
        if isinstance(one, URLResolver):
            inside = f"{names}{one.namespace}:" if one.namespace else names
            yield from every_address(one, whole, inside)
        elif isinstance(one, URLPattern):
            parameters = tuple(one.pattern.regex.groupindex)
            yield Address(whole, names + one.name if one.name else "", parameters)
