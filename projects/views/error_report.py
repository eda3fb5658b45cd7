"""Error reports: a public form for each published record."""

from __future__ import annotations

import math
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy, ngettext
from django.views import View
from django.views.decorators.http import require_safe

from projects.filters.parameters import ParameterForm
from projects.models import ErrorReport
from projects.review import error_reports

from .lists import refused


class ReportForm(forms.ModelForm):
    # A honeypot: hidden from people, but programs fill in every field.
    website = forms.CharField(
        label=gettext_lazy("Leave this empty"),
        required=False,
        widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off"}),
    )

    class Meta:
        model = ErrorReport
        fields = ("wrong", "right", "source", "email")
        widgets = {
            "wrong": forms.Textarea(attrs={"rows": 4}),
            "right": forms.Textarea(attrs={"rows": 3}),
            "source": forms.Textarea(attrs={"rows": 2}),
            "email": forms.EmailInput(attrs={"autocomplete": "email"}),
        }


class ErrorReportView(View):
    """The report form of one published record; 404 for a draft.

    The only public page that sets a cookie: that of the CSRF protection.
    """

    http_method_names = ["get", "head", "post", "options"]
    model: Any = None
    template = "projects/report.html"

    def find(self, code: str) -> Any:
        record = self.model.objects.visible_to(None).by_codes([code]).get(code)
        if record is None:
            raise Http404
        return record

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        errors = ParameterForm(request.GET).messages()
        context = {"record": self.find(code), "errors": errors}
        if errors:
            return refused(request, self.template, context)
        return render(request, self.template, context | {"form": ReportForm()})

    def post(self, request: HttpRequest, code: str) -> HttpResponse:
        record = self.find(code)
        report = ErrorReport(model_name=self.model.register.plural, code=record.code)
        form = ReportForm(request.POST, instance=report)
        context = {"record": record, "form": form}
        if not form.is_valid():
            return render(request, self.template, context, status=400)
        if form.cleaned_data["website"]:
            return redirect("report-sent")
        attempt = error_reports.submit_report(request)
        if attempt.is_exceeded:
            minutes = math.ceil(attempt.retry_after / 60)
            form.add_error(
                None,
                ngettext(
                    "Too many reports. Try again in %(minutes)s minute.",
                    "Too many reports. Try again in %(minutes)s minutes.",
                    minutes,
                )
                % {"minutes": minutes},
            )
            answer = render(request, self.template, context, status=429)
            answer["Retry-After"] = str(attempt.retry_after)
            return answer
        form.save()
        return redirect("report-sent")


@require_safe
def report_sent(request: HttpRequest) -> HttpResponse:
    return render(request, "projects/report_sent.html")
