"""What the form of a mapping offers: units, ways to find records, values and constants."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from projects.imports.column_matching import VALUES
from projects.models import Area, Source, Zone
from projects.models.permissions import has_permission

# Of more records than this no select is made: their code is typed.
MOST_OPTIONS = 100

IGNORE, LEAVE_OUT, OTHER = "-", "-leave-out", "-other"
BY_CODE, BY_NAME, MAKE = "code", "name", "make"

# The unit of plain numbers in a column of amounts.
UNITS = {
    "1": _("single units (元)"),
    "1000": _("thousand (千元)"),
    "10000": _("ten thousand (万元)"),
    "1000000": _("million (百万元)"),
    "100000000": _("hundred million (亿元)"),
    "1000000000": _("billion (十亿元)"),
}
# Fields that several columns may be of: lists, and texts whose parts become lines.
SEVERAL = frozenset({"sectors", "partners", "aliases", "description", "note"})
# Fields for which all rows of a file may have the same value.
CONSTANTS = defaultdict(
    tuple,
    projects=("stage", "area", "currency", "sources"),
    enterprises=("kind", "area", "sources"),
    receipts=("currency", "source"),
)
# Fields whose cells may hold names of records instead of codes.
FOUND = defaultdict(
    tuple,
    projects=("area", "sectors", "enterprise", "partners"),
    enterprises=("area",),
    receipts=("project",),
)


Choices = list[tuple[str, Any]]


def vocabulary(name: str) -> Choices:
    """The values of a vocabulary, such as the stages."""
    return [(value, capfirst(str(label))) for value, label in VALUES[name][1].choices]


def ways_to_find(name: str, model: Any, user: Any) -> Choices:
    """How cells of a field name records, and what becomes of unknown names. At most one query."""
    ways: Choices = [
        (BY_CODE, _("codes")),
        (BY_NAME, _("names; unknown ones are refused")),
    ]
    if name == "project" or not has_permission(user, "add", model):
        return ways
    if model is Area:
        return ways + [
            (
                f"{MAKE}:{zone.code}",
                gettext("names; unknown ones are created in %(zone)s") % {"zone": zone.label},
            )
            for zone in _records(Zone, user)
        ]
    return [*ways, (MAKE, _("names; unknown ones are created"))]


def constant_choices(name: str, user: Any) -> Choices:
    """The values that all rows may have in a field; empty where it is typed. At most one query."""
    if name in VALUES:
        return vocabulary(name)
    if name == "area":
        return [(area.code, area.label) for area in _records(Area, user)]
    if name in ("source", "sources"):
        return [(source.code, source.title) for source in _records(Source, user)]
    return []


def _records(model: Any, user: Any) -> list[Any]:
    """The records to choose from; none where there are too many. One query."""
    found = list(model.objects.visible_to(user)[: MOST_OPTIONS + 1])
    return found if len(found) <= MOST_OPTIONS else []
