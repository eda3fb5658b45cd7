"""Exports as CSV, XLSX and JSON, with the fields and values of the API."""

from .base import CONTENT_TYPES, Export, read_snapshot
from .records import RECORDS, RecordsExport
from .totals import TOTALS, TotalsExport
