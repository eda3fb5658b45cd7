"""Errors as JSON: `{"detail": …}`, or `{field: [messages]}` for invalid fields."""

from __future__ import annotations

import logging
import math
from typing import Any

from django.conf import settings
from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
    TooManyFieldsSent,
)
from django.core.exceptions import (
    ValidationError as ModelError,
)
from django.db import DataError, IntegrityError, InterfaceError, OperationalError
from django.db.models import ProtectedError, RestrictedError
from django.http import UnreadablePostError
from django.http.multipartparser import MultiPartParserError
from django.utils.translation import gettext as _
from rest_framework import exceptions, status
from rest_framework.views import exception_handler as stock_handler

from projects.accounts import audit_log
from projects.history import (
    ConflictError,
    StillReferencedError,
    anything_changed,
    references_sentence,
)
from projects.review import ReviewError
from projects.serializers.errors import api_error, flat

from .etags import PreconditionFailed
from .formats import BodyTooLarge
from .throttling import TooManyRequests, refuse_too_often

logger = logging.getLogger(__name__)

# Seconds after which to retry when the database is locked or unavailable.
TRY_AGAIN_AFTER = 5


REFUSALS = (
    exceptions.AuthenticationFailed,
    exceptions.NotAuthenticated,
    exceptions.PermissionDenied,
)


class Conflict(exceptions.APIException):
    status_code = status.HTTP_409_CONFLICT
    default_code = "conflict"


class Unavailable(exceptions.APIException):
    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "unavailable"
    wait = TRY_AGAIN_AFTER


def exception_handler(error: Exception, context: dict[str, Any]) -> Any:
    """The response to an exception in a view; None (a 500) only for programming errors."""
    error = to_api_error(error, getattr(context.get("request"), "user", None))
    if isinstance(error, REFUSALS):
        # Raised before the view's rate limit; counted, so that keys cannot be guessed.
        try:
            refuse_too_often(context["request"])
        except TooManyRequests as too_often:
            error = too_often
    if isinstance(error, exceptions.ValidationError):
        kind = Conflict if _is_code_taken(error, context) else exceptions.ValidationError
        error = kind(flat(error.detail))
    response = stock_handler(error, context)
    if response is not None and isinstance(error, REFUSALS):
        audit_log.log_refusal(context["request"], reason=str(getattr(error, "detail", "")))
    if response is not None and getattr(error, "wait", None) is not None:
        # Whole seconds, at least one.
        response["Retry-After"] = str(max(1, math.ceil(error.wait)))
    if response is not None and isinstance(error, PreconditionFailed):
        response["ETag"] = error.etag
    return response


def to_api_error(error: Exception, user: Any) -> Exception:
    """The API error for an exception of Django or the database; other exceptions unchanged.

    `user` is the client: an error names nothing that they may not see.
    """
    match error:
        case ModelError():
            return api_error(error)
        case StillReferencedError() | ConflictError():
            return Conflict(error.sentence(user))
        case ProtectedError() | RestrictedError():
            return Conflict(references_sentence([], user))
        case PermissionDenied():
            return exceptions.PermissionDenied(*error.args)
        case ReviewError():
            return Conflict(str(error))
        case IntegrityError():
            # The rules were checked before: another write has come in between.
            logger.warning("A write conflicted with another one", exc_info=error)
            return Conflict(anything_changed())
        case OperationalError() | InterfaceError():
            logger.error("The database is not available", exc_info=error)
            return Unavailable(_("The database is busy or unavailable: try again in a moment."))
        case DataError():
            logger.warning("The database cannot hold what was sent", exc_info=error)
            return exceptions.ParseError(
                _("The database cannot store one of the values that were sent.")
            )
        case RequestDataTooBig():
            return BodyTooLarge(_("The body is too large: send less at once."))
        case TooManyFieldsSent():
            most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS
            return exceptions.ParseError(
                _("The address has more than %(most)s parameters: use fewer.") % {"most": most}
            )
        case SuspiciousOperation() | BadRequest() | MultiPartParserError() | UnreadablePostError():
            return exceptions.ParseError(_("The request cannot be read."))
    return error


def _is_code_taken(error: exceptions.ValidationError, context: dict[str, Any]) -> bool:
    """Whether the only error of a new record is that its code is taken."""
    return (
        getattr(context.get("view"), "action", None) == "create"
        and isinstance(error.detail, dict)
        and error.detail.keys() == {"code"}
        and {message.code for message in error.detail["code"]} == {"unique"}
    )
