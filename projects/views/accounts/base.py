"""The base class of the actions of a user on their own account."""

from __future__ import annotations

from django.contrib.auth.mixins import LoginRequiredMixin
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.urls import reverse
from django.views import View


class AccountAction(LoginRequiredMixin, View):
    """Takes a POST only. Visitors are redirected to sign in, and then to the account page."""

    http_method_names = ["post", "options"]

    def handle_no_permission(self) -> HttpResponse:
        return redirect_to_login(reverse("account"))
