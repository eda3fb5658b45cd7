"""Who may have a row written: adding needs the permission to add, changing the one to change."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_permission_codename
from django.utils.translation import gettext as _

from projects import serializers

# What may be brought in on a page.
NOUNS = ("projects", "enterprises", "receipts")


def may(user: Any, action: str, model: Any) -> bool:
    """Whether `user` may "add", "change" or "delete" records of a model; the shell (None) may all.

    At most two queries for a user, once.
    """
    if user is None:
        return True
    options = model._meta
    return user.has_perm(f"{options.app_label}.{get_permission_codename(action, options)}")


def nouns_of(user: Any) -> list[str]:
    """The nouns of which `user` may bring in files."""
    return [
        noun
        for noun in NOUNS
        if any(may(user, action, model_of(noun)) for action in ("add", "change"))
    ]


def model_of(noun: str) -> Any:
    return serializers.BY_NOUN[noun].Meta.model


def refusal(action: str, model: Any) -> str:
    sentence = {
        "add": _("You may not add %(nouns)s."),
        "change": _("You may not change %(nouns)s."),
        "delete": _("You may not delete %(nouns)s."),
    }[action]
    return sentence % {"nouns": model._meta.verbose_name_plural}
