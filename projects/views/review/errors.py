"""Why a review action was refused, as sentences and an HTTP status."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError
from django.db.models import ProtectedError
from django.utils.translation import gettext as _
from rest_framework import exceptions

from projects.history import (
    ConflictError,
    StillReferencedError,
    anything_changed,
    references_sentence,
)
from projects.i18n.languages import with_label
from projects.review import ReviewError
from projects.serializers.errors import messages
from projects.serializers.labels import field_labels

logger = logging.getLogger(__name__)

# Errors that refuse an action and are shown to the user.
REFUSALS = (
    ReviewError,
    PermissionDenied,
    ValidationError,
    exceptions.ValidationError,
    ProtectedError,
    IntegrityError,
)


@dataclass(frozen=True)
class Problem:
    sentences: list[str]
    status: int


def problem_of(error: Exception, user: Any, serializer: Any = None) -> Problem:
    """The sentences for `user`, which name nothing that they may not see.

    `serializer` has the labels of the fields that errors are about.
    """
    match error:
        case PermissionDenied():
            return Problem([str(error) or _("You do not have permission for this.")], 403)
        case StillReferencedError() | ConflictError():
            return Problem([error.sentence(user)], 409)
        case ProtectedError():
            return Problem([references_sentence([], user)], 409)
        case ValidationError():
            by_field = getattr(error, "message_dict", {"": error.messages})
            return Problem(list(_by_field(by_field, serializer)), 400)
        case exceptions.ValidationError():
            return Problem(list(_by_field(error.detail, serializer)), 400)
        case IntegrityError():
            # The rules were checked before: another write was faster.
            logger.warning("A review action conflicted with another write", exc_info=error)
            return Problem([anything_changed()], 409)
    return Problem([str(error)], 409)


def _by_field(errors: Any, serializer: Any) -> Iterable[str]:
    labels = field_labels(serializer) if serializer is not None else {}
    if not isinstance(errors, Mapping):
        errors = {"": errors}
    for name, found in errors.items():
        for _place, sentence in messages(found):
            yield with_label(labels[name], sentence) if name in labels else str(sentence)
