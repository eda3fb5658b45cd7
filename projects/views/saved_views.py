"""Saved views: a user's own filters of a list, under a name."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from projects.filters import RegisterFilterSet
from projects.filters.parameters import FACET_PARAMETERS
from projects.models import SavedView

from .accounts.base import AccountAction
from .lists import FilteredListView
from .registry import LIST_PAGES

LISTS = {model.register.plural: page for model, page in LIST_PAGES.items()}
LONGEST = 2000
# The page of a list is not part of a saved view.
NOT_SAVED = {"page", "cursor", *FACET_PARAMETERS}


def query_of(page: type[FilteredListView], text: str, user: Any) -> str:
    """The query string of a list, with known parameters only.

    Raises ValidationError if the list would refuse it.
    """
    if len(text) > LONGEST:
        raise ValidationError(_("These filters are too long to be saved."))
    data = QueryDict(text, mutable=True)
    for name in NOT_SAVED & set(data):
        del data[name]
    records = page.filterset_class._meta.model.objects.visible_to(user)
    filterset: RegisterFilterSet = page.filterset_class(
        data, records, user=user, parameters=page.parameters()
    )
    if errors := filterset.errors:
        raise ValidationError([f"{name}: {each}" for name, many in errors.items() for each in many])
    given = {name: [v for v in data.getlist(name) if v.strip()] for name in data}
    return urlencode({name: found for name, found in given.items() if found}, doseq=True)


class SaveView(AccountAction):
    """Save the filters of a list under a name, and redirect to it."""

    def post(self, request: HttpRequest) -> HttpResponse:
        page = LISTS.get(request.POST.get("listed", ""))
        if page is None:
            raise Http404
        view = SavedView(
            user=request.user,
            listed=request.POST["listed"],
            name=request.POST.get("name", ""),
        )
        try:
            view.query = query_of(page, request.POST.get("query", ""), request.user)
        except ValidationError as error:
            say(request, error)
            return redirect(view)
        try:
            view.validate_and_save()
        except ValidationError as error:
            say(request, error)
        else:
            messages.success(
                request, _("The view “%(name)s” has been saved.") % {"name": view.name}
            )
        return redirect(view)


class RenameView(AccountAction):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        view = get_object_or_404(SavedView, pk=pk, user=request.user)
        view.name = request.POST.get("name", "")
        try:
            view.validate_and_save(update_fields=["name", "name_key"])
        except ValidationError as error:
            say(request, error)
        else:
            messages.success(
                request, _("The view has been renamed to “%(name)s”.") % {"name": view.name}
            )
        return redirect("account")


class DeleteView(AccountAction):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        view = get_object_or_404(SavedView, pk=pk, user=request.user)
        view.delete()
        messages.success(request, _("The view “%(name)s” has been deleted.") % {"name": view.name})
        return redirect("account")


def say(request: HttpRequest, error: ValidationError) -> None:
    for message in error.messages:
        messages.error(request, message)
