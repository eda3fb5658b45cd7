"""Signing in with name and password, and the code of a second factor where there is one."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth import get_user_model, load_backend, login
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView, LogoutView, redirect_to_login
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.decorators.cache import never_cache
from django.views.generic import FormView

from projects.accounts import audit_log, lockout, second_factor
from projects.accounts.audit_log import Action
from projects.models.attempt_count import Attempt

from .lockout import LockoutMixin

# The session between password and code, and the number of seconds for the code.
HALF_WAY = "half_way"
CODE_WITHIN = 10 * 60


class SignInForm(AuthenticationForm):
    """Django's form with lockout: attempts are counted before the password is checked."""

    def clean(self) -> dict[str, Any]:
        name, password = (self.cleaned_data.get(field) for field in ("username", "password"))
        if not name or not password:
            return super().clean()
        attempt = lockout.SignInAttempt(self.request, name)
        try:
            cleaned = super().clean()
        except ValidationError:
            log_failure(self.request, name, attempt.attempt)
            raise
        attempt.password_was_correct()
        return cleaned


def log_failure(request: Any, name: str, attempt: Attempt) -> None:
    """Log a failed sign-in, without a name that no user has: it may be a password."""
    user = get_user_model()._default_manager.filter(username=name).first()
    audit_log.log(Action.SIGN_IN_FAILED, request, user=user, known_name=user is not None)
    log_lockout(request, user, attempt)


def log_lockout(request: HttpRequest, user: Any, attempt: Attempt) -> None:
    for limit in attempt.exhausted:
        audit_log.log(Action.LOCKED_OUT, request, user=user, limit=limit.name)


class SignIn(LockoutMixin, LoginView):
    """A name and a password."""

    authentication_form = SignInForm

    def form_valid(self, form: Any) -> HttpResponse:
        user, target = form.get_user(), self.get_success_url()
        if not second_factor.is_set_up(user):
            return signed_in(self.request, user, target)
        # A new session, against session fixation.
        self.request.session.flush()
        self.request.session[HALF_WAY] = {
            "user": user.pk,
            "backend": user.backend,
            "hash": user.get_session_auth_hash(),
            "since": timezone.now().timestamp(),
            "target": target,
        }
        return redirect("login-code")


def signed_in(
    request: HttpRequest, user: Any, target: str, factor: str | None = None
) -> HttpResponse:
    # A new session, so that its maximum age starts now.
    request.session.flush()
    login(request, user)
    lockout.record_success(request, user)
    audit_log.log(Action.SIGNED_IN, request, user=user, second_factor=factor)
    return HttpResponseRedirect(target)


class CodeForm(forms.Form):
    code = forms.CharField(
        label=pgettext_lazy("second factor", "Code"),
        max_length=40,
        help_text=_("From your authenticator, or one of your recovery codes."),
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "autofocus": True}),
    )


@method_decorator(never_cache, name="dispatch")
class SignInCode(LockoutMixin, FormView):
    """Asks for the code after the correct password."""

    form_class = CodeForm
    template_name = "registration/login_code.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.half_way = request.session.get(HALF_WAY) or {}
        self.user = self._user()
        if self.user is None:
            return redirect("login")
        return super().dispatch(request, *args, **kwargs)

    def _user(self) -> Any:
        """The user of the first step; None after CODE_WITHIN or a change of password or roles."""
        started = self.half_way
        if not started or timezone.now().timestamp() - started["since"] > CODE_WITHIN:
            return None
        user = load_backend(started["backend"]).get_user(started["user"])
        if user is None or not constant_time_compare(started["hash"], user.get_session_auth_hash()):
            return None
        user.backend = started["backend"]
        return user

    def form_valid(self, form: Any) -> HttpResponse:
        attempt = lockout.register_code_attempt(self.request, self.user)
        kind = second_factor.verify(self.user, form.cleaned_data["code"])
        if kind is None:
            audit_log.log(Action.SECOND_FACTOR_FAILED, self.request, user=self.user)
            log_lockout(self.request, self.user, attempt)
            form.add_error("code", wrong_code())
            return self.form_invalid(form)
        return signed_in(self.request, self.user, self.half_way["target"], kind)


def wrong_code() -> ValidationError:
    return ValidationError(_("Wrong code. Each code works once: wait for the next one."))


class SignOut(LogoutView):
    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.user.is_authenticated:
            audit_log.log(Action.SIGNED_OUT, request, user=request.user)
        return super().post(request, *args, **kwargs)


def go_to_login(request: HttpRequest) -> HttpResponse:
    """Replaces the admin's sign-in page by a redirect to the site's.

    Raises PermissionDenied for a signed-in user who may not use the admin, as
    signing in again would redirect in a circle.
    """
    target = SignIn(request=request).get_redirect_url() or reverse("admin:index")
    if not request.user.is_authenticated:
        return redirect_to_login(target)
    if request.user.is_active and request.user.is_staff:
        return HttpResponseRedirect(target)
    raise PermissionDenied
