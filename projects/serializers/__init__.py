"""One serialisation a model: its field names are JSON keys, export headings and import headings."""

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

# By the plural by which files and addresses call them, in the order in which they refer
# to each other.
BY_NOUN: dict[str, type[RecordSerializer]] = {
    "sources": SourceSerializer,
    "zones": ZoneSerializer,
    "areas": AreaSerializer,
    "sectors": SectorSerializer,
    "enterprises": EnterpriseSerializer,
    "projects": ProjectSerializer,
    "receipts": ReceiptSerializer,
    "headlines": HeadlineSerializer,
    "rates": RateSerializer,
}

__all__ = [
    "BY_NOUN",
    "AreaSerializer",
    "EnterpriseSerializer",
    "HeadlineSerializer",
    "ProjectSerializer",
    "RateSerializer",
    "ReceiptSerializer",
    "RecordCache",
    "RecordSerializer",
    "SectorSerializer",
    "SourceSerializer",
    "TotalsSerializer",
    "ZoneSerializer",
]
