"""One step of a review, taken by a form; and what is answered where it cannot be taken."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from .base import ReviewView
from .errors import STOPPING, Problem, problem_of


class ReviewAction(ReviewView):
    """Takes a step and leads on; where it cannot be taken, its page again, with why and what was
    typed.

    `find` says what it is about, `take` takes it and returns what is then said to
    the person and where they are led, `page` answers with the page it began on.
    """

    http_method_names = ["post", "options"]

    def find(self, **address: Any) -> Any:
        raise NotImplementedError

    def take(self, subject: Any) -> tuple[str, str]:
        raise NotImplementedError

    def page(self, subject: Any, problem: Problem) -> HttpResponse:
        raise NotImplementedError

    def serializer_of(self, subject: Any) -> Any:
        return None

    def post(self, request: HttpRequest, **address: Any) -> HttpResponse:
        subject = self.find(**address)
        try:
            with transaction.atomic():
                sentence, onward = self.take(subject)
        except STOPPING as error:
            return self.page(subject, problem_of(error, request.user, self.serializer_of(subject)))
        messages.success(request, sentence)
        return redirect(onward)
