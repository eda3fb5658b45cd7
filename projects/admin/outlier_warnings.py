"""Warnings for unusual amounts, while they are typed and after they were saved."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.forms import Media
from django.http import HttpRequest, QueryDict

from projects.data_quality import OutlierDetector
from projects.models import Area, Project, Receipt, Sector, Source, Stage

from .live_checks import LiveCheck, read_amount, read_key, read_keys

MEDIA = Media(
    css={"screen": ["projects/admin_outliers.css"]},
    js=[
        # Autocomplete fields report changes to jQuery alone.
        "admin/js/vendor/jquery/jquery.js",
        "admin/js/jquery.init.js",
        "projects/admin_requests.js",
        "projects/admin_outliers.js",
    ],
)
AMOUNT_FIELDS = frozenset({"amount", "currency"})


def check_project(user: Any, params: QueryDict) -> list[str]:
    """Warnings for the typed amount of a project. Five queries at most."""
    read = read_amount(params)
    if not read.amount:
        return []
    sectors = _visible(Sector, user, read_keys(params, "sector"))
    sources = _visible(Source, user, read_keys(params, "source"))
    areas = _visible(Area, user, read_keys(params, "area")[:1])
    stage = params.get("stage", "")
    project = Project(
        pk=read_key(params, "exclude"),
        amount=read.amount,
        currency=read.currency,
        stage=stage if stage in Stage.values else Stage.SIGNED,
        area=areas[0] if areas else None,
    )
    return OutlierDetector.of(user).project(project, sectors, sources)


def check_receipt(user: Any, params: QueryDict) -> list[str]:
    """Warnings for the typed amount of a receipt. Two queries at most.

    Compared with the amount typed for its project on the same page, or else with the stored one.
    """
    read = read_amount(params)
    if not read.amount:
        return []
    [project] = _visible(Project, user, read_keys(params, "project")[:1]) or [Project(amount=None)]
    if "whole_text" in params:
        try:
            whole = read_amount(params, "whole_")
        except ValidationError:
            project.amount = None
        else:
            project.amount, project.currency = whole.amount, whole.currency
    receipt = Receipt(
        pk=read_key(params, "exclude"),
        project=project,
        amount=read.amount,
        currency=read.currency,
    )
    return OutlierDetector.of(user).receipts([receipt])[0]


def _visible(model: Any, user: Any, keys: list[int]) -> list[Any]:
    """The records with these keys in that order, as far as the user may see them."""
    if not keys:
        return []
    found = model.objects.visible_to(user).in_bulk(keys)
    return [found[key] for key in dict.fromkeys(keys) if key in found]


def outlier_check(check: Any) -> LiveCheck:
    def answer(model_admin: Any, request: HttpRequest) -> dict[str, Any]:
        try:
            sentences = check(request.user, request.GET)
        except ValidationError:
            # The field itself reports that this is no amount.
            sentences = []
        return {"sentences": sentences}

    return LiveCheck("outliers", answer, MEDIA)


PROJECT_OUTLIERS = outlier_check(check_project)
RECEIPT_OUTLIERS = outlier_check(check_receipt)


def warn_of_project(request: HttpRequest, form: Any, shares: Sequence[Any]) -> None:
    """Warn if the saved amount of a project is unusual. Four queries at most."""
    sectors = [sector for sector, _share in shares]
    sources = list(form.cleaned_data.get("sources", ()))
    for sentence in OutlierDetector.of(request.user).project(form.instance, sectors, sources):
        messages.warning(request, sentence)


def warn_of_receipts(
    request: HttpRequest, forms: Sequence[Any], *, all_of_them: bool = False
) -> None:
    """Warn of unusual amounts among the saved receipts of one project, compared with each other.

    Only of those whose amount was typed, or `all_of_them` where that of the project was.
    """
    stated = [form for form in forms if form.instance.amount is not None]
    changed = [all_of_them or not AMOUNT_FIELDS.isdisjoint(one.changed_data) for one in stated]
    if not any(changed):
        return
    found = OutlierDetector.of(request.user).receipts([form.instance for form in stated])
    for is_changed, sentences in zip(changed, found, strict=True):
        for sentence in sentences if is_changed else ():
            messages.warning(request, sentence)
