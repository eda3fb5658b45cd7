"""A question's answer as a file: CSV, XLSX or JSON, with the fields and values of the API."""

from .base import CONTENT_TYPES, Export, at_one_moment
from .records import RECORDS, RecordsExport
from .totals import TOTALS, TotalsExport
