"""Bases of the review pages, which are for staff who may see drafts, and of their actions."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views import View

from projects import serializers
from projects.filters.parameters import choice_form
from projects.models import REVIEWED
from projects.review import queue
from projects.views.lists import part_of, refused

from .errors import REFUSALS, Problem, problem_of


class ReviewView(View):
    """A page for staff who may see drafts; anonymous users are redirected to the login.

    `model_names`: the names of the models whose drafts the user may see.
    """

    http_method_names = ["get", "head", "options"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            is_read = request.method in ("GET", "HEAD")
            return redirect_to_login(request.get_full_path() if is_read else reverse("review"))
        self.model_names = queue.model_names_of(request.user)
        if not self.model_names:
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def model_of(self, model_name: str) -> Any:
        """The model named in an address. Raises Http404 if the user may not see its drafts."""
        if model_name not in self.model_names:
            raise Http404
        return REVIEWED[model_name]


class ReviewTable(ReviewView):
    """A list with a page number and one filter."""

    template: str
    # The parameter of the filter, and its value if it is not given.
    parameter: str
    default = ""

    def choices(self) -> list[tuple[str, Any]]:
        """The values of the filter with their labels."""
        raise NotImplementedError

    def records(self, chosen: str) -> Any:
        raise NotImplementedError

    def rows(self, page: Any) -> list[Any]:
        """What the template shows of the records of a page."""
        raise NotImplementedError

    def get(self, request: HttpRequest) -> HttpResponse:
        choices = self.choices()
        form = choice_form(self.parameter, dict(choices))(request.GET)
        errors = form.messages()
        given = form.cleaned_data
        chosen = given.get(self.parameter) or self.default
        context = {"errors": errors, "choices": choices, "chosen": chosen}
        page = None if errors else part_of(self.records(chosen), given, errors)
        if page is None:
            return refused(request, self.template, context)
        return render(request, self.template, context | {"page": page, "rows": self.rows(page)})


class ReviewPage(ReviewView):
    """The page of one subject: a draft, a proposal, a deleted record or an error report."""

    template: str

    def find(self, **address: Any) -> Any:
        raise NotImplementedError

    def context(self, subject: Any) -> dict[str, Any]:
        raise NotImplementedError

    def get(self, request: HttpRequest, **address: Any) -> HttpResponse:
        return self.page(self.find(**address))

    def page(self, subject: Any, problem: Problem | None = None) -> HttpResponse:
        """The page. `problem`: why an action was refused."""
        context = self.context(subject)
        context |= {"problem": problem, "typed": self.request.POST.get("reason", "")}
        status = problem.status if problem else 200
        return render(self.request, self.template, context, status=status)


class ReviewAction(ReviewPage):
    """Runs an action (publish, return, accept …) by POST, and redirects.

    If the action is refused, shows the page of its subject again with the reason.
    """

    http_method_names = ["post", "options"]

    def act(self, subject: Any) -> tuple[str, str]:
        """Run the action; returns the success message and the address to go to."""
        raise NotImplementedError

    def post(self, request: HttpRequest, **address: Any) -> HttpResponse:
        subject = self.find(**address)
        try:
            with transaction.atomic():
                sentence, target = self.act(subject)
        except REFUSALS as error:
            model_name = getattr(subject, "model_name", "") or subject.register.plural
            problem = problem_of(error, request.user, serializers.BY_MODEL_NAME[model_name])
            # Read again: somebody else may have decided.
            return self.page(self.find(**address), problem)
        messages.success(request, sentence)
        return redirect(target)
