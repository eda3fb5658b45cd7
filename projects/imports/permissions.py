"""Permissions of imports: a new record needs the permission to add, a changed one to change."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from projects.models.permissions import has_permission
from projects.models.registry import by_plural, importable_models, model_named

# The models that can be imported on the pages, by plural.
IMPORTABLE = tuple(by_plural(importable_models()))


def importable_by(user: Any) -> list[str]:
    """The kinds of records that `user` may import."""
    return [
        name
        for name in IMPORTABLE
        if any(has_permission(user, action, model_named(name)) for action in ("add", "change"))
    ]


def refusal(action: str, model: Any) -> str:
    sentence = {
        "add": _("You have no permission to add %(nouns)s."),
        "change": _("You have no permission to change %(nouns)s."),
        "delete": _("You have no permission to delete %(nouns)s."),
    }[action]
    return sentence % {"nouns": model._meta.verbose_name_plural}
