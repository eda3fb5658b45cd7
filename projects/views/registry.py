"""The pages of each model that has any."""

from __future__ import annotations

from typing import Any

from projects import filters
from projects.models.registry import listed_models

from .area import AreaDetailView, AreaListView
from .detail import RecordDetailView
from .enterprise import EnterpriseDetailView, EnterpriseListView
from .headline import HeadlineListView
from .lists import FilteredListView
from .project import ProjectDetailView, ProjectListView
from .source import SourceDetailView
from .tables import Table


def list_page(model: Any) -> type[FilteredListView]:
    """A list that needs nothing but its filters and its table."""
    return type(
        f"{model.__name__}ListView",
        (FilteredListView,),
        {
            "filterset_class": filters.BY_MODEL_NAME[model.register.plural],
            "table_class": next(one for one in Table.__subclasses__() if one.model is model),
        },
    )


_OWN_LISTS: dict[Any, type[FilteredListView]] = {
    page.filterset_class._meta.model: page
    for page in (
        AreaListView,
        EnterpriseListView,
        HeadlineListView,
        ProjectListView,
    )
}
LIST_PAGES = {model: _OWN_LISTS.get(model) or list_page(model) for model in listed_models()}
RECORD_PAGES: dict[Any, type[RecordDetailView]] = {
    page.model: page
    for page in (AreaDetailView, EnterpriseDetailView, ProjectDetailView, SourceDetailView)
}
