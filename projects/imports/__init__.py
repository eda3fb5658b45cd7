"""Imports of files: mapped, validated as the API validates requests, written whole or not at all.

`pipeline` shows the way of a file from top to bottom.
"""

from .mapping import Mapping, MappingError, read_mapping
from .match import Mode
from .pipeline import Report, import_table
from .rows import RowError
