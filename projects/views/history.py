"""The page of the whole history of a record."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views import View

from projects.filters.parameters import HistoryForm
from projects.history import diff

from .lists import part_of, refused
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
        form = HistoryForm(request.GET)
        errors = form.messages()
        context: dict[str, Any] = {"record": record, "errors": errors}
        history = history_of(user, record)
        page = None if errors else part_of(history, form.cleaned_data, errors)
        if page is None:
            return refused(request, self.template, context)
        entries = diff.entries(history, list(page), names=sees_all_of(user, record))
        return render(request, self.template, context | {"page": page, "entries": entries})
