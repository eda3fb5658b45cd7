"""The pages of each model that has any."""

from __future__ import annotations

from typing import Any

from .area import AreaDetailView, AreaListView
from .detail import RecordDetailView
from .enterprise import EnterpriseDetailView, EnterpriseListView
from .headline import HeadlineListView
from .lists import FilteredListView
from .project import ProjectDetailView, ProjectListView
from .source import SourceDetailView, SourceListView

LIST_PAGES: dict[Any, type[FilteredListView]] = {
    page.filterset_class._meta.model: page
    for page in (
        AreaListView,
        EnterpriseListView,
        HeadlineListView,
        ProjectListView,
        SourceListView,
    )
}
RECORD_PAGES: dict[Any, type[RecordDetailView]] = {
    page.model: page
    for page in (AreaDetailView, EnterpriseDetailView, ProjectDetailView, SourceDetailView)
}
