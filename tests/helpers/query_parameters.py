"""The query parameters of an address, from its view."""

from __future__ import annotations

from typing import Any

from django.urls import Resolver404, resolve

from projects.filters import TotalsFilterSet
from projects.views.overview import OverviewFilterSet

PAGING = ["page", "page_size", "cursor"]
# Of the admin.
ADMIN_LIST = ["q", "o", "p", "all", "e", "_facets", "_popup", "_to_field"]
ADMIN_PAGE = ["_changelist_filters", "_popup", "_to_field", "page", "keep"]
AUTOCOMPLETE = ["term", "app_label", "model_name", "field_name", "page"]
# Tried at every address.
ANYWHERE = ["next", "format", "lang"]


def parameters_of(address: str) -> list[str]:
    """The parameters that `address` reads, or might read."""
    try:
        view = resolve(address).func
    except Resolver404:
        return ANYWHERE
    admin = getattr(view, "model_admin", None)
    if admin is not None:
        return [*_of_admin(admin, address), *ANYWHERE]
    if address.startswith("/admin/autocomplete/"):
        return [*AUTOCOMPLETE, *ANYWHERE]
    kind: Any = getattr(view, "view_class", None) or getattr(view, "cls", None)
    filterset = getattr(kind, "filterset_class", None)
    if address == "/":
        filterset = OverviewFilterSet
    if address.startswith("/totals/"):
        filterset = TotalsFilterSet
    export = getattr(view, "view_initkwargs", {}).get("export")
    filterset = getattr(export, "filterset_class", filterset)
    return [*(filterset.base_filters if filterset else ()), *PAGING, *ANYWHERE]


def _of_admin(admin: Any, address: str) -> list[str]:
    columns = [column.name for column in admin.opts.get_fields() if column.concrete]
    if not address.endswith(f"/{admin.opts.model_name}/"):
        # The add form takes initial values from the query string.
        return [*ADMIN_PAGE, *columns]
    filters = [
        getattr(one, "parameter_name", None) or (one if isinstance(one, str) else one[0])
        for one in admin.list_filter
    ]
    lookups = [
        f"{name}{lookup}"
        for name in (*filters, *columns)
        for lookup in ("", "__exact", "__in", "__gte", "__isnull")
    ]
    return [*ADMIN_LIST, *lookups]
