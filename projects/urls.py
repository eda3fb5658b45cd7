"""The addresses of the pages."""

from collections.abc import Iterator
from itertools import chain
from typing import Any

from django.urls import path, re_path, register_converter

from projects.exports import CONTENT_TYPES, RECORDS, TOTALS, Export
from projects.imports.permissions import IMPORTABLE
from projects.models.base import ReviewedModel
from projects.models.fields import CODE_PATTERN
from projects.models.registry import listed_models
from projects.views import exports, methods, overview, totals
from projects.views.error_report import ErrorReportView, report_sent
from projects.views.history import HistoryView
from projects.views.imports import mapping as import_mapping
from projects.views.imports import page as import_page
from projects.views.imports import upload as import_upload
from projects.views.registry import LIST_PAGES, RECORD_PAGES
from projects.views.review import deleted as review_deleted
from projects.views.review import draft as review_draft
from projects.views.review import proposal as review_proposal
from projects.views.review import reports as review_reports
from projects.views.review.queue import ReviewList
from projects.views.template_workbook import download_template


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


def of_model(model: Any) -> Iterator[Any]:
    """The addresses of a listed model: its list with its files, and what each record has."""
    options = model.register
    one, many = options.singular, options.plural
    yield path(f"{many}/", LIST_PAGES[model].as_view(), name=many)
    yield files(RECORDS[many])
    if model in RECORD_PAGES:
        yield path(f"{many}/<code:code>/", RECORD_PAGES[model].as_view(), name=one)
        if issubclass(model, ReviewedModel):
            history = HistoryView.as_view(model=model)
            yield path(f"{many}/<code:code>/history/", history, name=f"{one}-history")
    if options.reportable:
        report = ErrorReportView.as_view(model=model)
        yield path(f"{many}/<code:code>/report/", report, name=f"{one}-report")


urlpatterns = [
    path("", overview.overview, name="overview"),
    *chain.from_iterable(map(of_model, listed_models())),
    path("totals/", totals.totals_page, name="totals"),
    files(TOTALS),
    re_path(
        rf"^import/template/(?P<model_name>{'|'.join(IMPORTABLE)})\.xlsx\Z",
        download_template,
        name="import-template",
    ),
    path("report/sent/", report_sent, name="report-sent"),
    path("methods/", methods.methods, name="methods"),
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
    path("review/", ReviewList.as_view(), name="review"),
    path(
        "review/drafts/<slug:model_name>/<int:pk>/",
        review_draft.DraftPage.as_view(),
        name="review-draft",
    ),
    path(
        "review/drafts/<slug:model_name>/<int:pk>/publish/",
        review_draft.Publish.as_view(),
        name="review-draft-publish",
    ),
    path(
        "review/drafts/<slug:model_name>/<int:pk>/return/",
        review_draft.ReturnDraft.as_view(),
        name="review-draft-return",
    ),
    path("review/reports/", review_reports.ReportList.as_view(), name="review-reports"),
    path("review/reports/<int:pk>/", review_reports.ReportPage.as_view(), name="review-report"),
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
        "review/deleted/<slug:model_name>/<int:pk>/",
        review_deleted.DeletedPage.as_view(),
        name="review-deleted-record",
    ),
    path(
        "review/deleted/<slug:model_name>/<int:pk>/restore/",
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
        review_proposal.ReturnProposal.as_view(),
        name="proposal-return",
    ),
    path(
        "review/proposals/<int:pk>/withdraw/",
        review_proposal.Withdraw.as_view(),
        name="proposal-withdraw",
    ),
    path(
        "review/proposals/<int:pk>/hand-in-again/",
        review_proposal.Resubmit.as_view(),
        name="proposal-resubmit",
    ),
]
