"""Errors as the API returns them: messages by field, from models and serializers alike."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS
from django.core.exceptions import ValidationError as ModelError
from rest_framework import serializers
from rest_framework.settings import api_settings


def api_error(error: ModelError) -> serializers.ValidationError:
    """A model's errors as an error of the API, by field and with their codes."""
    by_field = (
        error.error_dict if hasattr(error, "error_dict") else {NON_FIELD_ERRORS: error.error_list}
    )
    named = {
        api_settings.NON_FIELD_ERRORS_KEY if name == NON_FIELD_ERRORS else name: errors
        for name, errors in by_field.items()
    }
    return serializers.ValidationError(
        {
            name: [
                serializers.ErrorDetail(message, code=one.code or "invalid")
                for one in errors
                for message in one.messages
            ]
            for name, errors in named.items()
        }
    )


def flat(detail: Any) -> dict[str, list[str]]:
    """Messages by field of the body or by parameter.

    Errors inside a list or an object name their place in it: `{"sectors": ["[1].share: …"]}`.
    """
    if not isinstance(detail, dict):
        detail = {api_settings.NON_FIELD_ERRORS_KEY: detail}
    return {
        str(name): [
            f"{place.removeprefix('.')}: {message}" if place else message
            for place, message in messages(errors)
        ]
        for name, errors in detail.items()
    }


def messages(errors: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Each message of nested errors, after its place in a list or an object."""
    if isinstance(errors, dict):
        for name, inner in errors.items():
            if name == api_settings.NON_FIELD_ERRORS_KEY:
                step = ""
            else:
                step = f"[{name}]" if str(name).isdigit() else f".{name}"
            yield from messages(inner, place + step)
    elif isinstance(errors, (list, tuple)):
        for number, inner in enumerate(errors):
            # Errors of a list of objects are at its index; in a list of messages it means nothing.
            step = f"[{number}]" if isinstance(inner, dict) else ""
            yield from messages(inner, place + step)
    else:
        yield place, errors
