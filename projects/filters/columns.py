"""The columns of a list that are requested, for pages and files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext

from projects.names.messages import truncate_for_display

COLUMNS = "columns"


def requested_columns(data: Any, known: Sequence[str], errors: dict[str, list[str]]) -> list[str]:
    """The requested columns in the order of `known`; empty if none is requested.

    Adds a message to `errors` for a column that is not known.
    """
    wanted = {value.strip() for value in data.getlist(COLUMNS)} - {""}
    if unknown := sorted(wanted - set(known)):
        errors[COLUMNS] = [
            gettext("“%(value)s” is not valid here: give %(hint)s.")
            % {"value": truncate_for_display(unknown[0]), "hint": ", ".join(known)}
        ]
        return []
    return [name for name in known if name in wanted]
