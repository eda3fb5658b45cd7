"""Downloads of lists and totals as files."""

from __future__ import annotations

from tempfile import TemporaryFile
from typing import Any

from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.utils import timezone
from django.utils.translation import gettext
from django.views import View

from projects import exports
from projects.accounts import audit_log, rate_limit
from projects.spreadsheets.writing import SheetFullError


class ExportView(View):
    """A file of all matching records; 400 and no file if the filters have errors."""

    http_method_names = ["get", "head", "options"]
    # Set in the URL configuration.
    export: exports.Export = None

    def get(self, request: HttpRequest, format: str) -> HttpResponseBase:
        usage = rate_limit.consume(request, request.user)
        if usage.is_exceeded:
            return too_many_requests(usage)
        export = self.export
        filterset = export.filterset(request.GET, request.user)
        if refusals := export.refusals(filterset):
            return refused(refusals)
        options: dict[str, Any] = {
            "content_type": exports.CONTENT_TYPES[format],
            "headers": {
                "Content-Disposition": "attachment; "
                f'filename="{export.filename(format, timezone.localdate())}"'
            },
        }
        if request.method == "HEAD":
            # An empty stream, so that no Content-Length is sent: the length is not known.
            return StreamingHttpResponse([], **options)
        audit_log.log_export(request)
        if format == "xlsx":
            # Closed, and so deleted, with the response.
            file = TemporaryFile()  # noqa: SIM115
            try:
                export.xlsx(filterset, file)
            except SheetFullError as error:
                file.close()
                return refused([gettext(error.message) % error.params])
            file.seek(0)
            return FileResponse(file, **options)
        return StreamingHttpResponse(export.chunks(filterset, format), **options)


def refused(messages: list[str]) -> HttpResponse:
    """The errors as plain text, so that no file with errors is taken for the records."""
    return plain_text(
        [gettext("The filters contain an error, so there is no file:"), *messages], 400
    )


def too_many_requests(usage: rate_limit.Usage) -> HttpResponse:
    response = plain_text([usage.sentence], 429)
    response.headers["Retry-After"] = str(usage.retry_after)
    return response


def plain_text(lines: list[str], status: int) -> HttpResponse:
    return HttpResponse(
        "".join(f"{line}\n" for line in lines),
        status=status,
        content_type="text/plain; charset=utf-8",
    )
