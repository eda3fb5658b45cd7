"""The user's own account: password, second factor, API keys."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import PasswordChangeView
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views import View
from django.views.decorators.cache import never_cache
from django.views.generic import TemplateView

from projects.accounts import audit_log, lockout, second_factor
from projects.accounts.audit_log import Action
from projects.models import ApiToken, RecoveryCode, SavedView

from .base import AccountAction
from .lockout import LockoutMixin
from .signing_in import CodeForm, log_lockout, wrong_code


@method_decorator(never_cache, name="dispatch")
class Account(LoginRequiredMixin, TemplateView):
    template_name = "registration/account.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        return super().get_context_data(
            **kwargs,
            has_second_factor=second_factor.is_set_up(user),
            is_required=second_factor.is_required(user),
            codes_left=RecoveryCode.objects.filter(user=user).count(),
            keys=ApiToken.objects.filter(user=user).with_owners().order_by("name"),
            views=SavedView.objects.filter(user=user),
            today=timezone.localdate(),
        )


class SessionEnd(LoginRequiredMixin, View):
    """Seconds until the session ends, as JSON. Like any request, this one extends it."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return JsonResponse({"seconds": request.session.seconds_left})


class DeleteKey(AccountAction):
    """Revokes one of the user's own API keys."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        token = get_object_or_404(ApiToken.objects.select_related("user"), pk=pk, user=request.user)
        audit_log.log_token(Action.TOKEN_DELETED, token, request)
        token.delete()
        messages.success(
            request, _("The API key “%(name)s” has been revoked.") % {"name": token.name}
        )
        return redirect("account")


class ChangePassword(LockoutMixin, PasswordChangeView):
    """Change the user's own password. Other sessions and all API keys end; see `models.User`."""

    template_name = "registration/password_change.html"
    success_url = reverse_lazy("account")

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        log_lockout(request, request.user, lockout.register_confirmation_attempt(request.user))
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        lockout.record_confirmation(self.request.user)
        messages.success(self.request, _("Your password has been changed."))
        response = super().form_valid(form)
        user = self.request.user
        audit_log.log(Action.PASSWORD_CHANGED, self.request, subject=audit_log.subject_of(user))
        return response


# --- The second factor ---------------------------------------------------------


class ConfirmingForm(CodeForm):
    """Password and code, so that a stolen session is not enough."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ["password", "code"]

    def __init__(self, *args: Any, request: HttpRequest, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.request = request
        self.fields["code"].widget.attrs.pop("autofocus")

    def clean_password(self) -> str:
        password = self.cleaned_data["password"]
        if not self.request.user.check_password(password):
            raise ValidationError(_("Wrong password."))
        return password


class SecondFactor(LockoutMixin, LoginRequiredMixin, View):
    """The state of the second factor, and its steps: begin, confirm, new recovery codes, remove."""

    http_method_names = ["get", "head", "post", "options"]

    @property
    def user(self) -> Any:
        return self.request.user

    def get(self, request: HttpRequest) -> HttpResponse:
        return self._page(ConfirmingForm(request=request))

    def post(self, request: HttpRequest) -> HttpResponse:
        step = request.POST.get("step", "")
        if step == "begin":
            second_factor.begin(request.user)
            return redirect("second-factor")
        # Before the form checks the password.
        attempt = lockout.register_confirmation_attempt(request.user)
        form = ConfirmingForm(request.POST, request=request)
        action = {"confirm": self._confirm, "codes": self._codes, "remove": self._remove}.get(step)
        if action is None:
            raise Http404
        if form.is_valid():
            if response := action(form.cleaned_data["code"]):
                lockout.record_confirmation(request.user)
                return response
            form.add_error("code", wrong_code())
        audit_log.log(Action.SECOND_FACTOR_FAILED, request, step=step)
        log_lockout(request, request.user, attempt)
        return self._page(form, step)

    def _confirm(self, code: str) -> HttpResponse | None:
        codes = second_factor.confirm(self.user, code)
        if codes is None:
            return None
        # All sessions have ended; this one goes on under a new key, as its user knows the code.
        update_session_auth_hash(self.request, self.user)
        return self._show_codes(codes)

    def _codes(self, code: str) -> HttpResponse | None:
        if second_factor.verify(self.user, code) is None:
            return None
        return self._show_codes(second_factor.make_recovery_codes(self.user))

    def _remove(self, code: str) -> HttpResponse | None:
        if second_factor.verify(self.user, code) is None:
            return None
        second_factor.remove(self.user)
        messages.success(self.request, _("Your second factor has been removed."))
        return redirect("account")

    def _show_codes(self, codes: list[str]) -> HttpResponse:
        """The recovery codes, shown in this response only."""
        return render(self.request, "registration/recovery_codes.html", {"codes": codes})

    def _page(self, form: ConfirmingForm, step: str = "") -> HttpResponse:
        user = self.user
        pending = second_factor.pending_device(user)
        context = {
            "form": form,
            "step": step,
            "is_set_up": second_factor.is_set_up(user),
            "is_required": second_factor.is_required(user),
            "pending": pending,
            "secret": second_factor.formatted_secret(pending) if pending else "",
            "codes_left": RecoveryCode.objects.filter(user=user).count(),
        }
        return render(self.request, "registration/second_factor.html", context)


@method_decorator(never_cache, name="dispatch")
class QRCode(LoginRequiredMixin, View):
    """The secret of the pending device as an image; 404 once it is confirmed."""

    http_method_names = ["get", "head", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        pending = second_factor.pending_device(request.user)
        if pending is None:
            raise Http404
        return HttpResponse(second_factor.qr_code(pending), content_type="image/svg+xml")
