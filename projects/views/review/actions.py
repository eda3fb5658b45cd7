"""Base of the review actions (publish, return, accept …), which are POST forms."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from .base import ReviewView
from .errors import REFUSALS, Problem, problem_of


class ReviewAction(ReviewView):
    """Runs an action and redirects; if it is refused, shows its page again with the reason.

    `find` returns the subject, `act` runs the action and returns the success message
    and the address to go to, `page` renders the page with the form.
    """

    http_method_names = ["post", "options"]

    def find(self, **address: Any) -> Any:
        raise NotImplementedError

    def act(self, subject: Any) -> tuple[str, str]:
        raise NotImplementedError

    def page(self, subject: Any, problem: Problem) -> HttpResponse:
        raise NotImplementedError

    def serializer_of(self, subject: Any) -> Any:
        return None

    def post(self, request: HttpRequest, **address: Any) -> HttpResponse:
        subject = self.find(**address)
        try:
            with transaction.atomic():
                sentence, target = self.act(subject)
        except REFUSALS as error:
            return self.page(subject, problem_of(error, request.user, self.serializer_of(subject)))
        messages.success(request, sentence)
        return redirect(target)
