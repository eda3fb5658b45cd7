"""The addresses of the pages."""

from django.urls import path, re_path, register_converter

from projects.models.fields import CODE_PATTERN
from projects.views import (
    area,
    enterprise,
    exports,
    headline,
    overview,
    project,
    source,
    totals,
)
from projects.views.imports import mapping as import_mapping
from projects.views.imports import page as import_page
from projects.views.imports import upload as import_upload


class CodeConverter:
    """A code as it stands in an address; what is no code leads nowhere."""

    regex = CODE_PATTERN

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(CodeConverter, "code")

FORMAT = r"(?P<format>csv|xlsx|json)"

urlpatterns = [
    path("", overview.overview, name="overview"),
    path("projects/", project.ProjectList.as_view(), name="projects"),
    re_path(
        rf"^projects/export\.{FORMAT}\Z",
        exports.ProjectExport.as_view(),
        name="projects-export",
    ),
    path("projects/<code:code>/", project.ProjectPage.as_view(), name="project"),
    path("enterprises/", enterprise.EnterpriseList.as_view(), name="enterprises"),
    re_path(
        rf"^enterprises/export\.{FORMAT}\Z",
        exports.EnterpriseExport.as_view(),
        name="enterprises-export",
    ),
    path("enterprises/<code:code>/", enterprise.EnterprisePage.as_view(), name="enterprise"),
    path("areas/", area.AreaList.as_view(), name="areas"),
    path("areas/<code:code>/", area.AreaPage.as_view(), name="area"),
    path("totals/", totals.totals_page, name="totals"),
    path("headlines/", headline.HeadlineList.as_view(), name="headlines"),
    path("sources/", source.SourceList.as_view(), name="sources"),
    path("import/", import_upload.ImportList.as_view(), name="imports"),
    path("import/<int:pk>/", import_page.ImportPage.as_view(), name="import"),
    path("import/<int:pk>/mapping/", import_mapping.MappingPage.as_view(), name="import-mapping"),
    path("import/<int:pk>/check/", import_page.CheckAgain.as_view(), name="import-check"),
    path("import/<int:pk>/approve/", import_page.Approve.as_view(), name="import-approve"),
    path("import/<int:pk>/cancel/", import_page.Cancel.as_view(), name="import-cancel"),
    path("import/<int:pk>/undo/", import_page.Undo.as_view(), name="import-undo"),
    path("import/<int:pk>/refused.csv", import_page.RefusedFile.as_view(), name="import-refused"),
    path("sources/<code:code>/", source.SourcePage.as_view(), name="source"),
]
