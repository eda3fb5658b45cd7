"""Who may decide about what, said as sentences."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext as _

from projects.models import permissions
from projects.models.base import ReviewedModel
from projects.models.text_validation import check_text


class ReviewError(Exception):
    """Why a step of a review cannot be taken now, as a sentence."""


def person(user: Any) -> Any:
    """The user as columns have it: None for the shell."""
    return user if getattr(user, "pk", None) else None


def read_reason(reason: str, missing: str) -> str:
    """A reason as it is kept. Raises ReviewError: with `missing` where there is none."""
    if not reason.strip():
        raise ReviewError(missing)
    try:
        check_text(reason, gettext("reason"), lines=True, hidden=True)
    except ValidationError as error:
        raise ReviewError(" ".join(error.messages)) from error
    return reason.strip()


def audit_subject(records: Sequence[Any]) -> str:
    """Records as the audit log names them: the only one by its address in the API, or how many."""
    if len(records) != 1:
        return str(len(records))
    (record,) = records
    is_reviewed = isinstance(record, ReviewedModel)
    noun = record.register.plural if is_reviewed else record._meta.model_name
    return f"{noun}/{getattr(record, 'code', record.pk)}"


def check_reach(user: Any, record: Any) -> None:
    """Raise PermissionDenied where a record that is there is of an area that `user` may not write,
    and ValidationError where it would become so. A query more for whoever is limited."""
    if permissions.allowed_areas(user) is None:
        return
    if record.pk is not None:
        standing = type(record)._base_manager.filter(pk=record.pk).first()
        if standing is not None and not permissions.in_scope(user, standing):
            raise PermissionDenied(permissions.out_of_scope(user))
    if not permissions.in_scope(user, record):
        name = (record.AREA or "").partition("__")[0]
        sentence = ValidationError(permissions.out_of_scope(user), "out_of_reach")
        has_field = name and name != "pk"
        raise ValidationError({name: sentence} if has_field else sentence)


def check_may_publish(user: Any, model: Any) -> None:
    """Raise PermissionDenied unless `user` may publish records of a noun."""
    if not permissions.has_permission(user, "publish", model):
        raise PermissionDenied(
            _("Only a reviewer publishes or returns %(nouns)s.")
            % {"nouns": model._meta.verbose_name_plural}
        )


def check_may_decide(user: Any, record: Any, authors: set[Any]) -> None:
    """Raise PermissionDenied unless `user` may publish `record`, or what `authors` made of it."""
    check_may_publish(user, type(record))
    if not permissions.in_scope(user, record):
        raise PermissionDenied(permissions.out_of_scope(user))
    check_not_own(user, authors)


def check_not_own(user: Any, authors: set[Any]) -> None:
    """Raise PermissionDenied where `user` had a hand in it: nobody looks at their own work as
    somebody else would."""
    if user.pk in authors and not (
        permissions.has_full_access(user) or settings.REVIEW_OWN_ENTRIES
    ):
        raise PermissionDenied(
            _("This is your own entry: somebody else has to look at it before it is published.")
        )
