"""The addresses of the pages."""

from typing import Any

from django.urls import path, re_path, register_converter

from projects import blank_sheets, exporting
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
from projects.views.blank_sheets import blank_sheet
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


def files(export: exporting.Export) -> Any:
    """The addresses of the files of a page, beside that page."""
    return re_path(
        rf"^{export.name}/export\.(?P<format>{'|'.join(exporting.CONTENT_TYPES)})\Z",
        exports.ExportFile.as_view(export=export),
        name=f"{export.name}-export",
    )


urlpatterns = [
    path("", overview.overview, name="overview"),
    path("projects/", project.ProjectList.as_view(), name="projects"),
    files(exporting.PROJECTS),
    path("projects/<code:code>/", project.ProjectPage.as_view(), name="project"),
    path("enterprises/", enterprise.EnterpriseList.as_view(), name="enterprises"),
    files(exporting.ENTERPRISES),
    path("enterprises/<code:code>/", enterprise.EnterprisePage.as_view(), name="enterprise"),
    path("areas/", area.AreaList.as_view(), name="areas"),
    files(exporting.AREAS),
    path("areas/<code:code>/", area.AreaPage.as_view(), name="area"),
    path("totals/", totals.totals_page, name="totals"),
    files(exporting.TOTALS),
    re_path(
        rf"^import/template/(?P<noun>{'|'.join(blank_sheets.NOUNS)})\.xlsx\Z",
        blank_sheet,
        name="import-template",
    ),
    path("headlines/", headline.HeadlineList.as_view(), name="headlines"),
    files(exporting.HEADLINES),
    path("sources/", source.SourceList.as_view(), name="sources"),
    files(exporting.SOURCES),
    path("import/", import_upload.ImportList.as_view(), name="imports"),
    path("import/<int:pk>/", import_page.ImportPage.as_view(), name="import"),
    path("import/<int:pk>/mapping/", import_mapping.MappingPage.as_view(), name="import-mapping"),
    path("import/<int:pk>/decide/", import_page.Decide.as_view(), name="import-decide"),
    path("import/<int:pk>/check/", import_page.CheckAgain.as_view(), name="import-check"),
    path("import/<int:pk>/approve/", import_page.Approve.as_view(), name="import-approve"),
    path("import/<int:pk>/cancel/", import_page.Cancel.as_view(), name="import-cancel"),
    path("import/<int:pk>/undo/", import_page.Undo.as_view(), name="import-undo"),
    path("import/<int:pk>/refused.csv", import_page.RefusedFile.as_view(), name="import-refused"),
    path("sources/<code:code>/", source.SourcePage.as_view(), name="source"),
]
