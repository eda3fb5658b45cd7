"""One serialisation a model: its field names are JSON keys, export headings and import headings."""

from .base import RecordSerializer
from .fields import Known
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

__all__ = [
    "AreaSerializer",
    "EnterpriseSerializer",
    "HeadlineSerializer",
    "Known",
    "ProjectSerializer",
    "RateSerializer",
    "ReceiptSerializer",
    "RecordSerializer",
    "SectorSerializer",
    "SourceSerializer",
    "ZoneSerializer",
]
