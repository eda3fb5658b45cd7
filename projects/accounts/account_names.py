"""The names of users and groups: unique as a reader tells them apart, of characters that are seen.

Django compares user names letter by letter, and its model is not ours to give
rules to. So the forms of the admin ask here, and every save does again, whoever
saves: `createsuperuser` and code included.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.db.models.signals import pre_save
from django.utils.translation import gettext_lazy as _

from projects import names
from projects.models.text_validation import check_text, text_fields

TAKEN = {
    "username": _("Another user has this name (case, width and spaces aside)."),
    "name": _("Another group has this name (case, width and spaces aside)."),
}


def check_account(account: Any) -> None:
    """Raise a ValidationError, by field, for what the texts of a user or group may not be.

    What stands already is left alone: whoever has a name may go on with it. A
    new name is compared with all others, as they are few, and no database folds
    every script. Two queries at most.
    """
    columns = [field for field in text_fields(type(account)) if field.name != "password"]
    stored = type(account)._base_manager.filter(pk=account.pk)
    standing = stored.values(*(field.name for field in columns)).first() or {}
    name = "name" if isinstance(account, Group) else account.USERNAME_FIELD
    problems: dict[str, Any] = {}
    for field in columns:
        value = getattr(account, field.name)
        if not isinstance(value, str) or value == standing.get(field.name):
            continue
        try:
            check_text(value, str(field.verbose_name))
            if field.name == name and _is_taken(account, name):
                raise ValidationError(TAKEN[name], "unique")
        except ValidationError as error:
            problems[field.name] = [error]
    if problems:
        raise ValidationError(problems)


def _is_taken(account: Any, name: str) -> bool:
    others = type(account)._base_manager.exclude(pk=account.pk).values_list(name, flat=True)
    return names.unique_form(getattr(account, name)) in map(names.unique_form, others.iterator())


def check_before_saving(
    sender: Any, instance: Any, raw: bool, update_fields: Collection[str] | None, **_: Any
) -> None:
    # A copy that is loaded is taken as it is, and signing in saves the moment of it alone.
    texts = {field.name for field in text_fields(sender)} - {"password"}
    if not raw and (update_fields is None or texts & set(update_fields)):
        check_account(instance)


def watch() -> None:
    """Ask at every save of a user or a group, from now on."""
    for model in (get_user_model(), Group):
        pre_save.connect(check_before_saving, model, dispatch_uid="account-names")
