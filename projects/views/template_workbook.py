from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from projects import exports
from projects.imports import template_workbook


@require_safe
@login_required
def download_template(request: HttpRequest, model_name: str) -> HttpResponse:
    """The template workbook of a model, which staff fill in and import."""
    if not request.user.is_staff:
        raise PermissionDenied
    return HttpResponse(
        template_workbook.make_template(model_name, request.user),
        content_type=exports.CONTENT_TYPES["xlsx"],
        headers={"Content-Disposition": f'attachment; filename="{model_name}-template.xlsx"'},
    )
