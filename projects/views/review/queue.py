"""The review queue: drafts and proposals that wait for approval; approving several drafts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from projects import review
from projects.filters import ReviewFilterSet
from projects.filters.parameters import MAX_PAGE_SIZE, QueueForm
from projects.filters.review import EnteredBy, ReviewState
from projects.models import REVIEWED, Proposal, Reviewed
from projects.review import queue
from projects.views.filter_form import FilterForm
from projects.views.lists import PAGE_SIZES, part_of, refused

from . import rows as listing
from .base import ReviewView
from .errors import REFUSALS, Problem, problem_of

TEMPLATE = "projects/review_list.html"
MAIN = ("noun", "area", "whose", "state")


class ReviewFilterForm(FilterForm):
    def _may_be_missing(self, name: str) -> bool:
        return name == "area"


class ReviewList(ReviewView):
    """The two tables. About 25 queries."""

    http_method_names = ["get", "head", "post", "options"]

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(request)

    def post(self, request: HttpRequest) -> HttpResponse:
        """Publish the selected drafts, all of them or none."""
        selected = request.POST.getlist("draft")
        try:
            records, versions = self.selected_drafts(selected)
            with transaction.atomic():
                count = review.publish(request.user, records, versions)
        except REFUSALS as error:
            return self.show(request, problem_of(error, request.user), selected)
        sentence = ngettext(
            "%(count)s draft has been published: everyone can see it now.",
            "%(count)s drafts have been published: everyone can see them now.",
            count,
        )
        messages.success(request, sentence % {"count": count})
        # Back to the first page: there may be fewer pages now.
        kept = request.GET.copy()
        kept.pop("page", None)
        return redirect(f"{request.path}?{kept.urlencode()}" if kept else request.path)

    def selected_drafts(self, selected: list[str]) -> tuple[list[Any], dict[Any, int]]:
        """The selected drafts, and their versions as they were shown. Raises ReviewError."""
        versions: dict[Any, int] = {}
        for key in selected[: MAX_PAGE_SIZE + 1]:
            model_name, _colon, rest = key.partition(":")
            pk, _colon, version = rest.partition(":")
            if model_name not in self.model_names or not _is_number(pk) or not _is_number(version):
                raise review.ReviewError(_("The request is not a list of drafts."))
            versions[REVIEWED[model_name], int(pk)] = int(version)
        if not versions:
            raise review.ReviewError(_("Nothing was published: select a draft first."))
        if len(versions) > MAX_PAGE_SIZE:
            raise review.ReviewError(_("Too many drafts for one list."))
        return [model(pk=pk) for model, pk in versions], versions

    def show(
        self,
        request: HttpRequest,
        problem: Problem | None = None,
        selected: Sequence[str] = (),
    ) -> HttpResponse:
        filterset = ReviewFilterSet(
            request.GET,
            Proposal.objects.visible_to(request.user).select_related("user", "reviewer"),
            request=request,
            parameters=QueueForm,
        )
        errors = filterset.errors
        vocabularies = {
            "noun": [(name, label) for name, label in Reviewed.choices if name in self.model_names],
            "whose": EnteredBy.choices,
            "state": ReviewState.choices,
        }
        context: dict[str, Any] = {
            "filter_form": ReviewFilterForm(filterset, errors, MAIN, vocabularies=vocabularies),
            "errors": errors,
            "problem": problem,
        }
        if errors:
            return refused(request, TEMPLATE, context)
        given = filterset.cleaned_data
        drafts = part_of(queue.drafts(filterset), given, errors)
        proposals = part_of(queue.proposals(filterset), given, errors, name="proposals_page")
        if drafts is None or proposals is None:
            return refused(request, TEMPLATE, context)
        rows = listing.drafts(request.user, drafts, selected)
        context |= {
            "page": drafts,
            "page_sizes": PAGE_SIZES,
            "drafts": rows,
            "publishable": any(row.may_publish for row in rows),
            "proposals_page": proposals,
            "proposals": listing.proposals(request.user, proposals),
        }
        return render(request, TEMPLATE, context, status=problem.status if problem else 200)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) < 16
