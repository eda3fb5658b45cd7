"""Is an amount far off? Asked while it is typed, and once more when it was saved; never in the
way of saving."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, JsonResponse, QueryDict
from django.urls import URLPattern, path

from projects import data_quality
from projects.models import Area, Project, Receipt, Sector, Source, Stage

from .query_params import amount_asked, key_asked, keys_asked


class DoubtingAdmin(admin.ModelAdmin):
    """An admin whose amounts are doubted while somebody types them.

    The script asks; whoever has none is told with the word that it was saved.
    """

    class Media:
        css = {"screen": ["projects/admin_doubting.css"]}
        js = [
            # Chosen records are told by jQuery alone.
            "admin/js/vendor/jquery/jquery.js",
            "admin/js/jquery.init.js",
            "projects/admin_asking.js",
            "projects/admin_doubting.js",
        ]

    def get_urls(self) -> list[URLPattern]:
        asked = path(
            "doubting/",
            self.admin_site.admin_view(self.doubting_view),
            name=f"{self.opts.app_label}_{self.opts.model_name}_doubting",
        )
        return [asked, *super().get_urls()]

    def doubting_view(self, request: HttpRequest) -> JsonResponse:
        """What is to be doubted of what is typed, by what the person may see."""
        if not (self.has_add_permission(request) or self.has_change_permission(request)):
            raise PermissionDenied
        try:
            sentences = self.doubts_of(request.user, request.GET)
        except ValidationError:
            # What is no amount is said where it is read.
            sentences = []
        return JsonResponse({"sentences": sentences})

    def doubts_of(self, user: Any, asked: QueryDict) -> list[str]:
        """Of the amount that is asked for. Raises ValidationError where it is none."""
        raise NotImplementedError


def doubts_of_project(user: Any, asked: QueryDict) -> list[str]:
    """Five queries at most."""
    read = amount_asked(asked)
    if not read.amount:
        return []
    sectors = _seen(Sector, user, keys_asked(asked, "sector"))
    sources = _seen(Source, user, keys_asked(asked, "source"))
    areas = _seen(Area, user, keys_asked(asked, "area")[:1])
    stage = asked.get("stage", "")
    project = Project(
        pk=key_asked(asked, "besides"),
        amount=read.amount,
        currency=read.currency,
        stage=stage if stage in Stage.values else Stage.SIGNED,
        area=areas[0] if areas else None,
    )
    return data_quality.OutlierDetector.of(user).project(project, sectors, sources)


def doubts_of_receipt(user: Any, asked: QueryDict) -> list[str]:
    """Beside the amount that is typed for its project on the same page, or that the project has.

    Two queries at most.
    """
    read = amount_asked(asked)
    if not read.amount:
        return []
    [project] = _seen(Project, user, keys_asked(asked, "project")[:1]) or [Project(amount=None)]
    if "whole_text" in asked:
        try:
            whole = amount_asked(asked, "whole_")
        except ValidationError:
            project.amount = None
        else:
            project.amount, project.currency = whole.amount, whole.currency
    receipt = Receipt(
        pk=key_asked(asked, "besides"),
        project=project,
        amount=read.amount,
        currency=read.currency,
    )
    return data_quality.OutlierDetector.of(user).receipts([receipt])[0]


def _seen(model: Any, user: Any, keys: list[int]) -> list[Any]:
    """These records in the order in which they are asked for, as far as the person may see them."""
    if not keys:
        return []
    found = model.objects.visible_to(user).in_bulk(keys)
    return [found[key] for key in dict.fromkeys(keys) if key in found]
