"""“Save and add another” leads to a form that starts with some values of the last one."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from django.http import HttpRequest, HttpResponse


def keep_values(
    request: HttpRequest, response: HttpResponse, form: Any, names: Iterable[str]
) -> HttpResponse:
    """Add the submitted values of these fields to the address that `response` redirects to.

    `form` is the class of the form that was saved. The admin takes initial values from the
    address: that needs no script and no session.
    """
    if "_addanother" not in request.POST or "Location" not in response.headers:
        return response
    names = [name for name in names if name in form.base_fields]
    kept = {name: _submitted(request, form.base_fields[name], name) for name in names}
    parts = urlsplit(response.headers["Location"])
    # Django leaves in it the initial values of the form that was saved.
    others = [pair for pair in parse_qsl(parts.query) if pair[0] not in names]
    query = urlencode([*others, *((k, v) for k, v in kept.items() if v)], safe=",")
    response.headers["Location"] = urlunsplit(parts._replace(query=query))
    return response


def _submitted(request: HttpRequest, field: Any, name: str) -> str:
    """What was chosen, as the admin reads it from an address: several keys with commas."""
    value = field.widget.value_from_datadict(request.POST, request.FILES, name)
    return ",".join(map(str, value)) if isinstance(value, list | tuple) else value or ""
