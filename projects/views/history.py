"""The page of the whole history of a record."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from projects.history import diff
from projects.i18n import amount_units

from .lists import PAGE_SIZE, part_of, refused, unknown_parameters, whole_number
from .record_status import history_of, sees_all_of


class HistoryView(View):
    """The history of one reviewed record, as far as the user may see it."""

    http_method_names = ["get", "head", "options"]
    model: Any = None
    template = "projects/record_history.html"

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        user = request.user
        record = self.model.objects.visible_to(user).by_codes([code]).get(code)
        if record is None:
            raise Http404
        if record.code != code:
            return redirect(f"{record.get_absolute_url()}history/", permanent=True)
        errors = amount_units.problems(request.GET)
        errors |= unknown_parameters(request, amount_units.NAME, "page")
        number = whole_number(request.GET, "page", 1, 10**9, errors)
        context: dict[str, Any] = {"record": record, "errors": errors}
        history = history_of(user, record)
        page = None if errors else part_of(history, number, PAGE_SIZE, errors)
        if page is None:
            return refused(request, self.template, context)
        entries = diff.entries(history, list(page), names=sees_all_of(user, record))
        return render(request, self.template, context | {"page": page, "entries": entries})
