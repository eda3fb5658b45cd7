"""The addresses of the pages."""

from typing import Any

from django.urls import path, re_path, register_converter

from projects.exports import (
    AREAS,
    CONTENT_TYPES,
    ENTERPRISES,
    HEADLINES,
    PROJECTS,
    SOURCES,
    TOTALS,
    Export,
)
from projects.imports import template_workbook
from projects.models import Area, Enterprise, Headline, Project, Source
from projects.models.fields import CODE_PATTERN
from projects.views import (
    area,
    enterprise,
    exports,
    headline,
    methods,
    overview,
    project,
    source,
    totals,
)
from projects.views.error_report import ErrorReportView, report_sent
from projects.views.history import HistoryView
from projects.views.imports import mapping as import_mapping
from projects.views.imports import page as import_page
from projects.views.imports import upload as import_upload
from projects.views.review import deleted as review_deleted
from projects.views.review import draft as review_draft
from projects.views.review import proposal as review_proposal
from projects.views.review import reports as review_reports
from projects.views.review.queue import ReviewList
from projects.views.template_workbook import blank_sheet


class CodeConverter:
    """A code as it stands in an address; what is no code leads nowhere."""

    regex = CODE_PATTERN

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(CodeConverter, "code")


def files(export: Export) -> Any:
    """The addresses of the files of a page, beside that page."""
    return re_path(
        rf"^{export.name}/export\.(?P<format>{'|'.join(CONTENT_TYPES)})\Z",
        exports.ExportView.as_view(export=export),
        name=f"{export.name}-export",
    )


urlpatterns = [
    path("", overview.overview, name="overview"),
    path("projects/", project.ProjectListView.as_view(), name="projects"),
    files(PROJECTS),
    path("projects/<code:code>/", project.ProjectDetailView.as_view(), name="project"),
    path(
        "projects/<code:code>/history/",
        HistoryView.as_view(model=Project),
        name="project-history",
    ),
    path(
        "projects/<code:code>/report/",
        ErrorReportView.as_view(model=Project),
        name="project-report",
    ),
    path("enterprises/", enterprise.EnterpriseListView.as_view(), name="enterprises"),
    files(ENTERPRISES),
    path("enterprises/<code:code>/", enterprise.EnterpriseDetailView.as_view(), name="enterprise"),
    path(
        "enterprises/<code:code>/history/",
        HistoryView.as_view(model=Enterprise),
        name="enterprise-history",
    ),
    path(
        "enterprises/<code:code>/report/",
        ErrorReportView.as_view(model=Enterprise),
        name="enterprise-report",
    ),
    path("areas/", area.AreaListView.as_view(), name="areas"),
    files(AREAS),
    path("areas/<code:code>/", area.AreaDetailView.as_view(), name="area"),
    path("areas/<code:code>/report/", ErrorReportView.as_view(model=Area), name="area-report"),
    path("totals/", totals.totals_page, name="totals"),
    files(TOTALS),
    re_path(
        rf"^import/template/(?P<noun>{'|'.join(template_workbook.NOUNS)})\.xlsx\Z",
        blank_sheet,
        name="import-template",
    ),
    path(
        "headlines/<code:code>/report/",
        ErrorReportView.as_view(model=Headline),
        name="headline-report",
    ),
    path("report/sent/", report_sent, name="report-sent"),
    path("methods/", methods.methods, name="methods"),
    path("headlines/", headline.HeadlineListView.as_view(), name="headlines"),
    files(HEADLINES),
    path("sources/", source.SourceListView.as_view(), name="sources"),
    files(SOURCES),
    path("import/", import_upload.ImportList.as_view(), name="imports"),
    path("import/<int:pk>/", import_page.ImportPage.as_view(), name="import"),
    path("import/<int:pk>/mapping/", import_mapping.MappingPage.as_view(), name="import-mapping"),
    path("import/<int:pk>/decide/", import_page.Decide.as_view(), name="import-decide"),
    path("import/<int:pk>/check/", import_page.CheckAgain.as_view(), name="import-check"),
    path("import/<int:pk>/approve/", import_page.Approve.as_view(), name="import-approve"),
    path("import/<int:pk>/cancel/", import_page.Cancel.as_view(), name="import-cancel"),
    path("import/<int:pk>/publish/", import_page.PublishDrafts.as_view(), name="import-publish"),
    path("import/<int:pk>/undo/", import_page.Undo.as_view(), name="import-undo"),
    path("import/<int:pk>/refused.csv", import_page.RefusedFile.as_view(), name="import-refused"),
    path("sources/<code:code>/", source.SourceDetailView.as_view(), name="source"),
    path(
        "sources/<code:code>/history/",
        HistoryView.as_view(model=Source),
        name="source-history",
    ),
    path(
        "sources/<code:code>/report/", ErrorReportView.as_view(model=Source), name="source-report"
    ),
    path("review/", ReviewList.as_view(), name="review"),
    path(
        "review/drafts/<slug:noun>/<int:pk>/",
        review_draft.DraftPage.as_view(),
        name="review-draft",
    ),
    path(
        "review/drafts/<slug:noun>/<int:pk>/publish/",
        review_draft.Publish.as_view(),
        name="review-draft-publish",
    ),
    path(
        "review/drafts/<slug:noun>/<int:pk>/return/",
        review_draft.SendBack.as_view(),
        name="review-draft-return",
    ),
    path("review/reports/", review_reports.ReportList.as_view(), name="review-reports"),
    path("review/reports/<int:pk>/", review_reports.ReportLook.as_view(), name="review-report"),
    path(
        "review/reports/<int:pk>/settle/",
        review_reports.Settle.as_view(),
        name="review-report-settle",
    ),
    path(
        "review/reports/<int:pk>/dismiss/",
        review_reports.Dismiss.as_view(),
        name="review-report-dismiss",
    ),
    path("review/deleted/", review_deleted.DeletedList.as_view(), name="review-deleted"),
    path(
        "review/deleted/<slug:noun>/<int:pk>/",
        review_deleted.DeletedPage.as_view(),
        name="review-deleted-record",
    ),
    path(
        "review/deleted/<slug:noun>/<int:pk>/restore/",
        review_deleted.Restore.as_view(),
        name="review-restore",
    ),
    path("review/proposals/<int:pk>/", review_proposal.ProposalPage.as_view(), name="proposal"),
    path(
        "review/proposals/<int:pk>/accept/",
        review_proposal.Accept.as_view(),
        name="proposal-accept",
    ),
    path(
        "review/proposals/<int:pk>/return/",
        review_proposal.SendBack.as_view(),
        name="proposal-return",
    ),
    path(
        "review/proposals/<int:pk>/withdraw/",
        review_proposal.Withdraw.as_view(),
        name="proposal-withdraw",
    ),
    path(
        "review/proposals/<int:pk>/hand-in-again/",
        review_proposal.HandInAgain.as_view(),
        name="proposal-hand-in-again",
    ),
]
