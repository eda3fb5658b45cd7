"""Password reset by a link in an e-mail."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, TemplateView

from projects.accounts import audit_log, lockout, password_reset

from .lockout import LockoutMixin


class EmailForm(forms.Form):
    email = forms.EmailField(
        label=_("E-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )


class RequestLink(LockoutMixin, FormView):
    """The form for requesting a link. The response does not depend on whether an account exists."""

    form_class = EmailForm
    template_name = "registration/password_reset.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(**kwargs) | {"can_send": settings.CAN_SEND_MAIL}

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.CAN_SEND_MAIL:
            return redirect("password-reset")
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        password_reset.request_link(self.request, form.cleaned_data["email"])
        return redirect("password-reset-sent")


class LinkSent(TemplateView):
    template_name = "registration/password_reset_sent.html"


class NewPassword(LockoutMixin, PasswordResetConfirmView):
    """The page that the link opens. It does not sign in: a second factor is still needed."""

    template_name = "registration/password_reset_confirm.html"
    success_url = reverse_lazy("password-reset-done")

    def form_valid(self, form: Any) -> HttpResponse:
        response = super().form_valid(form)
        audit_log.log(
            audit_log.Action.PASSWORD_CHANGED,
            self.request,
            subject=audit_log.subject_of(self.user),
        )
        # Reading the user's mail identifies the user: an earlier lockout from here ends.
        lockout.record_success(self.request, self.user)
        return response


class ResetDone(TemplateView):
    template_name = "registration/password_reset_done.html"
