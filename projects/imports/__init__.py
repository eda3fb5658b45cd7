"""Rows of files to records: mapped, checked as the API checks, written in one go or not at all."""

from .mapping import Mapping, MappingError, read_mapping
from .rows import Fault
from .validate import Fate, Mode
from .write import Report, import_table

__all__ = [
    "Fate",
    "Fault",
    "Mapping",
    "MappingError",
    "Mode",
    "Report",
    "import_table",
    "read_mapping",
]
