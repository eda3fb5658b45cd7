"""Whole responses, to compare with those to the same requests under other conditions."""

from __future__ import annotations

import io
import re
from collections.abc import Iterable
from typing import Any

from django.test import Client
from python_calamine import CalamineWorkbook

# New in each response and without meaning: tokens of forms, nonces, seconds left of a session,
# and the time and signature of a cursor.
TOKENS = re.compile(
    rb'(name="csrfmiddlewaretoken" value="|csrfToken": "|data-seconds="|"seconds": |nonce[-=]"?'
    rb"|cursor=[.\w-]+%3A)[\w%+:/=-]+"
)
# These depend on the clock and on earlier requests of the same client.
VARYING_HEADERS = {
    "Content-Length",
    "Date",
    "Expires",
    "RateLimit-Remaining",
    "RateLimit-Reset",
}


def fetch(client: Client, path: str, method: str = "get") -> tuple[Any, ...]:
    """A response as status, headers and body without `TOKENS`; the body of a workbook is its rows.

    Fails on a server error.
    """
    response = getattr(client, method)(path)
    body = b"".join(response) if response.streaming else response.content
    assert response.status_code < 500, (path, body)
    if "spreadsheetml" in response.get("Content-Type", "") and body:
        book = CalamineWorkbook.from_filelike(io.BytesIO(body))
        rows = [
            row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()
        ]
        body = repr([row for row in rows if row[0] != "Exported at"]).encode()
    headers = tuple(
        (name, TOKENS.sub(rb"\1", value.encode()))
        for name, value in sorted(response.items())
        if name not in VARYING_HEADERS
    )
    return response.status_code, headers, TOKENS.sub(rb"\1", body)


def fetch_all(client: Client, paths: Iterable[str], method: str = "get") -> dict[str, Any]:
    return {path: fetch(client, path, method) for path in paths}


def differences(one: dict[str, Any], other: dict[str, Any]) -> list[Any]:
    """The paths whose responses differ, each with the text around the first difference."""
    assert one.keys() == other.keys()
    return [
        (path, *_around_the_difference(*map(repr, (one[path], other[path]))))
        for path in one
        if one[path] != other[path]
    ]


def _around_the_difference(one: str, other: str) -> tuple[str, str]:
    pairs = enumerate(zip(one, other, strict=False))
    place = next((at for at, (left, right) in pairs if left != right), min(len(one), len(other)))
    return tuple(text[max(0, place - 60) : place + 60] for text in (one, other))
