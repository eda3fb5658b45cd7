"""Who may review what. The checks raise PermissionDenied with a message for the user."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext as _

from projects.models import permissions
from projects.models.base import ReviewedModel
from projects.models.text_validation import check_text


class ReviewError(Exception):
    """A review action that is not possible; the message says why."""


def user_or_none(user: Any) -> Any:
    """The user as stored in foreign keys: None for commands."""
    return user if getattr(user, "pk", None) else None


def set_author(user: Any, *records: Any, reason: str | None = None) -> None:
    """Set the author, and the reason, of the rows of history that writing `records` makes."""
    for record in records:
        record._history_user = user_or_none(user)
        if reason is not None:
            record._change_reason = reason


def read_reason(reason: str, missing: str) -> str:
    """A reason, validated and stripped. Raises ReviewError, with `missing` if it is empty."""
    if not reason.strip():
        raise ReviewError(missing)
    try:
        check_text(reason, _("reason"), lines=True, hidden=True)
    except ValidationError as error:
        raise ReviewError(" ".join(error.messages)) from error
    return reason.strip()


def audit_subject(records: Sequence[Any]) -> str:
    """How the audit log names records: a single one by its API path, several by their number."""
    if len(records) != 1:
        return str(len(records))
    (record,) = records
    is_reviewed = isinstance(record, ReviewedModel)
    model_name = record.register.plural if is_reviewed else record._meta.model_name
    return f"{model_name}/{getattr(record, 'code', record.pk)}"


def check_scope(user: Any, record: Any) -> None:
    """Check that a record is within the areas of `user`, before and after the change.

    Raises PermissionDenied if the stored record is outside, ValidationError if the
    changed one would be. One query more for users who are limited to areas.
    """
    if permissions.allowed_areas(user) is None:
        return
    if record.pk is not None:
        stored = type(record)._base_manager.filter(pk=record.pk).first()
        if stored is not None and not permissions.in_scope(user, stored):
            raise PermissionDenied(permissions.out_of_scope(user))
    if not permissions.in_scope(user, record):
        name = (record.AREA or "").partition("__")[0]
        sentence = ValidationError(permissions.out_of_scope(user), "out_of_scope")
        has_field = name and name != "pk"
        raise ValidationError({name: sentence} if has_field else sentence)


def check_may_publish(user: Any, model: Any) -> None:
    """Raise PermissionDenied unless `user` may publish records of a model."""
    if not permissions.has_permission(user, "publish", model):
        raise PermissionDenied(
            _("Only reviewers can publish or return %(models)s.")
            % {"models": model._meta.verbose_name_plural}
        )


def check_may_review(user: Any, record: Any) -> None:
    """Raise PermissionDenied unless `user` may publish `record`, if somebody else wrote it."""
    check_may_publish(user, type(record))
    if not permissions.in_scope(user, record):
        raise PermissionDenied(permissions.out_of_scope(user))


def check_may_decide(user: Any, record: Any, contributors: set[Any]) -> None:
    """Raise PermissionDenied unless `user` may publish `record`, as written by `contributors`."""
    check_may_review(user, record)
    check_not_own(user, contributors)


def check_not_own(user: Any, contributors: set[Any]) -> None:
    """Raise PermissionDenied if `user` is a contributor: nobody reviews their own work."""
    if user.pk in contributors and not (
        permissions.has_full_access(user) or settings.REVIEW_OWN_ENTRIES
    ):
        raise PermissionDenied(
            _("This is your own entry: somebody else must review it before it is published.")
        )


def refusal(check: Callable[..., None], *args: Any) -> str:
    """Why one of these checks refuses, in words; empty if it does not."""
    try:
        check(*args)
    except PermissionDenied as error:
        return str(error)
    return ""
