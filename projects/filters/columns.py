"""Which columns of a list are asked for, by page and file alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext

from projects.names.messages import truncate_for_display

COLUMNS = "columns"


def requested_columns(data: Any, known: Sequence[str], errors: dict[str, list[str]]) -> list[str]:
    """The columns that are asked for, in the order of those `known`; empty where none is.

    One that is not known is noted in `errors`.
    """
    wanted = {value.strip() for value in data.getlist(COLUMNS)} - {""}
    if strange := sorted(wanted - set(known)):
        errors[COLUMNS] = [
            gettext("“%(value)s” is not valid here: give %(hint)s.")
            % {"value": truncate_for_display(strange[0]), "hint": ", ".join(known)}
        ]
        return []
    return [name for name in known if name in wanted]
