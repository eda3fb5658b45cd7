"""The models of the register, by their `register` options.

 Routers, navigation, exports, imports,
review, error reports and checks go over these functions and keep no lists of their own.
"""

from __future__ import annotations

from typing import Any

from django.apps import apps
from django.db import models

from .area import Area
from .base import CodedModel, NamedModel, ReviewedModel
from .enterprise import Enterprise
from .exchange_rate import ExchangeRate
from .headline import Headline
from .project import Project
from .receipt import Receipt
from .sector import Sector
from .source import Source
from .zone import Zone

# A model comes after those that it refers to, as records are written and published in this order.
_MODELS: tuple[Any, ...] = (
    Source,
    Zone,
    Area,
    Sector,
    Enterprise,
    Project,
    Receipt,
    Headline,
    ExchangeRate,
)


def register_models(kind: Any = models.Model) -> list[Any]:
    """All models of the register that are a `kind`, each after those that it refers to."""
    return [model for model in _MODELS if issubclass(model, kind)]


def reviewed_models() -> list[Any]:
    return register_models(ReviewedModel)


def named_models() -> list[Any]:
    return register_models(NamedModel)


def coded_models() -> list[Any]:
    return register_models(CodedModel)


def _in_menu_order(found: list[Any]) -> list[Any]:
    last = len(_MODELS)
    return sorted(found, key=lambda model: model.register.menu_position or last)


def listed_models() -> list[Any]:
    """Models with a list page, in the order of the navigation."""
    return _in_menu_order([one for one in _MODELS if one.register.menu_position])


def reportable_models() -> list[Any]:
    """Models with a form to report errors in their records, in the order of the navigation."""
    return _in_menu_order([one for one in _MODELS if one.register.reportable])


def importable_models() -> list[Any]:
    """Models that can be imported on a page, in the order of the navigation."""
    return _in_menu_order([one for one in _MODELS if one.register.importable])


def by_plural(found: list[Any]) -> dict[str, Any]:
    """Models by the plural that addresses and files use."""
    return {model.register.plural: model for model in found}


REVIEWED = by_plural(reviewed_models())


def model_named(name: str) -> Any:
    """The model that addresses, files or Django call `name`. Raises LookupError."""
    return by_plural(list(_MODELS)).get(name) or apps.get_model("projects", name)


def plurals(name: str, found: list[Any], label: str = "verbose_name") -> Any:
    """Choices between models, by plural: a TextChoices called `name`, such as "SOURCES"."""
    members: Any = [
        (model.register.plural.upper(), (model.register.plural, getattr(model._meta, label)))
        for model in found
    ]
    return models.TextChoices(name, members)
