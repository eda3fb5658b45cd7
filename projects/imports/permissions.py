"""Who may have a row written: adding needs the permission to add, changing the one to change."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from projects.models.permissions import has_permission
from projects.models.registry import by_plural, importable_models, model_named

# What may be brought in on a page.
NOUNS = tuple(by_plural(importable_models()))


def nouns_of(user: Any) -> list[str]:
    """The nouns of which `user` may bring in files."""
    return [
        noun
        for noun in NOUNS
        if any(has_permission(user, action, model_named(noun)) for action in ("add", "change"))
    ]


def refusal(action: str, model: Any) -> str:
    sentence = {
        "add": _("You may not add %(nouns)s."),
        "change": _("You may not change %(nouns)s."),
        "delete": _("You may not delete %(nouns)s."),
    }[action]
    return sentence % {"nouns": model._meta.verbose_name_plural}
