"""One serializer for each model: its fields are JSON keys, and headings of exports and imports."""

from collections.abc import Iterator
from typing import Any

from projects.models.registry import register_models

from .base import RecordSerializer
from .fields import RecordCache
from .others import (
    AreaSerializer,
    EnterpriseSerializer,
    HeadlineSerializer,
    RateSerializer,
    SectorSerializer,
    SourceSerializer,
    ZoneSerializer,
)
from .project import ProjectSerializer, ReceiptSerializer
from .totals import TotalsSerializer


def _serializers(of: Any = RecordSerializer) -> Iterator[Any]:
    for one in of.__subclasses__():
        yield one
        yield from _serializers(one)


_BY_MODEL = {one.Meta.model: one for one in _serializers() if hasattr(one, "Meta")}
# By the plural that files and addresses use. Models come after those that they refer to.
BY_MODEL_NAME = {model.register.plural: _BY_MODEL[model] for model in register_models()}
