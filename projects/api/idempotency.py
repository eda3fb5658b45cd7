"""Idempotency keys: a POST with an `Idempotency-Key` is carried out once, however often sent."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from projects.models import IdempotentResponse

HEADER = "Idempotency-Key"
# Printable ASCII.
KEY_PATTERN = r"[!-~]([ -~]{0,198}[!-~])?"


class IdempotencyKeyReused(exceptions.APIException):
    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "key_used_otherwise"


def idempotent(handler: Callable[..., Response]) -> Callable[..., Response]:
    """Decorate a POST handler: a repeated request gets the stored response of the first.

    The key is claimed in the transaction of the write, so that of two concurrent
    requests one writes and the other waits for its response. Errors are not stored:
    the request can be corrected and sent again with the same key.
    """

    @wraps(handler)
    def once(view: Any, request: Any, *args: Any, **kwargs: Any) -> Response:
        key = request.headers.get(HEADER)
        if key is None:
            return handler(view, request, *args, **kwargs)
        if not re.fullmatch(KEY_PATTERN, key):
            raise exceptions.ValidationError(
                {HEADER: [_("A key has 1 to 200 letters, digits and signs of ASCII.")]}
            )
        digest = _digest(request)
        with transaction.atomic():
            stored, is_new = IdempotentResponse.objects.claim(request.user, key, digest)
            if not is_new:
                return _again(stored, digest)
            response = handler(view, request, *args, **kwargs)
            if status.is_success(response.status_code):
                _keep(stored, response)
            else:
                transaction.set_rollback(True)
            return response

    once.is_idempotent = True
    return once


def _digest(request: Any) -> str:
    """A digest of the method, the address with its query string, and the body."""
    # Accessing the data reads the body, and raises if it is invalid.
    _data = request.data
    parts = [request.method, request.get_full_path(), getattr(request, "body_digest", "")]
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogateescape")).hexdigest()


def _keep(stored: IdempotentResponse, response: Response) -> None:
    stored.status = response.status_code
    stored.headers = {
        name: value for name, value in response.items() if name.lower() != "content-type"
    }
    stored.body = JSONRenderer().render(response.data).decode()
    stored.save()


def _again(stored: IdempotentResponse, digest: str) -> Response:
    if stored.request_digest != digest:
        raise IdempotencyKeyReused(
            _("This key was already used for another request: use a new one.")
        )
    return Response(json.loads(stored.body), stored.status, headers=stored.headers)
